package correlate

import (
	"cmp"
	"slices"
	"strings"

	"faultline/parse"
	"faultline/parse/formats"
)

// copies says which events repeat a fact that another stream tells as well or
// better. Folders often hold one log raw, stamped and in the runtime's form;
// an API event stands in describe, in a table and in JSON.
type copies struct {
	of  []int  // per stream: the stream it is a copy of, -1
	dup marked // the events that are repeats
}

// marked are events, by stream: nil for a stream of which none is.
type marked [][]bool

// mark adds an event of a stream that has so many.
func (m marked) mark(stream, event, events int) {
	if m[stream] == nil {
		m[stream] = make([]bool, events)
	}
	m[stream][event] = true
}

func (m marked) holds(stream, event int) bool { return m[stream] != nil && m[stream][event] }

// copyShare is the share of a stream's events that must stand in another one
// before it is called a copy of it.
const copyShare = 0.8

// findCopies finds the repeats, and completes who from copies that know more.
func findCopies(c *parse.Capture, who []Identity) *copies {
	k := &copies{of: make([]int, len(c.Streams)), dup: make(marked, len(c.Streams))}
	for i := range k.of {
		k.of[i] = -1
	}
	order := byRank(c, who)
	better := sharing(c, order)
	for _, s := range order {
		for _, p := range better[s] {
			if k.of[p] < 0 && !who[p].contradicts(who[s]) {
				k.compare(c, who, p, s)
			}
		}
	}
	sameFacts(c, k)
	return k
}

// process says whether a stream is the log of one process.
func process(s *parse.Stream) bool { return !about(s) }

// byRank orders the streams of processes, the best-stamped first.
func byRank(c *parse.Capture, who []Identity) []int {
	var order []int
	for i := range c.Streams {
		if process(&c.Streams[i]) && len(c.Streams[i].Events) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &c.Streams[a], &c.Streams[b]
		return cmp.Or(
			cmp.Compare(clockRank(y), clockRank(x)),
			cmp.Compare(len(y.Events), len(x.Events)),
			strings.Compare(who[b].Pod, who[a].Pod),
			cmp.Compare(a, b))
	})
	return order
}

// clockRank prefers streams whose lines carry a wall clock of their own.
func clockRank(s *parse.Stream) int {
	switch {
	case len(s.Ties) > 0 && s.Clock != parse.ClockYearless:
		return 2
	case s.Clock == parse.ClockWall:
		return 1
	}
	return 0
}

type pair struct{ a, b int }

// sharing proposes for each stream those before it in the order that may hold the
// same lines: they share a fingerprint in a sample of each.
func sharing(c *parse.Capture, order []int) map[int][]int {
	const small, oneIn = 256, 16
	holders := map[uint32][]int{}
	hold := func(p uint32, s int) {
		if h := holders[p]; len(h) == 0 || h[len(h)-1] != s {
			holders[p] = append(h, s)
		}
	}
	for _, s := range order {
		events := c.Streams[s].Events
		for i := range events {
			if p := events[i].Print; len(events) <= small || p%oneIn == 0 {
				hold(p, s)
			}
		}
	}
	for _, s := range order { // the few lines of a short copy, in the long ones
		events := c.Streams[s].Events
		for i := range events {
			p := events[i].Print
			if len(events) > small && p%oneIn != 0 && len(holders[p]) > 0 {
				hold(p, s)
			}
		}
	}
	rank := make(map[int]int, len(order))
	for i, s := range order {
		rank[s] = i
	}
	better := map[int][]int{}
	seen := map[pair]bool{}
	for _, h := range holders {
		const crowd = 64 // a line that everybody prints says nothing
		if len(h) > crowd {
			continue
		}
		for i, a := range h {
			for _, b := range h[i+1:] {
				p, s := a, b
				if rank[s] < rank[p] {
					p, s = s, p
				}
				if p != s && !seen[pair{p, s}] {
					seen[pair{p, s}] = true
					better[s] = append(better[s], p)
				}
			}
		}
	}
	for _, list := range better {
		slices.SortFunc(list, func(a, b int) int { return cmp.Compare(rank[a], rank[b]) })
	}
	return better
}

