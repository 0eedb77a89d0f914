package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"faultline/correlate"
)

// bundled is what a bundle of one tool, or all other files, hold.
type bundled struct {
	tool  string
	taken string
	nodes map[string]bool
	pods  map[string]*podFiles
	aside map[string]int // formats that were recognised and say nothing here
	lost  []string       // files that nothing understood
}

// podFiles are the files of one pod.
type podFiles struct {
	name, node string
	what       []string // containers with their run, and other formats
	events     uint64
}

// writeContents writes what a support bundle holds, tool by tool and pod by
// pod; nothing for files of no tool.
func writeContents(w io.Writer, c *correlate.Case, list []Source) error {
	groups := byBundle(c, list)
	for _, g := range groups {
		if g.tool == "" {
			continue
		}
		title := g.tool
		if g.taken != "" {
			title += " of " + g.taken
		}
		fmt.Fprintf(w, "%s: %s, %s\n", title, counted(machines(g.nodes), "node"), counted(len(g.pods), "pod"))
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		var pods []*podFiles
		for _, p := range g.pods {
			pods = append(pods, p)
		}
		slices.SortFunc(pods, func(a, b *podFiles) int { return cmp.Compare(a.name, b.name) })
		for _, p := range pods {
			on := ""
			if p.node != "" {
				on = "on " + Clean(p.node)
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", Clean(p.name), on, counted(int(p.events), "event"), Clean(strings.Join(p.what, ", ")))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		g.rest(w)
		fmt.Fprintln(w)
	}
	return nil
}

// machines counts nodes, one whose name stands with and without its domain once.
func machines(names map[string]bool) (n int) {
	for name := range names {
		short, _, full := strings.Cut(name, ".")
		if !full || !names[short] {
			n++
		}
	}
	return n
}

// rest says what of a bundle was recognised and not needed, and what not
// understood.
func (g *bundled) rest(w io.Writer) {
	var known []string
	for format, n := range g.aside {
		known = append(known, fmt.Sprintf("%s (%d)", format, n))
	}
	if slices.Sort(known); len(known) > 0 {
		fmt.Fprintf(w, "  recognised, and nothing in it was an event: %s\n", strings.Join(known, ", "))
	}
	if len(g.lost) > 0 {
		fmt.Fprintf(w, "  not understood: %s, such as %s\n", counted(len(g.lost), "file"), Clean(g.lost[0]))
	}
}

// byBundle sorts the sources by the tool whose bundle they are in.
func byBundle(c *correlate.Case, list []Source) []*bundled {
	byTool := map[string]*bundled{}
	var out []*bundled
	for i := range list {
		tool := text(list[i].Bundle)
		if byTool[tool] == nil {
			byTool[tool] = &bundled{tool: tool, nodes: map[string]bool{}, pods: map[string]*podFiles{}, aside: map[string]int{}}
			out = append(out, byTool[tool])
		}
		byTool[tool].add(c, &list[i])
	}
	return out
}

// add adds one source.
func (g *bundled) add(c *correlate.Case, s *Source) {
	if at, ok := c.TakenAt(s.Path); ok && g.taken == "" {
		g.taken = time.Unix(0, int64(at)).UTC().Format("2006-01-02 15:04")
	}
	if s.Node != nil {
		g.nodes[*s.Node] = true
	}
	switch {
	case s.Pod != "":
		name := strings.TrimPrefix(s.Namespace+"/"+s.Pod, "/")
		p := g.pods[name]
		if p == nil {
			p = &podFiles{name: name}
			g.pods[name] = p
		}
		p.node, p.events = cmp.Or(p.node, text(s.Node)), p.events+s.Events
		what := cmp.Or(s.Container, s.Format, "not understood")
		if s.Life != nil {
			what += " (" + *s.Life + ")"
		}
		if !slices.Contains(p.what, what) {
			p.what = append(p.what, what)
		}
	case s.Format == "" && s.Lines > 0:
		g.lost = append(g.lost, s.Path)
	case s.Format != "" && s.Events == 0 && s.Duplicate == 0:
		g.aside[s.Format]++
	}
}
