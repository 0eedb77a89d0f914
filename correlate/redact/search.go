package redact

import (
	"bytes"
	"encoding/base64"
	"iter"
	"slices"
	"strings"
)

// Hit is an original that was found where none may be.
type Hit struct {
	// Where is the name of the text, as the search was given it, and Off the
	// byte in it.
	Where string
	Off   int
	// Original is what was found, and Form how it was written: plain,
	// percent or base64.
	Original, Form string
}

// Searcher looks for originals in one text after the other.
type Searcher struct {
	plain, long *dictionary
	// Hits are what was found so far.
	Hits []Hit
}

// NewSearcher makes a searcher. It looks for whole words, in capitals or small
// letters, for addresses also with dashes and turned around as in
// in-addr.arpa, for names also with underscores; and for all of it again in
// what is percent-encoded or in base64.
func NewSearcher(originals []string) *Searcher {
	s := &Searcher{plain: newDictionary(), long: newDictionary()}
	for _, o := range originals {
		for _, form := range forms(o) {
			s.plain.add(form, o)
			if len(form) >= minInBase64 {
				s.long.add(form, o)
			}
		}
	}
	return s
}

// Search looks for originals in texts, which come with names to report them
// under.
func Search(texts iter.Seq2[string, string], originals []string) []Hit {
	s := NewSearcher(originals)
	for where, text := range texts {
		s.Text(where, []byte(text))
	}
	return s.Hits
}

// minInBase64 is the shortest original that is looked for in base64: shorter
// ones stand in random bytes by chance.
const minInBase64 = 6

// forms are the ways to write an original in plain text.
func forms(o string) []string {
	out := []string{o}
	if ip, n, ok := octets([]byte(o), '.'); ok && n == len(o) {
		out = append(out, dotted(ip, "-"), dotted(ip, "_"), dotted([4]byte{ip[3], ip[2], ip[1], ip[0]}, ".")+".in-addr")
	}
	if strings.Contains(o, "-") {
		out = append(out, strings.ReplaceAll(o, "-", "_"))
	}
	return out
}

// Text looks into one text; where is what its hits are reported under.
func (s *Searcher) Text(where string, text []byte) {
	s.scan(s.plain, where, "plain", text)
	if bytes.IndexByte(text, '%') >= 0 {
		if u := unpercent(text); len(u) < len(text) {
			s.scan(s.plain, where, "percent", u)
		}
	}
	s.base64(where, text)
}

func (s *Searcher) scan(d *dictionary, where, form string, b []byte) {
	for i := range b {
		if wordByte(b[i]) && begins(b, i) {
			if _, original, ok := d.at(b, i); ok {
				s.Hits = append(s.Hits, Hit{where, i, original, form})
			}
		}
	}
}

// unpercent undoes percent-encoding wherever it can be undone.
func unpercent(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) && hexByte(b[i+1]) && hexByte(b[i+2]) {
			out = append(out, unhex(b[i+1])<<4|unhex(b[i+2]))
			i += 2
			continue
		}
		out = append(out, b[i])
	}
	return out
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// base64 looks into runs of its letters, from each of the four places at which
// a group of letters may begin.
func (s *Searcher) base64(where string, b []byte) {
	standard := func(c byte) bool { return wordByte(c) && c < 0x80 || c == '+' || c == '/' || c == '-' || c == '_' }
	var buf []byte
	for i := 0; i < len(b); {
		j := i
		for j < len(b) && standard(b[j]) {
			j++
		}
		if j-i >= minInBase64*4/3 {
			run := bytes.ReplaceAll(bytes.ReplaceAll(b[i:j], []byte("-"), []byte("+")), []byte("_"), []byte("/"))
			for shift := range 4 {
				part := run[shift:]
				if len(part)%4 == 1 { // no group ends with one letter
					part = part[:len(part)-1]
				}
				buf = slices.Grow(buf[:0], base64.RawStdEncoding.DecodedLen(len(part)))[:base64.RawStdEncoding.DecodedLen(len(part))]
				if n, err := base64.RawStdEncoding.Decode(buf, part); err == nil {
					s.scan(s.long, where, "base64", buf[:n])
				}
			}
		}
		i = max(j, i+1)
	}
}
