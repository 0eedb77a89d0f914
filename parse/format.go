package parse

import (
	"bytes"
	"io"
	"time"
)

// Format is one way in which a program writes down what happened. A format is
// a value: adding one is a folder beside this one and a line in
// parse/formats. Its Doc feeds `faultline formats` and docs/formats.md.
type Format struct {
	// Name is the format's name in the contract, such as "proxy".
	Name string
	// Doc is one sentence for people, then example lines.
	Doc string
	// Origin says who writes it and since when, with the place in the program's
	// sources or manual; it is a row of docs/formats.md.
	Origin string
	// Role is whose words the lines are.
	Role Role
	// Lane is where the timeline draws the events.
	Lane Lane
	// Component is the program that writes it, if decisions ask for it.
	Component Component
	// Need is the step of `faultline collect` that gathers such files; "" for
	// what no rule asks for.
	Need string
	// Grain is the width of the times that the lines print; 0 if there are
	// several widths.
	Grain Grain
	// Meshed says that its writer refuses by the policy of a mesh as well; what else
	// serves requests has rules of its own alone.
	Meshed bool
	// Evaluated series may be the answers of a query, computed at equal steps;
	// others are samples as they were scraped.
	Evaluated bool
	// Layout is the configuration that the lines follow, where one was given or
	// found; several stand apart by a blank line.
	Layout string
	// Needles are strings of which at least one stands in every line that
	// this format could make an event of. A line with a needle that is not
	// understood is reported as unparsed.
	Needles []string
	// Hints are strings of which one stands in such lines without a needle, and in
	// lines that give a fact, and in others as well, which are not reported. Where
	// the head of a source tells nothing, a line without either may be passed over.
	Hints []string
	// Line reads one line, without its wrappers. It sets the line's own time
	// and clock where the line has one, adds events to b, and says what it
	// made of the line. It must not keep l or its bytes.
	Line func(l *Line, b *Batch) Verdict
	// Skim, if set, tells which lines of a source that is mostly this format's
	// need not be read.
	Skim *Skim
	// Whole formats carry state from line to line (a page that names its pod
	// once), so their sources are read in one piece.
	Whole bool
	// Unneeded: what is in it is known to tell nothing, whatever it holds.
	Unneeded bool
	// SniffDocument says whether the head of a source is a document of this
	// format (JSON). Such a source is read by Document, not line by line.
	SniffDocument func(head []byte) bool
	// Document reads a whole document. Items it cannot read are problems of
	// the batch, and lines of a document that is made of lines are counted as
	// unparsed; the error is for what ends the reading.
	Document func(r io.Reader, b *Batch) error
	// Quoted, if set, says whether a text of which no format reads a line quotes
	// lines of such a document. Document then reads it, and what it does not
	// understand is prose.
	Quoted func(head []byte) bool
	// Prose, if set, states facts that a sentence around pasted lines tells.
	// It is shown the lines of a pasted source that no format takes, and must
	// not add events.
	Prose func(l *Line, b *Batch)
	// Head, if set, makes the format for one source out of its first lines, where
	// those name the columns of the others; nil when they tell nothing. What it
	// makes has its Layout.
	Head func(head []byte) *Format
	// Detail reads an event's text again, only to show it.
	Detail func(text []byte, d *Detail)
	// Stranger formats are shown only what no other takes, in sources of any kind:
	// no source is recognised by them.
	Stranger bool

	after bool // it is shown only what no other format makes something of
}

// Verdict is what a format made of a line.
type Verdict uint8

// The verdicts. Only NotMine passes the line on to the next format.
const (
	NotMine   Verdict = iota // another format's line, or prose
	Other                    // mine, known, and uninteresting
	Took                     // mine, and (part of) an event or a fact
	Malformed                // mine by its shape, but not understood
)

// Line is one line on its way through a format.
type Line struct {
	// Text is the line without wrappers, colours and line end; never blank.
	Text []byte
	// No is the 1-based line number within the batch, Off the byte offset
	// within the batch, Len the bytes of the raw line.
	No  uint32
	Off int64
	Len uint32
	// Prefix is what the wrappers said.
	Prefix Prefix
	// Own is the line's own time; set by the format.
	Own   Time
	Grain Grain
	Clock Clock // ClockNone while the line has no time
	// Unread says that the line prints a time which cannot be read, as one that could be of
	// two days: it gets none of the lines beside it.
	Unread bool
	// Severity of a line that makes no event; set by the format where it is
	// printed.
	Severity Severity
	// Everyday: what its program calls an error is of somebody who asked for what is not
	// there, of which there are many; it is passed over where not every line is wanted.
	Everyday bool

	zone *time.Location
	seen *ZoneSeen // nil where nothing was looked at
	// hintless: a search of all of the line found none of the hints of a [Format.Stranger].
	hintless bool
	// by says where the zone of the line's time is from.
	by ZoneBy
	// offset is what the wrapper's clock showed, for [Segment.takes].
	offset Offset
}

// Ahead is how far the zone that the user gave the source is ahead of UTC at a
// local time, both in ns; 0 when none was given.
func (l *Line) Ahead(local int64) int64 { return ahead(l.zone, local) }

