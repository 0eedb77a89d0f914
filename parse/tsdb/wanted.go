package tsdb

import "strings"

// wanted are the beginnings of the names that the query pack and the rules ask
// for, of linkerd, of ingresses, of the kubelet and of Kubernetes' own parts.
var wanted = []string{"up", "scrape_", "process_", "go_gc_", "go_goroutines", "go_sched_", "go_memstats_",
	"request_", "response_", "route_", "outbound_", "inbound_", "tcp_", "control_", "identity_", "proxy_", "stack_", "http_", "tls_",
	"endpoints_", "endpoint_", "endpointslices_", "services_", "servers_", "pods_", "serviceprofiles_", "profile_", "ip_port_", "workload_", "opaque_",
	"externalworkload_", "node_updates", "service_cache", "cluster_store_", "injection_", "policy_", "grpc_", "lookup_",
	"container_cpu_", "container_memory_", "container_spec_", "container_network_", "container_oom", "machine_cpu", "kube_", "kubelet_", "node_", "prober_",
	"apiserver_", "etcd_", "rest_client_", "workqueue_", "scheduler_", "coredns_", "nginx_", "envoy_", "istio_", "traefik_", "haproxy_", "ALERTS", "pilot_", "cilium_"}

// Wanted says whether a metric of a large block is read.
func Wanted(name string) bool {
	for _, w := range wanted {
		if strings.HasPrefix(name, w) {
			return true
		}
	}
	return strings.HasSuffix(name, "_cache_size") || strings.HasSuffix(name, "_queue_overflow")
}
