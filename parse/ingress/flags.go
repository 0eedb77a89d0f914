package ingress

import (
	"bytes"

	"faultline/parse"
)

// flags are Envoy's response flags, short and long, with what they say about
// why a request failed (source/common/stream_info/utility.h). A request can
// have several; the first of this list that it has tells the most, so those
// that only tell how often was tried, or that a retry was refused, come last.
var flags = []struct {
	short, long string
	cause       parse.Cause
}{
	{"UH", "NoHealthyUpstream", parse.CauseNoEndpoints},
	{"NC", "NoClusterFound", parse.CauseNoRoute},
	{"NR", "NoRouteFound", parse.CauseNoRoute},
	{"NFCF", "NoFilterConfigFound", parse.CauseConfigured},
	{"UT", "UpstreamRequestTimeout", parse.CauseTimeout},
	{"SI", "StreamIdleTimeout", parse.CauseTimeout},
	{"DT", "DurationTimeout", parse.CauseTimeout},
	{"UMSDR", "UpstreamMaxStreamDurationReached", parse.CauseTimeout},
	{"DF", "DnsResolutionFailed", parse.CauseDNS},
	{"UF", "UpstreamConnectionFailure", parse.CauseConnectRefused},
	{"UC", "UpstreamConnectionTermination", parse.CauseIO},
	{"UR", "UpstreamRemoteReset", parse.CauseIO},
	{"UPE", "UpstreamProtocolError", parse.CauseBadResponse},
	{"DC", "DownstreamConnectionTermination", parse.CauseClientClosed},
	{"DR", "DownstreamRemoteReset", parse.CauseClientClosed},
	{"LR", "LocalReset", parse.CauseIO},
	{"UAEX", "UnauthorizedExternalService", parse.CauseUnauthorized},
	{"RLSE", "RateLimitServiceError", parse.CauseAuthService},
	{"RL", "RateLimited", parse.CauseLoadshed},
	{"OM", "OverloadManagerTerminated", parse.CauseLoadshed},
	{"DO", "DropOverload", parse.CauseLoadshed},
	{"UDO", "UnconditionalDropOverload", parse.CauseConfigured},
	{"UO", "UpstreamOverflow", parse.CauseLoadshed},
	{"FI", "FaultInjected", parse.CauseConfigured},
	{"LH", "FailedLocalHealthCheck", parse.CauseOther},
	{"IH", "InvalidEnvoyRequestHeaders", parse.CauseOther},
	{"DPE", "DownstreamProtocolError", parse.CauseOther},
}

// flagged tells the cause of a response by its flags and details. A status of
// 200 beside a failure is one of two: the answer had begun and was cut, or it
// is gRPC's, which says in a trailer that there was none. failure is the text of
// the transport, sent how many bytes the client had.
func flagged(r *response, failure, sent []byte) {
	list, details := given(r.hop.state), given(r.hop.details)
	r.cause = byFlags(list, details, given(failure))
	if r.cause == parse.CauseUnknown {
		r.cause = byDetails(details, r.status)
	}
	if r.cause == parse.CauseConnectRefused && r.lasted >= refusedWithin && !bytes.Contains(details, []byte("connect_error")) &&
		!bytes.Contains(failure, []byte("connect_error")) {
		r.cause = parse.CauseConnectTimeout // releases that do not say so
	}
	if r.status == 408 && r.cause == parse.CauseTimeout {
		r.cause = parse.CauseSlowClient
	}
	if r.tcp || r.status < 100 || r.status >= 300 {
		return
	}
	switch r.cause {
	case parse.CauseUnknown, parse.CauseUpstream:
		r.grpc = r.status == 200 && (contains(list, "URX") || contains(list, "UpstreamRetryLimitExceeded"))
	case parse.CauseConfigured, parse.CauseClientClosed, parse.CauseOther:
	case parse.CauseTimeout, parse.CauseIO, parse.CauseBadResponse:
		if begun(details, given(sent), r.status) {
			r.cause = parse.CauseResponseCut
			return
		}
		r.grpc = true
	default: // nobody was reached
		r.grpc = true
	}
}

// begun says whether an answer had begun before it failed.
func begun(details, sent []byte, status int) bool {
	switch {
	case bytes.Contains(details, []byte("after_response_started")), has(details, "via_upstream"), status != 200:
		return true
	case bytes.Contains(details, []byte("before_response_started")), bytes.Contains(details, []byte("response_timeout")),
		bytes.Contains(details, []byte("per_try_timeout")):
		return false
	}
	return len(sent) > 0 && string(sent) != "0"
}

