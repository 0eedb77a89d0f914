package rules_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/fixtures"
	"faultline/parse"
)

// said writes all that the rules make of a case: of a text that was written before
// the beginning.
func said(c *correlate.Case, had map[string]bool) string {
	var b strings.Builder
	text := func(s string) string {
		const enough = 60
		if had[s] && len(s) > enough {
			return s[:enough] + "…"
		}
		had[s] = true
		return s
	}
	clock := func(t parse.Time) string {
		if t == 0 {
			return "-"
		}
		return time.Unix(0, int64(t)).UTC().Format("01-02T15:04:05.000")
	}
	fmt.Fprintf(&b, "%s %s: %s > %s\n", c.Verdict.Code, c.Verdict.Diagnosis, text(c.Verdict.Sentence), text(c.Verdict.Next))
	for _, in := range c.Incidents {
		fmt.Fprintf(&b, "%s %s %s\n", in.ID, in.Where, in.Diagnosis)
	}
	for _, f := range c.Findings {
		fmt.Fprintf(&b, "%s %s %s %s×%d%s %s..%s %s %s\n  %s\n", f.ID, f.Severity, f.Confidence, f.Rule, f.Count, connection(&f), clock(f.First), clock(f.Last), f.Where, facets(f.Facets), f.Title)
		fmt.Fprintf(&b, "  %s\n", text(f.Detail))
		for _, n := range f.Next {
			fmt.Fprintf(&b, "  - %s\n", text(n))
		}
		fmt.Fprintf(&b, "  %s | %s\n", cited(c, f.Evidence), cited(c, f.Against))
	}
	for _, l := range c.Limits {
		fmt.Fprintf(&b, "limit: %s\n", text(l))
	}
	return b.String()
}

// connection is how many of the failures that count a finding rests on, or that nothing
// connects it with them.
func connection(f *correlate.Finding) string {
	switch {
	case f.Apart:
		return " apart"
	case f.Counted > 0:
		return fmt.Sprintf(" counted %d", f.Counted)
	}
	return ""
}

// facets are in the order of their names.
func facets(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return strings.Join(out, " ")
}

// cited are the lines of some evidence.
func cited(c *correlate.Case, list []correlate.Evidence) string {
	var out []string
	for _, e := range list {
		out = append(out, fmt.Sprintf("%s:%d", filepath.Base(c.Sources[e.Ref.Source].Path), e.Ref.Line))
	}
	return strings.Join(out, " ")
}

// golden are the small dumps of this package by name, and the bundled ones.
func golden(t *testing.T) map[string]map[string]dump {
	out := map[string]map[string]dump{"spoken": {}, "variants": {}, "dumps": {}, "own": {}}
	n := map[string]int{}
	name := func(code string) string { n[code]++; return fmt.Sprintf("%s %d", code, n[code]) }
	for _, d := range spoken {
		code := name(d.code)
		out["spoken"][code] = d.dump
		out["spoken"][code+" not"] = d.looks
	}
	for _, v := range variants {
		code := name(v.code)
		if out["variants"][code] = v.dump; v.looks != nil {
			out["variants"][code+" not"] = v.looks
		}
	}
	for _, d := range dumps {
		out["dumps"][d.name] = d.dump
	}
	out["borders"] = map[string]dump{}
	for _, x := range slices.Concat(borders(), knobBorders(), gateBorders(), programBorders()) {
		out["borders"][x.name] = x.dump
	}
	for name, d := range ownDumps() {
		out["own"][name] = d
	}
	return out
}

// All that is said of each small dump, word for word: a condition that is turned
// around shows here, where no other test asks for it.
func TestSaid(t *testing.T) {
	for file, list := range golden(t) {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			had := map[string]bool{}
			for _, name := range slices.Sorted(maps.Keys(list)) {
				fmt.Fprintf(&b, "== %s\n%s\n", name, said(judged(t, list[name].inputs()...), had))
			}
			same(t, file, b.String())
		})
	}
	for _, name := range []string{"report", "capture"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, _, err := fixtures.Inputs(name)
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, said(judged(t, in...), map[string]bool{}))
		})
	}
}

// keptWorlds are made worlds of which all that is said is kept: rules that need hours of
// logs and series speak there.
var keptWorlds = []struct {
	scenario string
	seed     uint64
}{{"resync", 1003}, {"resync", 1010}, {"watch", 1004}, {"cron", 1006}, {"unlinked", 1005}, {"deploys", 1007}, {"shared", 1008}, {"anytimer", 1009}, {"office", 1011}, {"quiet", 1012}}

// All that is said of some made worlds, word for word.
func TestSaidOfWorlds(t *testing.T) {
	var b strings.Builder
	had := map[string]bool{}
	for _, w := range keptWorlds {
		c, _, _ := made(t, w.scenario, w.seed)
		fmt.Fprintf(&b, "== %s %d\n%s\n", w.scenario, w.seed, said(c, had))
	}
	same(t, "worlds", b.String())
}

// same holds a text against the one that was kept.
func same(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "said", name+".txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, lines := strings.Split(string(kept), "\n"), strings.Split(got, "\n")
	for i := range lines {
		if i >= len(want) || lines[i] != want[i] {
			t.Fatalf("%s:%d: %q; UPDATE=1 keeps it", path, i+1, lines[i])
		}
	}
	if len(want) != len(lines) {
		t.Fatalf("%s: %d lines, not %d", path, len(lines), len(want))
	}
}
