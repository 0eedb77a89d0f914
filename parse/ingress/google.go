package ingress

import (
	"bytes"

	"faultline/parse"
)

// Google is the log of Google Cloud's load balancers, as Cloud Logging gives its
// entries (cloud.google.com: "Global external Application Load Balancer logging
// and monitoring"; the regional ones print RFC 9209's proxyStatus instead).
var Google = &parse.Format{
	Name: "gcp-lb",
	Doc: `log of Google Cloud's load balancers. An entry names the beginning of a request; its latency is added.
{"httpRequest":{"latency":"30.001412s","requestMethod":"GET","requestUrl":"https://shop.example/cart","status":504},"jsonPayload":{"@type":"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry","statusDetails":"backend_timeout"},"resource":{"labels":{"backend_service_name":"k8s1-shop-web-80"},"type":"http_load_balancer"},"timestamp":"2024-02-02T13:22:01.599Z"}`,
	Origin: "Google Cloud's load balancers (cloud.google.com, Load Balancing logging)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Needles: []string{`"statusDetails"`, `LoadBalancerLogEntry`},
	Hints:   signs[productGoogle].keys,
	Line:    func(l *parse.Line, b *parse.Batch) parse.Verdict { return onlyJSON(l, b, productGoogle) },
	Detail: alike(productGoogle.unitOf, func(line []byte, d *parse.Detail) {
		jsonDetail(line, d, "timestamp")
		productGoogle.explain(line, d)
	}),
}

// onlyJSON reads a line of a product that writes nothing else.
func onlyJSON(l *parse.Line, b *parse.Batch, p product) parse.Verdict {
	if l.Text[0] != '{' {
		return parse.NotMine
	}
	return p.read(l, b)
}

// statusDetails are the balancer's words for the end of a request, with what
// they say about why it failed.
var statusDetails = map[string]parse.Cause{
	"response_sent_by_backend":                              parse.CauseUpstream,
	"backend_timeout":                                       parse.CauseTimeout,
	"failed_to_pick_backend":                                parse.CauseNoEndpoints,
	"failed_to_connect_to_backend":                          parse.CauseConnectRefused,
	"backend_connection_closed_before_data_sent_to_client":  parse.CauseIO,
	"backend_connection_closed_after_partial_response_sent": parse.CauseResponseCut,
	"backend_response_corrupted":                            parse.CauseBadResponse,
	"backend_response_headers_too_long":                     parse.CauseBadResponse,
	"backend_early_response_with_non_error_status":          parse.CauseBadResponse,
	"backend_interim_response_not_supported":                parse.CauseBadResponse,
	"client_disconnected_before_any_response":               parse.CauseClientClosed,
	"client_disconnected_after_partial_response":            parse.CauseClientClosed,
	"client_timed_out":                                      parse.CauseSlowClient,
	"body_upload_timed_out":                                 parse.CauseSlowClient,
	"direct_response":                                       parse.CauseConfigured,
	"denied_by_security_policy":                             parse.CauseUnauthorized,
	"banned_by_security_policy":                             parse.CauseUnauthorized,
	"throttled_by_security_policy":                          parse.CauseLoadshed,
	"request_loop_detected":                                 parse.CauseOther,
	"config_not_found":                                      parse.CauseNoRoute,
	"internal_error":                                        parse.CauseOther,
	"retriable_error":                                       parse.CauseOther,
	"failed_to_negotiate_alpn":                              parse.CauseTLS,
	"handled_by_identity_aware_proxy":                       parse.CauseConfigured,
	"byte_range_caching_failed":                             parse.CauseOther,
	"fault_filter_abort":                                    parse.CauseConfigured,
	"websocket_closed":                                      parse.CauseUnknown,
	"websocket_handshake_failed":                            parse.CauseBadResponse,
}

// proxyErrors are the words of RFC 9209, "The Proxy-Status HTTP Response Header
// Field", section 2.3.
var proxyErrors = map[string]parse.Cause{
	"dns_timeout":                       parse.CauseDNS,
	"dns_error":                         parse.CauseDNS,
	"destination_not_found":             parse.CauseNoRoute,
	"destination_unavailable":           parse.CauseNoEndpoints,
	"destination_ip_prohibited":         parse.CauseUnauthorized,
	"destination_ip_unroutable":         parse.CauseNoRouteToHost,
	"connection_refused":                parse.CauseConnectRefused,
	"connection_terminated":             parse.CauseIO,
	"connection_timeout":                parse.CauseConnectTimeout,
	"connection_read_timeout":           parse.CauseTimeout,
	"connection_write_timeout":          parse.CauseTimeout,
	"connection_limit_reached":          parse.CauseLoadshed,
	"tls_protocol_error":                parse.CauseTLS,
	"tls_certificate_error":             parse.CauseTLS,
	"tls_alert_received":                parse.CauseTLS,
	"http_request_denied":               parse.CauseUnauthorized,
	"http_request_error":                parse.CauseOther,
	"http_response_incomplete":          parse.CauseResponseCut,
	"http_response_timeout":             parse.CauseTimeout,
	"http_response_header_size":         parse.CauseBadResponse,
	"http_response_header_section_size": parse.CauseBadResponse,
	"http_response_body_size":           parse.CauseBadResponse,
	"http_protocol_error":               parse.CauseBadResponse,
	"http_upgrade_failed":               parse.CauseBadResponse,
	"proxy_internal_error":              parse.CauseOther,
	"proxy_internal_response":           parse.CauseConfigured,
	"proxy_configuration_error":         parse.CauseConfigured,
	"proxy_loop_detected":               parse.CauseOther,
}

// google tells what statusDetails says. Connecting that failed after a second
// or more was not refused.
func (v *values) google(r *response) {
	state := v.bare(senseState)
	if r.hop.details = nil; len(state) == 0 {
		state = proxyError(v.text(senseDetails))
		r.hop.state = state
		r.cause = proxyErrors[string(state)]
	} else {
		r.cause = statusDetails[string(state)]
	}
	switch {
	case has(state, "server_cert_"), has(state, "ssl_"):
		r.cause = parse.CauseTLS
	case r.cause == parse.CauseConnectRefused && string(state) == "failed_to_connect_to_backend" && r.lasted >= refusedWithin:
		r.cause = parse.CauseConnectTimeout
	case r.cause == parse.CauseConfigured && r.status < firstError:
		r.cause = parse.CauseUnknown
	}
	if len(r.target) == 0 {
		r.target = hostOf(v.text(sensePath))
	}
}

// proxyError is the error in a proxyStatus: `error="http_response_timeout"; details="…"`.
func proxyError(status []byte) []byte {
	i := bytes.Index(status, []byte("error="))
	if i < 0 {
		return nil
	}
	word := bytes.TrimLeft(status[i+len("error="):], `"\`)
	end := 0
	for end < len(word) && (word[end] == '_' || word[end] >= 'a' && word[end] <= 'z') {
		end++
	}
	return word[:end]
}

// hostOf is the host of a URL, nil when b is a path.
func hostOf(b []byte) []byte {
	if has(b, "/") {
		return nil
	}
	if host := authority(b); len(host) < len(b) {
		return host
	}
	host, _, _ := bytes.Cut(b, []byte{'/'})
	return host
}
