package redact

import (
	"bytes"
	"math"
	"regexp"
	"strings"
)

// secrets takes out what must not be known to anyone.
func (r *Redactor) secrets(in []byte) []edit {
	forms := r.formsIn(in, secretSigns())
	list := r.assigned(in)
	text := apply(in, list)
	for form := range forms {
		if then := r.strike(text, &secrets[form]); len(then) > 0 {
			list, text = compose(text, list, then), apply(text, then)
		}
	}
	return compose(text, list, r.strikeRandom(text))
}

var secretSigns = signsOf(secrets)

// harmless are values that hide nothing.
var harmless = regexp.MustCompile(`(?i)^(REDACTED.*|true|false|null|nil|none|[0-9]{1,3}|<.*|\*+)$`)

// strike replaces the group of every match that may be a secret.
func (r *Redactor) strike(in []byte, s *secret) (list []edit) {
	for _, m := range r.matched.matches(r.matched.print(in), s.form(), in) {
		value := in[m[2]:m[3]]
		if harmless.Match(value) || !s.fits(string(value)) || r.sentenceGoesOn(in, m[2], m[3]) {
			continue
		}
		r.hide(string(value), false)
		list = append(list, edit{m[2], m[3], []byte(Hidden)})
	}
	return list
}

// fits says whether a value looks as a secret of this form does.
func (s *secret) fits(value string) bool {
	switch s.value {
	case mixed:
		return figuresAndLetters(value)
	case keyLike:
		return figuresAndLetters(value) && strings.ToLower(value) != value && strings.ToUpper(value) != value
	}
	return true
}

// sentenceGoesOn says that what follows a name of secrets is a word of a
// sentence, "invalid token: connection refused", and none.
func (r *Redactor) sentenceGoesOn(in []byte, from, to int) bool {
	value := lower(string(bytes.TrimRight(in[from:to], ".:")))
	if strings.HasPrefix(value, "http/") {
		return true
	}
	if from < 2 || strings.IndexByte(" \t+", in[from-1]) < 0 {
		return false
	}
	value, _, _ = strings.Cut(value, "+")
	return grammar()[value] || prose[value]
}

// hide remembers a secret for the proof, and wherever else it stands, if it
// looks like one: a word of a language stands in too many places. sure says
// that its key alone tells.
func (r *Redactor) hide(value string, sure bool) {
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return c == ';' || c == ' ' }) {
		if _, after, ok := strings.Cut(part, "="); ok && after != "" && strings.ContainsAny(value, "; ") {
			part = after
		}
		if len(part) >= 6 && looksSecret(part) || sure && len(part) >= 4 && !r.ordinary(part) {
			r.secret(part)
		}
	}
	if len(value) >= 6 && strings.ContainsAny(value, "; ") && looksSecret(value) {
		r.secret(value)
	}
}

// secret takes a secret for one, unless something in it was replaced before: it
// was met again below an encoding.
func (r *Redactor) secret(s string) {
	if strings.Contains(s, Hidden) {
		return
	}
	for w := range strings.FieldsFuncSeq(lower(s), func(c rune) bool { return c != '-' && (c >= 0x80 || !wordByte(byte(c))) }) {
		if r.taken[w] {
			return
		}
	}
	r.found[s] = Secret
	r.names.add(s, Hidden)
}

// looksSecret says whether a text is no word and no sequence of words: figures
// beside letters, or capitals behind small letters.
func looksSecret(s string) bool {
	figures, letters, turns := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case figure(c):
			figures++
		case letter(c):
			letters++
			if c <= 'Z' && i > 0 && s[i-1] >= 'a' && s[i-1] <= 'z' {
				turns++
			}
		}
	}
	return figures > 0 && letters > 0 || turns > 0 || figures >= 6 || len(s) >= 20
}

// figuresAndLetters says whether a text has both, as no word has.
func figuresAndLetters(s string) bool {
	return strings.ContainsAny(s, "0123456789") && hasLetter(s)
}

// strikeRandom takes out long words that look drawn at random: keys that no
// form names.
func (r *Redactor) strikeRandom(in []byte) (list []edit) {
	for i := 0; i < len(in); {
		j := i
		for j < len(in) && (wordByte(in[j]) && in[j] < 0x80 || in[j] == '+' || in[j] == '/' || in[j] == '_' || in[j] == '=') {
			j++
		}
		if j-i >= 24 && random(in[i:j]) {
			r.hide(string(in[i:j]), true)
			list = append(list, edit{i, j, []byte(Hidden)})
		}
		i = max(j, i+1)
	}
	return list
}

// random says whether a word changes between capitals, small letters and
// figures as often as chance does, and repeats itself as little.
func random(b []byte) bool {
	var count [256]int
	changes, last := 0, 0
	var kinds [4]int
	for _, c := range b {
		count[c]++
		kind := 3
		switch {
		case c >= 'a' && c <= 'z':
			kind = 0
		case c >= 'A' && c <= 'Z':
			kind = 1
		case c >= '0' && c <= '9':
			kind = 2
		}
		kinds[kind]++
		if kind != last {
			changes++
		}
		last = kind
	}
	if kinds[0] < 3 || kinds[1] < 3 || kinds[2] < 1 || changes*3 < len(b) || kinds[3]*8 > len(b) {
		return false
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(b))
			bits -= p * math.Log2(p)
		}
	}
	return bits >= 3.8
}

// module is the length of a Rust path at the beginning of b, such as
// "linkerd_stack::failfast": it names code, whatever its words.
func module(b []byte) int {
	for _, crate := range []string{"linkerd", "hyper", "h2::", "tokio", "tower", "rustls", "tonic", "kube", "hickory", "trust_dns", "std::", "core::"} {
		if !bytes.HasPrefix(b, []byte(crate)) {
			continue
		}
		n := 0
		for n < len(b) && (wordByte(b[n]) && b[n] < 0x80 || b[n] == '_' || b[n] == ':' && n+2 < len(b) && b[n+1] == ':' &&
			(wordByte(b[n+2]) || b[n+2] == '{')) {
			if b[n] == ':' {
				n++
			}
			n++
		}
		if strings.Contains(string(b[:n]), "::") || strings.Contains(string(b[:n]), "_") {
			return n
		}
	}
	return 0
}
