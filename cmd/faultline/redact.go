package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/redact"
	"faultline/parse"
)

// hidden is a case under pseudonyms.
type hidden struct {
	*correlate.Case
	text casefile.Text
}

// redactor knows every name in a case and in its lines.
func redactor(c *loaded, key []byte) *redact.Redactor {
	r := redact.New(key, c.Capture)
	for i := range c.Streams {
		s := &c.Streams[i]
		last := parse.Ref{}
		for j := range s.Events {
			ref := s.Ref(&s.Events[j])
			if ref == last {
				continue
			}
			last = ref
			if line, err := c.text.Line(c.Capture, ref); err == nil {
				r.Learn(line)
			}
		}
	}
	return r
}

// redacted judges the case once more, under pseudonyms, and arranges that the
// finished file is searched for the originals before it is put in its place.
func (a *app) redacted(c *loaded, e *exporting, o *casefile.Options) (*hidden, error) {
	key, err := redactKey(e.key)
	if err != nil {
		return nil, err
	}
	r := redactor(c, key)
	capture, text := casefile.Rewrite(c.Capture, c.text, r, key)
	judgedBy, err := casefile.RewriteOptions(c.Case, c.given, r)
	if err != nil {
		return nil, misuse("-n shop", "%w", err)
	}
	out := &hidden{decide(correlate.NewIndex(capture), judgedBy), text}
	c.replaced = r.Map()
	o.Judged, o.Redaction = judgedBy, "pseudonyms"
	o.Arguments = hiddenArguments(o, r)
	classes, ordinary := r.Counts()
	said, err := json.MarshalIndent(map[string]any{"redaction": "pseudonyms", "replaced": classes, "ordinary_words_not_proved": ordinary}, "", " ")
	if err != nil {
		return nil, err
	}
	o.Documents = documents(out.Case, text, append(said, '\n'))
	o.Check = func(in *casefile.Contents) error {
		s := redact.NewSearcher(r.Originals())
		if err := in.Strings(func(where string, text []byte) error { s.Text(where, text); return nil }); err != nil {
			return err
		}
		if len(s.Hits) > 0 {
			h := s.Hits[0]
			return &heldError{fmt.Sprintf("%d originals were found in the redacted case, the first in %s (%s): it was not written", len(s.Hits), h.Where, h.Form)}
		}
		return nil
	}
	return out, nil
}

// hiddenArguments are the arguments without what they give away. With an
// origin they are those of the first export.
func hiddenArguments(o *casefile.Options, r *redact.Redactor) []string {
	list := o.Arguments
	if o.Origin != nil {
		list = o.Origin.Arguments
		first := *o.Origin // of which only what was left out stays
		first.Redaction = ""
		o.Origin = &first
	}
	var out []string
	for i, arg := range list {
		switch {
		case i == 0:
		case strings.HasPrefix(arg, "-"):
			arg = string(r.Line([]byte(arg)))
		default:
			arg = r.Path(arg)
		}
		out = append(out, arg)
	}
	if o.Origin != nil {
		o.Origin.Arguments = out
	}
	return out
}

// redactKey reads the key, or makes one that nobody will have.
func redactKey(path string) ([]byte, error) {
	if path == "" {
		key := make([]byte, 32)
		_, err := rand.Read(key)
		return key, err
	}
	key, err := os.ReadFile(path)
	if err == nil && len(bytes.TrimSpace(key)) < 16 {
		return nil, misuse("head -c 32 /dev/urandom > key", "--redact-key %s: a key has 16 bytes or more", path)
	}
	return key, err
}
