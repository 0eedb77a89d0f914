package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// Unexplained are lines of level error and fatal that are in no event, by what
// they say but for numbers.
type Unexplained struct {
	Template string     `json:"template"`
	Severity string     `json:"severity"`
	Count    int        `json:"count"`
	First    *string    `json:"first"`
	Last     *string    `json:"last"`
	Evidence []Evidence `json:"evidence"`
}

// Harmless are such lines of which it is known that they do no harm.
type Harmless struct {
	Name  string `json:"name"`
	Why   string `json:"why"`
	Count int    `json:"count"`
}

// UnexplainedLines are the lines of level error and fatal that no event
// explains, by what they say, the most frequent first, each with the first of
// them, and how many more are known to be harmless.
func UnexplainedLines(c *correlate.Case, text Text) (list []Unexplained, harmless int) {
	list, known := unexplained(c, text)
	for _, h := range known {
		harmless += h.Count
	}
	return list, harmless
}

// templateLength is how much of a message tells it from others, in bytes.
const templateLength = 200

// unexplained groups the lines that no event explains, the most frequent first,
// and counts apart those that are known to be harmless.
func unexplained(c *correlate.Case, text Text) (list []Unexplained, harmless []Harmless) {
	list, harmless = []Unexplained{}, []Harmless{}
	at, times := map[string]int{}, [][2]correlate.Moment{}
	for n, m := range c.Unexplained() {
		e := c.At(m.Point)
		said := "(not read again)"
		if n < correlate.UnexplainedRead {
			if d, _, err := Detail(c, text, m.Point); err == nil {
				said = d.Message
			}
			if h, ok := known.BenignLine(said); ok {
				harmless = countHarmless(harmless, h)
				continue
			}
		}
		name := correlate.Template(said)
		name = strings.ToValidUTF8(name[:min(len(name), templateLength)], "")
		key := e.Severity.String() + " " + name
		i, seen := at[key]
		if !seen {
			i = len(list)
			at[key] = i
			ref := c.Ref(m.Point)
			list = append(list, Unexplained{Template: name, Severity: e.Severity.String(), Evidence: evidence(c, []parse.Ref{ref})})
			times = append(times, [2]correlate.Moment{m, m})
		}
		list[i].Count++
		if c.Anchors[m.Stream].Placed() {
			if m.At < times[i][0].At || !c.Anchors[times[i][0].Stream].Placed() {
				times[i][0] = m
			}
			if m.At > times[i][1].At || !c.Anchors[times[i][1].Stream].Placed() {
				times[i][1] = m
			}
		}
	}
	for i := range list {
		list[i].First, list[i].Last = wallOf(c, times[i][0]), wallOf(c, times[i][1])
	}
	slices.SortStableFunc(list, func(a, b Unexplained) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Template, b.Template))
	})
	return list, harmless
}

// wallOf is a moment's time in UTC, nil where it has none.
func wallOf(c *correlate.Case, m correlate.Moment) *string {
	at, within, ok := c.Wall(m.Point)
	if !ok {
		return nil
	}
	s := Stamp(at, within)
	return &s
}

func countHarmless(list []Harmless, h known.Harmless) []Harmless {
	for i := range list {
		if list[i].Name == h.Name {
			list[i].Count++
			return list
		}
	}
	return append(list, Harmless{h.Name, h.Why, 1})
}

// unexplainedShown is how many templates are listed unless all are asked for.
const unexplainedShown = 5

// unexplainedLength is how many runes of each are shown unless all are asked
// for: two lines of the text.
const unexplainedLength = 2*width - 8

// unexplainedSaid are the lines of the section, with its heading; nil when there
// is nothing to say.
func unexplainedSaid(c *correlate.Case, text Text, all bool) (heading string, said []string) {
	list, harmless := unexplained(c, text)
	heading = "Unexplained lines of level error"
	shown := list
	if !all && len(list) > unexplainedShown {
		shown = list[:unexplainedShown]
		heading += fmt.Sprintf(" (%d of %d; all with -v)", len(shown), len(list))
	}
	for _, u := range shown {
		at := u.Evidence[0]
		head, line, place := fmt.Sprintf("%d× %s: ", u.Count, u.Severity), Clean(u.Template), fmt.Sprintf(", %s:%d", Clean(path.Base(at.Source)), at.Line)
		if !all {
			line = shorten(line, max(unexplainedLength-utf8.RuneCountInString(head+place), 40), false)
		}
		s := head + line + place
		if all && u.First != nil && u.Count > 1 {
			s += fmt.Sprintf(", %s to %s", *u.First, *u.Last)
		}
		said = append(said, s)
	}
	n := 0
	var names []string
	for _, h := range harmless {
		n += h.Count
		names = append(names, h.Name)
		if all {
			said = append(said, fmt.Sprintf("%d× known and harmless (%s): %s", h.Count, h.Name, h.Why))
		}
	}
	if n > 0 && !all {
		said = append(said, fmt.Sprintf("%d× known and harmless: %s", n, strings.Join(names, ", ")))
	}
	return heading, said
}

// unexplained prints the section of lines that no event explains.
func (p *page) unexplained(c *correlate.Case, text Text) {
	heading, said := unexplainedSaid(c, text, p.Verbose)
	if len(said) == 0 {
		return
	}
	p.heading(heading)
	for _, s := range said {
		p.wrapped("  - ", s)
	}
}
