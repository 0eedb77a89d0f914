package chart

import (
	"math"
	"strings"
	"testing"
	"time"
)

func labels(ticks []Tick) string {
	var s []string
	for _, t := range ticks {
		s = append(s, t.Label)
	}
	return strings.Join(s, " ")
}

func TestTicks(t *testing.T) {
	day := float64(time.Date(2024, 2, 2, 0, 0, 0, 0, time.UTC).Unix())
	berlin := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		got  []Tick
		want string
	}{
		{NumberTicks(0, 10, 5), "0 5 10"},
		{NumberTicks(-1, 1, 5), "-1 -0.5 0 0.5 1"},
		{NumberTicks(0, 1.2e6, 4), "0 500k 1M"},
		{NumberTicks(1, 1, 5), ""},
		{TimeTicks(day, day+3600, 4, nil), "00:00 00:30 01:00"},
		{TimeTicks(day+1, day+8, 8, nil), "00:00:01 00:00:02 00:00:03 00:00:04 00:00:05 00:00:06 00:00:07 00:00:08"},
		{TimeTicks(day, day+86400, 3, berlin), "12:00 00:00"},
		{TimeTicks(day, day+5*86400, 3, nil), "Feb 03 Feb 05 Feb 07"},
		{SpanTicks(0, 600, 6), "0s 2m 4m 6m 8m 10m"},
		{SpanTicks(0, 5400, 4), "0s 30m 1h 1h30m"},
	} {
		if got := labels(c.got); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.25: "0.25", 1234.56: "1235", 12345: "12.35k", -2.5e9: "-2.5G", 1e-7: "1.0e-07", 3e18: "3.0e+18"} {
		if got := Number(v); got != want {
			t.Errorf("Number(%g) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0s", 90: "1m30s", 600: "10m", -3661: "-1h1m1s", 599.98: "10m", 0.12345: "0.123s"} {
		if got := Span(v); got != want {
			t.Errorf("Span(%g) = %q, want %q", v, got, want)
		}
	}
}

func TestPlotASCII(t *testing.T) {
	p := Plot{Lines: []Line{{"up", []float64{0, 1, 2, 3}, []float64{0, 1, 2, 3}}, {"down", []float64{0, 1, 2, 3}, []float64{3, math.NaN(), 1, 0}}},
		Legend: true, Glyphs: ASCII, Marks: []float64{1.5}}
	want := ` |o    :    *
2|     : *
 |   * : o
0|*    :    o
 ++------+---
  0      2
* up
o down`
	if got := p.Draw(13, 8).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPlotBraille(t *testing.T) {
	p := Plot{Lines: []Line{{"", []float64{0, 1}, []float64{0, 1}}}}
	got := p.Draw(10, 4).String()
	if !strings.Contains(got, "⠔") && !strings.Contains(got, "⡠") && !strings.Contains(got, "⠤") {
		t.Errorf("no slanted line in\n%s", got)
	}
	gap := Plot{Lines: []Line{{"", []float64{0, 10}, []float64{0, 1}}}, Gap: 5}
	n := 0
	for _, r := range gap.Draw(10, 4).String() {
		if r > 0x2800 && r <= 0x28ff {
			n++
		}
	}
	if n != 2 {
		t.Errorf("two samples far apart fill %d cells, want 2", n)
	}
}

// Nothing that can be asked for panics, and what has no value says so.
func TestPlotSweep(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	series := [][]Line{nil, {{}}, {{"n", []float64{1}, []float64{nan}}}, {{"i", []float64{1, 2}, []float64{inf, 2}}},
		{{"huge", []float64{-1e18, 1e18}, []float64{-math.MaxFloat64, math.MaxFloat64}}}, {{"flat", []float64{5, 5, 5}, []float64{7, 7, 7}}}}
	for i, lines := range series {
		for w := 0; w < 40; w += 3 {
			for h := range 12 {
				for _, g := range []*Glyphs{nil, Unicode, ASCII} {
					got := Plot{Lines: lines, Legend: true, Glyphs: g, Unknown: []Stretch{{0, 3}}}.Draw(w, h).String()
					if i < 3 && w > 12 && h > 0 && !strings.Contains(got, "no samples") {
						t.Fatalf("lines %d at %dx%d: %q", i, w, h, got)
					}
				}
			}
		}
	}
}

func TestStripTellsSilenceFromIgnorance(t *testing.T) {
	bins := []Bin{{N: 8}, {N: 4}, {}, {Unknown: true}, {N: 1, Unknown: true}}
	if got, want := Strip(bins, 2, 0, Alarm, Unicode).String(), "█  ╱\n██·╱▂"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := Strip(bins, 1, 0, Alarm, ASCII).String(), "@=_/."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Heat(bins, 0, Note, Unicode).String(), "█▓·╱▒"; got != want {
		t.Errorf("heat %q, want %q", got, want)
	}
}

func TestRaster(t *testing.T) {
	marks := []Mark{{'x', 'X', Alarm}, {'s', 'S', Warn}}
	rows := [][][]Bin{
		{{{N: 1}, {}, {Unknown: true}, {}}, {{N: 1}, {N: 3}, {Unknown: true}, {Unknown: true}}},
		{{{}, {N: 2}, {}, {}}, {{}, {}, {}, {N: 1}}},
	}
	if got, want := Raster(marks, rows, 4, Unicode).String(), "xS╱·\n·X·s"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Raster(nil, [][][]Bin{nil}, 3, ASCII).String(); got != "___" {
		t.Errorf("no kinds: %q", got)
	}
}

func TestColumn(t *testing.T) {
	for _, c := range []struct {
		v, lo, hi float64
		w, want   int
	}{{0, 0, 10, 5, 0}, {10, 0, 10, 5, 4}, {9.99, 0, 10, 5, 4}, {2, 0, 10, 5, 1}, {-3, 0, 10, 5, 0}, {99, 0, 10, 5, 4}, {1, 1, 1, 5, 0}, {1, 0, 2, 0, 0}} {
		if got := Column(c.v, c.lo, c.hi, c.w); got != c.want {
			t.Errorf("Column(%g in [%g,%g] of %d) = %d, want %d", c.v, c.lo, c.hi, c.w, got, c.want)
		}
	}
}

// Labels of an axis tell its ticks apart, also where a long time is shown finely.
func TestTickLabelsDiffer(t *testing.T) {
	for _, from := range []float64{0, 59.2, 366.4, 185179.53, -3.1} {
		for _, long := range []float64{0.02, 0.9, 4, 70, 4000} {
			seen := map[string]bool{}
			for _, k := range SpanTicks(from, from+long, 8) {
				if seen[k.Label] {
					t.Errorf("%v for %v: two ticks are called %s", from, long, k.Label)
				}
				seen[k.Label] = true
			}
		}
	}
}
