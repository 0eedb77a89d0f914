package ingress

import (
	"bytes"

	"faultline/parse"
)

// flags are Envoy's response flags, short and long, with what they say about
// why a request failed (source/common/stream_info/utility.h). A request can
// have several; the first of this list that it has tells the most.
var flags = []struct {
	short, long string
	cause       parse.Cause
}{
	{"UH", "NoHealthyUpstream", parse.CauseNoEndpoints},
	{"NC", "NoClusterFound", parse.CauseNoEndpoints},
	{"UT", "UpstreamRequestTimeout", parse.CauseTimeout},
	{"SI", "StreamIdleTimeout", parse.CauseTimeout},
	{"DT", "DurationTimeout", parse.CauseTimeout},
	{"UMSDR", "UpstreamMaxStreamDurationReached", parse.CauseTimeout},
	{"UF", "UpstreamConnectionFailure", parse.CauseConnectRefused},
	{"UC", "UpstreamConnectionTermination", parse.CauseIO},
	{"UR", "UpstreamRemoteReset", parse.CauseIO},
	{"LR", "LocalReset", parse.CauseIO},
	{"UPE", "UpstreamProtocolError", parse.CauseIO},
	{"UO", "UpstreamOverflow", parse.CauseLoadshed},
	{"OM", "OverloadManagerTerminated", parse.CauseLoadshed},
	{"DO", "DropOverload", parse.CauseLoadshed},
	{"NR", "NoRouteFound", parse.CauseNoRoute},
	{"UAEX", "UnauthorizedExternalService", parse.CauseUnauthorized},
}

// flagged is the cause that the flags of a response tell. Without any the
// upstream itself answered so, and why is not known here.
func flagged(list, details []byte) parse.Cause {
	if len(given(list)) == 0 {
		return parse.CauseUnknown
	}
	for _, f := range flags {
		if !contains(list, f.short) && !contains(list, f.long) {
			continue
		}
		if f.short == "UF" {
			return unconnected(details)
		}
		return f.cause
	}
	if string(list) == "URX" || string(list) == "UpstreamRetryLimitExceeded" {
		return parse.CauseUnknown // every attempt was answered so
	}
	return parse.CauseOther
}

// unconnected sorts the details of a connection that failed:
// "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}".
func unconnected(details []byte) parse.Cause {
	for _, text := range []string{"timeout", "connect_error:_110"} {
		if bytes.Contains(details, []byte(text)) {
			return parse.CauseConnectTimeout
		}
	}
	for _, text := range []string{"TLS_error", "connection_termination", "connect_error:_104", "connect_error:_113"} {
		if bytes.Contains(details, []byte(text)) {
			return parse.CauseIO
		}
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
