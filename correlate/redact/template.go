package redact

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"
)

// templates remember by a hash what came of lines, so that one that differs from them
// in numbers alone need not be gone through again.
type templates struct {
	seed    maphash.Seed
	learned map[uint64]bool   // told all that they tell
	edits   map[uint64][]edit // what was done to them
	then    int               // how much was known when that was remembered
	text    []byte            // scratch
	numbers []span
}

func newTemplates() templates {
	return templates{seed: maphash.MakeSeed(), learned: map[uint64]bool{}, edits: map[uint64][]edit{}}
}

// mostTemplates bounds how many are remembered, at some 50 bytes and what is replaced.
const mostTemplates = 1 << 18

// of gives the hash of a line in which each number by itself, such as a time, a port
// behind a blank or a duration, is as many noughts, and where these numbers are.
// Addresses are numbers if that is asked for.
func (t *templates) of(line []byte, addresses bool) (print uint64, numbers []span) {
	t.text, t.numbers = append(t.text[:0], line...), numbersIn(t.numbers[:0], line, addresses)
	for _, n := range t.numbers {
		for k := n.from; k < n.to; k++ {
			if figure(line[k]) {
				t.text[k] = '0'
			}
		}
	}
	return maphash.Bytes(t.seed, t.text), t.numbers
}

// numbersIn appends where each number by itself is in a line, see [templates.of].
func numbersIn(to []span, line []byte, addresses bool) []span {
	for i := 0; i < len(line); i++ {
		if !figure(line[i]) {
			continue
		}
		end, dots, longest, last := i, 0, 0, i
		for end < len(line) && (figure(line[end]) || (line[end] == '.' || line[end] == ':') && end+1 < len(line) && figure(line[end+1])) {
			if line[end] == '.' {
				dots++
			}
			if !figure(line[end]) {
				last = end + 1
			}
			longest = max(longest, end+1-last)
			end++
		}
		if numberBegins(line, i, longest) && numberEnds(line[end:]) && (addresses || dots < 2) {
			to = append(to, span{i, end})
		}
		i = end
	}
	return to
}

// numberBegins says whether a number by itself may begin at i, which is never within a
// name, as "cart-2" and "node.7" hold one, and no port of a name. A long one behind a
// key may be an address.
func numberBegins(b []byte, i, figures int) bool {
	const long = 8
	if i == 0 {
		return true
	}
	switch b[i-1] {
	case '[': // the first byte of an address tells it
		return figures > len("255") || !firstOfPrivate[string(b[i:min(len(b), i+figures)])]
	case ' ', '\t', '(', ',':
		return true
	case '=', ':', '"':
		return figures < long && (i < 2 || b[i-1] != ':' || !wordByte(b[i-2]))
	case 'T':
		return i > 1 && figure(b[i-2])
	}
	return false
}

// numberEnds says whether a number by itself may end before b, with a unit.
func numberEnds(b []byte) bool {
	for _, unit := range [...]string{"", "ms", "s", "Z", "us", "µs", "ns", "m", "h"} {
		if len(b) == len(unit) || len(b) > len(unit) && strings.IndexByte(" \t])},:;\"'\\", b[len(unit)]) >= 0 {
			if string(b[:len(unit)]) == unit {
				return true
			}
		}
	}
	return false
}

// addresses learns the addresses of a line of which all else is known.
func (r *Redactor) addresses(b []byte) {
	for i := range b {
		if figure(b[i]) && begins(b, i) {
			if n, class, ok := inet4(b, i); ok {
				r.unless(class, b[i:i+n])
			}
		}
	}
}

// again does to a line what was done to one that differs from it in numbers alone,
// and goes through the first of them. All is forgotten when more is known, and nothing is
// remembered where a number is what was replaced, or may be an original.
func (r *Redactor) again(line []byte) []byte {
	t := &r.templates
	print, numbers := t.of(line, false)
	if list, ok := t.edits[print]; ok && t.then == r.size() {
		return apply(line, list)
	}
	numbers = slices.Clone(numbers)
	list := r.changes(line, nil, maxNested)
	if size := r.size(); t.then != size {
		t.then = size
		clear(t.edits)
	}
	if !r.names.numeric && len(t.edits) < mostTemplates && !meet(list, numbers) {
		t.edits[print] = cloned(list)
	}
	return apply(line, list)
}

// meet says whether one of some edits is made where one of some numbers is.
func meet(list []edit, numbers []span) bool {
	for _, e := range list {
		for _, n := range numbers {
			if e.from < n.to && n.from < e.to {
				return true
			}
		}
	}
	return false
}

// size is how much is known of originals.
func (r *Redactor) size() int { return len(r.to) + len(r.found) + r.names.size }

// cloned copies edits, whose texts may be of a scratch.
func cloned(list []edit) []edit {
	out := make([]edit, len(list))
	for i, e := range list {
		out[i] = edit{e.from, e.to, bytes.Clone(e.put)}
	}
	return out
}
