package correlate

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/formats"
)

// Reason says what is missing where there is not enough for an answer.
type Reason string

// The reasons, as the contract names them.
const (
	// NothingRead: no line of any source was recognised.
	NothingRead Reason = "nothing_read"
	// NotCaptured: nothing was captured that would show a failure.
	NotCaptured Reason = "not_captured"
	// TooFew: failures were read, and too few of those that count.
	TooFew Reason = "too_few"
	// FilteredOut: the options leave nothing.
	FilteredOut Reason = "filtered_out"
)

// leastServed is over how long a stretch at least a log must tell of what it served for
// its silence to say anything, in seconds: a few lines that were picked out do not.
const leastServed = 1

// withoutIncidents answers where nothing that counts failed. That nothing did
// is said only where it would have been seen, and nothing else speaks of a
// failure: absence proves nothing by itself.
func (c *Case) withoutIncidents(v *Verdict) {
	sources, lines, telling := c.Unread()
	v.Code, v.Next = Insufficient, c.askProxies()
	defer func() { v.Sentence = strings.TrimSpace(v.Lacks + " " + v.Knows) }()
	switch {
	case !c.recognised():
		v.Reason = NothingRead
		c.sayNothingRead(v)
		return
	case c.filteredOut():
		v.Reason = FilteredOut
		v.Lacks = "Nothing that was read passes the filters: " + strings.Join(c.whyFiltered(), ". ") + "."
		v.Next = "Leave the filters out, or choose among the names that faultline sources lists."
	case c.Seen.Failed() && (c.Seen.Served > 0 || len(c.Seen.ByStatus) > 0):
		v.Reason = TooFew
		c.sayUncounted(v)
	case c.Seen.Served < leastServed:
		v.Reason = NotCaptured
		v.Lacks = "Failed requests would not be seen in what was captured: no log of a proxy or an ingress, over any stretch of time, is in it."
		if c.Seen.Failed() {
			v.Knows = "The dump does show " + c.besides() + "."
		}
	case telling:
		v.Reason = NotCaptured
		v.Lacks = "No failure is in what could be read, but not all could be: " + unreadSaid(sources, lines) + ", and some of it looks like failures."
		v.Next = "See what was not understood: faultline sources PATH; --match NAME='REGEX' makes events of lines with a time."
	case c.CutShort() != "":
		v.Reason = NotCaptured
		v.Lacks = "No failure is in what was read, but not all was read: " + c.CutShort() + "."
		v.Next = "Give the whole: a file that is cut off again, more memory with --max-memory, or fewer files."
	default:
		v.Code = NoFailures
		v.Lacks = fmt.Sprintf("No failed request, crash, failed probe or refused connection was logged in %s of %s.",
			words.Lasting(time.Duration(c.Seen.Served*1e9)), words.Count(c.Seen.By, "log of what serves requests", "logs of what serves requests"))
		v.Next = "If clients saw errors, add the logs of the proxies that they came through: " + c.logsCommand()
		if c.Options.filtered() {
			v.know("What " + c.filters() + " leaves out was not asked.")
		}
	}
	if !telling && sources > 0 || !telling && lines > 0 {
		v.know("Not understood: " + unreadSaid(sources, lines) + ".")
	}
	c.sayStalls(v)
	if n := len(c.Unexplained()); n > 0 {
		v.know(words.Count(n, "line of level error is", "lines of level error are") + " unexplained.")
	}
}

// askProxies is what to collect where failures were not captured.
func (c *Case) askProxies() string {
	return "Add the logs of the proxies whose clients saw the errors: " + c.logsCommand()
}

// logsCommand prints the log of what requests came through.
func (c *Placed) logsCommand() string {
	if c.linkerd {
		return "kubectl logs --timestamps POD -c linkerd-proxy"
	}
	return "kubectl logs --timestamps POD, of the ingress or of the sidecars (istio-proxy)"
}

// recognised says whether anything at all was.
func (ix *Index) recognised() bool {
	for i := range ix.Sources {
		if f := ix.Sources[i].Format; f != "" && f != factsFormat && !formats.Of(f).Unneeded {
			return true
		}
	}
	return len(ix.Series)+ix.Total > 0
}

// factsFormat is the format of what only a human knows: no dump by itself.
const factsFormat = "facts"

// sayNothingRead names the files of which nothing was recognised.
func (c *Case) sayNothingRead(v *Verdict) {
	var said []string
	more := 0
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.Format == factsFormat {
			continue
		}
		if len(said) == 4 {
			more++
			continue
		}
		what := "is empty"
		switch {
		case unopened(s):
			what = "could not be read"
		case looksLike(s):
			what = s.Problems[0].Text
		}
		said = append(said, s.Path+" "+what)
	}
	v.Lacks = "No line of what was read is in a format that is known: " + strings.Join(said, "; ")
	if more > 0 {
		v.Lacks += fmt.Sprintf("; and %d more", more)
	}
	v.Lacks += "."
	v.Next = "faultline formats lists what is read; --match NAME='REGEX' makes events of lines that hold a time; --source 'GLOB=format:NAME' says what a file is."
}

