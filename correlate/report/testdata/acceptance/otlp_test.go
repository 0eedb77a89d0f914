// Package acceptance loads what faultline exports into other people's models. It
// is a module of its own, so that theirs are no dependencies of faultline.
package acceptance

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// The collector's own model takes every line of the export, as its receiver of
// files does, and holds in the end what the case holds.
func TestCollectorLoadsOTLP(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		text := bundle.NewText()
		defer text.Close()
		in, _, err := fixtures.Inputs(i.Name)
		if err != nil {
			t.Fatal(err)
		}
		read, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := correlate.Judge(correlate.NewIndex(read), correlate.Options{})
		var out bytes.Buffer
		if err := report.WriteOTLP(&out, c, text, report.Filter{}); err != nil {
			t.Fatal(err)
		}
		var records []plog.LogRecord
		reader := plog.JSONUnmarshaler{}
		for line := range strings.Lines(out.String()) {
			logs, err := reader.UnmarshalLogs([]byte(line))
			if err != nil {
				t.Fatalf("%s: %v in %.200s", i.Name, err, line)
			}
			records = append(records, all(t, logs)...)
		}
		held(t, i.Name, c, records)
	}
}

// all are the records of a line, whose resources and scopes must say whose they are.
func all(t *testing.T, logs plog.Logs) (out []plog.LogRecord) {
	for _, r := range logs.ResourceLogs().All() {
		for k, v := range r.Resource().Attributes().All() {
			if v.Type() != pcommon.ValueTypeStr || !strings.HasPrefix(k, "k8s.") && k != "service.name" {
				t.Errorf("a resource with %s of %s", k, v.Type())
			}
		}
		for _, s := range r.ScopeLogs().All() {
			if !strings.HasPrefix(s.Scope().Name(), "faultline/") {
				t.Errorf("a scope %q", s.Scope().Name())
			}
			for _, l := range s.LogRecords().All() {
				out = append(out, l)
			}
		}
	}
	return out
}

// held compares counts and times by kind with the case.
func held(t *testing.T, name string, c *correlate.Case, records []plog.LogRecord) {
	type total struct {
		n  int
		at uint64
	}
	want, got := map[string]total{}, map[string]total{}
	for p := range c.Timeline() {
		e := c.At(p)
		if e.Kind == parse.LogOther {
			continue
		}
		sum := want[c.KindName(e.Kind)]
		sum.n++
		if at, _, ok := c.Wall(p); ok {
			sum.at += uint64(at)
		}
		want[c.KindName(e.Kind)] = sum
	}
	for _, l := range records {
		sum := got[l.EventName()]
		sum.n, sum.at = sum.n+1, sum.at+uint64(l.Timestamp())
		got[l.EventName()] = sum
		if l.Body().Type() != pcommon.ValueTypeStr {
			t.Errorf("%s: a body of %s", name, l.Body().Type())
		}
		if path, ok := l.Attributes().Get("log.file.path"); !ok || path.Str() == "" {
			t.Errorf("%s: a record without its file", name)
		}
		if line, ok := l.Attributes().Get("faultline.line"); !ok || line.Type() != pcommon.ValueTypeInt || line.Int() < 1 {
			t.Errorf("%s: a record without its line", name)
		}
		if text := l.SeverityText(); text != "" && l.SeverityNumber() == plog.SeverityNumberUnspecified {
			t.Errorf("%s: severity %s has no number", name, text)
		}
	}
	for kind, sum := range want {
		if got[kind] != sum {
			t.Errorf("%s: %s: %v, the case has %v", name, kind, got[kind], sum)
		}
	}
	if len(got) != len(want) || len(records) == 0 {
		t.Errorf("%s: %d kinds, the case has %d", name, len(got), len(want))
	}
}
