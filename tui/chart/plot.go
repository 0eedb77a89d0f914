package chart

import (
	"math"
	"slices"
)

// Line is one series of a plot: X ascending, a Y for each; NaN is a gap.
type Line struct {
	Name string
	X, Y []float64
}

// Stretch is a part of an axis.
type Stretch struct{ From, To float64 }

// Plot is a set of lines over one axis.
type Plot struct {
	Lines []Line
	// From and To bound the axis; equal means from the first X to the last.
	From, To float64
	// Gap is the longest step in X that a line is drawn across; 0 is any.
	Gap float64
	// Floor and Ceil are values of Y that are shown whatever the lines hold.
	Floor, Ceil []float64
	// Ticks label the axis for at most n labels; nil labels numbers.
	Ticks func(lo, hi float64, n int) []Tick
	// Marks are places on the axis with a rule through the plot.
	Marks []float64
	// Unknown is where nothing was captured.
	Unknown []Stretch
	// Left is how many columns the values at the left take; 0 is what they need.
	Left int
	// Legend asks for a line below with the names.
	Legend bool
	// Mono says that there is no colour: several lines get a rune each.
	Mono   bool
	Glyphs *Glyphs // nil is Unicode
}

// Draw plots into w × h cells: values at the left, the axis below, the legend
// in the last lines. A plot without a value says so.
func (p Plot) Draw(w, h int) *Block {
	b := New(w, h)
	if p.Glyphs == nil {
		p.Glyphs = Unicode
	}
	p.bounds()
	lo, hi, ok := p.values()
	if !ok || !(p.To > p.From) {
		b.Text(0, 0, "no samples", Dim)
		return b
	}
	legend := 0
	if p.Legend {
		legend = min(len(p.Lines), max(h/4, 1))
	}
	rows := h - 2 - legend
	if rows < 1 || w < 8 {
		return b
	}
	yticks := NumberTicks(lo, hi, max(rows/3, 2))
	if n := len(yticks); rows > 2 && (n == 0 || rows-1-Column(yticks[n-1].At, lo, hi, rows) > 1) {
		yticks = append(yticks, Tick{hi, Number(hi)}) // else nothing says how high it goes
	}
	left := 0
	for _, t := range yticks {
		left = max(left, Width(t.Label))
	}
	left = min(left+1, w/2)
	if p.Left > 0 {
		left = min(p.Left, w/2)
	}
	for _, t := range yticks {
		y := rows - 1 - Column(t.At, lo, hi, rows)
		b.Right(left-1, y, t.Label, Dim)
	}
	for y := range rows {
		b.Put(left-1, y, p.Glyphs.V, Dim)
	}
	cols := w - left
	p.backdrop(b, left, cols, rows)
	if p.Glyphs.ASCII || p.Mono && len(p.Lines) > 1 {
		p.points(b, left, cols, rows, lo, hi)
	} else {
		p.braille(b, left, cols, rows, lo, hi)
	}
	ticks := p.Ticks
	if ticks == nil {
		ticks = NumberTicks
	}
	b.Axis(left, rows, cols, p.From, p.To, ticks(p.From, p.To, max(cols/10, 2)), p.Glyphs)
	b.Put(left-1, rows, p.Glyphs.Corner, Dim)
	p.legend(b, rows+2, legend)
	return b
}

// bounds finds the axis where none is asked for.
func (p *Plot) bounds() {
	if p.From != p.To {
		return
	}
	p.From, p.To = math.Inf(1), math.Inf(-1)
	for _, l := range p.Lines {
		if n := len(l.X); n > 0 {
			p.From, p.To = math.Min(p.From, l.X[0]), math.Max(p.To, l.X[n-1])
		}
	}
	if p.From == p.To {
		p.From, p.To = p.From-1, p.To+1
	}
}

// values is the range of Y inside the axis, widened when it is flat.
func (p *Plot) values() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	take := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	for _, l := range p.Lines {
		for i, x := range l.X {
			if x >= p.From && x <= p.To {
				take(l.Y[i])
			}
		}
	}
	if lo > hi {
		return 0, 0, false
	}
	for _, v := range append(p.Floor, p.Ceil...) {
		take(v)
	}
	if lo == hi {
		d := math.Max(math.Abs(lo)/10, 1)
		if hi += d; lo != 0 && !slices.Contains(p.Floor, lo) { // nothing at all is drawn at the bottom
			lo -= d
		}
	}
	return lo, hi, true
}

func (p *Plot) backdrop(b *Block, left, cols, rows int) {
	for _, u := range p.Unknown {
		if u.To < p.From || u.From > p.To {
			continue
		}
		from, to := Column(u.From, p.From, p.To, cols), Column(u.To, p.From, p.To, cols)
		b.Fill(left+from, 0, to-from+1, rows, p.Glyphs.Hatch, Unknown)
	}
	for _, m := range p.Marks {
		if m >= p.From && m <= p.To {
			b.Fill(left+Column(m, p.From, p.To, cols), 0, 1, rows, p.Glyphs.Grid, Accent)
		}
	}
}

// each calls on for every finite sample inside the axis with the place it has
// in w × h, and says whether a line leads to it from the one before.
func (p *Plot) each(l Line, w, h int, lo, hi float64, on func(x, y int, joined bool)) {
	joined, last := false, 0.0
	for i, x := range l.X {
		v := l.Y[i]
		if x < p.From || x > p.To || math.IsNaN(v) || math.IsInf(v, 0) {
			joined = false
			continue
		}
		on(Column(x, p.From, p.To, w), h-1-Column(v, lo, hi, h), joined && (p.Gap == 0 || x-last <= p.Gap))
		joined, last = true, x
	}
}

func (p *Plot) braille(b *Block, left, cols, rows int, lo, hi float64) {
	d := newDots(cols, rows)
	for i, l := range p.Lines {
		var px, py int
		p.each(l, 2*cols, 4*rows, lo, hi, func(x, y int, joined bool) {
			if joined {
				d.line(px, py, x, y, Series(i))
			}
			d.set(x, y, Series(i))
			px, py = x, y
		})
	}
	d.draw(b, left, 0)
}

func (p *Plot) points(b *Block, left, cols, rows int, lo, hi float64) {
	for i, l := range p.Lines {
		p.each(l, cols, rows, lo, hi, func(x, y int, _ bool) { b.Put(left+x, y, p.rune(i), Series(i)) })
	}
}

// rune is the mark of the i-th line.
func (p *Plot) rune(i int) rune { return p.Glyphs.Series[i%len(p.Glyphs.Series)] }

func (p *Plot) legend(b *Block, y, n int) {
	for i, l := range p.Lines {
		if i >= n {
			break
		}
		if i == n-1 && len(p.Lines) > n {
			b.Text(2, y+i, "and "+Number(float64(len(p.Lines)-i))+" more", Dim)
			break
		}
		b.Put(0, y+i, p.rune(i), Series(i))
		b.Clip(2, y+i, b.W-2, l.Name, Plain, p.Glyphs.ASCII)
	}
}
