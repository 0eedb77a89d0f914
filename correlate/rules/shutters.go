package rules

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"faultline/parse"
)

// witnesses are what may have shut the gate of a proxy, the one asked first
// first, with the code that it says.
var witnesses = []struct {
	kind parse.Kind
	code string
}{
	{parse.ProxyBreaker, "breaker_open"}, {parse.ProxyNoEndpoints, "no_endpoints"}, {parse.ProxyEndpointRemoved, "no_endpoints"},
	{parse.ProxyConnectFailed, ""}, {parse.ProxyDiscoveryFailed, "destination_stream_failed"},
}

// spot is what two targets are compared by: the host of an address, the namespace
// and name of a Service. A name and an address cannot be told apart, two names can.
type spot struct {
	what            spotKind
	namespace, name string
}

type spotKind uint8

const (
	anywhere spotKind = iota // nothing that could be told apart
	anAddress
	aService
)

func spotOf(target string) spot {
	if target == "" {
		return spot{}
	}
	if address(target) {
		return spot{what: anAddress, name: hostOf(target)}
	}
	if ns, name, ok := Service(target); ok {
		return spot{aService, ns, name}
	}
	return spot{}
}

// may are the spots, and those of all of a kind, under which something stands that
// may be of the same target.
func (s spot) may() [3]spot {
	out := [3]spot{{}, {what: anAddress}, {what: aService}}
	if s.what != anywhere {
		out[s.what] = s
	}
	return out
}

// spots are those of targets, each found out once.
type spots map[parse.Name]spot

func (m spots) of(p *Pass, s sight) spot {
	target := p.At(s.Point).Target
	out, had := m[target]
	if !had {
		out = spotOf(p.Name(target))
		m[target] = out
	}
	return out
}

// shutters are sights of one process on one clock by their spots, in the order of
// time: of a flood, the few that may be of a target are found without a look at all.
type shutters struct {
	list []sight
	at   map[rankedSpot][]int32 // in list
}

// rankedSpot is a spot, with the place of the kind or code of what stands there in the
// order in which they are asked.
type rankedSpot struct {
	spot
	rank int
}

func newShutters() *shutters { return &shutters{at: map[rankedSpot][]int32{}} }

func (w *shutters) add(s sight, of spot, rank int) {
	i := int32(len(w.list))
	w.list = append(w.list, s)
	w.at[rankedSpot{of, rank}] = append(w.at[rankedSpot{of, rank}], i)
	if of.what != anywhere {
		all := rankedSpot{spot{what: of.what}, rank}
		w.at[all] = append(w.at[all], i)
	}
}

// sort puts what stands at each spot in the order of time.
func (w *shutters) sort() {
	for _, list := range w.at {
		slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(w.list[a].at, w.list[b].at) })
	}
}

// nearest is the sight of a target that is nearest to a time, no more than some time
// before or after it, of the first of some ranks that has one; of two the earlier.
func (w *shutters) nearest(ranks int, of spot, at, before, after parse.Time) (found sight, ok bool) {
	if w == nil {
		return found, false
	}
	for rank := range ranks {
		best, least := int32(-1), parse.Time(0)
		for _, s := range of.may() {
			for _, i := range w.around(w.at[rankedSpot{s, rank}], at) {
				if i < 0 || w.list[i].at < at-before || w.list[i].at > at+after {
					continue
				}
				if gap := abs(w.list[i].at - at); best < 0 || gap < least || gap == least && w.earlier(i, best) {
					best, least = i, gap
				}
			}
		}
		if best >= 0 {
			return w.list[best], true
		}
	}
	return found, false
}

func (w *shutters) earlier(a, b int32) bool {
	return cmp.Or(cmp.Compare(w.list[a].at, w.list[b].at), cmp.Compare(a, b)) < 0
}

// around are the first of those in a list that are at the last time before a moment,
// and the first at it or behind; -1 where there is none.
func (w *shutters) around(list []int32, at parse.Time) [2]int32 {
	from := func(t parse.Time) int {
		return sort.Search(len(list), func(i int) bool { return w.list[list[i]].at >= t })
	}
	out, n := [2]int32{-1, -1}, from(at)
	if n > 0 {
		out[0] = list[from(w.list[list[n-1]].at)]
	}
	if n < len(list) {
		out[1] = list[n]
	}
	return out
}

