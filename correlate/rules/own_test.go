package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// ownRules is a facts file with some rules.
func ownRules(rules string) string {
	return "match: {lock: 'waiting for lock (?P<target>\\S+)'}\nrules:\n" + rules
}

// Rules of a facts file speak beside ours; their labels are filled in, and who
// gave them is said.
func TestOwnRules(t *testing.T) {
	d := dump{"a.log": nginxAccess(15, "504", "60.000", "10.1.0.9:80", "0", "504") + nginxAccess(900, "200", "0.010", "10.1.0.9:80", "10", "200")}
	for _, c := range []struct{ rule, want string }{
		{"  - name: slow\n    event: ingress.response\n    title: \"{{n}} of {{target}}\"\n", "1 of shop-web-80."},
		{"  - name: slow\n    event: ingress.*\n    before: ingress.response\n    within: 1s\n    title: \"{{kind}} before itself\"\n", "ingress.response before itself."},
		{"  - name: slow\n    event: proxy.*\n    title: never\n", ""},
		{"  - name: slow\n    when: sum(increase(faultline_events_total{kind=\"ingress.response\"}[1m])) > 0\n    severity: critical\n    title: some failed\n", "some failed."},
		{"  - name: slow\n    event: ingress.response\n    severity: note\n    title: some failed\n", "some failed."},
		{"  - name: slow\n    when: sum(increase(faultline_events_total{kind=\"proxy.request_failed\"}[1m])) > 0\n    title: some failed\n", ""},
	} {
		d["faultline.yaml"] = ownRules(c.rule)
		k := judged(t, d.inputs()...)
		i := slices.IndexFunc(k.Findings, func(f correlate.Finding) bool { return f.Rule == "slow" })
		switch {
		case c.want == "" && i >= 0:
			t.Errorf("%s: said %q", c.rule, k.Findings[i].Title)
		case c.want != "" && (i < 0 || k.Findings[i].Title != c.want || !strings.Contains(k.Findings[i].Detail, "given by faultline.yaml:") || len(k.Findings[i].Evidence) == 0):
			t.Errorf("%s: %s", c.rule, titles(k))
		case strings.Contains(c.rule, "within: 1s") != strings.Contains(k.Findings[max(i, 0)].Detail, "Each precedes"):
			t.Errorf("%s: %s", c.rule, k.Findings[i].Detail)
		case strings.Contains(c.rule, "critical") && (k.Findings[i].First != timeOf(noon.Add(20*time.Second).UnixNano()) || k.Findings[i].Last != timeOf(noon.Add(75*time.Second).UnixNano())):
			t.Errorf("%s: from %d to %d", c.rule, k.Findings[i].First, k.Findings[i].Last)
		case strings.Contains(c.rule, "critical") && k.Findings[i].Severity != correlate.Critical:
			t.Errorf("%s: %s", c.rule, k.Findings[i].Severity)
		}
	}
}

// A rule of one's own that is the most severe stands first, and takes no diagnosis away
// from the verdict; without one the verdict stays what it was.
func TestOwnRulesLeadNoVerdict(t *testing.T) {
	d := dump{"a.log": nginxAccess(15, "504", "60.000", "10.1.0.9:80", "0", "504"), "faultline.yaml": ownRules("  - name: slow\n    event: ingress.response\n    severity: critical\n    title: slow\n")}
	k := judged(t, d.inputs()...)
	if k.Findings[0].Rule != "slow" || k.Verdict.Code != correlate.Diagnosed || k.Verdict.Diagnosis != "upstream_timeout" || !strings.HasPrefix(k.Verdict.Next, "That request") {
		t.Errorf("%s %s, next %q;%s", k.Verdict.Code, k.Verdict.Diagnosis, k.Verdict.Next, titles(k))
	}
	d["a.log"] = nginxAccess(15, "504", "7.000", "-", "-", "-")
	if k = judged(t, d.inputs()...); k.Verdict.Code == correlate.Diagnosed || k.Verdict.Diagnosis != "" {
		t.Errorf("%s %s;%s", k.Verdict.Code, k.Verdict.Diagnosis, titles(k))
	}
}

// A bad rule is refused with its line and why, and the others speak all the same.
func TestOwnRulesThatAreRefused(t *testing.T) {
	d := dump{"a.log": nginxAccess(15, "504", "60.000", "10.1.0.9:80", "0", "504"),
		"faultline.yaml": ownRules("  - name: bad\n    when: sum(\n    title: x\n  - name: good\n    event: ingress.response\n    title: y\n")}
	k := judged(t, d.inputs()...)
	if !slices.ContainsFunc(k.Limits, func(s string) bool { return strings.Contains(s, "rule bad of faultline.yaml:3: ") }) {
		t.Errorf("not refused: %q", k.Limits)
	}
	if !slices.ContainsFunc(k.Findings, func(f correlate.Finding) bool { return f.Rule == "good" }) {
		t.Error("the good rule is silent")
	}
}

