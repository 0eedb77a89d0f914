package parse_test

import (
	"context"
	"iter"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"faultline/parse"
	"faultline/parse/wrap"
)

// Batches that were written down, read again elsewhere and joined there give
// the capture that one process would have made.
func TestBatchesTravel(t *testing.T) {
	for name, data := range sources(t) {
		for _, size := range []int{1, 997, len(data) + 1} {
			var mu sync.Mutex
			var kept [][]byte
			o := parse.Options{Piece: size, Record: func(_ uint32, b *parse.Batch) {
				out, err := b.Encode()
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				kept = append(kept, out)
			}}
			read, err := parse.Read(context.Background(), []parse.Input{input(name, data, 0)}, formats(), wrap.All(), o, nil)
			if err != nil {
				t.Fatal(err)
			}
			src := read.Sources[0]
			if !document(src.Format) { // else the join finds the format by the lines
				src.Format = ""
			}
			src.Counts, src.Problems = parse.Counts{}, nil
			joined, err := parse.Join(one(parse.Told{Source: src, Batches: decoded(kept)}), nil)
			if err != nil {
				t.Fatal(err)
			}
			forNaN(read, joined)
			same(t, name, size, joined, read)
		}
	}
}

func document(format string) bool {
	return slices.ContainsFunc(formats(), func(f *parse.Format) bool { return f.Name == format && f.Document != nil })
}

func one(t parse.Told) iter.Seq2[parse.Told, error] {
	return func(yield func(parse.Told, error) bool) { yield(t, nil) }
}

func decoded(list [][]byte) iter.Seq2[*parse.Batch, error] {
	return func(yield func(*parse.Batch, error) bool) {
		for _, data := range list {
			if !yield(parse.DecodeBatch(data)) {
				return
			}
		}
	}
}

// forNaN replaces what equals nothing, and lists that are empty by none.
func forNaN(list ...*parse.Capture) {
	for _, c := range list {
		for i := range c.Series {
			for j, v := range c.Series[i].Values {
				if math.IsNaN(v) {
					c.Series[i].Values[j] = -1e300
				}
			}
		}
		for i := range c.Streams {
			if len(c.Streams[i].Silences) == 0 {
				c.Streams[i].Silences = nil
			}
		}
	}
}

// What no encoder wrote is refused.
func TestBatchesAreChecked(t *testing.T) {
	b := parse.NewBatch(false, false)
	b.Names.AddString("x")
	b.Add(parse.Event{Target: 7})
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse.DecodeBatch(data); err == nil {
		t.Error("an event of no segment, with a name that is not there, was read")
	}
	good, err := parse.NewBatch(false, false).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parse.DecodeBatch(good); err != nil || !reflect.DeepEqual(got.Counts, parse.Counts{}) {
		t.Errorf("an empty batch: %v", err)
	}
	for cut := range good {
		if _, err := parse.DecodeBatch(good[:cut]); err == nil {
			t.Errorf("a batch cut at %d was read", cut)
		}
	}
}
