package correlate

import (
	"path"

	"faultline/parse"
)

// bundlesOf says of each source which tool's bundle it is in. A path alone
// cannot: tools copy folders that others lay out, and people lay out files as
// some tool does. So the files of a folder are settled together: the surest
// claim within it holds for all of them, the nearest of several as sure, then
// the tool that claims most files.
func bundlesOf(c *parse.Capture) []string {
	roots := map[string]claims{}
	for i := range c.Sources {
		if o := &c.Sources[i].Owner; o.Claim > parse.ClaimLoose {
			if roots[o.Root] == nil {
				roots[o.Root] = claims{}
			}
			roots[o.Root][claimed{o.Bundle, o.Claim}]++
		}
	}
	within := map[string]settled{}
	out := make([]string, len(c.Sources))
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.Bundle != "" && s.Claim == parse.ClaimSettled {
			out[i] = s.Bundle
			continue
		}
		// A block of a Prometheus is a folder itself, as is an archive.
		out[i] = settle(s.Path, roots, within).tool
	}
	return out
}

// claimed is a tool, and how sure a layout is of it.
type claimed struct {
	tool  string
	claim parse.Claim
}

// claims counts the files whose layout says so.
type claims map[claimed]int

// settled is the best claim about a folder.
type settled struct {
	claimed
	files int
}

// settle finds the best claim about a path, in its own folder and those above.
func settle(at string, roots map[string]claims, within map[string]settled) (best settled) {
	if known, ok := within[at]; ok {
		return known
	}
	if dir := path.Dir(at); dir != at {
		best = settle(dir, roots, within)
	}
	var own settled
	for c, n := range roots[at] {
		if s := (settled{c, n}); s.surer(own) {
			own = s
		}
	}
	if own.claim >= best.claim && own.tool != "" {
		best = own
	}
	within[at] = best
	return best
}

// surer orders claims about one folder, always the same way.
func (s settled) surer(than settled) bool {
	switch {
	case s.claim != than.claim:
		return s.claim > than.claim
	case s.files != than.files:
		return s.files > than.files
	}
	return s.tool < than.tool || than.tool == ""
}
