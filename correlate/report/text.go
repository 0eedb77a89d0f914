package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/bundle"
)

// Style is how the text report looks.
type Style struct {
	Color   bool
	Verbose bool // everything, not the first of each list
	// Zone of the times shown; nil is UTC.
	Zone *time.Location
	// Command is the name that the program was called by.
	Command string
	// Rung are lanes of alerts for the timeline of a page.
	Rung []AlertLane
}

// AlertLane is when the alerts of one rule were pending and firing, ns since 1970.
type AlertLane struct {
	Name            string
	Pending, Firing []parse.Span
}

// width of the report, in columns.
const width = 80

// page collects the report's lines.
type page struct {
	w io.Writer
	Style
	err error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *page) heading(s string) {
	if p.Color {
		s = "\x1b[1m" + s + "\x1b[0m"
	}
	p.line("\n%s", s)
}

// wrapped prints text broken at spaces, each line after the first indented by
// as much as the label is long.
func (p *page) wrapped(label, s string) {
	indent := strings.Repeat(" ", len([]rune(label)))
	var line strings.Builder
	line.WriteString(label)
	used := len(indent)
	for i, word := range strings.Fields(s) {
		n := len([]rune(word))
		if i > 0 && used+1+n > width {
			p.line("%s", line.String())
			line.Reset()
			line.WriteString(indent)
			used = len(indent)
		} else if i > 0 {
			line.WriteByte(' ')
			used++
		}
		line.WriteString(word)
		used += n
	}
	p.line("%s", strings.TrimRight(line.String(), " "))
}

// WriteText writes the case as a note to a colleague: the verdict first, then
// incidents, periods and evidence, then what is missing and how to get it.
func WriteText(w io.Writer, c *correlate.Case, text Text, s Style) error {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	p := &page{w: w, Style: s}
	p.verdict(c)
	p.noted(c)
	p.findings(c)
	p.incidents(c)
	p.periods(c)
	p.associations(c)
	p.when(c)
	p.evidence(c, text)
	p.unexplained(c, text)
	p.limits(c)
	p.sources(c)
	return p.err
}

// signed ends a page without a section of lines with what it is known by as
// ours.
func (p *page) signed() {
	mark := bundle.Signature
	if p.Color {
		mark = "\x1b[2m" + mark + "\x1b[0m"
	}
	p.line("\n%s", mark)
}

// uncounted is what else failed in what was read: requests that do not count as
// failures, and what is none. "" where the verdict says it.
func uncounted(c *correlate.Case) string {
	diagnosed := c.Verdict.Code == correlate.Diagnosed
	if len(c.Incidents) == 0 && !diagnosed {
		return ""
	}
	var said []string
	if n := c.Seen.LeftCount(); n > 0 {
		var kinds []string
		for _, l := range c.Seen.Left[:min(len(c.Seen.Left), 4)] {
			kinds = append(kinds, l.Text())
		}
		if more := len(c.Seen.Left) - 4; more > 0 {
			kinds = append(kinds, itoa(more)+" other kinds")
		}
		noun, are := "more failed request", "are in no incident"
		if len(c.Incidents) == 0 {
			noun = "failed request"
		}
		if n == 1 {
			are = "is in no incident"
		}
		said = append(said, fmt.Sprintf("%s %s: %s; %s", counted(n, noun), are, strings.Join(kinds, ", "), c.Seen.Count()))
	}
	if len(c.Incidents) == 0 { // the sentences name them
		return strings.Join(said, "; ")
	}
	for _, b := range c.Seen.Beside {
		said = append(said, b.Text())
	}
	return strings.Join(said, "; ")
}

// verdict prints what stands alone: at most 24 lines, of which the first 12 hold
// the headline, the three sentences and the next step.
func (p *page) verdict(c *correlate.Case) {
	a := Say(c, p.Zone)
	head := a.Headline
	if p.Color {
		head = "\x1b[1m" + head + "\x1b[0m"
	}
	p.line("%s", head)
	for _, s := range a.Sentences() {
		p.wrapped("  ", s)
	}
	p.wrapped("next      ", a.Next)
	p.line("")
	for _, f := range p.facts(c) {
		p.wrapped(fmt.Sprintf("%-10s", f.Label), f.Text)
	}
	if p.Verbose {
		p.wrapped("figures   ", Clean(c.Verdict.Sentence))
	}
	p.missing(c.Missing)
}

