package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// A stretch in which no log at all has a line is a hole of its own: told once,
// not captured, and what fails right behind it begins no incident of the mesh.
func TestNothingWasRunning(t *testing.T) {
	begin := time.Date(2024, 2, 2, 12, 0, 0, 0, time.UTC)
	log := func(silent bool) string {
		var b strings.Builder
		for at := 0; at < 3600; at += 2 {
			if silent && at > 1000 && at < 1240 {
				continue
			}
			status := 200
			if at == 1240 || at == 2600 {
				status = 504
			}
			fmt.Fprintf(&b, "10.0.0.1 - - [%s] \"GET /cart HTTP/1.1\" %d 160 \"-\" \"curl/8\" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 %d 5a40181%025d\n",
				begin.Add(time.Duration(at)*time.Second).Format("02/Jan/2006:15:04:05 -0700"), status, status, at)
		}
		return b.String()
	}
	other := func(silent bool) string {
		var b strings.Builder
		for at := 0; at < 3600; at += 3 {
			if silent && at > 1000 && at < 1240 {
				continue
			}
			fmt.Fprintf(&b, "time=\"%s\" level=info msg=\"line %d\"\n", begin.Add(time.Duration(at)*time.Second).Format(time.RFC3339), at)
		}
		return b.String()
	}
	for name, f := range map[string]struct {
		ingress, controller bool
		want                int
	}{"all silent": {true, true, 1}, "one goes on": {true, false, 0}, "none silent": {false, false, 0}} {
		c := judge(t, correlate.Options{}, file("access.log", log(f.ingress)), file("destination.log", other(f.controller)))
		said, thaw := strings.Count(strings.Join(c.Limits, "\n"), "nothing at all was logged for 4m"), 0
		for i := range c.Incidents {
			if c.Incidents[i].Thaw {
				thaw++
			}
		}
		if said != f.want || thaw != f.want || len(c.Incidents) != 2 {
			t.Errorf("%s: said %d times, %d of %d incidents are its, want %d: %q", name, said, thaw, len(c.Incidents), f.want, c.Limits)
		}
		for s := range c.Streams {
			if spans := c.Captured(s); f.want == 1 && len(spans) != 2 {
				t.Errorf("%s: stream %d was captured in %d spans", name, s, len(spans))
			}
		}
	}
}

// Logs that speak only while something fails are silent between, and no host stood
// still: neither where failures are all they tell, nor with the lines around them.
func TestBurstsLeaveNoHoles(t *testing.T) {
	begin := time.Date(2024, 2, 2, 12, 0, 0, 0, time.UTC)
	bursts := func(lag time.Duration, around int) string {
		var b strings.Builder
		for k := range 30 {
			for j := -around; j < 20+around; j++ {
				at, status := begin.Add(time.Duration(k)*10*time.Minute+lag+time.Duration(j)*time.Second), 504
				if j < 0 || j >= 20 {
					status = 200
				}
				fmt.Fprintf(&b, "10.0.0.1 - - [%s] \"GET /cart HTTP/1.1\" %d 160 \"-\" \"curl/8\" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 %d %016d%016d\n",
					at.Format("02/Jan/2006:15:04:05 -0700"), status, status, k, 1000+j)
			}
		}
		return b.String()
	}
	for _, around := range []int{0, 100} {
		c := judge(t, correlate.Options{}, file("a.log", bursts(0, around)), file("b.log", bursts(3*time.Second, around)))
		if len(c.Holes()) > 0 || len(c.Incidents) != 30 {
			t.Errorf("%d lines around: %d holes, %d incidents", around, len(c.Holes()), len(c.Incidents))
		}
		for i := range c.Incidents {
			if c.Incidents[i].Thaw {
				t.Errorf("%d lines around: %s counts as the end of a stretch in which nothing was running", around, c.Incidents[i].ID)
			}
		}
	}
}

// A capture that comes and goes, four minutes of each ten, with failures at random: its
// silences are holes, and its rhythm is no period of the failures.
func TestACaptureThatComesAndGoes(t *testing.T) {
	begin := time.Date(2024, 2, 2, 8, 0, 0, 0, time.UTC)
	windows := func(seed uint64) string {
		r := rand.New(rand.NewPCG(seed, 7))
		var b strings.Builder
		for k := range 60 {
			for j := 0.0; j < 240; j += 40 * r.Float64() {
				status := 200
				if r.IntN(80) == 0 {
					status = 504
				}
				at := begin.Add(time.Duration(k)*10*time.Minute + time.Duration(j*float64(time.Second)))
				fmt.Fprintf(&b, "10.0.0.1 - - [%s] \"GET /cart HTTP/1.1\" %d 160 \"-\" \"curl/8\" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 %d %016d%016d\n",
					at.Format("02/Jan/2006:15:04:05 -0700"), status, status, k, int(1000*j))
			}
		}
		return b.String()
	}
	for seed := range uint64(4) {
		c := judge(t, correlate.Options{}, file("a.log", windows(seed)), file("b.log", windows(seed+100)))
		if len(c.Holes()) < 40 {
			t.Errorf("seed %d: %d holes of 59 silences", seed, len(c.Holes()))
		}
		for _, p := range c.Periods {
			if p.Claimed() {
				t.Errorf("seed %d: %s of %s have a period of %s", seed, p.Of, p.Scope, p.Length())
			}
		}
	}
}
