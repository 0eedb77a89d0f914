package correlate_test

import (
	"testing"

	"faultline/correlate"
	"faultline/parse"
)

func TestParseFailure(t *testing.T) {
	for s, want := range map[string]bool{
		"proxy.request_failed":                       true,
		"ingress.response,status=502":                true,
		"ingress.response,status=5xx":                true,
		"ingress.response,status=502,status=500-501": true,
		"user.oom":                        true,
		"":                                false,
		"user.":                           false,
		"proxy.nothing":                   false,
		"ingress.response,status=":        false,
		"ingress.response,status=504-502": false,
		"ingress.response,code=504":       false,
		"ingress.response,status=99":      false,
	} {
		if _, err := correlate.ParseFailure(s); (err == nil) != want {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// What the user calls a failure replaces what the tool is about, symptoms
// included.
func TestFailureRules(t *testing.T) {
	log := absent(1, "web") + failfast(4, "web") + failed(5, "web", failFast) + failed(6, "web", "Connection refused (os error 111)")
	for rule, want := range map[string]struct {
		layer parse.Kind
		n     int
	}{
		"":                                {parse.ProxyRequestFailed, 1},
		"proxy.request_failed":            {parse.ProxyRequestFailed, 2},
		"proxy.request_failed,status=502": {parse.ProxyRequestFailed, 1},
		"proxy.no_endpoints":              {parse.ProxyNoEndpoints, 1},
		"kubelet.probe_failed":            {parse.KindNone, 0},
	} {
		var o correlate.Options
		if rule != "" {
			r, err := correlate.ParseFailure(rule)
			if err != nil {
				t.Fatal(err)
			}
			o.Failures = append(o.Failures, r)
		}
		c := judge(t, o, file("proxy.log", log))
		if c.Layer != want.layer || c.Failures[want.layer] != want.n {
			t.Errorf("%q: %d of %q, want %d of %q", rule, c.Failures[c.Layer], c.Layer, want.n, want.layer)
		}
	}
}
