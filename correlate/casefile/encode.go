package casefile

import (
	"strings"
	"unicode/utf8"
)

// Strings of a Parquet file must be UTF-8, and logs hold what they like. A byte
// that is no part of a UTF-8 character is written as the character U+10FF00
// plus the byte, of the last private plane; so is each byte of such a character
// that stood in the text. decode is the exact inverse, for every string.
const escapes = 0x10ff00

// encode makes valid UTF-8 of a string.
func encode(s string) string {
	if utf8.ValidString(s) && !holdsEscape(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r >= escapes {
			for _, c := range []byte(s[i : i+n]) {
				b.WriteRune(escapes + rune(c))
			}
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// decode gives back what encode was given.
func decode(s string) string {
	if !holdsEscape(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r >= escapes {
			b = append(b, byte(r-escapes))
		} else {
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return string(b)
}

// holdsEscape says whether one of the 256 characters from U+10FF00 on stands
// in s. In UTF-8 they begin with F4 8F and BC to BF.
func holdsEscape(s string) bool {
	for {
		i := strings.Index(s, "\xf4\x8f")
		if i < 0 || i+2 >= len(s) {
			return false
		}
		if s[i+2] >= 0xbc {
			return true
		}
		s = s[i+2:]
	}
}
