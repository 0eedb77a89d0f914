package parse

// Kind says what happened. Its text is part of the contract with other
// programs (docs/formats.md): extend the list, rename nothing.
type Kind uint8

// The kinds, by family. A comment names what Value, Fact and Class hold where
// a kind uses them.
const (
	KindNone Kind = iota

	ProxyNoEndpoints
	ProxyFailfastEnter // Lasted: the failfast timeout that had run out; Class: ClassOwnClient, ClassTelemetry or 0
	ProxyFailfastExit  // Lasted: how long the gate was shut, when printed; Class as above
	ProxyRequestFailed // Class: Cause, with ClassGRPC; Fact: innermost error
	ProxyConnectFailed // Fact: innermost error; Class: ClassOwnClient, ClassTelemetry or 0
	ProxyDiscoveryFailed
	ProxyPolicyWatchFailed
	ProxyDenied
	ProxyStarted
	ProxyStopping

	ControllerPopStall // Value: depth; Fact: trace id; Class: Queue
	ControllerTrace    // Fact: trace name
	ControllerHandlerStall
	ControllerCacheSyncWait
	ControllerCacheSynced
	ControllerCacheSyncFailed
	ControllerQueueOverflow
	ControllerStreamAborted
	ControllerLookupFailed
	ControllerWatchFailed
	ControllerWatchClosed
	ControllerListFailed
	ControllerResync
	ControllerStarted // Fact: version

	KubeletProbeFailed // Class: Probe; Value: HTTP status; Fact: Failure text
	KubeletReadiness
	K8sEvent // Fact: reason, and ": message" of what went wrong or stopped
	ContainerStarted
	ContainerTerminated // Value: exit code; Class: EndReason; Fact: container

	ScrapeFailed    // Lasted: how long the scrapes were missing
	IngressResponse // Value: HTTP status; Lasted: until the answer; Class: Cause; Fact: a [Hop]'s text; Target: the service asked

	// Kinds added within report/v1; they stand behind the older ones, so that
	// an older case still reads.

	ProxyCrashed        // a panic or a fatal error; Target: its place
	ControllerCrashed   // a panic or a fatal error; Target: its place
	ProxyTCPFailed      // a connection that ended in an error and had no request; Fact: innermost error; Class: Cause
	ProxyIdentityFailed // Fact: innermost error
	ProxyBreaker        // Fact and attrs.state: tripped or recovered
	ProxyEndpointAdded  // Fact: the address; Class: ClassOwnClient, ClassTelemetry or 0
	ProxyEndpointRemoved
	ProxyOverloaded
	ContainerCrashLoop
	IngressReload
	APIServerResponse // Value: HTTP status, at least 500
	WebhookFailed     // Target: the webhook; Fact: its error
	CheckFailed       // a failed line of a tool that checks, such as `linkerd check`
	K8sAudit          // Target: the object; Value: HTTP status; Fact: the verb
	ProxyUndetected   // a connection whose client sent nothing to tell the protocol by; Lasted: how long that was waited for
	AppCallFailed     // a call that a program made and that failed, by its log; Target: whom it called; Value: HTTP status; Fact: its words
	AppWorkerKilled   // a worker of an application's server was ended, mostly for its time; Target: what was asked; Fact: the words
	AppOverloaded     // the queue or the pool of workers of an application's server is full; Fact: the words
	AppCrashed        // a program ended by an error of its own, in the words of its runtime; Fact: the words

	LogOther
	kindCount
)

