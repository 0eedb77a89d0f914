package correlate

import (
	"path"
	"strings"
)

// matches says whether a glob names a stream: its source or its pod.
func (ix *Index) matches(glob string, stream int) bool {
	names := ix.namesOf(stream)
	return namesOne(glob, names[:]...)
}

// namesOf are what a stream can be called: some may be empty.
func (ix *Index) namesOf(stream int) [4]string {
	p, who := ix.Sources[ix.Streams[stream].Source].Path, &ix.Who[stream]
	return [...]string{p, path.Base(p), who.Pod + "/" + who.Container, who.Pod}
}

// namesSource says whether a glob names a source, with its folders or without.
func (ix *Index) namesSource(glob string, source uint32) bool {
	p := ix.Sources[source].Path
	return namesOne(glob, p, path.Base(p))
}

func namesOne(glob string, names ...string) bool {
	for _, name := range names {
		if len(glob) != len(name) && plain(glob) {
			continue // a quick look at each of thousands of streams
		}
		if ok, err := path.Match(glob, name); err == nil && ok && name != "" && name != "/" {
			return true
		}
	}
	return false
}

// plain says that a glob is a name and no pattern.
func plain(glob string) bool { return !strings.ContainsAny(glob, `*?[\`) }

// named lists the streams that a glob names, in their order. A plain name is looked
// up: where each of thousands of streams has an anchor of its own, a look at all of
// them for each is millions of comparisons a judgement. The list is the index's own.
func (ix *Index) named(glob string) (out []int) {
	if !plain(glob) {
		for s := range ix.Streams {
			if ix.matches(glob, s) {
				out = append(out, s)
			}
		}
		return out
	}
	ix.names.Do(func() {
		ix.byName = map[string][]int{}
		for s := range ix.Streams {
			for _, name := range ix.namesOf(s) {
				if had := ix.byName[name]; name != "" && name != "/" && (len(had) == 0 || had[len(had)-1] != s) {
					ix.byName[name] = append(had, s)
				}
			}
		}
	})
	return ix.byName[glob]
}

// meant lists the streams that a glob names, of one life of their process or, for -1, of any.
func (ix *Index) meant(glob string, life int) (out []int) {
	for _, s := range ix.named(glob) {
		if life < 0 || life == ix.Streams[s].Life {
			out = append(out, s)
		}
	}
	return out
}

// anchorsOf are the numbers of the anchors that the user gave each stream.
func (ix *Index) anchorsOf(o *Options) [][]int {
	out := make([][]int, len(ix.Streams))
	for i := range o.Anchors {
		r := &o.Anchors[i]
		for _, s := range ix.meant(r.Glob, r.Life) {
			out[s] = append(out[s], i)
		}
	}
	return out
}
