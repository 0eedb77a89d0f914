package parse_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"faultline/parse"
	"faultline/parse/wrap"
)

// Any cut gives the same events: a source is read the same in pieces of any
// size, by any number of workers, whatever its reader gives at a time.
func TestAnyCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for name, data := range sources(t) {
		whole, kept := readKept(t, name, data, 0, parse.Options{Piece: len(data) + 1, Workers: 1})
		if len(kept) == 0 {
			t.Errorf("%s: no events", name)
		}
		sizes := []int{1, 2 + r.IntN(30), 100, 1 + r.IntN(1000), 4096, 1 + r.IntN(len(data)), len(data) - 1, len(data), 0}
		for i, size := range sizes {
			o := parse.Options{Piece: size, Workers: 1 + i%4}
			c, k := readKept(t, name, data, r.IntN(2)*(1+r.IntN(5000)), o)
			same(t, name, o, c, whole)
			if !reflect.DeepEqual(k, kept) {
				t.Errorf("%s %+v: %d lines were kept, want %d", name, o, len(k), len(kept))
			}
		}
	}
}

func readKept(t *testing.T, name string, data []byte, dribble int, o parse.Options) (*parse.Capture, keeper) {
	t.Helper()
	k := keeper{}
	o.Keeper = k
	return read(t, o, input(name, data, dribble)), k
}

// same compares two captures and tells the first thing that differs.
func same(t *testing.T, name string, how any, got, want *parse.Capture) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	for i := range want.Sources {
		if g, w := got.Sources[i], want.Sources[i]; !reflect.DeepEqual(g, w) {
			t.Errorf("%s %+v:\n got %+v\nwant %+v", name, how, g, w)
			return
		}
	}
	if len(got.Streams) != len(want.Streams) {
		t.Errorf("%s %+v: %d streams, want %d", name, how, len(got.Streams), len(want.Streams))
		return
	}
	for i := range want.Streams {
		g, w := got.Streams[i], want.Streams[i]
		for j := range w.Events {
			if j < len(g.Events) && g.Events[j] != w.Events[j] {
				t.Errorf("%s %+v: stream %d:\n got %+v\nwant %+v", name, how, i, g.Events[j], w.Events[j])
				return
			}
		}
		if !reflect.DeepEqual(g, w) {
			g.Events, w.Events = g.Events[:0], w.Events[:0]
			t.Errorf("%s %+v: stream %d:\n got %+v\nwant %+v", name, how, i, g, w)
			return
		}
	}
	t.Errorf("%s %+v: facts, series or names differ:\n got %+v\nwant %+v", name, how, got.Facts, want.Facts)
}

// Batches of any line ranges stitch to the same, as those of shards do.
func TestAnyBatches(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for name, data := range sources(t) {
		whole := parse.ReadCut(data, formats(), wrap.All(), nil)
		if c := read(t, parse.Options{}, input(name, data, 0)); !reflect.DeepEqual(c.Streams, whole.Streams) {
			t.Errorf("%s: one batch is not what was read", name)
		}
		all := parse.CutsOf(data, formats(), wrap.All())
		for _, keep := range []float64{1, 0.5, 0.1, 0.01} {
			var cuts []int
			for _, at := range all {
				if r.Float64() < keep {
					cuts = append(cuts, at)
				}
			}
			same(t, name, len(cuts), parse.ReadCut(data, formats(), wrap.All(), cuts), whole)
		}
		for range min(20, len(all)) { // every single cut is too many; a few will do
			at := all[r.IntN(len(all))]
			same(t, name, at, parse.ReadCut(data, formats(), wrap.All(), []int{at}), whole)
		}
	}
}

// Facts are cut like events: the version stands once, at its line.
func TestFactsKeepTheirPlace(t *testing.T) {
	for name, data := range sources(t) {
		c := read(t, parse.Options{Piece: 1}, input(name, data, 0))
		for _, f := range c.Facts {
			line := string(data[f.Ref.Off : f.Ref.Off+int64(f.Ref.Len)])
			if key := c.Name(f.Key); (key == parse.FactMentioned || key == parse.FactLaunch || key == parse.FactOwnAddress) && contains(line, c.Name(f.Value)) {
				continue
			}
			if c.Name(f.Key) != parse.FactVersion || !contains(line, "release ", "running version ") {
				t.Errorf("%s:%d: %s is not on %q", name, f.Ref.Line, c.Name(f.Key), line)
			}
		}
	}
}