// byFlags is the cause that the flags tell. Without any the upstream itself
// answered so, and why is not known here.
func byFlags(list, details, failure []byte) parse.Cause {
	if len(list) == 0 {
		return parse.CauseUnknown
	}
	for _, f := range flags {
		if !contains(list, f.short) && !contains(list, f.long) {
			continue
		}
		switch f.short {
		case "UF":
			if len(failure) > 0 && !bytes.Contains(details, []byte("connect_error")) && !bytes.Contains(details, []byte("TLS_error")) {
				return unconnected(details, failure)
			}
			return unconnected(details, nil)
		case "UAEX":
			if bytes.Contains(details, []byte("error")) {
				return parse.CauseAuthService
			}
		}
		return f.cause
	}
	switch string(list) {
	case "URX", "UpstreamRetryLimitExceeded": // every attempt was answered so
		if has(details, "via_upstream") {
			return parse.CauseUpstream
		}
		return parse.CauseUnknown
	case "DI", "DelayInjected", "RFCF", "ResponseFromCacheFilter":
		return parse.CauseUnknown
	}
	return parse.CauseOther
}

// byDetails is the cause that the details tell where no flag does.
func byDetails(details []byte, status int) parse.Cause {
	switch {
	case has(details, "via_upstream"):
		return parse.CauseUpstream
	case has(details, "direct_response"), has(details, "maintenance_mode"):
		return parse.CauseConfigured
	case has(details, "rbac_access_denied"), has(details, "ext_authz_denied"), has(details, "jwt_authn_access_denied"):
		return parse.CauseUnauthorized
	case has(details, "ext_authz_error"):
		return parse.CauseAuthService
	case has(details, "overload"):
		return parse.CauseLoadshed
	case has(details, "route_not_found"), has(details, "filter_chain_not_found"):
		return parse.CauseNoRoute
	case has(details, "request_header_timeout"), has(details, "stream_idle_timeout") && status == 408:
		return parse.CauseSlowClient
	}
	return unflagged(details)
}

// unflagged is the cause in the details of a format that has no flags (Envoy docs,
// "Response Code Details").
func unflagged(details []byte) parse.Cause {
	switch {
	case has(details, "no_healthy_upstream"):
		return parse.CauseNoEndpoints
	case has(details, "cluster_not_found"):
		return parse.CauseNoRoute
	case has(details, "upstream_response_timeout"), has(details, "response_timeout"), has(details, "upstream_per_try_timeout"),
		has(details, "upstream_max_stream_duration_reached"):
		return parse.CauseTimeout
	case has(details, "downstream_remote_disconnect"):
		return parse.CauseClientClosed
	case !has(details, "upstream_reset_before_response_started{"):
		return parse.CauseUnknown
	case bytes.Contains(details, []byte("overflow")):
		return parse.CauseLoadshed
	case bytes.Contains(details, []byte("connection_failure")), bytes.Contains(details, []byte("connection_timeout")):
		return unconnected(details, nil)
	case bytes.Contains(details, []byte("connection_termination")), bytes.Contains(details, []byte("remote_reset")):
		return parse.CauseIO
	}
	return parse.CauseUnknown
}

// unconnected sorts what is told of a connection that failed:
// "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}".
// 110, 104 and 113 are Linux' errno; newer releases print its words.
func unconnected(details, failure []byte) parse.Cause {
	said := func(words ...string) bool {
		for _, w := range words {
			if bytes.Contains(details, []byte(w)) || bytes.Contains(failure, []byte(w)) {
				return true
			}
		}
		return false
	}
	switch {
	case said("TLS_error", "TLS error", "CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER"):
		return parse.CauseTLS
	case said("timeout", "connect_error:_110", "connect error: 110", "onnection_timed_out", "onnection timed out"):
		return parse.CauseConnectTimeout
	case said("connect_error:_113", "connect error: 113", "o_route_to_host", "o route to host", "connect_error:_101", "etwork_is_unreachable"):
		return parse.CauseNoRouteToHost
	case said("connection_termination", "connect_error:_104", "connect error: 104", "reset_by_peer", "reset by peer"):
		return parse.CauseIO
	}
	return parse.CauseConnectRefused
}

// contains says whether a flag is in a list joined by commas.
func contains(list []byte, flag string) bool {
	for len(list) > 0 {
		var one []byte
		one, list, _ = bytes.Cut(list, []byte{','})
		if string(one) == flag {
			return true
		}
	}
	return false
}

// flagsAt says whether a word can be a list of flags, or the "-" of none.
func flagsAt(b []byte) bool {
	if string(b) == "-" {
		return true
	}
	if len(b) < 2 || len(b) > 64 {
		return false
	}
	for i, c := range b {
		if !(c >= 'A' && c <= 'Z' || c == ',' && i > 0 || i > 0 && (c >= 'a' && c <= 'z')) {
			return false
		}
	}
	return true
}
