package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

// beside names the file or folder next to a path that is not there which is
// nearest to it.
func beside(missing string) string {
	dir, base := filepath.Split(filepath.Clean(missing))
	list, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		if up := beside(filepath.Clean(dir)); dir != "" && up != "" {
			return beside(filepath.Join(up, base))
		}
		return ""
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	if near := words.Nearest(base, names); near != "" {
		return dir + near
	}
	return ""
}

// unmatched warns of globs that name nothing of what was read, and says what is
// nearest: a filter that is misspelled answers with silence, which looks like
// an answer.
func (a *app) unmatched(c *correlate.Index, o *correlate.Options) {
	var paths, bases []string
	for i := range c.Sources {
		paths, bases = append(paths, c.Sources[i].Path), append(bases, path.Base(c.Sources[i].Path))
	}
	for _, s := range a.flags.sources {
		glob, _, _ := strings.Cut(s, "=")
		a.named("--source", glob, "source", paths, bases)
	}
	for _, s := range c.Unmatched(*o) {
		a.warn("%s", s)
	}
	a.unmatchedKind(c)
}

// unmatchedKind warns of --kind where no event that was read is of it, and tells
// a kind that is none from one that this dump has nothing of.
func (a *app) unmatchedKind(c *correlate.Index) {
	if a.flags.kind == "" {
		return
	}
	var read []string
	seen := map[parse.Kind]bool{}
	for s := range c.Streams {
		for i := range c.Streams[s].Events {
			if k := c.Streams[s].Events[i].Kind; !seen[k] {
				seen[k] = true
				read = append(read, c.KindName(k))
			}
		}
	}
	all := make([]string, 0, len(parse.Kinds()))
	for _, k := range parse.Kinds() {
		all = append(all, k.String())
	}
	isKind := func(n string) bool { return correlate.Glob(a.flags.kind, n) }
	if slices.ContainsFunc(all, isKind) && !slices.ContainsFunc(read, isKind) {
		slices.Sort(read)
		a.warn("--kind %s: no event of that kind was read; these were: %s", a.flags.kind, strings.Join(read, ", "))
		return
	}
	a.named("--kind", a.flags.kind, "kind", read, all)
}

// named warns if a glob matches none of the names.
func (a *app) named(flag, glob, what string, lists ...[]string) {
	var all []string
	for _, list := range lists {
		for _, n := range list {
			if correlate.Glob(glob, n) {
				return
			}
			all = append(all, n)
		}
	}
	said, tails := "", make([]string, len(all))
	for i, n := range all { // a glob is compared with as many last elements of a path as it has
		parts := strings.Split(n, "/")
		tails[i] = strings.Join(parts[max(len(parts)-1-strings.Count(glob, "/"), 0):], "/")
	}
	if near := words.Nearest(glob, tails); near != "" {
		said = "; the nearest is " + all[slices.Index(tails, near)]
	}
	a.warn("%s %s: no %s has that name%s", flag, glob, what, said)
}
