package known

// LoadMetric is a metric that tells how busy a cluster is and that neither a
// stall nor a failed request moves by itself.
type LoadMetric struct {
	Name string
	// Counter says that its rate counts; else its value does.
	Counter bool
	// Sum says that its series are parts of one number; else each tells the
	// same, and their mean is taken.
	Sum bool
}

// LoadMetrics are tried in this order; at most [MostLoads] of those that were
// captured are tested.
var LoadMetrics = []LoadMetric{
	{"nginx_ingress_controller_requests", true, true},
	{"traefik_entrypoint_requests_total", true, true},
	{"request_total", true, true}, // linkerd-proxy
	{"pod_cache_size", false, false},
	{"endpointslices_cache_size", false, false},
	{"workload_subscribers", false, true},
	{"ip_port_subscribers", false, true},
}

// MostLoads is how many of them are tested: each costs the others power.
const MostLoads = 2
