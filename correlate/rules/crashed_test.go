package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/correlate"
)

// goPanic is the panic of a Go program whose own first frame is in a file.
func goPanic(file string) string {
	text := "2024/02/02 12:00:00 listening\npanic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.main()\n"
	if file != "" {
		text += "\t" + file + ":3 +0x1d\n"
	}
	return text
}

// Whose program crashed is told by whole names: gateway, operator, policy and ingress
// are words of applications too, and nobody's program is no controller's.
func TestWhoseCrash(t *testing.T) {
	apps := []string{"/src/web-gateway/main.go", "/src/payment-operator/main.go", "/app/policy/rates.go", "/app/ingress/read.go", "/src/controllers/cart.go"}
	controllers := []string{"/go/pkg/mod/k8s.io/client-go/tools/cache/store.go", "/linkerd-build/controller/api/x.go", "/build/src/istio.io/istio/pilot/x.go", "/go/src/k8s.io/ingress-nginx/x.go"}
	for _, file := range apps {
		crashIs(t, dump{"x.log": goPanic(file)}, "crash_loop", "The program of x.log crashed")
	}
	for _, file := range controllers {
		crashIs(t, dump{"x.log": goPanic(file)}, "controller_crash", "A controller crashed")
	}
	for pod, code := range map[string]string{"payment-operator-6c9b7d5f4-abcde": "crash_loop", "api-gateway-6c9b7d5f4-abcde": "crash_loop", "policy-6c9b7d5f4-abcde": "crash_loop",
		"linkerd-destination-6c9b7d5f4-abcde": "controller_crash", "kube-controller-manager-cp1": "controller_crash", "ingress-nginx-controller-6c9b7d5f4-abcde": "controller_crash",
		"istiod-6c9b7d5f4-abcde": "controller_crash", "cert-manager-6c9b7d5f4-abcde": "controller_crash", "external-dns-6c9b7d5f4-abcde": "controller_crash"} {
		crashIs(t, dump{"x.log": fmt.Sprintf("[pod/%s/app] panic: no such cart\n", pod)}, code, "crashed")
	}
	crashIs(t, dump{"x.log": goPanic("controller/api/destination/watcher/x.go")}, "controller_crash", "A controller crashed")
	crashIs(t, dump{"x.log": goPanic("")}, "crash_loop", "The program of x.log crashed")
	crashIs(t, dump{"j.log": "Feb 02 12:00:01 node-3 app[123]: panic: assignment to entry in nil map\nFeb 02 12:00:01 node-3 app[123]: goroutine 1 [running]:\n"}, "crash_loop", "The program of j.log crashed")
}

func crashIs(t *testing.T, d dump, code, says string) {
	t.Helper()
	c := judged(t, d.inputs()...)
	if !slices.ContainsFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == code && strings.Contains(f.Title, says) }) {
		t.Errorf("%v is not %s %q;%s", d, code, says, titles(c))
	}
}

// What HAProxy says of its servers is no request, and what somebody takes out is no fault.
func TestHAProxyServers(t *testing.T) {
	down := func(after int, how string) string {
		return at(float64(after), "Jan _2 15:04:05") + " lb1 haproxy[14]: " + how + "\n"
	}
	const (
		gone  = `Server shop/app1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`
		taken = `Server shop/app1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`
		empty = `backend shop has no server available!`
	)
	fine, slow := haproxyAccess(300, "app1", "0/0/1/3/4", "200", "----"), haproxyAccess(5, "app1", "10/0/30/-1/10040", "504", "sH--")
	none := haproxyAccess(20, "<NOSRV>", "0/-1/-1/-1/0", "503", "SC--")
	for name, x := range map[string]struct {
		log, code, severity, says string
	}{
		"taken out, nothing failed": {down(1, taken) + fine, "breaker_open", "info", "for maintenance"},
		"taken out, then failures":  {down(1, taken) + slow, "breaker_open", "warning", "for maintenance"},
		"down after the failures":   {slow + down(60, gone), "breaker_open", "info", "had failed."},
		"down, nothing met it":      {down(1, gone) + fine, "breaker_open", "warning", "had failed."},
		"one request, none left":    {down(10, empty) + none, "ingress_no_endpoints", "warning", "1 request to shop"},
		"none left, none asked":     {down(10, empty) + fine, "ingress_no_endpoints", "warning", "shop had no server left."},
	} {
		c := judged(t, one(x.log).inputs()...)
		if !slices.ContainsFunc(c.Findings, func(f correlate.Finding) bool {
			return f.Diagnosis == x.code && f.Severity.String() == x.severity && strings.Contains(f.Title, x.says)
		}) {
			t.Errorf("%s: want %s %s %q;%s", name, x.severity, x.code, x.says, titles(c))
		}
		if x.severity == "info" && c.Verdict.Diagnosis == x.code {
			t.Errorf("%s: %s leads", name, x.code)
		}
	}
}

func TestCrashTitlesFitAll(t *testing.T) {
	const mixed = "2024-05-01T10:00:00Z Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n" +
		"2024-05-01T11:00:00Z Segmentation fault (core dumped)\n2024-05-01T12:00:00Z FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n"
	crashIs(t, dump{"x.log": mixed}, "crash_loop", "The program of x.log crashed")
	crashIs(t, dump{"x.log": "2024-05-01 10:00:00,100 ERROR [http-1] c.e.A - failed: java.lang.OutOfMemoryError: Metaspace\n2024-05-01 10:00:03,100 INFO [http-2] c.e.A - served 200\n"},
		"crash_loop", "The program of x.log ran out of memory in a thread")
}

func TestPodsOfANodeAreNoNode(t *testing.T) {
	const head = "LAST SEEN   TYPE      REASON         OBJECT      MESSAGE\n"
	crashIs(t, dump{"e.txt": head + "7m          Warning   NodeNotReady   pod/web-2   Node is not ready\n"}, "node_unhealthy", "The node of the pod web-2 is gone")
	crashIs(t, dump{"e.txt": head + "7m          Normal   NodeNotReady   node/wk-2   Node wk-2 status is now: NodeNotReady\n"}, "node_unhealthy", "A node is gone")
}
