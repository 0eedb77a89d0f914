package alert

import (
	"strconv"
	"strings"
	"testing"
)

func TestRulesAreReadOrRefusedWithTheirLine(t *testing.T) {
	for _, c := range []struct{ name, rules, want string }{
		{"no yaml", "groups: [", "rules.yaml:"},
		{"no groups", "a: b\n", "not a rule file"},
		{"a field that is none", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    four: 5m\n", "line 6: field four not found"},
		{"a group twice", "groups:\n- name: g\n  rules: []\n- name: g\n  rules: []\n", "repeated in the same file"},
		{"an expression", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x >\n  - alert: B\n    expr: x\n", "skipped 4: A: could not parse expression"},
		{"a template", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    annotations: {summary: '{{ $value | nothing }}'}\n", `skipped 4: A: annotation "summary"`},
		{"a matrix", "groups:\n- name: g\n  rules:\n  - record: a\n    expr: x[5m]\n", "skipped 4: a: a rule gives a vector"},
		{"its own result", "groups:\n- name: g\n  rules:\n  - record: a\n    expr: a + 1\n  - alert: B\n    expr: a > 1\n", "skipped 4: a: it reads a of the evaluation before"},
		{"an operator's", "kind: PrometheusRule\nmetadata: {name: x}\nspec:\n  groups:\n  - name: g\n    rules:\n    - alert: A\n      expr: x\n      for: 5m\n", "1 rules, the first in line 7"},
	} {
		rules, skipped, err := Read("rules.yaml", []byte(c.rules))
		said := ""
		if err != nil {
			said = err.Error()
		} else {
			_, more := ordered(rules)
			for _, s := range append(skipped, more...) {
				said += "skipped " + strings.Join([]string{itoa(s.Line), s.Reason}, ": ") + "\n"
			}
			if said == "" {
				said = itoa(len(rules)) + " rules, the first in line " + itoa(rules[0].Line)
			}
		}
		if !strings.Contains(said, c.want) {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func TestPackIsWhole(t *testing.T) {
	rules, skipped, err := Read(PackName, Pack)
	if err != nil || len(skipped) > 0 || len(rules) < 10 {
		t.Fatal(len(rules), skipped, err)
	}
	if _, skipped := ordered(rules); len(skipped) > 0 {
		t.Error(skipped)
	}
	for _, r := range rules {
		if r.Annotations["summary"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s says nothing", r.Alert)
		}
	}
}
