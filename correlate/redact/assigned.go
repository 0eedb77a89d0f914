package redact

import (
	"bytes"
	"strings"
)

// secretEndings are what the names of secrets end with, without the dashes,
// dots and underscores between their words.
var secretEndings = strings.Fields(`password passwd passphrase pwd secret token authorization credential credentials cookie signature jwt
	apikey accesskey privatekey secretkey accountkey signingkey encryptionkey masterkey sharedkey authkey servicekey licensekey consumerkey clientkey
	sessionid phpsessid jsessionid aspsessionid csrf xsrf csrfmiddlewaretoken samlresponse samlrequest assertion`)

// secretWords are names of secrets that are too short to be only an ending:
// "outside" ends with one.
var secretWords = set("pass auth sid otp totp pin session sess sig dsn")

// secretKey says whether a label or a field of this name holds a secret.
func secretKey(key string) bool {
	words := keyWords(key)
	if n := len(words); n > 1 && (words[n-1] == "value" || words[n-1] == "data") {
		words = words[:n-1]
	}
	if len(words) == 0 {
		return false
	}
	if secretWords[words[len(words)-1]] {
		return true
	}
	whole := strings.Join(words, "")
	for _, e := range secretEndings {
		if strings.HasSuffix(whole, e) {
			return true
		}
	}
	return false
}

// assigned finds the values of what is named as a secret: "password=x",
// `"token": "x"`, `{\"token\":\"x\"}`, "Cookie: a=x; b=y", "token%3Dx".
func (r *Redactor) assigned(in []byte) (out []edit) {
	for i := 0; i < len(in); i++ {
		width := separator(in, i)
		if width == 0 {
			continue
		}
		key := keyBefore(in, i)
		if len(key) < 3 || !r.isSecretKey(key) {
			continue
		}
		from, to := valueAfter(in, i+width, bytes.HasSuffix(appendLower(nil, key), []byte("cookie")))
		if to <= from || harmless.Match(in[from:to]) || r.sentenceGoesOn(in, from, to) {
			continue
		}
		r.hide(string(in[from:to]), false)
		out = append(out, edit{from, to, []byte(Hidden)})
		i = to - 1
	}
	return out
}

// separator is the width of what stands between a name and its value.
func separator(b []byte, i int) int {
	switch {
	case b[i] == '=' || b[i] == ':':
		return 1
	case b[i] == '%' && i+2 < len(b) && b[i+1] == '3' && b[i+2]|0x20 == 'd':
		return 3
	}
	return 0
}

// keyBefore is the name that ends before i, of which quotes and blanks are no part.
func keyBefore(b []byte, i int) []byte {
	end := i
	for end > 0 && (b[end-1] == ' ' || b[end-1] == '\t') {
		end--
	}
	for end > 0 && (b[end-1] == '"' || b[end-1] == '\'' || b[end-1] == '\\') {
		end--
	}
	start := end
	for start > 0 && end-start < 128 && (letter(b[start-1]) || figure(b[start-1]) || strings.IndexByte("_.-", b[start-1]) >= 0) {
		start--
	}
	return b[start:end]
}

// isSecretKey is [secretKey] with a memory.
func (r *Redactor) isSecretKey(key []byte) bool {
	is, ok := r.secretKeys[string(key)]
	if !ok {
		is = secretKey(string(key))
		if len(r.secretKeys) < maxKeys {
			r.secretKeys[string(key)] = is
		}
	}
	return is
}

// valueAfter is where the value behind a separator begins and ends. header says
// that it goes on behind a semicolon, as the pairs of a cookie do (RFC 6265 §4).
func valueAfter(b []byte, i int, header bool) (from, to int) {
	i = inList(b, i)
	if i+1 < len(b) && b[i] == '+' { // a blank of a form
		i++
	}
	from = i
	for from < len(b) && b[from] == '\\' {
		from++
	}
	if from < len(b) && (b[from] == '"' || b[from] == '\'') {
		mark, escaped := b[from], from > i
		from++
		for to = from; to < len(b) && b[to] != mark && (b[to] != '\\' || !escaped); to++ {
			if b[to] == '\\' && !escaped {
				to++ // with what it escapes
			}
		}
		return from, min(to, len(b))
	}
	from = i
	for _, scheme := range []string{"bearer ", "basic "} {
		if len(b)-from > len(scheme) && strings.EqualFold(string(b[from:from+len(scheme)]), scheme) {
			from += len(scheme)
		}
	}
	const ends = " \t\r\n\"'&,;(){}[]<>\\"
	for to = from; to < len(b) && (strings.IndexByte(ends, b[to]) < 0 || header && strings.IndexByte("&,(){}[]", b[to]) >= 0); to++ {
	}
	if header && to+2 < len(b) && b[to] == ';' { // the next pair
		if _, after := valueAfter(b, to+1, true); after > to+2 {
			return from, after
		}
	}
	return from, to
}
