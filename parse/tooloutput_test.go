package parse

import "testing"

// Lines of the outputs of tools are known in a ticket; sentences that look a
// little like them are not.
func TestToolOutput(t *testing.T) {
	for line, want := range map[string]string{
		"× control plane proxies are healthy":                        "linkerd check",
		"    issuer certificate will expire on 2024-06-19T23:16:07Z": "linkerd check",
		"rsp id=103:4 proxy=out src=10.1.2.3:4 :status=504":          "linkerd viz tap",
		`> outbound_http_errors_total{error="response timeout"} 1`:   "a metrics page",
		"# TYPE outbound_http_errors_total counter":                  "a metrics page",
		"request_duration_seconds_count 12":                          "a metrics page",
		"the end id is not known":                                    "",
		"we saw 3 errors in total":                                   "",
		"# Types of failures":                                        "",
		"All checks passed √ as far as we know":                      "",
	} {
		if got := toolOutput([]byte(line)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
