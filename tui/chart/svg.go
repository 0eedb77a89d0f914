package chart

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// Size of a cell in a picture, in pixels.
const (
	cellW, cellH = 8, 17
	margin       = 12
)

// paints are the colours of the styles in a picture, on a dark ground.
var paints = [styleCount]string{Plain: "#d8dee9", Dim: "#7b8494", Title: "#ffffff", Alarm: "#ff6b6b", Warn: "#e5c07b", Note: "#56b6c2",
	Calm: "#98c379", Accent: "#61afef", Select: "#1d2129", Unknown: "#4b5363", Lit: "#ffd866",
	series0: "#61afef", series0 + 1: "#ff6b6b", series0 + 2: "#98c379", series0 + 3: "#c678dd", series0 + 4: "#56b6c2", series0 + 5: "#e5c07b"}

// SVG writes the block as a picture, title for those who cannot see it.
func (b *Block) SVG(w io.Writer, title string) error {
	var out strings.Builder
	head(&out, b.W, b.H, title, "")
	for y := range b.H {
		b.svgLine(&out, y)
	}
	out.WriteString("</svg>\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// svgLine writes the runs of one line that are not blank.
func (b *Block) svgLine(out *strings.Builder, y int) {
	for x := 0; x < b.W; {
		s, from := b.At(x, y).Style, x
		var run strings.Builder
		for ; x < b.W && b.At(x, y).Style == s; x++ {
			if r := b.At(x, y).Rune; r != 0 {
				run.WriteRune(r)
			}
		}
		left := margin + from*cellW
		if s == Select {
			fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="%d" fill="#d8dee9"/>`, left, margin+y*cellH, (x-from)*cellW, cellH)
		}
		text := run.String()
		if lead := len(text) - len(strings.TrimLeft(text, " ")); lead > 0 {
			text, left = text[lead:], left+lead*cellW
		}
		if text = strings.TrimRight(text, " "); text == "" {
			continue
		}
		// A fixed length holds the columns whatever font is found.
		fmt.Fprintf(out, `<text class="%c" x="%d" y="%d" textLength="%d">%s</text>`+"\n", 'a'+s, left, margin+y*cellH+13, Width(text)*cellW, html.EscapeString(text))
	}
}
