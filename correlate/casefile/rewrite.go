package casefile

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
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

// Rewriter replaces what identifies: of a capture's names, of paths, of lines. A field
// is what its key says: namespace, pod, container, node, image, subject, or a label's.
type Rewriter interface {
	Name(string) string
	Field(key, value string) string
	Target(kind parse.Kind, value string) string
	Path(string) string
	Line([]byte) []byte
}

// Rewrite gives a capture as w tells it, and its lines. The capture itself is
// not changed. What would let somebody try out what a source or a line said is
// keyed or left out: digests are HMACs under key, sizes are powers of two,
// offsets tell the order of lines alone, and fingerprints are permuted.
func Rewrite(c *parse.Capture, text Text, w Rewriter, key []byte) (*parse.Capture, *Rewritten) {
	out := *c
	places := placesOf(c)
	out.Names = c.Names.Map(w.Name)
	f := &fields{from: &c.Names, to: &out.Names, w: w, done: map[field]parse.Name{}}
	out.Sources = slices.Clone(c.Sources)
	for i := range out.Sources {
		rewriteSource(&out.Sources[i], w, key)
	}
	p := newPrints(key)
	out.Streams = slices.Clone(c.Streams)
	for i := range out.Streams {
		s := &out.Streams[i]
		s.Events, s.Ties = slices.Clone(s.Events), slices.Clone(s.Ties)
		s.Namespace, s.Pod, s.Container, s.Node = f.of("namespace", s.Namespace), f.of("pod", s.Pod), f.of("container", s.Container), f.of("node", s.Node)
		for j := range s.Events {
			e := &s.Events[j]
			e.Print, e.Target = p.of(e.Print), f.target(e.Kind, e.Target)
			if e.Kind == parse.ContainerStarted || e.Kind == parse.ContainerTerminated {
				e.Fact = f.of("container", e.Fact)
			}
			e.Off, e.Len = places.rank(s.Source, e.Off), 0
		}
		for j := range s.Ties {
			places.hide(&s.Ties[j].Ref)
		}
	}
	out.Facts = slices.Clone(c.Facts)
	for i := range out.Facts {
		fact := &out.Facts[i]
		fact.Subject = f.of("subject", fact.Subject)
		if key := c.Name(fact.Key); key == parse.FactNode || key == parse.FactImage {
			fact.Value = f.of(key, fact.Value)
		}
		places.hide(&fact.Ref)
	}
	out.Series = slices.Clone(c.Series)
	for i := range out.Series {
		r := &out.Series[i]
		r.Labels = slices.Clone(r.Labels)
		for j, l := range r.Labels {
			r.Labels[j].Value = f.of(c.Name(l.Key), l.Value)
		}
		places.hide(&r.Ref)
	}
	out.Matches = slices.Clone(c.Matches)
	for i := range out.Matches {
		m := &out.Matches[i]
		m.Name = matchName(w, m.Name)
		if re, err := regexp.Compile(string(w.Line([]byte(m.Re.String())))); err == nil {
			m.Re = re
		}
	}
	return &out, &Rewritten{c, text, w, places}
}

// fields gives the names of a rewritten capture by what they stand in: one text may be
// a namespace here and a word of an event there.
type fields struct {
	from, to *parse.Names
	w        Rewriter
	done     map[field]parse.Name
}

type field struct {
	key  string
	kind parse.Kind
	name parse.Name
}

func (f *fields) of(key string, n parse.Name) parse.Name {
	return f.once(field{key: key, name: n}, func(s string) string { return f.w.Field(key, s) })
}

func (f *fields) target(kind parse.Kind, n parse.Name) parse.Name {
	return f.once(field{kind: kind, name: n}, func(s string) string { return f.w.Target(kind, s) })
}

// once asks for each name of a field once. One that is the same in all fields keeps its number.
func (f *fields) once(k field, put func(string) string) parse.Name {
	out, ok := f.done[k]
	if !ok {
		if out = k.name; k.name != 0 {
			if text := put(f.from.Text(k.name)); text != f.to.Text(k.name) {
				out = f.to.AddString(text)
			}
		}
		f.done[k] = out
	}
	return out
}

// matchName is the name of a kind that the user defined, under its pseudonym.
func matchName(w Rewriter, name string) string { return strings.ReplaceAll(w.Name(name), "-", "_") }

func rewriteSource(s *parse.Source, w Rewriter, key []byte) {
	s.Path, s.Broken = w.Path(s.Path), string(w.Line([]byte(s.Broken)))
	s.Namespace, s.Pod = w.Field("namespace", s.Namespace), w.Field("pod", s.Pod)
	s.Container, s.Node = w.Field("container", s.Container), w.Field("node", s.Node)
	s.Problems = slices.Clone(s.Problems)
	for j := range s.Problems { // of a line that was not read nobody knows what in it is a name
		s.Problems[j].Text = string(w.Line([]byte(s.Problems[j].Why())))
	}
	s.SHA256 = [32]byte(keyed(key, s.SHA256[:]))
	if s.ContainerSHA256 != nil {
		s.ContainerSHA256 = keyed(key, s.ContainerSHA256)
	}
	if s.Bytes > 0 {
		s.Bytes = coarse(s.Bytes)
	}
}

