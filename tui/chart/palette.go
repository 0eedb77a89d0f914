package chart

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Palette is how the styles look on a terminal. Only the sixteen colours of
// the terminal's own theme are used, so that it fits light and dark alike.
type Palette struct{ on, off [styleCount]string }

// colours of the styles: numbers of the sixteen, "" for the terminal's own.
var colours = [styleCount]string{Alarm: "1", Warn: "3", Note: "6", Calm: "2", Accent: "4", Lit: "3",
	series0: "4", series0 + 1: "1", series0 + 2: "2", series0 + 3: "5", series0 + 4: "6", series0 + 5: "3"}

// NewPalette makes the palette for a terminal without asking it anything.
// Without colour the styles differ in weight and by reversal only; with plain
// not at all (TERM=dumb).
func NewPalette(w io.Writer, colour, plain bool) *Palette {
	r := lipgloss.NewRenderer(w)
	r.SetColorProfile(termenv.ANSI)
	r.SetHasDarkBackground(true)
	p := &Palette{}
	if plain {
		return p
	}
	for s := range styleCount {
		st := r.NewStyle()
		switch Style(s) {
		case Title, Alarm:
			st = st.Bold(true)
		case Dim, Unknown:
			st = st.Faint(true)
		case Select:
			st = st.Reverse(true)
		case Lit:
			st = st.Bold(true).Underline(true)
		}
		if colour && colours[s] != "" {
			st = st.Foreground(lipgloss.Color(colours[s]))
		}
		// What a style puts before and behind a text, found once: rendering
		// is done for each run of cells of each frame.
		p.on[s], p.off[s], _ = strings.Cut(st.Render("x"), "x")
	}
	return p
}

// Render paints the block: H lines of at most W columns.
func (b *Block) Render(p *Palette) string {
	var out strings.Builder
	out.Grow(b.W*b.H*2 + 16*b.H)
	for y := range b.H {
		if y > 0 {
			out.WriteByte('\n')
		}
		line := b.cells[y*b.W : (y+1)*b.W]
		end := len(line)
		for end > 0 && line[end-1] == (Cell{Rune: ' '}) {
			end--
		}
		for x := 0; x < end; {
			s := line[x].Style
			out.WriteString(p.on[s])
			for ; x < end && line[x].Style == s; x++ {
				if r := line[x].Rune; r != 0 {
					out.WriteRune(r)
				}
			}
			out.WriteString(p.off[s])
		}
	}
	return out.String()
}
