package rules

import (
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// Probes of the kubelet. Every probe is the application's unless its pod,
// container or port is the mesh's.
var (
	probeTimeoutRule = tells(Diagnosis{
		Code: "probe_timeout", Where: correlate.AtApplication, What: "a probe got no answer in time",
		Title:    "{n probe} of {targets} got no answer in time.",
		Says:     "A probe waits timeoutSeconds, 1 s unless set. CPU, a lock, or the node: which of these it was is not in the probe's own words. A failed readiness takes the pod out of its Service, a failed liveness restarts it.",
		Evidence: "`context deadline exceeded`, `Client.Timeout exceeded`, `i/o timeout`, or an exec that timed out.",
		Against:  "Throttled CPU of that container; many pods of one node in the same minute; a full conntrack table or a source port used again.",
		Sure:     "High that it timed out; why is another question.",
		Next: []string{"CPU throttling and latency of the probed container when it happens, its own log, and one request to the probe's path from the node (crictl exec, curl); then timeoutSeconds.",
			"On the node: containerd and the runtime for exec probes, disk, conntrack -L for SYN_SENT with a reply from 4143 (a source port used again)."},
		Never:  "linkerd; harmless.",
		Source: "kubernetes v1.34.1 pkg/probe, pkg/kubelet/prober; kubernetes #106111; linkerd2 #15505",
		Rivals: []string{"node_stall"},
	}, killedFor)
	probeRefused = tells(Diagnosis{
		Code: "probe_refused", Where: correlate.AtApplication, What: "nothing listens on the probed port",
		Title:    "{n probe} of {targets} {were} refused: nothing listens on that port.",
		Says:     "The container was starting or had died, listens on another port, or on 127.0.0.1 alone.",
		Evidence: "`connect: connection refused` or `no route to host`.",
		Against:  "A start within initialDelaySeconds; a pod that was stopped; a crash loop.",
		Sure:     "High.",
		Next:     []string{"kubectl logs --previous of the probed container, and the port it listens on against the probe's.", "Since its start, or suddenly?"},
		Never:    "The network.",
		Source:   "kubernetes v1.34.1 pkg/probe/http, pkg/probe/tcp",
		Rivals:   []string{"crash_loop", "pod_termination"},
	}, killedFor)
	probeError = tells(Diagnosis{
		Code: "probe_error", Where: correlate.AtApplication, What: "the application answered a probe, and said no",
		Title:    "{n probe} of {targets} {were} answered with a no: {words}.",
		Says:     "The status and the output are the application's own words: what it depends on stands there. A 404 is a path that was never right.",
		Evidence: "`statuscode: N`, an exec that ended with another code than 0, NOT_SERVING, or a connection that was cut while answering.",
		Against:  "A 500 of a controller of linkerd is a start; a 503 of port 4191 is linkerd-proxy's. Without the mesh's pod or port it is neither.",
		Sure:     "High.",
		Next:     []string{"Ask that path by hand and read the application's log at those seconds: which dependency does it name? (kubectl logs, curl /health)", "The probe's path, host and port in the pod's spec."},
		Never:    "Any meaning of linkerd's without its pod or port.",
		Source:   "kubernetes v1.34.1 pkg/probe/http, pkg/probe/exec, pkg/probe/grpc",
		Rivals:   []string{"proxy_not_ready", "controller_starting"},
	}, killedFor)
	proxyNotReady = tells(Diagnosis{
		Code: "proxy_not_ready", Where: correlate.AtServerProxy, What: "linkerd-proxy has no certificate yet, so /ready answers 503", Mild: true,
		Title:    "linkerd-proxy of {targets} is not ready{times}: it has no certificate yet.",
		Says:     "/ready answers 503 from the start until the first certificate, and never again in one life of the proxy. It serves nothing until then.",
		Evidence: "503 of port 4191 or of the container linkerd-proxy, `Waiting for identity to be initialized`, or linkerd-await's exit 69.",
		Against:  "Where identity itself is down or its certificate ended, that leads.",
		Sure:     "High with the port or the container, medium by the pod's name.",
		Next:     []string{"The log of linkerd-identity, and the issuer: linkerd check --proxy.", "That pod's linkerd-proxy log from its start: is the identity controller reached?"},
		Never:    "Overload.",
		Source:   "linkerd2-proxy linkerd/app/src/lib.rs, linkerd/app/admin",
		Rivals:   []string{"identity_unavailable"},
	}, unready)
	controllerStarting = tells(Diagnosis{
		Code: "controller_starting", Where: correlate.AtControlPlane, What: "a control-plane container has not filled its caches", Mild: true,
		Title:    "{n probe} of {targets} {were} answered with 500: a controller that was starting, not an overloaded one.",
		Says:     "Since 2.12.4 the Go controllers answer 500 on /ready until their caches are filled; it ends within 60 s, or by a fatal line. A start gives that replica's resync a new phase.",
		Evidence: "500 `not ready` of a container of namespace linkerd, or `waiting for caches to sync` without `caches synced`.",
		Against:  "Over minutes: the API server is slow or not reached.",
		Sure:     "High with both lines, medium on the 500 and the pod.",
		Next:     []string{"Why did it start: a rollout, a crash? kubectl get pods -n linkerd -o json, startedAt and restartCount; kubectl logs --previous of every destination replica."},
		Never:    "Readiness that flaps under load.",
		Source:   "linkerd2 pkg/admin, #10166",
		Rivals:   []string{"apiserver_slow", "apiserver_unreachable"},
	}, starting)
)

// unready is no start any more where the pod was given up for it, or where it lasts.
func unready(p *Pass, g *group, f *correlate.Finding) {
	for _, s := range g.list {
		if e := p.At(s.Point); e.Kind == parse.K8sEvent || e.Lasted > unreadyLong {
			f.Severity = correlate.Warning
		}
	}
}

// unreadyLong is how long linkerd-await waits for the proxy (linkerd2
// charts/partials/templates/_proxy.tpl, --timeout=2m).
const unreadyLong = 2 * time.Minute
