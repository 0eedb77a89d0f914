package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// sight is one event as a witness of a diagnosis.
type sight struct {
	correlate.Point
	// at is on the wall clock if placed, else on the stream's own.
	at     parse.Time
	placed bool
	n      int32
	as     int32 // in Pass.readings
}

// reading is what a text of an event means; events share it.
type reading struct {
	code string
	sure correlate.Confidence
	hop  *parse.Hop // nil where no line says how far a request got
	// text is the event's own words, product the format of its line.
	text, product string
	// addr is the address that was dialled, by whom: what dials it.
	addr string
	// took is how long it took, where that is not how long its event did.
	took time.Duration
	// request says that a request failed by it.
	request bool
	// why is a facet of the diagnosis, "" for none.
	why string
	// late says of what kept a pod from starting that it started later.
	late bool
	// ofPod says that an event about a node names one of its pods.
	ofPod bool
}

// way is how far the request got, as far as a line says it.
func (r *reading) way() parse.Hop {
	if r.hop == nil {
		return parse.Hop{}
	}
	return *r.hop
}

// readingKey is what a reading depends on.
type readingKey struct {
	kind         parse.Kind
	class        uint8
	status       uint16
	fact, target parse.Name
	format       string
	// slow is how long a traced call took, by the limits that a trace is held to.
	slow uint8
}

// slow is the class of a trace's duration: below what is a hint, a hint, a witness.
func slow(e *parse.Event) uint8 {
	switch {
	case e.Kind != parse.ControllerTrace || e.Lasted < traceShort:
		return 0
	case e.Lasted < traceLong:
		return 1
	}
	return 2
}

// read goes over the events that the index picked, once, and sorts them by what
// each of them alone says. There may be ten million of a kind, so they are counted
// before there is room made for them.
func (p *Pass) read() {
	p.sights = map[string][]sight{}
	seen := map[readingKey]int32{}
	var says []int32 // what each of a kind says, in Pass.readings; -1 nothing
	for _, kind := range parse.Kinds() {
		points := p.Of(kind)
		if own := p.OwnClients(); kind == parse.ProxyFailfastEnter && len(own) > 0 {
			points = slices.Concat(points, own)
		}
		says = slices.Grow(says[:0], len(points))
		n := map[string]int{}
		for _, pt := range points {
			as := p.says(pt, kind, seen)
			if as >= 0 {
				n[p.readings[as].code]++
			}
			says = append(says, as)
		}
		for code, n := range n {
			p.sights[code] = slices.Grow(p.sights[code], n)
		}
		for i, pt := range points {
			if as := says[i]; as >= 0 {
				p.see(p.readings[as].code, pt, as)
			}
		}
	}
	for _, list := range p.sights {
		p.sort(list)
	}
}

// says is what an event says, in Pass.readings; -1 for nothing, and for one that the
// options do not ask for. seen are the readings that events share.
func (p *Pass) says(pt correlate.Point, kind parse.Kind, seen map[readingKey]int32) int32 {
	e := p.At(pt)
	key := readingKey{kind, e.Class, uint16(min(max(e.Value, 0), 1000)), e.Fact, e.Target, p.Streams[pt.Stream].Format, slow(e)}
	as, had := seen[key]
	if !had {
		as = -1
		if r, ok := p.meaning(pt, e); ok {
			as = int32(len(p.readings))
			p.readings = append(p.readings, r)
		}
		seen[key] = as
	}
	if as >= 0 && (!p.asked(pt) || p.ToldTwice(pt)) {
		return -1
	}
	return as
}

// asked says whether the options ask for an event.
func (p *Pass) asked(pt correlate.Point) bool {
	at, _, ok := p.Wall(pt)
	o := &p.Options
	if who := p.Whose(pt); o.Namespace != "" && !correlate.Glob(o.Namespace, who.Namespace) || o.Pod != "" && !correlate.Glob(o.Pod, who.Pod) {
		return false
	}
	return !ok || (o.Since == 0 || at >= o.Since) && (o.Until == 0 || at <= o.Until)
}

// see adds an event to what speaks for a code.
func (p *Pass) see(code string, pt correlate.Point, as int32) {
	s := p.sightOf(pt)
	s.as = as
	p.sights[code] = append(p.sights[code], s)
}

// sightOf is an event on its clock; what it means is not said yet.
func (p *Pass) sightOf(pt correlate.Point) sight {
	e := p.At(pt)
	s := sight{Point: pt, n: int32(min(e.Count, 1<<30))}
	if s.at, _, s.placed = p.Wall(pt); !s.placed {
		s.at = e.Time
	}
	return s
}

