package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
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
	text  casefile.Text
	names *redact.Redactor
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
			learnRow(r, &c.Capture.Sources[ref.Source], line)
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

// learnRow takes the names that only the head of a table says are some.
func learnRow(r *redact.Redactor, s *parse.Source, row []byte) {
	for _, w := range s.Wrappers {
		if w.Cells != nil {
			w.Cells(row, func(column, cell []byte) { r.Cell(string(column), string(cell)) })
		}
	}
}

// redacted judges the case once more, under pseudonyms, and arranges that the
// finished file is searched for the originals before it is put in its place.
func (a *app) redacted(c *loaded, e *exporting, o *casefile.Options) (*hidden, error) {
	key, err := e.secret()
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
	out := &hidden{decide(correlate.NewIndex(capture), judgedBy), hiding, r}
	o.Judged, o.Redaction = judgedBy, "pseudonyms"
	o.Arguments = hiddenArguments(o, w)
	o.Documents = documents(out.Case, hiding, func() ([]byte, error) { return said(r) })
	o.Check = func(in *casefile.Contents) (undo func(), err error) {
		if err := absent(a.ctx, in, r); err != nil || e.keep == "" {
			return nil, err
		}
		return a.keepMap(e, r.Map())
	}
	return out, nil
}

// redactionReport says in numbers what was replaced, and in words what is
// looked for and what is not.
type redactionReport struct {
	Redaction string         `json:"redaction"`
	Replaced  map[string]int `json:"replaced,omitempty"`
	Ordinary  int            `json:"ordinary_words_not_proved,omitempty"`
	Covered   []string       `json:"covered,omitempty"`
	Not       []string       `json:"not_covered,omitempty"`
}

// notRedacted is the report of a case in which nothing was replaced.
var notRedacted = redactionReport{Redaction: "none"}

// text is the report as a case has it.
func (r redactionReport) text() ([]byte, error) {
	if r.Redaction != notRedacted.Redaction {
		r.Covered, r.Not = redact.Covered, redact.NotCovered
	}
	out, err := json.MarshalIndent(r, "", " ")
	return append(out, '\n'), err
}

func said(r *redact.Redactor) ([]byte, error) {
	classes, ordinary := r.Counts()
	return redactionReport{Redaction: "pseudonyms", Replaced: classes, Ordinary: ordinary}.text()
}

// saidAgain makes a case's own report again. Its counts are the word of who
// redacted it: what was replaced is not in the case.
func saidAgain(m *casefile.Manifest, stored []byte) ([]byte, error) {
	var r redactionReport
	if err := json.Unmarshal(stored, &r); err != nil || m.Redaction == notRedacted.Redaction || r.Redaction != m.Redaction {
		r = redactionReport{Redaction: m.Redaction}
	}
	return r.text()
}

// absent searches a finished case for what must not be in it.
func absent(ctx context.Context, in *casefile.Contents, r *redact.Redactor) error {
	s := r.Searcher()
	if err := in.Strings(func(where string, text []byte) error {
		if !casefile.Guide(where) {
			s.Text(where, text)
		}
		return context.Cause(ctx)
	}); err != nil {
		return err
	}
	if len(s.Hits) > 0 {
		return &heldError{leaked(s.Hits, r)}
	}
	return nil
}

// maxHits is how many originals a refused export names.
const maxHits = 5

// leaked says, on stderr and nowhere else, what was found of the originals and
// what helps: they are the user's own.
func leaked(hits []redact.Hit, r *redact.Redactor) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d originals were found in the redacted case, which was not written:", len(hits))
	for _, h := range hits[:min(len(hits), maxHits)] {
		fmt.Fprintf(&out, " %q (%s) in %s, byte %d (%s);", h.Original, r.Class(h.Original), h.Where, h.Off, h.Form)
	}
	out.WriteString(" leave out the source that holds them, or attach a part of it: --since, --until, -n, --max-size")
	return out.String()
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
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	key, err := io.ReadAll(io.LimitReader(f, maxKey))
	if err == nil && weak(key) {
		return nil, misuse("head -c 32 /dev/urandom > key", "--redact-key %s: a key has 16 bytes or more, drawn at random", path)
	}
	return key, err
}

// secret is the key, which is read or drawn once: all that is hidden with it has
// the same pseudonyms.
func (e *exporting) secret() (key []byte, err error) {
	if e.drawn == nil {
		e.drawn, err = redactKey(e.key)
	}
	return e.drawn, err
}

// maxKey is how much of a key file is read: a device never ends.
const maxKey = 4096

// weak says whether a key can be guessed: it is short, or of few different bytes.
func weak(key []byte) bool {
	different := map[byte]bool{}
	for _, c := range bytes.TrimSpace(key) {
		different[c] = true
	}
	return len(bytes.TrimSpace(key)) < 16 || len(different) < 8
}
