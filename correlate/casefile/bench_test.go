//go:build unix

package casefile

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

var events = flag.Int("events", 100_000, "how many events the benchmarks write and read")

// logs is the text of a capture that was made up: a line is made of its
// offset, which costs next to nothing.
type logs struct{ words [][]byte }

func (l *logs) Line(_ *parse.Capture, r parse.Ref) ([]byte, error) {
	n := uint64(r.Off)*0x9e3779b97f4a7c15 + uint64(r.Source)
	out := make([]byte, 0, 240)
	out = append(out, '[')
	out = strconv.AppendInt(out, r.Off/1000, 10)
	out = append(out, '.')
	out = strconv.AppendUint(out, n>>44, 10)
	out = append(out, "s]  INFO ThreadId(01) outbound:ingress{addr=10.0."...)
	out = strconv.AppendUint(out, n>>56, 10)
	out = append(out, ".17:80}:rescue{client.addr=10.1.2.3:"...)
	out = strconv.AppendUint(out, n>>48, 10)
	out = append(out, "}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service "...)
	out = append(out, l.words[n>>32%uint64(len(l.words))]...)
	return append(out, ".svc.cluster.local:80: service in fail-fast"...), nil
}

// made is a capture of n events in 24 logs over a day.
func made(n int) judged {
	c := &parse.Capture{}
	random := rand.New(rand.NewPCG(5, 6))
	l := &logs{}
	var targets []parse.Name
	for i := range 600 {
		l.words = append(l.words, fmt.Appendf(nil, "svc-%d.ns-%d", i, i%40))
		targets = append(targets, c.Names.Add(l.words[i]))
	}
	kinds := []parse.Kind{parse.ProxyNoEndpoints, parse.ProxyFailfastEnter, parse.ProxyConnectFailed, parse.ProxyFailfastExit, parse.LogOther}
	const streams = 24
	start := time.Date(2024, 2, 2, 0, 0, 0, 0, time.UTC).UnixNano()
	for s := range streams {
		c.Sources = append(c.Sources, parse.Source{Path: fmt.Sprintf("day/pod-%d.log", s), Format: "proxy"})
		st := parse.Stream{Source: uint32(s), Format: "proxy", Clock: parse.ClockWall, Pod: c.Names.AddString(fmt.Sprintf("pod-%d", s)),
			FirstLine: 1, LastLine: uint32(n / streams), Lines: uint64(n / streams), Events: make([]parse.Event, 0, n/streams)}
		step := int64(24*time.Hour) / int64(max(n/streams, 1))
		for i := range n / streams {
			st.Events = append(st.Events, parse.Event{Time: parse.Time(start + int64(i)*step + random.Int64N(step)), Off: int64(i) * 230, Len: 230, Line: uint32(i + 1),
				Target: targets[random.IntN(len(targets))], Stream: uint32(s), Count: 1, Print: random.Uint32(),
				Kind: kinds[random.IntN(len(kinds))], Severity: parse.Info, Grain: parse.GrainMicro})
		}
		st.Coverage = []parse.Span{{From: st.Events[0].Time, To: st.Events[len(st.Events)-1].Time}}
		c.Streams = append(c.Streams, st)
	}
	o := correlate.Options{Failures: []correlate.FailureRule{{Kind: "ingress.response"}}} // of which there are none: judging is not what is measured
	return judged{correlate.Judge(correlate.NewIndex(c), o), l, o}
}

// cpu is the processor time that the process has used, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// heap is the live memory of the process.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// peak runs fn and gives how much more memory than before was in use at most.
func peak(fn func()) float64 {
	before, most := heap(), 0.0
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, float64(m.HeapInuse)-before)
			}
		}
	}()
	fn()
	close(stop)
	<-done
	return most
}

// go test -run '^$' -bench . -events 5000000 -benchtime 1x ./correlate/casefile
func BenchmarkWrite(b *testing.B) {
	j := made(*events)
	path := filepath.Join(b.TempDir(), "a.zip")
	var spent, most float64
	for b.Loop() {
		began := cpu()
		most = peak(func() {
			if _, err := Write(context.Background(), path, j.Case, j.text, Options{}); err != nil {
				b.Fatal(err)
			}
		})
		spent += cpu() - began
	}
	info, _ := os.Stat(path)
	b.ReportMetric(float64(*events)*float64(b.N)/spent, "rows/cpu-s")
	b.ReportMetric(most/1e6, "peak-MB")
	b.ReportMetric(float64(info.Size())/float64(*events), "B/row")
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.zip")
	func() {
		j := made(*events)
		if _, err := Write(context.Background(), path, j.Case, j.text, Options{Judged: j.options}); err != nil {
			b.Fatal(err)
		}
	}()
	var spent, most float64
	for b.Loop() {
		began := cpu()
		most = peak(func() {
			f, err := Open(path)
			if err != nil || f.Capture.Events() < *events-24 {
				b.Fatal(err)
			}
			f.Close()
		})
		spent += cpu() - began
	}
	b.ReportMetric(float64(*events)*float64(b.N)/spent, "rows/cpu-s")
	b.ReportMetric((most-64*float64(*events))/1e6, "peak-MB-besides-events")
}

// Neither the order of the events nor the choice of what is left out is kept
// for each of them: what writing takes does not grow with the capture.
func TestNothingPerEvent(t *testing.T) {
	const n = 100_000
	j := made(n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b := newBuilder(j.Case, j.text)
	b.left = &leftOut{within: math.MaxInt64, spans: b.incidentSpans()}
	seen := 0
	for range ordered(b.c) {
		seen++
	}
	b.reach(0.5)
	b.count(&Manifest{}, 1)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4*8<<16+n || seen < n-24 { // the counters of four digits
		t.Errorf("%d bytes for %d events", took, seen)
	}
}

func TestMadeLinesAreLines(t *testing.T) {
	l := &logs{words: [][]byte{[]byte("a")}}
	line, _ := l.Line(nil, parse.Ref{Off: 460})
	if bytes.Contains(line, []byte("\n")) || !strings.HasPrefix(string(line), "[0.") || len(line) < 200 {
		t.Errorf("%d: %s", len(line), line)
	}
}
