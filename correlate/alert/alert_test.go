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
		{"an operator's that is wrong", "kind: PrometheusRule\nmetadata: {name: x}\nspec:\n  groups:\n  - name: g\n    partial_response_strategy: warn\n    rules:\n    - alert: A\n      expr: x\n      fur: 5m\n", "line 10: field fur not found"},
		{"a list of kubectl's", "kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n    groups:\n    - name: g\n      rules:\n      - alert: A\n        expr: x\n- kind: PrometheusRule\n  spec:\n    groups:\n    - name: g\n      rules:\n      - alert: B\n        expr: x >\n", "skipped 15: B: could not parse"},
		{"several documents", "kind: ConfigMap\n---\n# mine\ngroups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      x\n\n        > 1\n---\nkind: PrometheusRule\nspec: {groups: [{name: h, rules: [{record: b, expr: y}]}]}\n", "2 rules, the first in line 7"},
		{"another kind", "kind: ConfigMap\ndata: {}\n", "of kind ConfigMap, which holds no rules"},
		{"an empty file", "", "no groups of rules"},
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

// Rules in the shapes of public packs: kubernetes-mixin's joins with group_left and
// names with colons, node-exporter's predictions, linkerd's quantiles and ratios by
// direction, templates that query. None of it is refused.
const publicShapes = `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: shapes, namespace: monitoring}
spec:
  groups:
  - name: node.rules
    partial_response_strategy: warn
    rules:
    - record: 'node_namespace_pod:kube_pod_info:'
      expr: |
        topk by(namespace, pod) (1, max by(node, namespace, pod) (label_replace(kube_pod_info{job="ksm", node!=""}, "pod", "$1", "pod", "(.*)")))
    - record: node:node_num_cpu:sum
      expr: |
        count by(node) (node_cpu_seconds_total{mode="idle"} * on(namespace, pod) group_left(node) topk by(namespace, pod) (1, node_namespace_pod:kube_pod_info:))
  - name: apps
    interval: 30s
    rules:
    - alert: PodCrashLooping
      expr: max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff", job="ksm"}[5m]) >= 1
      for: 15m
      keep_firing_for: 5m
      labels: {severity: warning}
      annotations:
        description: 'Pod {{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}) waits (reason: "CrashLoopBackOff").'
        runbook_url: https://runbooks.example/podcrashlooping
    - alert: DiskFills
      expr: |
        node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100 < 15
        and predict_linear(node_filesystem_avail_bytes{fstype!=""}[6h], 24*60*60) < 0
      for: 1h
      annotations:
        summary: '{{ with query "node_filesystem_size_bytes" }}{{ . | first | value | humanize1024 }}{{ end }} {{ printf "%.2f" $value }} %'
    - alert: BudgetBurn
      expr: sum(apiserver_request:burnrate1h) > (14.40 * 0.01000) and sum(apiserver_request:burnrate5m) > (14.40 * 0.01000)
      for: 2m
      labels: {long: 1h, severity: critical, short: 5m}
    - alert: HighErrorRate
      expr: sum by (deployment) (rate(response_total{classification="failure", direction="inbound"}[1m])) / sum by (deployment) (rate(response_total{direction="inbound"}[1m])) * 100 > 10
      labels: {value: '{{ $value | humanizePercentage }}', of: '{{ $externalLabels.cluster }}'}
    - alert: SlowResponses
      expr: histogram_quantile(0.99, sum by (le, deployment) (rate(response_latency_ms_bucket[5m] offset 1m))) > 500 unless on() absent(up)
    - alert: Watchdog
      expr: vector(1)
      annotations: {summary: '{{ range query "up" }}{{ .Labels.instance }} {{ end }}'}
`

func TestPublicShapesAreRead(t *testing.T) {
	rules, skipped, err := Read("shapes.yaml", []byte(publicShapes))
	if err != nil || len(skipped) > 0 || len(rules) != 8 {
		t.Fatal(len(rules), skipped, err)
	}
	inTurn, skipped := ordered(rules)
	if len(skipped) > 0 || len(inTurn) != len(rules) {
		t.Error(skipped)
	}
	for _, r := range rules {
		if r.Line == 0 {
			t.Errorf("%s has no line", r.name())
		}
	}
}
