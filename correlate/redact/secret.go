package redact

import (
	"bytes"
	"iter"
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
	mixed bool // only a value of letters and figures is one
}

// Forms after the issuers' own descriptions: JWT (RFC 7519), Bearer and Basic
// (RFC 6750, 7617), AWS, GitHub, GitLab, Slack, Google and Stripe keys; DSNs as
// go-sql-driver/mysql documents them.
var secrets = []secret{
	{[]string{"-----begin"}, regexp.MustCompile(`(-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|$))`), false},
	{[]string{"eyj"}, regexp.MustCompile(`(eyJ[A-Za-z0-9_=-]{6,}\.[A-Za-z0-9_=-]{4,}(?:\.[A-Za-z0-9_=+/-]*)?)`), false},
	{[]string{"bearer", "basic", "apikey", "negotiate"}, regexp.MustCompile(`(?i)(?:^|[^\w/.-])(?:bearer|basic|apikey|negotiate)(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{8,})`), false},
	{[]string{"://"}, regexp.MustCompile(`://([^\s/@"'<>]+)@`), false},
	{[]string{"akia", "asia", "aroa", "aida", "agpa"}, regexp.MustCompile(`\b((?:AKIA|ASIA|AROA|AIDA|AGPA)[A-Z0-9]{16})\b`), false},
	{[]string{"%3a%2f%2f"}, regexp.MustCompile(`(?i)%3a%2f%2f([^\s/"'<>&]+?)%40`), false},
	{[]string{"arn:aws"}, regexp.MustCompile(`\barn:aws[a-z-]*:([^\s"'<>]+)`), false},
	{[]string{"ls0tls1crud"}, regexp.MustCompile(`(LS0tLS1CRUdJTi[A-Za-z0-9+/=]+)`), false}, // a PEM block in base64
	{[]string{"sk-", "hvs.", "hvb.", "npm_", "dckr_pat_", "pypi-", "sg.", "glsa_", "ya29."},
		regexp.MustCompile(`\b((?:sk-(?:proj|ant|live|test)-|hv[sb]\.|npm_|dckr_pat_|pypi-|SG\.|glsa_|ya29\.)[A-Za-z0-9_.-]{16,})`), false},
	{[]string{"aiza"}, regexp.MustCompile(`(AIza[0-9A-Za-z_-]{35})`), false},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "k_live_", "k_test_"},
		regexp.MustCompile(`\b((?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_(?:live|test)_)[A-Za-z0-9_-]{10,})`), false},
	{[]string{"@tcp(", "@unix(", "@udp(", "@("}, regexp.MustCompile(`[\w.-]+:([^\s:@/"'()]+)@(?:tcp|unix|udp)?\(`), false},
	{[]string{"@"}, regexp.MustCompile(`(?:^|[\s"'=])[\w.-]+:([^\s:@/"'()]{3,})@[\w.-]+:\d+`), false},
	{[]string{"value"}, regexp.MustCompile(`(?i)name\\*["']\s*:\s*\\*["'][^"'\\]*(?:passw|pwd|secret|token|key|credential|auth|dsn|pass|cookie|private|license)[^"'\\]*\\*["']\s*,\s*\\*["']value\\*["']\s*:\s*\\*["']((?:[^"'\\]|\\[^"'])+)`), false},
	{[]string{"--"}, regexp.MustCompile(`(?i)--(?:[a-z-]*(?:password|passwd|token|secret|api-key|pass|credentials?))(?:\\*["'])?[\s,=]+(?:\\*["'])?([^\s"'\\-][^\s"'\\]*)`), false},
	{[]string{"token", "code"}, regexp.MustCompile(`(?i)(?:^|[^\w/.-])token (?:for \S+ )?([A-Za-z0-9._~+/=-]{8,})`), true},
	{[]string{"bearer", "basic", "apikey", "token"}, regexp.MustCompile(`(?i)(?:bearer|basic|apikey|token)(?:%20|\+)([A-Za-z0-9._~+/=-]{8,})`), true},
	{[]string{"otp", "passcode", "code"}, regexp.MustCompile(`(?i)\b(?:otp|passcode|one-time code|verification code)\s+([0-9]{4,8})\b`), false},
	{[]string{"state=", "code=", "nonce=", "ticket=", "key="}, regexp.MustCompile(`(?i)(?:^|[^\w])(?:state|code|nonce|ticket|code_verifier|code_challenge|key)=([A-Za-z0-9._~-]{10,})`), true},
	{[]string{"digest "}, regexp.MustCompile(`(?i)digest .*?(?:response|nonce|cnonce|opaque)=\\*["']?([^"'\\,\s]+)`), false},
	{[]string{"curl", "wget", "http"}, regexp.MustCompile(`(?i)\b(?:curl|wget|https?)\b.*?\s(?:-u|--user|-a|--auth)[ =]+["']?[^\s:"']+:([^\s"']+)`), false},
	{[]string{"sshpass", "mysql", "redis-cli"}, regexp.MustCompile(`\b(?:sshpass|mysql\w*|redis-cli)\b.*?\s-[pa] ?([^\s"'-][^\s"']*)`), true},
	{[]string{"basic auth"}, regexp.MustCompile(`(?i)basic auth\w*:? (?:for )?[^\s:"']+:([^\s"']+)`), false},
	{[]string{"hooks.slack.com", "webhook.office.com", "discord"}, regexp.MustCompile(`(?i)(?:hooks\.slack\.com(?:/|%2f)services|webhook\.office\.com(?:/|%2f)webhookb2|discord(?:app)?\.com(?:/|%2f)api(?:/|%2f)webhooks)(?:/|%2f)([A-Za-z0-9/_@.%-]+)`), false},
}

