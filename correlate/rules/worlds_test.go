package rules_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/rules"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/formats"
)

var (
	worlds   = flag.Int("worlds", 2, "synthetic worlds of each scenario in TestFalseAlarms")
	fromSeed = flag.Uint64("seed", 1000, "first seed of TestFalseAlarms; 0 takes one from the clock")
	table    = flag.Bool("table", false, "write the rates into docs/rules.md")
)

// nulls are the scenarios in which failures have nothing to do with a resync.
var nulls = []string{"unlinked", "poisson", "office", "watch", "cron", "quiet"}

// made is one world of the grid that the verdicts are held against, drawn by
// its seed.
func made(t testing.TB, scenario string, seed uint64) (*correlate.Case, *synth.Truth, synth.Config) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 99))
	c := synth.Default(scenario)
	c.Seed = seed
	c.Hours = []float64{4, 6, 10, 14}[r.IntN(4)]
	c.Replicas = 1 + r.IntN(4)
	c.Proxies = 2 + r.IntN(4)
	c.Timestamps = r.IntN(2) == 0
	c.Anchors = c.Timestamps || r.IntN(4) > 0
	c.Gaps = r.IntN(3) == 0
	c.Restarts = r.IntN(4) == 0
	c.Start = c.Start.Add(time.Duration(2*60+r.IntN(60)) * time.Minute)
	files := synth.Memory{}
	truth, err := synth.Generate(c, files)
	if err != nil {
		t.Fatal(err)
	}
	var in []parse.Input
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		in = append(in, parse.Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	}
	return judged(t, in...), truth, c
}

// judged reads inputs, judges them, and applies the rules.
func judged(t testing.TB, in ...parse.Input) *correlate.Case {
	t.Helper()
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := correlate.Judge(correlate.NewIndex(c), correlate.Options{})
	rules.Conclude(out)
	return out
}

// untrue says whether a finding claims what was not planted.
func untrue(f *correlate.Finding, c *correlate.Case, truth *synth.Truth, made synth.Config) bool {
	title := f.Title
	has := func(s string) bool { return strings.Contains(title, s) }
	switch f.Rule {
	case "beat":
		beats := truth.Beat == "timer" || truth.Beat == "wall_clock"
		return has("consistent with linkerd's informer resync") || has("have a period of") && !beats
	case "throttling":
		return !has("and so does the logging threshold")
	case "diverging", "overflow", "storm", "lag", "replicas", "status", "visibility", "ratio", "implied_start":
		return true
	case "scale":
		return !has("cannot tell") && len(truth.Replicas) == 1
	case "no_endpoints", "failfast_unexplained":
		return !slices.ContainsFunc(truth.Incidents, func(i synth.Incident) bool {
			return slices.ContainsFunc(i.Requests, func(q synth.Request) bool { return has("has no endpoints") == q.NoEndpoints })
		}) || has("has no endpoints") && !has("is the outbound failfast")
	case "target":
		return !has("was not captured")
	case "versions":
		return !has("2.14.8 has none of the fixes")
	case "holes":
		return len(truth.Stalls) == 0 && !made.Restarts
	case "discovery_no_answer":
		return truth.Scenario != "watch" // there alone stalls hold lookups
	case "probe_timeout", "controller_starting":
		return untrueProbe(f, c, truth)
	case "probes":
		return !has("more than 25 times")
	case "since":
		return truth.Scenario == "poisson" || truth.Scenario == "quiet"
	case "load":
		return truth.Scenario == "poisson" || truth.Scenario == "quiet"
	case "stall":
		return untrueInformer(f, c)
	case "quality":
		return has("ten lines") || has("are mixed in one file") || has("No log of") || has("no pod: which of") || has("restart") && !made.Restarts ||
			has("lie where no controller") && !made.Gaps && !made.Restarts && !early(truth) || has("counts seconds") && made.Timestamps
	}
	return true
}

// early says whether an incident lies before any replica ran.
func early(truth *synth.Truth) bool {
	return slices.ContainsFunc(truth.Incidents, func(i synth.Incident) bool {
		return !slices.ContainsFunc(truth.Replicas, func(r synth.Replica) bool { return r.Lives[0].Start.Before(i.Time.Add(-time.Second)) })
	})
}

// untrueProbe counts the planted probe failures of one sort again: the kubelet
// may have lost a few first ones, and never adds any.
func untrueProbe(f *correlate.Finding, c *correlate.Case, truth *synth.Truth) bool {
	n := 0
	for _, p := range truth.Probes {
		if starting := strings.Contains(p.Message, "statuscode: 500"); starting == (f.Rule == "controller_starting") {
			n++
		}
	}
	said := 0
	if _, err := fmt.Sscanf(f.Title, "%d", &said); err != nil {
		return true
	}
	return said > n
}

var server = regexp.MustCompile(`/srv-\d\d$`)

