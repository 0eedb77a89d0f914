package rules

import (
	"strings"

	"faultline/correlate"
	"faultline/parse/check"
)

// checks are what a failed line of `linkerd check` and its like is about
// (linkerd2 pkg/healthcheck/healthcheck.go, multicluster/cmd/check.go).
var checks = []struct{ text, code string }{
	{"gateway", "mirror_gateway_down"}, {"arking as unhealthy", "mirror_gateway_down"}, {"expire", "certificate_expiry"}, {"valid", "certificate_expiry"}, {"trust anchor", "certificate_expiry"}, {"issuer", "certificate_expiry"},
	{"webhook", "webhook_failed"}, {"proxy-injector", "webhook_failed"}, {"clusterrole", "rbac_denied"}, {"kubernetes api", "apiserver_unreachable"},
}

// checked reads a line of a check that failed: its words, else what it checks.
func checked(target string, r reading) (reading, bool) {
	text := strings.ToLower(target + " " + r.text)
	if r.sure = correlate.Medium; strings.HasPrefix(r.text, check.SuccessRate) {
		r.code, r.why = "upstream_5xx", classified
		return r, true
	}
	if strings.Contains(text, "arking as unhealthy") { // the service mirror's own words, whatever the error behind them
		r.code, r.sure = "mirror_gateway_down", correlate.High
		return r, true
	}
	if c, _, ok := wordsOf(text); ok {
		r.code, r.sure = c, correlate.High
		return r, true
	}
	for _, c := range checks {
		if strings.Contains(text, c.text) {
			r.code = c.code
			return r, true
		}
	}
	return r, false
}
