package kubelet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"faultline/parse"
)

// human is an age as kubectl prints it (apimachinery pkg/util/duration,
// HumanDuration).
func human(d time.Duration) string {
	s, m, h := int(d.Seconds()), int(d.Minutes()), int(d.Hours())
	days, years := h/24, h/24/365
	two := func(a int, unit string, b int, sub string) string {
		if b == 0 {
			return fmt.Sprint(a, unit)
		}
		return fmt.Sprint(a, unit, b, sub)
	}
	switch {
	case s < 120:
		return fmt.Sprint(s, "s")
	case m < 10:
		return two(m, "m", s%60, "s")
	case m < 180:
		return fmt.Sprint(m, "m")
	case h < 8:
		return two(h, "h", m%60, "m")
	case h < 48:
		return fmt.Sprint(h, "h")
	case h < 192:
		return two(days, "d", h%24, "h")
	case years < 2:
		return fmt.Sprint(days, "d")
	case years < 8:
		return two(years, "y", days%365, "d")
	}
	return fmt.Sprint(years, "y")
}

// occurrence is an event as its tables tell it.
type occurrence struct {
	kind, reason, from, message string
	last, first                 time.Duration // ago
	count                       int
}

func (o *occurrence) ages() string {
	if o.count == 1 {
		return human(o.last)
	}
	return fmt.Sprintf("%s (x%d over %s)", human(o.last), o.count, human(o.first))
}

func randomOccurrence(r *rand.Rand) occurrence {
	scale := []time.Duration{2 * time.Minute, time.Hour, 24 * time.Hour, 30 * 24 * time.Hour, 10 * 365 * 24 * time.Hour}[r.IntN(5)]
	o := occurrence{kind: []string{"Normal", "Warning"}[r.IntN(2)], reason: []string{"BackOff", "FailedScheduling", "Killing", "NodeNotReady"}[r.IntN(4)],
		from: []string{"kubelet", "kubelet, node-ü", "default-scheduler", "replicaset-controller"}[r.IntN(4)], last: time.Duration(r.Int64N(int64(scale))), count: 1}
	words := []string{"Back-off", "größe", "コンテナ", "😀", "(x2", "over", "5m)", "failed:", `"quoted"`, "a=b", "<none>", "|"}
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	o.message = "It " + strings.Join(words[:1+r.IntN(len(words))], " ")
	if o.first = o.last; r.IntN(2) == 0 {
		o.count, o.first = 2+r.IntN(500), o.last+time.Duration(r.Int64N(int64(scale)))
	}
	return o
}

// Tables that Go's tabwriter aligns, as kubectl has it do, come back: whatever
// their messages hold, and however wide their letters are.
func TestReadsWhatTabwriterWrites(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		rows := make([]occurrence, 1+r.IntN(30))
		var describe, get bytes.Buffer
		d := tabwriter.NewWriter(&describe, 0, 8, 2, ' ', 0) // kubectl pkg/describe, tabbedString
		g := tabwriter.NewWriter(&get, 6, 4, 3, ' ', 0)      // cli-runtime pkg/printers, GetNewTabWriter
		fmt.Fprint(d, "Name:\tweb-0\nNamespace:\tshop\nEvents:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n")
		fmt.Fprint(g, "NAMESPACE\tLAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n")
		for i := range rows {
			o := randomOccurrence(r)
			rows[i] = o
			fmt.Fprintf(d, "  %v\t%v\t%s\t%v\t%v\n", o.kind, o.reason, o.ages(), o.from, o.message)
			fmt.Fprintf(g, "shop\t%s\t%s\t%s\tPod/web-0\t%s\n", o.ages(), o.kind, o.reason, o.message)
		}
		d.Flush()
		g.Flush()
		for name, text := range map[string]string{"describe": describe.String(), "get": get.String()} {
			got := events(t, read(t, []byte(text)), []byte(text))
			if len(got) != len(rows) {
				t.Errorf("seed %d, %s: %d events of %d\n%s", seed, name, len(got), len(rows), text)
				continue
			}
			for i, e := range got {
				o := rows[e.Line-uint32(strings.Count(text, "\n")-len(rows))-1]
				from := map[string]string{"describe": o.from}[name]
				if reasonIn(e.fact) != o.reason || e.message != o.message || int(e.Count) != o.count || e.detail["from"] != from || e.target != "shop/web-0" || (e.Severity == parse.Warn) != (o.kind == "Warning") {
					t.Errorf("seed %d, %s row %d: %q %q ×%d from %q of %q, want %+v", seed, name, i, e.fact, e.message, e.Count, e.detail["from"], e.target, o)
				}
				// The API keeps whole seconds: what is printed may be a second more.
				if off := time.Duration(e.Time) + o.last; off.Abs() > e.Grain.Width()/2+time.Second {
					t.Errorf("seed %d, %s row %d: %v ago is read as %v ± %v", seed, name, i, o.last, -time.Duration(e.Time), e.Grain.Width()/2)
				}
			}
		}
	}
}