// untrueInformer says whether bursts are said to be of Servers only and none
// of those shown names one.
func untrueInformer(f *correlate.Finding, c *correlate.Case) bool {
	if !strings.Contains(f.Title, ": server (") || strings.Contains(f.Title, "), ") {
		return false
	}
	for _, e := range f.Evidence {
		for s := range c.Streams {
			for i := range c.Streams[s].Events {
				if ev := &c.Streams[s].Events[i]; c.Streams[s].Ref(ev) == e.Ref && server.MatchString(c.Name(ev.Target)) {
					return false
				}
			}
		}
	}
	return true
}

// count is what one rule said of all null worlds.
type count struct{ spoke, loud, untrue int }

// TestFalseAlarms counts what each rule says of worlds in which no resync hurts
// anybody, and how much of it is not true.
func TestFalseAlarms(t *testing.T) {
	seed := *fromSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1e9
	}
	counts := map[string]*count{}
	for _, r := range rules.All() {
		counts[r.Name] = &count{}
	}
	var mu sync.Mutex
	t.Run("grid", func(t *testing.T) {
		for _, s := range nulls {
			t.Run(s, func(t *testing.T) {
				t.Parallel()
				for i := range *worlds {
					c, truth, config := made(t, s, seed+uint64(i))
					mu.Lock()
					tally(t, counts, c, truth, config)
					mu.Unlock()
				}
			})
		}
	})
	out := ratesTable(counts, seed)
	t.Logf("\n%s", out)
	if *table {
		rewrite(t, rates, out)
	}
	for name, n := range counts {
		if total := *worlds * len(nulls); n.untrue > 1+total/50 {
			t.Errorf("%s: %d of %d worlds have an untrue finding", name, n.untrue, total)
		}
	}
}

// tally files the findings of one world: each rule once.
func tally(t *testing.T, counts map[string]*count, c *correlate.Case, truth *synth.Truth, config synth.Config) {
	spoke, loud, wrong := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range c.Findings {
		f := &c.Findings[i]
		spoke[f.Rule] = true
		loud[f.Rule] = loud[f.Rule] || f.Severity >= correlate.Warning
		if untrue(f, c, truth, config) {
			wrong[f.Rule] = true
			t.Logf("%s, seed %d: %s: %s", truth.Scenario, truth.Seed, f.Rule, f.Title)
		}
	}
	for name := range spoke {
		counts[name].spoke++
	}
	for name, is := range loud {
		if is {
			counts[name].loud++
		}
	}
	for name := range wrong {
		counts[name].untrue++
	}
}

func ratesTable(counts map[string]*count, seed uint64) string {
	var b strings.Builder
	total := *worlds * len(nulls)
	fmt.Fprintf(&b, "%d worlds of each of %s, first seed %d.\n\n", *worlds, strings.Join(nulls, ", "), seed)
	b.WriteString("| rule | said something | as a warning or more | not true | rate |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, r := range rules.All() {
		n := counts[r.Name]
		fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %.1f %% |\n", r.Name, n.spoke, n.loud, n.untrue, 100*float64(n.untrue)/float64(max(1, total)))
	}
	return b.String()
}

// page is the page that the rules and the rates make.
const page = "../../docs/rules.md"

// The parts of the page that are made.
const (
	catalogue = "catalogue"
	rates     = "rates"
)

// part finds a made part of the page.
func part(t *testing.T, text []byte, name string) (from, to int) {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	from = bytes.Index(text, []byte(begin))
	to = bytes.Index(text, []byte(end))
	if from < 0 || to < from {
		t.Fatalf("%s has no part %s", page, name)
	}
	return from + len(begin), to
}

// rewrite puts a part into the page.
func rewrite(t *testing.T, name, part1 string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	from, to := part(t, text, name)
	if err := os.WriteFile(page, slices.Concat(text[:from], []byte(part1), text[to:]), 0o666); err != nil {
		t.Fatal(err)
	}
}

// The page says what the rules' Docs say.
func TestPageIsWhole(t *testing.T) {
	want := rules.Page()
	if os.Getenv("UPDATE") != "" {
		rewrite(t, catalogue, want)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	from, to := part(t, text, catalogue)
	if got := string(text[from:to]); got != want {
		t.Errorf("docs/rules.md differs from the rules; UPDATE=1 go test ./correlate/rules rewrites it")
	}
}

// docs/diagnoses.md has a section for each code, as `faultline explain` prints it.
func TestDiagnosesPage(t *testing.T) {
	const name, mark = "../../docs/diagnoses.md", "<!-- diagnoses -->\n"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, got, ok := strings.Cut(string(text), mark)
	if !ok {
		t.Fatal("no place for the diagnoses")
	}
	want := "\n" + rules.DiagnosesPage()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(head+mark+want), 0o666); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if got != want {
		t.Error("docs/diagnoses.md differs from the rules; UPDATE=1 go test ./correlate/rules rewrites it")
	}
}