// coarse is the next power of two.
func coarse(n int64) int64 {
	up := int64(1)
	for up < n {
		up *= 2
	}
	return up
}

// keyed is a digest that only who has the key can make (RFC 2104).
func keyed(key, sum []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("source\x00"))
	h.Write(sum)
	return h.Sum(nil)
}

// places are, by source, where all lines that are referred to begin, in
// ascending order.
type places [][]lineStart

// lineStart is a line's offset and its length.
type lineStart struct {
	off int64
	len uint32
}

func placesOf(c *parse.Capture) places {
	out := make(places, len(c.Sources))
	add := func(r parse.Ref) {
		if int(r.Source) < len(out) {
			out[r.Source] = append(out[r.Source], lineStart{r.Off, r.Len})
		}
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		for j := range s.Events {
			add(s.Ref(&s.Events[j]))
		}
		for _, t := range s.Ties {
			add(t.Ref)
		}
	}
	for i := range c.Facts {
		add(c.Facts[i].Ref)
	}
	for i := range c.Series {
		add(c.Series[i].Ref)
	}
	for i := range out {
		slices.SortFunc(out[i], func(a, b lineStart) int { return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(b.len, a.len)) })
		out[i] = slices.CompactFunc(out[i], func(a, b lineStart) bool { return a.off == b.off }) // of several the longest
	}
	return out
}

// rank is the number of a line among those of its source.
func (p places) rank(source uint32, off int64) int64 {
	i, _ := slices.BinarySearchFunc(p[source], off, func(p lineStart, off int64) int { return cmp.Compare(p.off, off) })
	return int64(i)
}

// hide puts a reference's rank in the place of its offset.
func (p places) hide(r *parse.Ref) {
	if int(r.Source) < len(p) {
		r.Off, r.Len = p.rank(r.Source, r.Off), 0
	}
}

// show gives back what hide hid.
func (p places) show(r parse.Ref) parse.Ref {
	if int(r.Source) < len(p) {
		if list := p[r.Source]; r.Off >= 0 && r.Off < int64(len(list)) {
			r.Off, r.Len = list[r.Off].off, list[r.Off].len
		}
	}
	return r
}

// Rewritten is the text of a rewritten capture.
type Rewritten struct {
	from   *parse.Capture
	text   Text
	w      Rewriter
	places places
}

// Line gives a line as the rewriter tells it.
func (r *Rewritten) Line(c *parse.Capture, ref parse.Ref) ([]byte, error) {
	line, err := r.text.Line(r.from, r.places.show(ref))
	switch {
	case errors.Is(err, ErrLeftOut):
		return nil, fmt.Errorf("%s:%d: %w", c.Sources[ref.Source].Path, ref.Line, ErrLeftOut)
	case err != nil:
		return nil, errors.New(string(r.w.Line([]byte(err.Error()))))
	}
	return r.w.Line(line), nil
}

// Options gives the options that a rewritten case is judged with. c is
// the case as it is: globs name sources and pods by their old names, so the
// clocks that they set are named one by one.
func (r *Rewritten) Options(c *correlate.Case, given correlate.Options) (correlate.Options, error) {
	o, w := given, r.w
	o.Anchors, o.Captured = nil, nil
	o.Marks = r.marks(given.Marks)
	o.Failures = slices.Clone(given.Failures)
	for i := range o.Failures {
		if name, ok := strings.CutPrefix(o.Failures[i].Kind, "user."); ok {
			o.Failures[i].Kind = "user." + matchName(w, name)
		}
	}
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
			o.Anchors = append(o.Anchors, correlate.AnchorRule{Glob: glob, Life: st.Life, Zero: a.Zero, Rejected: a.Rejected,
				Proof: r.refs(a.Proof)})
		case parse.ClockAge:
			o.Captured = append(o.Captured, correlate.CaptureRule{Glob: glob, Time: a.Zero, Within: a.Within, Rejected: a.Rejected,
				Proof: r.refs(a.Proof)})
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

// refs hides the offsets of references.
func (r *Rewritten) refs(list []parse.Ref) []parse.Ref {
	list = slices.Clone(list)
	for i := range list {
		r.places.hide(&list[i])
	}
	return list
}

// marks gives the marks under new names; who set them is said nowhere.
func (r *Rewritten) marks(marks []correlate.Mark) (out []correlate.Mark) {
	for _, m := range marks {
		m.Text = string(r.w.Line([]byte(m.Text)))
		m.Source = r.w.Name(m.Source)
		if m.Ref != nil {
			m.Ref = &r.refs([]parse.Ref{*m.Ref})[0]
		}
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
