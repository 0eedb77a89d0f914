package correlate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// Load says whether incidents come when the cluster is busy, by one measure of
// how busy it is. The unit is a cycle: a period of some process's stalls where failures keep it
// too, else ten minutes.
type Load struct {
	By string // a metric, or the lines that are logged
	// Cycles had a value of the measure in the five minutes before them;
	// Missing had none.
	Cycles, Missing int
	// Overall compares the cycles with an incident with all others, Active
	// only those with a stall; nil with fewer than five of either kind.
	Overall, Active *stat.AUC
	// P is the circular-shift p of Overall, adjusted over the measures (Holm).
	P float64
	// Table counts cycles by load above its median (rows: above, not above)
	// and by incident (columns: with, without), PTable is Fisher's p of it:
	// for the eye, because it takes a busy hour's cycles for independent.
	Table    stat.Table2x2
	PTable   float64
	Verdict  Busy
	Sentence string
}

// Busy is what may be said of incidents and load.
type Busy string

// The verdicts on load.
const (
	Busier       Busy = "busier"       // incidents come in busier cycles
	NotBusier    Busy = "not_busier"   // that is not shown
	LoadTooShort Busy = "insufficient" // too few cycles to tell
)

const (
	loadP     = 0.05 // after Holm; the circular shift cannot go below 1/cycles
	loadArea  = 0.6
	minGroup  = 5
	minCycles = 20
)

// unit is a cycle as a measure of load sees it.
type unit struct {
	at           float64 // seconds
	hit, stalled bool
}

// maxUnits bounds the cycles that are compared: twenty years of them. A capture
// that says it is longer is damaged, and costs more memory than it is worth.
const maxUnits = 1 << 20

// units are the cycles in which failures were captured.
func units(onsets []float64, cover stat.Coverage, processes []*Process, shared []ProcessPeriod) (out []unit) {
	if len(shared) > 0 {
		for _, t := range ticksOf(shared, cover) {
			out = append(out, unit{t.at, t.hit(onsets), t.stalled})
		}
		return out
	}
	var stalls []float64
	for _, q := range processes {
		stalls = append(stalls, times(q.Stalls)...)
	}
	slices.Sort(stalls)
	for _, s := range cover {
		for at := s.Start; at+cycle <= s.End && len(out) < maxUnits; at += cycle {
			out = append(out, unit{at, some(onsets, at, at+cycle), some(stalls, at, at+cycle)})
		}
	}
	return out
}

// some says whether one of the sorted times is in [from, to).
func some(sorted []float64, from, to float64) bool {
	i, _ := slices.BinarySearch(sorted, from)
	return i < len(sorted) && sorted[i] < to
}

// compareLoad compares the cycles with an incident with the others.
func compareLoad(g *groups, incidents []Incident, processes []*Process, shared []ProcessPeriod, loads []covariate) (out []Load) {
	units := units(begins(incidents, Wall), g.wall.Coverage, processes, shared)
	var p []float64
	for _, v := range loads {
		l := newLoad(v, units)
		if l.Overall != nil {
			p = append(p, l.P)
		}
		out = append(out, l)
	}
	adjusted := stat.Holm(p)
	for i := range out {
		l := &out[i]
		if l.Overall != nil {
			l.P, adjusted = adjusted[0], adjusted[1:]
			l.Verdict = NotBusier
			if l.P <= loadP && l.Overall.Area >= loadArea {
				l.Verdict = Busier
			}
		}
		l.say()
	}
	return out
}

func newLoad(v covariate, units []unit) Load {
	l := Load{By: v.name, P: 1, PTable: 1, Verdict: LoadTooShort}
	var x, active []float64
	var hit, activeHit []bool
	for _, u := range units {
		value, ok := v.at(u.at)
		if !ok {
			l.Missing++
			continue
		}
		x, hit = append(x, value), append(hit, u.hit)
		if u.stalled {
			active, activeHit = append(active, value), append(activeHit, u.hit)
		}
	}
	l.Cycles = len(x)
	if a, ok := stat.NewAUC(x, hit); ok && l.Cycles >= minCycles && min(a.N0, a.N1) >= minGroup {
		l.Overall, l.P = &a, a.PShift
		l.Table = medianSplit(x, hit)
		l.PTable = l.Table.FisherGreater()
	}
	if a, ok := stat.NewAUC(active, activeHit); ok && min(a.N0, a.N1) >= minGroup {
		l.Active = &a
	}
	return l
}