var kindNames = [kindCount]string{
	KindNone:                  "",
	ProxyNoEndpoints:          "proxy.no_endpoints",
	ProxyFailfastEnter:        "proxy.failfast_enter",
	ProxyFailfastExit:         "proxy.failfast_exit",
	ProxyRequestFailed:        "proxy.request_failed",
	ProxyConnectFailed:        "proxy.connect_failed",
	ProxyDiscoveryFailed:      "proxy.discovery_failed",
	ProxyPolicyWatchFailed:    "proxy.policy_watch_failed",
	ProxyDenied:               "proxy.denied",
	ProxyStarted:              "proxy.started",
	ProxyStopping:             "proxy.stopping",
	ControllerPopStall:        "controller.pop_stall",
	ControllerTrace:           "controller.trace",
	ControllerHandlerStall:    "controller.handler_stall",
	ControllerCacheSyncWait:   "controller.cache_sync_wait",
	ControllerCacheSynced:     "controller.cache_synced",
	ControllerCacheSyncFailed: "controller.cache_sync_failed",
	ControllerQueueOverflow:   "controller.queue_overflow",
	ControllerStreamAborted:   "controller.stream_aborted",
	ControllerLookupFailed:    "controller.lookup_failed",
	ControllerWatchFailed:     "controller.watch_failed",
	ControllerWatchClosed:     "controller.watch_closed",
	ControllerListFailed:      "controller.list_failed",
	ControllerResync:          "controller.resync",
	ControllerStarted:         "controller.started",
	KubeletProbeFailed:        "kubelet.probe_failed",
	KubeletReadiness:          "kubelet.readiness",
	K8sEvent:                  "k8s.event",
	ContainerStarted:          "container.started",
	ContainerTerminated:       "container.terminated",
	ScrapeFailed:              "scrape.failed",
	IngressResponse:           "ingress.response",
	ProxyCrashed:              "proxy.crashed",
	ControllerCrashed:         "controller.crashed",
	ProxyTCPFailed:            "proxy.tcp_failed",
	ProxyIdentityFailed:       "proxy.identity_failed",
	ProxyBreaker:              "proxy.breaker",
	ProxyEndpointAdded:        "proxy.endpoint_added",
	ProxyEndpointRemoved:      "proxy.endpoint_removed",
	ProxyOverloaded:           "proxy.overloaded",
	ContainerCrashLoop:        "container.crash_loop",
	IngressReload:             "ingress.reload",
	APIServerResponse:         "apiserver.response",
	WebhookFailed:             "webhook.failed",
	CheckFailed:               "check.failed",
	K8sAudit:                  "k8s.audit",
	ProxyUndetected:           "proxy.undetected",
	AppCallFailed:             "app.call_failed",
	AppWorkerKilled:           "app.worker_killed",
	AppOverloaded:             "app.overloaded",
	AppCrashed:                "app.crashed",
	LogOther:                  "log.other",
}

// String is the kind's name in the contract, such as "proxy.no_endpoints".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// Kinds lists every kind in the order of the contract.
func Kinds() []Kind {
	out := make([]Kind, 0, kindCount-1)
	for k := KindNone + 1; k < kindCount; k++ {
		out = append(out, k)
	}
	return out
}

// Severity of an event, in the words of the contract.
type Severity uint8

// The severities, least first. SeverityNone is a line that carries none.
const (
	SeverityNone Severity = iota
	Trace
	Debug
	Info
	Warn
	Error
	Fatal
)

var severityNames = [...]string{"", "trace", "debug", "info", "warn", "error", "fatal"}

// String is the severity in the words of the contract: trace debug info warn error fatal.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return ""
}

// Cause is the Class of a ProxyRequestFailed: what the innermost error was.
type Cause uint8

// The causes that the proxy's status tables tell apart
// (linkerd2-proxy linkerd/app/core/src/errors).
const (
	CauseUnknown Cause = iota
	CauseFailfast
	CauseLoadshed
	CauseConnectTimeout
	CauseConnectRefused
	CauseIO
	CauseTimeout
	CauseNoRoute
	CauseUnauthorized
	CauseOther
	CauseNoEndpoints // the client's log says that no upstream was there

	// What the logs of ingresses tell apart beside these.
	CauseUpstream      // the upstream itself answered so
	CauseClientClosed  // the client left before the answer was there
	CauseResponseCut   // the answer began and was cut in its body
	CauseNoRouteToHost // the address is nobody's
	CauseTLS           // no common TLS, or no trust
	CauseDNS           // the name of the upstream did not resolve
	CauseBadResponse   // the answer could not be read
	CauseConfigured    // the configuration answers so, nobody was asked
	CauseSlowClient    // the request itself did not arrive in time
	CauseBreaker       // all upstreams were taken out because they failed before
	CauseAuthService   // the service that authorizes failed
)

