package correlate

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// Seen is what was read of failures of any kind, whether they count or not: so
// that nothing that was read is ever denied.
type Seen struct {
	// ByStatus counts the failed requests by HTTP status, "unknown" where the
	// line tells none. One request shows in each layer it passes: of each status
	// the layer counts that has most.
	ByStatus map[string]int
	// Left are the failed requests that do not count as failures, the most
	// frequent first.
	Left []Left
	// Beside are other failures, by what they are called.
	Beside []Beside
	// Served is for how long what serves requests was captured, in seconds, and
	// By by how many processes.
	Served float64
	By     int
}

// Left are failed requests of one status and cause that do not count.
type Left struct {
	Kind   parse.Kind
	Status string // "unknown" where the line tells none
	Cause  parse.Cause
	N      int
}

// Beside counts failures that are no failed requests, such as crashes.
type Beside struct {
	One, Many string // the noun
	N         int
}

// Text is the count with its noun.
func (b Beside) Text() string { return words.Count(b.N, b.One, b.Many) }

// Failed says whether anything at all failed in what was read.
func (s *Seen) Failed() bool { return len(s.ByStatus)+len(s.Beside) > 0 }

// LeftCount is how many failed requests do not count.
func (s *Seen) LeftCount() (n int) {
	for _, l := range s.Left {
		n += l.N
	}
	return n
}

// Text names what is known of the status and the cause: "502 connection refused ×2".
func (l Left) Text() string {
	var text []string
	if l.Status != unknownStatus {
		text = append(text, l.Status)
	}
	if l.Cause != parse.CauseUnknown && l.Cause != parse.CauseOther {
		text = append(text, causeWords(l.Cause))
	}
	return fmt.Sprintf("%s ×%d", cmp.Or(strings.Join(text, " "), "no status"), l.N)
}

func causeWords(c parse.Cause) string {
	switch c {
	case parse.CauseConnectRefused:
		return "connection refused"
	case parse.CauseIO:
		return "connection broken"
	}
	return strings.ReplaceAll(c.String(), "_", " ")
}

const unknownStatus = "unknown"

// statusOf is an event's HTTP status as text.
func statusOf(e *parse.Event) string {
	if e.Value < 100 || e.Value > 599 {
		return unknownStatus
	}
	return strconv.Itoa(int(e.Value))
}

// otherFailures are the kinds of events that are failures without being failed
// requests, with the noun that they are counted by.
var otherFailures = []struct {
	one, many string
	kinds     []parse.Kind
}{
	{"crash", "crashes", []parse.Kind{parse.ProxyCrashed, parse.ControllerCrashed, parse.AppCrashed}},
	{"container that ended with an error", "containers that ended with an error", []parse.Kind{parse.ContainerTerminated}},
	{"container that is restarted again and again", "containers that are restarted again and again", []parse.Kind{parse.ContainerCrashLoop}},
	{"failed probe", "failed probes", []parse.Kind{parse.KubeletProbeFailed}},
	{"failed connection", "failed connections", []parse.Kind{parse.ProxyConnectFailed, parse.ProxyTCPFailed}},
	{"failed call of a program", "failed calls of programs", []parse.Kind{parse.AppCallFailed}},
	{"worker of an application's server that was ended", "workers of an application's server that were ended", []parse.Kind{parse.AppWorkerKilled}},
	{"full queue of an application's server", "full queues of an application's server", []parse.Kind{parse.AppOverloaded}},
	{"denied connection", "denied connections", []parse.Kind{parse.ProxyDenied}},
	{"failed discovery", "failed discoveries", []parse.Kind{parse.ProxyDiscoveryFailed}},
	{"refused identity", "refused identities", []parse.Kind{parse.ProxyIdentityFailed}},
	{"overloaded proxy", "overloaded proxies", []parse.Kind{parse.ProxyOverloaded}},
	{"failed webhook", "failed webhooks", []parse.Kind{parse.WebhookFailed}},
	{"failed check", "failed checks", []parse.Kind{parse.CheckFailed}},
}

