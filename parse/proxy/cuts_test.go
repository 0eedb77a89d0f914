package proxy

import (
	"testing"

	"faultline/parse/parsetest"
)

// A line that is cut off anywhere is read as far as it goes.
func TestCuts(t *testing.T) {
	parsetest.Cuts(t, Format,
		`[   369.298818s]  INFO ThreadId(01) outbound:ingress{addr=}:rescue{client.addr=}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service x.y:81: route a: backend b: service in fail-fast error.sources=[x, y]`,
		`[ 84.119814306s] WARN linkerd2_app_core::errors: Failed to proxy request: error trying to connect: Connection refused (os error 111)`,
		`[1s] INFO a: Unavailable; entering failfast timeout=3.0`, `[1s] INFO a: release 1.2.3 (x)`, `[1s] WARN a: Failed to connect error="x\"`,
		`ERR! [  4300.896499s] outbound{addr=10.0.0.1:80} linkerd2_proxy::app::errors unexpected error: error trying to connect: No route to host (os error 113)`,
		"[2m[     0.001866s][0m [32m INFO[0m ThreadId(01) linkerd_a: a=b", "linkerd-proxy [1s] INFO ThreadId(01) linkerd_a: a=b",
		"2024-02-02T13:22:28.553000Z  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}: linkerd_stack::failfast: Service entering failfast after 3s",
		`{"timestamp":"[    84.1s]","level":"INFO","fields":{"message":"Request failed","error":"HTTP Logical service in fail-fast"},"target":"linkerd_app_core::errors::respond","spans":[{"name":"outbound"},{"addr":"10.0.0.1:80","name":"proxy"}],"threadId":"ThreadId(1)"}`)
	parsetest.Cuts(t, Response)
}
