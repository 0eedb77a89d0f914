package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
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
// incidents, beats and evidence, then what is missing and how to get it.
func WriteText(w io.Writer, c *correlate.Case, text Text, s Style) error {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	p := &page{w: w, Style: s}
	p.verdict(c)
	p.findings(c)
	p.incidents(c)
	p.beats(c)
	p.links(c)
	p.when(c)
	p.evidence(c, text)
	p.unexplained(c, text)
	p.bullets("What this cannot show", c.Limits)
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

var headlines = map[correlate.Code]string{
	correlate.BeatMatchesResync: "A BEAT CONSISTENT WITH AN INFORMER RESYNC",
	correlate.OtherBeat:         "A BEAT, BUT NOT THE RESYNC'S",
	correlate.PeriodCauseOpen:   "A BEAT WHOSE CAUSE IS OPEN",
	correlate.NoBeat:            "NO BEAT",
	correlate.Insufficient:      "NOT ENOUGH DATA",
	correlate.NoFailures:        "NO FAILURES FOUND",
	correlate.Diagnosed:         "DIAGNOSED",
}

// reasons are the headlines where there is not enough for an answer, by what is
// missing.
var reasons = map[correlate.Reason]string{
	correlate.NothingRead: "NOTHING RECOGNISED",
	correlate.NotCaptured: "FAILURES NOT CAPTURED",
	correlate.FilteredOut: "NOTHING PASSES THE FILTERS",
}

// Headline is the verdict in a few words.
func Headline(c *correlate.Case) string {
	head := headlines[c.Verdict.Code]
	if c.Verdict.Code != correlate.Insufficient {
		return head
	}
	if why := reasons[c.Verdict.Reason]; why != "" {
		head = why
	}
	switch {
	case c.Verdict.Reason == correlate.TooFew && len(c.Incidents) == 0:
		head = "FAILURES, BUT NONE OF THOSE THAT COUNT"
	case c.Verdict.Reason == correlate.NotCaptured && c.Seen.Served > 0:
		head = "NOT ALL COULD BE READ"
	}
	if v := c.Verdict.Period; v >= 0 && c.Verdict.Reason == correlate.NotCaptured {
		return head + "; THE STALLS KEEP A BEAT"
	}
	return head
}

// uncounted is what else failed in what was read: requests that do not count as
// failures, and what is none. "" where the verdict says it.
func uncounted(c *correlate.Case) string {
	if len(c.Incidents) == 0 {
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
		do := "do not count"
		if n == 1 {
			do = "does not count"
		}
		said = append(said, fmt.Sprintf("%s %s: %s; %s", counted(n, "more failed request"), do, strings.Join(kinds, ", "), c.Seen.Count()))
	}
	for _, b := range c.Seen.Beside {
		said = append(said, b.Text())
	}
	return strings.Join(said, "; ")
}

// verdict prints what stands alone: at most 24 lines.
func (p *page) verdict(c *correlate.Case) {
	head := Headline(c)
	if p.Color {
		head = "\x1b[1m" + head + "\x1b[0m"
	}
	p.line("%s", head)
	p.wrapped("  ", Clean(c.Verdict.Sentence))
	p.line("")
	p.wrapped("when      ", p.span(c))
	if t := targets(c); t != "" {
		p.wrapped("targets   ", t)
	}
	if s := signatures(c); s != "" {
		p.wrapped("how       ", s)
	}
	if s := uncounted(c); s != "" {
		p.wrapped("also      ", s)
	}
	p.wrapped("how sure  ", sure(c))
	p.wrapped("next      ", Clean(c.Verdict.Next))
	for i, m := range c.Missing {
		if i == 2 && !p.Verbose {
			p.line("          and %d more (-v)", len(c.Missing)-i)
			break
		}
		p.wrapped([]string{"missing   ", "          "}[min(i, 1)], Clean(m))
	}
}

// span is when the failures were, and how much was read.
func (p *page) span(c *correlate.Case) string {
	var bytes int64
	for i := range c.Capture.Sources {
		bytes += c.Capture.Sources[i].Bytes
	}
	read := fmt.Sprintf("%s of %s, %s", counted(c.Total, "event"), counted(len(c.Capture.Sources), "source"), size(bytes))
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
	return fmt.Sprintf("%s to %s, in %s", p.at(first.Start, "2006-01-02 15:04:05"), p.at(last.End, "2006-01-02 15:04:05 MST"), read)
}

// counted is a number with its noun: "1 source", "2 sources".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}

func (p *page) at(t parse.Time, layout string) string {
	return time.Unix(0, int64(t)).In(p.Zone).Format(layout)
}

func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

// targets are the services that failed most.
func targets(c *correlate.Case) string {
	sum := map[string]int{}
	for i := range c.Incidents {
		for _, t := range c.Incidents[i].Targets {
			sum[t.Name] += t.Failures
		}
	}
	var names []string
	for n := range sum {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(sum[b], sum[a]), cmp.Compare(a, b)) })
	var out []string
	for i, n := range names {
		if i == 3 {
			out = append(out, fmt.Sprintf("and %d more", len(names)-i))
			break
		}
		out = append(out, fmt.Sprintf("%s (%d)", shorten(Clean(n), 48, false), sum[n]))
	}
	return strings.Join(out, ", ")
}

// signatures says what preceded the failures.
func signatures(c *correlate.Case) string {
	words := []struct {
		s    correlate.Signature
		text string
	}{
		{correlate.NoEndpoints, "\"no endpoints\" was answered before the failfast in %d"},
		{correlate.NoAnswer, "no answer came in %d"},
		{correlate.Unreachable, "known endpoints could not be reached in %d"},
		{correlate.Mixed, "several of these in %d"},
		{correlate.SignatureUnknown, "what preceded was not captured in %d"},
	}
	var out []string
	for _, w := range words {
		n := 0
		for i := range c.Incidents {
			if c.Incidents[i].Signature == w.s {
				n++
			}
		}
		if n > 0 {
			out = append(out, fmt.Sprintf(w.text, n))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, ", ") + " of " + itoa(len(c.Incidents)) + " incidents"
}

// sure is the strength of the verdict in one line.
func sure(c *correlate.Case) string {
	if c.Verdict.Period < 0 {
		for i := range c.Periods {
			if p := &c.Periods[i]; p.Of == correlate.Failures {
				return fmt.Sprintf("%s: %s tested at %s", strings.ReplaceAll(string(p.Verdict), "_", " "), onsets(p.Onsets), p.Nominal)
			}
		}
		return "nothing to test"
	}
	p := &c.Periods[c.Verdict.Period]
	s := fmt.Sprintf("%s (%s of %s)", p.Verdict, p.Of, p.Scope)
	if p.Basis == stat.ByTicks {
		ticks, hits, _ := p.TicksHit()
		return s + fmt.Sprintf(", %d of %d ticks of the processes' own schedules, p = %.2g", hits, ticks, p.PHolm)
	}
	if name, v, ok := p.Statistic(); ok {
		s += fmt.Sprintf(", %s = %.4g over %s, p = %.2g", name, v, onsets(p.Onsets), p.PHolm)
	}
	return s
}

// onsets counts them in words.
func onsets(n int) string {
	if n == 1 {
		return "1 onset"
	}
	return fmt.Sprintf("%d onsets", n)
}