// see counts what failed, within the options' cut.
func see(c *Placed, g *groups) (s Seen) {
	counted, inner := g.counted(c), g.countedIDs(c)
	requests := c.once(slices.Concat(c.requests(), c.Of(parse.APIServerResponse)))
	type what struct {
		status string
		cause  parse.Cause
	}
	all, left := map[string]map[parse.Kind]int{}, map[what]map[parse.Kind]int{}
	for _, p := range requests {
		if _, ok := c.asked(p); !ok {
			continue
		}
		e := c.At(p)
		add(all, statusOf(e), e.Kind)
		if !counted.holds(int(p.Stream), int(p.Event)) && !(e.Kind == parse.IngressResponse && inner[e.Print]) {
			add(left, what{statusOf(e), parse.CauseOf(e.Class)}, e.Kind)
		}
	}
	s.ByStatus = map[string]int{}
	for status, by := range all {
		_, s.ByStatus[status] = greatest(by)
	}
	for w, by := range left {
		k, n := greatest(by)
		s.Left = append(s.Left, Left{k, w.status, w.cause, n})
	}
	slices.SortFunc(s.Left, func(a, b Left) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Cause, b.Cause))
	})
	s.beside(c)
	if len(all) == 0 {
		s.counters(c)
	}
	s.served(c)
	return s
}

// counted marks the failures that count, in all layers.
func (g *groups) counted(c *Placed) marked {
	out := make(marked, len(c.Streams))
	for _, one := range g.all() {
		for _, list := range [][]Moment{one.Failures, one.Inner} {
			for _, m := range list {
				out.mark(int(m.Stream), int(m.Event), len(c.Streams[m.Stream].Events))
			}
		}
	}
	return out
}

// countedIDs are the ids of the requests that count by what some hop logged of them: what another
// hop logged of one is no further request. One log alone has no other hop.
func (g *groups) countedIDs(c *Placed) map[uint32]bool {
	logs := map[uint32]bool{}
	for _, p := range c.Of(parse.IngressResponse) {
		if logs[p.Stream] = true; len(logs) > 1 {
			break
		}
	}
	if len(logs) < 2 {
		return nil
	}
	out := map[uint32]bool{}
	for _, one := range g.all() {
		for _, list := range [][]Moment{one.Failures, one.Inner} {
			for _, m := range list {
				if e := c.At(m.Point); e.Kind == parse.IngressResponse {
					out[e.Print] = true
				}
			}
		}
	}
	return out
}

// Counted tells of an event whether it is one of the failures that count, in
// whatever layer it was logged.
func (c *Case) Counted() func(Point) bool {
	counted := c.groups.counted(&c.Placed)
	return func(p Point) bool { return counted.holds(int(p.Stream), int(p.Event)) }
}

func add[K comparable](to map[K]map[parse.Kind]int, k K, kind parse.Kind) {
	if to[k] == nil {
		to[k] = map[parse.Kind]int{}
	}
	to[k][kind]++
}

// greatest is the kind that counts most; of equals the one that is listed first.
func greatest(by map[parse.Kind]int) (kind parse.Kind, most int) {
	for k, n := range by {
		if n > most || n == most && k < kind {
			kind, most = k, n
		}
	}
	return kind, most
}

// beside counts the failures that are no requests.
func (s *Seen) beside(c *Placed) {
	for _, b := range otherFailures {
		n := 0
		for _, k := range b.kinds {
			for _, p := range c.Of(k) {
				if e := c.At(p); k != parse.ContainerTerminated || e.Value != 0 {
					if _, ok := c.asked(p); ok && !c.ToldTwice(p) {
						n += max(int(e.Count), 1)
					}
				}
			}
		}
		if n > 0 {
			s.Beside = append(s.Beside, Beside{b.one, b.many, n})
		}
	}
	s.unready(c)
}

// unready counts the pods, workloads and jobs that something shows as failed or not
// ready, and the targets that Prometheus did not reach.
func (s *Seen) unready(c *Placed) {
	for _, b := range []struct {
		one, many, fact string
		kind            parse.Kind
	}{
		{"pod that runs and is not ready", "pods that run and are not ready", parse.PodNotReady, parse.K8sEvent},
		{"pod that is listed as failed", "pods that are listed as failed", parse.PodFailed, parse.K8sEvent},
		{"workload of which not all pods are ready", "workloads of which not all pods are ready", parse.ReplicasNotReady, parse.K8sEvent},
		{"job that failed for good", "jobs that failed for good", parse.JobFailed, parse.K8sEvent},
		{"target that Prometheus could not scrape (up = 0)", "targets that Prometheus could not scrape (up = 0)", parse.ScrapeDown, parse.ScrapeFailed},
	} {
		of := map[parse.Name]bool{}
		for _, p := range c.Of(b.kind) {
			if _, ok := c.asked(p); ok && strings.HasPrefix(c.Name(c.At(p).Fact), b.fact) {
				of[c.At(p).Target] = true
			}
		}
		if n := len(of); n > 0 {
			s.Beside = append(s.Beside, Beside{b.one, b.many, n})
		}
	}
}

