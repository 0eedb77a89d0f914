package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed head.html
	headHTML string // of every page: its policy among the rest
	//go:embed page.css
	pageCSS string

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"dash": dash, "upper": words.Upper, "figures": powers,
		"counted": counted}).Parse(headHTML + pageHTML))
)

// sheet is what page.html shows.
type sheet struct {
	*document
	Version string
	Policy  template.HTMLAttr // of the page's own security
	Style   template.CSS
	Hatches template.HTML
	Figures []drawn
	Sources []Source
	Zone    string
}

// drawn is one clock's figures, each for wide and for narrow screens.
type drawn struct {
	Title            string
	Timeline, Raster [2]template.HTML
	Own              [2]template.HTML // a row for each cycle of each replica: the proof
	OwnSaid          string
	Folded           string
	Legend           []labelled
	Hatches          []labelled
}

// WriteHTML writes the case as one page without scripts, pictures or fonts of
// its own: it can be opened years later, offline, and printed. Its policy
// forbids everything but its own style, should something from a log ever get
// past the escaping.
func WriteHTML(w io.Writer, c *correlate.Case, text Text, s Style, version string) error {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	page := sheet{document: newDocument(c, text, s, true), Version: version, Zone: s.Zone.String(),
		Policy: pagePolicy(), Style: template.CSS(pageCSS), Hatches: hatches}
	for _, f := range figures(c, s.Zone) {
		if f.wall {
			f.alerts(s.Rung)
		}
		page.Figures = append(page.Figures, f.draw())
	}
	page.Sources = Sources(c)
	for i := range page.Sources {
		page.Sources[i].Path = Clean(page.Sources[i].Path)
	}
	return pageTemplate.Execute(w, page)
}

// pagePolicy forbids a page everything but its own style.
func pagePolicy() template.HTMLAttr {
	sum := sha256.Sum256([]byte(pageCSS))
	// The browser hashes the element's text, which is the sheet as it is.
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return template.HTMLAttr(`content="` + policy + `"`)
}

var power = regexp.MustCompile(`\bp = (\d(?:\.\d+)?)e-0*(\d+)`)

// powers writes a small p as people do: 5.1 × 10⁻¹⁹.
func powers(s string) string {
	return power.ReplaceAllStringFunc(s, func(found string) string {
		m := power.FindStringSubmatch(found)
		var up strings.Builder
		for _, d := range m[2] {
			up.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d-'0'])
		}
		return "p\u00a0=\u00a0" + m[1] + "\u00a0×\u00a010⁻" + up.String()
	})
}

// widths of the drawings, in pixels.
const wideScreen, narrowScreen = 1040.0, 380.0

func (f *figure) draw() drawn {
	d := drawn{Title: f.title()}
	screens := []struct {
		class string
		width float64
	}{{"wide", wideScreen}, {"narrow", narrowScreen}}
	r, repeats := f.folded()
	for i, s := range screens {
		d.Timeline[i] = template.HTML(f.timeline(s.width).svg(s.class, "events over time, a lane for each kind"))
		if len(f.replicas) > 0 {
			d.Own[i] = template.HTML(f.own(s.width).svg(s.class, "stalls and failures by each replica's own ticks"))
			d.OwnSaid = f.ownSaid()
		}
		if repeats && len(f.replicas) == 0 {
			d.Raster[i] = template.HTML(f.raster(r, s.width).svg(s.class, "the same events folded, a row for each cycle"))
		}
	}
	if repeats && len(f.replicas) == 0 {
		d.Folded = r.caption()
	}
	for _, k := range []labelled{{"fail", "failures"}, {"sign", "failfast, no endpoints, refused"}, {"stall", "stalls"}, {"probe", "failed probes"}} {
		if slices.Contains(f.kinds(), k.Label) {
			d.Legend = append(d.Legend, k)
		}
	}
	if f.proxies != nil && (repeats || len(holes(f.proxies, f.from, f.to)) > 0) {
		d.Hatches = append(d.Hatches, labelled{"no-proxy", "no proxy captured"})
	}
	if f.controllers != nil && (repeats || len(holes(f.controllers, f.from, f.to)) > 0) {
		d.Hatches = append(d.Hatches, labelled{"no-controller", "no controller captured"})
	}
	return d
}

// title says which time a figure shows.
func (f *figure) title() string {
	if !f.wall {
		return "on a process's own clock, in seconds since its start"
	}
	from, to := f.at(f.from), f.at(f.to)
	if from.YearDay() == to.YearDay() && from.Year() == to.Year() {
		clock := "15:04"
		if f.to-f.from < 600 {
			clock = "15:04:05"
		}
		return from.Format("2 January 2006, "+clock) + " to " + to.Format(clock+" MST")
	}
	end := "2 January 15:04 MST"
	if from.Year() != to.Year() {
		end = "2 January 2006, 15:04 MST"
	}
	return from.Format("2 January 2006, 15:04") + " to " + to.Format(end)
}

// caption describes the raster.
func (r fold) caption() string {
	row := "Each row is one cycle"
	if r.each > 1 {
		row = fmt.Sprintf("Each row is %d cycles over each other", r.each)
	}
	if r.whose == "" {
		return row + " of ten minutes, counted on the clock: no period is claimed. What had this one would stand in a column."
	}
	s := row + " of " + strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", r.period), "0"), ".") + " s (" + r.whose + "): what has this period stands in a column"
	if r.onTick {
		return s + ", in the middle of the drawing. The band is five seconds to either side of it."
	}
	return s + ", each process in its own."
}
