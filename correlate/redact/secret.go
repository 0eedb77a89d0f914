package redact

import (
	"bytes"
	"math"
	"math/bits"
	"regexp"
	"strings"
)

// secret is one form of secret. The group, or all of it, is taken out; sign is
// what a line must hold, in small letters, before the form is looked for.
type secret struct {
	signs []string
	form  *regexp.Regexp
}

// signsOfCalled are the signs of called.
var signsOfCalled = []string{"passw", "pwd", "secret", "token", "key", "authorization", "credential", "cookie", "session", "signature", "sig="}

// called are the names of what is secret.
const called = `(?i)(?:passw(?:or)?d|passwd|pwd|secret|token|(?:api|access|private|secret|account|signing|encryption)[_-]?key|authorization|credentials?|cookie|session[_-]?id|signature|[?&]sig)`

// Forms after the issuers' own descriptions: JWT (RFC 7519), Bearer and Basic
// (RFC 6750, 7617), AWS, GitHub, GitLab, Slack, Google and Stripe keys.
var secrets = []secret{
	{[]string{"-----begin"}, regexp.MustCompile(`(-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|$))`)},
	{[]string{"eyj"}, regexp.MustCompile(`(eyJ[A-Za-z0-9_=-]{6,}\.[A-Za-z0-9_=-]{4,}(?:\.[A-Za-z0-9_=+/-]*)?)`)},
	{[]string{"bearer", "basic", "apikey"}, regexp.MustCompile(`(?i)\b(?:bearer|basic|apikey)(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{8,})`)},
	{[]string{"://"}, regexp.MustCompile(`://([^\s/@"'<>]+)@`)},
	{[]string{"akia", "asia", "aroa", "aida", "agpa"}, regexp.MustCompile(`\b((?:AKIA|ASIA|AROA|AIDA|AGPA)[A-Z0-9]{16})\b`)},
	{[]string{"%3a%2f%2f"}, regexp.MustCompile(`(?i)%3a%2f%2f([^\s/"'<>&]+?)%40`)},
	{[]string{"arn:aws"}, regexp.MustCompile(`\barn:aws[a-z-]*:([^\s"'<>]+)`)},
	{[]string{"ls0tls1crud"}, regexp.MustCompile(`(LS0tLS1CRUdJTi[A-Za-z0-9+/=]+)`)}, // a PEM block in base64
	{[]string{"sk-", "hvs.", "hvb.", "npm_", "dckr_pat_", "pypi-", "sg.", "glsa_", "ya29."},
		regexp.MustCompile(`\b((?:sk-(?:proj|ant|live|test)-|hv[sb]\.|npm_|dckr_pat_|pypi-|SG\.|glsa_|ya29\.)[A-Za-z0-9_.-]{16,})`)},
	{[]string{"aiza"}, regexp.MustCompile(`(AIza[0-9A-Za-z_-]{35})`)},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "k_live_", "k_test_"},
		regexp.MustCompile(`\b((?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_(?:live|test)_)[A-Za-z0-9_-]{10,})`)},
	{signsOfCalled, regexp.MustCompile(called + `(?:\\?["'])?\s*(?:=|:)\s*"((?:[^"\\]|\\.)+)"`)},
	{signsOfCalled, regexp.MustCompile(called + `(?:\\?["'])?\s*(?:=|:)\s*'([^']+)'`)},
	{signsOfCalled, regexp.MustCompile(called + `(?:\\?["'])?\s*(?:=|:)\s*\\"([^"\\]+)\\"`)},
	{[]string{"--"}, regexp.MustCompile(`(?i)--(?:[a-z-]*(?:password|passwd|token|secret|api-key))\s+([^\s"'-][^\s"']*)`)},
	{signsOfCalled, regexp.MustCompile(called +
		`(?:\\?["'])?\s*(?:=|:|%3[dD])\s*(?:\\?["'])?(?:(?:bearer|basic)\s+)?([^\s"'&,;(){}\[\]<>\\]+)`)},
}

// secrets takes out what must not be known to anyone.
func (r *Redactor) secrets(in []byte) []byte {
	r.small = appendLower(r.small[:0], in)
	out := in
	for forms := signed(r.small); forms != 0; forms &= forms - 1 {
		out = r.strike(out, secrets[bits.TrailingZeros32(forms)].form)
	}
	return r.strikeRandom(out)
}

// beginnings lists, by their first two bytes, the signs of all forms; which
// says whether there are any.
var which, beginnings = func() (which [1 << 16]bool, beginnings map[uint16][]sign) {
	beginnings = map[uint16][]sign{}
	for i, s := range secrets {
		for _, text := range s.signs {
			k := uint16(text[0])<<8 | uint16(text[1])
			which[k] = true
			beginnings[k] = append(beginnings[k], sign{text, 1 << i})
		}
	}
	return which, beginnings
}()

// sign is a text without which a form is not there.
type sign struct {
	text string
	form uint32 // the bit of its place in secrets
}

// signed gives the forms that text in small letters holds a sign of, as bits.
func signed(b []byte) (forms uint32) {
	for i := 0; i+1 < len(b); i++ {
		k := uint16(b[i])<<8 | uint16(b[i+1])
		if !which[k] {
			continue
		}
		for _, s := range beginnings[k] {
			if forms&s.form == 0 && len(b)-i >= len(s.text) && string(b[i:i+len(s.text)]) == s.text {
				forms |= s.form
			}
		}
	}
	return forms
}

// harmless are values that hide nothing.
var harmless = regexp.MustCompile(`(?i)^(REDACTED.*|true|false|null|nil|none|[0-9]{1,6}|<.*|\*+)$`)

// strike replaces the group of every match.
func (r *Redactor) strike(in []byte, form *regexp.Regexp) []byte {
	var out []byte
	kept := 0
	for _, m := range form.FindAllSubmatchIndex(in, -1) {
		value := in[m[2]:m[3]]
		if harmless.Match(value) {
			continue
		}
		r.hide(string(value))
		out = append(append(out, in[kept:m[2]]...), redacted...)
		kept = m[3]
	}
	if kept == 0 {
		return in
	}
	return append(out, in[kept:]...)
}

// hide remembers a secret for the proof, and wherever else it stands.
func (r *Redactor) hide(value string) {
	if len(value) >= 6 {
		r.found[value] = Secret
		r.names.add(value, redacted)
	}
}

// strikeRandom takes out long words that look drawn at random: keys that no
// form names.
func (r *Redactor) strikeRandom(in []byte) []byte {
	var out []byte
	kept := 0
	for i := 0; i < len(in); {
		j := i
		for j < len(in) && (wordByte(in[j]) && in[j] < 0x80 || in[j] == '+' || in[j] == '/' || in[j] == '_' || in[j] == '=') {
			j++
		}
		if j-i >= 24 && random(in[i:j]) {
			r.hide(string(in[i:j]))
			out = append(append(out, in[kept:i]...), redacted...)
			kept = j
		}
		i = max(j, i+1)
	}
	if kept == 0 {
		return in
	}
	return append(out, in[kept:]...)
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
		for n < len(b) && (wordByte(b[n]) && b[n] < 0x80 || b[n] == '_' || b[n] == ':' && n+2 < len(b) && b[n+1] == ':' && (wordByte(b[n+2]) || b[n+2] == '{')) {
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
