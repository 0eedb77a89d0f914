package prom

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"

	"faultline/parse"
)

// native is one sample of a native histogram.
type native struct {
	at         int64 // ns since 1970
	count, sum float64
	buckets    []bucket
}

// bucket is how many observations lie up to a boundary, those of all buckets below it too.
type bucket struct{ upTo, count float64 }

// mostBuckets bounds how many boundaries of one series are kept; more are of a histogram
// whose resolution changed all the time, of which the count and the sum are kept.
const mostBuckets = 400

// natives reads the samples of a native histogram, one or a list of them, as the API
// prints them: [seconds, {"count": "5", "sum": "1.5", "buckets": [[boundaries, left,
// right, count], …]}] (prometheus web/api/v1/json_codec.go). bad are those that are not
// understood.
func natives(raw []byte) (out []native, bad int) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, 1
	}
	if len(list) == 2 && !bytes.HasPrefix(list[0], []byte("[")) {
		list = []json.RawMessage{raw} // the one of a vector
	}
	for _, one := range list {
		if n, ok := nativeOf(one); ok {
			out = append(out, n)
		} else {
			bad++
		}
	}
	slices.SortStableFunc(out, func(a, b native) int { return cmp.Compare(a.at, b.at) })
	return out, bad
}

func nativeOf(raw []byte) (n native, ok bool) {
	var pair []json.RawMessage
	var h struct {
		Count, Sum json.RawMessage
		Buckets    [][]json.RawMessage
	}
	if json.Unmarshal(raw, &pair) != nil || len(pair) != 2 || json.Unmarshal(pair[1], &h) != nil {
		return n, false
	}
	var timed, counted, summed bool
	n.at, timed = seconds(pair[0])
	n.count, counted = figure(h.Count)
	n.sum, summed = figure(h.Sum)
	for _, b := range h.Buckets {
		if len(b) != 4 {
			return n, false
		}
		right, ok := figure(b[2])
		count, fine := figure(b[3])
		if !ok || !fine {
			return n, false
		}
		n.buckets = append(n.buckets, bucket{right, count})
	}
	slices.SortFunc(n.buckets, byBoundary)
	for i := 1; i < len(n.buckets); i++ {
		n.buckets[i].count += n.buckets[i-1].count
	}
	return n, timed && counted && summed
}

func byBoundary(a, b bucket) int { return cmp.Compare(a.upTo, b.upTo) }

// figure is a number that may stand in quotes.
func figure(raw []byte) (float64, bool) {
	return value(bytes.Trim(raw, `"`))
}

// histogram keeps a native histogram under the names of a classic one, which the same
// queries ask: NAME_count, NAME_sum and NAME_bucket by "le". One without a name, as
// rate() leaves it, has none to be found by.
func (a *answer) histogram(p place, labels []label, list []native) {
	name := slices.IndexFunc(labels, func(l label) bool { return l.key == nameLabel })
	if name < 0 {
		a.nameless++
		return
	}
	as := func(suffix string, value func(n *native) float64, more ...label) parse.Series {
		own := append(slices.Clone(labels), more...)
		own[name].value += suffix
		samples := make([]sample, len(list))
		for i := range list {
			samples[i] = sample{at: list[i].at, value: value(&list[i])}
		}
		return a.series(own, samples)
	}
	a.file(p, as("_count", func(n *native) float64 { return n.count }))
	beside := []parse.Series{as("_sum", func(n *native) float64 { return n.sum })}
	for _, le := range boundaries(list) {
		beside = append(beside, as("_bucket", func(n *native) float64 { return n.upTo(le) }, label{key: "le", value: strconv.FormatFloat(le, 'g', -1, 64)}))
	}
	beside = append(beside, as("_bucket", func(n *native) float64 { return n.count }, label{key: "le", value: "+Inf"}))
	for _, s := range beside {
		s.Ref = parse.Ref{Line: p.line, Off: p.off, Len: uint32(p.size)}
		a.b.Series = append(a.b.Series, s)
	}
}

// boundaries are those of any sample, ascending; nil where they are too many.
func boundaries(list []native) []float64 {
	all := map[float64]bool{}
	for _, n := range list {
		for _, b := range n.buckets {
			if !math.IsInf(b.upTo, 0) {
				all[b.upTo] = true
			}
		}
	}
	if len(all) > mostBuckets {
		return nil
	}
	return slices.Sorted(maps.Keys(all))
}

// upTo is how many observations lie up to a boundary.
func (n *native) upTo(le float64) float64 {
	i, _ := slices.BinarySearchFunc(n.buckets, le, func(b bucket, le float64) int {
		if b.upTo <= le {
			return -1
		}
		return 1
	})
	if i == 0 {
		return 0
	}
	return n.buckets[i-1].count
}