// process is one that wrote a log, on one of the clocks that its events may be on.
type process struct {
	stream uint32
	placed bool
}

func (s *sight) process() process { return process{s.Stream, s.placed} }

// gates are what may have shut the gates of processes.
type gates map[process]*shutters

// shutBy is the witness that precedes a failfast of a target by at most its wait, the
// one whose gap is nearest to the wait of those that come first in [witnesses].
func (g gates) shutBy(target spot, from sight, wait time.Duration) (w sight, ok bool) {
	return g[from.process()].nearest(len(witnesses), target, from.at-parse.Time(wait), parse.Time(time.Second), parse.Time(wait))
}

// gateWitnesses lists, by process, what may have shut the gate of those that some
// failfasts are of. Of a storm only a few processes have any.
func (p *Pass) gateWitnesses(failfasts []sight, spots spots) gates {
	asked := map[uint32]bool{}
	for _, s := range failfasts {
		asked[s.Stream] = true
	}
	type moment struct {
		stream       uint32
		at           parse.Time
		class        uint8
		target, fact parse.Name
	}
	out, added := gates{}, p.added(asked)
	for rank, w := range witnesses {
		read := map[parse.Name]int32{} // where in p.readings, by the fact; -1 for what shuts no gate
		mine := map[parse.Name]bool{}  // targets, whether they are the proxy's own clients
		once := map[moment]bool{}      // a flood says one thing many times in an instant
		for _, pt := range p.Of(w.kind) {
			if !asked[pt.Stream] {
				continue
			}
			e := p.At(pt)
			m := moment{pt.Stream, e.Time, e.Class, e.Target, e.Fact}
			if once[m] {
				continue
			}
			once[m] = true
			as, had := read[e.Fact]
			if !had {
				as = p.shuts(w.code, e.Fact)
				read[e.Fact] = as
			}
			if _, had := mine[e.Target]; !had {
				mine[e.Target] = own(p.Name(e.Target)) != ""
			}
			if as < 0 || mine[e.Target] || e.Kind == parse.ProxyConnectFailed && e.Class != 0 ||
				e.Kind == parse.ProxyNoEndpoints && added.within(pt.Stream, e, time.Second) {
				continue
			}
			s := p.sightOf(pt)
			s.as = as
			if out[s.process()] == nil {
				out[s.process()] = newShutters()
			}
			out[s.process()].add(s, spots.of(p, s), rank)
		}
	}
	for _, w := range out {
		w.sort()
	}
	return out
}

// shuts makes the reading of a witness of a code, or of the one that its words say;
// -1 where they say none that shuts a gate.
func (p *Pass) shuts(code string, fact parse.Name) int32 {
	if code == "" {
		named, _, told := wordsOf(p.Name(fact))
		if !told || named == "upstream_closed" {
			return -1
		}
		code = named
	}
	p.readings = append(p.readings, reading{code: code, text: p.Name(fact)})
	return int32(len(p.readings) - 1)
}

// namings are when endpoints of a target were named to a process, in order.
type namings map[answered][]parse.Time

type answered struct {
	stream uint32
	target parse.Name
}

// added are those of the processes that are asked.
func (p *Pass) added(asked map[uint32]bool) namings {
	out := namings{}
	for _, pt := range p.Of(parse.ProxyEndpointAdded) {
		if !asked[pt.Stream] {
			continue
		}
		e := p.At(pt)
		of := answered{pt.Stream, e.Target}
		out[of] = append(out[of], e.Time)
	}
	for _, times := range out {
		slices.Sort(times)
	}
	return out
}

// within says whether endpoints of the same target came shortly after a "no
// endpoints": an address that is no Service is answered twice.
func (a namings) within(stream uint32, none *parse.Event, wait time.Duration) bool {
	times := a[answered{stream, none.Target}]
	n, _ := slices.BinarySearch(times, none.Time)
	return n < len(times) && times[n] <= none.Time+parse.Time(wait)
}
