package report

import (
	"fmt"
	"html"
	"math"
	"time"
)

const (
	laneHeight = 34.0
	laneGap    = 8.0
	axisHeight = 26.0
	headHeight = 24.0 // above the lanes, for the incidents
)

// timeline draws a lane for each kind of event over time.
func (f *figure) timeline(width float64) *canvas {
	v := newCanvas(width)
	left := 96.0
	if width < 600 {
		left = 80
	}
	right, top := width-4, headHeight
	if len(f.incidents) == 0 {
		top = 4
	}
	bottom := top + float64(len(f.lanes))*(laneHeight+laneGap)
	v.height = bottom + axisHeight
	x := func(t float64) float64 { return left + (t-f.from)/(f.to-f.from)*(right-left) }
	for i, l := range f.lanes {
		f.lane(v, l, top+float64(i)*(laneHeight+laneGap), left, right, x)
	}
	for _, h := range f.holes {
		if w := x(h.to) - x(h.from); w >= 0.5 {
			v.rect("hole", x(h.from), top, w, bottom-laneGap-top, h.whose+", "+f.stretch(h.from, h.to))
		}
	}
	f.ticks(v, top, bottom, left, right, x)
	f.axis(v, bottom, left, right, x)
	for _, m := range f.notes {
		if m.at >= f.from && m.at <= f.to {
			v.line("now", x(m.at), top, x(m.at), bottom-laneGap)
			v.rect("over", x(m.at)-4, top, 8, bottom-laneGap-top, f.when(m.at, 0)+": "+m.target)
		}
	}
	f.marks(v, top, left, right, x)
	return v
}

// lane draws one kind: where it was not captured, hatched; else a bar for each
// two pixels, as high as the root of how many there were.
func (f *figure) lane(v *canvas, l lane, y, left, right float64, x func(float64) float64) {
	v.rect("lane", left, y, right-left, laneHeight, "")
	v.text("label", left-8, y+laneHeight/2-1, "end", l.name)
	v.text("count", left-8, y+laneHeight/2+12, "end", grouped(len(l.times)))
	if l.cover != nil {
		for _, h := range holes(l.cover, f.from, f.to) {
			if w := x(h.End) - x(h.Start); w >= 0.5 {
				v.rect(l.hatch, x(h.Start), y, w, laneHeight, "not captured, "+f.stretch(h.Start, h.End))
			}
		}
	}
	if l.spans != nil {
		f.rang(v, l, y, left, right, x)
		return
	}
	const wide = 2.0
	bins := make([]int, int((right-left)/wide)+1)
	most := 0
	for _, t := range l.times {
		i := min(max(int((x(t)-left)/wide), 0), len(bins)-1)
		bins[i]++
		most = max(most, bins[i])
	}
	for i, n := range bins {
		if n > 0 {
			h := max(4, laneHeight*math.Sqrt(float64(n)/float64(most)))
			v.rect(l.class, left+float64(i)*wide, y+laneHeight-h, wide, h, "")
		}
	}
}

// rang draws when an alert was pending and firing, as far as the timeline goes.
func (f *figure) rang(v *canvas, l lane, y, left, right float64, x func(float64) float64) {
	for _, s := range l.spans {
		from, to := max(left, x(s.from)), min(right, x(s.to))
		if to >= left && from <= right {
			said := map[string]string{"pending": "pending, ", "rang": "firing, "}[s.class]
			v.rect(s.class, from, y+laneHeight/4, max(1, to-from), laneHeight/2, said+f.stretch(s.from, s.to))
		}
	}
}

// ticks draws the period as fine lines, where they leave room between them.
func (f *figure) ticks(v *canvas, top, bottom, left, right float64, x func(float64) float64) {
	if !f.phased || f.period/(f.to-f.from)*(right-left) < 5 {
		return
	}
	for t := f.phase - math.Floor((f.phase-f.from)/f.period)*f.period; t <= f.to; t += f.period {
		v.line("tick", x(t), top, x(t), bottom-laneGap)
	}
}

// axis draws the times below the lanes.
func (f *figure) axis(v *canvas, y, left, right float64, x func(float64) float64) {
	by := step(f.to-f.from, max(2, int((right-left)/64)))
	v.line("axis", left, y-2, right, y-2)
	shift := f.offset(f.from)
	last := ""
	for t := math.Ceil((f.from+shift)/by)*by - shift; t <= f.to; t += by {
		v.line("axis", x(t), y-2, x(t), y+3)
		anchor := "middle"
		if right-x(t) < 28 {
			anchor = "end"
		} else if x(t)-left < 4 {
			anchor = "start"
		}
		s, day := f.when(t, by), f.day(t)
		if day != last && (by >= 86400 || last != "" && day != "") {
			s = day
		}
		last = day
		v.text("axis-label", x(t), y+17, anchor, s)
	}
}

// marks draws a point for each incident, and the names of those that fit, the
// largest first.
func (f *figure) marks(v *canvas, top, left, right float64, x func(float64) float64) {
	most := 1
	for _, m := range f.incidents {
		most = max(most, m.failures)
	}
	if len(f.incidents) <= 2000 {
		for _, m := range f.incidents {
			r := 1.2 + 2.2*math.Sqrt(float64(m.failures)/float64(most))
			fmt.Fprintf(v, `<a href="#%s">`, html.EscapeString(m.id))
			v.dot("mark", x(m.at), top-6, r, fmt.Sprintf("%s: %s, %s, %s", m.id, f.when(m.at, 0), counted(m.failures, "failure"), m.target))
			v.WriteString("</a>")
		}
	}
	var taken []float64
	free := func(at float64) bool {
		for _, t := range taken {
			if math.Abs(t-at) < 30 {
				return false
			}
		}
		return true
	}
	for limit := most; limit > 0 && len(taken) < 40; limit-- {
		for _, m := range f.incidents {
			if at := min(max(x(m.at), left+8), right-10); m.failures == limit && free(at) {
				taken = append(taken, at)
				v.text("mark-label", at, top-14, "middle", m.id)
			}
		}
	}
}

// offset is how many seconds the shown zone is ahead of UTC.
func (f *figure) offset(t float64) float64 {
	if !f.wall {
		return 0
	}
	_, s := time.Unix(int64(t), 0).In(f.zone).Zone()
	return float64(s)
}

// when prints a time as finely as steps of by seconds ask for.
func (f *figure) when(t, by float64) string {
	if !f.wall {
		return number(&t) + " s"
	}
	layout := "15:04:05"
	if by >= 60 {
		layout = "15:04"
	}
	return f.at(t).Format(layout)
}

// day is the date of a time, "" on a clock that has none.
func (f *figure) day(t float64) string {
	if !f.wall {
		return ""
	}
	return f.at(t).Format("2 Jan")
}

func (f *figure) at(t float64) time.Time {
	sec, frac := math.Modf(t)
	return time.Unix(int64(sec), int64(frac*1e9)).In(f.zone)
}

// stretch prints from when to when.
func (f *figure) stretch(from, to float64) string {
	if !f.wall {
		return fmt.Sprintf("%.0f s to %.0f s", from, to)
	}
	return f.at(from).Format("2006-01-02 15:04:05") + " to " + f.at(to).Format("15:04:05 MST")
}

// grouped prints a count with its thousands apart.
func grouped(n int) string {
	s := itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
