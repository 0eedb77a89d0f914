package kubelet

import (
	"strings"
	"testing"

	"faultline/parse"
)

// What the kubelet says of its node and its runtime is an event of the one that
// it is about; what it says while it starts is none.
func TestUnwell(t *testing.T) {
	const head = "E0507 11:59:37.133005    3782 "
	for text, want := range map[string]string{
		`kubelet.go:2361] "Skipping pod synchronization" err="PLEG is not healthy: pleg was last seen active 3m7.2s ago; threshold is 3m0s"`:                                    "PLEGNotHealthy ",
		`kubelet.go:1850] skipping pod synchronization - [PLEG is not healthy: pleg was last seen active 3m0.5s ago; threshold is 3m0s.]`:                                       "PLEGNotHealthy ",
		`setters.go:552] "Node became not ready" node="wk-2" condition={"type":"Ready","status":"False","reason":"KubeletNotReady","message":"x y"}`:                            "NodeNotReady /node/wk-2",
		`setters.go:73] Node became not ready: {Type:Ready Status:False Reason:KubeletNotReady Message:x}`:                                                                      "NodeNotReady ",
		`kuberuntime_sandbox.go:70] "Failed to create sandbox for pod" err="rpc error: code = Unknown desc = x" pod="shop/web-0"`:                                               "FailedCreatePodSandBox shop/web-0",
		`kubelet.go:2361] "Skipping pod synchronization" err="[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]"`: "",
		`generic.go:10] "GenericPLEG: pleg was last seen active"`:                                                                                                               "",
		`setters.go:552] "Node is ready again" node="wk-2"`:                                                                                                                     "",
		`remote_runtime.go:176] "RunPodSandbox from runtime service failed" err="rpc: x"`:                                                                                       "",
	} {
		b := parse.NewBatch(false, false)
		v := logLine(&parse.Line{Text: []byte(head + text), No: 1}, b)
		got := ""
		for _, e := range b.Events {
			reason, _, _ := strings.Cut(b.Names.Text(e.Fact), ": ")
			got += reason + " " + b.Names.Text(e.Target)
			if e.Kind != parse.K8sEvent || e.Severity != parse.Warn || v != parse.Took {
				t.Errorf("%s: %v %v", text, e.Kind, e.Severity)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
