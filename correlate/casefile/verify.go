package casefile

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"faultline/correlate"
	"faultline/correlate/redact"
	"faultline/parse"
)

// Verify makes everything that follows from a case's evidence again, c being
// what f's capture was judged as with the options in its manifest, and tells
// each value that differs from what f holds: the tables, the manifest, every
// document, and each event that its own stored line tells otherwise. Documents
// are compared whatever version wrote them: where another one words them
// otherwise, they differ, and nothing is proved of them. What follows from
// nothing are the text of the lines, and who wrote the case.
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
	if err := f.reread(c, differs); err != nil {
		return err
	}
	f.verifyManifest(c, differs)
	if err := f.verifyColumns(differs); err != nil {
		return err
	}
	for _, d := range slices.Concat(guides, documents) {
		if err := f.verifyDocument(d, differs); err != nil {
			return err
		}
	}
	return f.verifyRest(documents, differs)
}

// writers are the verbs that write a case.
var writers = []string{"export", "tui", "mcp"}

// verifyManifest compares what the manifest says of the case.
func (f *File) verifyManifest(c *correlate.Case, differs func(Difference)) {
	m := f.Manifest
	if want := (Verdict{string(c.Verdict.Code), c.Verdict.Sentence, c.Verdict.Next}); m.Verdict != want {
		differs(Difference{"manifest", -1, "verdict", m.Verdict.Code + ": " + m.Verdict.Sentence, want.Code + ": " + want.Sentence})
	}
	if want := inputsOf(c.Capture); m.Inputs != want {
		differs(Difference{"manifest", -1, "inputs_sha256", m.Inputs, want})
	}
	for i, arg := range m.Arguments {
		// A folder whose name was drawn at random looks like a secret: what an
		// argument says nothing of needs no proof.
		if m.Redaction != "none" && arg == redact.Hidden {
			continue
		}
		if i == 0 && !slices.Contains(writers, arg) || i > 0 && !names(c.Capture, arg) {
			differs(Difference{"manifest", -1, "arguments", arg, "what the sources are read from"})
		}
	}
	if m.Redaction != "none" && hasLengths(c.Capture) {
		differs(Difference{"manifest", -1, "redaction", m.Redaction, "none: its lines have their own places and lengths"})
	}
}

// verifyColumns names columns that this version does not write: nothing says what
// is in them.
func (f *File) verifyColumns(differs func(Difference)) error {
	return f.eachTable(func(t table, file *parquet.File) error {
		for _, path := range file.Schema().Columns() {
			if !slices.ContainsFunc(t.columns(), func(c Column) bool { return c.Name == path[0] }) {
				differs(Difference{t.name(), -1, "column " + path[0], "there", "none that this version knows"})
			}
		}
		return nil
	})
}

// eachTable visits the tables that are there; one that is missing is told by who
// compares its rows.
func (f *File) eachTable(visit func(table, *parquet.File) error) error {
	for _, t := range tables {
		file, err := f.in.table(t.name())
		if err == nil && file != nil {
			err = visit(t, file)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// names says whether an argument is a path from which a source was read, or one
// of standard input's.
func names(c *parse.Capture, arg string) bool {
	if arg == "-" || arg == "." {
		return true
	}
	arg = path.Clean(filepath.ToSlash(arg))
	for i := range c.Sources {
		if p := path.Clean(c.Sources[i].Path); p == arg || strings.HasPrefix(p, arg+"/") || strings.HasPrefix(p, arg+"#") {
			return true
		}
	}
	return false
}

// hasLengths says whether lines of a capture have lengths, which those of a redacted
// case do not.
func hasLengths(c *parse.Capture) bool {
	for i := range c.Streams {
		for j := range c.Streams[i].Events {
			if c.Streams[i].Events[j].Len > 0 {
				return true
			}
		}
	}
	return false
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
