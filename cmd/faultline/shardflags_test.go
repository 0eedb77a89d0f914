package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Flags of the reading, given to the plan, and flags of the judgement, given to
// the merge, give what one process gives with all of them.
func TestShardsHeedTheSameFlags(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(dir, "dump")
	must(t, "synth", "-o", dump, "--hours", "1", "--seed", "4", "--proxies", "2", "--replicas", "2")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var local, access strings.Builder // a log in local time, and what clients saw
	for i := range 90 {
		fmt.Fprintf(&local, "E0202 07:%02d:%02d.000001       1 worker.go:42] retry shop/cart-%d failed\n", i/60, i%60, i%7)
		fmt.Fprintf(&access, "10.0.0.%d - - [02/Feb/2024:06:%02d:%02d +0000] \"GET /cart HTTP/1.1\" %d 12 \"-\" \"curl/8\"\n", i%9, 10+i/60, i%60, []int{200, 502, 504}[i%3])
	}
	write(filepath.Join(dump, "worker.log"), local.String())
	write(filepath.Join(dump, "access.log"), access.String())
	facts := filepath.Join(dir, "dt=2024 [x].yml") // a name that is neither a glob nor free of "="
	write(facts, "changes: [{at: 2024-02-02T06:20:00Z, what: scale}]\nmatch: {restart: 'restart (?P<target>\\S+)'}\n")

	zone := []string{"--source", "worker.log=zone:Europe/Berlin,pod:worker-0,namespace:shop"}
	for name, c := range map[string]struct {
		form          string
		reads, judges []string
	}{
		"every flag of the reading": {"json", append([]string{"--facts", facts, "--match", `retry=retry (?P<target>\S+)`}, zone...), nil},
		"failures":                  {"json", nil, []string{"--failure", "ingress.response,status=5xx"}},
		"failures of a pattern":     {"text", []string{"--match", `retry=retry (?P<target>\S+)`}, []string{"--failure", "user.retry"}},
		"a window":                  {"json", zone, []string{"--since", "30m", "--until", "2024-02-02T06:55:00Z"}},
		"a namespace and a period":  {"text", zone, []string{"-n", "shop", "--period", "60s", "--tz", "Europe/Berlin"}},
		"a pod":                     {"md", zone, []string{"--pod", "worker-*", "--captured-at", "2024-02-02T08:00:00Z"}},
		"an anchor":                 {"json", nil, []string{"--anchor", "*.log=2024-02-02T05:00:00Z"}},
		"events of no interest":     {"jsonl", []string{"--all"}, nil},
		"events of a source":        {"csv", append([]string{"--all"}, zone...), []string{"--source", "worker.log", "--since", "20m"}},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "every flag of the reading" && name != "events of a source" {
				t.Skip("one of each kind is enough for the race detector")
			}
			verb := "analyze"
			if c.form == "jsonl" || c.form == "csv" {
				verb = "events"
			}
			single := must(t, append(append([]string{verb, "-o", c.form, dump}, c.reads...), c.judges...)...)
			tmp := t.TempDir()
			plan := filepath.Join(tmp, "plan.json")
			must(t, append([]string{"shard", "plan", "-o", plan, "--shards", "2", "--piece", "3000", dump}, c.reads...)...)
			for i := range 2 {
				must(t, "shard", "parse", "--plan", plan, "--index", fmt.Sprint(i), "-d", tmp)
			}
			merged := must(t, append([]string{"shard", "merge", "--plan", plan, "-d", tmp, "-o", c.form}, c.judges...)...)
			if merged != single {
				t.Errorf("%d bytes, one process gives %d", len(merged), len(single))
			}
			plain := must(t, verb, "-o", c.form, dump)
			if plain == single {
				t.Error("the flags change nothing, so this shows nothing")
			}
		})
	}
}

// A flag that a step would pass over is refused, and the advice names the step
// that heeds it.
func TestShardsRefuseFlagsOfAnotherStep(t *testing.T) {
	for _, c := range []struct {
		args, where string
	}{
		{"plan --failure ingress.response .", "shard merge"},
		{"plan --since 2h .", "shard merge"},
		{"plan -n shop .", "shard merge"},
		{"plan --pod web-0 .", "shard merge"},
		{"plan --source a.log .", "shard merge"},
		{"parse --match a=b", "plan"},
		{"parse --facts a.yaml", "plan"},
		{"parse --until 2h", "shard merge"},
		{"merge --match a=b", "shard plan"},
		{"merge --facts a.yaml", "shard plan"},
		{"merge --source a.log=pod:web-0", "shard plan"},
	} {
		var errs strings.Builder
		code := run(context.Background(), append([]string{"faultline", "shard"}, strings.Fields(c.args)...), nil, &strings.Builder{}, &errs)
		if code != 2 || !strings.Contains(errs.String(), c.where) {
			t.Errorf("%s: exit %d, %s", c.args, code, errs.String())
		}
	}
}
