package chart

import (
	"math"
)

// Bin is one column of a strip or one cell of a raster.
type Bin struct {
	N int
	// Unknown says that nothing was captured then.
	Unknown bool
	// Hidden says that something happened then which a filter hides.
	Hidden bool
}

// Strip draws counts as bars over h lines, one column each: no capture
// hatched, no count as a dot on the base line. The tallest bar is peak high;
// 0 is the largest count.
func Strip(bins []Bin, h, peak int, s Style, g *Glyphs) *Block {
	b := New(len(bins), h)
	if peak <= 0 {
		for _, bin := range bins {
			peak = max(peak, bin.N)
		}
	}
	for x, bin := range bins {
		switch {
		case bin.N > 0:
			eighths := int(math.Ceil(float64(bin.N) / float64(peak) * float64(8*h)))
			for y := range h {
				if part := min(eighths-8*y, 8); part > 0 {
					b.Put(x, h-1-y, g.Bars[part-1], s)
				}
			}
		case bin.Hidden:
			b.Put(x, h-1, g.Hidden, Dim)
		case bin.Unknown:
			b.Fill(x, 0, 1, h, g.Hatch, Unknown)
		default:
			b.Put(x, h-1, g.Base, Dim)
		}
	}
	return b
}

// Heat draws counts as one line of shades, the darkest for peak or more.
func Heat(bins []Bin, peak int, s Style, g *Glyphs) *Block {
	b := New(len(bins), 1)
	shades := []rune("░▒▓█")
	if g.ASCII {
		shades = []rune(".:+#")
	}
	if peak <= 0 {
		for _, bin := range bins {
			peak = max(peak, bin.N)
		}
	}
	for x, bin := range bins {
		switch {
		case bin.N > 0:
			i := int(float64(len(shades)) * math.Log1p(float64(bin.N)) / math.Log1p(float64(peak)))
			b.Put(x, 0, shades[min(i, len(shades)-1)], s)
		case bin.Hidden:
			b.Put(x, 0, g.Hidden, Dim)
		case bin.Unknown:
			b.Put(x, 0, g.Hatch, Unknown)
		default:
			b.Put(x, 0, g.Base, Dim)
		}
	}
	return b
}

// Mark is a kind of thing on a raster or a lane: a shape and a style, so that
// it is known without colour too. Many is its shape when there are several in
// one cell.
type Mark struct {
	One, Many rune
	Style     Style
}

// Lane draws one line of marks: in each column the first kind that has any.
// kinds[i] are the columns of marks[i].
func Lane(marks []Mark, kinds [][]Bin, g *Glyphs) *Block {
	w := 0
	for _, k := range kinds {
		w = max(w, len(k))
	}
	b := New(w, 1)
	for x := range w {
		b.put(x, 0, marks, kinds, x, g)
	}
	return b
}

// Raster draws a cycle a line, phase across: rows[y][i] are the columns of
// marks[i] in cycle y. Where nothing was captured it is hatched; where
// something was, and nothing happened, there is a faint dot.
func Raster(marks []Mark, rows [][][]Bin, w int, g *Glyphs) *Block {
	b := New(w, len(rows))
	for y, kinds := range rows {
		for x := range w {
			b.put(x, y, marks, kinds, x, g)
		}
	}
	return b
}

// put draws what column i of some kinds holds.
func (b *Block) put(x, y int, marks []Mark, kinds [][]Bin, i int, g *Glyphs) {
	unknown := len(kinds) > 0
	for k, bins := range kinds {
		if i >= len(bins) {
			continue
		}
		switch n := bins[i].N; {
		case n == 1:
			b.Put(x, y, marks[k].One, marks[k].Style)
			return
		case n > 1:
			b.Put(x, y, marks[k].Many, marks[k].Style)
			return
		}
		unknown = unknown && bins[i].Unknown
	}
	if unknown {
		b.Put(x, y, g.Hatch, Unknown)
		return
	}
	b.Put(x, y, g.Base, Dim)
}
