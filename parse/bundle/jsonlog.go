package bundle

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// logKey is the key under which AKS periscope writes a whole log as one string
// of a JSON object (Azure/aks-periscope pkg/collector/pods_containerlogs_collector.go).
const logKey = `"containerLog"`

// logStart is where the text of a log within a JSON object begins, 0 where the
// source is no such object.
func logStart(r *bufio.Reader) int {
	head, _ := r.Peek(4096)
	if len(head) == 0 || head[0] != '{' {
		return 0
	}
	at := bytes.Index(head, []byte(logKey))
	if at < 0 {
		return 0
	}
	for at += len(logKey); at < len(head); at++ {
		switch head[at] {
		case ' ', '\t', '\r', '\n', ':':
		case '"':
			return at + 1
		default:
			return 0
		}
	}
	return 0
}

// stringReader gives the text of a JSON string up to its closing quote. What
// follows is not looked at.
type stringReader struct {
	r    *bufio.Reader
	rest []byte // of a character that did not fit
	err  error
	buf  [utf8.UTFMax]byte
}

func (s *stringReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(s.rest) > 0 {
			k := copy(p[n:], s.rest)
			s.rest, n = s.rest[k:], n+k
			continue
		}
		if s.err != nil {
			break
		}
		c, err := s.r.ReadByte()
		switch {
		case err == io.EOF: // the quote is missing
			s.err = io.ErrUnexpectedEOF
		case err != nil:
			s.err = err
		case c == '"':
			s.err = io.EOF
			_, err := io.Copy(io.Discard, s.r)
			if err != nil {
				s.err = err
			}
		case c == '\\':
			s.escape()
		default:
			p[n] = c
			n++
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, s.err
}

// escapes are what a letter behind a backslash stands for (RFC 8259, 7).
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', '"': '"', '\\': '\\', '/': '/'}

// escape decodes what follows a backslash.
func (s *stringReader) escape() {
	c, err := s.r.ReadByte()
	if err != nil {
		s.err = io.ErrUnexpectedEOF
		return
	}
	if plain, ok := escapes[c]; ok {
		s.buf[0], s.rest = plain, s.buf[:1]
		return
	}
	if c != 'u' {
		s.rest = s.buf[:utf8.EncodeRune(s.buf[:], utf8.RuneError)]
		return
	}
	r := s.unit()
	if utf16.IsSurrogate(r) {
		pair := rune(utf8.RuneError)
		if b, _ := s.r.Peek(2); string(b) == `\u` {
			s.r.Discard(2)
			pair = utf16.DecodeRune(r, s.unit())
		}
		r = pair
	}
	s.rest = s.buf[:utf8.EncodeRune(s.buf[:], r)]
}

// unit reads four hexadecimal digits.
func (s *stringReader) unit() rune {
	var hex [4]byte
	if _, err := io.ReadFull(s.r, hex[:]); err != nil {
		s.err = io.ErrUnexpectedEOF
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(hex[:]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
