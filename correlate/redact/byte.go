package redact

import "strings"

// span is a stretch of a line.
type span struct{ from, to int }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func figure(c byte) bool { return c >= '0' && c <= '9' }
func octal(c byte) bool  { return c >= '0' && c <= '7' }

func hexByte(c byte) bool { return figure(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// wordByte says whether a word may hold a byte, which need not be of ASCII.
func wordByte(c byte) bool { return letter(c) || figure(c) || c >= 0x80 }

// dnsByte says whether a label of the cluster's DNS may hold a byte, nameByte whether a
// name may, and keyByte whether a key may.
func dnsByte(c byte) bool  { return c >= 'a' && c <= 'z' || figure(c) || c == '-' }
func nameByte(c byte) bool { return letter(c) || figure(c) || c == '-' || c == '.' || c == '_' }
func keyByte(c byte) bool  { return nameByte(c) || c == '/' }

// endOf is where bytes of a sort end that stand from i on, and startOf where those begin
// that stand before i.
func endOf(b []byte, i int, sort func(byte) bool) int {
	for i < len(b) && sort(b[i]) {
		i++
	}
	return i
}

func startOf(b []byte, i int, sort func(byte) bool) int {
	for i > 0 && sort(b[i-1]) {
		i--
	}
	return i
}

// portFollows says whether a port begins at i, with its colon.
func portFollows(b []byte, i int) bool { return i+1 < len(b) && b[i] == ':' && figure(b[i+1]) }

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < 0x80 && letter(byte(c)) })
}

// wordsOf are the words of a text. What is not of ASCII is a part of one.
func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c < 0x80 && !wordByte(byte(c)) })
}
