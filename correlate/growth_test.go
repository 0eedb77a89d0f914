package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// unanchored are proxies that nothing anchors, with failures at random over a day,
// beside a controller with so many stalls on the wall clock.
func unanchored(proxies, failures, each int) (in []parse.Input) {
	r := rand.New(rand.NewPCG(6, 6))
	for p := range proxies {
		var log strings.Builder
		for k := range failures {
			log.WriteString(failed(400+86000*(float64(k)+r.Float64())/float64(failures), "web", failFast))
		}
		in = append(in, file(fmt.Sprintf("web-%d.log", p), log.String()))
	}
	return append(in, file("destination.log", stallsOf(each, r)))
}

// anchored are the same with a stamp before each line.
func anchored(proxies, failures, each int) (in []parse.Input) {
	r := rand.New(rand.NewPCG(6, 6))
	begin := time.Date(2024, 2, 2, 0, 0, 0, 0, time.UTC)
	for p := range proxies {
		var log strings.Builder
		for k := range failures {
			at := 400 + 86000*(float64(k)+r.Float64())/float64(failures)
			log.WriteString(begin.Add(time.Duration(at*1e9)).Format("2006-01-02T15:04:05.000000000Z") + " " + failed(at, "web", failFast))
		}
		in = append(in, file(fmt.Sprintf("web-%d.log", p), log.String()))
	}
	return append(in, file("destination.log", stallsOf(each, r)))
}

// pasted are lines of a proxy between words of a person, so that each is a stream.
func pasted(n int) parse.Input {
	var text strings.Builder
	for k := range n {
		text.WriteString("He said that it was broken again today.\nAnd then more words.\n" + failfast(float64(k+1), "web"))
	}
	return file("paste.txt", text.String())
}

// manyPods are lines of many pods in one log, as stern and --prefix write them.
func manyPods(n int) parse.Input {
	var text strings.Builder
	for k := range n {
		fmt.Fprintf(&text, "[pod/web-%d/linkerd-proxy] %s", k, failfast(float64(k+1), "web"))
	}
	return file("all.log", text.String())
}

// restarts are so many lives of one pod in one log.
func restarts(n int) parse.Input {
	var text strings.Builder
	for k := range n {
		at := time.Date(2024, 2, 2, 0, 0, 2*k, 0, time.UTC).Format(time.RFC3339Nano)
		text.WriteString(at + " " + failfast(1.5, "web"))
	}
	return file("shop_web-0_linkerd-proxy.log", text.String())
}

// controllers are replicas with ten stalls each.
func controllers(n int) (in []parse.Input) {
	r := rand.New(rand.NewPCG(7, 7))
	for p := range n {
		in = append(in, file(fmt.Sprintf("destination-%d.log", p), stallsOf(10, r)))
	}
	return in
}

// stallsOf are so many of a controller over a day, each up to 100 s late.
func stallsOf(n int, r *rand.Rand) string {
	var log strings.Builder
	for k := range n {
		s := k*86000/n + r.IntN(100)
		fmt.Fprintf(&log, "time=\"2024-02-02T%02d:%02d:%02dZ\" level=info msg=\"Trace[%d]: \\\"DeltaFIFO Pop Process\\\" ID:a/b,Depth:12,"+
			"Reason:slow event handlers blocking the queue (02-Feb-2024 %02d:%02d:%02d.553) (total time: 102ms):\"\n", s/3600, s/60%60, s%60, k, s/3600, s/60%60, s%60)
	}
	return log.String()
}

// Each of so many processes is tested with a part of its incidents, and the
// report says with how many.
func TestManyClocksAreThinned(t *testing.T) {
	if testing.Short() {
		t.Skip("26,000 incidents on 260 clocks")
	}
	said := func(c *correlate.Case) bool {
		for _, l := range c.Limits {
			if strings.Contains(l, "the first 96 of each were tested") {
				return true
			}
		}
		return false
	}
	c := judge(t, correlate.Options{}, unanchored(260, 100, 10)...)
	if !said(c) {
		t.Errorf("limits: %v", c.Limits)
	}
	for i := range c.Periods {
		if p := &c.Periods[i]; !p.Clock.OnWall() && p.Onsets > 96 {
			t.Fatalf("%s was tested with %d incidents", p.Scope, p.Onsets)
		}
	}
	if said(judge(t, correlate.Options{}, unanchored(3, 100, 10)...)) {
		t.Error("three processes were thinned")
	}
}

// What a judgement costs along each axis: the growth from one line to the next
// is the exponent.
func BenchmarkGrowth(b *testing.B) {
	for name, of := range map[string]func(n int) []parse.Input{
		"clocks":   func(n int) []parse.Input { return unanchored(n/16, 100, 300) },
		"runs":     func(n int) []parse.Input { return []parse.Input{pasted(n)} },
		"lives":    func(n int) []parse.Input { return []parse.Input{restarts(n)} },
		"replicas": func(n int) []parse.Input { return controllers(n / 4) },
		"pods":     func(n int) []parse.Input { return []parse.Input{manyPods(n)} },
	} {
		for _, n := range []int{1000, 2000, 4000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				c := read(b, of(n)...)
				for b.Loop() {
					correlate.Judge(correlate.NewIndex(c), correlate.Options{})
				}
			})
		}
	}
}

// A large dump: 400,000 failures of 250 proxies, on clocks of their own and on one.
func BenchmarkProxies(b *testing.B) {
	for name, in := range map[string][]parse.Input{"own": unanchored(250, 1600, 300), "wall": anchored(250, 1600, 300)} {
		b.Run(name, func(b *testing.B) {
			c := read(b, in...)
			for b.Loop() {
				correlate.Judge(correlate.NewIndex(c), correlate.Options{})
			}
		})
	}
}
