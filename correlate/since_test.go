package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// stamped is a proxy's log with incidents at random, at a rate an hour that
// changes at some hour.
func stamped(seed uint64, hours, change, before, after float64) string {
	r := rand.New(rand.NewPCG(seed, 8))
	zero := time.Date(2024, 2, 2, 0, 0, 0, 0, time.UTC)
	var log strings.Builder
	line := func(h float64, text string) {
		fmt.Fprintf(&log, "%s %s", zero.Add(time.Duration(h*float64(time.Hour))).Format("2006-01-02T15:04:05.000000000Z"), text)
	}
	line(0, failed(1, "web", "no route"))
	for h := 0.0; ; {
		rate := before
		if h >= change {
			rate = after
		}
		if h += r.ExpFloat64() / rate; h >= hours {
			break
		}
		line(h, failed(1+3600*h, "web", failFast))
	}
	line(hours, failed(1+3600*hours, "web", "no route"))
	return log.String()
}

func TestSinceWhen(t *testing.T) {
	c := judge(t, correlate.Options{}, file("proxy.log", stamped(1, 72, 40, 0.5, 4)))
	if len(c.Since) != 1 || !c.Since[0].More || c.Since[0].WithinADay {
		t.Fatalf("%+v", c.Since)
	}
	want := time.Date(2024, 2, 3, 16, 0, 0, 0, time.UTC).UnixNano()
	if off := time.Duration(int64(c.Since[0].At) - want); off.Abs() > 4*time.Hour {
		t.Errorf("off by %s: %s", off, c.Since[0].Sentence)
	}
	changes := 0
	for seed := range uint64(20) {
		changes += len(judge(t, correlate.Options{}, file("proxy.log", stamped(seed+2, 72, 40, 2, 2))).Since)
	}
	if changes > 0 {
		t.Errorf("%d changes in 20 captures without one", changes)
	}
}

func TestHoursAndLoad(t *testing.T) {
	in, _ := made(t, config("office", 3, nil))
	c := judge(t, correlate.Options{}, in...)
	incidents, captured := 0, 0.0
	for h, row := range c.Hours {
		if row.Hour != h {
			t.Fatalf("row %d is of hour %d", h, row.Hour)
		}
		incidents, captured = incidents+row.Incidents, captured+row.Captured
	}
	if incidents != len(c.Incidents) || captured < 13 || captured > 14.1 {
		t.Errorf("%d incidents of %d, %.1f h", incidents, len(c.Incidents), captured)
	}
	if len(c.Load) == 0 || c.Load[0].Overall == nil || c.Load[0].Overall.Area < 0.5 {
		t.Errorf("load: %+v", c.Load)
	}
}
