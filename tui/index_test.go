package tui

import (
	"fmt"
	"math/rand"
	"testing"

	"faultline/correlate"
	"faultline/parse"
	"faultline/tui/chart"
)

// made is a case of n events in some streams, half of them on the wall clock
// and half placed by hand, with a failure now and then. It needs no text.
func made(n, streams int) *correlate.Case {
	rnd := rand.New(rand.NewSource(1))
	const start, day = parse.Time(1706832000e9), parse.Time(12 * 3600e9)
	c := &parse.Capture{}
	var o correlate.Options
	for s := range streams {
		path := fmt.Sprintf("proxy-%d.log", s)
		c.Sources = append(c.Sources, parse.Source{Path: path, Format: "proxy"})
		st := parse.Stream{Source: uint32(s), Format: "proxy", Clock: parse.ClockWall, Lines: uint64(n / streams)}
		from := start
		if s%2 == 1 {
			st.Clock, from = parse.ClockUptime, 0
			o.Anchors = append(o.Anchors, correlate.AnchorRule{Glob: path, Life: -1, Zero: start + parse.Time(s)*1e9})
		}
		st.Coverage = []parse.Span{{From: from, To: from + day}}
		st.Events = make([]parse.Event, n/streams)
		step := day / parse.Time(len(st.Events))
		for i := range st.Events {
			e := &st.Events[i]
			*e = parse.Event{Time: from + parse.Time(i)*step + parse.Time(rnd.Int63n(int64(step))), Kind: parse.ControllerLookupFailed,
				Stream: uint32(s), Line: uint32(i + 1), Off: int64(i) * 100, Print: uint32(rnd.Int63()), Severity: parse.Warn, Count: 1}
			if i%997 == 0 {
				e.Kind, e.Value, e.Severity = parse.ProxyRequestFailed, 504, parse.Error
			}
		}
		c.Streams = append(c.Streams, st)
	}
	return correlate.Judge(correlate.NewIndex(c), o)
}

// The merged log is the case's timeline, forwards and backwards, from any place.
func TestMergedLogIsTheTimeline(t *testing.T) {
	for _, name := range []string{"day", "report", "capture"} {
		c, _ := open(t, name)
		l := merged{c, newIndex(c, nil)}
		var want []correlate.Point
		for p := range c.Timeline() {
			want = append(want, p)
		}
		got := l.from(l.start(), 1<<30)
		if len(got) != len(want) || len(got) != l.in.total {
			t.Fatalf("%s: %d places, %d events, %d counted", name, len(got), len(want), l.in.total)
		}
		for i, p := range got {
			if l.point(p) != want[i] {
				t.Fatalf("%s: place %d is %v, want %v", name, i, l.point(p), want[i])
			}
			if i%37 != 0 && i > 20 {
				continue
			}
			if q, ok := l.nth(i); !ok || q != p {
				t.Errorf("%s: the %d-th place is %v, want %v", name, i, q, p)
			}
			if n := l.rank(p); n != i {
				t.Errorf("%s: rank %d at place %d", name, n, i)
			}
			for j, q := range l.behind(p, 5) {
				if q != got[max(i-5, 0)+j] {
					t.Errorf("%s: behind place %d stands %v", name, i, q)
				}
			}
			if next := l.from(p, 2); next[0] != p || len(next) > 1 && next[1] != got[i+1] {
				t.Errorf("%s: from place %d come %v", name, i, next)
			}
		}
	}
}