// A dump with metrics alone gives the diagnoses that its counters carry, at
// medium; a counter that stands still says nothing.
func TestCounters(t *testing.T) {
	series := func(metric, labels string, from, to string) dump {
		return dump{"m.json": fmt.Sprintf(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":%q,"pod":"web-0","instance":"n1"%s},"values":[[1706875200,%q],[1706875230,%q]]}]}}`, metric, labels, from, to)}
	}
	for _, c := range []struct{ code, metric, labels, from, to, calm string }{
		{"oom_killed", "container_oom_events_total", "", "3", "4", "3"},
		{"crash_loop", "kube_pod_container_status_waiting_reason", `,"reason":"CrashLoopBackOff"`, "0", "1", "0"},
		{"pod_not_started", "kube_pod_container_status_waiting_reason", `,"reason":"ImagePullBackOff"`, "0", "1", "0"},
		{"empty_target", "kube_endpoint_address_available", "", "2", "0", "2"},
		{"failfast_unexplained", "outbound_http_errors_total", `,"error":"failfast"`, "3", "9", "3"},
		{"route_timeout", "outbound_http_errors_total", `,"error":"response timeout"`, "3", "9", "3"},
		{"policy_denied", "inbound_http_authz_deny_total", "", "0", "9", "0"},
		{"connect_timeout", "envoy_cluster_upstream_cx_connect_timeout", "", "0", "9", "0"},
		{"upstream_timeout", "envoy_cluster_upstream_rq_timeout", "", "0", "9", "0"},
		{"overload", "envoy_cluster_upstream_rq_pending_overflow", "", "0", "9", "0"},
		{"ingress_no_endpoints", "envoy_cluster_upstream_cx_none_healthy", "", "0", "9", "0"},
		{"breaker_open", "envoy_cluster_outlier_detection_ejections_enforced_total", "", "0", "9", "0"},
		{"node_unhealthy", "kube_node_status_condition", `,"condition":"Ready","status":"true"`, "1", "0", "1"},
		{"certificate_expiry", "issuer_cert_ttl_seconds", "", "90000", "80000", "90000"},
		{"apiserver_slow", "apiserver_request_total", `,"code":"504"`, "0", "9", "0"},
	} {
		said := func(k *correlate.Case) int {
			return slices.IndexFunc(k.Findings, func(f correlate.Finding) bool { return f.Diagnosis == c.code })
		}
		k := judged(t, series(c.metric, c.labels, c.from, c.to).inputs()...)
		if i := said(k); i < 0 || k.Findings[i].Confidence != correlate.Medium || len(k.Findings[i].Evidence) == 0 || k.Findings[i].Facets["metric"] != c.metric {
			t.Errorf("%s from %s to %s does not say %s:%s", c.metric, c.from, c.to, c.code, titles(k))
		} else if f := k.Findings[i]; !strings.Contains(f.Title, "web-0") || c.code == "route_timeout" && !strings.Contains(f.Next[0], "of web-0 against") {
			t.Errorf("%s does not name the pod: %s %q", c.code, f.Title, f.Next)
		}
		if k := judged(t, series(c.metric, c.labels, c.from, c.calm).inputs()...); said(k) >= 0 {
			t.Errorf("%s at %s says %s", c.metric, c.calm, c.code)
		}
	}
}

// A page of a pod whose head is cut off tells why its pod ends again and again, though
// the pod is named in its events alone.
func TestHeadlessPage(t *testing.T) {
	page := "Init Containers:\n  linkerd-network-validator:\n    State:          Waiting\n      Reason:       CrashLoopBackOff\n    Last State:     Terminated\n      Reason:       Error\n      Exit Code:    95\n" +
		"      Started:      Fri, 02 Feb 2024 12:00:00 +0000\n      Finished:     Fri, 02 Feb 2024 12:00:10 +0000\n    Ready:          False\n    Restart Count:  5\nEvents:\n" +
		"  Type     Reason   Age                    From     Message\n  ----     ------   ----                   ----     -------\n" +
		"  Warning  BackOff  3m32s (x26 over 8m51s)  kubelet  Back-off restarting failed container linkerd-network-validator in pod web-5d4f8-x2x9z_shop(3a8a4d1e-52c8-4fd0-a4e1-0c6df2f9f1c2)\n"
	if c := judged(t, one(page).inputs()...); len(c.Findings) == 0 || c.Findings[0].Diagnosis != "init_network_failed" {
		t.Error(titles(c))
	}
}
