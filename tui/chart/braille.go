package chart

// dots is a canvas of 2 × 4 dots to a cell.
type dots struct {
	w, h  int // in cells
	bits  []uint8
	style []Style
}

func newDots(w, h int) *dots { return &dots{w, h, make([]uint8, w*h), make([]Style, w*h)} }

// bit is the braille dot at column x, line y of its cell (Unicode 1.1, U+2800).
var bit = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func (d *dots) set(x, y int, s Style) {
	if x < 0 || y < 0 || x >= 2*d.w || y >= 4*d.h {
		return
	}
	i := y/4*d.w + x/2
	d.bits[i] |= bit[y%4][x%2]
	d.style[i] = s
}

// line draws from one dot to another (Bresenham).
func (d *dots) line(x0, y0, x1, y1 int, s Style) {
	dx, dy := abs(x1-x0), -abs(y1-y0)
	sx, sy := sign(x1-x0), sign(y1-y0)
	for e := dx + dy; ; {
		d.set(x0, y0, s)
		if x0 == x1 && y0 == y1 {
			return
		}
		e2 := 2 * e
		if e2 >= dy {
			e += dy
			x0 += sx
		}
		if e2 <= dx {
			e += dx
			y0 += sy
		}
	}
}

func (d *dots) draw(b *Block, x, y int) {
	for i, bits := range d.bits {
		if bits != 0 {
			b.Put(x+i%d.w, y+i/d.w, rune(0x2800+int(bits)), d.style[i])
		}
	}
}

func abs(n int) int { return max(n, -n) }

func sign(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}
