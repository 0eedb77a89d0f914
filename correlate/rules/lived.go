package rules

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
	"faultline/parse/formats"
)

// restartWords are what the events of a container that comes again say.
var restartWords = []struct{ reason, text, code, why string }{
	{"BackOff", "Back-off restarting failed container", "crash_loop", ""},
	{"BackOff", "Back-off pulling image", "pod_not_started", "image"},
	{"Failed", "Failed to pull image", "pod_not_started", "image"},
	{"Failed", "ErrImagePull", "pod_not_started", "image"},
	{"Failed", "ImagePullBackOff", "pod_not_started", "image"},
	{"Failed", "ErrImageNeverPull", "pod_not_started", "image"},
	{"InspectFailed", "", "pod_not_started", "image"},
	{"Failed", "CreateContainer", "pod_not_started", "config"},
	{"FailedScheduling", "", "pod_not_started", "scheduling"},
	{"FailedMount", "", "pod_not_started", "volume"},
	{"FailedAttachVolume", "", "pod_not_started", "volume"},
	{"FailedCreate", "failed calling ", "webhook_failed", ""}, // "admission webhook" or "webhook", by the release
	{"FailedCreate", "failed to call webhook", "webhook_failed", ""},
	{"FailedCreate", "exceeded quota", "pod_not_started", "quota"},
	{"FailedCreate", "denied the request", "pod_not_started", "policy"}, // the webhook's answer (k8s.io/apiserver webhook/errors/statuserror.go)
	{"FailedCreate", "is forbidden: ", "pod_not_started", "policy"},
	{"FailedCreatePodSandBox", "", "cni_plugin_failed", ""},
	{"FailedPostStartHook", "linkerd-await", "proxy_not_ready", ""},
	{"Killing", "linkerd-proxy failed startup probe", "proxy_not_ready", ""},
	{"Killing", "failed liveness probe", "restarted_by_probe", ""},
	{"Killing", "failed startup probe", "restarted_by_probe", ""},
	{"Killing", "FailedPostStartHook", "restarted", ""},
	{"Killing", "definition changed", "restarted", ""},
	{"Killing", "", "stopped", ""},
	{"SuccessfulDelete", "", "stopped", "scale_down"},
	{"ScalingReplicaSet", "", "rollout", "rollout"},
	{"SuccessfulRescale", "", "rollout", "scale_down"},
	{"ScaleDown", "", "rollout", "node_drain"},
	{"Drain", "", "rollout", "node_drain"},
	{"Evicted", "", "node_unhealthy", "eviction"},
	{"Preempted", "", "rollout", "eviction"},
	{"TaintManagerEviction", "Marking for deletion", "node_unhealthy", "eviction"},
	{"NodeNotReady", "", "node_unhealthy", ""},
	{"MinimumReplicasUnavailable", "", "empty_target", unreadyWorkload},
	{"BackendUnhealthy", "", "ingress_no_endpoints", "health"},
	{"NotReady", "", "sidecar_order", "job"},
	{"NotStarted", "", "pod_not_started", "state"},
	{"InvalidRoute", "", "invalid_resource", ""},
	{"NodeHasDiskPressure", "", "node_unhealthy", "disk"},
	{"NodeHasInsufficientMemory", "", "node_unhealthy", "memory"},
	{"NodeHasInsufficientPID", "", "node_unhealthy", "pid"},
	{"SystemOOM", "", "oom_killed", "node"},
	{"OOMKilling", "", "oom_killed", "limit"},
	{"ConntrackFull", "", "kernel_table_full", "conntrack"},
	{"NeighbourTableFull", "", "kernel_table_full", "neighbour"},
	{"SYNFlooding", "", "kernel_table_full", "accept_queue"},
	{"SoftLockup", "", "node_stall", "lockup"},
	{"HardLockup", "", "node_stall", "lockup"},
	{"RCUStall", "", "node_stall", "lockup"},
	{"TaskHung", "", "node_stall", "disk"},
	{"KernelPanic", "", "node_unhealthy", "panic"},
	{"PLEGNotHealthy", "", "node_unhealthy", "pleg"},
	{"InjectionSkipped", "", "not_meshed", ""},
	{"IssuerValidationFailed", "", "certificate_expiry", ""},
	{"LinkerdCNINotConfigured", "", "init_network_failed", ""},
	{"RELOAD", "", "reload", ""},
}

// states are the reasons of what the dump shows as a state, and no request of.
var states = []string{unreadyWorkload, "health", "job", "state"}

// eventOf is the reason and the message of an event's text.
func eventOf(text string) (reason, message string) {
	reason, message, _ = strings.Cut(text, ": ")
	return reason, message
}

