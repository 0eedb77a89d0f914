package rules

import (
	"cmp"
	"slices"

	"faultline/correlate"
)

// layers is the order in which an expert asks what a ticket is about: who
// died, who was not there to be asked, who could not be reached, who was slow,
// and only then what the mesh or the ingress made of it. Of findings that are
// as severe and as sure the first of them leads.
var layers = [][]string{
	{"controller_crash", "proxy_panic", "oom_killed", "init_network_failed", "cni_plugin_failed", "certificate_expiry", "crash_loop"},
	{"node_unhealthy", "kernel_table_full", "node_stall", "etcd_slow", "apiserver_unreachable", "apiserver_slow", "webhook_failed", "dns_failure", "pod_not_started", "mirror_gateway_down"},
	{"rollout_race", "control_plane_rollout", "identity_unavailable", "policy_stalled", "api_client_throttled", "controller_starting", "proxy_not_ready", "sidecar_order", "overflow",
		"conflicting_ip", "undefined_port", "invalid_resource", "config_sync_failed", "breaker_open", "stale_endpoint", "destination_stream_failed", "inbound_unavailable", "tls_mismatch", "auth_service_failed"},
	{"empty_target", "idle_cut", "keepalive_race", "route_timeout", "overload", "policy_denied", "h2_ping_timeout", "detect_timeout", "kube_proxy_stale"},
	{"no_endpoints", "discovery_no_answer", "ingress_no_endpoints", "connect_timeout", "connect_refused", "no_route_to_host", "upstream_bad_response", "upstream_timeout",
		"upstream_closed", "response_cut", "upstream_5xx", "configured_answer", "no_route", "tcp_failfast"},
	{"probe_timeout", "probe_refused", "probe_error", "ingress_reload", "failfast_unexplained"},
}

// layer is the place of a code in [layers]; context stands behind all.
func layer(code string) int {
	for i, l := range layers {
		if slices.Contains(l, code) {
			return i
		}
	}
	return len(layers)
}

// measured is the rule that measures what goes up when a replica stalls, and at no
// other time: that tells more than a symptom of the last layer does.
const measured = "storm"

// place is where a finding stands among those that are as severe and as sure.
func place(f *correlate.Finding) int {
	if f.Rule == measured {
		return 2*len(layers) - 3 // just before the last layer
	}
	return 2 * layer(f.Diagnosis)
}

// rank sorts findings: the more severe first, then what is known for sure, then
// by the order of an expert's questions, then what came more often. What is
// only context of a diagnosis stands behind those that are as severe.
func rank(out []correlate.Finding) {
	slices.SortStableFunc(out, func(a, b correlate.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(weak(a), weak(b)), cmp.Compare(place(&a), place(&b)),
			cmp.Compare(contextOf(a.Rule), contextOf(b.Rule)), cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(b.Count, a.Count))
	})
}

// leadCounted lets what is known of the failures that count lead before what nothing
// connects with them: that stays beside it.
func leadCounted(out []correlate.Finding) {
	if len(out) == 0 || !out[0].Apart {
		return
	}
	i := slices.IndexFunc(out, func(f correlate.Finding) bool {
		return f.Counted > 0 && !slices.Contains(open, f.Diagnosis) && f.Severity >= correlate.Warning && f.Confidence > correlate.Low
	})
	lead(out, i)
}

// lead puts the finding at i first, if there is one.
func lead(out []correlate.Finding, i int) {
	if i > 0 {
		f := out[i]
		copy(out[1:i+1], out[:i])
		out[0] = f
	}
}

// leadHint lets a hint at a diagnosis lead where else it would be said first that failures are
// too few to tell of a period, or have none.
func leadHint(out []correlate.Finding) {
	if len(out) > 0 && out[0].Rule == contexts[0] && out[0].Severity == correlate.Info {
		lead(out, slices.IndexFunc(out, func(f correlate.Finding) bool { return f.Diagnosis != "" }))
	}
}

// contexts is the order of what stands beside the diagnoses: what was measured
// in this case before what is known of its versions, and that before what the
// capture cannot show.
var contexts = []string{"beat", "diverging", "storm", "throttling", "holes", "lag", "replicas", "since", "scale", "load", "target", "stall", "probes",
	"versions", "ratio", "status", "visibility", "implied_start", "quality"}

// contextOf is the place of a rule in [contexts]; diagnoses stand before all.
func contextOf(rule string) int { return slices.Index(contexts, rule) }

// weak says whether a finding is no more than a hint.
func weak(f correlate.Finding) int {
	if f.Confidence == correlate.Low {
		return 1
	}
	return 0
}
