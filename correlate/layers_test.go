package correlate_test

import (
	"fmt"
	"strings"
	"testing"

	"faultline/correlate"
	"faultline/parse"
)

// envoy is failed requests in Envoy's default format, one a second from a
// second of the minute on, under the ids given; lasted is in ms.
func envoy(second, lasted int, upstream string, ids ...int) (text string) {
	for i, id := range ids {
		text += fmt.Sprintf(`[2024-02-02T13:22:%02d.204Z] "POST /orders HTTP/1.1" 504 UT 0 24 %d - "-" "curl/8.5.0" "b02ea4a2-0000-4000-8000-%012d" "orders" "%s"`+"\n",
			second+i, lasted, id, upstream)
	}
	return text
}

// A failed request that two layers log is one failure, and neither log is a
// copy of the other.
func TestOneRequestInTwoLayers(t *testing.T) {
	gateway := envoy(1, 5003, "10.1.0.9:8080", 1, 2, 3, 4, 5, 6)
	sidecar := envoy(1, 5000, "10.1.0.9:8080", 1, 2, 3, 4, 5, 6)
	const plain = `10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "GET /a HTTP/1.1" 504 160 "-" "curl/8.5.0" 87 5.001 [shop-web-80] [] 10.1.0.9:80 0 5.000 504 `
	for name, f := range map[string]struct {
		in              []parse.Input
		failures, total int
	}{
		"pods unknown":            {[]parse.Input{file("a", gateway), file("b", sidecar)}, 6, 12},
		"the sidecar's log first": {[]parse.Input{file("a", sidecar), file("b", gateway)}, 6, 12},
		"pods known": {[]parse.Input{file("a", prefixed("[pod/gateway/envoy] ", gateway)),
			file("b", prefixed("[pod/web/istio-proxy] ", sidecar))}, 6, 12},
		"the inner layer tried again": {[]parse.Input{file("a", envoy(1, 5003, "10.1.0.9:8080", 1)),
			file("b", envoy(1, 2000, "10.1.0.9:8080", 1, 1))}, 1, 3},
		"one more in the sidecar": {[]parse.Input{file("a", gateway), file("b", sidecar+envoy(20, 5000, "10.1.0.9:8080", 7))}, 7, 13},
		"a copy":                  {[]parse.Input{file("a", gateway), file("b", gateway)}, 6, 6},
		"other requests":          {[]parse.Input{file("a", gateway), file("b", envoy(1, 5000, "10.1.0.9:8080", 11, 12, 13, 14, 15, 16))}, 12, 12},
		"an id used again": {[]parse.Input{file("a", envoy(1, 500, "10.1.0.9:8080", 1)),
			file("b", envoy(40, 500, "10.1.0.9:8080", 1))}, 2, 2},
		"one layer, one id": {[]parse.Input{file("a", envoy(1, 500, "10.1.0.9:8080", 1, 1))}, 2, 2},
		"two nginx": {[]parse.Input{file("a", plain+"a7c98d98a7c98d98a7c98d98a7c98d98\n"),
			file("b", `10.0.0.8 - - [02/Feb/2024:13:22:29 +0000] "GET /a HTTP/1.1" 504 160 "-" "curl/8.5.0" 87 4.990 [shop-in-80] [] 10.1.0.7:80 0 4.990 504 a7c98d98a7c98d98a7c98d98a7c98d98`+"\n")}, 1, 2},
		"lines without an id, of one second": {[]parse.Input{file("a", "[pod/a/controller] "+plain+"-\n"),
			file("b", "[pod/b/controller] "+plain+"-\n")}, 2, 2},
	} {
		c := judge(t, correlate.Options{}, f.in...)
		if n := c.Failures[parse.IngressResponse]; n != f.failures || c.Total != f.total {
			t.Errorf("%s: %d failures of %d events, want %d of %d", name, n, c.Total, f.failures, f.total)
		}
	}
}

func prefixed(prefix, text string) (out string) {
	for line := range strings.Lines(text) {
		out += prefix + line
	}
	return out
}

// Of a request that counts by what the inner hop logged the outer hop's line is no further
// failed request, whatever that one says; of another request it is.
func TestOneRequestIsNotBesideItself(t *testing.T) {
	line := func(flags, details string, took, id int) string {
		return fmt.Sprintf(`[2024-02-02T13:22:01.%03dZ] "GET /a HTTP/1.1" 503 %s %s - "-" 0 157 %d - "10.0.0.9" "curl/8.5.0" "5f1f6b0a-0000-4000-8000-%012d" "web" "10.9.9.9:80" outbound|80||web.shop.svc.cluster.local 10.0.0.1:1 10.0.0.2:80 10.0.0.1:2 - default`+"\n",
			10-took, flags, details, took, id)
	}
	inner := file("a", "[pod/web-6d4cf56db6-aaaaa/istio-proxy] "+line("UF", "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111}", 3, 1))
	for id, left := range map[int]int{1: 0, 2: 1} {
		c := judge(t, correlate.Options{}, inner, file("b", "[pod/gw-6d4cf56db6-bbbbb/istio-proxy] "+line("-", "via_upstream", 5, id)))
		if n := c.Seen.LeftCount(); n != left || len(c.Incidents) != 1 {
			t.Errorf("id %d: %d requests are in no incident, want %d; %d incidents", id, n, left, len(c.Incidents))
		}
	}
}
