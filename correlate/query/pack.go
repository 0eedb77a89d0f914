package query

import (
	"fmt"
	"strings"
)

// Named is a query of the pack.
type Named struct {
	// Name is what it is asked for by, after "@".
	Name string
	Expr string
	// Doc says what it shows and how it can mislead, in a few sentences.
	Doc string
}

// Pack lists the investigator's queries. Metric names are those of linkerd2
// and linkerd2-proxy; where a name changed, both stand there.
func Pack() []Named { return pack }

// Find gives the query of a name.
func Find(name string) (Named, bool) {
	for _, n := range pack {
		if strings.EqualFold(n.Name, strings.TrimSpace(name)) {
			return n, true
		}
	}
	return Named{}, false
}

// together asks a function of several metrics that share the end of their name.
// A function drops the name, so that series of two of them would be one; a
// label says which it was of.
func together(function, window, end, selector string, begins ...string) string {
	var parts []string
	for _, b := range begins {
		parts = append(parts, fmt.Sprintf(`label_replace(%s(%s%s%s[%s]), "of", %q, "", "")`, function, b, end, selector, window, b))
	}
	return "(" + strings.Join(parts, " or ") + ")"
}

var pack = []Named{
	{"subscribers", `sum by (pod) (ip_port_subscribers) or sum by (pod) (workload_subscribers)`,
		"Watches that proxies hold on each destination replica. Replicas that differ by a lot are unevenly loaded; a fall to zero is a replica that lost its clients. ip_port_subscribers until October 2025, workload_subscribers after."},
	{"subscriber-updates", `sum by (pod) (rate(ip_port_updates[5m])) or sum by (pod) (rate(workload_updates[5m]))`,
		"Updates per second that each destination replica sends for single workloads."},
	{"endpoint-churn", `topk(10, sum by (namespace, service) (rate(endpoints_updates[5m])))`,
		"The services whose endpoints change most. A peak at each resync is consistent with a resync that replays every object."},
	{"endpoints-gone", `endpoints_exists == 0`,
		"Services that a destination replica believes to have no endpoints object."},
	{"informer-lag", `histogram_quantile(0.99, sum by (le, pod) (` + together("rate", "5m", "_informer_lag_seconds_bucket", "",
		"endpoints", "endpointslices", "services", "servers", "pods", "serviceprofiles", "externalworkload") + `))`,
		"How late the destination controller learned of changes, 99th percentile. The smallest bucket is 0.5 s and the largest 1000 s: a value between buckets is interpolated."},
	{"overflow", together("increase", "10m", "_updates_queue_overflow", "", "endpoint", "endpoint_profile", "profile") + ` > 0`,
		"Streams whose queue of updates was full: the controller ends such a stream, and the proxy behind it has to ask again."},
	{"cache-size", `{__name__=~".+_cache_size"}`,
		"Objects in each informer's cache. A fall and a rise is a restart or a new list."},
	{"get-ratio", `sum by (pod) (rate(grpc_server_handling_seconds_sum{grpc_service="io.linkerd.proxy.destination.Destination",grpc_method="Get"}[15m])) / sum by (pod) (rate(grpc_server_handling_seconds_count{grpc_service="io.linkerd.proxy.destination.Destination",grpc_method="Get"}[15m]))`,
		"Sum over count of the handling time of Get. Get is a stream that stays open, and is measured when it ends: this is the mean lifetime of the streams that ended in the window, not a latency. Hundreds of seconds are usual; LOW values can be the bad sign, streams being cut. NaN means that none ended. The window of 15m smears anything that comes every 10m. Ask @open-streams and @stream-ends instead."},
	{"open-streams", `sum by (pod, grpc_method) (grpc_server_started_total{grpc_service="io.linkerd.proxy.destination.Destination"}) - sum by (pod, grpc_method) (grpc_server_handled_total{grpc_service="io.linkerd.proxy.destination.Destination"})`,
		"Streams that are open now: started minus handled."},
	{"stream-ends", `sum by (pod, grpc_method, grpc_code) (increase(grpc_server_handled_total{grpc_service="io.linkerd.proxy.destination.Destination"}[1m]))`,
		"Streams that ended, by their code. Many at one moment means that clients or the controller cut them together."},
	{"status-504", `sum by (pod) (increase(response_total{direction="outbound",status_code="504"}[1m]))`,
		"Responses 504 as the proxies counted them, per minute. increase() extrapolates: counts are not whole numbers."},
	{"status-503", `sum by (pod) (increase(response_total{direction="outbound",status_code="503"}[1m]))`,
		"Responses 503, which a proxy in failfast gives as well."},
	{"failfast", `sum by (pod) (` + together("increase", "1m", "_errors_total", `{error="failfast"}`, "outbound_http", "outbound_tcp") +
		`) or sum by (pod) (increase(faultline_events_total{kind="proxy.failfast_enter"}[5m]))`,
		"Requests that failed because their service was in failfast, per minute; of a pod without that metric, how often its log says in five minutes that a service entered failfast."},
	{"proxy-errors", `sum by (error) (increase(outbound_http_errors_total[1m]))`,
		"Failed requests of the proxies by kind: failfast, loadshed, response timeout, i/o, identity required, unexpected."},
	{"balancer-empty", `sum by (pod, backend_name) (outbound_http_balancer_endpoints{endpoint_state="ready"}) == 0`,
		"Balancers without a ready endpoint. The label backend_name was not verified against the proxy's code."},
	{"balancer-endpoints", `sum by (pod, endpoint_state) ({__name__=~"outbound_http_balancer(_p2c)?_endpoints"})`,
		"Endpoints of the balancers, ready and pending."},
	{"gate-shut", `sum by (pod) (` + together("increase", "1m", "_balancer_queue_gate_shut_total", "", "outbound_http", "control_destination") + `) > 0`,
		"Times that a balancer's queue was shut because no endpoint was ready. The names are composed from the proxy's registry (since December 2023) and were not seen on a live proxy."},
	{"throttling", `sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total[5m])) / sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total[5m]))`,
		"The share of CPU periods in which a container was throttled (cAdvisor). A controller that is throttled while it resyncs stalls longer."},
	{"cpu", `sum by (namespace, pod, container) (rate(container_cpu_usage_seconds_total[5m])) or sum by (namespace, pod) (rate(process_cpu_seconds_total[5m]))`,
		"CPU used, in cores. Over 5m a burst of a few seconds hardly shows."},
	{"restarts", `changes(process_start_time_seconds[10m]) > 0`,
		"Processes whose start time changed."},
	{"denied", `sum by (pod) (increase(inbound_http_authz_deny_total[5m]))`,
		"Requests that a policy refused, by the server's proxy: policy_denied."},
	{"oom", `increase(container_oom_events_total[10m]) > 0`,
		"Containers that the kernel killed at their memory limit (cAdvisor): oom_killed."},
	{"conntrack", `node_nf_conntrack_entries / node_nf_conntrack_entries_limit`,
		"How full the connection table of each node is; near 1 new connections vanish: kernel_table_full."},
	{"ingress-5xx", `sum by (ingress, service, status) (increase(nginx_ingress_controller_requests{status=~"5.."}[5m]))`,
		"Responses of 500 and more by ingress-nginx. The status says nothing of who gave it."},
	{"envoy-upstream", `sum by (of, envoy_cluster_name) (` + together("increase", "5m", "", "", "envoy_cluster_upstream_cx_connect_timeout", "envoy_cluster_upstream_rq_timeout",
		"envoy_cluster_upstream_rq_pending_overflow", "envoy_cluster_upstream_cx_none_healthy", "envoy_cluster_outlier_detection_ejections_enforced_total") + `) > 0`,
		"Why Envoy's upstream requests failed, by cluster: connect_timeout, upstream_timeout, overload, ingress_no_endpoints, breaker_open."},
	{"issuer", `issuer_cert_ttl_seconds`,
		"Seconds that linkerd's issuer certificate is still valid (edge-25.2.1 on): certificate_expiry."},
	{"down", `up == 0`,
		"Targets whose scrape failed."},
	{"events", `sum by (kind) (increase(faultline_events_total[10m]))`,
		"Events of the logs, by kind, in the ten minutes before each step."},
	{"failures", `sum by (kind) (increase(faultline_events_total{kind=~"proxy.request_failed|proxy.failfast_enter|proxy.no_endpoints|ingress.response"}[1m]))`,
		"What the logs say of failures, a minute at a time; a request that failed shows in several layers."},
	{"stalls", `max by (pod, target) (max_over_time(faultline_stall_seconds[1m]))`,
		"The longest stall of the controller's queues in each minute."},
	{"stall-depth", `max by (pod) (max_over_time(faultline_stall_depth[1m]))`,
		"How deep the queue was at the stalls of each minute."},
	{"incidents", `max by (id, signature) (faultline_incident)`,
		"1 while an incident lasts."},
	{"failfast-by-subscribers", `sum(increase(faultline_events_total{kind="proxy.failfast_enter"}[10m])) / on() group_left() sum(ip_port_subscribers)`,
		"Failfasts of the logs per watch that is held: events and metrics in one expression."},
}
