package report

import (
	"slices"

	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"faultline/correlate"
)

// ComparisonJSON is the shape of `compare -o json`, for who needs its type.
type ComparisonJSON = comparison

// ComparisonOf gives two cases side by side as [WriteComparison] writes them, of
// their periods those that are claimed, without what speaks for each mechanism.
func ComparisonOf(c *correlate.Comparison) ComparisonJSON {
	out := comparisonOf(c)
	for _, side := range []*side{&out.A, &out.B} {
		side.Periods = slices.DeleteFunc(side.Periods, func(p Period) bool { return p.Period == nil })
		for i := range side.Periods {
			side.Periods[i].Mechanisms, side.Periods[i].ByProcess = []Mechanism{}, []ProcessPeriod{}
		}
	}
	return out
}

// rasterLook are the colours of a raster that stands alone.
const rasterLook = `<style>text{font:11px sans-serif;fill:#333}.lane{fill:#f1f1f4}.band{fill:#fff2cc}.fail{fill:#c0392b}.sign{fill:#e59866}` +
	`.stall{fill:#2e6da4}.probe{fill:#7d5ba6}.axis{stroke:#999}.hatch{stroke:#bbb}.no-proxy,.no-controller{fill:#ddd}</style>`

// RasterSVG draws the raster of the period as a picture that stands alone; ok is
// false where nothing would repeat.
func RasterSVG(c *correlate.Case, zone *time.Location) (svg []byte, ok bool) {
	for _, f := range figures(c, zone) {
		r, folds := f.folded()
		if !folds {
			continue
		}
		v := f.raster(r, 960)
		drawn := canvas{width: v.width, height: v.height}
		drawn.WriteString(rasterLook)
		drawn.rect("page", 0, 0, v.width, v.height, "")
		drawn.WriteString(v.String())
		return []byte(strings.Replace(drawn.svg("raster", "one row a cycle, the phase across"), `class="page"`, `fill="#fff"`, 1)), true
	}
	return nil, false
}

// Raster is the raster of the period in text.
type Raster struct {
	// Period is in seconds; Whose says of what, nil where no period is claimed and
	// ten minutes stand in.
	Period float64 `json:"period_s"`
	Whose  *string `json:"of"`
	// Centred: the middle of a row is the tick of the period.
	Centred bool `json:"centred"`
	Cycles  int  `json:"cycles_in_a_row"`
	// Rows are the cycles in order.
	Rows []RasterRow `json:"rows"`
}

// RasterRow is one cycle, or several over each other.
type RasterRow struct {
	// Start is in UTC, nil on a clock without a zero; Second is on that clock.
	Start  *string `json:"start"`
	Second float64 `json:"start_s"`
	// Cells are the row from left to right: F a failure, e a sign of one, S a
	// stall, p a probe, a point for nothing, a space for what was not captured.
	Cells string `json:"cells"`
}

// rasterCells is how many cells a row of text has.
const rasterCells = 60

// RasterText gives the raster of the period in text; ok is false where nothing
// would repeat.
func RasterText(c *correlate.Case) (out Raster, ok bool) {
	for _, f := range figures(c, time.UTC) {
		r, folds := f.folded()
		if !folds {
			continue
		}
		out = Raster{Period: r.period, Whose: optional(r.whose), Centred: r.onTick, Cycles: max(r.each, 1), Rows: []RasterRow{}}
		for row := range r.rows {
			from := r.first + float64(row*out.Cycles)*r.period
			one := RasterRow{Second: from, Cells: f.cells(from, r.period, out.Cycles)}
			if f.wall {
				at := f.at(from).UTC().Format("2006-01-02T15:04:05.000Z")
				one.Start = &at
			}
			out.Rows = append(out.Rows, one)
		}
		return out, true
	}
	return out, false
}

// cells are those of a row: what weighs most wins its cell.
func (f *figure) cells(from, period float64, cycles int) string {
	width := period / rasterCells
	cells := []byte(strings.Repeat(" ", rasterCells))
	for i := range cells {
		for cycle := range cycles {
			at := from + float64(cycle)*period + float64(i)*width
			if at < f.to && at+width > f.from && len(f.unseen(at, at+width)) == 0 {
				cells[i] = '.'
			}
		}
	}
	for _, class := range []struct {
		name string
		mark byte
	}{{"probe", 'p'}, {"stall", 'S'}, {"sign", 'e'}, {"fail", 'F'}} {
		for _, l := range f.lanes {
			if l.class != class.name {
				continue
			}
			for _, t := range within(l.times, from, from+float64(cycles)*period) {
				cells[min(int(math.Mod(t-from, period)/width), rasterCells-1)] = class.mark
			}
		}
	}
	return string(cells)
}

// WriteLegend says what the cells of a raster are.
func (r *Raster) WriteLegend(w io.Writer) {
	whose := "no period is claimed; ten minutes stand in"
	if r.Whose != nil {
		whose = "the period of the " + *r.Whose
	}
	fmt.Fprintf(w, "%d cells of %.4g s a row, %s. F failure, e sign of one, S stall, p probe, . nothing, space: not captured", rasterCells, r.Period/rasterCells, whose)
}
