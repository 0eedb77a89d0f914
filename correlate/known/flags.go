package known

import "strings"

// Flag is a word by which an ingress says how a request ended.
type Flag struct {
	Word, Means string
	// Code is what it says alone, "" for what only modifies another.
	Code string
}

// EnvoyFlags are %RESPONSE_FLAGS% (envoy source/common/stream_info/utility.h and
// docs configuration/observability/access_log/usage).
var EnvoyFlags = []Flag{
	{"UH", "no healthy host in the cluster", "ingress_no_endpoints"}, {"UF", "the connection to the upstream failed", "connect_refused"},
	{"UT", "no response within the limit of the route or the try", "upstream_timeout"}, {"UC", "the upstream closed the connection before its response", "upstream_closed"},
	{"UR", "the upstream reset the stream", "upstream_closed"}, {"LR", "this Envoy reset the stream", "upstream_closed"},
	{"UPE", "the upstream's response was no valid HTTP", "upstream_bad_response"}, {"NR", "no route or filter chain matches", "no_route"},
	{"NC", "the route's cluster does not exist", "no_route"}, {"DC", "the client left", "client_closed"}, {"DR", "the client reset its stream", "client_closed"},
	{"DPE", "the client's bytes were no HTTP", "slow_client"}, {"SI", "the stream was idle for too long", "upstream_timeout"},
	{"DT", "the longest duration was reached", "upstream_timeout"}, {"UMSDR", "the longest duration of a stream was reached", "upstream_timeout"},
	{"RL", "a local or global rate limit", "overload"}, {"RLSE", "the rate limit service failed", "overload"}, {"OM", "the overload manager", "overload"},
	{"DO", "load shed that the control plane ordered", "overload"}, {"UDO", "all load shed by order", "configured_answer"},
	{"UAEX", "the external authorization denied it", "policy_denied"}, {"LH", "the local health check failed", "configured_answer"},
	{"DI", "a delay injected on purpose", "configured_answer"}, {"FI", "a fault injected on purpose", "configured_answer"},
	{"DF", "the upstream's name did not resolve", "dns_failure"}, {"NFCF", "a filter's configuration is missing", "config_sync_failed"},
	{"UO", "a circuit breaker's limit of this Envoy", "overload"}, {"URX", "the tries were used up", ""}, {"RFCF", "answered from a cache", ""},
}

// HAProxyStates are the first two letters of the termination state (HAProxy
// doc/configuration.txt §8.5): who ended the session, and in which phase.
var HAProxyStates = []Flag{
	{"SC", "the server refused the connection", "connect_refused"}, {"sC", "connecting took too long, all tries included", "connect_timeout"},
	{"sH", "the server did not answer within timeout server", "upstream_timeout"}, {"SH", "the server closed before its response header", "upstream_closed"},
	{"SD", "the server died in the middle of the body", "response_cut"}, {"sD", "the server stalled in the middle of the body", "response_cut"},
	{"sQ", "the queue's limit was reached", "overload"}, {"SQ", "the queue was refused", "overload"}, {"PC", "a limit of the process on connections", "overload"},
	{"RC", "a resource ran out", "overload"}, {"PH", "the server's response was not valid", "upstream_bad_response"}, {"PD", "a chunk was not valid", "response_cut"},
	{"PR", "denied, or a bad request", "configured_answer"}, {"PT", "tarpitted", "configured_answer"}, {"LR", "answered here, by configuration", "configured_answer"},
	{"CC", "the client left while connecting", "client_closed"}, {"CH", "the client left before the response", "client_closed"}, {"CD", "the client left in the middle of the body", "client_closed"},
	{"CQ", "the client left the queue", "client_closed"}, {"CT", "the client left the tarpit", "client_closed"}, {"cD", "the client stalled", "client_closed"},
	{"cH", "the client's limit struck while the server was awaited", "upstream_timeout"}, {"cR", "the request did not arrive in time", "slow_client"}, {"CR", "the client left before its request", ""},
}

// Anywhere are the products that stand at the edge and beside a client alike, and whose
// lines do not say which, by the format of their lines.
var Anywhere = map[string]string{"envoy": "Envoy"}

// Flags are the tables by the format whose lines print them.
var Flags = map[string][]Flag{"envoy": EnvoyFlags, "haproxy": HAProxyStates}

// FlagOf finds the flag that says most in a list as an ingress printed it: the
// order of the table, since an Envoy prints several.
func FlagOf(table []Flag, printed string) (f Flag, ok bool) {
	words := strings.FieldsFunc(printed, func(r rune) bool { return r == ',' || r == ' ' || r == '|' })
	for _, f := range table {
		for _, w := range words {
			if w == f.Word || len(w) == 4 && len(f.Word) == 2 && strings.HasPrefix(w, f.Word) {
				return f, true
			}
		}
	}
	return Flag{}, false
}
