package parse_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"faultline/parse"
	"faultline/parse/bundle"
)

const (
	noEndpoints = "[   366.299401s]  INFO ThreadId(01) outbound:ingress{addr=10.0.0.1:80}: linkerd_proxy_api_resolve::resolve: No endpoints"
	failfast    = "[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=10.0.0.1:80}: linkerd_stack::failfast: Service entering failfast after 3s"
	klogHead    = `I1123 08:50:05.060456   28718 trace.go:219] Trace[7]: "DeltaFIFO Pop Process" ID:ns/x,Depth:29,Reason:slow event handlers blocking the queue (23-Nov-2026 08:50:04.939) (total time: 120ms):`
	klogEnd     = "Trace[7]: [120.463103ms] [120.463103ms] END"
)

// Every line of every input is counted, every byte is counted and hashed, and
// how the input is cut changes nothing.
func TestHostileInputs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	garbage := make([]byte, 200_000)
	for i := range garbage {
		garbage[i] = byte(r.Uint32())
	}
	some := parse.Problem{Text: "whatever they are"}
	f := func(name, data string, want parse.Counts, problems ...parse.Problem) {
		t.Helper()
		for _, piece := range []int{0, 1, 7, 1000} {
			c := read(t, parse.Options{Piece: piece}, input(name, []byte(data), 0))
			s := c.Sources[0]
			if s.Bytes != int64(len(data)) || s.SHA256 != sha256.Sum256([]byte(data)) {
				t.Errorf("%s: %d bytes of %d, hash %x", name, s.Bytes, len(data), s.SHA256)
			}
			if s.Counts != want {
				t.Errorf("%s, pieces of %d: %+v, want %+v", name, piece, s.Counts, want)
			}
			if !slices.Equal(s.Problems, problems) && !slices.Equal(problems, []parse.Problem{some}) {
				t.Errorf("%s: %v, want %v", name, s.Problems, problems)
			}
		}
	}
	f("empty", "", parse.Counts{})
	f("one newline", "\n", parse.Counts{Lines: 1, Other: 1})
	f("blank lines", "\n \n\t\n\r\n", parse.Counts{Lines: 4, Other: 4})
	f("no newline at the end", noEndpoints+"\n"+failfast, parse.Counts{Lines: 2, Events: 2})
	f("crlf", noEndpoints+"\r\n"+failfast+"\r\n", parse.Counts{Lines: 2, Events: 2})
	f("bom", "\ufeff"+noEndpoints+"\n", parse.Counts{Lines: 1, Events: 1})
	f("bom in the middle", noEndpoints+"\n\ufeff"+failfast+"\n", parse.Counts{Lines: 2, Events: 2})
	f("colours", "\x1b[2m[   366.299401s]\x1b[0m \x1b[32m INFO\x1b[0m ThreadId(01) outbound: linkerd_proxy_api_resolve::resolve: No endpoints\n",
		parse.Counts{Lines: 1, Events: 1})
	f("kubectl stamps on blank lines", "2024-02-02T13:22:28.553Z \n2024-02-02T13:22:28.553Z\n2024-02-02T13:22:28.553Z "+noEndpoints+"\n",
		parse.Counts{Lines: 3, Events: 1, Other: 2})
	f("nuls", strings.Repeat("\x00", 3)+"\n"+noEndpoints+"\n"+failfast+"\n"+failfast+"\n"+failfast+"\n"+failfast+"\n", parse.Counts{Lines: 6, Events: 5, Unparsed: 1},
		parse.Problem{Line: 1, Text: "not recognised: \ufffd\ufffd\ufffd"})
	f("a terminal's orders", noEndpoints+"\n"+noEndpoints+"\n"+noEndpoints+"\n"+noEndpoints+"\n\x1b]0;owned\x07\xff ok\n", parse.Counts{Lines: 5, Events: 4, Unparsed: 1},
		parse.Problem{Line: 5, Text: "not recognised: \ufffd]0;owned\ufffd\ufffd ok"})
	f("cut in a trace", klogHead[:len(klogHead)/2]+"\n", parse.Counts{Lines: 1, Unparsed: 1}, some)
	f("begins in a trace", klogEnd+"\n"+klogHead+"\n"+klogEnd+"\n", parse.Counts{Lines: 3, Events: 2, Other: 1})
	f("ends in a trace", klogHead+"\n", parse.Counts{Lines: 1, Events: 1})
	f("prose", "Dear all,\nnothing works.\n", parse.Counts{Lines: 2, Unparsed: 2}, some)
	f("needles in prose", "Dear all,\n"+failfast+"\nwhat is failfast?\nBest\n", parse.Counts{Lines: 4, Events: 1, Other: 2, Unparsed: 1, Prose: 2},
		parse.Problem{Line: 3, Text: "not understood: what is failfast?"})
	f("garbage", string(garbage), parse.Counts{Lines: lines(garbage), Unparsed: lines(garbage) - blank(garbage), Other: blank(garbage)}, some)
	f("garbage behind a log", strings.Repeat(noEndpoints+"\n", 900)+string(garbage),
		parse.Counts{Lines: 900 + lines(garbage), Events: 900, Unparsed: lines(garbage) - blank(garbage), Other: blank(garbage)}, some)
	f("json like", strings.Repeat(`{"level":"info","msg":`, 9)+"\n"+`{"level":"info","ts":1e999999,"msg":"x"}`+"\n"+`{"msg":null}`+"\n[[[[\n", parse.Counts{Lines: 4, Unparsed: 4}, some)
}

