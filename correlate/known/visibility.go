package known

// Visibility says whether a release could print a message at all.
type Visibility uint8

// What can be said of a message.
const (
	Unknown Visibility = iota
	Silent             // never at this level
	Debug              // only at log level debug
	Visible
)

// PopStalls says whether a Go controller of a release writes client-go's
// "… Pop Process" traces at a log level ("" is the default, info), and why.
// Read in linkerd2's pkg/flags (klog to /dev/null, since #11632 to logrus)
// and in client-go's tools/cache per go.mod.
func PopStalls(r Release, level string) (v Visibility, why string) {
	quiet := level == "warn" || level == "warning" || level == "error" || level == "fatal" || level == "panic"
	loud := level == "debug" || level == "trace"
	switch {
	case r == (Release{}):
		return Unknown, "the release is not known"
	case r.Before(12):
		return Silent, "its client-go (before 0.23) has no such trace"
	case !r.AtLeast(stable(14, 6), edge(23, 12, 1)) && !loud:
		return Debug, "before 2.14.6 klog goes to /dev/null unless the log level is debug"
	case quiet:
		return Silent, "the traces are written at level info"
	case r.AtLeast(Release{}, edge(26, 7, 1)):
		return Silent, "since client-go 0.36 a resync is one item of the queue: pop traces show real bursts only, and \"processorListener handler\" names slow handlers"
	}
	return Visible, "klog is written to the log since 2.14.6"
}

// Status is what a client saw of a failure, as HTTP and gRPC status, by the
// release of the proxy that answered (linkerd2-proxy
// linkerd/app/core/src/errors/respond.rs and linkerd/app/outbound/src/http/server.rs
// per tag). gRPC's code of a timeout is Unavailable to v2.259 and
// DeadlineExceeded since v2.260 (#3302).
type Status struct {
	Cause                      string // in the words of parse.Cause
	Before211, Since211, Since [2]int // to 2.10, 2.11 to 2.16, 2.17 on
}

// Statuses are the failures whose status changed.
var Statuses = []Status{
	{"failfast", [2]int{503, 14}, [2]int{504, 14}, [2]int{504, 4}},
	{"connect_timeout", [2]int{503, 14}, [2]int{504, 14}, [2]int{504, 4}},
	{"timeout", [2]int{504, 4}, [2]int{504, 14}, [2]int{504, 4}},
	{"other", [2]int{502, 13}, [2]int{500, 13}, [2]int{500, 13}},
}

// Of is the status by the minor release that shipped the proxy.
func (s *Status) Of(r Release) [2]int {
	switch {
	case r.Before(11):
		return s.Before211
	case r.Before(17):
		return s.Since211
	}
	return s.Since
}

// Wait is a time that a proxy waits before it gives up.
type Wait struct {
	Seconds float64
	What    string
}

// Waits are linkerd-proxy's defaults (linkerd/app/src/env.rs, chart values).
var Waits = []Wait{
	{1, "the connect timeout, or an inbound proxy's failfast"},
	{3, "the outbound failfast"},
	{10, "protocol detection, or to 2.14 the failfast of the policy client"},
	{30, "the failfast of the control-plane clients since 2.15"},
}

// DiscoveryIdle is how many seconds an outbound proxy keeps the discovery of a
// target that nobody uses (LINKERD2_PROXY_OUTBOUND_DISCOVERY_IDLE_TIMEOUT):
// the next request is a new lookup.
const DiscoveryIdle = 5

// ResyncServers is where a reproduction found each Server resource to cost a
// goroutine per subscribed address at every resync.
const ResyncServers = "controller/api/destination/watcher/pod_watcher.go updateServers"