// Counting by steps gives what counting one by one gives, for any stretch.
func TestCountsAreExact(t *testing.T) {
	c := made(40000, 3)
	odd := func(p correlate.Point) bool { return p.Event%3 != 1 }
	for _, ix := range []*index{newIndex(c, nil), newIndex(c, odd)} {
		rnd := rand.New(rand.NewSource(2))
		for range 300 {
			s := rnd.Intn(3)
			cov := c.Streams[s].Coverage[0]
			from := cov.From - 1e12 + parse.Time(rnd.Int63n(int64(cov.To-cov.From)+2e12))
			stretch := span{from, from + parse.Time(rnd.Int63n(1<<uint(20+rnd.Intn(26)))) + 1}
			w := 1 + rnd.Intn(240)
			got, want := make([]chart.Bin, w), make([]chart.Bin, w)
			ix.count(s, stretch, got)
			for pos := range ix.streams[s].len() {
				if at := ix.streams[s].time(pos); stretch.has(at) {
					want[stretch.column(at, w)].N++
				}
			}
			all, off := 0, 0
			for x := range want {
				all += got[x].N - want[x].N
				off = max(off, got[x].N-want[x].N, want[x].N-got[x].N)
			}
			// At a column's very edge rounding may put an event on either side.
			if all != 0 || off > 1 {
				t.Fatalf("stream %d, %v in %d columns: %d too many, %d off in one", s, stretch, w, all, off)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	c, _ := open(t, "day")
	r := newRobot(t, "day", 80, 24, Display{})
	count := func(want func(*parse.Event, int) bool) (n int) {
		for p := range c.Timeline() {
			if want(c.At(p), int(p.Stream)) {
				n++
			}
		}
		return n
	}
	for _, f := range []struct {
		keys []string
		want int
	}{
		{[]string{"filter kind=proxy.no_endpoints"}, c.ByKind[parse.ProxyNoEndpoints]},
		{[]string{"filter kind=proxy.no_endpoints", "filter kind=controller.pop_stall"}, c.ByKind[parse.ProxyNoEndpoints] + c.ByKind[parse.ControllerPopStall]},
		{[]string{"hide kind=controller.*"}, count(func(e *parse.Event, _ int) bool {
			return e.Kind < parse.ControllerPopStall || e.Kind > parse.ControllerStarted
		})},
		{[]string{"filter severity=note"}, count(func(e *parse.Event, _ int) bool { return e.Severity >= parse.Info })},
		{[]string{"filter severity=warn"}, count(func(e *parse.Event, _ int) bool { return e.Severity >= parse.Warn })},
		{[]string{"filter pod=*t9s4z", "filter kind=proxy.request_failed"}, count(func(e *parse.Event, s int) bool {
			return e.Kind == parse.ProxyRequestFailed && len(c.Who[s].Pod) > 5 && c.Who[s].Pod[len(c.Who[s].Pod)-5:] == "t9s4z"
		})},
		{[]string{"filter entering failfast"}, c.ByKind[parse.ProxyFailfastEnter]},
		{[]string{"filter no such text"}, 0},
	} {
		one := *r
		for _, k := range f.keys {
			one.press(":", `"`+k, "enter")
		}
		if one.m.in.total != f.want {
			t.Errorf("%v: %d events, want %d", f.keys, one.m.in.total, f.want)
		}
		for s := range screens { // and every screen can be drawn
			one.press(fmt.Sprint(int(s) + 1)).text()
		}
	}
}

// A filter that is typed while another is at work is the one that counts.
func TestLateFiltersAreDropped(t *testing.T) {
	r := newRobot(t, "day", 80, 24, Display{})
	m, first := r.m.addFilter("kind=proxy.*", false)
	m, second := m.addFilter("kind=proxy.no_endpoints", true)
	late := first()
	next, _ := m.Update(second())
	want := next.(Model).in.total
	after, _ := next.(Model).Update(late)
	if got := after.(Model).in.total; got != want {
		t.Errorf("%d events, want %d", got, want)
	}
}

func TestColumnsCoverTheWindow(t *testing.T) {
	s := span{100, 1100}
	for w := 1; w < 200; w += 7 {
		for x := range w {
			if got := s.column(s.edge(x, w)+1, w); got != x {
				t.Errorf("column %d of %d begins in column %d", x, w, got)
			}
		}
		if s.column(99, w) != -1 || s.column(1101, w) != w || s.column(1100, w) != w-1 {
			t.Errorf("the ends of %d columns", w)
		}
	}
}

// A search that goes on from the last column finds what one from the start does.
func TestOnwardsFindsWhatASearchFromTheStartDoes(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 200 {
		var p picked
		at := parse.Time(0)
		for range rnd.Intn(300) {
			at += parse.Time(rnd.Intn(3) * rnd.Intn(50))
			p.from = append(p.from, parse.Event{Time: at})
		}
		for i, t0 := 0, parse.Time(-5); t0 < at+50; t0 += parse.Time(rnd.Intn(200)) {
			if got, want := p.onwards(i, t0), p.at(t0); got != want {
				t.Fatalf("at %d from %d: %d, want %d", t0, i, got, want)
			}
			i = p.at(t0)
		}
	}
}
