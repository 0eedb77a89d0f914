package ingress

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/wrap"
)

// memory is what a reader of all lines knows of an upstream.
type memory struct {
	last, most int
	good       bool
}

// usedLog is a log of two pods with requests to a few upstreams, and what each failed one
// is to be told.
func usedLog(r *rand.Rand, n int) (log string, want []string) {
	var b strings.Builder
	seen := map[string]*memory{}
	at := 0
	for range n {
		at += r.IntN(90)
		if r.IntN(6) == 0 {
			at += 60 + r.IntN(500)
		}
		pod, addr, fails := fmt.Sprintf("edge-%d", r.IntN(2)), fmt.Sprintf("10.0.0.%d:80", r.IntN(4)), r.IntN(4) == 0
		k := seen[pod+addr]
		if k == nil {
			k = &memory{}
			seen[pod+addr] = k
		}
		told, quiet := "", at-k.last
		if fails && k.good && quiet >= 60 {
			told = fmt.Sprintf(" quiet=%d survived=%d", quiet, k.most)
		}
		flags, status := "-", 200
		if fails {
			flags, status = "UC", 503
			want = append(want, told)
		} else if k.good {
			k.most = max(k.most, quiet)
		}
		k.last, k.good = at, !fails
		begin := time.Date(2024, 2, 2, 12, 0, at, 0, time.UTC)
		fmt.Fprintf(&b, "[pod/%s-5d4f8c7b9-x2x9z/envoy] [%s] \"GET / HTTP/1.1\" %d %s via - \"-\" 0 91 0 - \"10.0.0.7\" \"curl\" \"%08x-0000\" \"web\" \"%s\" outbound|80||web - 10.0.0.8:80 10.0.0.7:4 - -\n",
			pod, begin.Format("2006-01-02T15:04:05.000Z"), status, flags, at, addr)
	}
	return b.String(), want
}

// ends are those of the hops of all failures, in the order of their lines.
func ends(c *parse.Capture) (out []string) {
	var all []parse.Event
	for i := range c.Streams {
		all = append(all, c.Streams[i].Events...)
	}
	slices.SortFunc(all, func(a, b parse.Event) int { return int(a.Line) - int(b.Line) })
	for _, e := range all {
		_, rest, _ := strings.Cut(c.Name(e.Fact), " quiet=")
		if rest != "" {
			rest = " quiet=" + rest
		}
		out = append(out, rest)
	}
	return out
}

// A failure is told how long its upstream had been quiet, whatever cuts the log into
// pieces, and whoever puts them together.
func TestQuiet(t *testing.T) {
	for seed := range uint64(4) {
		log, want := usedLog(rand.New(rand.NewPCG(seed, 3)), 300)
		for _, piece := range []int{0, 1, 700, 5000} {
			if got := ends(read(t, []byte(log), piece)); !slices.Equal(got, want) {
				t.Errorf("seed %d, pieces of %d: %q, want %q", seed, piece, got, want)
			}
			if got := ends(travelled(t, log, piece)); !slices.Equal(got, want) {
				t.Errorf("seed %d, pieces of %d from elsewhere: %q, want %q", seed, piece, got, want)
			}
		}
	}
}

// travelled reads a log elsewhere, without its lines of no interest, and joins it here.
func travelled(t *testing.T, log string, piece int) *parse.Capture {
	t.Helper()
	var kept []*parse.Batch
	o := parse.Options{Piece: piece, Workers: 1, Others: true, Record: func(_ uint32, b *parse.Batch) {
		data, err := b.Wanted().Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parse.DecodeBatch(data)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, again)
	}}
	c, err := parse.Read(context.Background(), []parse.Input{{Path: "in", Size: int64(len(log)), Rereadable: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log)), nil }}}, Formats(), wrap.All(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	src := c.Sources[0]
	src.Counts, src.Problems = parse.Counts{}, nil
	batches := func(yield func(*parse.Batch, error) bool) {
		for _, b := range kept {
			if !yield(b, nil) {
				return
			}
		}
	}
	one := func(yield func(parse.Told, error) bool) {
		yield(parse.Told{Source: src, Batches: iter.Seq2[*parse.Batch, error](batches)}, nil)
	}
	joined, err := parse.Join(one, nil)
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

// Two upstreams whose keys meet in one place leave each other's quiet time unsaid: of
// very many some do, and nothing that is wrong is said of them.
func TestManyUpstreams(t *testing.T) {
	var b strings.Builder
	line := func(at int, addr, flags string, status int) {
		fmt.Fprintf(&b, "[%s] \"GET / HTTP/1.1\" %d %s via - \"-\" 0 91 0 - \"10.0.0.7\" \"curl\" \"%08x-0000\" \"web\" \"%s\" outbound|80||web - 10.0.0.8:80 10.0.0.7:4 - -\n",
			time.Date(2024, 2, 2, 12, 0, at, 0, time.UTC).Format("2006-01-02T15:04:05.000Z"), status, flags, at, addr)
	}
	const n = 9000
	for i := range n {
		line(0, fmt.Sprintf("10.0.%d.%d:80", i/250, i%250), "-", 200)
	}
	for i := range n {
		line(400, fmt.Sprintf("10.0.%d.%d:80", i/250, i%250), "UC", 503)
	}
	said := 0
	for _, s := range ends(read(t, []byte(b.String()), 4096)) {
		if s == " quiet=400 survived=0" {
			said++
		} else if s != "" {
			t.Fatalf("said%s", s)
		}
	}
	if said < 100 || said > 4096 {
		t.Errorf("%d of %d are told", said, n)
	}
}
