package lex

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Quoted reads a double-quoted Go string, as logrus and klog print values
// (%q), and gives the text between the quotes, unescaped. The text aliases b
// when nothing was escaped. A string without its closing quote is not one.
func Quoted(b []byte) (text []byte, n int, ok bool) {
	end := QuotedEnd(b)
	if end == 0 {
		return nil, 0, false
	}
	if text = b[1 : end-1]; bytes.IndexByte(text, '\\') >= 0 {
		text = unescape(text)
	}
	return text, end, true
}

// unescape undoes Go's escapes in a text without its quotes.
func unescape(b []byte) []byte { return AppendUnescaped(make([]byte, 0, len(b)), b) }

// AppendUnescaped appends text to out, without Go's escapes. What is no valid
// escape is kept as it stands: a log is evidence, and a byte that puzzles us is
// still a byte.
func AppendUnescaped(out, text []byte) []byte {
	for len(text) > 0 {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return append(out, text...)
		}
		out, text = append(out, text[:i]...), text[i:]
		switch text[1] {
		case '"', '\\':
			out, text = append(out, text[1]), text[2:]
			continue
		case 'n':
			out, text = append(out, '\n'), text[2:]
			continue
		case 't':
			out, text = append(out, '\t'), text[2:]
			continue
		}
		const longest = len(`\U0010ffff`)
		s := string(text[:min(len(text), longest)])
		r, multi, tail, err := strconv.UnquoteChar(s, '"')
		switch {
		case err != nil:
			out, text = append(out, text[0]), text[1:]
			continue
		case r < utf8.RuneSelf || !multi:
			out = append(out, byte(r))
		default:
			out = utf8.AppendRune(out, r)
		}
		text = text[len(s)-len(tail):]
	}
	return out
}

// Pair reads one key=value of a logfmt line and the space after it. The value
// is unquoted if it was quoted. A key without a value is not a pair.
func Pair(b []byte) (key, value []byte, n int, ok bool) {
	i := 0
	for i < len(b) && b[i] == ' ' {
		i++
	}
	k := i
	for i < len(b) && b[i] != '=' && b[i] != ' ' && b[i] != '"' {
		i++
	}
	if i == k || i >= len(b) || b[i] != '=' {
		return nil, nil, 0, false
	}
	key = b[k:i]
	i++
	if v, w, quoted := Quoted(b[i:]); quoted {
		return key, v, i + w, true
	}
	v := i
	for i < len(b) && b[i] != ' ' {
		i++
	}
	return key, b[v:i], i, true
}

// TrimBOM cuts a byte order mark, which Windows tools put before the first
// line of a file.
func TrimBOM(b []byte) []byte {
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		return b[3:]
	}
	return b
}

// TrimEOL cuts a trailing carriage return, which Windows tools add.
func TrimEOL(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\r' {
		return b[:n-1]
	}
	return b
}

// StripANSI removes colour sequences (ESC [ … m). Without one, b is returned
// as it is.
func StripANSI(b []byte) []byte {
	if bytes.IndexByte(b, 0x1b) < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] == 0x1b && i+1 < len(b) && b[i+1] == '[' {
			j := i + 2
			for j < len(b) && (b[j] == ';' || b[j]-'0' <= 9) {
				j++
			}
			if j < len(b) && b[j] == 'm' {
				i = j + 1
				continue
			}
		}
		out = append(out, b[i])
		i++
	}
	return out
}