// filtered says whether options leave something out by name or time.
func (o *Options) filtered() bool {
	return o.Namespace != "" || o.Pod != "" || o.Since != 0 || o.Until != 0
}

// filters are the options that leave something out, as flags say them.
func (c *Case) filters() string {
	o := &c.Options
	var out []string
	for _, f := range []struct{ flag, value string }{{"-n", o.Namespace}, {"--pod", o.Pod}, {"--since", stampOf(o.Since)}, {"--until", stampOf(o.Until)}} {
		if f.value != "" {
			out = append(out, f.flag+" "+f.value)
		}
	}
	return strings.Join(out, " ")
}

func stampOf(t parse.Time) string {
	if t == 0 {
		return ""
	}
	return time.Unix(0, int64(t)).UTC().Format(time.RFC3339)
}

// whyFiltered are the filters that leave nothing, with what is nearest; all of
// them where only together they leave nothing.
func (c *Case) whyFiltered() []string {
	if len(c.Filtered) > 0 {
		return c.Filtered
	}
	return []string{c.filters()}
}

// filteredOut says whether the options leave no process and no event.
func (c *Case) filteredOut() bool {
	o := &c.Options
	if !o.filtered() {
		return false
	}
	named := o.Namespace != "" || o.Pod != ""
	for s := range c.Streams {
		if named && !c.within(s) && len(c.Streams[s].Events) == 0 {
			continue
		}
		if named && c.within(s) && o.Since == 0 && o.Until == 0 {
			return false
		}
		for i := range c.Streams[s].Events {
			p := Point{uint32(s), uint32(i)}
			who := c.Whose(p)
			if Glob(o.Namespace, who.Namespace) && Glob(o.Pod, who.Pod) && len(c.moments(nil, []Point{p})) > 0 {
				return false
			}
		}
		for _, span := range c.captured(s) {
			if c.within(s) && c.Anchors[s].Placed() && (o.Since == 0 || span.End >= seconds(o.Since)) &&
				(o.Until == 0 || span.Start <= seconds(o.Until)) {
				return false
			}
		}
	}
	return true
}

// sayUncounted tells of failures of which none counts.
func (c *Case) sayUncounted(v *Verdict) {
	var said []string
	if n := c.Seen.LeftCount(); n > 0 {
		var kinds []string
		for _, l := range c.Seen.Left[:min(len(c.Seen.Left), 4)] {
			kinds = append(kinds, l.Text())
		}
		said = append(said, words.Count(n, "failed request", "failed requests")+" ("+strings.Join(kinds, ", ")+")")
	}
	if len(c.Seen.Beside) > 0 {
		said = append(said, c.besides())
	}
	counted := "a 504, or a 503 for want of an upstream"
	if len(c.Options.Failures) > 0 {
		counted = "what --failure names"
	}
	v.Lacks = fmt.Sprintf("None of what counts as a failure (%s) was read, but this was: %s.", counted, strings.Join(said, ", "))
	if n := c.Seen.Count(); n != "" {
		v.Lacks = strings.TrimSuffix(v.Lacks, ".") + "; " + n + "."
	}
	v.Next = cmp.Or(c.Seen.Count(), v.Next)
}

// besides are the failures that are no requests, in words.
func (c *Case) besides() string {
	var said []string
	for _, b := range c.Seen.Beside {
		said = append(said, b.Text())
	}
	return strings.Join(said, ", ")
}

// Count is the flag that has the requests counted that do not, "" where there
// are none.
func (s *Seen) Count() string {
	if len(s.Left) == 0 {
		return ""
	}
	kind, status := s.Left[0].Kind, ",status=5xx"
	for _, l := range s.Left {
		if l.Kind == kind && !strings.HasPrefix(l.Status, "5") {
			status = ""
		}
	}
	return fmt.Sprintf("--failure '%s%s' makes incidents of them", kind, status)
}

// sayStalls adds what is known of stalls where no failure was captured.
func (c *Case) sayStalls(v *Verdict) {
	if c.Stalls == 0 {
		return
	}
	said := words.Count(c.Stalls, "stall was", "stalls were") + " logged"
	if v.Period >= 0 {
		p := &c.Periods[v.Period]
		said += fmt.Sprintf("; they have a period of %s (%s)", p.Length(), p.strength())
	}
	v.know(said + ".")
}

// know adds a sentence on what was seen all the same.
func (v *Verdict) know(said string) { v.Knows = strings.TrimSpace(v.Knows + " " + said) }

// unreadSaid counts what was not understood.
func unreadSaid(sources int, lines uint64) string {
	switch {
	case lines == 0:
		return words.Count(sources, "source", "sources")
	case sources == 0:
		return words.Count(int(lines), "line", "lines")
	}
	return words.Count(sources, "source", "sources") + " and " + words.Count(int(lines), "line", "lines") + " of others"
}
