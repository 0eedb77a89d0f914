package rules_test

import (
	"slices"
	"strings"
	"testing"

	"faultline/correlate"
)

// listed are events of the API, each said as container, time, reason and message.
func listed(rows ...[4]string) string {
	var items []string
	for _, r := range rows {
		items = append(items, `{"apiVersion":"v1","kind":"Event","metadata":{"namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"`+webPod+
			`","fieldPath":"spec.containers{`+r[0]+`}"},"reason":"`+r[2]+`","message":"`+r[3]+`","source":{"component":"kubelet"},"firstTimestamp":"`+r[1]+`","lastTimestamp":"`+r[1]+`","count":1,"type":"Warning"}`)
	}
	return `{"apiVersion":"v1","kind":"List","items":[` + strings.Join(items, ",\n") + "]}\n"
}

// What a pod, or a container before the dump, went through is told as what it was:
// another container's start is no recovery, and a recovery undoes no failure before it.
func TestHistory(t *testing.T) {
	const pulled, mounted = "Failed: Error: ErrImagePull", "FailedMount: MountVolume.SetUp failed"
	one1, two, three := "2024-02-02T12:00:01Z", "2024-02-02T12:05:00Z", "2024-02-02T12:10:00Z"
	started := func(name, at string) [4]string { return [4]string{name, at, "Started", "Started container " + name} }
	never := [4]string{"web", two, "Failed", "Error: ErrImagePull"}
	unmounted := [4]string{"", two, "FailedMount", "MountVolume.SetUp failed"}
	network := [4]string{"", two, "FailedCreatePodSandBox", `plugin type=\"calico\" failed (add): Unauthorized`}
	failing := nginxAccess(60, "503", "0.000", "-", "-", "-")
	later := nginxAccess(1200, "503", "0.000", "-", "-", "-")
	for name, x := range map[string]struct {
		dump dump
		code string
		want string // the severity; "": not said
		says string
	}{
		"the proxy started":           {dump{"e.json": listed(never, started("linkerd-proxy", three))}, "pod_not_started", "warning", ""},
		"Istio's proxy started":       {dump{"e.json": listed(never, started("istio-proxy", three))}, "pod_not_started", "warning", ""},
		"an init container started":   {one(eventTable(pulled, "Started: Started container linkerd-init")), "pod_not_started", "warning", ""},
		"the proxy of a table":        {one(eventTable(pulled, "Started: Started container linkerd-proxy")), "pod_not_started", "warning", ""},
		"another container started":   {dump{"e.json": listed(never, started("cache", three))}, "pod_not_started", "warning", ""},
		"it had started before":       {dump{"e.json": listed(started("web", one1), never)}, "pod_not_started", "warning", ""},
		"it started":                  {dump{"e.json": listed(never, started("web", three))}, "pod_not_started", "info", "only later"},
		"ages beside a failure":       {dump{"e.txt": eventTable(mounted, "Started: Started container web"), "a.log": failing}, "pod_not_started", "warning", ""},
		"mounted after the failure":   {dump{"e.json": listed(unmounted, started("web", three)), "a.log": failing}, "pod_not_started", "warning", "started only later"},
		"mounted before the failure":  {dump{"e.json": listed(unmounted, started("web", three)), "a.log": later}, "pod_not_started", "", ""},
		"a network after the failure": {dump{"e.json": listed(network, started("web", three)), "a.log": failing}, "cni_plugin_failed", "warning", ""},
		"a network before it":         {dump{"e.json": listed(network, started("web", three)), "a.log": later}, "cni_plugin_failed", "", ""},
		"killed for its memory before": {dump{"pod.json": ended("shop", webPod, "web", 137, "OOMKilled"), "a.log": nginxAccess(606, "200", "0.010", "10.1.0.9:80", "10", "200")},
			"oom_killed", "info", "for its memory"},
		"killed ten minutes before": {dump{"pod.json": ended("shop", webPod, "web", 137, "OOMKilled"), "a.log": nginxAccess(605, "200", "0.010", "10.1.0.9:80", "10", "200")},
			"oom_killed", "warning", ""},
		"killed five minutes before": {dump{"pod.json": ended("shop", webPod, "web", 137, "OOMKilled"), "a.log": nginxAccess(300, "200", "0.010", "10.1.0.9:80", "10", "200")},
			"oom_killed", "warning", ""},
		"mounted as it fails":       {dump{"e.json": listed(unmounted, started("web", three)), "a.log": nginxAccess(600, "503", "0.000", "-", "-", "-")}, "pod_not_started", "", ""},
		"it started in that second": {dump{"e.json": listed(never, started("web", two))}, "pod_not_started", "info", "only later"},
		"killed by whom": {dump{"pod.json": ended("shop", webPod, "web", 137, "Error"), "a.log": nginxAccess(606, "200", "0.010", "10.1.0.9:80", "10", "200")},
			"oom_killed", "info", "something killed it"},
	} {
		t.Run(name, func(t *testing.T) {
			c := judged(t, x.dump.inputs()...)
			i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == x.code })
			switch {
			case x.want == "" && i < 0:
			case x.want == "" || i < 0 || c.Findings[i].Severity.String() != x.want || !strings.Contains(c.Findings[i].Title, x.says):
				t.Errorf("want %s %q of %s;%s", x.want, x.says, x.code, titles(c))
			}
		})
	}
}

// What is filed anew stands in the order of time among the rest: a kill of before the
// dump first.
func TestFiledInOrder(t *testing.T) {
	before := ended("shop", webPod, "web", 137, "OOMKilled")
	within := strings.ReplaceAll(ended("shop", "cart-5d4f8c6b9-k7w2m", "cart", 137, "OOMKilled"), "12:00:05Z", "12:09:00Z")
	c := judged(t, dump{"a.json": before, "b.json": within, "c.log": nginxAccess(606, "200", "0.010", "10.1.0.9:80", "10", "200")}.inputs()...)
	i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == "oom_killed" })
	if i < 0 || cited(c, c.Findings[i].Evidence) != "a.json:1 b.json:1" {
		t.Errorf("want the first kill first;%s", titles(c))
	}
}

// An Ingress that is denied explains what was answered for its own namespace alone.
func TestDeniedOfItsNamespace(t *testing.T) {
	denied := deniedIngress("shop/web")
	for target, code := range map[string]string{"shop-web-80": "configured_answer", "shop-api-80": "configured_answer", "shop-web-api-80": "configured_answer",
		"shop-eu-api-80": "ingress_no_endpoints", "shopping-web-80": "ingress_no_endpoints"} {
		line := strings.ReplaceAll(nginxAccess(1, "503", "0.000", "-", "-", "-"), "[shop-web-80]", "["+target+"]")
		c := judged(t, dump{"i.log": denied, "a.log": line}.inputs()...)
		if !slices.ContainsFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == code && strings.Contains(f.Title, target) }) {
			t.Errorf("%s is not %s;%s", target, code, titles(c))
		}
	}
}