// sort puts some sights in the order of time; mostly they are, and there may be ten million.
func (p *Pass) sort(list []sight) {
	byTime := func(a, b sight) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(list, byTime) {
		slices.SortStableFunc(list, byTime)
	}
}

// as is what a sight's event means.
func (p *Pass) as(s sight) *reading { return &p.readings[s.as] }

// move takes the sights of a code that pass away and gives them; what is left
// stays.
func (p *Pass) move(code string, want func(s sight) bool) (out []sight) {
	all := p.sights[code]
	var left []sight
	for i, s := range all {
		switch {
		case !want(s):
			if out != nil {
				left = append(left, s)
			}
			continue
		case out == nil: // mostly none is wanted, and of ten million none is copied
			left = append(make([]sight, 0, len(all)), all[:i]...)
		}
		out = append(out, s)
	}
	if len(out) > 0 {
		p.sights[code] = left
	}
	return out
}

// count is how many events some sights stand for.
func count(list []sight) (n int) {
	for _, s := range list {
		n += int(s.n)
	}
	return n
}

// requests are the sights that are failed requests.
func (p *Pass) requests(list []sight) (out []sight) {
	for _, s := range list {
		if p.as(s).request {
			out = append(out, s)
		}
	}
	return out
}

// lane is the clock that a sight is on: a process's own, or the wall clock.
type lane struct {
	placed bool
	stream uint32
}

func (s *sight) lane() lane {
	if s.placed {
		return lane{placed: true}
	}
	return lane{stream: s.Stream}
}

// lanes are sights by their clock, in the order of time: processes that nothing
// places all count from nought, and a search among all of them would meet those
// of every other.
type lanes map[lane][]sight

func laned(list []sight) lanes {
	n, out := map[lane]int{}, lanes{}
	for _, s := range list {
		n[s.lane()]++
	}
	if len(n) == 1 { // as it is: there may be ten million
		return lanes{list[0].lane(): list}
	}
	for l, n := range n {
		out[l] = make([]sight, 0, n)
	}
	for _, s := range list {
		out[s.lane()] = append(out[s.lane()], s)
	}
	return out
}

// near are the sights within some time of a moment of the same clock, from
// before it to after it.
func (l lanes) near(of sight, before, after time.Duration) []sight {
	list := l[of.lane()]
	byTime := func(s sight, t parse.Time) int { return cmp.Compare(s.at, t) }
	from, _ := slices.BinarySearchFunc(list, of.at-parse.Time(before), byTime)
	to, _ := slices.BinarySearchFunc(list, of.at+parse.Time(after)+1, byTime)
	to = max(from, to)
	return list[from:to:to]
}

// targetOf is the service, object or endpoint that a sight is about.
func (p *Pass) targetOf(s sight) string { return p.Name(p.At(s.Point).Target) }

// addrOf is the address that was dialled, as the event prints it.
func (p *Pass) addrOf(s sight) string {
	r := p.as(s)
	switch {
	case r.addr != "":
		return r.addr
	case address(r.way().Upstream):
		return r.way().Upstream
	case address(p.targetOf(s)):
		return p.targetOf(s)
	}
	return ""
}

// address says whether a text is an IP address, with a port or without.
func address(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	if strings.HasPrefix(s, "[") {
		return strings.Contains(s, "]")
	}
	host, _, _ := strings.Cut(s, ":")
	dots := 0
	for _, c := range host {
		switch {
		case c == '.':
			dots++
		case c < '0' || c > '9':
			return false
		}
	}
	return dots == 3
}

// hostOf is an address without its port.
func hostOf(addr string) string {
	addr = strings.TrimPrefix(strings.TrimPrefix(addr, "https://"), "http://")
	addr, _, _ = strings.Cut(addr, "/")
	if i := strings.LastIndexByte(addr, ':'); i > 0 && strings.Count(addr, ":") == 1 || strings.HasPrefix(addr, "[") &&
		i > strings.IndexByte(addr, ']') {
		return addr[:i]
	}
	return addr
}

// wordsOf is what the words of an error say, with how sure that is.
func wordsOf(text string) (code string, sure correlate.Confidence, ok bool) {
	w, ok := known.WordOf(text)
	sure = correlate.Medium
	if w.Sure {
		sure = correlate.High
	}
	return w.Code, sure, ok
}
