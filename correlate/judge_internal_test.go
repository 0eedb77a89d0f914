package correlate

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
	"faultline/parse/formats"
)

// Each stage of Judge is a function of small inputs here, made by hand.

// t0 is a full ten minutes of the wall clock, seconds since 1970.
const t0 = 1_706_832_000

// input is a file held in memory.
func input(name, text string) parse.Input {
	return parse.Input{Path: name, Size: int64(len(text)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// placedOf reads inputs and puts them on their clocks.
func placedOf(t testing.TB, o Options, in ...parse.Input) (Placed, []string) {
	t.Helper()
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ix := NewIndex(c)
	return place(ix, ix.withUserFacts(o))
}

// failedAt is a failed request of a proxy at an uptime, with a wall clock if stamped.
func failedAt(stamped bool, uptime float64, service string) string {
	line := fmt.Sprintf("[%13.6fs]  INFO ThreadId(01) outbound:proxy{addr=10.0.0.1:80}:rescue{client.addr=10.2.2.2:1}: linkerd_app_core::errors::respond: "+
		"HTTP/1.1 request failed error=logical service %s.shop.svc.cluster.local:80: route default.http: backend default.service: service in fail-fast\n", uptime, service)
	if stamped {
		line = clockOf(uptime) + " " + line
	}
	return line
}

func clockOf(s float64) string {
	return time.Unix(0, int64((t0+s)*1e9)).UTC().Format("2006-01-02T15:04:05.000000000Z07:00")
}

// stallAt is a slow Pop of a controller.
func stallAt(s float64) string {
	at := time.Unix(0, int64((t0+s)*1e9)).UTC().Format("0102 15:04:05.000000")
	return fmt.Sprintf("I%s       1 trace.go:236] Trace[7]: \"DeltaFIFO Pop Process\" ID:shop/web,Depth:20,Reason:slow event handlers blocking the queue (%s) (total time: 150ms):\n"+
		"Trace[7]: [150ms] [150ms] END\n", at, time.Unix(0, int64((t0+s)*1e9)).UTC().Format("02-Jan-2006 15:04:05.000"))
}

func log(lines ...string) string { return strings.Join(lines, "") }

// Clocks: the best of what says when a process started places its stream.
func TestStageClocks(t *testing.T) {
	rule := func(s string) Options {
		r, ok := ParseAnchor(s)
		if !ok {
			t.Fatal(s)
		}
		return Options{Anchors: []AnchorRule{r}}
	}
	bare, stamped := failedAt(false, 100, "web"), failedAt(true, 100, "web")
	for name, f := range map[string]struct {
		o    Options
		log  string
		want Basis
		at   float64 // of the one failure, after t0
	}{
		"nothing says it":               {Options{}, bare, None, 0},
		"each line says it":             {Options{}, stamped, Printed, 100},
		"the user says it":              {rule("web.log=2024-02-02T00:00:00Z"), bare, Given, 100},
		"the user before the lines":     {rule("web.log=2024-02-02T00:01:00Z"), stamped, Given, 160},
		"the user of another log":       {rule("cart.log=2024-02-02T00:01:00Z"), stamped, Printed, 100},
		"the user takes the lines back": {rule("web.log=none"), stamped, None, 0},
	} {
		p, _ := placedOf(t, f.o, input("web.log", f.log))
		a := p.Anchors[0]
		at, _, ok := p.Wall(Point{})
		if a.Basis != f.want || ok != (f.want != None) || ok && (seconds(at)-t0-f.at > 0.001 || f.at-seconds(at)+t0 > 0.001) {
			t.Errorf("%s: %s at %.3f, want %s at %.3f", name, a.Basis, seconds(at)-t0, f.want, f.at)
		}
	}
	o := rule("web.log=2024-02-02T00:01:00Z")
	if _, conflicts := placedOf(t, o, input("web.log", stamped)); len(conflicts) == 0 {
		t.Error("a minute between the user and the lines is no conflict")
	}
	if _, conflicts := placedOf(t, rule("web.log=2024-02-02T00:00:00Z"), input("web.log", stamped)); len(conflicts) > 0 {
		t.Error("where both say the same:", conflicts)
	}
}

// Groups: what can be compared stands together, cut to what the options ask for.
func TestStageGroups(t *testing.T) {
	wall := input("a.log", log(failedAt(true, 100, "web"), failedAt(true, 200, "cart")))
	own := input("b.log", log(failedAt(false, 10, "web")))
	calm := input("c.log", "[    10.000000s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4\n")
	stalls := input("destination.log", log(stallAt(99), stallAt(300)))
	second := func(s int) parse.Time { return parse.Time((t0 + int64(s)) * 1e9) }
	for name, f := range map[string]struct {
		o                    Options
		in                   []parse.Input
		wall, stalls, clocks int
	}{
		"one clock":                     {Options{}, []parse.Input{wall, stalls}, 2, 2, 0},
		"two clocks":                    {Options{}, []parse.Input{wall, own, stalls}, 2, 2, 1},
		"a clock on which nothing fell": {Options{}, []parse.Input{wall, calm}, 2, 0, 0},
		"since":                         {Options{Since: second(150)}, []parse.Input{wall, stalls}, 1, 1, 0},
		"at the second of since":        {Options{Since: second(200)}, []parse.Input{wall, stalls}, 1, 1, 0},
		"until":                         {Options{Until: second(150)}, []parse.Input{wall, stalls}, 1, 1, 0},
		"a cut on no wall clock":        {Options{Since: second(150)}, []parse.Input{own}, 0, 0, 1},
	} {
		p, _ := placedOf(t, f.o, f.in...)
		g, n := gather(&p)
		if len(g.wall.Failures) != f.wall || len(g.wall.Stalls) != f.stalls || len(g.alone) != f.clocks || n.Stalls != f.stalls {
			t.Errorf("%s: %d failures and %d stalls on the wall clock, %d others, %+v", name, len(g.wall.Failures), len(g.wall.Stalls), len(g.alone), n)
		}
		if !slices.IsSortedFunc(g.wall.Failures, func(a, b Moment) int { return int(a.At - b.At) }) || n.Layer != parse.ProxyRequestFailed {
			t.Errorf("%s: not in order, or of %s", name, n.Layer)
		}
	}
}

// What fails all the time beside incidents forms none.
func TestStageSteady(t *testing.T) {
	joint := func(n int) (out []string) { // incidents of three targets at once
		for i := range n {
			for j, service := range []string{"web", "cart", "pay"} {
				out = append(out, failedAt(true, 900*float64(i+1)+float64(j), service))
			}
		}
		return out
	}
	alone := func(n int, every float64) (out []string) {
		for i := range n {
			out = append(out, failedAt(true, 130+every*float64(i), "noisy"))
		}
		return out
	}
	for name, f := range map[string]struct {
		lines   []string
		steady  int // failures of it
		forming int
	}{
		"one target all the time":           {append(joint(4), alone(20, 190)...), 20, 12},
		"too few to be a rate":              {append(joint(4), alone(4, 700)...), 0, 16},
		"nothing else fails":                {alone(20, 190), 0, 20},
		"it has the period of a resync":     {append(joint(4), alone(12, 600)...), 0, 24},
		"hardly another incident beside it": {append(joint(2), alone(10, 190)...), 0, 16},
	} {
		slices.SortFunc(f.lines, strings.Compare)
		p, _ := placedOf(t, Options{}, input("web.log", log(f.lines...)))
		g, _ := gather(&p)
		g, steady := separate(&p, g)
		n := 0
		for _, s := range steady {
			n += s.Failures
		}
		if n != f.steady || len(g.wall.Forming) != f.forming {
			t.Errorf("%s: %d steady, %d form incidents, want %d and %d", name, n, len(g.wall.Forming), f.steady, f.forming)
		}
	}
}

// Incidents: a minute of silence ends one, five minutes make one continuous.
func TestStageIncidents(t *testing.T) {
	type incident struct {
		from, n    int
		continuous bool
	}
	every := func(step, to float64) (out []float64) {
		for s := 100.0; s <= to; s += step {
			out = append(out, s)
		}
		return out
	}
	for name, f := range map[string]struct {
		at     []float64
		stalls []float64
		want   []incident
		lag    float64 // of the first; -1 for none
	}{
		"one":                                   {[]float64{100}, nil, []incident{{100, 1, false}}, -1},
		"a minute apart":                        {[]float64{100, 160}, nil, []incident{{100, 2, false}}, -1},
		"more than a minute apart":              {[]float64{100, 160.001}, nil, []incident{{100, 1, false}, {160, 1, false}}, -1},
		"for five minutes":                      {every(60, 400), nil, []incident{{100, 6, false}}, -1},
		"for longer":                            {every(50.1, 401), nil, []incident{{100, 7, true}}, -1},
		"after a stall":                         {[]float64{100}, []float64{97}, []incident{{100, 1, false}}, 3},
		"after the beginning of several":        {[]float64{100}, []float64{85, 91, 97}, []incident{{100, 1, false}}, 15},
		"after a burst and a pause":             {[]float64{100}, []float64{60, 97}, []incident{{100, 1, false}}, 3},
		"long after a stall":                    {[]float64{100}, []float64{30}, []incident{{100, 1, false}}, -1},
		"before a stall":                        {[]float64{100}, []float64{101}, []incident{{100, 1, false}}, -1},
		"two that two stalls precede, in order": {[]float64{100, 300}, []float64{98, 295}, []incident{{100, 1, false}, {300, 1, false}}, 2},
	} {
		var lines, slow []string
		for _, s := range f.at {
			lines = append(lines, failedAt(true, s, "web"))
		}
		for _, s := range f.stalls {
			slow = append(slow, stallAt(s))
		}
		p, _ := placedOf(t, Options{}, input("web.log", log(lines...)), input("destination.log", log(slow...)))
		g, _ := gather(&p)
		var got []incident
		all := collapse(&p, &g)
		for _, in := range all {
			got = append(got, incident{int(seconds(in.Start) - t0 + 1e-3), in.Failures, in.Continuous})
		}
		if !slices.Equal(got, f.want) {
			t.Errorf("%s: %v, want %v", name, got, f.want)
			continue
		}
		lag := -1.0
		if all[0].Lag != nil {
			lag = all[0].Lag.Seconds()
		}
		if d := lag - f.lag; d > 1e-3 || d < -1e-3 || (all[0].Process != "") != (f.lag >= 0) || all[0].ID != "I1" {
			t.Errorf("%s: %.3f s after a stall of %q, want %.3f", name, lag, all[0].Process, f.lag)
		}
	}
}

// comb are n ticks of a period from a time on, of which one in keep is there.
func comb(from, period float64, n, keep int) (out []float64) {
	for i := range n {
		if (uint32(i+1)*2654435761>>16)%uint32(keep) == 0 {
			out = append(out, t0+from+period*float64(i)+0.3*float64(i%4))
		}
	}
	return out
}

// uneven are n times with a growing distance: no period of the list is in them.
func unevenTimes(n int) (out []float64) {
	at := float64(t0)
	for i := range n {
		at += 200 + 137.7*float64(i*i%11)
		out = append(out, at)
	}
	return out
}

func moments(at []float64) (out []Moment) {
	for _, s := range at {
		out = append(out, Moment{At: nanos(s)})
	}
	return out
}

func hours(n float64) stat.Coverage { return stat.Coverage{{Start: t0, End: t0 + n*3600}} }

// groupOf are failures at some times on the wall clock.
func groupOf(at []float64, cover stat.Coverage) *Group {
	m := moments(at)
	return &Group{Clock: Wall, Failures: m, Forming: m, Coverage: cover}
}

// processOf stalls at some times.
func processOf(name string, start float64, stalls []float64, cover stat.Coverage) *Process {
	p := &Process{Name: name, Stalls: moments(stalls), Coverage: cover}
	if start != 0 {
		p.Start, p.Known = nanos(t0+start), true
	}
	return p
}

// Periods: which of the list failures and stalls have, and whose.
func TestStagePeriods(t *testing.T) {
	day := hours(12)
	for name, f := range map[string]struct {
		failures  []float64
		processes []*Process
		want      []string // claims: of, scope, length
		tested    []float64
	}{
		"failures each ten minutes": {comb(50, 600, 60, 1), nil, []string{"failures all 10m0s"}, []float64{600, 300, 1800, 3600}},
		"each half hour":            {comb(50, 1800, 22, 1), nil, []string{"failures all 30m0s"}, []float64{600, 300, 1800, 3600}},
		"at no period":              {unevenTimes(40), nil, nil, []float64{600, 300, 1800, 3600}},
		"four of them":              {comb(50, 600, 4, 1), nil, nil, nil},
		"stalls of one process":     {nil, []*Process{processOf("a", 0, comb(70, 600, 60, 1), day)}, []string{"stalls a 10m0s"}, nil},
		"of two, five minutes apart": {comb(70, 300, 120, 1), []*Process{processOf("a", 0, comb(70, 600, 60, 1), day), processOf("b", 0, comb(370, 600, 60, 1), day)},
			[]string{"stalls a 10m0s", "stalls b 10m0s"}, []float64{600, 300, 1800, 3600}},
		"failures each five minutes, stalls of one each ten": {comb(50, 300, 120, 1), []*Process{processOf("a", 0, comb(70, 600, 60, 1), day)},
			[]string{"failures all 5m0s", "stalls a 10m0s"}, []float64{600, 300, 1800, 3600}},
	} {
		p, _ := placedOf(t, Options{}, input("web.log", failedAt(true, 1, "web")))
		periods, tested, _ := testPeriods(&p, &groups{wall: groupOf(f.failures, day)}, f.processes)
		var got []string
		for i := range periods {
			if q := &periods[i]; q.Claimed() {
				got = append(got, fmt.Sprint(q.Of, " ", q.Scope, " ", q.Nominal))
			}
			if periods[i].ID != fmt.Sprintf("P%d", i+1) {
				t.Errorf("%s: %s is the %d.", name, periods[i].ID, i+1)
			}
		}
		if !slices.Equal(got, f.want) || !slices.Equal(tested, f.tested) {
			t.Errorf("%s: %v of %v, want %v of %v", name, got, tested, f.want, f.tested)
		}
	}
}

// One clock of its own among many pays for the others.
func TestManyClocksPay(t *testing.T) {
	for _, f := range []struct {
		p      float64
		clocks int
		was    stat.Verdict
		want   stat.Verdict
	}{
		{1e-6, 1, stat.Strong, stat.Strong},
		{1e-6, 100, stat.Strong, stat.Strong}, // at the threshold
		{1e-6, 101, stat.Strong, stat.Supported},
		{1e-3, 10, stat.Supported, stat.Supported},
		{1e-3, 11, stat.Supported, stat.NotSupported},
		{1e-3, 11, stat.Insufficient, stat.Insufficient},
	} {
		p := []Period{{Verdict: f.was, PeriodResult: stat.PeriodResult{PHolm: f.p}}}
		manyClocks(p, f.clocks)
		if p[0].Verdict != f.want {
			t.Errorf("p = %g on %d clocks: %s, want %s", f.p, f.clocks, p[0].Verdict, f.want)
		}
	}
}
