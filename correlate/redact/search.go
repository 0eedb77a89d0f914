package redact

import (
	"bytes"
	"iter"
	"strings"
)

// Hit is an original that was found where none may be.
type Hit struct {
	// Where is the name of the text, as the search was given it, and Off the
	// byte in it.
	Where string
	Off   int
	// Original is what was found, and Form how it was written: plain,
	// base64, or the encoding's name.
	Original, Form string
}

// Searcher looks for originals in one text after the other.
type Searcher struct {
	plain, long *dictionary
	ours        *dictionary // pseudonyms: a part of one is no original
	clean       templates   // of texts in which nothing was found
	of          *Redactor   // who knows the places of names that are words, or nil
	// Hits are what was found so far.
	Hits []Hit
}

// NewSearcher makes a searcher. It looks for whole words, in capitals or small
// letters, for addresses also with dashes and turned around as in
// in-addr.arpa, for names also with underscores; and for all of it again in
// what is encoded, see [views], or in base64.
func NewSearcher(originals []string) *Searcher {
	s := &Searcher{plain: newDictionary(), long: newDictionary(), ours: newDictionary(), clean: newTemplates()}
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

// Searcher makes one for all originals that must not stand in what was redacted.
func (r *Redactor) Searcher() *Searcher {
	s := NewSearcher(r.Originals())
	s.of = r
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.taken {
		s.ours.add(p, "")
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
	const long = 1 << 14 // a document, of which there is no second
	if s.plain.numeric || len(text) > long {
		s.below(where, "plain", text, maxNested)
		return
	}
	print, _ := s.clean.of(text, false)
	if s.clean.learned[print] {
		return
	}
	before := len(s.Hits)
	s.below(where, "plain", text, maxNested)
	if len(s.Hits) == before && len(s.clean.learned) < mostTemplates {
		s.clean.learned[print] = true
	}
}

// below looks into a text that was in an encoding, and into those below.
func (s *Searcher) below(where, form string, text []byte, nested int) {
	s.scan(s.plain, where, form, text)
	if s.of != nil {
		for _, p := range s.of.leftInPlaces(text) {
			s.Hits = append(s.Hits, Hit{where, p.from, string(text[p.from:p.to]), form})
		}
	}
	for i := range views {
		if d := views[i].decode(text); d.text != nil && nested > 0 {
			s.below(where, views[i].form, d.text, nested-1)
		}
	}
	blobs(text, func(_, _ int, decoded []byte) bool {
		s.scan(s.long, where, "base64", decoded)
		return true
	})
}

func (s *Searcher) scan(d *dictionary, where, form string, b []byte) {
	till := 0
	for i := range b {
		if i >= till && wordByte(b[i]) && (d.may(b, i) || s.ours.may(b, i)) && begins(b, i) && escapeEnd(b, i) == i {
			n, original, ok := d.at(b, i)
			if skip, _, is := s.ours.at(b, i); is && skip > n {
				till = i + skip
			} else if ok && !cutShort(b, i, n) {
				s.Hits = append(s.Hits, Hit{where, i, original, form})
			}
		}
	}
}

// cutShort says whether a text of a few letters is what a table left of a longer name.
func cutShort(b []byte, i, n int) bool {
	return n < minInBase64/2 && (bytes.HasSuffix(b[:i], []byte(cutOff)) || bytes.HasPrefix(b[i+n:], []byte(cutOff)))
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
