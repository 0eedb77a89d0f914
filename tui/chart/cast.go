package chart

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"
)

// Frame is a block that stands for a while in a picture that moves.
type Frame struct {
	*Block
	Stands time.Duration
}

// Cast writes frames as one picture that shows one after the other, again and
// again, with nothing but a style that moves. A line that stays the same is
// written once. Whoever asks for less motion sees the first frame.
func Cast(w io.Writer, frames []Frame, title string) error {
	wide, high, total := 0, 0, time.Duration(0)
	for _, f := range frames {
		wide, high, total = max(wide, f.W), max(high, f.H), total+f.Stands
	}
	var body, style strings.Builder
	shown := map[string]bool{}
	for y := range high {
		written := make([]string, len(frames))
		for i, f := range frames {
			written[i] = f.line(y)
		}
		for from, i := 0, 1; i <= len(frames); i++ {
			if i < len(frames) && written[i] == written[from] {
				continue
			}
			if written[from] != "" {
				name := visible(frames, from, i, total, shown, &style)
				fmt.Fprintf(&body, "<g%s>\n%s</g>\n", name, written[from])
			}
			from = i
		}
	}
	var out strings.Builder
	head(&out, wide, high, title, style.String()+"@media (prefers-reduced-motion:reduce){g{animation:none!important}}")
	out.WriteString(body.String())
	out.WriteString("</svg>\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// visible is the class of what is shown from one frame up to another, "" for
// what always is; its style is written once.
func visible(frames []Frame, from, to int, total time.Duration, shown map[string]bool, style *strings.Builder) string {
	if from == 0 && to == len(frames) {
		return ""
	}
	name := fmt.Sprintf("f%d-%d", from, to)
	if !shown[name] {
		shown[name] = true
		share := func(n int) float64 {
			at := time.Duration(0)
			for _, f := range frames[:n] {
				at += f.Stands
			}
			return 100 * at.Seconds() / total.Seconds()
		}
		first := 0
		if from == 0 {
			first = 1
		}
		fmt.Fprintf(style, "@keyframes %s{0%%{opacity:%d}", name, first)
		if from > 0 {
			fmt.Fprintf(style, "%.3f%%{opacity:1}", share(from))
		}
		if to < len(frames) {
			fmt.Fprintf(style, "%.3f%%{opacity:0}", share(to))
		}
		fmt.Fprintf(style, "}.%s{opacity:%d;animation:%s %.2fs step-end infinite}\n", name, first, name, total.Seconds())
	}
	return fmt.Sprintf(` class="%s"`, name)
}

// line is one line as a picture writes it, "" where it is blank.
func (b *Block) line(y int) string {
	var out strings.Builder
	if y < b.H {
		b.svgLine(&out, y)
	}
	return out.String()
}

// head begins a picture of so many cells.
func head(out *strings.Builder, columns, rows int, title, style string) {
	width, height := columns*cellW+2*margin, rows*cellH+2*margin
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" xml:space="preserve" font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="13">`+"\n", width, height)
	fmt.Fprintf(out, "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#1d2129\"/>\n<style>", html.EscapeString(title), width, height)
	for s := range styleCount {
		fmt.Fprintf(out, ".%c{fill:%s}", 'a'+s, paints[s])
	}
	out.WriteString("text{white-space:pre}" + style + "</style>\n")
}
