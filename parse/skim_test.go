package parse_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/wrap"
)

// noisy is a day of which most lines do not matter, some of them coloured, some
// of other programs, some without their end.
func noisy(t *testing.T) []byte {
	t.Helper()
	c := synth.Default("resync")
	c.Hours, c.Noise, c.Proxies, c.Restarts = 2, 2, 1, true
	made := synth.Memory{}
	if _, err := synth.Generate(c, made); err != nil {
		t.Fatal(err)
	}
	var log []byte
	for path, data := range made {
		if strings.HasPrefix(path, "proxy/") {
			log = append(log, data...)
		}
	}
	r := rand.New(rand.NewPCG(3, 5))
	var out bytes.Buffer
	for line := range bytes.Lines(log) {
		out.Write(line)
		switch r.IntN(400) {
		case 0:
			out.WriteString("\x1b[2m[     9.000001s]\x1b[0m \x1b[32m INFO\x1b[0m ThreadId(01) outbound: linkerd_x: No end\x1b[0mpoints\n")
		case 1:
			out.WriteString(klogHead + "\n")
		case 2:
			out.WriteString("a line of nobody\n\n")
		case 3:
			out.Write(line[:r.IntN(30)])
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// What is passed over is what would have said nothing.
func TestSkimmedIsRead(t *testing.T) {
	all := sources(t)
	all["noisy"] = noisy(t)
	for name, data := range all {
		every := read(t, parse.Options{Every: true}, input(name, data, 0))
		for _, piece := range []int{0, 777} {
			skimmed := read(t, parse.Options{Piece: piece}, input(name, data, 0))
			for i := range skimmed.Sources { // a line that is damaged in its middle is not seen to be
				skimmed.Sources[i].Counts, skimmed.Sources[i].Problems = every.Sources[i].Counts, every.Sources[i].Problems
			}
			same(t, name, piece, skimmed, every)
		}
	}
}

// The words of a skim are found wherever they stand, and nothing else is.
func TestWords(t *testing.T) {
	list := []string{"No endpoints", "entering failfast", ": release ", "aaaaaaaa", "abababab"}
	r := rand.New(rand.NewPCG(7, 7))
	held := 0
	for range 20_000 {
		text := make([]byte, r.IntN(60))
		for i := range text {
			text[i] = "ab :eil"[r.IntN(7)]
		}
		if word := list[r.IntN(len(list))]; len(text) > 0 && r.IntN(2) == 0 {
			copy(text[r.IntN(len(text)):], word) // or a part of it
		}
		want := false
		for _, word := range list {
			want = want || bytes.Contains(text, []byte(word))
		}
		if want {
			held++
		}
		if got := parse.Holds(list, text); got != want {
			t.Fatalf("%q: %v", text, got)
		}
	}
	if held < 1000 {
		t.Errorf("only %d texts held a word", held)
	}
}

// What it takes to read a source does not grow with its lines, nor with its
// events beyond the room that they fill.
func TestAllocationsDoNotGrow(t *testing.T) {
	for name, line := range map[string]string{
		"of no interest": at(369.3), "events": failfast, "stamped": "2024-02-02T13:22:28.553123456Z " + noEndpoints, "of a runtime": "2024-02-02T13:22:28.553123456Z stderr F " + at(369.3),
		"a controller's": `time="2024-02-02T13:22:28Z" level=info msg="starting gRPC server on :8086"`,
		"a trace":        `time="2024-02-02T13:22:28Z" level=info msg="Trace[139]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[139]: [102.144017ms] [102.144017ms] END\n"`,
	} {
		allocs := func(lines int) float64 {
			in := input(name, []byte(strings.Repeat(line+"\n", lines)), 0)
			return testing.AllocsPerRun(3, func() {
				if _, err := parse.Read(context.Background(), []parse.Input{in}, formats(), wrap.All(), parse.Options{}, nil); err != nil {
					panic(fmt.Sprint(err))
				}
			})
		}
		few, many := allocs(1000), allocs(41_000)
		if per := (many - few) / 40_000; per > 0.02 {
			t.Errorf("%s: %.3f allocations a line: %.0f, then %.0f", name, per, few, many)
		}
	}
}
