package redact_test

import (
	"strings"
	"testing"

	"faultline/correlate/redact"
)

// FuzzTold looks for names that a key told in texts that hold them beside
// anything, colours and escapes among it.
func FuzzTold(f *testing.F) {
	f.Add("tazukimor", "\x1b[32m", "\x1b[0m", uint8(0))
	f.Add("korumpiq-7", `{"log":"\u001b[1;31m`, `\u001b[0m"}`, uint8(1))
	f.Add("zufolax", "%2F", "%20and", uint8(2))
	f.Add("zufolax.korumpiq", `\\\"`, `\\\"`, uint8(3))
	f.Add("dunalogix", "&quot;", "&#39;", uint8(0))
	f.Add("dunalogix", `""`, `""…`, uint8(1))
	keys := []string{"namespace=", "pod: ", `"node":"`, "customer="}
	f.Fuzz(func(t *testing.T, name, before, after string, key uint8) {
		if len(name) < 8 || len(name) > 60 || !isName(name) || endsInWord(before) || beginsWord(after) {
			return
		}
		line := keys[int(key)%len(keys)] + name + `" and then ` + before + name + after
		r := redact.New([]byte("a key"), nil)
		r.Learn([]byte(line))
		if r.Class(name) == 0 && r.Map()[name] == "" {
			return // a word of the formats, an address, part of something longer
		}
		if got := string(r.Line([]byte(line))); strings.Contains(strings.ToLower(got), name) {
			t.Errorf("%q stays in %q", name, got)
		}
	})
}

// isName says whether a text could name an object of Kubernetes and nothing else.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'g' || c > 'z') && (c != '-' && c != '.' || i == 0 || i == len(s)-1 || s[i-1] == '-' || s[i-1] == '.') {
			return false
		}
	}
	return true
}

func endsInWord(s string) bool { return s != "" && (wordLike(s[len(s)-1]) && !escaped(s)) }
func beginsWord(s string) bool { return s != "" && wordLike(s[0]) }

func wordLike(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("-._", c) >= 0
}

// escaped says whether what a text ends with is a colour or an escaped character.
func escaped(s string) bool {
	for _, end := range []string{"\x1b[32m", `\u001b[1;31m`, "%2F"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}
