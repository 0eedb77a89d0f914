package kubelet

import (
	"bytes"
	"math"

	"faultline/parse/lex"
)

// old reads what follows the first age of a row as kubectl 1.13 and before
// printed it: LASTSEEN FIRSTSEEN COUNT NAME KIND SUBOBJECT TYPE REASON SOURCE
// MESSAGE. The name is the event's own since 1.9, before that the object's.
func (r *row) old(rest []byte) bool {
	word, rest := next(rest)
	first, ok := readAge(word)
	if !ok || r.undated {
		return false
	}
	count, rest := next(rest)
	n, w, ok := lex.Digits(count)
	if !ok || w != len(count) {
		return false
	}
	name, rest := next(rest)
	kind, rest := next(rest)
	if part, after := next(rest); isPart(part) {
		r.part, rest = part, after
	}
	r.kind, rest = next(rest)
	r.reason, rest = next(rest)
	if len(name) == 0 || !isWord(kind) || !isType(r.kind) || !isWord(r.reason) {
		return false
	}
	if _, ok := hexTime(name); ok {
		r.name, name = name, name[:bytes.LastIndexByte(name, '.')]
	}
	r.object = append(append(bytes.Clone(kind), '/'), name...)
	r.table, r.older = true, true
	r.first, r.count = first, uint32(min(max(n, 1), math.MaxUint32))
	r.oldOrigin(rest)
	return len(r.message) > 0
}

// oldOrigin splits the source from the message. Before 1.6 the source is
// printed as "{kubelet 10.3.0.56}".
func (r *row) oldOrigin(b []byte) {
	r.spaced = gap(b) == 0
	b = trim(b)
	if end := bytes.IndexByte(b, '}'); has(b, "{") && end > 0 {
		component, host, _ := bytes.Cut(b[1:end], []byte{' '})
		r.from = bytes.Clone(component)
		if host = trim(host); len(host) > 0 {
			r.from = append(append(r.from, ", "...), host...)
		}
		r.message = trim(b[end+1:])
		return
	}
	r.origin(b)
}
