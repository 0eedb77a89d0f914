package stat

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// finite reports every float in v that is NaN or infinite, and every p outside
// [0, 1].
func finite(t testing.TB, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Float64:
		x := v.Float()
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Errorf("%s = %g", path, x)
		}
		name := path[strings.LastIndex(path, ".")+1:]
		if isP := slices.Contains([]string{"P", "PHolm", "PZ", "PH", "PSingle", "FAP", "PShift", "PScales"}, name); isP && (x < 0 || x > 1) {
			t.Errorf("%s = %g is no probability", path, x)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			finite(t, v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			finite(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			finite(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

// Nothing panics or returns NaN on degenerate input.
func TestDegenerateInput(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, times := range [][]float64{
		nil, {}, {5}, {5, 5}, {5, 5, 5, 5, 5, 5}, {0, 600}, {0, 600, 1200}, {nan, inf, -inf, 1e300, 3},
		{-5e11, 0, 5e11, 5e11 + 600, 5e11 + 1200}, {0, 1e-300, 1, 1.0000000001, 2},
	} {
		for _, cover := range []Coverage{nil, {}, {{0, 1}}, {{-1e11, 1e11}}, NewCoverage([]Span{{nan, 1}, {3, 2}, {0, inf}, {4, 4}})} {
			s := Series{Times: times, Coverage: cover, Processes: []Process{
				{Start: 0, Stalls: times, Coverage: cover}, {Start: 7, Stalls: times, Coverage: cover}, {Start: nan}}}
			j := Judge(s, []float64{600, 60, 1, 0, -5, nan, inf, 1e300, 1e7})
			finite(t, reflect.ValueOf(j), "Judgement")
		}
		clean := sortedTimes(times)
		for _, p := range []float64{600, 0.1} {
			phases := Phases(clean, p, 0)
			finite(t, reflect.ValueOf(NewRayleigh(phases)), "Rayleigh")
			finite(t, reflect.ValueOf([]float64{ZSquared(phases, 3), Arc(phases)}), "circular")
		}
		c, _ := NewCoincidence(clean, clean, 10, 0, 1e12)
		finite(t, reflect.ValueOf(c), "Coincidence")
		l, _ := LocalCoverage(clean, clean, 10, 0, 300, nil)
		finite(t, reflect.ValueOf(l), "LocalCoverage")
		m, _ := MedianLag(clean, clean, 60)
		finite(t, reflect.ValueOf(m), "Lag")
		f, _ := fitClock(clean, clean, Span{-100, 100}, 1)
		finite(t, reflect.ValueOf(f), "ClockFit")
	}
	ChangePoints(nil, 1)
	ChangePoints([]int{0, 0}, 1)
	for _, counts := range [][]int{nil, {0}, {1}, {0, 3}} {
		s, _ := NewScaleOut(counts, counts, 3, 10)
		finite(t, reflect.ValueOf(s), "ScaleOut")
	}
	r, _ := NewRateRatio(0, 5, 1, 1)
	finite(t, reflect.ValueOf(r), "RateRatio")
	a, _ := NewAUC([]float64{1, 1}, []bool{true, false})
	finite(t, reflect.ValueOf(a), "AUC")
	finite(t, reflect.ValueOf([]float64{KolmogorovP(0, 0.1), KolmogorovP(1, 1), BinomialSF(1, 0, 0.5)}), "tails")
}

// Association does not depend on the origin of time.
func TestAssociationShift(t *testing.T) {
	a, b := series(t, "pos_common_load_linked_a"), series(t, "pos_common_load_linked_b")
	move := func(x []float64) []float64 {
		out := slices.Clone(x)
		for i := range out {
			out[i] += 1.7e9
		}
		return out
	}
	x, _ := LocalCoverage(a, b, 30, 0, 300, nil)
	y, _ := LocalCoverage(move(a), move(b), 30, 0, 300, nil)
	if x.K != y.K {
		t.Errorf("K %d, shifted %d", x.K, y.K)
	}
	near(t, "p", y.P, x.P, 1e-5)
}

func TestCoverage(t *testing.T) {
	c := NewCoverage([]Span{{5, 7}, {0, 2}, {1, 3}, {7, 9}})
	if want := (Coverage{{0, 3}, {5, 9}}); !slices.Equal(c, want) {
		t.Errorf("merged to %v", c)
	}
	if c.Length() != 7 || !c.Contains(9) || c.Contains(4) {
		t.Errorf("length %g", c.Length())
	}
	if got := c.Intersect(Coverage{{2, 6}}); !slices.Equal(got, Coverage{{2, 3}, {5, 6}}) {
		t.Errorf("intersection %v", got)
	}
	// Folded at 10: phases 0-.3 and .5-.9 are covered, .7 of the cycle.
	f, ok := c.Fold(10, 0)
	if !ok {
		t.Fatal("no fold")
	}
	for at, want := range map[float64]float64{0: 0, 1.5: 1.5 / 7, 3: 3. / 7, 4: 3. / 7, 6: 4. / 7, 19: 0} {
		if at == 19 { // the end of the cover is the top of the distribution
			continue
		}
		within(t, fmt.Sprintf("u(%g)", at), f.U(at), want, 1e-12)
	}
	// A span across the fold, and many whole cycles.
	f, _ = Coverage{{8, 34}}.Fold(10, 0)
	within(t, "u(4)", f.U(4), 12.0/26, 1e-12)
	within(t, "deviation", f.Deviation(), 1-2/2.6, 1e-12)
}

// Continuous cover of whole cycles leaves phases as they are.
func TestFoldIdentity(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 1))
	f, _ := Coverage{{1000, 7000}}.Fold(600, 1000)
	for range 1000 {
		x := 1000 + 6000*r.Float64()
		within(t, "u", f.U(x), frac((x-1000)/600), 1e-9)
	}
	if f.Deviation() > 1e-9 {
		t.Errorf("deviation %g", f.Deviation())
	}
}

func FuzzJudge(f *testing.F) {
	seed := func(times ...float64) []byte {
		var b []byte
		for _, x := range times {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
		return b
	}
	f.Add(seed(), 600.0, 0.0, 1e4)
	f.Add(seed(0, 600, 1200, 1800, 2400, 3000, 3601), 600.0, 0.0, 4000.0)
	f.Add(seed(1, math.NaN(), math.Inf(1), 1e300), 60.0, 5.0, 1.0)
	f.Fuzz(func(t *testing.T, data []byte, period, from, to float64) {
		var times []float64
		for len(data) >= 8 && len(times) < 24 {
			times = append(times, math.Float64frombits(binary.LittleEndian.Uint64(data)))
			data = data[8:]
		}
		cover := NewCoverage([]Span{{from, to}})
		s := Series{Times: times, Coverage: cover, Processes: []Process{{Start: from, Stalls: times, Coverage: cover}}}
		finite(t, reflect.ValueOf(Judge(s, []float64{period, 600})), "Judgement")
	})
}

func BenchmarkBlindScan1000(b *testing.B) {
	r := rand.New(rand.NewPCG(31, 1))
	onsets := poissonWorld(1000, 7*86400)(r).Times
	slices.Sort(onsets)
	for b.Loop() {
		BlindScan(onsets, nil)
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, hours := range []float64{4, 48} {
		s := resyncWorld(hours*3600, 0.55, 10)(rand.New(rand.NewPCG(32, 1)))
		b.Run(fmt.Sprintf("%gh", hours), func(b *testing.B) {
			for b.Loop() {
				Judge(s, DefaultPeriods)
			}
		})
		s.Coverage = Coverage{{0, hours * 1800}, {hours*1800 + 60, hours * 3600}}
		b.Run(fmt.Sprintf("%gh/covered", hours), func(b *testing.B) {
			for b.Loop() {
				Judge(s, DefaultPeriods)
			}
		})
	}
}
