package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs the program and gives what it printed.
func call(t *testing.T, ctx context.Context, args ...string) (stdout string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, append([]string{"faultline"}, args...), nil, &out, &errs)
	if code != 0 && ctx.Err() == nil {
		t.Logf("%v: exit %d: %s", args, code, errs.String())
	}
	return out.String(), code
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	out, code := call(t, context.Background(), args...)
	if code != 0 {
		t.Fatalf("%v failed", args)
	}
	return out
}

// Any number of workers in any order, one of them killed and run again, give
// the bytes that a single process gives.
func TestShardsGiveTheSameReport(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(dir, "dump")
	must(t, "synth", "-o", dump, "--scenario", "resync", "--hours", "2", "--seed", "9")
	report, err := os.ReadFile("../../fixtures/report/incident-report.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dump, "ticket.txt"), report, 0o644); err != nil {
		t.Fatal(err)
	}
	facts := "changes: [{at: 2024-02-01T08:00:00Z, what: scale}]\nmatch: {retry: 'retry (?P<target>\\S+)'}\n"
	if err := os.WriteFile(filepath.Join(dump, "faultline.yaml"), []byte(facts), 0o644); err != nil {
		t.Fatal(err)
	}
	r, parts := rand.New(rand.NewPCG(7, 7)), []int{1, 2, 3, 7}
	if testing.Short() {
		parts = []int{2, 7}
	}
	for _, form := range []string{"json", "text"} {
		single := must(t, "analyze", "-o", form, dump)
		for _, n := range parts {
			work := filepath.Join(dir, fmt.Sprint(form, n))
			plan := filepath.Join(dir, fmt.Sprint(form, n, ".json"))
			must(t, "shard", "plan", "-o", plan, "--shards", fmt.Sprint(n), "--piece", fmt.Sprint(1000+r.IntN(200_000)), dump)
			for i, index := range r.Perm(n) {
				args := []string{"shard", "parse", "--plan", plan, "--index", fmt.Sprint(index), "-d", work}
				if i == 0 {
					dead, kill := context.WithCancel(context.Background())
					kill()
					if _, code := call(t, dead, args...); code == 0 {
						t.Error("a killed shard says that it is done")
					}
					if _, code := call(t, context.Background(), "shard", "merge", "--plan", plan, "-d", work); code == 0 {
						t.Error("a merge without its shards says that it is done")
					}
				}
				must(t, args...)
			}
			if got := must(t, "shard", "merge", "--plan", plan, "-d", work, "-o", form); got != single {
				t.Errorf("%d shards give another %s report than one process", n, form)
				os.WriteFile(filepath.Join(os.TempDir(), "single."+form), []byte(single), 0o644)
				os.WriteFile(filepath.Join(os.TempDir(), "merged."+form), []byte(got), 0o644)
			}
		}
	}
}

// What one plan wrote is not merged by another, and a file that changed since
// is not read by it.
func TestShardsOfAnotherPlan(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "a.log")
	line := "[   999.650s]  WARN ThreadId(01) linkerd_app_core::errors::respond: HTTP/1.1 request failed error=x\n"
	if err := os.WriteFile(log, bytes.Repeat([]byte(line), 100), 0o644); err != nil {
		t.Fatal(err)
	}
	plan, other, work := filepath.Join(dir, "p.json"), filepath.Join(dir, "q.json"), filepath.Join(dir, "work")
	must(t, "shard", "plan", "-o", plan, "--shards", "1", "--piece", "3000", log)
	must(t, "shard", "plan", "-o", other, "--shards", "1", "--piece", "3100", log)
	must(t, "shard", "parse", "--plan", plan, "--index", "0", "-d", work)
	must(t, "shard", "merge", "--plan", plan, "-d", work)
	if _, code := call(t, context.Background(), "shard", "merge", "--plan", other, "-d", work); code == 0 {
		t.Error("another plan's pieces were merged")
	}
	if err := os.WriteFile(log, []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, code := call(t, context.Background(), "shard", "parse", "--plan", plan, "--index", "0", "-d", work); code == 0 {
		t.Error("a file that changed was parsed")
	}
	if _, code := call(t, context.Background(), "shard", "parse", "--plan", plan, "--index", "5", "-d", work); code == 0 {
		t.Error("a share that is not there was parsed")
	}
}

// A plan that has lines of no interest as events too gives them to the timeline,
// and to the judgement what it gives without them.
func TestShardsOfAllLines(t *testing.T) {
	dir := t.TempDir()
	dump, work, plan := filepath.Join(dir, "dump"), filepath.Join(dir, "work"), filepath.Join(dir, "plan.json")
	must(t, "synth", "-o", dump, "--scenario", "resync", "--hours", "0.25", "--seed", "9", "--noise", "1")
	must(t, "shard", "plan", "--all", "-o", plan, "--shards", "3", "--piece", "50000", dump)
	for i := range 3 {
		must(t, "shard", "parse", "--plan", plan, "--index", fmt.Sprint(i), "-d", work)
	}
	merge := func(form string) string { return must(t, "shard", "merge", "--plan", plan, "-d", work, "-o", form) }
	if merge("json") != must(t, "analyze", "-o", "json", dump) {
		t.Error("the report is another than that of one process")
	}
	all := merge("jsonl")
	if all != must(t, "events", "--all", "-o", "jsonl", dump) {
		t.Error("the timeline is another than that of one process")
	}
	if n := strings.Count(all, `"kind":"log.other"`); n < 1000 {
		t.Errorf("%d lines of no interest: the test tests nothing", n)
	}
}
