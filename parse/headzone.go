package parse

import (
	"bytes"
	"io"
	"path"
	"slices"
	"time"

	"faultline/parse/lex"
)

// The error lines of a server print no zone, and its access lines do: nginx'
// $time_local and $time_iso8601, Apache's %t. Both are in the zone of one host.

// ZoneBy says where a stream's zone is from, if its lines print none.
type ZoneBy uint8

// Where a zone may be from.
const (
	ZonePrinted ZoneBy = iota // the lines, or the user
	ZoneBeside                // access lines of the same source, or of one beside it
	ZoneAssumed               // nothing: the times are read as UTC
	ZoneUnknown               // nothing, nor can lines beside them: read as UTC
)

var zoneNames = [...]string{"", "beside", "assumed", "unknown"}

// String is the word for it in a case; "" where the lines print their zone.
func (z ZoneBy) String() string { return zoneNames[z] }

// ZoneByOf reads a word of [ZoneBy.String].
func ZoneByOf(s string) ZoneBy { return ZoneBy(max(slices.Index(zoneNames[:], s), 0)) }

// ZoneSeen is what the access lines of a source say of its zone.
type ZoneSeen struct {
	Ahead int64 // of UTC, ns
	Lines int   // that say so
	Split bool  // they do not agree: lines of several hosts
}

// known says whether there are such lines, and all agree.
func (z *ZoneSeen) known() bool { return z.Lines > 0 && !z.Split }

// Printed is the zone as lines print it, as +08:00.
func (z *ZoneSeen) Printed() string {
	return time.Unix(0, 0).In(time.FixedZone("", int(time.Duration(z.Ahead)/time.Second))).Format(ZoneForm)
}

// ZoneForm is how [ZoneSeen.Printed] writes a zone, for [time.Parse].
const ZoneForm = "-07:00"

// look counts the zones that access lines in a text print.
func (z *ZoneSeen) look(text []byte) {
	for at := 0; z.Lines < headLines && !z.Split; {
		i := bytes.IndexByte(text[at:], ':')
		if i < 0 {
			return
		}
		at += i + 1
		ahead, ok := accessZone(text, at-len("02/Jan/2006:"))
		if !ok {
			if ahead, ok = quotedZone(text, at-len(`"2006-01-02T15:`)); !ok {
				continue
			}
		}
		z.Split = z.Lines > 0 && ahead != z.Ahead
		z.Ahead = ahead
		z.Lines++
	}
}

// longestZoned is how long a time with its zone is at most.
const longestZoned = len(`"2006-01-02T15:04:05.000000000+00:00"`)

// search looks through a source, until lines enough said the same or it ends.
func (z *ZoneSeen) search(r io.Reader) {
	buf, kept := make([]byte, headBytes), 0
	for z.Lines < headLines && !z.Split {
		n, err := fill(r, buf[kept:])
		z.look(buf[:kept+n])
		if err != nil {
			return
		}
		kept = copy(buf, buf[len(buf)-longestZoned:]) // a time may be cut here
	}
}

// quotedZone is the zone in a time of JSON, if one stands there, in ns: of
// numbers alone, since a Z is what runtimes and collectors write.
func quotedZone(text []byte, at int) (ahead int64, ok bool) {
	if at < 0 || text[at] != '"' {
		return 0, false
	}
	s, n, ok := lex.RFC3339(text[at+1:])
	end := at + 1 + n
	return s.Offset, ok && s.Zoned && end < len(text) && text[end] == '"' && text[end-1] != 'Z'
}

// zoneless says whether some line of a head prints a time without a zone that
// nothing else tells.
func (p *plan) zoneless(head []byte) bool {
	b := NewBatch(false, false)
	return slices.ContainsFunc(headOf(head), func(raw []byte) bool {
		l := Line{No: 1}
		l.Text = p.strip(lex.TrimEOL(raw), &l.Prefix)
		return p.taker(&l, b) >= 0 && l.by == ZoneAssumed
	})
}

