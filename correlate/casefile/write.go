package casefile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// Options of a [Write].
type Options struct {
	// Version of the program, and the arguments it was called with.
	Version   string
	Arguments []string
	// Judged are the options that the case was judged with, as they were
	// given: without what facts files add.
	Judged correlate.Options
	// Origin is the manifest of the case that this one was opened from, nil
	// for raw files. It says what the arguments and what was left out were.
	Origin *Manifest
	// Redaction says what was replaced; "" is nothing.
	Redaction string
	// MaxBytes is how large the case may get; 0 is no limit.
	MaxBytes int64
	// Documents are written beside the tables.
	Documents []Document
	// Signer, if not nil, signs the case.
	Signer *Signer
	// Check, if not nil, looks at the finished case before it is put in its
	// place; with an error it never gets there. If the case does not get there
	// for another reason, undo, which may be nil, is called.
	Check func(*Contents) (undo func(), err error)

	wrap func(io.Writer) io.Writer // fails in tests
}

// Document is an entry for people. Write is given the manifest as far as it
// is known: all but the entries.
type Document struct {
	Name string
	// Last is written behind the tables, since it tells of what is in them.
	Last  bool
	Write func(w io.Writer, m *Manifest) error
}

// Write writes a case to path: a zip, or a folder when path ends in a slash or
// is one. It takes the place of what was there only when it is complete;
// before that nothing can be seen of it. ctx ends it with its cause.
func Write(ctx context.Context, path string, c *correlate.Case, text Text, o Options) (*Manifest, error) {
	b := newBuilder(c, text)
	b.version = o.Version
	m := manifestOf(c, &o)
	for try := 0; ; try++ {
		out, contents, err := writeOnce(ctx, path, b, m, &o)
		if err != nil {
			return nil, err
		}
		size := contents.size()
		if o.MaxBytes > 0 && size > o.MaxBytes {
			out.discard()
			if err := b.shrink(m, size, o.MaxBytes, try); err != nil {
				return nil, err
			}
			continue
		}
		defer out.discard()
		if o.Check != nil {
			undo, err := o.Check(contents)
			if err == nil {
				err = out.publish(ctx)
			}
			if err != nil && undo != nil {
				undo()
			}
			return m, err
		}
		return m, out.publish(ctx)
	}
}

func manifestOf(c *correlate.Case, o *Options) *Manifest {
	m := &Manifest{Schema: Schema(), Tool: Tool{toolName, o.Version}, Arguments: append([]string{}, o.Arguments...),
		JudgedWith: optionsOut(&o.Judged), Matches: matchesOf(c.Matches), Redaction: o.Redaction,
		Verdict: Verdict{string(c.Verdict.Code), c.Verdict.Sentence, c.Verdict.Next}}
	if o.Origin != nil {
		m.Arguments, m.Omitted = o.Origin.Arguments, o.Origin.Omitted
		if m.Redaction == "" {
			m.Redaction = o.Origin.Redaction
		}
	}
	if m.Redaction == "" {
		m.Redaction = "none"
	}
	m.Inputs = inputsOf(c.Capture)
	return m
}

// inputsOf is the SHA-256 over those of the sources.
func inputsOf(c *parse.Capture) string {
	sum := sha256.New()
	for i := range c.Sources {
		sum.Write(c.Sources[i].SHA256[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// writeOnce writes everything once, to where nobody sees it.
func writeOnce(ctx context.Context, path string, b *builder, m *Manifest, o *Options) (out container, contents *Contents, err error) {
	if info, e := os.Stat(path); strings.HasSuffix(path, "/") || e == nil && info.IsDir() {
		out, err = newFolder(path, o.wrap)
	} else {
		out, err = newZip(path, o.wrap)
	}
	if err != nil {
		return nil, nil, err
	}
	if err = fill(ctx, out, b, m, o); err == nil {
		contents, err = out.finish()
	}
	if err != nil {
		out.discard()
	}
	return out, contents, err
}

func fill(ctx context.Context, out container, b *builder, m *Manifest, o *Options) error {
	m.Entries = []Entry{}
	add := func(name string, write func(w io.Writer) (*int64, error)) error {
		w, err := out.create(name)
		if err != nil {
			return err
		}
		t := newTally(ctx, w)
		rows, err := write(t)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		e := t.entry(name)
		e.Rows = rows
		m.Entries = append(m.Entries, e)
		return nil
	}
	fixed := []Document{
		{Name: markName, Write: func(w io.Writer, _ *Manifest) error { _, err := io.WriteString(w, markText); return err }},
	}
	fixed = append(fixed, guides...)
	text := func(last bool) error {
		for _, d := range append(fixed, o.Documents...) {
			if d.Last != last {
				continue
			}
			if err := add(d.Name, func(w io.Writer) (*int64, error) { return nil, d.Write(w, m) }); err != nil {
				return err
			}
		}
		return nil
	}
	if err := text(false); err != nil {
		return err
	}
	for _, t := range tables {
		err := add(t.name()+".parquet", func(w io.Writer) (*int64, error) {
			rows, err := t.write(w, b, m.metadata(t))
			return &rows, err
		})
		if err != nil {
			return err
		}
	}
	if err := text(true); err != nil {
		return err
	}
	w, err := out.create(manifestName)
	if err != nil {
		return err
	}
	t := newTally(ctx, w)
	if err := m.encode(t); err != nil {
		return err
	}
	list := sums(m, t.entry(manifestName))
	if err := put(ctx, out, sumsName, list); err != nil || o.Signer == nil {
		return err
	}
	return put(ctx, out, signatureName, o.Signer.sign(list))
}

// put writes an entry that the manifest does not list.
func put(ctx context.Context, out container, name string, data []byte) error {
	w, err := out.create(name)
	if err != nil {
		return err
	}
	_, err = newTally(ctx, w).Write(data)
	return err
}
