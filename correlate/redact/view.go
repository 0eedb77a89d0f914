package redact

import (
	"bytes"
	"html"
	"slices"
	"strconv"
	"unicode/utf8"
)

// view undoes one encoding of a text. What is redacted there is put back where
// it came from, as it is: pseudonyms are of letters, figures, dots and dashes,
// which no encoding has another way to write.
type view struct {
	form string // as a [Hit] names it
	// signs are bytes of which one is there where the encoding is.
	signs string
	// step reads what begins at i: width bytes that stand for put. ok is false
	// where the text stands for itself.
	step func(b []byte, i int) (put []byte, width int, ok bool)
}

// views are the encodings that a log's text may be in, besides base64.
var views = [...]view{
	{"colour", "[\x1b\\%&", colour},
	{"percent", "%+", percent},
	{"escape", `\`, escape},
	{"entity", "&", entity},
	{"doubled", `"`, doubled},
	{"defanged", "[(", defanged},
}

// decoded is a text without an encoding; at[k] is where its byte k was, and
// the last one where the text ended. text is nil where there was none.
type decoded struct {
	text []byte
	at   []int32
}

func (v *view) decode(b []byte) (d decoded) {
	kept := 0
	copied := func(to int) {
		for ; kept < to; kept++ {
			d.text, d.at = append(d.text, b[kept]), append(d.at, int32(kept))
		}
	}
	found := false
	for i := 0; i < len(b); {
		next := bytes.IndexAny(b[i:], v.signs)
		if next < 0 {
			break
		}
		i += next
		put, width, ok := v.step(b, i)
		if !ok {
			i++
			continue
		}
		found = true
		copied(i)
		for range put {
			d.at = append(d.at, int32(i))
		}
		d.text = append(d.text, put...)
		i += width
		kept = i
	}
	if !found {
		return decoded{}
	}
	copied(len(b))
	d.at = append(d.at, int32(len(b)))
	return d
}

// through redacts what an encoding hides, and another below it.
func (r *Redactor) through(v *view, in []byte, nested int) []edit {
	if nested == 0 {
		return nil
	}
	d := v.decode(in)
	if d.text == nil {
		return nil
	}
	list := r.changes(d.text, nil, nested-1)
	for i := range list {
		list[i].from, list[i].to = int(d.at[list[i].from]), int(d.at[list[i].to])
	}
	return list
}

// edit is a stretch of a text and what is put in its place.
type edit struct {
	from, to int
	put      []byte
}

// apply makes edits, which are in order and apart.
func apply(in []byte, list []edit) []byte {
	if len(list) == 0 {
		return in
	}
	var out []byte
	kept := 0
	for _, e := range list {
		out = append(append(out, in[kept:e.from]...), e.put...)
		kept = e.to
	}
	return append(out, in[kept:]...)
}

// compose gives the edits of a text that are the same as first, and then others
// of what came of it, which is text. What meets becomes one.
func compose(text []byte, first, then []edit) (out []edit) {
	moved := 0 // how much further back things stand in text
	for len(first) > 0 || len(then) > 0 {
		lo, hi := len(text), -1
		before, kept := moved, then
		for {
			if len(first) > 0 && (hi < 0 && (len(then) == 0 || first[0].from+moved <= then[0].from) || first[0].from+moved <= hi) {
				e := first[0]
				lo, hi = min(lo, e.from+moved), max(hi, e.from+moved+len(e.put))
				first, moved = first[1:], moved+len(e.put)-(e.to-e.from)
			} else if len(then) > 0 && (hi < 0 || then[0].from <= hi) {
				lo, hi = min(lo, then[0].from), max(hi, then[0].to)
				then = then[1:]
			} else {
				break
			}
		}
		within := slices.Clone(kept[:len(kept)-len(then)])
		for i := range within {
			within[i].from, within[i].to = within[i].from-lo, within[i].to-lo
		}
		out = append(out, edit{lo - before, hi - moved, slices.Clone(apply(text[lo:hi], within))})
	}
	return out
}

// colour takes a control sequence off (ECMA-48 §5.4).
func colour(b []byte, i int) (put []byte, width int, ok bool) {
	j := i
	switch {
	case b[i] == '[': // the introducer was lost
	default:
		for j < len(b) && j-i < 8 && b[j] != '[' {
			j++
		}
		if j == i || j >= len(b) || b[j] != '[' || !introduced(b[i:j]) || introduced(b[i+1:j]) {
			return nil, 0, false
		}
	}
	j++
	figures := j
	for j < len(b) && j-figures < maxColour && (figure(b[j]) || b[j] >= ':' && b[j] <= '?') {
		j++
	}
	if j >= len(b) || !letter(b[j]) || b[i] == '[' && (figures == j || b[j] != 'm') {
		return nil, 0, false
	}
	return nil, j + 1 - i, true
}

// percent undoes the encoding of URLs and of forms, in which a blank is a plus.
func percent(b []byte, i int) (put []byte, width int, ok bool) {
	if b[i] == '+' && i > 0 && i+1 < len(b) && b[i-1] != ' ' && b[i+1] != ' ' {
		return []byte{' '}, 1, true
	}
	if b[i] != '%' || i+2 >= len(b) || !hexByte(b[i+1]) || !hexByte(b[i+2]) {
		return nil, 0, false
	}
	return []byte{unhex(b[i+1])<<4 | unhex(b[i+2])}, 3, true
}

// escape undoes the escapes of JSON and of C; "\\n" separates as it stands.
func escape(b []byte, i int) (put []byte, width int, ok bool) {
	if b[i] != '\\' || i+1 >= len(b) {
		return nil, 0, false
	}
	figures := map[byte]int{'u': 4, 'U': 8, 'x': 2}[b[i+1]]
	switch {
	case b[i+1] == '/' || b[i+1] == '\\':
		return b[i+1 : i+2], 2, true
	case i+3 < len(b) && b[i+1] >= '0' && b[i+1] <= '3' && octal(b[i+2]) && octal(b[i+3]):
		return []byte{b[i+1]&3<<6 | b[i+2]&7<<3 | b[i+3]&7}, 4, true
	case figures == 0 || i+2+figures > len(b):
		return nil, 0, false
	}
	n, err := strconv.ParseUint(string(b[i+2:i+2+figures]), 16, 32)
	if err != nil || n > utf8.MaxRune {
		return nil, 0, false
	}
	return utf8.AppendRune(nil, rune(n)), 2 + figures, true
}

// doubled undoes the quotes of CSV (RFC 4180 §2), unless they hold nothing.
func doubled(b []byte, i int) (put []byte, width int, ok bool) {
	if b[i] != '"' || i+1 >= len(b) || b[i+1] != '"' || (i == 0 || !wordByte(b[i-1]) && b[i-1] != '\\') && (i+2 >= len(b) || !wordByte(b[i+2])) {
		return nil, 0, false
	}
	return b[i : i+1], 2, true
}

// defanged undoes what people write so that nobody follows an address.
func defanged(b []byte, i int) (put []byte, width int, ok bool) {
	for _, d := range [...]struct{ form, put string }{{"[.]", "."}, {"(.)", "."}, {"[dot]", "."}, {"(dot)", "."}, {"[:]", ":"}, {"[at]", "@"}, {"(at)", "@"}, {"[@]", "@"}} {
		if len(b)-i >= len(d.form) && string(b[i:i+len(d.form)]) == d.form {
			return []byte(d.put), len(d.form), true
		}
	}
	return nil, 0, false
}

// maxEntity is the longest entity that is looked for.
const maxEntity = 12

func entity(b []byte, i int) (put []byte, width int, ok bool) {
	if b[i] != '&' {
		return nil, 0, false
	}
	end := bytes.IndexByte(b[i:min(len(b), i+maxEntity)], ';')
	if end < 2 {
		return nil, 0, false
	}
	name := string(b[i : i+end+1])
	if s := html.UnescapeString(name); s != name {
		return []byte(s), end + 1, true
	}
	return nil, 0, false
}
