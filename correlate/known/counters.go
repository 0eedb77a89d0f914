package known

import "strings"

// Counter is a metric that carries a diagnosis by itself.
type Counter struct {
	// Metric's name, also with a prefix before it where it begins with "_".
	Metric string
	// Label must have one of Values; "" for none.
	Label  string
	Values []string
	Code   string
	// Gauge tells by its value: Below or Above says which ones; a counter by
	// what it rises.
	Gauge        bool
	Below, Above float64
	// Bound is a metric whose value is the limit that Above is a share of.
	Bound string
	// Least is by how much a counter must rise to tell, where single ones are usual.
	Least float64
	// Wanted is a metric of the same object that must be above zero: what nobody wants
	// to run is not missing.
	Wanted string
	// Until says that a gauge is the time at which something ends, in seconds since
	// 1970: it tells where that is less than Below seconds behind the sample.
	Until bool
	// Without is a counter whose rise is of another reason, and taken off.
	Without string
}

// OfRequests says whether it counts requests, or attempts to connect for them, as the
// proxies count what they could not hand on.
func (c *Counter) OfRequests() bool {
	for _, begin := range []string{"outbound_", "inbound_", "envoy_cluster_upstream_"} {
		if strings.HasPrefix(c.Metric, begin) {
			return !c.Gauge
		}
	}
	return false
}

