package report

import (
	"fmt"
	"math"
	"slices"
)

// fold is the shape of a raster: one row a cycle, or one for several of them.
type fold struct {
	period, first float64 // seconds; when the first row begins
	rows, each    int     // cycles in a row
	onTick        bool    // the middle of a row is the tick
	whose         string  // whose period it is; "" without a claim
}

// folded gives the raster of the period, or of ten minutes where none is
// claimed; ok is false where nothing would repeat.
func (f *figure) folded() (r fold, ok bool) {
	const most = 240
	r = fold{period: f.period, onTick: f.phased, whose: f.whose}
	if f.period <= 0 {
		r.period = 600
	}
	if !r.onTick {
		r.first = math.Floor(f.from/r.period) * r.period
	} else {
		from := f.phase - r.period/2
		r.first = from + math.Floor((f.from-from)/r.period)*r.period
	}
	cycles := int(math.Ceil((f.to - r.first) / r.period))
	r.each = (cycles + most - 1) / most
	r.rows = (cycles + max(r.each, 1) - 1) / max(r.each, 1)
	return r, cycles >= 2
}

// raster draws a row per cycle with the phase across, so that what keeps the
// period stands in a column.
func (f *figure) raster(r fold, width float64) *canvas {
	v := newCanvas(width)
	left, right, top := 96.0, width-4, 22.0
	if width < 600 {
		left = 80
	}
	high := min(max(640/float64(r.rows), 3), 12)
	bottom := top + high*float64(r.rows)
	v.height = bottom + axisHeight
	if r.onTick {
		mid := (left + right) / 2
		v.rect("band", mid-(right-left)*5/r.period, top, (right-left)*10/r.period, bottom-top, "")
		v.text("axis-label", mid, 13, "middle", "the tick")
	}
	for row := range r.rows {
		f.row(v, r, row, left, right, top+high*float64(row), high)
	}
	f.rowLabels(v, r, left, top, high)
	v.line("axis", left, bottom+2, right, bottom+2)
	by := step(r.period, max(2, int((right-left)/72)))
	from, to := 0.0, r.period
	if r.onTick {
		from, to = -r.period/2, r.period/2
	}
	for t := math.Ceil(from/by) * by; t <= to; t += by {
		x := left + (t-from)/r.period*(right-left)
		v.line("axis", x, bottom+2, x, bottom+7)
		anchor := "middle"
		if right-x < 24 {
			anchor = "end"
		} else if x-left < 24 {
			anchor = "start"
		}
		v.text("axis-label", x, bottom+21, anchor, phaseSaid(t, r.onTick))
	}
	return v
}

// phaseSaid names a phase, from the period or from the row's beginning.
func phaseSaid(t float64, signed bool) string {
	s := fmt.Sprintf("%g s", t)
	if math.Mod(t, 60) == 0 && t != 0 {
		s = fmt.Sprintf("%g min", t/60)
	}
	if t == 0 {
		return "0"
	}
	if signed && t > 0 {
		return "+" + s
	}
	if t < 0 {
		return "−" + s[1:]
	}
	return s
}

// row draws one cycle, or several over each other.
func (f *figure) row(v *canvas, r fold, row int, left, right, y, high float64) {
	gap := min(1.5, high/4)
	from := r.first + float64(row*r.each)*r.period
	scale := (right - left) / r.period
	for cycle := range r.each {
		start := from + float64(cycle)*r.period
		end := start + r.period
		if start >= f.to {
			break
		}
		if cycle == 0 {
			v.rect("lane", left, y, right-left, high-gap, "")
		}
		for _, h := range f.unseen(start, end) {
			if w := (h.End - h.Start) * scale; w >= 0.5 && r.each == 1 {
				v.rect(h.hatch, left+(h.Start-start)*scale, y, w, high-gap, "")
			}
		}
	}
	const wide = 3.0
	columns := int((right-left)/wide) + 1
	for _, class := range []string{"probe", "stall", "sign", "fail"} {
		seen := make([]bool, columns)
		for cycle := range r.each {
			start := from + float64(cycle)*r.period
			for _, l := range f.lanes {
				if l.class != class {
					continue
				}
				for _, t := range within(l.times, start, start+r.period) {
					seen[min(int((t-start)*scale/wide), columns-1)] = true
				}
			}
		}
		for i, yes := range seen {
			if yes {
				v.rect(class, left+float64(i)*wide, y, wide, high-gap, "")
			}
		}
	}
}

// unseen are the parts of a cycle that were not captured, with their hatching.
type unseen struct {
	Start, End float64
	hatch      string
}

func (f *figure) unseen(from, to float64) (out []unseen) {
	if f.proxies != nil {
		for _, h := range holes(f.proxies, from, to) {
			out = append(out, unseen{h.Start, h.End, "no-proxy"})
		}
	}
	if f.controllers != nil {
		for _, h := range holes(f.controllers, from, to) {
			out = append(out, unseen{h.Start, h.End, "no-controller"})
		}
	}
	return out
}

// rowLabels names the rows by the time at their middle or beginning, as many
// as there is room for.
func (f *figure) rowLabels(v *canvas, r fold, left, top, high float64) {
	every := max(1, int(math.Ceil(26/high)))
	for _, nice := range []int{1, 2, 3, 6, 12, 24, 36, 72, 144} {
		if nice >= every {
			every = nice
			break
		}
	}
	last := ""
	for row := 0; row < r.rows; row += every {
		t := r.first + float64(row*r.each)*r.period
		if r.onTick {
			t += r.period / 2
		}
		s := f.when(t, r.period)
		if f.wall && last != "" && f.day(t) != last {
			s = f.day(t) + " " + s
		}
		last = f.day(t)
		v.text("count", left-8, top+high*float64(row)+min(high, 10), "end", s)
	}
}

// kinds are the classes of the lanes that are drawn, for the legend.
func (f *figure) kinds() (out []string) {
	for _, l := range f.lanes {
		if len(l.times) > 0 && !slices.Contains(out, l.class) {
			out = append(out, l.class)
		}
	}
	return out
}
