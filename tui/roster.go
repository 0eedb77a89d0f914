package tui

import (
	"cmp"
	"path"
	"strings"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// roster tells processes apart: which of them each stream is, what of its name
// no other has, and which colour and glyph stand for it.
type roster struct {
	names []string // of each stream, safe to show
	own   []int    // how many bytes at the name's end no other name ends in
	which []int    // the process of each stream, counted from 0
	root  string   // the folder that all sources are in, with its slash
}

// newRoster names the streams of a case.
func newRoster(c *correlate.Case) *roster {
	r := &roster{names: make([]string, len(c.Streams)), own: make([]int, len(c.Streams)), which: make([]int, len(c.Streams))}
	r.root = rootOf(c)
	known := map[string]int{}
	ends := map[string]int{} // how many names end in this run of parts
	for s := range c.Streams {
		name := report.Clean(cmp.Or(c.Who[s].Pod, path.Base(c.SourceName(s))))
		r.names[s] = name
		if _, ok := known[name]; !ok {
			known[name] = len(known)
			for _, end := range endings(name) {
				ends[end]++
			}
		}
		r.which[s] = known[name]
	}
	for s, name := range r.names {
		r.own[s] = len(name)
		for _, end := range endings(name) {
			if ends[end] == 1 {
				r.own[s] = len(end)
				break
			}
		}
	}
	return r
}

// rootOf is the folder that all sources are in, "" where they share none.
func rootOf(c *correlate.Case) string {
	root := ""
	for s := range c.Sources {
		folder := c.Sources[s].Path[:strings.LastIndexByte(c.Sources[s].Path, '/')+1]
		if s == 0 {
			root = folder
		}
		for !strings.HasPrefix(folder, root) {
			root = root[:strings.LastIndexByte(strings.TrimSuffix(root, "/"), '/')+1]
		}
	}
	return root
}

// lineAt is where a line stands, without the folder that all sources are in.
func (m *Model) lineAt(r parse.Ref) string {
	return strings.TrimPrefix(report.Place(m.c, r), report.Clean(m.roster.root))
}

// sourceName is a stream's source without the folder that all sources are in.
func (m *Model) sourceName(stream int) string {
	return strings.TrimPrefix(report.Clean(m.c.SourceName(stream)), report.Clean(m.roster.root))
}

// endings are the ends of a name that begin behind one of its dashes, the
// shortest first, and the whole of it.
func endings(name string) (out []string) {
	for i := len(name) - 1; i > 0; i-- {
		if name[i-1] == '-' || name[i-1] == '/' {
			out = append(out, name[i:])
		}
	}
	return append(out, name)
}

// leastHead is how much of a name's beginning is worth showing.
const leastHead = 3

// name is a stream's name in w columns. Pods of one workload differ at their
// ends: a name that is too long loses its middle, and never what is its own.
func (r *roster) name(stream, w int, ascii bool) string {
	name := r.names[stream]
	if chart.Width(name) <= w {
		return name
	}
	end := name[len(name)-r.own[stream]:]
	if chart.Width(end)+1+leastHead > w {
		return chart.Fit(strings.TrimLeft(end, "-"), w, ascii)
	}
	dots := "…"
	if ascii {
		dots = "~"
	}
	room := w - 1 - chart.Width(end)
	head := name[:len(name)-len(end)]
	return head[:cutAt(head, room)] + dots + strings.TrimLeft(end, "-")
}

// glyph is the shape that stands for a stream's process, and its colour.
func (r *roster) glyph(stream int, g *chart.Glyphs) (rune, chart.Style) {
	i := r.which[stream]
	return g.Process[i%len(g.Process)], chart.Series(i)
}