// lived reads what the API server and the kubelet say of containers and pods.
func (p *Pass) lived(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	switch e.Kind {
	case parse.IngressReload:
		r.code = "reload"
		return r, true
	case parse.ContainerTerminated:
		return p.ended(e, r)
	case parse.ContainerCrashLoop:
		r.code = "crash_loop"
		return p.looped(e, r)
	}
	reason, message := eventOf(r.text)
	for _, w := range restartWords {
		if w.reason == reason && strings.Contains(message, w.text) {
			r.code, r.why = w.code, w.why
			break
		}
	}
	r.ofPod = r.why == "eviction" || reason == "NodeNotReady" && message == "Node is not ready" // as the node controller says of each pod
	if r.code == "cni_plugin_failed" && !strings.Contains(message, "plugin type=") && !strings.Contains(message, "linkerd-cni") {
		r.sure = correlate.Medium
	}
	if slices.Contains(states, r.why) {
		r.sure, r.text = correlate.Medium, message
	}
	if r.code == "crash_loop" { // the message names the container that is waited for
		return p.looped(e, r)
	}
	if strings.Contains(message, "failed calling webhook") || strings.Contains(message, "failed to call webhook") {
		r.code = "webhook_failed"
	}
	return r, r.code != ""
}

// ended reads a container that ended: by its reason, else by its code.
func (p *Pass) ended(e *parse.Event, r reading) (reading, bool) {
	code := int(e.Value)
	target := p.Name(e.Target) + "/" + r.text
	switch {
	case parse.EndReason(e.Class) == parse.EndOOMKilled:
		r.code = "oom_killed"
	case networkInit(target) && code != 0, code == validatorExit:
		r.code = "init_network_failed"
	case code == 0 || code == 143:
		return r, false
	case code == 137:
		r.code, r.sure = "killed", correlate.Low
	case (code == 1 || code == 2) && controlPlane(p.Name(e.Target)) && !strings.HasSuffix(target, "/linkerd-proxy"):
		r.code, r.sure = "controller_crash", correlate.Medium
		r.text = fmt.Sprintf("%s ended with exit code %d, %s", first(r.text, target), code, known.ExitText(code))
	default:
		r.code, r.sure = "crash_loop", correlate.High
		r.why = known.ExitText(code)
	}
	return r, true
}

// validatorExit is the exit code of linkerd's network validator alone
// (linkerd2-proxy-init validator/src/main.rs).
const validatorExit = 95

// networkInit says whether a container is one of those that set or check the
// redirect of a meshed pod.
func networkInit(target string) bool {
	return strings.Contains(target, "linkerd-init") || strings.Contains(target, "linkerd-network-validator") || strings.Contains(target, "proxy-init")
}

// looped reads a container that waits for its next start.
func (p *Pass) looped(e *parse.Event, r reading) (reading, bool) {
	if networkInit(p.Name(e.Target) + "/" + r.text) {
		r.code = "init_network_failed"
	}
	return r, true
}

// besideController says whether a probe that names no pod stands in one text
// with lines of a linkerd controller: whoever pasted both speaks of that one. Where
// Istio is named it is Istio's agent, which logs as controllers do.
func (p *Pass) besideController(pt correlate.Point) bool {
	source := p.Streams[pt.Stream].Source
	if !p.Sources[source].Pasted {
		return false
	}
	return slices.ContainsFunc(p.Streams, func(st parse.Stream) bool {
		return st.Source == source && formats.Of(st.Format).Component == parse.ComponentController
	}) && !p.istio()
}

// namesIstio says whether any name of a dump is of Istio.
func (p *Pass) namesIstio() bool {
	for n := range p.Names.Len() {
		if strings.Contains(p.Names.Text(parse.Name(n)), "istio") {
			return true
		}
	}
	return false
}

// probed reads a failed probe: the mesh's only if its pod, container or port
// says so.
func (p *Pass) probed(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	probe, how := parse.ProbeOf(e.Class)
	who := p.Whose(pt)
	r.why = probe.String()
	mesh := strings.HasPrefix(who.Namespace, "linkerd") || strings.HasPrefix(who.Pod, "linkerd-") || who.Pod == "" && p.besideController(pt)
	proxy := strings.Contains(r.text, ":4191") || who.Container == "linkerd-proxy" || strings.Contains(r.text, "linkerd-proxy")
	switch {
	case how == parse.FailureHTTPStatus && e.Value == 503 && (proxy || mesh):
		r.code = "proxy_not_ready"
		if !proxy {
			r.sure = correlate.Medium
		}
	case how == parse.FailureHTTPStatus && e.Value == 500 && mesh && probe != parse.Liveness:
		r.code, r.sure = "controller_starting", correlate.Medium
	case how == parse.FailureTimeout, how != parse.FailureHTTPStatus && timedOut(r.text):
		r.code = "probe_timeout"
	case how == parse.FailureRefused:
		r.code = "probe_refused"
	default:
		r.code = "probe_error"
	}
	return r, true
}

// timedOut says whether a probe's own output says that it waited in vain.
func timedOut(text string) bool {
	for _, w := range []string{"timed out", "(28)", "deadline exceeded", "DeadlineExceeded"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
