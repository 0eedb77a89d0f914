package prom

import (
	"bytes"

	"faultline/parse"
)

// lineDetail shows the samples of a run of failed scrapes, or those beside a
// hole, in the forms that are lines of text. Their lines may be joined
// without an end between them (see [parse.Unwrap]). The text of a hole begins
// within a sample.
func lineDetail(text []byte, d *parse.Detail) {
	var stamps []stampText
	hole := false
	switch c := first(text); {
	case bytes.Contains(text, []byte("@[")): // promql
		hole = c == '@'
		stamps = bracketed(text)
	case c == '[' || c == ',' || c == ' ' || c-'0' <= 9: // victoria
		hole = c != '[' && c != ','
		for _, word := range bytes.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '[' || r == ' ' || r == '\t' }) {
			if at, ok := millis(word); ok {
				stamps = append(stamps, stampText{word, at})
			}
		}
	default:
		hole = c != 'u' && c != '{'
		stamps = trailing(text)
	}
	describe(d, text, stamps, hole)
}

func first(text []byte) byte {
	if len(text) == 0 {
		return 0
	}
	return text[0]
}

// stampText is a time and how it is printed.
type stampText struct {
	text []byte
	at   int64
}

// bracketed finds the times of "0 @[1795423616]0 @[1795423646]".
func bracketed(text []byte) (out []stampText) {
	for {
		_, rest, ok := bytes.Cut(text, []byte("@["))
		word, rest, closed := bytes.Cut(rest, []byte{']'})
		if !ok || !closed {
			return out
		}
		if at, ok := seconds(word); ok {
			out = append(out, stampText{word, at})
		}
		text = rest
	}
}

// trailing finds the times of `up{…} 0 1795424536921` and the samples behind
// it. A hole's first selector has lost its first byte: that of its name
// (`p{…}`) or its brace (`__name__="up"}`).
func trailing(text []byte) (out []stampText) {
	for len(text) > 0 {
		n := selectorEnd(text)
		if n < len(text) && (text[n] == '=' || text[n] == '"') {
			n = max(0, selectorEnd(append([]byte{'{'}, text...))-1)
		}
		if n == 0 {
			return out
		}
		word, rest := token(text[n:])
		if _, ok := value(word); !ok {
			return out
		}
		rest = rest[blankEnd(rest):]
		n = 0
		for n < len(rest) && (rest[n]-'0' <= 9 || rest[n] == '.' || rest[n] == '-') {
			n++
		}
		at, ok := wallTime(rest[:n])
		if !ok {
			return out
		}
		out = append(out, stampText{rest[:n], at})
		text = bytes.TrimLeft(rest[n:], "\r\n")
	}
	return out
}
