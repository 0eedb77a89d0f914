package parse

import "bytes"

// ReadCut reads data as one source whose batches begin at the given offsets,
// and joins them: what shards do.
func ReadCut(data []byte, formats []*Format, wrappers []*Wrapper, cuts []int) *Capture {
	p := sniff(data[:min(len(data), headBytes)], formats, wrappers, newNeedles)
	s := NewStitcher(p.pasted, nil)
	from := 0
	for _, to := range append(cuts, len(data)) {
		b := NewBatch(false, p.pasted)
		p.lines(b, piece{data: data[from:to]})
		s.Add(0, b)
		from = to
	}
	c := &Capture{}
	c.add(s.finish(0))
	c.Sources = []Source{{Bytes: s.bytes, Counts: s.counts, Problems: s.problems}}
	return c
}

// CutsOf lists the offsets at which data, read as one source, may be cut.
func CutsOf(data []byte, formats []*Format, wrappers []*Wrapper) (cuts []int) {
	p := sniff(data[:min(len(data), headBytes)], formats, wrappers, newNeedles)
	at := 0
	for line := range bytes.Lines(data) {
		at += len(line)
		if at < len(data) && p.goesOn(data[:at]) < 0 {
			cuts = append(cuts, at)
		}
	}
	return cuts
}

// Holds says whether a skim would find one of the words in a text.
func Holds(list []string, text []byte) bool { return newWords(list, longGram).in(text) }

// HoldsNeedle says whether the needles of all formats are found in a text.
func HoldsNeedle(formats []*Format, text []byte) bool { return newNeedles(formats).in(text) }
