package correlate_test

import (
	"fmt"
	"testing"

	"faultline/correlate"
	"faultline/parse"
)

// asked is what the proxy of a client logs of answers that the proxy of a server made, answered
// what the latter logs of them: one a second, from an uptime in ms on.
func asked(pod string, ms int, errors ...string) (text string) {
	for i, e := range errors {
		text += fmt.Sprintf("[pod/%s/linkerd-proxy] 2024-02-02T13:22:%02d.%03dZ [  %4d.%03d000s]  INFO ThreadId(01) outbound:proxy{addr=10.96.2.18:8080}:service{ns=shop name=cart port=8080}:endpoint{addr=10.42.1.7:8080}: linkerd_app_outbound::http::handle_proxy_error_headers: Remote proxy error error=\"%s\"\n",
			pod, 1+i, ms%1000, 60+i, ms%1000, e)
	}
	return text
}

func answered(pod string, ms int, errors ...string) (text string) {
	for i, e := range errors {
		text += fmt.Sprintf("[pod/%s/linkerd-proxy] 2024-02-02T13:22:%02d.%03dZ [  %4d.%03d000s]  INFO ThreadId(01) inbound:server{port=8080}:rescue{client.addr=10.42.0.6:4%04d}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=%s error.sources=[Connection reset by peer (os error 104)] path=\"/a\"\n",
			pod, 1+i, ms%1000, 10+i, ms%1000, i, e)
	}
	return text
}

// A failure that the proxies of both pods log is one, and the server's line, which tells the
// status, is the one that counts. Only what another pod answered at the time can be it.
func TestOneFailureInTwoPods(t *testing.T) {
	const send, connect = "client error (SendRequest)", "client error (Connect)"
	for name, c := range map[string]struct {
		in             []parse.Input
		known, unknown int
	}{
		"both pods":             {[]parse.Input{file("a", asked("web-1", 502, send, send, connect)), file("b", answered("cart-1", 500, send, send, connect))}, 3, 0},
		"the server's first":    {[]parse.Input{file("a", answered("cart-1", 500, send)), file("b", asked("web-1", 502, send))}, 1, 0},
		"one file":              {[]parse.Input{file("a", asked("web-1", 502, send)+answered("cart-1", 500, send))}, 1, 0},
		"the client's alone":    {[]parse.Input{file("a", asked("web-1", 502, send, send))}, 0, 2},
		"the server's alone":    {[]parse.Input{file("b", answered("cart-1", 500, send, send))}, 2, 0},
		"one more told":         {[]parse.Input{file("a", asked("web-1", 502, send, send, send)), file("b", answered("cart-1", 500, send, send))}, 2, 1},
		"one more made":         {[]parse.Input{file("a", asked("web-1", 502, send)), file("b", answered("cart-1", 500, send, send))}, 2, 0},
		"two clients, one each": {[]parse.Input{file("a", asked("web-1", 502, send)), file("c", asked("web-2", 503, send)), file("b", answered("cart-1", 500, send))}, 1, 1},
		"half a second apart":   {[]parse.Input{file("a", asked("web-1", 999, send)), file("b", answered("cart-1", 400, send))}, 1, 1},
		"one pod":               {[]parse.Input{file("a", asked("web-1", 502, send)+answered("web-1", 500, send))}, 1, 1},
	} {
		r := judge(t, correlate.Options{}, c.in...)
		unknown := r.Seen.ByStatus["unknown"]
		if known := r.Seen.ByStatus["502"]; known != c.known || unknown != c.unknown {
			t.Errorf("%s: %v, want %d of 502 and %d unknown", name, r.Seen.ByStatus, c.known, c.unknown)
		}
	}
}
