package parse

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"faultline/parse/lex"
)

// Match is a kind of event that the user defines: lines that a pattern
// matches. Its kind is "user.NAME"; its named groups become attributes, and
// the group "target", if there is one, the event's target.
type Match struct {
	Name string
	Re   *regexp.Regexp
}

// maxMatches is how many kinds a user may define; a kind is one byte.
const maxMatches = 64

var matchName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// ParseMatch reads "NAME=REGEX".
func ParseMatch(s string) (Match, error) {
	name, pattern, ok := strings.Cut(s, "=")
	if !ok || !matchName.MatchString(name) {
		return Match{}, fmt.Errorf("%q is not NAME=REGEX with a lower-case name", s)
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return Match{}, err
	}
	return Match{name, re}, nil
}

// KindName is the name of a kind, including those that the user defined.
func (c *Capture) KindName(k Kind) string {
	if i := int(k) - int(kindCount); i >= 0 && i < len(c.Matches) {
		return "user." + c.Matches[i].Name
	}
	return k.String()
}

// Groups are the named groups of the match that made an event of kind k.
func (c *Capture) Groups(k Kind, text []byte) (out []Attr) {
	i := int(k) - int(kindCount)
	if i < 0 || i >= len(c.Matches) {
		return nil
	}
	re := c.Matches[i].Re
	found := re.FindSubmatch(text)
	for n, name := range re.SubexpNames() {
		if name != "" && n < len(found) {
			out = append(out, Attr{name, string(found[n])})
		}
	}
	return out
}

// WithMatches makes formats that also look for the user's patterns, and adds
// one for lines that no other makes something of but that hold a time. It takes
// nothing from any of the others: a source is recognised without it.
func WithMatches(formats []*Format, matches []Match) []*Format {
	if len(matches) == 0 {
		return formats
	}
	matches = matches[:min(len(matches), maxMatches)]
	var out []*Format
	for _, f := range formats {
		g := *f
		g.Skim = nil // a pattern may match any line
		if f.Line != nil {
			g.Line = func(l *Line, b *Batch) Verdict {
				v := f.Line(l, b)
				if v == NotMine || v == Malformed || l.Clock == ClockNone {
					return v
				}
				at := *l
				at.asPrinted()
				if !addMatches(&at, b, matches) {
					return v
				}
				return Took
			}
		}
		out = append(out, &g)
	}
	return append(out, &Format{
		Name:  "matched",
		Doc:   "lines of any program that --match finds, if they hold a time",
		after: true,
		Line: func(l *Line, b *Batch) Verdict {
			if timed(l) && addMatches(l, b, matches) {
				return Took
			}
			return NotMine
		},
	})
}

// addMatches adds an event for each pattern that a line matches.
func addMatches(l *Line, b *Batch, matches []Match) (any bool) {
	for i, m := range matches {
		found := m.Re.FindSubmatch(l.Text)
		if found == nil {
			continue
		}
		e := Event{Kind: kindCount + Kind(i), Severity: Info, Time: l.Own, Grain: l.Grain}
		if n := m.Re.SubexpIndex("target"); n >= 0 {
			e.Target = b.Names.Add(found[n])
		}
		b.Add(e)
		any = true
	}
	return any
}

// maxShift is how far a format may move a request from the time that its line
// prints, which is when it began: requests that last longer are rare.
const maxShift = Time(time.Hour)

// asPrinted gives a line of a known format the time that it prints. Access logs
// that print when a request began are read as of when it ended; whoever looks
// for a line expects the time that stands in it.
func (l *Line) asPrinted() {
	if l.Clock != ClockWall || l.Prefix.HasStamp {
		return
	}
	at := *l
	if timed(&at) && at.Own < l.Own && l.Own-at.Own <= maxShift {
		l.Own, l.Grain = at.Own, at.Grain
	}
}

// timed gives a line of an unknown program its time: a stamp before it, else
// the time in it that stands nearest to the start.
func timed(l *Line) bool {
	if l.Prefix.HasStamp {
		l.Own, l.Grain, l.Clock = l.Prefix.Stamp, GrainMilli, ClockWall
		return true
	}
	s, ok := timeIn(l.Text)
	if !ok {
		return false
	}
	if !s.Zoned {
		s.Unix -= l.Ahead(s.Unix)
	}
	l.at(s)
	return true
}

// timeIn finds the first time that is printed in a text, in any of the ways in
// which logs print one with its year; or, where a key of JSON or of key=value
// says that a number is one, the seconds, milliseconds, microseconds or
// nanoseconds since 1970.
func timeIn(text []byte) (lex.Stamp, bool) {
	for i := range text {
		if i > 0 && (isAlnum(text[i-1]) || text[i-1] == '.' && i > 1 && isAlnum(text[i-2])) {
			continue
		}
		rest := text[i:]
		switch c := rest[0]; {
		case c >= '0' && c <= '9':
			for _, read := range []func([]byte) (lex.Stamp, int, bool){lex.RFC3339, lex.Slashed, lex.CLF, lex.TraceStamp, lex.Date} {
				if s, n, ok := read(rest); ok && (n == len(rest) || !isAlnum(rest[n])) {
					return s, true
				}
			}
			if s, ok := epoch(text[:i], rest); ok {
				return s, true
			}
		case c >= 'A' && c <= 'Z':
			for _, read := range []func([]byte) (lex.Stamp, int, bool){lex.RFC1123Z, lex.Date} {
				if s, _, ok := read(rest); ok {
					return s, true
				}
			}
		}
	}
	return lex.Stamp{}, false
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// timeKeys are what programs call the time of a line, in lower case.
var timeKeys = []string{"time", "ts", "timestamp", "@timestamp", "date", "datetime", "start_time", "starttime", "epoch", "_time", "timemillis", "time_ms"}

// epoch reads a number that stands behind the name of a time, as seconds since
// 1970 or a thousandth, millionth or billionth of one, told by how large it is:
// those of 1990 to 2100.
func epoch(before, number []byte) (s lex.Stamp, ok bool) {
	name := bytes.ToLower(bytes.TrimRight(before, "\"'=: \t"))
	if len(name) == len(before) {
		return s, false
	}
	name = name[bytes.LastIndexAny(name, "\"'{, \t;")+1:]
	if !slices.Contains(timeKeys, string(name)) {
		return s, false
	}
	whole, n, ok := lex.Digits(number)
	if !ok {
		return s, false
	}
	unit := lex.Second
	for scale := int64(1); unit >= 1; scale, unit = scale*1000, unit/1000 {
		const first, last = 631152000, 4102444800
		if whole/scale < first || whole/scale >= last {
			continue
		}
		s = lex.Stamp{Unix: whole * unit, Width: unit, Zoned: true}
		if n < len(number) && number[n] == '.' {
			for i := n + 1; i < len(number) && number[i] >= '0' && number[i] <= '9' && s.Width >= 10; i++ {
				s.Width /= 10
				s.Unix += int64(number[i]-'0') * s.Width
			}
		}
		return s, true
	}
	return s, false
}
