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
	"slices"
	"strings"
	"sync"

	"faultline/parse"
)

// Redactor replaces what identifies. It may be used from several goroutines.
type Redactor struct {
	key       []byte
	mu        sync.Mutex
	to        map[string]string // original, in small letters, to pseudonym
	taken     map[string]bool   // pseudonyms
	names     *dictionary       // what is looked for in text
	found     map[string]Class  // originals as they stood, for the map and the proof
	sorted    []string          // most of them, in small letters
	own       map[string]bool   // words of this capture's metrics and labels
	paths     map[string]string
	small     []byte          // scratch: text in small letters
	met       map[string]bool // what lines told by their keys, and was taken
	keys      map[string]keyed
	templates templates
	matched   matched
	placed    map[string]bool // words of the formats that are names in their places
	waiting   map[string]bool // words of paths that nothing else tells
}

// New makes a redactor that knows every name that the capture holds. The key
// is any number of random bytes.
func New(key []byte, c *parse.Capture) *Redactor {
	r := &Redactor{key: bytes.Clone(key), to: map[string]string{}, taken: map[string]bool{}, names: newDictionary(),
		found: map[string]Class{}, own: map[string]bool{}, paths: map[string]string{}, met: map[string]bool{}, keys: map[string]keyed{},
		templates: newTemplates(), matched: newMatched(), placed: map[string]bool{}, waiting: map[string]bool{}}
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

// Add takes a name of which it is known from elsewhere what it is, such as a
// flag. Words that reports are made of stay.
func (r *Redactor) Add(class Class, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := (names{}); !r.ordinary(name) {
		n.add(r, class, name)
		r.take(n)
	}
}

// Cell looks at a cell of a table for the name that the head of its column says it is.
func (r *Redactor) Cell(column, cell string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cell == "" || !r.unmet([]byte(column), []byte(cell)) {
		return
	}
	n := names{}
	switch k := r.keyed([]byte(column)); {
	case k.kind == ofSecret:
		r.hide(cell, true)
	case hostColumns[lower(column)]:
		if host := lower(cell); name.FindString(host) == host {
			n.hostName(r, cell)
		}
	default:
		n.field(r, column, cell)
	}
	r.take(n)
}

// hostColumns are heads of columns that hold a host, and in a sentence are words.
var hostColumns = set("host source agent client peer")

// Name gives the pseudonym of one field of a capture: an identity, a target, a
// label's value, the path of a source.
func (r *Redactor) Name(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	return r.name(s)
}

func (r *Redactor) name(s string) string {
	if p, ok := r.paths[s]; ok {
		return p
	}
	return string(r.line([]byte(r.uncut(s)), nil))
}

// uncut takes the beginning of an original off the end of a text: a reason or an
// error that a parser kept may end in the middle of a word.
func (r *Redactor) uncut(s string) string {
	const least, text = 4, 32
	at := strings.LastIndexAny(s, " \t") + 1
	if len(s) < text || at == 0 {
		return s
	}
	if (len(r.sorted)+len(r.placed))*21/20 < len(r.found) {
		r.sorted = r.sorted[:0]
		for o := range r.found {
			if !r.placed[o] {
				r.sorted = append(r.sorted, lower(o))
			}
		}
		slices.Sort(r.sorted)
	}
	for end := lower(s[at:]); len(end) >= least; end = end[1:] {
		k, whole := slices.BinarySearch(r.sorted, end)
		if !whole && k < len(r.sorted) && strings.HasPrefix(r.sorted[k], end) {
			return s[:at] + cutOff
		}
	}
	return s
}

// Path gives the pseudonym of a path: of what it holds, only what is known to
// say nothing stays.
func (r *Redactor) Path(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	return r.path(s)
}

// Line redacts a line. What it gives is no longer than it must be, and a line
// that holds nothing comes back as it is.
func (r *Redactor) Line(line []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	return r.again(line)
}

// Map gives every original with its pseudonym, for whoever keeps the key.
// Secrets have none.
func (r *Redactor) Map() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
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
	r.settle()
	var out []string
	for o := range r.found {
		if !r.ordinary(o) && !r.placed[o] {
			out = append(out, o)
		}
	}
	return sorted(out)
}

// Class is what an original was taken for.
func (r *Redactor) Class(original string) Class {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.found[original]
}

// Counts says how many originals of each class were replaced, and how many of
// them are ordinary words, whose absence is not proved.
func (r *Redactor) Counts() (classes map[string]int, ordinary int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	classes = map[string]int{}
	for o, class := range r.found {
		classes[class.String()]++
		if r.ordinary(o) || r.placed[o] {
			ordinary++
		}
	}
	return classes, ordinary
}

