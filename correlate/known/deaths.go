package known

import (
	"fmt"
	"strings"
)

// Crash is a panic or fatal error of linkerd that is known, by words of its
// text.
type Crash struct {
	// Text stands in the panic's text or its first frames, in lower case.
	Text string
	// Proxy says that the proxy's release decides, else the controller's.
	Proxy bool
	// First and Last are the releases that have it, in words; Fixed has not.
	First, Last, Fixed string
	Change             string
	Mean               string
}

// Crashes are the ones whose release is known (issues and CHANGES.md of
// linkerd/linkerd2, linkerd2-proxy linkerd/proxy/balance/queue/src/service.rs).
var Crashes = []Crash{
	{"must be non-zero", true, "2.10", "2.19", "2.20 (edge-26.3.3)", "#14954", "a negative DNS TTL of the control plane's name was read as a duration of 0"},
	{"worker must set a failure", true, "2.13", "", "", "#14333", "a balancer's worker ended, and this is its echo"},
	{"cancel sender lost", true, "2.10", "2.11", "2.12", "#6086", "a race in the proxy's ready cache"},
	{"concurrent map", false, "2.14.2", "2.14.9", "2.14.10, edge-24.2.2", "#12022", "two goroutines of a stream write one map"},
	{"subscribetoendpointprofile", false, "edge-24.3.4", "", "edge-24.6.2", "#12686", "a headless service whose workload is a Deployment"},
	{"updateexternalworkload", false, "2.16", "edge-26.8.3", "", "#15551", "an ExternalWorkload that was in use is deleted"},
	{"claims watch must not be dropped", false, "2.13", "edge-26.8.1", "edge-26.8.2", "#15507", "the policy controller stops to patch statuses; no traffic fails by it"},
}

// CrashOf is the known crash that a text is.
func CrashOf(text string) (c Crash, ok bool) {
	low := strings.ToLower(text)
	for _, c := range Crashes {
		if strings.Contains(low, c.Text) {
			return c, true
		}
	}
	return Crash{}, false
}

// ExitText is an exit code in words (POSIX wait status, Go's runtime, Rust's
// panic, linkerd2-proxy main, linkerd-await, linkerd2-proxy-init validator).
func ExitText(code int) string {
	switch code {
	case 0:
		return "it ended by itself"
	case 1:
		return "an error of its own"
	case 2:
		return "a Go panic, or wrong usage"
	case 64:
		return "linkerd-proxy's invalid configuration"
	case 69:
		return "linkerd-await: the proxy did not become ready"
	case 95:
		return "linkerd's network validator: the redirect does not work"
	case 101:
		return "a Rust panic"
	case 126:
		return "the program could not be executed"
	case 127:
		return "the program was not found"
	case 134:
		return "an abort"
	case 137:
		return "killed: SIGKILL"
	case 139:
		return "a segmentation fault"
	case 143:
		return "stopped: SIGTERM"
	}
	if code > 128 && code < 192 {
		return fmt.Sprintf("signal %d", code-128)
	}
	return "an error of its own"
}
