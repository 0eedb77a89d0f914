package report

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// canvas is a drawing in SVG. Colours and fonts are the page's: elements have
// classes only, so that one drawing serves light, dark and paper.
type canvas struct {
	strings.Builder
	width, height float64
}

func newCanvas(width float64) *canvas { return &canvas{width: width} }

// num prints a coordinate to a tenth of a pixel.
func num(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

func (v *canvas) rect(class string, x, y, w, h float64, title string) {
	fmt.Fprintf(v, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"`, class, num(x), num(y), num(w), num(h))
	v.close("rect", title)
}

// close ends an element, with what a pointer over it is shown.
func (v *canvas) close(element, title string) {
	if title == "" {
		v.WriteString("/>")
		return
	}
	fmt.Fprintf(v, "><title>%s</title></%s>", html.EscapeString(title), element)
}

func (v *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(v, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, num(x1), num(y1), num(x2), num(y2))
}

// text writes a label; anchor is start, middle or end.
func (v *canvas) text(class string, x, y float64, anchor, s string) {
	fmt.Fprintf(v, `<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, num(x), num(y), anchor, html.EscapeString(s))
}

// dot is a small circle.
func (v *canvas) dot(class string, x, y, r float64, title string) {
	fmt.Fprintf(v, `<circle class="%s" cx="%s" cy="%s" r="%s"`, class, num(x), num(y), num(r))
	v.close("circle", title)
}

// svg is the whole drawing; label says what it shows to who cannot see it.
func (v *canvas) svg(class, label string) string {
	return fmt.Sprintf(`<svg class="%s" viewBox="0 0 %s %s" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">%s</svg>`,
		class, num(v.width), num(v.height), html.EscapeString(label), v.String())
}

// hatches are the patterns of what was not captured, once for the page:
// leaning one way where proxies are missing, the other way for controllers.
const hatches = `<svg class="defs" width="0" height="0" aria-hidden="true"><defs>` +
	`<pattern id="no-proxy" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>` +
	`<pattern id="no-controller" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>` +
	`</defs></svg>`
