package kubelet

import (
	"strings"
	"testing"
)

// The message of an event is known where it stands alone, with its reason, and in
// the kubelet's own log; a sentence that holds its words is none.
func TestEventMessages(t *testing.T) {
	for text, want := range map[string]string{
		"Back-off restarting failed container":                                           "k8s.event  BackOff: Back-off restarting failed container",
		"Back-off restarting failed container web in pod web-5d6f7b8c9-n2p4r_shop(5f1e)": "k8s.event shop/web-5d6f7b8c9-n2p4r BackOff: Back-off restarting failed container web in pod web-5d6f7b8c9-n2p4r_shop(5f1e)",
		"Warning  BackOff  Back-off restarting failed container":                         "k8s.event  BackOff: Back-off restarting failed container",
		`Back-off pulling image "registry.test/web:9"`:                                   `k8s.event  BackOff: Back-off pulling image "registry.test/web:9"`,
		`Failed to pull image "registry.test/web:9": not found`:                          `k8s.event  Failed: Failed to pull image "registry.test/web:9": not found`,
		"0/6 nodes are available: 6 Insufficient cpu.":                                   "k8s.event  FailedScheduling: 0/6 nodes are available: 6 Insufficient cpu.",
		`MountVolume.SetUp failed for volume "data" : secret "x" not found`:              `k8s.event  FailedMount: MountVolume.SetUp failed for volume "data" : secret "x" not found`,
		`Error syncing pod, skipping: failed to "StartContainer" for "web" with CrashLoopBackOff: "Back-off 5m0s restarting failed container=web pod=web-5d6f7b8c9-n2p4r_shop(a9)"`:                                                                                         "k8s.event shop/web-5d6f7b8c9-n2p4r BackOff: Back-off restarting failed container web",
		`failed to "StartContainer" for "web" with ErrImagePull: "rpc error: code = NotFound"`:                                                                                                                                                                              "k8s.event  Failed: Failed to pull image",
		`E0202 12:00:01.000000    3782 pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \"StartContainer\" for \"web\" with CrashLoopBackOff: \"back-off 5m0s restarting failed container=web pod=web-5d4f8-x2x9z_shop(e65)\"" pod="shop/web-5d4f8-x2x9z"`: "k8s.event shop/web-5d4f8-x2x9z BackOff: Back-off restarting failed container web",
		`E0202 12:00:01.000000    3782 pod_workers.go:191] Error syncing pod e65 ("web-5d4f8-x2x9z_shop(e65)"), skipping: failed to "StartContainer" for "web" with ImagePullBackOff: "Back-off pulling image \"x\" pod=web-5d4f8-x2x9z_shop(e65)"`:                         "k8s.event shop/web-5d4f8-x2x9z BackOff: Back-off pulling image",
		"We see Back-off restarting failed container each day": "",
		"0/6 of the nodes are available again":                 "",
		`Error syncing pod, skipping: network is not ready`:    "",
		`Error from server (NotFound): pods "web-0" not found`: "",
		`Error from server (InternalError): error when creating "a.yaml": Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": Post "https://a.svc:443/": dial tcp 10.96.9.9:443: connect: connection refused`: `webhook.failed validate.nginx.ingress.kubernetes.io Post "https://a.svc:443/": dial tcp 10.96.9.9:443: connect: connection refused`,
		"Unable to connect to the server: dial tcp 203.0.113.9:6443: i/o timeout": "controller.lookup_failed  Unable to connect to the server: dial tcp 203.0.113.9:6443: i/o timeout",
		"web-5d4f8c9b7-x2x9z   0/1   CrashLoopBackOff   12 (3m ago)   46m":        "container.crash_loop /web-5d4f8c9b7-x2x9z ",
		"web-5d4f8c9b7-x2x9z   0/1   Init:ErrImagePull   0   46m":                 "k8s.event /web-5d4f8c9b7-x2x9z Failed: ErrImagePull",
		"web-5d4f8c9b7-x2x9z   0/1   OOMKilled   3 (3m ago)   46m":                "container.terminated /web-5d4f8c9b7-x2x9z ",
		" shop  web-5d4f8c9b7-x2x9z   ●   0/4   CrashLoopBackOff   9":             "container.crash_loop shop/web-5d4f8c9b7-x2x9z ",
		" web-5d4f8c9b7-x2x9z   ●   4/4   Running   0   10m":                      "",
		"web-5d4f8c9b7-x2x9z   1/1   Running   0   46m":                           "",
	} {
		c := read(t, []byte(text+"\n"))
		var got []string
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				got = append(got, e.Kind.String()+" "+c.Name(e.Target)+" "+c.Name(e.Fact))
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