func lines(b []byte) (n uint64) {
	for range bytes.Lines(b) {
		n++
	}
	return n
}

func blank(b []byte) (n uint64) {
	for line := range bytes.Lines(b) {
		if len(bytes.TrimSpace(line)) == 0 {
			n++
		}
	}
	return n
}

// The snippet of a problem never ends inside a character.
func TestProblemsAreText(t *testing.T) {
	for n := range 8 {
		line := strings.Repeat("a", 74+n) + strings.Repeat("ü€😀", 9)
		p := text(t, noEndpoints, noEndpoints, noEndpoints, noEndpoints, line).Sources[0].Problems
		got := strings.TrimSuffix(strings.TrimPrefix(p[0].Text, "not recognised: "), "…")
		if len(p) != 1 || p[0].Line != 5 || !strings.HasPrefix(line, got) || len(got) < 77 || len(got) > 80 {
			t.Errorf("%d: %v", n, p)
		}
	}
}

// Only twenty problems are told; all are counted.
func TestManyProblems(t *testing.T) {
	data := []byte(strings.Repeat(noEndpoints+"\n", 401) + strings.Repeat("prose\n", 50))
	for _, piece := range []int{0, 1, 99} {
		s := read(t, parse.Options{Piece: piece}, input("x", data, 0)).Sources[0]
		if s.Counts.Unparsed != 50 || len(s.Problems) != 20 || s.Problems[19].Line != 421 {
			t.Errorf("pieces of %d: %+v %v", piece, s.Counts, s.Problems)
		}
	}
}

func TestDamagedArchives(t *testing.T) {
	log := []byte(strings.Repeat(noEndpoints+"\n", 20_000))
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write(log)
	z.Close()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	f := func(name string, data []byte, problem string) {
		t.Helper()
		s := read(t, parse.Options{}, bundle.Memory(name, data)).Sources[0]
		sum := sha256.Sum256(data)
		if !bytes.Equal(s.ContainerSHA256, sum[:]) {
			t.Errorf("%s: container %x, want %x", name, s.ContainerSHA256, sum)
		}
		if problem == "" && (len(s.Problems) > 0 || s.Counts.Events != 20_000) ||
			problem != "" && (len(s.Problems) == 0 || !strings.Contains(s.Problems[len(s.Problems)-1].Text, problem)) {
			t.Errorf("%s: %+v %v, want %q", name, s.Counts, s.Problems, problem)
		}
	}
	const cut = "the compressed data ends in the middle"
	f("whole.gz", gz.Bytes(), "")
	f("cut.gz", gz.Bytes()[:gz.Len()/2], cut)
	f("head.gz", gz.Bytes()[:20], cut)
	f("sum.gz", append(bytes.Clone(gz.Bytes()[:gz.Len()-8]), 1, 2, 3, 4, 5, 6, 7, 8), "invalid checksum")
	f("tail.gz", append(bytes.Clone(gz.Bytes()), "tail"...), cut)
	zst := enc.EncodeAll(log, nil)
	f("whole.zst", zst, "")
	f("cut.zst", zst[:len(zst)-3], cut)
	f("magic.zst", zst[:4], cut)
}

// failing gives data and then an error, together or one after the other.
type failing struct {
	data     []byte
	err      error
	together bool
}

func (f *failing) Read(p []byte) (int, error) {
	n := copy(p, f.data)
	f.data = f.data[n:]
	if len(f.data) == 0 && (f.together || n == 0) {
		return n, f.err
	}
	return n, nil
}

// What was read before an error counts, and the error is told at its line.
func TestReadErrors(t *testing.T) {
	for _, together := range []bool{false, true} {
		for _, size := range []int{0, 1, 300, 5000} {
			data := []byte(strings.Repeat(noEndpoints+"\n", size))
			in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) {
				return io.NopCloser(&failing{data, errors.New("the cable was pulled"), together}), nil
			}}
			s := read(t, parse.Options{Piece: 4096}, in).Sources[0]
			want := []parse.Problem{{Line: uint32(size), Text: "the cable was pulled"}}
			if s.Counts.Events != uint64(size) || !reflect.DeepEqual(s.Problems, want) || s.SHA256 != sha256.Sum256(data) {
				t.Errorf("%d lines, together %v: %+v %v", size, together, s.Counts, s.Problems)
			}
		}
	}
}
