package casefile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// Rewriter replaces what identifies: of a capture's names, of paths, of lines.
type Rewriter interface {
	Name(string) string
	Path(string) string
	Line([]byte) []byte
}

// Rewrite gives a capture as w tells it, and its lines. The capture itself is
// not changed. Fingerprints are replaced too, by a permutation under key: who
// knows what a line may have said could try it out otherwise.
func Rewrite(c *parse.Capture, text Text, w Rewriter, key []byte) (*parse.Capture, Text) {
	out := *c
	out.Names = c.Names.Map(w.Name)
	out.Sources = slices.Clone(c.Sources)
	for i := range out.Sources {
		s := &out.Sources[i]
		s.Path, s.Broken = w.Path(s.Path), string(w.Line([]byte(s.Broken)))
		s.Namespace, s.Pod, s.Container, s.Node = w.Name(s.Namespace), w.Name(s.Pod), w.Name(s.Container), w.Name(s.Node)
		s.Problems = slices.Clone(s.Problems)
		for j := range s.Problems {
			s.Problems[j].Text = string(w.Line([]byte(s.Problems[j].Text)))
		}
	}
	p := newPrints(key)
	out.Streams = slices.Clone(c.Streams)
	for i := range out.Streams {
		s := &out.Streams[i]
		s.Events = slices.Clone(s.Events)
		for j := range s.Events {
			s.Events[j].Print = p.of(s.Events[j].Print)
		}
	}
	out.Matches = slices.Clone(c.Matches)
	for i := range out.Matches {
		m := &out.Matches[i]
		if re, err := regexp.Compile(string(w.Line([]byte(m.Re.String())))); err == nil {
			m.Re = re
		}
	}
	return &out, &rewritten{c, text, w}
}

// rewritten is the text of a rewritten capture.
type rewritten struct {
	from *parse.Capture
	text Text
	w    Rewriter
}

func (r *rewritten) Line(_ *parse.Capture, ref parse.Ref) ([]byte, error) {
	line, err := r.text.Line(r.from, ref)
	switch {
	case errors.Is(err, ErrLeftOut):
		return nil, ErrLeftOut
	case err != nil:
		return nil, errors.New(string(r.w.Line([]byte(err.Error()))))
	}
	return r.w.Line(line), nil
}

// RewriteOptions gives the options that a rewritten case is judged with. c is
// the case as it is: globs name sources and pods by their old names, so the
// clocks that they set are named one by one.
func RewriteOptions(c *correlate.Case, given correlate.Options, w Rewriter) (correlate.Options, error) {
	o := given
	o.Anchors, o.Captured = nil, nil
	o.Marks = rewriteMarks(given.Marks, w)
	for s := range c.Streams {
		a, st, who := &c.Anchors[s], &c.Streams[s], c.Who[s]
		if a.Basis != correlate.Given && !a.Rejected {
			continue
		}
		glob := literal(w.Path(c.Capture.Sources[st.Source].Path))
		if who.Pod != "" {
			glob = literal(w.Name(who.Pod) + "/" + w.Name(who.Container))
		}
		switch st.Clock {
		case parse.ClockUptime:
			o.Anchors = append(o.Anchors, correlate.AnchorRule{Glob: glob, Life: st.Life, Zero: a.Zero, Rejected: a.Rejected, Proof: a.Proof})
		case parse.ClockAge:
			o.Captured = append(o.Captured, correlate.CaptureRule{Glob: glob, Time: a.Zero, Within: a.Within, Rejected: a.Rejected, Proof: a.Proof})
		}
	}
	for _, g := range []*string{&o.Namespace, &o.Pod} {
		if strings.ContainsAny(*g, `*?[\`) {
			return o, fmt.Errorf("the pattern %q cannot be replaced: name it in full", *g)
		}
		*g = w.Name(*g)
	}
	return o, nil
}

// rewriteMarks gives the marks that stand in no file of the capture under new
// names; who it was is said nowhere.
func rewriteMarks(marks []correlate.Mark, w Rewriter) (out []correlate.Mark) {
	for _, m := range marks {
		m.Text = string(w.Line([]byte(m.Text)))
		m.Source = w.Name(m.Source)
		out = append(out, m)
	}
	return out
}

// literal is a glob that matches a text and nothing else.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// prints permutes fingerprints, so that equal ones stay equal and no others
// become it: four rounds of a Feistel network over AES. The low four bits stay,
// by which copies are looked for in a sample.
type prints struct{ round cipher.Block }

func newPrints(key []byte) prints {
	sum := sha256.Sum256(append([]byte("fingerprints "), key...))
	b, err := aes.NewCipher(sum[:])
	if err != nil {
		panic(err) // the key is as long as it must be
	}
	return prints{b}
}

func (p prints) of(v uint32) uint32 {
	const half = 14
	l, r := v>>(4+half), v>>4&(1<<half-1)
	var block [aes.BlockSize]byte
	for i := range byte(4) {
		clear(block[:])
		block[0] = i
		binary.LittleEndian.PutUint32(block[1:], r)
		p.round.Encrypt(block[:], block[:])
		l, r = r, l^binary.LittleEndian.Uint32(block[:])&(1<<half-1)
	}
	return l<<(4+half) | r<<4 | v&15
}
