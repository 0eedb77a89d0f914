package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// twoProxies is one anchored proxy and one that counts from an unknown start,
// which tell the same incidents.
func twoProxies(at []float64, start float64) []parse.Input {
	zero := time.Date(2024, 2, 2, 8, 0, 0, 0, time.UTC)
	var a, b strings.Builder
	for _, s := range at {
		fmt.Fprintf(&a, "%s %s", zero.Add(time.Duration(s*1e9)).Format("2006-01-02T15:04:05.000000000Z"), failed(s, "web", failFast))
		b.WriteString(failed(s-start+0.4, "web", failFast))
	}
	return []parse.Input{file("anchored.log", a.String()), file("alone.log", b.String())}
}

// A pattern without a rhythm is placed, inside its interval, and takes no part
// in what is claimed; a comb is not placed.
func TestFittedClocks(t *testing.T) {
	const start = -5000.0 // the process is older than the capture
	zero := time.Date(2024, 2, 2, 8, 0, 0, 0, time.UTC).UnixNano()
	r := rand.New(rand.NewPCG(4, 4))
	var random, comb []float64
	for k := range 20 {
		random = append(random, r.Float64()*30000)
		comb = append(comb, 600*float64(k)+r.Float64())
	}
	slices.Sort(random)
	for name, at := range map[string][]float64{"random": random, "comb": comb} {
		c := judge(t, correlate.Options{}, twoProxies(at, start)...)
		for s := range c.Streams {
			a := &c.Anchors[s]
			if c.SourceName(s) != "alone.log" {
				continue
			}
			switch off := time.Duration(int64(a.Zero) - (zero + int64(start*1e9))); {
			case name == "comb" && (a.Placed() || a.Modulo != 10*time.Minute):
				t.Errorf("a comb: %+v", a)
			case name == "random" && (a.Basis != correlate.Fitted || a.Independent() || off.Abs() > a.Within):
				t.Errorf("off by %s: %+v", off, a)
			}
			open := correlate.Judge(c.Index, correlate.Options{Anchors: []correlate.AnchorRule{{Glob: "alone.log", Life: -1, Rejected: true, By: "ann"}}})
			if a := &open.Anchors[s]; a.Placed() || a.Modulo != 0 || !a.Rejected || !strings.Contains(a.Why, "ann") {
				t.Errorf("%s, and ann rejects that: %+v", name, a)
			}
		}
		for _, i := range c.Incidents {
			if i.Clock.OnWall() && i.Failures > 3 {
				t.Errorf("%s holds failures of both clocks", i.ID)
			}
		}
	}
}