// counters adds the failed requests that only metrics tell of: what counters rose by;
// what those hold of which there is one sample, counted since a process started; and
// series of answers to queries, which only say that there were some.
func (s *Seen) counters(c *Placed) {
	rose, held, above := 0.0, byStatus{}, byStatus{}
	for name, list := range c.Metrics() {
		for i := range list {
			series := &list[i]
			status, counter := known.StatusOf(name, func(key string) string { return c.label(series, key) })
			switch {
			case status == "":
			case counter && len(series.Values) > 1:
				c.rises(series, func(_ int64, by float64) { rose += by })
			case counter:
				held.add(status, series.Values)
			default:
				above.add(status, series.Values)
			}
		}
	}
	if n := int(rose + 0.5); n > 0 {
		s.Beside = append(s.Beside, Beside{"failed request that metrics count", "failed requests that metrics count", n})
	}
	if n := int(held.sum() + 0.5); n > 0 {
		since := " counted since the process started, at unknown times (" + held.text("×") + ")"
		s.Beside = append(s.Beside, Beside{"failed request" + since, "failed requests" + since, n})
	}
	if len(above) > 0 {
		said := " above zero (" + above.text("up to ") + ")"
		s.Beside = append(s.Beside, Beside{"series of a query by status that is" + said, "series of a query by status that are" + said, len(above)})
	}
}

// byStatus are numbers by status: what the series of each add up to, each by its
// greatest value.
type byStatus map[string]float64

func (s byStatus) add(status string, values []float64) {
	most := 0.0
	for _, v := range values {
		if v > most { // no NaN
			most = v
		}
	}
	if most > 0 {
		s[status] += most
	}
}

// sum adds in the order of the names: of floats the order shows.
func (s byStatus) sum() (sum float64) {
	for _, status := range slices.Sorted(maps.Keys(s)) {
		sum += s[status]
	}
	return sum
}

// text names each with its number.
func (s byStatus) text(before string) string {
	var said []string
	for _, status := range slices.Sorted(maps.Keys(s)) {
		said = append(said, status+" "+before+strconv.FormatFloat(s[status], 'g', 6, 64))
	}
	return strings.Join(said, ", ")
}

// served adds up for how long what serves requests was captured.
func (s *Seen) served(c *Placed) {
	var wall []stat.Span
	for i := range c.Streams {
		if !serves(&c.Streams[i]) || c.CopyOf[i] >= 0 || !c.within(i) {
			continue
		}
		spans, total := c.captured(i), 0.0
		for _, one := range spans {
			total += one.End - one.Start
		}
		if total <= 0 {
			continue // a single time is no stretch
		}
		s.By++
		if c.Anchors[i].Placed() {
			wall = append(wall, spans...)
		} else {
			s.Served += total
		}
	}
	for _, one := range clip(stat.NewCoverage(wall), &c.Options, true) {
		s.Served += one.End - one.Start
	}
}

// unreadLike are words in lines that were not understood by which they may tell
// of a failure: a status of 5xx, or what programs call it.
var unreadLike = regexp.MustCompile(`(?i)\b5\d\d\b|error|fail|refused|timed? ?out|panic|fatal|unavailable|\breset\b|denied|unhealthy|back-?off`)

// Unread counts what was not understood: sources of which nothing was
// recognised, and lines of others. telling is whether a line of it looks like
// one of a failure.
func (ix *Index) Unread() (sources int, lines uint64, telling bool) {
	for i := range ix.Sources {
		s := &ix.Sources[i]
		if s.Format == "" {
			sources++
		} else {
			lines += s.Counts.Unparsed
		}
		for _, p := range s.Problems {
			_, text, quoted := strings.Cut(p.Text, ": ")
			telling = telling || quoted && s.Counts.Unparsed > 0 && unreadLike.MatchString(text)
		}
	}
	return sources, lines, telling
}
