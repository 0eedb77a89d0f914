package correlate_test

import (
	"fmt"
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
