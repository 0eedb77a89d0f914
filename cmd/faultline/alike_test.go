package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"faultline/correlate"
)

// conclusions are what a case says that no name is in: its verdict, its events
// with their causes and statuses, incidents, periods, links and findings.
func conclusions(c *correlate.Case) (out []string) {
	out = append(out, fmt.Sprint("verdict ", c.Verdict.Code, c.Total, c.Failures, c.Stalls, c.Probes))
	for i := range c.Streams {
		for j := range c.Streams[i].Events {
			e := &c.Streams[i].Events[j]
			out = append(out, fmt.Sprint("event ", e.Kind, e.Time, e.Lasted, e.Value, e.Class, e.Count, e.Severity))
		}
	}
	for i := range c.Incidents {
		in := &c.Incidents[i]
		out = append(out, fmt.Sprint("incident ", in.Start, in.End, in.Failures, in.By, len(in.Targets), in.Signature, in.Stalls))
	}
	for i := range c.Periods {
		seconds, within, ok := c.Periods[i].Seconds()
		out = append(out, fmt.Sprint("period ", c.Periods[i].Verdict, seconds, within, ok))
	}
	for i := range c.Associations {
		out = append(out, fmt.Sprint("link ", c.Associations[i].Verdict, c.Associations[i].Observed, c.Associations[i].N))
	}
	for i := range c.Findings {
		out = append(out, fmt.Sprint("finding ", c.Findings[i].Rule, c.Findings[i].Severity))
	}
	slices.Sort(out) // where they stand hangs on names
	return out
}

// concluded exports a dump and tells what the case says when it is opened.
func concluded(t *testing.T, dump, out string, redact bool) []string {
	t.Helper()
	var stderr bytes.Buffer
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr, log: logrus.New()}
	a.log.SetOutput(io.Discard)
	a.flags.quiet, a.flags.force = true, true
	if code := a.exit(a.export([]string{dump}, &exporting{out: out, redact: redact})); code != 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	c, err := a.load([]string{out})
	if err != nil {
		t.Fatal(err)
	}
	defer c.text.Close()
	return conclusions(c.Case)
}

// A redacted case says what the plain one says, of every sample that the tests
// have: of access logs, controllers, kubelets, API objects and metrics.
func TestRedactedCaseIsJudgedAlike(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var dumps []string
	for _, pattern := range []string{"parse/*/testdata/*", "parse/ingress/testdata/products/*", "fixtures/capture/*", "fixtures/capture/kubectl/*", "fixtures/report", "fixtures/tickets/*"} {
		list, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		dumps = append(dumps, list...)
	}
	if len(dumps) < 20 {
		t.Fatalf("only %d samples", len(dumps))
	}
	for i, dump := range dumps {
		if testing.Short() && i%8 != 0 {
			continue
		}
		if info, err := os.Stat(dump); err == nil && info.IsDir() && strings.HasSuffix(dump, "fuzz") {
			continue
		}
		name, _ := filepath.Rel(root, dump)
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			plain, hidden := counts(concluded(t, dump, filepath.Join(dir, "a.zip"), false)), counts(concluded(t, dump, filepath.Join(dir, "b.zip"), true))
			for _, line := range slices.Sorted(maps.Keys(plain)) {
				if plain[line] != hidden[line] {
					t.Errorf("%d times in the plain case, %d times in the redacted one: %s", plain[line], hidden[line], line)
				}
			}
			if len(plain) != len(hidden) {
				t.Errorf("%d different conclusions, redacted %d", len(plain), len(hidden))
			}
		})
	}
}

func counts(list []string) map[string]int {
	out := map[string]int{}
	for _, l := range list {
		out[l]++
	}
	return out
}
