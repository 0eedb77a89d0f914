package chart

import (
	"math"
	"strconv"
	"time"
)

// Tick is a labelled place on an axis.
type Tick struct {
	At    float64
	Label string
}

// NumberTicks are at most n round values in [lo, hi], in steps of 1, 2 or 5
// times a power of ten.
func NumberTicks(lo, hi float64, n int) (ticks []Tick) {
	if n < 1 || !(hi > lo) || math.IsInf(hi-lo, 0) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/float64(n))))
	for _, f := range []float64{1, 2, 5, 10, 20, 50} {
		first, last := math.Ceil(lo/(step*f)), math.Floor(hi/(step*f))
		if last-first+1 > float64(n) {
			continue
		}
		for k := first; k <= last; k++ {
			v := k*step*f + 0 // never minus nothing
			ticks = append(ticks, Tick{v, Number(v)})
		}
		return ticks
	}
	return nil
}

// Number prints a value in few columns: 1200000 is "1.2M".
func Number(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case a >= 1e15 || a > 0 && a < 1e-4:
		return strconv.FormatFloat(v, 'e', 1, 64)
	case a >= 1e12:
		return round(v/1e12) + "T"
	case a >= 1e9:
		return round(v/1e9) + "G"
	case a >= 1e6:
		return round(v/1e6) + "M"
	case a >= 1e4:
		return round(v/1e3) + "k"
	}
	return round(v)
}

// round keeps four significant digits.
func round(v float64) string { return strconv.FormatFloat(roundTo(v, 4), 'f', -1, 64) }

func roundTo(v float64, digits int) float64 {
	out, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return out
}

// timeSteps are the steps of a time axis, seconds.
var timeSteps = []float64{1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
	3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 91 * 86400, 365 * 86400}

// TimeTicks are at most n round times in [from, to], seconds since 1970, with
// labels as short as their step allows. A nil zone is UTC.
func TimeTicks(from, to float64, n int, zone *time.Location) (ticks []Tick) {
	if zone == nil {
		zone = time.UTC
	}
	_, east := time.Unix(int64(from), 0).In(zone).Zone()
	return spaced(from, to, n, float64(east), func(t, step float64) string {
		layout := "15:04"
		switch {
		case step < 1:
			layout = "05.000"
		case step < 60:
			layout = "15:04:05"
		case step >= 86400:
			layout = "Jan 02"
		}
		return time.Unix(0, int64(math.Round(t*1e3))*1e6).In(zone).Format(layout)
	})
}

// SpanTicks are at most n round durations in [from, to], seconds.
func SpanTicks(from, to float64, n int) []Tick {
	return spaced(from, to, n, 0, func(t, step float64) string {
		if step >= 1 {
			return Span(t)
		}
		digits := math.Pow(10, math.Ceil(-math.Log10(step)))
		return strconv.FormatFloat(math.Round(t*digits)/digits, 'f', -1, 64) + "s"
	})
}

func spaced(from, to float64, n int, shift float64, label func(t, step float64) string) (ticks []Tick) {
	if n < 1 || !(to > from) {
		return nil
	}
	for _, step := range timeSteps {
		first, last := math.Ceil((from+shift)/step), math.Floor((to+shift)/step)
		if last-first+1 > float64(n) {
			continue
		}
		for k := first; k <= last; k++ {
			t := k*step - shift
			ticks = append(ticks, Tick{t, label(t, step)})
		}
		return ticks
	}
	return nil
}

// Span prints seconds in few columns: "90s" is "1m30s", "600s" is "10m".
func Span(s float64) string {
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	if s < 60 {
		return sign + Number(roundTo(s, 3)) + "s"
	}
	n := int64(math.Round(s))
	h, m, sec := n/3600, n/60%60, n%60
	out := ""
	for _, p := range []struct {
		v    int64
		unit string
	}{{h, "h"}, {m, "m"}, {sec, "s"}} {
		if p.v > 0 {
			out += strconv.FormatInt(p.v, 10) + p.unit
		}
	}
	return sign + out
}

// Axis draws ticks under a chart: a rule with marks on line y, labels on line
// y+1, for values lo to hi over w columns from x.
func (b *Block) Axis(x, y, w int, lo, hi float64, ticks []Tick, g *Glyphs) {
	b.Fill(x, y, w, 1, g.H, Dim)
	end := x - 1 // of the label before
	for _, t := range ticks {
		at := x + Column(t.At, lo, hi, w)
		b.Put(at, y, g.Tick, Dim)
		n := Width(t.Label)
		if from := min(at, x+w-n); from > end && from >= x {
			b.Text(from, y+1, t.Label, Dim)
			end = from + n
		}
	}
}

// Column is the column of w that a value of [lo, hi] falls into.
func Column(v, lo, hi float64, w int) int {
	if !(hi > lo) || w < 1 {
		return 0
	}
	return min(max(int(math.Floor((v-lo)/(hi-lo)*float64(w))), 0), w-1)
}
