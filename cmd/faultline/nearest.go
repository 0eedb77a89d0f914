package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// nearest is the name that is least far from a word, "" if none is near enough
// that it could have been meant: at most a third of the word is different.
// What a glob leaves open costs nothing.
func nearest(word string, names []string) string {
	best, least := "", max(len([]rune(word))/3, 1)+1
	for _, n := range names {
		if d := distance(word, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be changed, added, taken out or swapped
// with the next to make b of a (optimal string alignment); a star of a stands
// for any letters, and case does not count.
func distance(a, b string) int {
	from, to := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		for j := range rows[i] {
			switch {
			case i == 0:
				rows[i][j] = j
			case from[i-1] == '*':
				rows[i][j] = rows[i-1][j]
				if j > 0 {
					rows[i][j] = min(rows[i][j], rows[i][j-1])
				}
			case j == 0:
				rows[i][j] = rows[i-1][j] + 1
			default:
				rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ(from[i-1], to[j-1]))
				if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
					rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
				}
			}
		}
	}
	return rows[len(from)][len(to)]
}

func differ(a, b rune) int {
	if a == b || a == '?' {
		return 0
	}
	return 1
}

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
	if near := nearest(base, names); near != "" {
		return dir + near
	}
	return ""
}

// unmatched warns of globs that name nothing of what was read, and says what is
// nearest: a filter that is misspelled answers with silence, which looks like
// an answer.
func (a *app) unmatched(c *correlate.Index) {
	var paths, bases, pods, spaces []string
	for i := range c.Sources {
		paths, bases = append(paths, c.Sources[i].Path), append(bases, path.Base(c.Sources[i].Path))
	}
	seen := map[correlate.Identity]bool{}
	note := func(who correlate.Identity) {
		if !seen[who] {
			seen[who] = true
			pods, spaces = append(pods, who.Pod, who.Pod+"/"+who.Container), append(spaces, who.Namespace)
		}
	}
	for s := range c.Streams {
		note(c.Who[s])
		if a.flags.namespace == "" && a.flags.pod == "" {
			continue
		}
		for i := range c.Streams[s].Events { // those of the API name others than who wrote them
			note(c.Whose(correlate.Point{Stream: uint32(s), Event: uint32(i)}))
		}
	}
	for _, s := range a.flags.sources {
		glob, _, _ := strings.Cut(s, "=")
		a.named("--source", glob, "source", paths, bases)
	}
	for _, s := range append(a.flags.anchors[:len(a.flags.anchors):len(a.flags.anchors)], a.flags.captured...) {
		if glob, _, ok := strings.Cut(s, "="); ok {
			glob, _, _ = strings.Cut(glob, "#")
			if at := strings.LastIndexByte(glob, ':'); at > 0 && strings.Trim(glob[at+1:], "0123456789") == "" {
				glob = glob[:at]
			}
			a.named("a time for", glob, "source", paths, bases, pods)
		}
	}
	a.unmatchedKind(c)
	a.named("-n", a.flags.namespace, "namespace", spaces)
	a.named("--pod", a.flags.pod, "pod", pods)
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
	if near := nearest(glob, tails); near != "" {
		said = "; the nearest is " + all[slices.Index(tails, near)]
	}
	a.warn("%s %s: no %s has that name%s", flag, glob, what, said)
}