// compare marks the events of s that p has too, if there are enough of them
// to say that the two tell of one process.
func (k *copies) compare(c *parse.Capture, who []Identity, p, s int) {
	ps, ss := &c.Streams[p], &c.Streams[s]
	if stampedApart(ps, ss) {
		return
	}
	same := who[p].Pod != "" && who[p].Pod == who[s].Pod && !differs(who[p].Instance, who[s].Instance)
	within, most := mayRepeat(ps, ss)
	if most == 0 || !same && float64(most) < copyShare*float64(within) {
		return
	}
	grain := formats.Of(ss.Format).Grain
	fine := grain > 0 && grain <= parse.GrainMicro
	left := k.linesOf(ps, p)
	var matched []int
	telling := 0
	dated := ps.Clock == ss.Clock && ps.Clock != parse.ClockUptime
	for i := range ss.Events {
		e := &ss.Events[i]
		if !left.take(ps.Events, sameLine(e), e.Time, dated) {
			continue
		}
		matched = append(matched, i)
		if fine || e.Kind == parse.ControllerPopStall || e.Kind == parse.ControllerTrace || dated && e.Grain <= parse.GrainMicro {
			telling++ // a time in microseconds or a trace's id: no coincidence
		}
	}
	enough := float64(len(matched)) >= copyShare*float64(within) && (telling > 0 || len(matched) >= 5)
	if len(matched) == 0 || !same && !enough {
		return
	}
	for _, i := range matched {
		k.dup.mark(s, i, len(ss.Events))
	}
	who[p].fill(who[s])
	if float64(len(matched)) >= copyShare*float64(len(ss.Events)) {
		k.of[s] = p
		who[s].fill(who[p])
	}
}

// copySlack is how far the stamps of two copies may lie apart: a stamp is put
// before a line when it is written down, its own time when it is made.
const copySlack = parse.Time(10e9)

// stampedApart says whether the stamps of two logs on uptime clocks prove that
// their processes did not start together: the logs of two runs of a container
// may hold the same lines, at the same uptimes, hours apart.
func stampedApart(a, b *parse.Stream) bool {
	x, ok1 := stamped(a.Ties)
	y, ok2 := stamped(b.Ties)
	return ok1 && ok2 && a.Clock == b.Clock && a.Clock == parse.ClockUptime && abs(x.Zero-y.Zero) > copySlack
}

// differs says whether two logs are said to be of different runs of a
// container. A rotated part may be of any.
func differs(a, b parse.Instance) bool {
	known := func(i parse.Instance) bool { return i == parse.InstanceCurrent || i == parse.InstancePrevious }
	return known(a) && known(b) && a != b
}

// sameLine is equal for copies of one line. The Print of an access line may be
// of its request's id alone, which each layer that the request passes prints in
// a line of its own; what the layers saw of it tells their lines apart. When
// they saw it does not: a copy may have its time from a stamp.
func sameLine(e *parse.Event) uint64 {
	if e.Kind != parse.IngressResponse {
		return uint64(e.Print)
	}
	const prime = 1099511628211 // FNV-1a
	h := uint64(14695981039346656037)
	for _, v := range [...]uint64{uint64(e.Print), uint64(e.Lasted), uint64(e.Value), uint64(e.Target), uint64(e.Fact), uint64(e.Class)} {
		h = (h ^ v) * prime
	}
	return h
}

// fact is what makes an event of the API one fact: the object, the reason and
// the message; of a scrape that failed: the target and when.
type fact struct {
	print uint32
	about string
	at    parse.Time
}

// sameFacts finds API events that are told several times, and keeps the one
// with the best clock.
func sameFacts(c *parse.Capture, k *copies) {
	best := map[fact]pair{} // stream, event
	for s := range c.Streams {
		if process(&c.Streams[s]) {
			continue
		}
		for i := range c.Streams[s].Events {
			e := &c.Streams[s].Events[i]
			f, ok := apiFact(c, e)
			if !ok {
				continue
			}
			had, seen := best[f]
			switch {
			case !seen:
				best[f] = pair{s, i}
			case had.a == s:
				// Two rows of one dump are two facts.
			case better(c, had, s, e):
				k.dup.mark(had.a, had.b, len(c.Streams[had.a].Events))
				best[f] = pair{s, i}
			default:
				k.dup.mark(s, i, len(c.Streams[s].Events))
			}
		}
	}
}

// apiFact is the fact behind an event of the API; ok is false for events that
// name no object, which nothing ties to another dump.
func apiFact(c *parse.Capture, e *parse.Event) (fact, bool) {
	switch e.Kind {
	case parse.KubeletProbeFailed, parse.KubeletReadiness, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated:
	case parse.ScrapeFailed:
		return fact{about: c.Name(e.Target), at: e.Time}, e.Target != 0
	default:
		return fact{}, false
	}
	_, name, ok := strings.Cut(c.Name(e.Target), "/")
	return fact{print: e.Print, about: name}, ok && name != ""
}

// better says whether event e of stream s tells a fact better than had.
func better(c *parse.Capture, had pair, s int, e *parse.Event) bool {
	a, b := c.Streams[had.a].Clock == parse.ClockWall, c.Streams[s].Clock == parse.ClockWall
	if a != b {
		return b
	}
	return e.Count > c.Streams[had.a].Events[had.b].Count
}
