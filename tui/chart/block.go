package chart

import (
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// Style is what a cell is for. A [Palette] says how that looks.
type Style uint8

// The styles. Series colours follow: see [Series].
const (
	Plain   Style = iota
	Dim           // axes, hints, what is beside the point
	Title         // headings
	Alarm         // what failed
	Warn          // what may lead to it
	Note          // what was seen beside it
	Calm          // what is well
	Accent        // predictions, links, the program's own lines
	Select        // under the cursor
	Unknown       // not captured
	Lit           // what was searched for
	series0
)

// seriesCount is how many series have a style of their own.
const seriesCount = 6

// styleCount is the number of styles.
const styleCount = int(series0) + seriesCount

// Series is the style of the i-th line of a plot; they repeat after six.
func Series(i int) Style { return series0 + Style(i%seriesCount) }

// letters name the styles in golden files.
const letters = ".dtawncASuL123456"

// Cell is one column of one line. The second cell of a wide rune holds 0.
type Cell struct {
	Rune  rune
	Style Style
}

// Block is a rectangle of cells, all blank at first. Drawing outside of it
// does nothing.
type Block struct {
	W, H  int
	cells []Cell
}

// New makes a block; a negative size is 0.
func New(w, h int) *Block {
	w, h = max(w, 0), max(h, 0)
	b := &Block{W: w, H: h, cells: make([]Cell, w*h)}
	for i := range b.cells {
		b.cells[i].Rune = ' '
	}
	return b
}

// width counts columns: ambiguous runes are narrow, as terminals draw them.
var width = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// Width is how many columns a text takes in a block.
func Width(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is 1 for what cannot be shown: [Block.Put] shows a mark for it.
func runeWidth(r rune) int {
	if drawn(r) || !printable(r) {
		return 1
	}
	return width.RuneWidth(r)
}

func printable(r rune) bool {
	return drawn(r) || r >= 0xa0 && unicode.IsPrint(r) && r != unicode.ReplacementChar
}

// drawn says of a rune that it prints in one column without a look at the tables of
// Unicode: ASCII, boxes and blocks (U+2500 to U+259F) and Braille (U+2800 to U+28FF),
// of which nearly all that is drawn consists.
func drawn(r rune) bool {
	return r >= ' ' && r < 0x7f || r >= 0x2500 && r <= 0x259f || r >= 0x2800 && r <= 0x28ff
}

// In says whether a cell is inside of the block.
func (b *Block) In(x, y int) bool { return x >= 0 && y >= 0 && x < b.W && y < b.H }

// At gives the cell at column x of line y, a blank outside of the block.
func (b *Block) At(x, y int) Cell {
	if !b.In(x, y) {
		return Cell{Rune: ' '}
	}
	return b.cells[y*b.W+x]
}

// Put sets one cell. What does not print is shown as "?"; a wide rune that
// does not fit as a blank.
func (b *Block) Put(x, y int, r rune, s Style) {
	if !b.In(x, y) {
		return
	}
	if !printable(r) {
		r = '?'
	}
	b.part(x, y)
	if runeWidth(r) < 2 {
		b.cells[y*b.W+x] = Cell{r, s}
		return
	}
	if x+1 >= b.W {
		b.cells[y*b.W+x] = Cell{' ', s}
		return
	}
	b.part(x+1, y)
	b.cells[y*b.W+x], b.cells[y*b.W+x+1] = Cell{r, s}, Cell{0, s}
}

// part blanks the other half of a wide rune that is about to be overwritten.
func (b *Block) part(x, y int) {
	i := y*b.W + x
	if b.cells[i].Rune == 0 && x > 0 {
		b.cells[i-1].Rune = ' '
	}
	if x+1 < b.W && b.cells[i+1].Rune == 0 {
		b.cells[i+1].Rune = ' '
	}
}

// Text writes s on one line from column x and gives the column behind it.
// Marks without a width of their own are left out.
func (b *Block) Text(x, y int, s string, st Style) int {
	for _, r := range s {
		w := runeWidth(r)
		if w == 0 {
			continue
		}
		if x+w > b.W {
			for ; x < b.W; x++ {
				b.Put(x, y, ' ', st)
			}
			return b.W
		}
		b.Put(x, y, r, st)
		x += w
	}
	return x
}

// Clip writes s in at most w columns; a text that is longer ends in "…", or in
// "~" if ascii.
func (b *Block) Clip(x, y, w int, s string, st Style, ascii bool) int {
	return b.Text(x, y, Fit(s, min(w, b.W-x), ascii), st)
}

// Fit cuts s to w columns; a text that was longer ends in "…", or in "~" if ascii.
func Fit(s string, w int, ascii bool) string {
	if Width(s) <= w {
		return s
	}
	if w <= 0 {
		return ""
	}
	n := 0
	for i, r := range s {
		if n += runeWidth(r); n > w-1 {
			if ascii {
				return s[:i] + "~"
			}
			return s[:i] + "…"
		}
	}
	return s
}

// Right writes s so that it ends before column x.
func (b *Block) Right(x, y int, s string, st Style) { b.Text(x-Width(s), y, s, st) }

// Fill sets w × h cells from x, y.
func (b *Block) Fill(x, y, w, h int, r rune, st Style) {
	for j := y; j < y+h; j++ {
		for i := x; i < x+w; i++ {
			b.Put(i, j, r, st)
		}
	}
}

// Paint changes the style of w × h cells from x, y and keeps their runes. A row
// under the cursor still shows what is lit in it.
func (b *Block) Paint(x, y, w, h int, st Style) {
	for j := max(y, 0); j < min(y+h, b.H); j++ {
		for i := max(x, 0); i < min(x+w, b.W); i++ {
			if c := &b.cells[j*b.W+i]; st != Select || c.Style != Lit {
				c.Style = st
			}
		}
	}
}

// Draw copies another block to x, y.
func (b *Block) Draw(x, y int, o *Block) {
	for j := range o.H {
		for i := range o.W {
			if c := o.At(i, j); c.Rune != 0 {
				b.Put(x+i, y+j, c.Rune, c.Style)
			}
		}
	}
}

// String is the block without colour: H lines, without blanks at their ends.
func (b *Block) String() string {
	var out strings.Builder
	for y := range b.H {
		var line strings.Builder
		for x := range b.W {
			if r := b.At(x, y).Rune; r != 0 {
				line.WriteRune(r)
			}
		}
		out.WriteString(strings.TrimRight(line.String(), " "))
		if y+1 < b.H {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// Styles is one letter for each cell's style, for golden files: "." is plain.
func (b *Block) Styles() string {
	var out strings.Builder
	for y := range b.H {
		line := make([]byte, b.W)
		for x := range line {
			line[x] = letters[b.At(x, y).Style]
		}
		out.WriteString(strings.TrimRight(string(line), "."))
		if y+1 < b.H {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// asASCII says what stands for a rune where there is only ASCII; "?" for all
// others.
var asASCII = map[rune]rune{'…': '~', '±': '~', '–': '-', '—': '-', '»': '>', '×': 'x', 'µ': 'u', '“': '"', '”': '"', '’': '\''}

// ToASCII replaces every rune that is none of ASCII's, a cell for a cell.
func (b *Block) ToASCII() {
	for i := range b.cells {
		if r := b.cells[i].Rune; r == 0 || r > '~' {
			b.cells[i].Rune = '?'
			if as, ok := asASCII[r]; ok {
				b.cells[i].Rune = as
			}
		}
	}
}
