package parse_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// A log behind more lines of another program than a head holds is read all the
// same, whatever stands before its lines.
func TestLogBehindNoise(t *testing.T) {
	stamp := "2024-02-02T13:22:28.553123456Z "
	for name, prefix := range map[string]string{"plain": "", "stamped": stamp, "pod": "[pod/a/linkerd-proxy] ", "runtime": stamp + "stdout F ", "quoted": "> "} {
		for _, noise := range []int{1, 100, 399, 400, 3000} {
			for _, end := range []string{"\n", "\r\n"} {
				text := strings.Repeat("java.lang.IllegalStateException: whatever it was, at com.example.Main"+end, noise) +
					strings.Repeat(prefix+failfast+end, 2*noise)
				for _, piece := range []int{0, 5000} {
					c := read(t, parse.Options{Piece: piece}, input(name, []byte(text), 0))
					if got := c.Sources[0].Counts; got.Events != uint64(2*noise) {
						t.Errorf("%s behind %d lines, %q: %+v", name, noise, end, got)
					}
				}
			}
		}
	}
}

// However many lives two processes have, in whatever order their lines stand,
// and turned round or not: every line is in one stream, no stream runs
// backwards, and reading in pieces changes nothing.
func TestAnyWorld(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 4))
	for world := range 150 {
		type process struct{ up float64 }
		var lines []string
		pods := make([]process, 1+r.IntN(4))
		for i := range pods {
			pods[i].up = r.Float64() * 20_000
		}
		stamped, named, now := r.IntN(2) == 0, r.IntN(3) == 0, 0.0
		for range 60 + r.IntN(200) {
			step := r.ExpFloat64() * []float64{0.01, 2, 40, 700}[r.IntN(4)]
			now += step
			for i := range pods {
				if pods[i].up += step; r.IntN(80) == 0 {
					pods[i].up = r.Float64() * 3
				}
			}
			i := r.IntN(len(pods))
			line := at(pods[i].up)
			if named {
				line = fmt.Sprintf("[pod/p%d/linkerd-proxy] %s", i, line)
			}
			if stamped {
				line = time.Unix(1706875200, int64(now*1e9)).UTC().Format(time.RFC3339Nano) + " " + line
			}
			lines = append(lines, line)
		}
		if r.IntN(3) == 0 {
			slices.Reverse(lines)
		}
		data := []byte(strings.Join(lines, "\n"))
		whole := read(t, parse.Options{Workers: 1}, input("world", data, 0))
		same(t, fmt.Sprint("world ", world), "pieces", read(t, parse.Options{Piece: 1 + r.IntN(3000)}, input("world", data, 0)), whole)
		total := uint64(0)
		for i := range whole.Streams {
			s := &whole.Streams[i]
			total += s.Lines
			if s.Interleaved && (named || len(pods) == 1) {
				t.Errorf("world %d: stream %d is called mixed", world, i)
			}
			for _, x := range append(s.Coverage, s.Silences...) {
				if x.To < x.From {
					t.Errorf("world %d: stream %d runs from %v to %v", world, i, x.From, x.To)
				}
			}
		}
		if total != uint64(len(lines)) {
			t.Errorf("world %d: %d lines in streams of %d", world, total, len(lines))
		}
	}
}