// line replaces what a text says as it stands, and what it says in an encoding,
// see [views]. other, when not nil, is given the words that nothing is known of.
func (r *Redactor) line(in []byte, other func(word []byte) string) []byte {
	return apply(in, r.changes(in, other, maxNested))
}

// maxNested is how many encodings are taken off a text, one below the other.
const maxNested = 4

// changes are what [Redactor.line] does to a text.
func (r *Redactor) changes(in []byte, other func(word []byte) string, nested int) []edit {
	list := r.secrets(in)
	text := apply(in, list)
	also := func(then []edit) {
		if len(then) > 0 {
			list, text = compose(text, list, then), apply(text, then)
		}
	}
	also(r.inPlaces(text))
	also(r.edits(text, other))
	for i := range views {
		also(r.through(&views[i], text, nested))
	}
	also(r.blobs(text))
	return list
}

// edits replaces, from left to right, whatever stands at the beginning of a
// word.
func (r *Redactor) edits(in []byte, other func(word []byte) string) (out []edit) {
	for i := 0; i < len(in); {
		if !begins(in, i) {
			i++
			continue
		}
		if end := max(controlEnd(in, i), escapeEnd(in, i)); end > i {
			i = end
			continue
		}
		at := i
		n, p := r.at(in, i)
		if n == 0 && wordByte(in[i]) {
			end := wordEnd(in, i)
			if at, n, p = r.glued(in, i, end); n == 0 {
				at, n = i, end-i
				if other != nil {
					p = other(in[i:end])
				} else if i > 0 && (in[i] >= 0x80 || strings.IndexByte(`\%[;:?<=>`, in[i-1]) >= 0) {
					n = 1 // a word begins within, behind what an escape ends with
				}
			}
		}
		n = max(n, 1)
		if p != "" {
			out = append(out, edit{at, at + n, []byte(p)})
		}
		i = at + n
	}
	return out
}

// glued finds what has a shape of its own behind letters with which it is one
// word, as cAdvisor writes "pod<uid>" and people "v10.0.0.1".
func (r *Redactor) glued(b []byte, i, end int) (at, n int, p string) {
	if end-i > 8 {
		if n, class, ok := uid(b, end-8); ok {
			return end - 8, n, r.unless(class, b[end-8:end-8+n])
		}
		if bytes.HasPrefix(b[i:], []byte("pod")) {
			if n, class, ok := hash(b, i+3); ok {
				return i + 3, n, r.unless(class, b[i+3:i+3+n])
			}
		}
	}
	at = end
	for at > i && figure(b[at-1]) {
		at--
	}
	if at == i || at == end {
		return 0, 0, ""
	}
	if n, class, ok := inet4(b, at); ok {
		return at, n, r.unless(class, b[at:at+n])
	}
	return 0, 0, ""
}

// unless gives the pseudonym of an original, or nothing if it is a pseudonym
// itself.
func (r *Redactor) unless(class Class, original []byte) string {
	s := string(original)
	if class == UID && strings.Contains(s, "_") { // the same one, written by the kubelet's systemd driver
		return strings.ReplaceAll(r.unless(UID, []byte(strings.ReplaceAll(s, "_", "-"))), "-", "_")
	}
	if r.taken[lower(s)] {
		return ""
	}
	return r.replace(class, s)
}

// at reads what stands at a place: n bytes that p replaces. With n and no p,
// they stay as they are; with neither, nothing is known of them.
func (r *Redactor) at(b []byte, i int) (n int, p string) {
	if plain(b, i) {
		n, p, _ = r.names.at(b, i)
		return n, p
	}
	if n := module(b[i:]); n > 0 {
		return n, ""
	}
	if n, p := r.inBytes(b, i); n > 0 {
		return n, p
	}
	for _, detect := range detectors {
		if n, class, ok := detect(b, i); ok {
			return n, r.unless(class, b[i:i+n])
		}
	}
	if n, p := r.host(b, i); n > 0 {
		return n, p
	}
	n, p, known := r.names.at(b, i)
	if !known {
		if of := nodeOfAddress(b[i:]); of > 0 {
			return of, r.unless(Node, b[i:i+of])
		}
	}
	if pod := podShape(b[i:]); pod > n {
		return pod, r.unless(Pod, b[i:i+pod])
	}
	if known {
		return n, p
	}
	return 0, ""
}
