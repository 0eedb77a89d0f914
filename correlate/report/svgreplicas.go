package report

import (
	"fmt"
	"math"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
)

// replica is a process whose stalls come with the period that the verdict rests
// on, at ticks of its own: the proof is drawn for each.
type replica struct {
	name         string
	period, tick float64 // seconds; one of its ticks
	start        float64 // 0 where it is not known
	stalls       []float64
	cover        stat.Coverage
}

// ofReplicas takes over the processes of the period that the verdict rests on.
func (f *figure) ofReplicas(c *correlate.Case) {
	v := c.Verdict.Period
	if v < 0 || !f.wall || c.Periods[v].Clocks > 0 {
		return
	}
	for _, b := range c.Periods[v].By {
		for _, p := range c.Processes() {
			if p.Name == b.Process {
				f.replicas = append(f.replicas, replica{name: Clean(shortName(b.Process, true)), period: b.Period, tick: float64(b.Phase) / 1e9,
					start: float64(b.Start) / 1e9, stalls: secondsAll(p.Stalls), cover: p.Coverage})
				break
			}
		}
	}
}

// before is how much of a cycle a row shows before its tick.
const before = 0.1

// mostRows is how many rows each replica may have; cycles beyond that lie over
// each other.
const mostRows = 48

// own draws a row for each cycle of each replica, the tick at 0, so that what
// comes with the replica's own ticks stands in one column.
func (f *figure) own(width float64) *canvas {
	v := newCanvas(width)
	left, right, y := 96.0, width-4, 22.0
	if width < 600 {
		left = 80
	}
	x := func(share float64) float64 { return left + (share+before)*(right-left) }
	top := y
	for i := range f.replicas {
		y = f.ownRows(v, &f.replicas[i], left, right, y, x) + 10
	}
	bottom := y - 10
	v.height = bottom + axisHeight
	p := f.replicas[0].period
	v.line("now", x(0), top-6, x(0), bottom)
	v.text("axis-label", x(0), top-9, "middle", "the tick")
	v.line("axis", left, bottom+2, right, bottom+2)
	by := step(p, max(2, int((right-left)/72)))
	for t := 0.0; t <= p*(1-before); t += by {
		v.line("axis", x(t/p), bottom+2, x(t/p), bottom+7)
		anchor := "middle"
		if right-x(t/p) < 24 {
			anchor = "end"
		}
		v.text("axis-label", x(t/p), bottom+21, anchor, phaseSaid(t, true))
	}
	return v
}

// ownRows draws one replica from y on and gives where it ends.
func (f *figure) ownRows(v *canvas, r *replica, left, right, y float64, x func(float64) float64) float64 {
	first := math.Floor((f.from - r.tick) / r.period)
	cycles := int(math.Ceil((f.to-r.tick)/r.period) - first)
	each := max(1, (cycles+mostRows-1)/mostRows)
	rows := (cycles + each - 1) / each
	high := min(max(300/float64(max(rows, 1)), 4), 10)
	v.text("label", left-8, y+9, "end", r.name)
	if rows*int(high) > 24 && r.start != 0 {
		v.text("count", left-8, y+22, "end", "since its start")
	}
	for row := range rows {
		from := r.tick + (first+float64(row*each)-before)*r.period
		stalls, failed := 0, 0
		var marks canvas
		for k := range each {
			at := from + float64(k)*r.period
			if k == 0 {
				v.rect("lane", left, y, right-left, high-1, "")
			}
			for _, h := range holes(r.cover, at, at+r.period) {
				if each == 1 && (h.End-h.Start)/r.period > 0.01 {
					v.rect("no-controller", x((h.Start-at)/r.period-before), y, (h.End-h.Start)/r.period*(right-left), high-1, "")
				}
			}
			for _, class := range []string{"stall", "fail"} {
				times := r.stalls
				if class == "fail" {
					times = f.failures()
				}
				last := -1.0
				for _, t := range within(times, at, at+r.period) {
					if at := x((t-at)/r.period - before); at-last >= 2 {
						marks.rect(class, at, y, 3, high-1, "")
						last = at
					}
					if class == "fail" {
						failed++
					} else {
						stalls++
					}
				}
			}
		}
		v.WriteString(marks.String())
		if stalls+failed > 0 {
			what := f.stretch(from, from+float64(each)*r.period) + ": " + words.Count(stalls, "stall", "stalls") + " of " + r.name + ", " + words.Count(failed, "failure", "failures")
			v.rect("over", left, y, right-left, high-1, what)
		}
		if n := math.Round((from + before*r.period - r.start) / r.period); r.start != 0 && row > 2 && row%6 == 0 {
			v.text("count", left-8, y+high, "end", "+"+hours(n*r.period))
		}
		y += high
	}
	return y
}

// failures are the times of those that count.
func (f *figure) failures() []float64 {
	for i := range f.lanes {
		if f.lanes[i].class == "fail" {
			return f.lanes[i].times
		}
	}
	return nil
}

// hours is a time since a start: "1h20m".
func hours(s float64) string {
	m := int(math.Round(s / 60))
	if m < 60 {
		return fmt.Sprintf("%dm", m)
	}
	return fmt.Sprintf("%dh%02dm", m/60, m%60)
}

// ownSaid says what the drawing of the replicas shows.
func (f *figure) ownSaid() string {
	return fmt.Sprintf("Each row is one cycle of one replica (%s), from %.0f %% before its tick; stalls and failures that come with the tick stand in the column at 0.",
		words.Every(time.Duration(math.Round(f.replicas[0].period/60))*time.Minute), 100*before)
}
