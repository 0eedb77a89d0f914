package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// message is one thing that a controller says. What a record means and which
// records are looked at follow from the one table of these.
type message struct {
	// words stand in the message, at its beginning if begin.
	words string
	kind  parse.Kind
	begin bool
	also  string // stands in it too
	loud  bool   // only where the record is a warning or an error
	// reason is what an event of Kubernetes would be called.
	reason string
	// releases print it: linkerd's, or client-go's where a number begins with 0.
	releases string
}

// throttled is the Fact of a wait for the client's own rate limit.
const throttled = "client-side throttling"

// store is the reason of what the store behind the API server says of itself
// (etcd server/etcdserver/util.go, server/storage/wal/wal.go, server/etcdserver/raft.go;
// k3s-io/kine pkg/drivers/generic/generic.go).
const store = "etcd"

// cniWords are how Istio's CNI plugin begins to say why the network of a pod could not be set up
// (istio cni/pkg/plugin/plugin.go).
const cniWords = "istio-cni cmdAdd error"

// messages in the order they are tried. The texts are linkerd2's
// (controller/api/destination, controller/k8s, pkg/admin, pkg/identity,
// multicluster/service-mirror, and linkerd2-proxy-init's proxy-init), the API
// server's (pkg/admission/plugin/webhook, pkg/util/webhook), containerd's
// (internal/cri/instrument/instrumented_service.go) and client-go's (tools/cache/reflector.go and
// shared_informer.go, rest/request.go; its texts are structured since 0.33).
// None holds what a carrier would escape.
var messages = []message{
	{words: "ailed calling webhook", kind: parse.WebhookFailed, loud: true, releases: "the API server and its clients, 1.9 on"},
	{words: "onversion webhook for ", also: " failed: ", kind: parse.WebhookFailed, loud: true, releases: "the API server, 1.13 on"},
	{words: "Failed to make webhook ", also: " request: ", kind: parse.WebhookFailed, begin: true, loud: true, releases: "the API server, 1.5 on"},
	{words: "RunPodSandbox for ", also: " failed, error", kind: parse.K8sEvent, begin: true, reason: "FailedCreatePodSandBox", releases: "containerd 1.0 on"},
	{words: "TaskOOM event", kind: parse.K8sEvent, begin: true, reason: "OOMKilling", releases: "containerd 1.0 on"},
	{words: "CreateContainer within sandbox ", also: " failed", kind: parse.K8sEvent, begin: true, reason: "Failed", releases: "containerd 1.0 on"},
	{words: "StartContainer for ", also: " failed", kind: parse.K8sEvent, begin: true, reason: "Failed", releases: "containerd 1.0 on"},
	{words: "PullImage ", also: " failed", kind: parse.K8sEvent, begin: true, reason: "Failed", releases: "containerd 1.0 on"},
	{words: "RULE_APPEND failed", kind: parse.CheckFailed, loud: true, releases: "linkerd-init, through iptables 1.8"},
	{words: "Could not fetch rule set generation id", kind: parse.CheckFailed, loud: true, releases: "linkerd-init, through iptables 1.8"},
	{words: "initialize iptables table ", kind: parse.CheckFailed, loud: true, releases: "linkerd-init, through iptables of any release"},
	{words: "aborting firewall configuration", kind: parse.CheckFailed, begin: true, loud: true, releases: "linkerd-init, 2.0 on"},
	{words: "running version ", kind: parse.ControllerStarted, begin: true, releases: "all"},
	{words: "waiting for caches to sync", kind: parse.ControllerCacheSyncWait, begin: true, releases: "all"},
	{words: "Waiting for caches to sync", kind: parse.ControllerCacheSyncWait, begin: true, releases: "0.17 on"},
	{words: "caches synced", kind: parse.ControllerCacheSynced, begin: true, releases: "all"},
	{words: "Caches are synced", kind: parse.ControllerCacheSynced, begin: true, releases: "0.17 on"},
	{words: "failed to sync caches", kind: parse.ControllerCacheSyncFailed, begin: true, releases: "all"},
	{words: "nable to sync caches", kind: parse.ControllerCacheSyncFailed, releases: "0.17 to 0.35"},
	{words: "Timed out waiting", also: "caches", kind: parse.ControllerCacheSyncFailed, begin: true, releases: "0.36 on"},
	{words: "update queue full; aborting stream", kind: parse.ControllerQueueOverflow, releases: "2.14.2 on"},
	{words: " stream aborted", kind: parse.ControllerStreamAborted, releases: "2.14.2 on"},
	{words: "failed to retrieve ", kind: parse.ControllerLookupFailed, begin: true, releases: "2.9 on"},
	{words: "Unable to create new address", kind: parse.ControllerLookupFailed, begin: true, releases: "2.6 on"},
	{words: "unable to fetch pod", kind: parse.ControllerLookupFailed, releases: "2.6 on"},
	{words: "Failed to get node topology zone", kind: parse.ControllerLookupFailed, begin: true, releases: "2.9 on"},
	{words: "Error getting pod owner for pod ", kind: parse.ControllerLookupFailed, begin: true, releases: "2.9 on"},
	{words: "Failed to subscribe to ", kind: parse.ControllerLookupFailed, begin: true, releases: "2.6 on"},
	{words: "Failed to get remote cluster ", kind: parse.ControllerLookupFailed, begin: true, releases: "2.14 on"},
	{words: "Failed to get service ", kind: parse.ControllerLookupFailed, begin: true, releases: "2.13 on"},
	{words: "found conflicting ", kind: parse.ControllerLookupFailed, begin: true, releases: "2.10.1 on"},
	{words: " does not define port ", also: "Service ", kind: parse.ControllerLookupFailed, releases: "edge-26.7.1 on"},
	{words: "dropped Service ", kind: parse.ControllerLookupFailed, begin: true, releases: "edge-24.1.2 on"},
	{words: "detected EndpointSlice informer cache is out of date", kind: parse.ControllerLookupFailed, begin: true, releases: "edge-24.1.2 on"},
	{words: "failed to create Selector", kind: parse.ControllerLookupFailed, begin: true, releases: "2.14 on"},
	{words: "failed to set address OpaqueProtocol", kind: parse.ControllerLookupFailed, begin: true, releases: "2.13 on"},
	{words: "Failed to translate ", also: " to weighted addr", kind: parse.ControllerLookupFailed, begin: true, releases: "2.10 on"},
	{words: "Certificate issuer is not ready", kind: parse.ProxyIdentityFailed, begin: true, releases: "2.8 on"},
	{words: "Issuer certificate not ready", kind: parse.ProxyIdentityFailed, begin: true, releases: "2.14 on"},
	{words: "could not process CSR", kind: parse.ProxyIdentityFailed, begin: true, releases: "2.8 on"},
	{words: "error validating token for ", kind: parse.ProxyIdentityFailed, begin: true, releases: "2.8 on"},
	{words: "authentication failed for ", kind: parse.ProxyIdentityFailed, begin: true, releases: "2.8 on"},
	{words: "invalid token provided for ", kind: parse.ProxyIdentityFailed, begin: true, releases: "2.8 on"},
	{words: "arking as unhealthy", kind: parse.CheckFailed, releases: "service-mirror, 2.8 on"},
	{words: "to client-side throttling", kind: parse.ControllerTrace, releases: "0.19 to 0.32"},
	{words: "Waited before sending request", kind: parse.ControllerTrace, begin: true, releases: "0.33 on"},
	{words: "apply request took too long", kind: parse.ControllerTrace, begin: true, reason: store, releases: "etcd 3.5 on"},
	{words: " took too long (", also: ") to execute", kind: parse.ControllerTrace, reason: store, releases: "etcd to 3.4"},
	{words: "slow fdatasync", kind: parse.ControllerTrace, begin: true, reason: store, releases: "etcd 3.5 on"},
	{words: "failed to send out heartbeat on time", kind: parse.ControllerTrace, reason: store, releases: "etcd 3.0 on"},
	{words: "Slow SQL", kind: parse.ControllerTrace, begin: true, reason: store, releases: "kine 0.9 on, in k3s"},
	{words: "nexpected watch close", kind: parse.ControllerWatchClosed, releases: "0.17 on"},
	{words: "Watch closed", kind: parse.ControllerWatchFailed, releases: "0.33 on"}, // expired, or ended in the middle
	{words: "Watch close", kind: parse.ControllerWatchClosed, releases: "0.17 on"},
	{words: "watch of ", also: " ended with: ", kind: parse.ControllerWatchFailed, releases: "0.17 to 0.32"},
	{words: "watch of ", also: " closed with: ", kind: parse.ControllerWatchFailed, releases: "0.17 to 0.32"},
	{words: "watch of ", also: " - backing off", kind: parse.ControllerWatchFailed, releases: "0.17 to 0.32"},
	{words: "Watch for ", also: " closed with unexpected EOF", kind: parse.ControllerWatchFailed, releases: "0.17 on"},
	{words: "watch ended with error", kind: parse.ControllerWatchFailed, releases: "0.33 on"},
	{words: "Watch returned 429", kind: parse.ControllerWatchFailed, releases: "0.33 on"},
	{words: "Watch failed - backing off", kind: parse.ControllerWatchFailed, releases: "0.33 on"},
	{words: "etrying watch", also: "internal error", kind: parse.ControllerWatchFailed, releases: "0.24 on"},
	{words: "ailed to list *", kind: parse.ControllerListFailed, releases: "0.17 on"},
	{words: "ailed to list ", also: "Kind=", kind: parse.ControllerListFailed, releases: "0.17 on"},
	{words: "ailed to watch", kind: parse.ControllerWatchFailed, releases: "0.17 on"},
	{words: "orcing resync", kind: parse.ControllerResync, releases: "0.17 on, at V(4)"},
	{words: "failed to call webhook", kind: parse.WebhookFailed, loud: true, releases: "API server, 1.22 on"},
	{words: "gRPC config stream", kind: parse.ControllerStreamAborted, loud: true, releases: "Envoy under Istio"},
	{words: "error reading Ingress annotation", kind: parse.ControllerLookupFailed, loud: true, releases: "ingress-nginx: the location is denied"},
	{words: "gRPC config: initial fetch timed out", kind: parse.ControllerStreamAborted, loud: true, releases: "Envoy"},
	{words: "gRPC config for ", also: " rejected: ", kind: parse.ControllerStreamAborted, loud: true, releases: "Envoy"},
	{words: "config not received from XDS server", kind: parse.ControllerStreamAborted, loud: true, releases: "Istio's agent"},
	{words: "] terminated with unexpected error", also: "upstream [", kind: parse.ControllerStreamAborted, loud: true, releases: "Istio's agent, 1.8 on"},
	{words: cniWords, kind: parse.K8sEvent, begin: true, loud: true, reason: "FailedCreatePodSandBox", releases: "Istio's CNI plugin"},
	{words: "Unexpected failure reloading the backend", kind: parse.ControllerStreamAborted, loud: true, releases: "ingress-nginx"},
	{words: "Dynamic reconfiguration failed", kind: parse.ControllerStreamAborted, loud: true, releases: "ingress-nginx"},
	{words: "entries took too long [", kind: parse.ControllerTrace, reason: store, releases: "etcd to 3.4"},
	{words: "error retrieving resource lock ", kind: parse.ControllerLookupFailed, loud: true, releases: "client-go's leader election"},
	{words: "iptables-restore", kind: parse.ControllerLookupFailed, loud: true, releases: "kube-proxy"},
	{words: "etcdserver: ", kind: parse.ControllerLookupFailed, loud: true, releases: "whatever calls etcd"},
	{words: " is forbidden: User ", kind: parse.ControllerLookupFailed, loud: true, releases: "any client of the API server"},
	{words: "rate limiter Wait returned", kind: parse.ControllerLookupFailed, loud: true, releases: "any client of the API server"},
	{words: "no such host", kind: parse.ControllerLookupFailed, loud: true, releases: "Go's resolver"},
	{words: "x509: ", kind: parse.ControllerLookupFailed, loud: true, releases: "Go's crypto/x509"},
	{words: "dial tcp", kind: parse.ControllerLookupFailed, loud: true, releases: "Go's net"},
	{words: "Backend successfully reloaded", kind: parse.K8sEvent, begin: true, reason: "RELOAD", releases: "ingress-nginx: its workers were replaced"},
	{words: "Service ", also: " does not have any active Endpoint", kind: parse.ProxyNoEndpoints, begin: true, releases: "ingress-nginx, at each synchronisation"},
	{words: "service ", also: " does not have any active endpoint", kind: parse.ProxyNoEndpoints, begin: true, releases: "ingress-nginx to 0.20"},
}