// medianSplit counts cycles above the median and not above it.
func medianSplit(x []float64, hit []bool) (t stat.Table2x2) {
	sorted := slices.Sorted(slices.Values(x))
	median := sorted[(len(sorted)-1)/2]
	for i, v := range x {
		row, col := 1, 1
		if v > median {
			row = 0
		}
		if hit[i] {
			col = 0
		}
		t[row][col]++
	}
	return t
}

func (l *Load) say() {
	if l.Overall == nil {
		l.Sentence = fmt.Sprintf("%s: too few cycles with and without an incident (%d cycles, %d without a value)", l.By, l.Cycles, l.Missing)
		return
	}
	head := "incidents are not shown to come in busier cycles"
	if l.Verdict == Busier {
		head = "incidents come in busier cycles"
	}
	t := l.Table
	l.Sentence = fmt.Sprintf("%s (%s, AUC %.2f, %s): %d of %d cycles of the busier half have one, %d of %d of the other",
		head, l.By, l.Overall.Area, words.P(l.P), t[0][0], t[0][0]+t[0][1], t[1][0], t[1][0]+t[1][1])
}

// Hour is one hour of the day over all days captured.
type Hour struct {
	Hour int
	// Captured is how many hours of it were captured.
	Captured                    float64
	Failures, Incidents, Stalls int
}

// HourTable counts by hour of the day in a zone; nil is UTC. Only what is on
// the wall clock is counted.
func (c *Case) HourTable(zone *time.Location) [24]Hour {
	return hourTable(&c.groups, c.Incidents, zone)
}

func hourTable(g *groups, incidents []Incident, zone *time.Location) (t [24]Hour) {
	if zone == nil {
		zone = time.UTC
	}
	hour := func(at parse.Time) *Hour { return &t[time.Unix(0, int64(at)).In(zone).Hour()] }
	for h := range t {
		t[h].Hour = h
	}
	for _, s := range g.wall.Coverage {
		capturedHours(&t, s, zone)
	}
	for _, m := range g.wall.Failures {
		hour(m.At).Failures++
	}
	for _, m := range g.wall.Stalls {
		hour(m.At).Stalls++
	}
	for _, at := range begins(incidents, Wall) {
		hour(nanos(at)).Incidents++
	}
	return t
}

// capturedHours adds a span to the hours of the day that it covers, from one
// change of the zone's offset to the next: whole days go to each hour alike.
func capturedHours(t *[24]Hour, s stat.Span, zone *time.Location) {
	const hour, day = 3600, 24 * 3600
	for at := s.Start; at < s.End; {
		wall := time.Unix(0, int64(nanos(at))).In(zone)
		_, offset := wall.Zone()
		end := s.End
		if _, changes := wall.ZoneBounds(); !changes.IsZero() {
			end = min(end, max(float64(changes.Unix()), at+1))
		}
		from, to := at+float64(offset), end+float64(offset)
		days := math.Floor((to - from) / day)
		for h := range t {
			t[h].Captured += days
		}
		for from += days * day; from < to; {
			h := math.Floor(from / hour)
			next := min(to, (h+1)*hour)
			t[int(math.Mod(math.Mod(h, 24)+24, 24))].Captured += (next - from) / hour
			from = next
		}
		at = end
	}
}

// tertiles sorts cycles into thirds of a measure of load: 0 quiet, 2 busy.
func tertiles(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]int, len(x))
	for rank, i := range order {
		out[i] = 3 * rank / max(1, len(x))
	}
	return out
}
