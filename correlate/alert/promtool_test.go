package alert

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"faultline/correlate/query"
)

// No sample lies where a window or the lookback ends: since version 3 such a
// sample is out, before it was in, and the tool of Debian is of version 2.

// groupsOf are rules with every feature of a state: for, keep_firing_for,
// templates in labels, recording rules, alerts about alerts, holes.
func groupsOf(rng *rand.Rand) string {
	d := func(list ...string) string { return list[rng.IntN(len(list))] }
	return fmt.Sprintf(`groups:
- name: first
  interval: %s
  rules:
  - record: job:x:sum
    expr: sum by (job) (x)
  - alert: High
    expr: job:x:sum > %d
    for: %s
    keep_firing_for: %s
    labels: {severity: '{{ if eq $labels.job "a" }}page{{ else }}ticket{{ end }}'}
    annotations: {summary: 'High on {{ $labels.job }}'}
  - alert: Each
    expr: x >= %d
    for: %s
  - alert: Gone
    expr: absent(x{job="b"})
    for: %s
- name: second
  interval: %s
  rules:
  - alert: Twice
    expr: count by (job) (ALERTS{alertname="Each", alertstate="firing"}) > 1
  - alert: Rising
    expr: increase(x[110s]) > 2 and changes(job:x:sum[50s]) > 0
    for: %s
`, "30s", 2+rng.IntN(8), d("0s", "1m", "90s", "2m"), d("0s", "1m", "3m"), 1+rng.IntN(4), d("0s", "30s", "1m"), d("0s", "1m"), "30s", d("0s", "1m"))
}

// seriesOf are random walks with holes, as promtool writes them and as samples.
func seriesOf(rng *rand.Rand, n int) (input string, series []storage.Series) {
	for _, of := range [][2]string{{"a", "1"}, {"a", "2"}, {"b", "1"}} {
		s := &query.Samples{Of: labels.FromStrings("__name__", "x", "job", of[0], "instance", of[1])}
		var text []string
		v, hole := 0, 0
		for i := range n {
			stale := false
			if hole--; hole < 0 && rng.IntN(15) == 0 {
				hole, stale = rng.IntN(30), true
			}
			v = max(0, min(9, v+rng.IntN(5)-2))
			at := int64(i) * int64(15*time.Second)
			switch {
			case stale:
				text = append(text, "stale")
				s.Times, s.Values = append(s.Times, at), append(s.Values, math.Float64frombits(value.StaleNaN))
			case hole > 0:
				text = append(text, "_")
			default:
				text = append(text, fmt.Sprint(v))
				s.Times, s.Values = append(s.Times, at), append(s.Values, float64(v))
			}
		}
		input += fmt.Sprintf("  - series: 'x{job=%q,instance=%q}'\n    values: '%s'\n", of[0], of[1], strings.Join(text, " "))
		series = append(series, s)
	}
	return input, series
}

// run evaluates rules over some series from 1970 on.
func run(t *testing.T, rules string, series []storage.Series, to time.Duration) []*Stretch {
	t.Helper()
	all, skipped, err := Read("rules.yaml", []byte(rules))
	if err != nil || len(skipped) > 0 {
		t.Fatalf("%v %v\n%s", err, skipped, rules)
	}
	inTurn, skipped := ordered(all)
	if len(skipped) > 0 {
		t.Fatal(skipped)
	}
	m := newMachine(context.Background(), query.NewStore(series), time.Unix(0, 0), time.Unix(0, 0).Add(to))
	var out []*Stretch
	for _, r := range inTurn {
		if r.Record != "" {
			if err := m.record(r); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := m.watch(r)
		if err != nil {
			t.Fatal(err)
		}
		if r.Failures > 0 {
			t.Fatal(r.Failed)
		}
		out = append(out, got...)
	}
	inOrder(out)
	return out
}

// firingAt lists what fires at a time as promtool expects it.
func firingAt(all []*Stretch, alert string, at time.Time) (out string) {
	for _, s := range all {
		if s.Rule.Alert != alert || s.Firing.IsZero() || s.Firing.After(at) || !s.Resolved.IsZero() && !at.Before(s.Resolved) {
			continue
		}
		out += "    - exp_labels: {"
		for _, k := range sorted(s.Labels) {
			if k != "alertname" {
				out += fmt.Sprintf("%s: %q, ", k, s.Labels[k])
			}
		}
		out += "}\n"
		if len(s.Annotations) > 0 {
			out += "      exp_annotations: {"
			for _, k := range sorted(s.Annotations) {
				out += fmt.Sprintf("%s: %q, ", k, s.Annotations[k])
			}
			out += "}\n"
		}
	}
	return out
}

// Prometheus's own tool, which evaluates all groups at one interval, on the same rules and samples, sees the same alerts
// firing at every evaluation.
func TestStatesAreThoseOfPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (Debian: prometheus)")
	}
	const n = 120
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rules := groupsOf(rng)
		input, series := seriesOf(rng, n)
		stretches := run(t, rules, series, n*15*time.Second)
		var b strings.Builder
		fmt.Fprintf(&b, "rule_files: [rules.yaml]\nevaluation_interval: 30s\ngroup_eval_order: [first, second]\ntests:\n- interval: 15s\n  input_series:\n%s  alert_rule_test:\n", input)
		for at := time.Duration(0); at <= (n-2)*15*time.Second; at += 30 * time.Second {
			for _, name := range []string{"High", "Each", "Gone", "Twice", "Rising"} {
				fmt.Fprintf(&b, "  - eval_time: %s\n    alertname: %s\n    exp_alerts:\n%s", strings.ReplaceAll(at.String(), ".0", ""), name, firingAt(stretches, name, time.Unix(0, 0).Add(at)))
			}
		}
		dir := t.TempDir()
		for name, text := range map[string]string{"rules.yaml": rules, "test.yaml": b.String()} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command(promtool, "test", "rules", filepath.Join(dir, "test.yaml")).CombinedOutput(); err != nil {
			t.Fatalf("seed %d: %v\n%.4000s\n%s", seed, err, out, rules)
		}
	}
}
