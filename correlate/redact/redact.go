// Package redact makes a case safe to hand to a stranger: names, addresses and
// identifiers become pseudonyms that keep their type and their relations, and
// secrets are taken out.
//
// A pseudonym is a keyed hash (HMAC-SHA256, RFC 2104) of what it stands for:
// equal stays equal, within a case and, with the same key, between cases, and
// nobody without the key can try names out. It has the shape of its original,
// so that a redacted log is read, judged and drawn as before:
// "billing.shop.svc.cluster.local:80" becomes
// "svc-k7x2m9qd.ns-b4zr8wtn.svc.cluster.local:80", a pod keeps the name of its
// owner and an address stays an address (in 240.0.0.0/4 and 2001:db8::/32,
// which belong to nobody).
//
// What is known by its type comes first: the capture's identities, targets,
// labels and facts. Detectors then look for what no format told apart. What
// logs themselves are written in stays: versions, ports, times, the words of
// the formats, and the names that every cluster has.
package redact

import (
	"bytes"
	"sync"

	"faultline/parse"
)

// Redactor replaces what identifies. It may be used from several goroutines.
type Redactor struct {
	key   []byte
	mu    sync.Mutex
	to    map[string]string // original, in small letters, to pseudonym
	taken map[string]bool   // pseudonyms
	names *dictionary       // what is looked for in text
	found map[string]Class  // originals as they stood, for the map and the proof
	own   map[string]bool   // words of this capture's metrics and labels
	paths map[string]string
	small []byte          // scratch: text in small letters
	met   map[string]bool // what lines told by their keys, and was taken
}

// New makes a redactor that knows every name that the capture holds. The key
// is any number of random bytes.
func New(key []byte, c *parse.Capture) *Redactor {
	r := &Redactor{key: bytes.Clone(key), to: map[string]string{}, taken: map[string]bool{}, names: newDictionary(),
		found: map[string]Class{}, own: map[string]bool{}, paths: map[string]string{}, met: map[string]bool{}}
	if c != nil {
		r.collect(c)
	}
	return r
}

// Learn looks at a line for names that only a line tells. All lines that will
// be redacted are best shown to it first: a name is then replaced even where
// it stands without a sign of what it is.
func (r *Redactor) Learn(line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learn(line)
}

// Name gives the pseudonym of one field of a capture: an identity, a target, a
// label's value, the path of a source.
func (r *Redactor) Name(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.paths[s]; ok {
		return p
	}
	return string(r.line([]byte(s), nil))
}

// Path gives the pseudonym of a path: of what it holds, only what is known to
// say nothing stays.
func (r *Redactor) Path(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.path(s)
}

// Line redacts a line. What it gives is no longer than it must be, and a line
// that holds nothing comes back as it is.
func (r *Redactor) Line(line []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.line(line, nil)
}

// Map gives every original with its pseudonym, for whoever keeps the key.
// Secrets have none.
func (r *Redactor) Map() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]string{}
	for o, class := range r.found {
		if class != Secret {
			out[o] = r.to[lower(o)]
		}
	}
	return out
}

// Originals lists, in order, what must not stand in the result. Names that are
// ordinary words ("orders") are replaced, but are not in the list: the
// report's own sentences hold them.
func (r *Redactor) Originals() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for o := range r.found {
		if !r.ordinary(o) {
			out = append(out, o)
		}
	}
	return sorted(out)
}

// Counts says how many originals of each class were replaced, and how many of
// them are ordinary words, whose absence is not proved.
func (r *Redactor) Counts() (classes map[string]int, ordinary int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	classes = map[string]int{}
	for o, class := range r.found {
		classes[class.String()]++
		if r.ordinary(o) {
			ordinary++
		}
	}
	return classes, ordinary
}

// line replaces, from left to right, whatever stands at the beginning of a
// word. other, when not nil, is given the words that nothing is known of.
func (r *Redactor) line(in []byte, other func(word []byte) string) []byte {
	in = r.secrets(in)
	var out []byte
	kept := 0
	for i := 0; i < len(in); {
		if !begins(in, i) {
			i++
			continue
		}
		n, p := r.at(in, i)
		if n == 0 {
			n = 1
			if wordByte(in[i]) && (other != nil || i == 0 || in[i-1] != '\\' && in[i-1] != '%') {
				n = wordEnd(in, i) - i // behind an escape a word begins within
			}
			if other != nil && wordByte(in[i]) {
				p = other(in[i : i+n])
			}
		}
		if p != "" {
			out = append(append(out, in[kept:i]...), p...)
			kept = i + n
		}
		i += n
	}
	if kept == 0 {
		return in
	}
	return append(out, in[kept:]...)
}

// at reads what stands at a place: n bytes that p replaces. With n and no p,
// they stay as they are; with neither, nothing is known of them.
func (r *Redactor) at(b []byte, i int) (n int, p string) {
	if plain(b, i) || i > 0 && b[i-1] == '%' && pattern(b[i:], "hh") { // an escape ends before a host begins
		n, p, _ = r.names.at(b, i)
		return n, p
	}
	if n := module(b[i:]); n > 0 {
		return n, ""
	}
	for _, detect := range detectors {
		if n, class, ok := detect(b, i); ok {
			s := string(b[i : i+n])
			if r.taken[lower(s)] {
				return n, ""
			}
			return n, r.replace(class, s)
		}
	}
	if n, p := r.host(b, i); n > 0 {
		return n, p
	}
	n, p, known := r.names.at(b, i)
	if pod := podShape(b[i:]); pod > n {
		if s := string(b[i : i+pod]); !r.taken[s] {
			return pod, r.replace(Pod, s)
		}
		return pod, ""
	}
	if known {
		return n, p
	}
	return 0, ""
}
