package formats

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// Two answers that curl showed, pasted into a ticket, are two requests: each with
// the status that came, and with the proxy's words where it sent some.
func TestAnswersOfCurl(t *testing.T) {
	lines := []string{"It fails from the pod:", "```", "$ curl -v http://web.shop/", "*   Trying 10.43.17.9:80...", "> GET / HTTP/1.1", "> Host: web.shop", ">",
		"< HTTP/1.1 504 Gateway Timeout", "< date: Tue, 04 Mar 2025 13:22:28 GMT", "< l5d-proxy-error: logical service 10.43.17.9:80: service in fail-fast", "< content-length: 0", "<",
		"* Connection #0 to host web.shop left intact", "```", "and then", "```", "< HTTP/1.1 503 Service Unavailable", "< server: envoy", "<", "no healthy upstream", "```"}
	c := parsetest.Read(t, parsetest.Text("x", strings.Join(lines, "\n")), All(), Wrappers(), parse.Options{})
	var got []string
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			got = append(got, fmt.Sprintf("%s %v %s %s", e.Kind, e.Value, c.Name(e.Target), c.Name(e.Fact)))
		}
	}
	want := []string{"proxy.request_failed 504 10.43.17.9:80 service in fail-fast", "app.call_failed 503  no healthy upstream"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
