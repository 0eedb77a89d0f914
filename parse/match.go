package parse

import (
	"fmt"
	"regexp"
	"strings"

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
// one for lines that no format knows but that carry a time: a stamp before
// the line, or RFC 3339 at its beginning.
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
				if v == NotMine || v == Malformed || l.Clock == ClockNone || !addMatches(l, b, matches) {
					return v
				}
				return Took
			}
		}
		out = append(out, &g)
	}
	return append(out, &Format{
		Name: "matched",
		Doc:  "lines of any program that --match finds, if they carry a time",
		Line: func(l *Line, b *Batch) Verdict {
			switch {
			case !timed(l):
				return NotMine
			case addMatches(l, b, matches):
				return Took
			}
			return Other
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
		e := Event{Kind: kindCount + Kind(i), Severity: Info}
		if n := m.Re.SubexpIndex("target"); n >= 0 {
			e.Target = b.Names.Add(found[n])
		}
		b.Add(e)
		any = true
	}
	return any
}

// timed gives a line of an unknown program its time.
func timed(l *Line) bool {
	if s, _, ok := lex.RFC3339(l.Text); ok && s.Zoned {
		l.Own, l.Grain, l.Clock = Time(s.Unix+s.Width/2), GrainOf(s.Width), ClockWall
		return true
	}
	if l.Prefix.HasStamp {
		l.AtStamp()
		return true
	}
	return false
}
