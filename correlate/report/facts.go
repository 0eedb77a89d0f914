package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/formats"
)

// facts are what stands beside the three sentences, those that there are.
func (p *page) facts(c *correlate.Case) []Item {
	span := p.span(c)
	if zone := reportersZone(c, p.Zone); zone != "" {
		span += " (" + zone + ")"
	}
	all := []Item{{"when", span}, {"how often", often(c)}, {"targets", targets(c)}, {"never", never(c)}, {"replicas", replicas(c)},
		{"how", signatures(c)}, {"also", uncounted(c)}, {"how sure", sure(c)}}
	return slices.DeleteFunc(all, func(i Item) bool { return i.Text == "" })
}

// often is how many failures there are an hour, what share of the requests that
// were logged that is, and whether they go on.
func often(c *correlate.Case) string {
	var said []string
	if n := c.Failures[c.Layer]; n > 0 && len(c.Incidents) > 1 && c.Seen.Served >= time.Hour.Seconds() {
		each := rate(float64(n) / (c.Seen.Served / 3600))
		one, many := failure(c)
		if each == "1" {
			many = one
		}
		said = append(said, fmt.Sprintf("%s %s an hour of the %s captured", each, many, words.Lasting(time.Duration(c.Seen.Served*1e9))))
	}
	if n, of := share(c); of > 0 {
		said = append(said, fmt.Sprintf("%s of the %s lines of the access logs", percent(float64(n)/float64(of)), words.Number(of)))
	}
	if s := goesOn(c); s != "" {
		said = append(said, s)
	}
	return strings.Join(said, "; ")
}

// rate is a number for each hour with as many digits as mean something.
func rate(perHour float64) string {
	if perHour >= 10 {
		return words.Number(int(perHour + 0.5))
	}
	return fmt.Sprintf("%.2g", perHour)
}

// percent is a share: "0.8 %".
func percent(share float64) string {
	switch {
	case share >= 0.1:
		return fmt.Sprintf("%.0f %%", 100*share)
	case share < 0.0001:
		return "less than 0.01 %"
	}
	return fmt.Sprintf("%.2g %%", 100*share)
}

// share counts the failures in access logs and the lines of these; 0 lines
// where failures were not counted in one, or where nothing but them was kept.
func share(c *correlate.Case) (failed, lines int) {
	if c.Layer != parse.IngressResponse {
		return 0, 0
	}
	events := 0
	for s := range c.Streams {
		st := &c.Streams[s]
		if c.CopyOf[s] >= 0 || formats.Of(st.Format).Lane != parse.LaneIngress {
			continue
		}
		if slices.ContainsFunc(st.Events, func(e parse.Event) bool { return e.Kind == parse.IngressResponse }) {
			lines, events = lines+int(st.Lines), events+len(st.Events)
		}
	}
	if lines <= events+events/10 { // a log that was filtered tells no share
		return 0, 0
	}
	return c.Failures[c.Layer], lines
}

// goesOn says whether failures go on to the end of what was captured. The last
// silence counts as an end only where it is longer than any before it.
func goesOn(c *correlate.Case) string {
	var last, longest parse.Time
	n := 0
	for i := range c.Incidents {
		if in := &c.Incidents[i]; in.Clock.OnWall() {
			if n > 0 {
				longest = max(longest, in.Start-last)
			}
			last = max(last, in.End)
			n++
		}
	}
	end := parse.Time(0)
	for _, g := range c.ByClock() {
		if g.Clock.OnWall() && len(g.Coverage) > 0 {
			end = parse.Time(g.Coverage[len(g.Coverage)-1].End * 1e9)
		}
	}
	quiet := time.Duration(end - last)
	switch {
	case n == 0 || end < last || n == 1 && quiet >= time.Minute:
		return ""
	case quiet < time.Minute:
		return "still going on when the capture ends"
	case n > 2 && quiet > time.Duration(longest):
		return "none in the last " + words.Lasting(quiet) + ", longer than between any two before"
	}
	return "the last is " + words.Lasting(quiet) + " before the capture ends, so nothing says that it is over"
}

// replicas says which replica stalls before most of the incidents.
func replicas(c *correlate.Case) string {
	by := map[string]int{}
	known := 0
	for i := range c.Incidents {
		if name := c.Incidents[i].Process; name != "" {
			by[name]++
			known++
		}
	}
	if known < 2 || len(c.Processes()) < 2 {
		return ""
	}
	var list []correlate.Target
	for name, n := range by {
		list = append(list, correlate.Target{Name: name, Failures: n})
	}
	slices.SortFunc(list, func(a, b correlate.Target) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(a.Name, b.Name))
	})
	var said []string
	for i, r := range list {
		if i == 3 {
			said = append(said, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		said = append(said, fmt.Sprintf("%s (%d)", shorten(Clean(shortName(r.Name, i > 0)), 48, true), r.Failures))
	}
	return "stalling before an incident: " + strings.Join(said, ", ")
}

// shortName is a process without its container, or only the end of its pod's
// name, by which replicas of one workload differ.
func shortName(name string, tail bool) string {
	pod, _, _ := strings.Cut(name, "/")
	if i := strings.LastIndexByte(pod, '-'); tail && i >= 0 {
		return pod[i+1:]
	}
	return pod
}
