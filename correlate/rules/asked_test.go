package rules

import (
	"strings"
	"testing"
)

// Advice that names a command which only reads from a cluster is something that can
// be gathered.
func TestAdviceCanBeGathered(t *testing.T) {
	for _, r := range Diagnoses() {
		for _, next := range r.Diagnosis.Next {
			for _, command := range []string{"kubectl logs", "kubectl get pods", "kubectl get events", "kubectl get endpoints", "kubectl describe pod", "linkerd diagnostics"} {
				if strings.Contains(next, command) && len(askedIn(next)) == 0 {
					t.Errorf("%s: nothing is gathered of %q", r.Name, next)
				}
			}
		}
	}
	for sentence, want := range map[string]string{
		"no controller log: kubectl logs --timestamps --prefix -n linkerd -l linkerd.io/control-plane-component=destination": "controller-logs",
		"no log of what was called: kubectl logs --timestamps --prefix POD --all-containers, of the pods behind it":          "application-logs",
		"Capture two hours under load, of the proxies that fail and of every destination replica.":                           "proxy-logs controller-logs",
		"kubectl get endpoints,pods --show-labels.":                                                                          "pods endpointslices",
		"Restart one replica, and see whether it stalls.":                                                                    "",
	} {
		var got []string
		for _, n := range askedIn(sentence) {
			got = append(got, n.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q asks for %q, want %q", sentence, got, want)
		}
	}
}
