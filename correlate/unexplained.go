package correlate

import "faultline/parse"

// Unexplained lists the lines that their program calls an error or worse and
// that are part of no event, within the options' cut, in the order of the
// streams.
func (c *Case) Unexplained() (out []Moment) {
	for s := range c.Streams {
		var points []Point
		for i := range c.Streams[s].Events {
			if e := &c.Streams[s].Events[i]; e.Kind == parse.LogOther && e.Severity >= parse.Error && !c.Repeats(s, i) {
				points = append(points, Point{uint32(s), uint32(i)})
			}
		}
		out = c.moments(out, points)
	}
	return out
}

// UnexplainedRead is how many of these lines are read again to group them by
// what they say, which a case file therefore keeps.
const UnexplainedRead = 5_000

// Template is a text with its numbers taken out, so that lines which differ in
// them only are one.
func Template(s string) string { return template(s) }