// AheadBeside is how far a server's local time is ahead of UTC where its line prints no
// zone, both in ns: as the user says, as the stamp before the line shows, which
// differs by whole quarters of an hour and at most the delay, or as the access
// lines of the source print it, if all agree. Else it is read as UTC.
func (l *Line) AheadBeside(local int64) int64 {
	switch {
	case l.zone != nil:
		return l.Ahead(local)
	case l.Prefix.HasStamp:
		if lag, zone := behind(int64(l.Prefix.Stamp) - local); zone >= -zoneMost && zone <= zoneMost &&
			lag <= lateMost+int64(l.Prefix.Grain.Width()) {
			return -zone
		}
	}
	if l.seen != nil && l.seen.known() {
		l.by = ZoneBeside
		return l.seen.Ahead
	}
	l.by = ZoneAssumed
	return 0
}

// AheadUnknown is how far a local time is ahead of UTC, both in ns, whose zone is that
// of a program or a browser that no other line tells of: as the user says, else it is
// read as UTC, which is said.
func (l *Line) AheadUnknown(local int64) int64 {
	if l.zone == nil {
		l.by = ZoneUnknown
	}
	return l.Ahead(local)
}

func ahead(zone *time.Location, local int64) int64 {
	if zone == nil {
		return 0
	}
	at := time.Unix(0, local).UTC()
	_, offset := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone).Zone()
	return int64(offset) * int64(time.Second)
}

// Prefix is what a wrapper adds to each line.
type Prefix struct {
	Stamp    Time // wall, ns since 1970: the middle of its last printed digit
	HasStamp bool
	// Grain is how wide that digit is, of Stamp and of Local.
	Grain Grain
	// Local is a wall time whose zone was not printed, read as if it were
	// UTC. It tells the order of lines, never their time.
	Local    Time
	HasLocal bool
	// Since is a time whose year was not printed either, ns since its beginning
	// (see [lex.InYear]), the middle of its last printed digit.
	Since    Time
	HasSince bool
	// Partial: the line goes on in the next one of its stream (CRI "P").
	Partial bool
	// Stream of the container that the line was written to, "stdout" or
	// "stderr"; empty where that is not said.
	Stream []byte

	Namespace, Pod, Container []byte
	Node                      []byte   // the machine, as journald and syslog name it
	Unit                      []byte   // the program of it, as they name it
	Severity                  Severity // that a syslog's priority tells; shown where the line itself tells none
	Instance                  Instance // of the container, where a source holds several
	// Else are other readings of the record that the line was taken out of: what
	// a program wrote as an object, the object that a collector made of it. A
	// line that no format takes is read as these.
	Else [2][]byte
}

// Wrapper strips one kind of prefix that a tool put before each line of
// another program's log, or the record that it filed the line in.
type Wrapper struct {
	Name, Doc string
	// Strip gives the rest of the line and adds what the prefix said to p.
	Strip func(line []byte, p *Prefix) (rest []byte, ok bool)
	// Record wrappers take a record as a whole, which may be several lines of
	// the source; the text in it may be several lines of a log.
	Record bool
	// Head, if set, is used in place of Strip: it makes the wrapper for one
	// source out of its first lines, since a table names its columns in its
	// head; nil when they tell nothing, and Strip is all there is.
	Head func(lines [][]byte) *Wrapper
	// Made is what Head found in the lines, in words that every such source may
	// have: a case keeps it, since the lines themselves are not in a case.
	Made string
	// Again, if Head is set, makes the wrapper of a source out of its Made; nil
	// when that is none.
	Again func(made string) *Wrapper
	// Cells, if set, gives each cell of a row with the name of its column, as its head
	// has it; a wrapper that was made again knows the names that Made holds.
	Cells func(row []byte, each func(column, cell []byte))
	// Open, if set, says whether a record that begins with text goes on in the
	// next line of the source.
	Open func(text, next []byte) bool
	// Items, if set, says from the head of a source whether it is a document
	// that holds records; nil when it is none.
	Items func(head []byte) Items
}

// As is the wrapper that Head made for a source of which made tells; w itself
// where there was nothing to tell, and nil when made is not what w writes.
func (w *Wrapper) As(made string) *Wrapper {
	switch {
	case made == "":
		return w
	case w.Again == nil:
		return nil
	}
	return w.Again(made)
}

// Items reads a document and gives the records in it, in their order.
type Items func(r io.Reader, each func(Item) error) error

// Item is a record of a document, with its place.
type Item struct {
	// Raw is the record as it stands, Text the same on one line.
	Raw, Text []byte
	// Prefix is what the document says of it outside of it.
	Prefix Prefix
	// Line and Off are where it begins.
	Line uint32
	Off  int64
}

// Detail is an event's line, taken apart to be shown.
type Detail struct {
	// Release is that of the program that wrote the line, if its log names it:
	// what a line means may depend on it. Set before the line is read.
	Release string
	Message string
	RawTime string // the time as it was printed
	// Zero: the line prints how long it took, and that is 0. An event's Lasted
	// alone does not tell that from a line which prints no duration.
	Zero bool
	// Lasted is how long it took, for a line of which no event keeps it.
	Lasted time.Duration
	Attrs  []Attr
}

// Attr is one key and value of a Detail, in the order of the line.
type Attr struct{ Key, Value string }

// Set adds an attribute.
func (d *Detail) Set(key, value string) { d.Attrs = append(d.Attrs, Attr{key, value}) }

// RowDetail is the Detail of a format whose lines are rows of a table: it shows one with
// one space between its columns.
func RowDetail(text []byte, d *Detail) {
	d.Message = string(bytes.Join(bytes.Fields(text), []byte{' '}))
}
