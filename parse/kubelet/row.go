package kubelet

import (
	"bytes"
	"math"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// row is one row of a table of events. Its parts alias the line.
type row struct {
	// table rows name their object (`get events`); the others are describe's.
	table           bool
	older           bool // the table is one of kubectl 1.13 or before
	namespace       []byte
	kind            []byte // Normal or Warning
	reason          []byte
	object          []byte // "pod/web-0"
	part            []byte // "spec.containers{web}"
	from            []byte // "kubelet" or "kubelet, host"
	message         []byte
	name            []byte // the event's own, in wide tables
	last, first     age
	count           uint32
	undated, spaced bool // no time; columns two spaces apart
}

// read takes a line apart if it is a row for certain: a type, a reason and
// one age, in the order of one of the tables.
func (r *row) read(line []byte) bool {
	line = undecorated(line)
	word, rest := next(line)
	if isType(word) {
		return r.described(word, rest)
	}
	if _, ok := readAge(word); !ok && string(word) != unknownAge {
		if !label(word) {
			return false
		}
		r.namespace, line = word, rest
	}
	rest, ok := r.ages(line)
	if !ok {
		return false
	}
	if word, _ := next(rest); len(word) > 0 && word[0]-'0' <= 9 {
		return r.old(rest)
	}
	r.kind, rest = next(rest)
	r.reason, rest = next(rest)
	r.object, rest = next(rest)
	r.table = true
	if !isType(r.kind) || !isWord(r.reason) || !isObject(r.object) && !(isKind(r.object) && gap(rest) == 0) {
		return false
	}
	r.spaced = true
	if middle, ok := r.wide(rest); ok {
		if word, after := next(middle); isPart(word) {
			r.part, middle = word, after
		}
		r.origin(middle)
		return len(r.message) > 0
	}
	r.message = trim(rest)
	return len(r.message) > 0
}

// described reads a row of `kubectl describe`: Type Reason Age From Message.
func (r *row) described(kind, rest []byte) bool {
	r.kind = kind
	r.spaced = gap(rest) == 0
	r.reason, rest = next(rest)
	rest, ok := r.ages(rest)
	if !ok || !isWord(r.reason) || r.reason[0] < 'A' || r.reason[0] > 'Z' {
		return false
	}
	r.origin(rest)
	return len(r.message) > 0
}

// unknownAge is how kubectl prints the age of a time that is not set.
const unknownAge = "<unknown>"

// ages reads "9m33s" or "9m33s (x4 over 9m40s)".
func (r *row) ages(b []byte) (rest []byte, ok bool) {
	word, rest := next(b)
	r.count = 1
	if string(word) == unknownAge {
		r.undated = true
	} else if r.last, ok = readAge(word); !ok {
		return b, false
	}
	r.first = r.last
	times, after := next(rest)
	if len(times) < 3 || times[0] != '(' || times[1] != 'x' {
		return rest, true
	}
	n, w, ok := lex.Digits(times[2:])
	over, after := next(after)
	word, after = next(after)
	if !ok || n == 0 || w+2 != len(times) || string(over) != "over" || len(word) == 0 || word[len(word)-1] != ')' {
		return b, false
	}
	word = word[:len(word)-1]
	if r.first, ok = readAge(word); !ok {
		r.undated = r.undated || string(word) == unknownAge
		return after, r.undated
	}
	r.count = uint32(min(n, math.MaxUint32))
	return after, true
}

// wide takes the columns FIRST SEEN, COUNT and NAME off the end of a row of
// `get events -o wide`.
func (r *row) wide(b []byte) (rest []byte, ok bool) {
	b, name := previous(b)
	if _, ok := hexTime(name); !ok {
		return nil, false
	}
	b, count := previous(b)
	n, w, ok := lex.Digits(count)
	if !ok || w != len(count) {
		return nil, false
	}
	b, word := previous(b)
	first, ok := readAge(word)
	if !ok {
		return nil, false
	}
	r.name, r.first, r.count = name, first, uint32(min(max(n, 1), math.MaxUint32))
	return b, true
}

// origin splits what follows the ages into the source and the message.
// Columns are two spaces apart unless the text was pasted with its spaces
// collapsed; then only its shape tells the source from the message.
func (r *row) origin(b []byte) {
	b = trim(b)
	if i := gap(b); i > 0 && isSource(b[:i]) {
		r.from, r.message = b[:i], trim(b[i:])
		return
	}
	word, rest := next(b)
	switch host := bytes.HasSuffix(word, []byte{','}); {
	case r.spaced && !has(word, "kubelet"):
		r.message = b // the column was empty
		return
	case host:
		_, rest = next(rest)
	case !has(word, "kubelet") && bytes.IndexByte(word, '-') < 0:
		return // prose: "Normal operation 5m after the start"
	}
	r.from, r.message = b[:len(b)-len(rest)], trim(rest)
}

// said is the row's event without its times.
func (r *row) said() said {
	return said{reason: r.reason, from: r.from, message: r.message, part: r.part, kind: r.kind}
}

// target names the row's object; kubectl 1.13 printed only its kind.
func (r *row) target() string {
	kind, name, ok := bytes.Cut(r.object, []byte{'/'})
	if !ok {
		return ""
	}
	return target(string(r.namespace), string(kind), string(name))
}

// target names an object: "namespace/name" for a pod, with its kind between
// for everything else. What is unknown is left empty.
func target(namespace, kind, name string) string {
	if kind = strings.ToLower(kind); kind != "pod" {
		return namespace + "/" + kind + "/" + name
	}
	return namespace + "/" + name
}

// captured is when the table was made: an event's name tells when it first
// occurred, and the table how long ago that was.
func (r *row) captured() (at parse.Time, within time.Duration, ok bool) {
	first, ok := hexTime(r.name)
	if !ok {
		return 0, 0, false
	}
	first -= first % parse.Time(stored) // ages count from whole seconds
	return first + parse.Time((r.first.lo+r.first.hi)/2), (r.first.hi - r.first.lo) / 2, true
}

// heading says whether a line is the head of a table, or what kubectl prints
// instead of an empty one.
func heading(line []byte) bool {
	line = undecorated(line)
	if len(line) == 0 || bytes.IndexByte([]byte("FLNT-"), line[0]) < 0 {
		return false
	}
	words := bytes.Fields(line)
	last := string(words[len(words)-1])
	switch string(words[0]) {
	case "LASTSEEN", "FIRSTSEEN", "FirstSeen": // of kubectl 1.8 and before
		return len(words) > 6
	case "LAST", "NAMESPACE":
		return bytes.Contains(line, []byte(" REASON ")) && bytes.Contains(line, []byte(" MESSAGE")) || last == "MESSAGE"
	case "Type":
		return len(words) == 5 && string(words[1]) == "Reason" && last == "Message"
	case "No":
		return has(line, "No resources found") || has(line, "No events found")
	}
	return len(words) >= 5 && len(words) <= 8 && len(bytes.Trim(line, "- \t")) == 0
}

// rowDetail takes a row apart to be shown.
func rowDetail(text []byte, d *parse.Detail) {
	var r row
	if !r.read(text) {
		d.Message = string(trim(text))
		if m := probeIn(text); m != nil {
			unhealthy(m).detail(d)
			return
		}
		if _, key, value := pair(undecorated(text)); key == "Started" || key == "Finished" {
			d.RawTime, d.Message = string(value), strings.ToLower(key)+" at "+string(value)
		}
		return
	}
	d.RawTime = string(r.last.text)
	r.said().detail(d)
	set(d, "first", string(r.first.text))
	set(d, "from", string(r.from))
	set(d, "object", string(r.object))
}

// probeIn is the message of a probe that ends a line, nil when there is none.
func probeIn(line []byte) []byte {
	for i := bytes.Index(line, []byte(" probe ")); i >= 0; {
		from := bytes.LastIndexAny(line[:i], " \t") + 1
		if probe, _ := probeOf(line[from:]); probe != parse.ProbeUnknown {
			return trim(line[from:])
		}
		next := bytes.Index(line[i+1:], []byte(" probe "))
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}
