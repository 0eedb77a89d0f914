package query

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// What happens to each of a list of expressions, of which both languages know
// some, one knows others, and some are none.
func TestMetricsQLTable(t *testing.T) {
	list, err := os.ReadFile("testdata/metricsql.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		n++
		_, text, err := read(line)
		var no *Error
		switch {
		case err == nil && text == line:
			fmt.Fprintf(&out, "promql      %s\n", line)
		case err == nil:
			fmt.Fprintf(&out, "translated  %s\n            = %s\n", line, text)
		case errors.As(err, &no) && no.Hint != "":
			fmt.Fprintf(&out, "refused     %s\n            %s\n            nearest: %s\n", line, no, no.Hint)
		default:
			fmt.Fprintf(&out, "refused     %s\n            %s\n", line, err)
		}
	}
	if n < 140 {
		t.Errorf("%d expressions, at least 140 are wanted", n)
	}
	golden(t, "testdata/metricsql.golden", out.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s (%v) differs; got:\n%s", path, err, got)
	}
}

// Templates that double at each step must not be expanded.
func TestExpansionIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("WITH (x0 = m + m")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&b, ", x%d = x%d + x%d", i, i-1, i-1)
	}
	b.WriteString(") x59 default 0")
	nested := "WITH (f(x) = x + x, g(x) = f(f(f(x)))) " + strings.Repeat("g(", 12) + "m" + strings.Repeat(")", 12) + " default 0"
	for _, expr := range []string{b.String(), nested, "WITH (a = b, b = a) a default 0", strings.Repeat("(", longest), strings.Repeat("WITH (", 2000)} {
		began := time.Now()
		if _, _, err := read(expr); err == nil {
			t.Errorf("%.40s was read", expr)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%.40s took %s", expr, took)
		}
	}
}

// A translation means the same as a spelling of it in PromQL.
func TestTranslationsParse(t *testing.T) {
	for asked, want := range map[string]string{
		"a if b":                      "a and b",
		"median(m)":                   "quantile(0.5, m)",
		"rate(m[1.5m])":               "rate(m[1m30s])",
		`label_set(m, "a", "$x")`:     `label_replace(m, "a", "$$x", "", "")`,
		"max_over_time((a + b)[1h])":  "max_over_time((a + b)[1h:])",
		"WITH (w = 5m) rate(m[w])":    "rate(m[5m])",
		"tlast_over_time(m[5m]) if b": "ts_of_last_over_time(m[5m]) and b",
	} {
		got, _, err := read(asked)
		if err != nil {
			t.Errorf("%s: %v", asked, err)
			continue
		}
		expect, err := promQL.ParseExpr(want)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != expect.String() {
			t.Errorf("%s: %s, not %s", asked, got, expect)
		}
	}
}