var causeNames = [...]string{"unknown", "failfast", "loadshed", "connect_timeout", "connect_refused",
	"io", "timeout", "no_route", "unauthorized", "other", "no_endpoints", "upstream", "client_closed", "response_cut", "no_route_to_host",
	"tls", "dns", "bad_response", "configured", "slow_client", "breaker", "auth_service"}

// ClassGRPC marks, in the Class of a failed request, a gRPC one: its HTTP
// status is 200 whatever Value is, the error stands in grpc-status.
const ClassGRPC uint8 = 0x80

// ClassInbound marks, in the Class of a proxy's failed request, one that the proxy of the server
// failed, ClassRelayed a line of the client's proxy about an answer that such a proxy made.
const (
	ClassInbound uint8 = 0x20 << iota
	ClassRelayed
)

// ClassOwnClient is the Class of a gate, a connection or an endpoint of one of a
// proxy's own clients of the control plane, ClassTelemetry that of tracing or tap. No
// request waits for those.
const (
	ClassOwnClient uint8 = 1 + iota
	ClassTelemetry
)

// Facts of events by which other packages know what they tell.
const (
	// PodNotReady begins that of a K8sEvent of a pod that something shows as running and
	// not ready.
	PodNotReady = "ContainersNotReady: "
	// PodFailed begins that of a pod which a table lists as failed, or as unknown.
	PodFailed = "PodFailed: "
	// ReplicasNotReady begins that of a workload of which some pods are ready, and not all.
	ReplicasNotReady = "ReplicasNotReady: "
	// JobFailed begins that of a Job whose pods failed as often as they may (kubernetes
	// pkg/controller/job/job_controller.go).
	JobFailed = "BackoffLimitExceeded"
	// ScrapeDown is that of a ScrapeFailed whose target was not reached.
	ScrapeDown = "up is 0"
)

// CauseOf is the cause in a failed request's Class.
func CauseOf(class uint8) Cause { return Cause(class &^ (ClassGRPC | ClassInbound | ClassRelayed)) }

// String is the cause as `attrs.cause_class` prints it.
func (c Cause) String() string {
	if int(c) < len(causeNames) {
		return causeNames[c]
	}
	return ""
}

// Probe is the Class of a KubeletProbeFailed: which probe, and how it failed,
// packed by [ProbeClass].
type Probe uint8

// The probes a container can have.
const (
	ProbeUnknown Probe = iota
	Readiness
	Liveness
	Startup
)

// Failure is how a probe failed.
type Failure uint8

// The ways a probe fails, in the words of the contract.
const (
	FailureOther Failure = iota
	FailureHTTPStatus
	FailureTimeout
	FailureRefused
	FailureReset
	FailureExec
	FailureGRPC
)

var (
	probeNames   = [...]string{"unknown", "readiness", "liveness", "startup"}
	failureNames = [...]string{"other", "http_status", "timeout", "refused", "reset", "exec", "grpc"}
)

// ProbeClass packs a probe and its failure into an event's Class.
func ProbeClass(p Probe, f Failure) uint8 { return uint8(p)<<4 | uint8(f) }

// ProbeOf unpacks what [ProbeClass] packed.
func ProbeOf(class uint8) (Probe, Failure) { return Probe(class >> 4), Failure(class & 15) }

// String is the probe in the words of the contract.
func (p Probe) String() string {
	if int(p) < len(probeNames) {
		return probeNames[p]
	}
	return ""
}

// String is the failure in the words of the contract.
func (f Failure) String() string {
	if int(f) < len(failureNames) {
		return failureNames[f]
	}
	return ""
}
