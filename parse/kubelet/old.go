package kubelet

import (
	"bytes"
	"math"

	"faultline/parse/lex"
)

// old reads what follows the first age of a row as kubectl 1.13 and before
// printed it: LASTSEEN FIRSTSEEN COUNT NAME KIND SUBOBJECT TYPE REASON SOURCE
// MESSAGE. The name is the event's own since 1.9, before that the object's.
// Describe had FirstSeen LastSeen Count From SubObjectPath Type Reason Message.
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
	r.older, r.first = true, first
	if r.count = uint32(min(max(n, 1), math.MaxUint32)); r.first.lo < r.last.lo {
		r.first, r.last = r.last, r.first // FIRSTSEEN stands before LASTSEEN in the oldest
	}
	if r.oldDescribed(rest) {
		return true
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
	r.table = true
	r.oldOrigin(rest)
	return len(r.message) > 0
}

// oldDescribed reads what follows the count in a row of `kubectl describe` of
// that time: From SubObjectPath Type Reason Message. Its source stands where
// the tables of `get events` have a name and a kind.
func (r *row) oldDescribed(b []byte) bool {
	b = trim(b)
	source, rest := next(b)
	switch {
	case has(source, "{"):
		end := bytes.IndexByte(b, '}')
		if end < 0 {
			return false
		}
		source, rest = b[:end+1], b[end+1:]
	case bytes.HasSuffix(source, []byte{','}):
		_, rest = next(rest)
		source = b[:len(b)-len(rest)]
	}
	part, after := next(rest)
	if isPart(part) {
		rest = after
	}
	kind, rest := next(rest)
	reason, rest := next(rest)
	if !isType(kind) || !isWord(reason) || len(trim(rest)) == 0 {
		return false
	}
	if isPart(part) {
		r.part = part
	}
	r.kind, r.reason, r.message = kind, reason, trim(rest)
	r.from = braced(source)
	return true
}

// braced is a source as later releases print it: "{kubelet 10.3.0.56}" was
// "kubelet, 10.3.0.56" before 1.6.
func braced(b []byte) []byte {
	if !has(b, "{") {
		return b
	}
	component, host, _ := bytes.Cut(bytes.Trim(b, "{}"), []byte{' '})
	if host = trim(host); len(host) == 0 {
		return component
	}
	return append(append(bytes.Clone(component), ", "...), host...)
}

// oldOrigin splits the source from the message. Before 1.6 the source is
// printed as "{kubelet 10.3.0.56}".
func (r *row) oldOrigin(b []byte) {
	r.spaced = gap(b) == 0
	b = trim(b)
	if end := bytes.IndexByte(b, '}'); has(b, "{") && end > 0 {
		r.from, r.message = braced(b[:end+1]), trim(b[end+1:])
		return
	}
	r.origin(b)
}