// missing lists what would tell more, and what gathers it: much of what a dump
// lacks is gone by the time it is read, and is there the next time.
func (p *page) missing(list []string) {
	more := ""
	for i, m := range list {
		if i == 2 && !p.Verbose {
			more = fmt.Sprintf("and %d more (-v); ", len(list)-i)
			break
		}
		p.wrapped([]string{"missing   ", "          "}[min(i, 1)], Clean(m))
	}
	if len(list) > 0 {
		p.line("          %snow or next time: faultline collect --missing", more)
	}
}

// span is when the failures were, and how much was read.
func (p *page) span(c *correlate.Case) string {
	var bytes int64
	for i := range c.Capture.Sources {
		bytes += c.Capture.Sources[i].Bytes
	}
	read := fmt.Sprintf("%s, %s", counted(len(c.Capture.Sources), "source"), words.Bytes(bytes))
	var first, last *correlate.Incident
	for i := range c.Incidents {
		if in := &c.Incidents[i]; in.Clock.OnWall() {
			if first == nil {
				first = in
			}
			last = in
		}
	}
	if first == nil {
		if len(c.Incidents) > 0 {
			return "on the proxy's own clock only; " + read
		}
		return read
	}
	if p.at(first.Start, time.DateTime) == p.at(last.End, time.DateTime) {
		return p.at(first.Start, "2006-01-02 15:04:05 MST") + ", in " + read
	}
	layout := "15:04:05 MST"
	if p.at(first.Start, time.DateOnly) != p.at(last.End, time.DateOnly) {
		layout = "2006-01-02 15:04:05 MST"
	}
	return fmt.Sprintf("%s to %s, in %s", p.at(first.Start, time.DateTime), p.at(last.End, layout), read)
}

// counted is a number with its noun: "1 source", "2 sources".
func counted(n int, noun string) string {
	return words.Count(n, noun, noun+"s")
}

func (p *page) at(t parse.Time, layout string) string {
	return time.Unix(0, int64(t)).In(p.Zone).Format(layout)
}

// targets are the services that failed most.
func targets(c *correlate.Case) string {
	var out []string
	list := byTarget(c)
	for i, t := range list {
		if i == 3 {
			out = append(out, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		out = append(out, fmt.Sprintf("%s (%d)", shorten(Clean(words.Target(t.Name)), 48, false), t.Failures))
	}
	return strings.Join(out, ", ")
}

// signatures says what preceded the failures.
func signatures(c *correlate.Case) string {
	var out []string
	for _, sig := range []correlate.Signature{correlate.NoEndpoints, correlate.NoAnswer, correlate.Unreachable, correlate.Mixed,
		correlate.SignatureUnknown} {
		n := 0
		for i := range c.Incidents {
			if c.Incidents[i].Signature == sig {
				n++
			}
		}
		if n == 1 && len(c.Incidents) == 1 {
			return words.Preceded(sig.String())
		}
		if n > 0 {
			out = append(out, fmt.Sprintf("%s in %d", words.Preceded(sig.String()), n))
		}
	}
	switch len(out) {
	case 0:
		return ""
	case 1:
		return out[0][:strings.LastIndex(out[0], " in ")] + ", in all of them"
	}
	return strings.Join(out, ", ") + " of " + itoa(len(c.Incidents)) + " incidents"
}

// sure is the strength of the verdict in one line: of the diagnosis that leads,
// and of a period.
func sure(c *correlate.Case) string {
	period := sureOfPeriod(c)
	if c.Verdict.Code == correlate.Diagnosed && len(c.Findings) > 0 {
		f := &c.Findings[0]
		return words.Sure(f.Confidence.String()) + " of " + f.ID + "; " + period
	}
	return period
}

// sureOfPeriod is how a test of a period came out, with what it rests on.
func sureOfPeriod(c *correlate.Case) string {
	if c.Verdict.Period < 0 {
		for i := range c.Periods {
			if p := &c.Periods[i]; p.Of == correlate.Failures {
				return fmt.Sprintf("%s (%s, for one of %s)", words.Tested(string(p.Verdict)), onsets(p.Onsets), words.Minutes(p.Nominal))
			}
		}
		return "no period to test"
	}
	p := &c.Periods[c.Verdict.Period]
	s := fmt.Sprintf("%s (%s of %s): by chance %s", p.Verdict, p.Of, p.Scope, words.Chance(p.PHolm))
	return s + ", " + onsets(p.Onsets)
}

// onsets counts them in words.
func onsets(n int) string {
	if n == 1 {
		return "1 onset"
	}
	return fmt.Sprintf("%d onsets", n)
}
