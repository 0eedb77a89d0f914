package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/redact"
)

// hidden is a case under pseudonyms.
type hidden struct {
	*correlate.Case
	text casefile.Text
}

// redactor knows every name in a case, in its lines and in what was asked.
func redactor(ctx context.Context, c *loaded, text casefile.Text, key []byte) (*redact.Redactor, error) {
	r := redact.New(key, c.Capture)
	r.Add(redact.Namespace, c.given.Namespace)
	r.Add(redact.Pod, c.given.Pod)
	for _, m := range c.Matches {
		r.Add(redact.Object, m.Name)
	}
	n := 0
	for ref := range casefile.Refs(c.Case) {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if line, err := text.Line(c.Capture, ref); err == nil {
			r.Learn(line)
		}
	}
	for i := range c.Capture.Sources {
		s := &c.Capture.Sources[i]
		r.Learn([]byte(s.Broken))
		for _, p := range s.Problems {
			r.Learn([]byte(p.Text))
		}
	}
	return r, nil
}

// redacted judges the case once more, under pseudonyms, and arranges that the
// finished file is searched for the originals before it is put in its place.
func (a *app) redacted(c *loaded, e *exporting, o *casefile.Options) (*hidden, error) {
	key, err := redactKey(e.key)
	if err != nil {
		return nil, err
	}
	text := casefile.Excerpts(c.text)
	r, err := redactor(a.ctx, c, text, key)
	if err != nil {
		return nil, err
	}
	w := casefile.Rewriter(r)
	if e.leaky != nil {
		w = e.leaky(w)
	}
	capture, hiding := casefile.Rewrite(c.Capture, text, w, key)
	judgedBy, err := hiding.Options(c.Case, c.given)
	if err != nil {
		return nil, misuse("-n shop", "%w", err)
	}
	out := &hidden{decide(correlate.NewIndex(capture), judgedBy), hiding}
	o.Judged, o.Redaction = judgedBy, "pseudonyms"
	o.Arguments = hiddenArguments(o, w)
	o.Documents = documents(out.Case, hiding, func() ([]byte, error) { return said(r) })
	o.Check = func(in *casefile.Contents) (undo func(), err error) {
		if err := absent(a.ctx, in, r.Originals()); err != nil || e.keep == "" {
			return nil, err
		}
		return a.keepMap(e, r.Map())
	}
	return out, nil
}

// said is the redaction-report: in numbers what was replaced, and in words
// what is looked for and what is not.
func said(r *redact.Redactor) ([]byte, error) {
	classes, ordinary := r.Counts()
	out, err := json.MarshalIndent(struct {
		Redaction string         `json:"redaction"`
		Replaced  map[string]int `json:"replaced"`
		Ordinary  int            `json:"ordinary_words_not_proved"`
		Covered   []string       `json:"covered"`
		Not       []string       `json:"not_covered"`
	}{"pseudonyms", classes, ordinary, redact.Covered, redact.NotCovered}, "", " ")
	return append(out, '\n'), err
}

// absent searches a finished case for what must not be in it.
func absent(ctx context.Context, in *casefile.Contents, originals []string) error {
	s := redact.NewSearcher(originals)
	if err := in.Strings(func(where string, text []byte) error {
		s.Text(where, text)
		return context.Cause(ctx)
	}); err != nil {
		return err
	}
	if len(s.Hits) > 0 {
		h := s.Hits[0]
		return &heldError{fmt.Sprintf("%d originals were found in the redacted case, the first in %s (%s): it was not written", len(s.Hits), h.Where, h.Form)}
	}
	return nil
}

// hiddenArguments are the arguments without what they give away. With an
// origin they are those of the first export.
func hiddenArguments(o *casefile.Options, r casefile.Rewriter) []string {
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