// heldMost is how much of a source that cannot be opened twice is held, while
// its zone is looked for.
const heldMost = 256 << 20

// findZone looks for the zone of a source in all of it, where its head has lines
// that print none and no line that prints it. It gives the rest of the source,
// which it may have had to hold.
func (p *plan) findZone(in *Input, head []byte, rest io.Reader) io.Reader {
	if p.zone != nil || p.seen.Lines > 0 || p.document != nil || p.lost || !p.zoneless(head) {
		return rest
	}
	again := in.Whole
	if again == nil && in.Rereadable {
		again = in.Open
	}
	if again != nil {
		if f, err := again(); err == nil { // else it is said when the source is read
			defer f.Close()
			p.seen.search(f)
		}
		return rest
	}
	var held bytes.Buffer
	_, err := io.Copy(&held, io.LimitReader(rest, heldMost))
	p.seen.look(held.Bytes())
	return &replay{head: held.Bytes(), r: rest, err: err}
}

// zonesBeside moves the streams whose zone nobody told to that which the access
// lines of other logs print: those of the same pod, else those of the same folder.
func (c *Capture) zonesBeside() {
	for s := range c.Streams {
		st := &c.Streams[s]
		if st.ZoneBy != ZoneAssumed {
			continue
		}
		own := &c.Sources[st.Source]
		for _, beside := range []func(*Source) bool{
			func(o *Source) bool { return own.Pod != "" && o.Namespace == own.Namespace && o.Pod == own.Pod },
			func(o *Source) bool {
				return path.Dir(o.Path) == path.Dir(own.Path) && o.Pod == own.Pod && o.Node == own.Node
			},
		} {
			var z ZoneSeen
			for i := range c.Sources {
				if o := &c.Sources[i]; o != own && beside(o) && o.Zones.Lines > 0 {
					z.Split = z.Split || o.Zones.Split || z.Lines > 0 && o.Zones.Ahead != z.Ahead
					z.Ahead, z.Lines = o.Zones.Ahead, z.Lines+o.Zones.Lines
				}
			}
			if z.known() {
				st.move(Time(-z.Ahead))
				st.ZoneBy = ZoneBeside
				break
			}
		}
	}
}

// move puts all of a stream at another time of its clock, by whole minutes.
func (st *Stream) move(by Time) {
	for _, spans := range [][]Span{st.Coverage, st.Silences} {
		for i := range spans {
			spans[i].From, spans[i].To = spans[i].From+by, spans[i].To+by
		}
	}
	for i := range st.Volume {
		st.Volume[i].At += int32(by / Time(time.Minute))
	}
	for i := range st.Ties {
		st.Ties[i].Own += by
	}
	for i := range st.Events {
		st.Events[i].Time += by
	}
}

// accessZone is the zone in the time of an access line, if one stands there, in
// ns: 02/Jan/2006:15:04:05 -0700 (Apache's %t, nginx' $time_local).
func accessZone(text []byte, at int) (ahead int64, ok bool) {
	const form = "00/Aaa/0000:00:00:00 ~0000"
	if at < 0 || len(text)-at < len(form) {
		return 0, false
	}
	stamp := text[at : at+len(form)]
	for i, c := range stamp {
		switch form[i] {
		case '0':
			ok = c-'0' <= 9
		case 'A':
			ok = c >= 'A' && c <= 'Z'
		case 'a':
			ok = c >= 'a' && c <= 'z'
		case '~':
			ok = c == '+' || c == '-'
		default:
			ok = c == form[i]
		}
		if !ok {
			return 0, false
		}
	}
	if end := at + len(form); end < len(text) && (isAlnum(text[end]) || text[end] == '_') {
		return 0, false
	}
	zone := stamp[len(form)-len("0000"):]
	two := func(b []byte) int64 { return int64(b[0]-'0')*10 + int64(b[1]-'0') }
	if ahead = (two(zone)*60 + two(zone[2:])) * 60 * lex.Second; stamp[len(form)-len("~0000")] == '-' {
		ahead = -ahead
	}
	return ahead, true
}