// secrets takes out what must not be known to anyone.
func (r *Redactor) secrets(in []byte) []edit {
	r.small = appendLower(r.small[:0], in)
	list := r.assigned(in)
	text := apply(in, list)
	for form := range secretSigns.in(r.small) {
		if then := r.strike(text, &secrets[form]); len(then) > 0 {
			list, text = compose(text, list, then), apply(text, then)
		}
	}
	return compose(text, list, r.strikeRandom(text))
}

var secretSigns = func() *signs {
	s := &signs{}
	for i, f := range secrets {
		s.add(f.signs, i)
	}
	return s
}()

// signs are texts without which forms are not there, by their first two bytes.
type signs struct {
	which      [1 << 16]bool
	beginnings map[uint16][]sign
}

// sign is a text without which a form is not there.
type sign struct {
	text string
	form uint64 // the bit of its place
}

func (s *signs) add(texts []string, form int) {
	if s.beginnings == nil {
		s.beginnings = map[uint16][]sign{}
	}
	for _, text := range texts {
		for _, k := range firstTwo(text) {
			s.which[k] = true
			s.beginnings[k] = append(s.beginnings[k], sign{text, 1 << form})
		}
	}
}

// firstTwo are the first two bytes of a text, as numbers: of one letter those
// of every second byte.
func firstTwo(text string) (out []uint16) {
	if len(text) > 1 {
		return []uint16{uint16(text[0])<<8 | uint16(text[1])}
	}
	for second := range 256 {
		out = append(out, uint16(text[0])<<8|uint16(second))
	}
	return out
}

// in gives the forms that text in small letters holds a sign of, in order.
func (s *signs) in(b []byte) iter.Seq[int] {
	var forms uint64
	for i := 0; i+1 < len(b); i++ {
		k := uint16(b[i])<<8 | uint16(b[i+1])
		if !s.which[k] {
			continue
		}
		for _, s := range s.beginnings[k] {
			if forms&s.form == 0 && len(b)-i >= len(s.text) && string(b[i:i+len(s.text)]) == s.text {
				forms |= s.form
			}
		}
	}
	return func(yield func(int) bool) {
		for ; forms != 0; forms &= forms - 1 {
			if !yield(bits.TrailingZeros64(forms)) {
				return
			}
		}
	}
}

// harmless are values that hide nothing.
var harmless = regexp.MustCompile(`(?i)^(REDACTED.*|true|false|null|nil|none|[0-9]{1,3}|<.*|\*+)$`)

// strike replaces the group of every match that may be a secret.
func (r *Redactor) strike(in []byte, s *secret) (list []edit) {
	for _, m := range s.form.FindAllSubmatchIndex(in, -1) {
		value := in[m[2]:m[3]]
		if harmless.Match(value) || s.mixed && !figuresAndLetters(string(value)) || r.sentenceGoesOn(in, m[2], m[3]) {
			continue
		}
		r.hide(string(value), false)
		list = append(list, edit{m[2], m[3], []byte(Hidden)})
	}
	return list
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
	return strings.ContainsAny(s, "0123456789") && strings.ContainsFunc(s, func(c rune) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' })
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
