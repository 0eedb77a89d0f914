package acceptance

import (
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// held is a sample with its own memory.
type held struct {
	st, t int64
	f     float64
	h     *histogram.Histogram
	fh    *histogram.FloatHistogram
}

// point copies the sample that an iterator is at.
func point(kind chunkenc.ValueType, it chunkenc.Iterator) chunks.Sample {
	p := held{st: it.AtST()}
	switch kind {
	case chunkenc.ValHistogram:
		p.t, p.h = it.AtHistogram(nil)
		p.h = p.h.Copy()
	case chunkenc.ValFloatHistogram:
		p.t, p.fh = it.AtFloatHistogram(nil)
		p.fh = p.fh.Copy()
	default:
		p.t, p.f = it.At()
	}
	return p
}

func (p held) T() int64                { return p.t }
func (p held) ST() int64               { return p.st }
func (p held) F() float64              { return p.f }
func (p held) H() *histogram.Histogram { return p.h }
func (p held) FH() *histogram.FloatHistogram {
	if p.fh == nil && p.h != nil {
		return p.h.ToFloat(nil)
	}
	return p.fh
}

func (p held) Type() chunkenc.ValueType {
	switch {
	case p.h != nil:
		return chunkenc.ValHistogram
	case p.fh != nil:
		return chunkenc.ValFloatHistogram
	}
	return chunkenc.ValFloat
}

func (p held) Copy() chunks.Sample {
	if p.h != nil {
		p.h = p.h.Copy()
	}
	if p.fh != nil {
		p.fh = p.fh.Copy()
	}
	return p
}
