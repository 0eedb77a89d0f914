package redact

import (
	"bytes"
	"strings"
)

// secretEndings are what the names of secrets end with, without the dashes,
// dots and underscores between their words.
var secretEndings = strings.Fields(`password passwd passphrase pwd secret token authorization credential credentials cookie signature jwt
	passw0rd apikey accesskey privatekey secretkey accountkey signingkey encryptionkey masterkey sharedkey authkey servicekey licensekey consumerkey clientkey
	sessionid phpsessid jsessionid aspsessionid csrf xsrf csrfmiddlewaretoken samlresponse samlrequest assertion
	passcode mfacode otpcode authcode verificationcode securitycode pincode`)

// secretWords are names of secrets that are too short to be only an ending:
// "outside" ends with one.
var secretWords = set("pass auth sid otp totp pin session sess sig dsn pw psw salt hmac nonce cvv cvc 2fa mfa")

// secretKey says whether a label or a field holds a secret whose name has these words.
func secretKey(words []string) bool {
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
// `"token": "x"`, `{\"token\":\"x\"}`, "Cookie: a=x; b=y", "token%3Dx"; and the numbers
// that name somebody or are an address, which become other numbers.
func (r *Redactor) assigned(in []byte) (out []edit) {
	for i := 0; i < len(in); i++ {
		if in[i] == '/' {
			if from, to := numberInPath(in, i); to > from {
				out = append(out, edit{from, to, r.otherNumber(in[from:to])})
				i = to - 1
			}
			continue
		}
		width := separator(in, i)
		if width == 0 {
			continue
		}
		key := keyBefore(in, i)
		if len(key) < 2 {
			continue
		}
		from, to, put := i, i, []byte(Hidden)
		switch r.keyed(key).kind {
		case ofSecret:
			if ofKind(key) && portFollows(in, i) {
				continue // "Service.shop.auth:8080"
			}
			from, to = valueAfter(in, i+width, bytes.HasSuffix(appendLower(nil, key), []byte("cookie")))
			if bytes.HasPrefix(in[from:], []byte("-----BEGIN ")) {
				continue // its form takes all of it
			}
			if to <= from || harmless.Match(in[from:to]) || r.sentenceGoesOn(in, from, to) {
				continue
			}
			r.hide(string(in[from:to]), false)
		case ofNumber:
			from, to = numberAfter(in, i+width)
			put = r.otherNumber(in[from:to])
		case ofAddress:
			from, to, put = r.addressAfter(in, i+width)
		default:
			if bytes.HasPrefix(in[i:], []byte("://")) {
				from, to, put = r.addressAfter(in, i+len("://"))
			}
		}
		if to > from {
			out = append(out, edit{from, to, put})
			i = to - 1
		}
	}
	return out
}

// ofKind says whether a key is the name of an object behind its kind and namespace.
func ofKind(key []byte) bool {
	return key[0] >= 'A' && key[0] <= 'Z' && bytes.Count(key, []byte(".")) == 2
}

// authSchemes stand before a credential (RFC 9110 §11.4).
var authSchemes = []string{"bearer ", "basic ", "token ", "apikey ", "digest ", "negotiate ", "ntlm ", "oauth ", "hawk ", "aws4-hmac-sha256 "}

// separator is the width of what stands between a name and its value.
func separator(b []byte, i int) int {
	switch {
	case i+1 < len(b) && b[i+1] == '>' && (b[i] == '=' || b[i] == '-'): // of Ruby, PHP, Perl
		return 2
	case b[i] == '=' || b[i] == ':':
		return 1
	case b[i] == '>' && inElement(b, i):
		return 1
	case b[i] == '%' && i+2 < len(b) && b[i+1] == '3' && b[i+2]|0x20 == 'd':
		return 3
	}
	return 0
}

// inElement says whether the tag of an element of XML ends at i that has a text and no attributes.
func inElement(b []byte, i int) bool {
	from := startOf(b, i, func(c byte) bool { return nameByte(c) || c == ':' })
	return from < i && from > 0 && b[from-1] == '<' && i+1 < len(b) && b[i+1] != '<'
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
	const most = 128
	return b[max(startOf(b, end, nameByte), end-most):end]
}

// What the value of a key is, where it is no name.
const (
	ofNothing uint8 = iota
	ofSecret
	ofNumber
	ofAddress
)

// keyKind says what the value of a key of these words is.
func keyKind(words []string) uint8 {
	switch {
	case secretKey(words):
		return ofSecret
	case endsIn(words, numberKeys):
		return ofNumber
	case endsIn(words, addressKeys):
		return ofAddress
	}
	return ofNothing
}

// valueAfter is where the value behind a separator begins and ends. header says
// that it goes on behind a semicolon, as the pairs of a cookie do (RFC 6265 §4).
func valueAfter(b []byte, i int, header bool) (from, to int) {
	i = prefixed(b, inList(b, i))
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
	for _, scheme := range authSchemes {
		if len(b)-from > len(scheme) && strings.EqualFold(string(b[from:from+len(scheme)]), scheme) {
			from += len(scheme)
		}
	}
	const ends = " \t\r\n\"'&,;(){}[]<>\\\x1b"
	for to = from; to < len(b) && (strings.IndexByte(ends, b[to]) < 0 || header && strings.IndexByte("&,(){}[]", b[to]) >= 0); to++ {
	}
	if header && to+2 < len(b) && b[to] == ';' { // the next pair
		if _, after := valueAfter(b, to+1, true); after > to+2 {
			return from, after
		}
	}
	return from, to
}

// prefixed steps over what stands before a value and is no part of it: a blank of a
// form, the letter of Python before a quote.
func prefixed(b []byte, i int) int {
	if i+1 < len(b) && (b[i] == '+' || (b[i] == 'u' || b[i] == 'b') && (b[i+1] == '"' || b[i+1] == '\'')) {
		return i + 1
	}
	return i
}
