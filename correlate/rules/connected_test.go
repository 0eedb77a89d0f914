package rules_test

import (
	"fmt"
	"testing"
)

// failsAt is a proxy whose requests to web fail half a second after a time.
func failsAt(seconds float64) dump {
	return dump{"p.log": proxyLog("web", "", after(seconds+0.4999))}
}

// unscheduled is a pod that found no node, so often.
func unscheduled(pod string, seconds float64, n int) string {
	return event("shop", pod, "FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.", after(seconds), n)
}

const cartPod = "cart-5d4f8-x2x9z"

// refusedCart is a program's call to an address that was refused.
func refusedCart(seconds float64, addr string) string {
	return at(seconds, "2006/01/02 15:04:05") + " cart: dial tcp " + addr + ": connect: connection refused\n"
}

// podAt is a list of one pod, with its address.
func podAt(pod, ip string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"shop"},"spec":{"containers":[{"name":"pay"}]},"status":{"podIP":%q,"phase":"Running"}}]}`, pod, ip)
}

// A finding stands apart from failures where it is longer than five minutes from each, on
// their clock, and names none whom they happened to. What lasts stays beside all behind it,
// and what came several times began before its time.
func TestConnected(t *testing.T) {
	for _, x := range []struct {
		name, code string
		dump       dump
		apart      bool
	}{
		{"5 min before", "probe_refused", with(failsAt(1000), "e.json", unready("shop", cartPod, 700)), false},
		{"longer before", "probe_refused", with(failsAt(1000), "e.json", unready("shop", cartPod, 699)), true},
		{"5 min behind", "probe_refused", with(failsAt(1000), "e.json", unready("shop", cartPod, 1300)), false},
		{"longer behind", "probe_refused", with(failsAt(1000), "e.json", unready("shop", cartPod, 1301)), true},
		{"of whom it happened to", "probe_refused", with(failsAt(1000), "e.json", unready("shop", webPod, 3000)), false},
		{"of one with such a name", "probe_refused", with(failsAt(1000), "e.json", unready("shop", "website-5d4f8-x2x9z", 3000)), true},
		{"no failure at all", "probe_refused", dump{"e.json": unready("shop", cartPod, 3000)}, false},
		{"several times behind", "probe_refused", with(failsAt(1000), "e.json", event("shop", cartPod, "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused", after(3000), 2)), false},
		{"several times before", "probe_refused", with(failsAt(1000), "e.json", event("shop", cartPod, "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused", after(500), 2)), true},
		{"what lasts, before", "pod_not_started", with(failsAt(1000), "e.json", unscheduled(cartPod, 100, 1)), false},
		{"what lasts, behind", "pod_not_started", with(failsAt(1000), "e.json", unscheduled(cartPod, 3000, 1)), true},
		{"on another clock", "connect_refused", with(failsAt(1000), "c.log", "[ 3000.000001s]  WARN ThreadId(01) outbound:proxy{addr=10.9.0.7:80}:endpoint{addr=10.9.0.3:8080}: linkerd_reconnect: Failed to connect error=Connection refused (os error 111)\n"), false},
		{"at the address of it", "connect_refused", with(jsonAccess(504, "5.001", dialledAddr), "c.log", refusedCart(3000, "10.1.0.9:80")), false},
		{"at another address", "connect_refused", with(jsonAccess(504, "5.001", dialledAddr), "c.log", refusedCart(3000, "10.1.0.8:80")), true},
		{"the pod at its address", "probe_refused", with(with(jsonAccess(504, "5.001", dialledAddr), "e.json", unready("shop", "pay-0", 3000)), "pods.json", podAt("pay-0", "10.1.0.9")), false},
		{"the pod at another address", "probe_refused", with(with(jsonAccess(504, "5.001", dialledAddr), "e.json", unready("shop", "pay-0", 3000)), "pods.json", podAt("pay-0", "10.1.0.8")), true},
		{"a call of another", "connect_refused", with(failsAt(1000), "c.log", refusedCart(3000, "10.9.0.3:8080")), true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := judged(t, x.dump.inputs()...)
			for _, f := range c.Findings {
				if f.Diagnosis == x.code {
					if f.Apart != x.apart {
						t.Errorf("apart: %t;%s", f.Apart, titles(c))
					}
					return
				}
			}
			t.Errorf("not said;%s", titles(c))
		})
	}
}
