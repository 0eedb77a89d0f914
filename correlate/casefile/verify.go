package casefile

import (
	"bytes"
	"fmt"
	"io"

	"faultline/correlate"
)

// Verify makes the tables of a judged case again, c being what f's capture was
// judged as with the options in its manifest, and tells each value that
// differs from what f holds. Of the lines it is their text alone that follows
// from nothing. Documents that were written by the same version
// of the program are made again too.
func (f *File) Verify(c *correlate.Case, version string, documents []Document, differs func(Difference)) error {
	b := newBuilder(c, f)
	b.version = version
	for _, t := range tables {
		stored, err := f.in.table(t.name())
		if err != nil {
			return err
		}
		if stored == nil {
			differs(Difference{t.name(), -1, "table", "missing", "there"})
			continue
		}
		if err := guarded(t.name(), func() error { return t.diff(stored, b, differs) }); err != nil {
			return err
		}
	}
	if err := f.verifyLines(c, b, differs); err != nil {
		return err
	}
	m := f.Manifest
	if want := (Verdict{string(c.Verdict.Code), c.Verdict.Sentence, c.Verdict.Next}); m.Verdict != want {
		differs(Difference{"manifest", -1, "verdict", m.Verdict.Code + ": " + m.Verdict.Sentence, want.Code + ": " + want.Sentence})
	}
	if m.Tool.Version != version {
		return nil // another version may word its documents otherwise
	}
	for _, d := range documents {
		if err := f.verifyDocument(d, differs); err != nil {
			return err
		}
	}
	return nil
}

// verifyLines looks for the line of each event.
func (f *File) verifyLines(c *correlate.Case, b *builder, differs func(Difference)) error {
	var missing int64
	x, err := f.index()
	if err != nil {
		return err
	}
	for _, p := range ordered(c) {
		if _, ok := x.find(c.Ref(p)); !ok {
			missing++
		}
	}
	said := int64(0)
	if f.Manifest.Omitted != nil {
		said = f.Manifest.Omitted.Lines
	}
	if missing != said {
		differs(Difference{"lines", -1, "events without a line", fmt.Sprintf("%d said to be left out", said), fmt.Sprint(missing)})
	}
	return nil
}

func (f *File) verifyDocument(d Document, differs func(Difference)) error {
	var want bytes.Buffer
	if err := d.Write(&want, f.Manifest); err != nil {
		return err
	}
	e, ok := f.in.find(d.Name)
	if !ok {
		differs(Difference{d.Name, -1, "document", "missing", "there"})
		return nil
	}
	got, err := io.ReadAll(io.NewSectionReader(e.data, 0, e.size))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want.Bytes()) {
		differs(Difference{d.Name, -1, "document", fmt.Sprintf("%d bytes", len(got)), fmt.Sprintf("%d other bytes", want.Len())})
	}
	return nil
}