// Counters are asked for the diagnoses that no event tells (linkerd2-proxy
// linkerd/app/core/src/metrics.rs; Envoy docs configuration/upstream/cluster_manager/cluster_stats;
// kube-state-metrics docs; cAdvisor docs/storage/prometheus.md; node_exporter; ingress-nginx metrics;
// cert-manager pkg/metrics; CoreDNS plugin/metrics; HAProxy addons/promex; istio pilot/pkg/xds/monitoring.go;
// linkerd2 multicluster/service-mirror/metrics.go; Cilium Documentation/observability/metrics.rst;
// kubernetes pkg/proxy/metrics and staging/src/k8s.io/apiserver/pkg/admission/metrics).
var Counters = []Counter{
	{Metric: "container_oom_events_total", Code: "oom_killed"},
	{Metric: "kube_pod_container_status_last_terminated_reason", Label: "reason", Values: []string{"OOMKilled"}, Code: "oom_killed", Gauge: true, Above: 0},
	{Metric: "kube_pod_container_status_terminated_reason", Label: "reason", Values: []string{"OOMKilled"}, Code: "oom_killed", Gauge: true, Above: 0},
	{Metric: "node_vmstat_oom_kill", Code: "oom_killed"},
	{Metric: "kube_pod_container_status_restarts_total", Code: "crash_loop", Least: 2},
	{Metric: "kube_pod_container_status_waiting_reason", Label: "reason", Values: []string{"CrashLoopBackOff"}, Code: "crash_loop", Gauge: true, Above: 0},
	{Metric: "kube_pod_container_status_waiting_reason", Label: "reason", Values: []string{"ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "CreateContainerError", "InvalidImageName"}, Code: "pod_not_started", Gauge: true, Above: 0},
	{Metric: "kube_pod_status_unschedulable", Code: "pod_not_started", Gauge: true, Above: 0},
	{Metric: "kube_deployment_status_replicas_available", Code: "empty_target", Gauge: true, Below: 1, Wanted: "kube_deployment_spec_replicas"},
	{Metric: "kube_statefulset_status_replicas_ready", Code: "empty_target", Gauge: true, Below: 1, Wanted: "kube_statefulset_replicas"},
	{Metric: "kube_daemonset_status_number_ready", Code: "empty_target", Gauge: true, Below: 1, Wanted: "kube_daemonset_status_desired_number_scheduled"},
	{Metric: "kube_endpoint_address_available", Code: "empty_target", Gauge: true, Below: 1},
	{Metric: "outbound_http_errors_total", Label: "error", Values: []string{"failfast"}, Code: "failfast_unexplained"},
	{Metric: "outbound_http_errors_total", Label: "error", Values: []string{"response timeout"}, Code: "route_timeout"},
	{Metric: "outbound_http_errors_total", Label: "error", Values: []string{"connect timeout"}, Code: "connect_timeout"},
	{Metric: "outbound_http_errors_total", Label: "error", Values: []string{"loadshed"}, Code: "overload"},
	{Metric: "inbound_http_errors_total", Label: "error", Values: []string{"failfast", "connect timeout", "io"}, Code: "inbound_unavailable"},
	{Metric: "outbound_tcp_errors_total", Label: "error", Values: []string{"failfast"}, Code: "tcp_failfast"},
	{Metric: "inbound_http_authz_deny_total", Code: "policy_denied"},
	{Metric: "inbound_tcp_authz_deny_total", Code: "policy_denied"},
	{Metric: "envoy_cluster_upstream_cx_connect_timeout", Code: "connect_timeout"},
	{Metric: "envoy_cluster_upstream_cx_connect_fail", Code: "connect_refused", Without: "envoy_cluster_upstream_cx_connect_timeout"},
	{Metric: "envoy_cluster_upstream_rq_timeout", Code: "upstream_timeout"},
	{Metric: "envoy_cluster_upstream_rq_pending_overflow", Code: "overload"},
	{Metric: "envoy_cluster_upstream_cx_none_healthy", Code: "ingress_no_endpoints"},
	{Metric: "haproxy_backend_active_servers", Code: "ingress_no_endpoints", Gauge: true, Below: 1},
	{Metric: "envoy_cluster_outlier_detection_ejections_enforced_total", Code: "breaker_open"},
	{Metric: "kube_node_status_condition", Label: "condition", Values: []string{"Ready"}, Code: "node_unhealthy", Gauge: true, Below: 1},
	{Metric: "kube_node_status_condition", Label: "condition", Values: []string{"DiskPressure", "MemoryPressure", "PIDPressure", "NetworkUnavailable"}, Code: "node_unhealthy", Gauge: true, Above: 0},
	{Metric: "node_nf_conntrack_entries", Code: "kernel_table_full", Gauge: true, Above: 0.95, Bound: "node_nf_conntrack_entries_limit"},
	{Metric: "issuer_cert_ttl_seconds", Code: "certificate_expiry", Gauge: true, Below: 86400},
	{Metric: "certmanager_certificate_expiration_timestamp_seconds", Code: "certificate_expiry", Gauge: true, Below: 3600, Until: true},
	{Metric: "identity_cert_expiration_timestamp_seconds", Code: "certificate_expiry", Gauge: true, Below: 60, Until: true},
	{Metric: "coredns_dns_responses_total", Label: "rcode", Values: []string{"SERVFAIL"}, Code: "dns_failure", Least: 10},
	{Metric: "nginx_ingress_controller_config_last_reload_successful", Code: "config_sync_failed", Gauge: true, Below: 1},
	{Metric: "pilot_total_xds_rejects", Code: "config_sync_failed"},
	{Metric: "gateway_alive", Code: "mirror_gateway_down", Gauge: true, Below: 1},
	{Metric: "cilium_drop_count_total", Label: "reason", Values: []string{"Policy denied"}, Code: "policy_denied"},
	{Metric: "kubeproxy_sync_proxy_rules_iptables_restore_failures_total", Code: "kube_proxy_stale", Least: 3},
	{Metric: "apiserver_admission_webhook_fail_open_count", Code: "webhook_failed"},
	{Metric: "apiserver_admission_webhook_rejection_count", Label: "error_type", Values: []string{"calling_webhook_error"}, Code: "webhook_failed"},
	{Metric: "apiserver_request_total", Label: "code", Values: []string{"504", "429"}, Code: "apiserver_slow"},
	{Metric: "etcd_server_leader_changes_seen_total", Code: "etcd_slow"},
}

// RequestCounter is how a counter of requests names its target and says how they
// went: of each the labels, the first that is there.
type RequestCounter struct{ Name, Space, Status []string }

// FailedStatus says whether a status is that of a failed request: 502, 503 or
// 504, or the class of all of them.
func FailedStatus(status string) bool {
	switch strings.ToLower(status) {
	case "502", "503", "504", "5xx":
		return true
	}
	return false
}

// RequestCounters are counters of requests by status (linkerd2-proxy
// linkerd/app/core/src/metrics.rs; istio.io/docs/reference/config/metrics;
// ingress-nginx internal/ingress/metric/collectors/socket.go; Traefik
// pkg/observability/metrics; HAProxy addons/promex; Kong kong/plugins/prometheus).
var RequestCounters = map[string]RequestCounter{
	"response_total": {[]string{"dst_service"}, []string{"dst_namespace"}, []string{"status_code", "http_status"}},
	"outbound_http_route_request_statuses_total": {[]string{"parent_name"}, []string{"parent_namespace"}, []string{"http_status"}},
	"nginx_ingress_controller_requests": {[]string{"exported_service", "service"}, []string{"exported_namespace", "namespace"},
		[]string{"status"}},
	"istio_requests_total": {[]string{"destination_service_name"}, []string{"destination_service_namespace"},
		[]string{"response_code"}},
	"traefik_service_requests_total":       {Status: []string{"code"}},
	"haproxy_backend_http_responses_total": {Status: []string{"code"}},
	"kong_http_requests_total":             {Status: []string{"code"}},
	"envoy_cluster_upstream_rq":            {Status: []string{"envoy_response_code"}},
}

// statusLabels are the labels by which programs and queries tell a status of HTTP
// (the client libraries of Prometheus, Micrometer, OpenTelemetry's semantic
// conventions, linkerd, Istio, the ingresses).
var statusLabels = []string{"status_code", "http_status", "status", "code", "response_code", "http_code", "http_status_code", "http_response_status_code",
	"response_status", "statusCode", "envoy_response_code"}

// StatusOf is the failed status of a series of requests, of which label gives the
// labels; "" where it tells none. counter says that the series counts requests: by
// its name, which the answer of a query has lost.
func StatusOf(metric string, label func(key string) string) (status string, counter bool) {
	for _, end := range []string{"_bucket", "_sum", "_created", "_seconds", "_bytes"} {
		if strings.HasSuffix(metric, end) {
			return "", false
		}
	}
	of, known := RequestCounters[metric]
	labels := statusLabels
	if known {
		labels = of.Status
	}
	for _, key := range labels {
		if v := label(key); FailedStatus(v) {
			status = v
			break
		}
	}
	return status, known || strings.HasSuffix(metric, "_total") || strings.HasSuffix(metric, "_count") || strings.HasSuffix(metric, "_requests")
}

// FlaggedRequests are counters of requests that have Envoy's flags as a label, with the
// label (istio.io/docs/reference/config/metrics).
var FlaggedRequests = []struct{ Metric, Label string }{{"istio_requests_total", "response_flags"}}
