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

// The failures of an incident come first of what the time before it did not have,
// with their exact number. That they came once shows no rate.
func TestExplainIncident(t *testing.T) {
	in, _ := made(t, config("resync", 1, nil))
	c := judge(t, correlate.Options{}, in...)
	best := 0
	for i := range c.Incidents {
		if c.Incidents[i].Failures > c.Incidents[best].Failures {
			best = i
		}
	}
	i := c.Incidents[best]
	x, ok := c.Explain(i.Start-parse.Time(5*time.Second), i.End+parse.Time(time.Second))
	if !ok || len(x.Kinds) == 0 || len(x.Targets) == 0 {
		t.Fatalf("%+v", x)
	}
	for at, k := range x.Kinds {
		if k.Name == "proxy.request_failed" && (k.N != i.Failures || k.Expected == nil || *k.Expected != 0 || at > 2 || k.Q <= 0.05) {
			t.Errorf("%d. of the kinds: %d failures, %v expected, q = %.2g; the incident has %d", at+1, k.N, k.Expected, k.Q, i.Failures)
		}
	}
	if x.Period == 0 || x.Cycles < 50 {
		t.Errorf("compared with %d other cycles of %s", x.Cycles, x.Period)
	}
	if x, _ := c.Explain(i.Start-parse.Time(5*time.Minute), i.Start+parse.Time(5*time.Minute)); len(x.Metrics) == 0 {
		t.Error("no metric was compared")
	}
	if _, ok := c.Explain(i.End, i.Start); ok && i.End > i.Start {
		t.Error("an empty stretch was explained")
	}
}

// A target that fails six times as often for ten minutes is particular about these;
// one that fails as often all at once is not, for that came once.
func TestExplainRise(t *testing.T) {
	begin := time.Date(2024, 2, 2, 8, 0, 0, 0, time.UTC)
	for name, f := range map[string]struct {
		step time.Duration
		want bool
	}{"all along": {10 * time.Second, true}, "at once": {10 * time.Millisecond, false}} {
		r := rand.New(rand.NewPCG(5, 5))
		var lines []string
		said := func(at time.Duration, target string) {
			lines = append(lines, fmt.Sprintf("time=\"%s\" level=warning msg=\"failed to retrieve replicaset from indexer %s/rs: replicasets.apps \\\"rs\\\" not found\"\n",
				begin.Add(at).Format(time.RFC3339), target))
		}
		for _, target := range []string{"shop", "blog", "mail"} {
			for at := time.Duration(0); at < 2*time.Hour; at += time.Duration(r.ExpFloat64() * float64(time.Minute)) {
				said(at, target)
			}
		}
		for i := range 60 {
			said(time.Hour+time.Duration(i)*f.step, "mail")
		}
		slices.Sort(lines)
		c := judge(t, correlate.Options{}, file("destination.log", strings.Join(lines, "")))
		x, _ := c.Explain(parse.Time(begin.Add(time.Hour).UnixNano()), parse.Time(begin.Add(70*time.Minute).UnixNano()))
		for _, one := range x.Targets {
			if rises := strings.Contains(one.Name, "mail"); (one.Q <= 0.05) != (rises && f.want) {
				t.Errorf("%s: %s %d, %.1f expected, q = %.2g", name, one.Name, one.N, *one.Expected, one.Q)
			}
		}
		if len(x.Targets) < 3 {
			t.Errorf("%s: %+v", name, x.Targets)
		}
	}
}

// Events at a constant rate: what is called particular at q <= 0.05 must not
// be more than that share of windows.
func TestExplainNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var log strings.Builder
	at := time.Date(2024, 2, 2, 8, 0, 0, 0, time.UTC)
	for n := range 6000 {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(6*time.Second)))
		fmt.Fprintf(&log, "time=\"%s\" level=warning msg=\"failed to retrieve replicaset from indexer ns%d/rs: replicasets.apps \\\"rs\\\" not found\"\n", at.Format(time.RFC3339), (n*7)%5)
	}
	c := judge(t, correlate.Options{}, file("destination.log", log.String()))
	if c.Total == 0 {
		t.Fatal("no events")
	}
	windows, called := 0, 0
	for from := time.Date(2024, 2, 2, 10, 0, 0, 0, time.UTC); from.Before(at.Add(-10 * time.Minute)); from = from.Add(5 * time.Minute) {
		x, _ := c.Explain(parse.Time(from.UnixNano()), parse.Time(from.Add(5*time.Minute).UnixNano()))
		windows++
		for _, k := range append(x.Kinds, x.Targets...) {
			if k.Q <= 0.05 {
				called++
				break
			}
		}
	}
	if windows < 80 || called > windows/10 {
		t.Errorf("something particular in %d of %d windows of noise", called, windows)
	}
}
