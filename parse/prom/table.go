package prom

import (
	"bytes"
	"encoding/binary"
	"io"

	"faultline/parse"
)

// table collects the samples of an export that is read line by line, where
// those of a series may stand apart from one another.
type table struct {
	keeper
	in   *lines
	rows []*row
	// What was said of whom: by the text of a selector, which need not be
	// read twice, and by the labels it stands for.
	byText   map[string]said
	byLabels map[string]*subject
	last     said // of the latest line
	tails    []byte
	// The bytes between two samples' texts that follow one another, and where
	// in a sample's text that of a hole begins.
	gap  int
	hole func(text []byte) int
	// Of texts of several exports, one after the other: the number of the
	// one being read, and whose it is.
	part  int
	whose []label
	tally
	stamp   int // bytes of the latest time
	key     []byte
	scratch []sample
}

// said is a subject and a text that names it.
type said struct {
	*subject
	text string
}

// subject is what one set of labels names.
type subject struct {
	metric  parse.Name
	labels  []parse.Label
	telling []label // the labels, of a series that events are made of
	timed   *row
	untimed *row
}

// mark is where a sample of a telling series stands. Its text is head, and
// what stands behind that in the table's tails.
type mark struct {
	place
	head string
	tail int
}

func newTable(f *parse.Format, b *parse.Batch, in *lines) *table {
	return &table{keeper: keeper{f, b}, in: in, byText: map[string]said{}, byLabels: map[string]*subject{},
		gap: 1, hole: func([]byte) int { return 1 }}
}

// each has every line that is not blank read; one that is not understood is a
// problem.
func (t *table) each(read func(line []byte) bool) error {
	for {
		line, err := t.in.read()
		if t.in.skipped > 0 {
			t.malformed++
			t.b.Counts.Unparsed++
			t.b.Problem(t.in.no, "line longer than %d MiB", t.in.most>>20)
			line = nil
		}
		if trimmed := bytes.TrimLeft(line, blanks); len(trimmed) > 0 {
			t.in.off += int64(len(line) - len(trimmed))
			line = bytes.TrimRight(trimmed, blanks)
			if !read(line) {
				t.fault(line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// shown is how many lines that are not understood are shown.
const shown = 10

func (t *table) fault(line []byte) {
	if t.b.Pasted() {
		t.b.Counts.Prose++
		return
	}
	t.malformed++
	t.b.Counts.Unparsed++
	switch {
	case t.malformed > shown:
	case !t.in.ended:
		t.b.Problem(t.in.no, "the last line is cut off: %.80q", line)
	default:
		t.b.Problem(t.in.no, "not understood: %.80q", line)
	}
}

// find gives what a selector names, nil when it is malformed.
func (t *table) find(text []byte) *subject {
	if t.last.subject != nil && string(text) == t.last.text {
		return t.last.subject
	}
	known, ok := t.byText[string(text)]
	if !ok {
		labels, ok := selector(text)
		if !ok {
			return nil
		}
		known = said{t.subjectOf(labels), string(text)}
		t.byText[known.text] = known
	}
	t.last = known
	return known.subject
}

// subjectOf gives what labels name.
func (t *table) subjectOf(labels []label) *subject {
	for _, w := range t.whose {
		for i := range labels {
			if labels[i].key == w.key {
				labels[i].key = "exported_" + w.key // as Prometheus does when it adds a target's labels
			}
		}
		labels = append(labels, w)
	}
	metric, names := t.named(labels)
	t.key = binary.LittleEndian.AppendUint32(t.key[:0], uint32(metric))
	for _, l := range names {
		t.key = binary.LittleEndian.AppendUint32(t.key, uint32(l.Key))
		t.key = binary.LittleEndian.AppendUint32(t.key, uint32(l.Value))
	}
	s := t.byLabels[string(t.key)]
	if s == nil {
		s = &subject{metric: metric, labels: names}
		if telling(t.b.Names.Text(metric)) {
			s.telling = labels
		}
		t.byLabels[string(t.key)] = s
	}
	return s
}
