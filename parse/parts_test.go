package parse_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
)

// twoStreams writes lines as a container runtime does that was written to on
// two streams at once: each line in parts, with parts of the other between.
func twoStreams(seed uint64, lines [2][]string) []byte {
	r := rand.New(rand.NewPCG(seed, 5))
	var out bytes.Buffer
	var rest [2]string // of the line that a stream is in
	for n := 0; len(lines[0])+len(lines[1])+len(rest[0])+len(rest[1]) > 0; n++ {
		i := r.IntN(2)
		if rest[i] == "" {
			if len(lines[i]) == 0 {
				continue
			}
			rest[i], lines[i] = lines[i][0], lines[i][1:]
		}
		tag, size := "F", len(rest[i])
		if r.IntN(2) == 0 && size > 20 {
			tag, size = "P", 1+r.IntN(size-1)
		}
		fmt.Fprintf(&out, "2024-02-02T13:%02d:%02d.5Z %s %s %s\n", n/60%60, n%60, [2]string{"stdout", "stderr"}[i], tag, rest[i][:size])
		rest[i] = rest[i][size:]
	}
	return out.Bytes()
}

// The parts of a line belong to their stream: whatever stands between them is
// read as if it stood alone, and any cut gives the same.
func TestPartsOfTwoStreams(t *testing.T) {
	for seed := range uint64(20) {
		var lines [2][]string
		for i := range 40 {
			lines[i%2] = append(lines[i%2], strings.Replace(noEndpoints, "366.2", fmt.Sprintf("%d.%d", 300+i, seed%10), 1))
		}
		want := slices.Sorted(slices.Values(slices.Concat(lines[0], lines[1])))
		data := twoStreams(seed, lines)
		whole, kept := readKept(t, "streams", data, 0, parse.Options{Piece: len(data) + 1, Workers: 1})
		if n := whole.Sources[0].Counts; n.Events != n.Lines || n.Unparsed != 0 {
			t.Fatalf("seed %d: %+v", seed, n)
		}
		var got []string
		for i := range whole.Streams {
			for _, e := range whole.Streams[i].Events {
				text := data[e.Off : e.Off+int64(e.Len)]
				got = append(got, string(parse.Unwrap(whole.Sources[0].Wrappers, text)))
				if kept[fmt.Sprint("0:", e.Off)] != string(text) {
					t.Errorf("seed %d: kept %q", seed, kept[fmt.Sprint("0:", e.Off)])
				}
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d lines of %d\n%s", seed, len(got), len(want), data)
		}
		for _, piece := range []int{1, 80, 300, 1000} {
			same(t, "streams", piece, read(t, parse.Options{Piece: piece}, input("streams", data, 0)), whole)
		}
	}
}

// A part whose end never comes is read all the same, and takes nothing with it.
func TestPartWithoutItsEnd(t *testing.T) {
	const head = "2024-02-02T13:22:28.5Z "
	for _, after := range []int{1, 60, 63, 64, 65, 200} {
		data := []byte(head + "stderr P " + noEndpoints + "\n" + strings.Repeat(head+"stdout F "+noEndpoints+"\n", after))
		whole := read(t, parse.Options{Piece: len(data) + 1}, input("lost", data, 0))
		if n := whole.Sources[0].Counts; n.Events != uint64(after+1) || whole.Events() != after+1 {
			t.Errorf("%d lines behind it: %+v", after, n)
		}
		for _, piece := range []int{1, 1000} {
			same(t, "lost", piece, read(t, parse.Options{Piece: piece}, input("lost", data, 0)), whole)
		}
	}
}
