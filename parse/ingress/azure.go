package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
)

// Azure is the access log of Application Gateway and of Front Door, as Azure
// Monitor exports it, a record a line (learn.microsoft.com: "Diagnostic logs for
// Application Gateway", "Monitor metrics and logs in Azure Front Door").
var Azure = &parse.Format{
	Name: "azure",
	Doc: `access log of Azure's Application Gateway and Front Door. A record is written at the end of a request.
{"time":"2024-02-02T13:22:31Z","operationName":"ApplicationGatewayAccess","category":"ApplicationGatewayAccessLog","properties":{"instanceId":"appgw_1","httpMethod":"GET","requestUri":"/cart","httpStatus":504,"timeTaken":20.003,"serverRouted":"10.1.0.9:80","serverStatus":"-","error_info":"ERRORINFO_UPSTREAM_TIMED_OUT","backendPoolName":"shop-web"}}`,
	Origin: "Azure Application Gateway v1 and v2, Front Door (learn.microsoft.com, diagnostic logs)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Needles: []string{`ERRORINFO_`, `ApplicationGatewayAccess`, `FrontDoorAccessLog`},
	Hints:   signs[productAzure].keys,
	Line:    func(l *parse.Line, b *parse.Batch) parse.Verdict { return onlyJSON(l, b, productAzure) },
	Detail: alike(productAzure.unitOf, func(line []byte, d *parse.Detail) {
		jsonDetail(line, d, "timeStamp", "time", "TimeGenerated")
		productAzure.explain(line, d)
	}),
}

// errorInfos are the words of Application Gateway v2 and of Front Door.
var errorInfos = map[string]parse.Cause{
	"ERRORINFO_NO_ERROR":                   parse.CauseUnknown,
	"ERRORINFO_UPSTREAM_NO_LIVE":           parse.CauseNoEndpoints,
	"ERRORINFO_UPSTREAM_CLOSED_CONNECTION": parse.CauseIO,
	"ERRORINFO_UPSTREAM_TIMED_OUT":         parse.CauseTimeout,
	"ERRORINFO_CLIENT_CLOSED_REQUEST":      parse.CauseClientClosed,
	"ERRORINFO_CLIENT_TIMED_OUT":           parse.CauseSlowClient,
	"ERRORINFO_HTTP_TO_HTTPS_PORT":         parse.CauseTLS,
	"ERRORINFO_HTTPS_NO_CERT":              parse.CauseTLS,
	"NoError":                              parse.CauseUnknown,
	"OriginTimeout":                        parse.CauseTimeout,
	"OriginConnectionRefused":              parse.CauseConnectRefused,
	"OriginConnectionAborted":              parse.CauseIO,
	"OriginConnectionError":                parse.CauseConnectTimeout,
	"OriginError":                          parse.CauseUpstream,
	"OriginInvalidResponse":                parse.CauseBadResponse,
	"OriginInvalidRequest":                 parse.CauseOther,
	"ResponseHeaderTooBig":                 parse.CauseBadResponse,
	"DNSFailure":                           parse.CauseDNS,
	"DNSTimeout":                           parse.CauseDNS,
	"DNSNameNotResolved":                   parse.CauseDNS,
	"SSLHandshakeError":                    parse.CauseTLS,
	"SSLInvalidRootCA":                     parse.CauseTLS,
	"SSLInvalidCipher":                     parse.CauseTLS,
	"CertificateError":                     parse.CauseTLS,
	"CertificateNameCheckFailed":           parse.CauseTLS,
	"SSLMismatchedSNI":                     parse.CauseTLS,
	"ClientDisconnected":                   parse.CauseClientClosed,
	"ClientGeoBlocked":                     parse.CauseUnauthorized,
	"UnspecifiedClientError":               parse.CauseUnknown,
	"InvalidRequest":                       parse.CauseUnknown,
}

// azure tells what error_info says. The first generation prints none, and its
// durations are milliseconds, which its instances' names tell. A Front Door
// prints the status 0 for an origin that timed out.
func (v *values) azure(r *response) {
	state := v.bare(senseState)
	var known bool
	if r.cause, known = errorInfos[string(state)]; !known && has(state, "ERRORINFO_INVALID") {
		r.cause = parse.CauseUnknown
	} else if !known && len(given(state)) > 0 {
		r.cause = parse.CauseOther
	}
	if code, _ := number(v.bare(senseOrigin)); r.cause == parse.CauseUnknown && r.status >= firstError && code == r.status {
		r.cause = parse.CauseUpstream
	}
	if r.status < firstError && r.status > 0 && r.cause == parse.CauseOther {
		r.cause = parse.CauseUnknown
	}
}

// generation is the unit of an Application Gateway's durations: the instances
// of the first are called ApplicationGatewayRole_IN_0.
func azureUnit(line []byte) time.Duration {
	if bytes.Contains(line, []byte("ApplicationGatewayRole_IN_")) {
		return time.Millisecond
	}
	return time.Second
}