func (m *message) holds(text []byte) bool {
	if m.begin {
		if len(text) > 0 && text[0] == '"' {
			text = text[1:]
		}
		return has(text, m.words) && (m.also == "" || bytes.Contains(text, []byte(m.also)))
	}
	return bytes.Contains(text, []byte(m.words)) && bytes.Contains(text, []byte(m.also))
}

// hints are the words of all messages and of what is read beside them, of each
// message those that are rarer: the longer ones.
func hints() []string {
	out := []string{"FLAG: --v=", launching, " resp=5", " resp=429", "s) 5", "s) 429", "level=fatal"}
	for i := range messages {
		m := &messages[i]
		if words := m.words; len(m.also) > len(words) {
			out = append(out, m.also)
		} else {
			out = append(out, words)
		}
	}
	return out
}

// others are what only lines of proxies have that are written in Go as well:
// Caddy's requests, Traefik's access log, and what Traefik says of a request
// that failed. They are parse/ingress's, whatever most of their file is.
var others = []string{`"logger":"http.`, `"DownstreamStatus":`, `' caused by: `}

func proxys(text []byte) bool {
	for _, words := range others {
		if bytes.Contains(text, []byte(words)) {
			return true
		}
	}
	return false
}

// Every message that matters begins with one of the beginnings or holds one of
// the middles: a quick look at what is mostly of no interest.
var beginnings, middles = marks()

func marks() (begin lex.Beginnings, in []string) {
	first := []string{"Trace[", "FLAG: --v=", launching, served[1:]}
	for _, verb := range verbs {
		first = append(first, verb+" /")
	}
	in = append(in, others...)
	for i := range messages {
		switch m := &messages[i]; {
		case m.begin:
			first = append(first, m.words)
		default:
			in = append(in, m.words)
		}
	}
	return lex.NewBeginnings(first...), append(append(in, parse.CallWords()...), parse.AnswerWords...)
}

var amid = parse.NewPhrases(middles)

// begins says whether a message may be known by how it begins.
func begins(m []byte) bool { return beginnings.Before(bytes.TrimLeft(m, `\"`)) }

// notable says whether a record may be of interest, as its message stands in
// its carrier, or as the fields of an error say why.
func (r *record) notable() bool {
	return r.severity == parse.Fatal || begins(r.message) || amid.In(r.message) || amid.In(r.fields)
}
