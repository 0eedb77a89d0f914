package proxy

import (
	"testing"

	"faultline/parse"
)

// Failed requests by era and cause: who it was for, the innermost error, and
// the status that the client saw.
func TestFailures(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		reads(t, text, "proxy.request_failed | "+want)
	}
	f(`[ 84.119814306s] WARN inbound:accept{peer.addr=10.202.17.154:51116}:source{target.addr=10.202.18.238:8080}: linkerd2_app_core::errors: Failed to proxy request: error trying to connect: Connection refused (os error 111)\n`,
		`warn | target=10.202.18.238:8080 | fact=error trying to connect: Connection refused (os error 111) | cause=connect_refused | http=502`)
	f(`[560297.149285s]  WARN ThreadId(01) server{orig_dst=10.0.4.101:80}: linkerd_app_core::errors: Failed to proxy request: HTTP Logical service in fail-fast client.addr=10.244.7.78:59510`,
		`warn | target=10.0.4.101:80 | fact=HTTP Logical service in fail-fast | cause=failfast | http=503`)
	f(`[   369.298818s]  INFO ThreadId(01) outbound:accept{client.addr=}:rescue: linkerd_app_core::errors::respond: Request failed error=HTTP Logical service in fail-fast`,
		`info | fact=HTTP Logical service in fail-fast | cause=failfast | http=504`)
	f(`[   369.298818s]  INFO ThreadId(01) outbound:ingress{addr=}:rescue{client.addr=}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service xxxx.yyyy.svc.cluster.local:81: route default.http: backend default.service: service in fail-fast error.sources=[route default.http: backend default.service: service in fail-fast, backend default.service: service in fail-fast, service in fail-fast]`,
		`info | target=xxxx.yyyy.svc.cluster.local:81 | fact=service in fail-fast | cause=failfast | http=504`)
	f(`[ 73201.020196s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:rescue{client.addr=10.244.7.75:43486}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service 10.0.9.18:80: route default.http: backend Service.shop.svc-0a1b2c3d:80: Service.shop.svc-0a1b2c3d:80: service in fail-fast error.sources=[Service.shop.svc-0a1b2c3d:80: service in fail-fast, service in fail-fast]`,
		`info | target=svc-0a1b2c3d.shop:80 | fact=service in fail-fast | cause=failfast | http=504`)
	f(`[ 10161.537196s]  INFO ThreadId(01) inbound:server{port=8080}:rescue{client.addr=10.3.8.114:54096}: linkerd_app_core::errors::respond: HTTP/2.0 request failed error=client 10.3.8.114:54096: server: 10.3.8.129:8080: unauthorized request on route error.sources=[unauthorized request on route]`,
		`info | target=10.3.8.129:8080 | fact=unauthorized request on route | cause=unauthorized | http=403`)

	// A chain without a service is about the address of its spans.
	const head = `[     1.000001s]  INFO ThreadId(01) outbound:proxy{addr=10.0.0.1:80}:rescue{client.addr=10.0.0.2:5000}: linkerd_app_core::errors::respond: `
	g := func(message, want string) {
		t.Helper()
		f(head+message, "info | target=10.0.0.1:80 | "+want)
	}
	g(`gRPC request failed error=service unavailable error.sources=[]`, `fact=service unavailable | cause=loadshed | http=503`)
	g(`HTTP/2.0 request failed error=endpoint 10.1.1.1:80: connect timed out after 1s error.sources=[connect timed out after 1s] path="/x"`,
		`fact=connect timed out after 1s | cause=connect_timeout | http=504`)
	g(`HTTP/1.1 request failed error=endpoint 10.1.1.1:80: Connection refused (os error 111)`, `fact=Connection refused (os error 111) | cause=connect_refused | http=502`)
	g(`HTTP/1.1 request failed error=Connection reset by peer (os error 104)`, `fact=Connection reset by peer (os error 104) | cause=io | http=502`)
	g(`HTTP/1.1 request failed error=No route to host (os error 113)`, `fact=No route to host (os error 113) | cause=io | http=502`)
	g(`HTTP/1.1 request failed error=operation was canceled: connection closed before message completed`, `fact=operation was canceled: connection closed before message completed | cause=io | http=500`)
	g(`HTTP/1.1 request failed error=HTTP response timeout after 5s`, `fact=HTTP response timeout after 5s | cause=timeout | http=504`)
	g(`HTTP/1.1 request failed error=timed out waiting for response headers: request timeout: 100ms`, `fact=timed out waiting for response headers: request timeout: 100ms | cause=timeout | http=504`)
	g(`HTTP/1.1 request failed error=no route`, `fact=no route | cause=no_route | http=404`)
	g(`HTTP/1.1 request failed error=HTTP request configured to fail with 403 Forbidden: go away`, `fact=HTTP request configured to fail with 403 Forbidden: go away | cause=other | http=403`)
	g(`HTTP/1.1 request failed error=client error (Connect)`, `fact=client error (Connect) | cause=unknown`)
	g(`HTTP/1.1 request failed error=gateway loop detected`, `fact=gateway loop detected | cause=other | http=508`)
	g(`HTTP/1.1 request failed error=`, `cause=unknown`)
	g(`HTTP/1.1 request failed`, `cause=unknown`)
	f(head+`HTTP/1.1 request failed error=logical service : route : backend : service in fail-fast`, `info | target=10.0.0.1:80 | fact=service in fail-fast | cause=failfast | http=504`)
	f(head+`HTTP/1.1 request failed error=logical service [fd00::1]:80: route default.http: cut`, `info | target=[fd00::1]:80 | fact=cut | cause=other | http=500`)
	f(head+`HTTP/1.1 request failed error=logical service a.b:80: rou`, `info | target=a.b:80 | fact=rou | cause=other | http=500`)

	// 2.10: the same causes under other statuses.
	const old = `[     1.000001s]  WARN ThreadId(01) outbound:accept{target.addr=10.0.0.1:80}: linkerd_app_core::errors: Failed to proxy request: `
	f(old+`Service in fail-fast`, `warn | target=10.0.0.1:80 | fact=Service in fail-fast | cause=failfast | http=503`)
	f(old+`error trying to connect: request timed out`, `warn | target=10.0.0.1:80 | fact=error trying to connect: request timed out | cause=connect_timeout | http=503`)
	f(old+`gateway loop detected`, `warn | target=10.0.0.1:80 | fact=gateway loop detected | cause=other | http=508`)
}

// The status table of the proxy's error responses, by era.
func TestStatus(t *testing.T) {
	for _, s := range []struct {
		cause              parse.Cause
		http210, grpc210   int
		httpSince, grpcNow int
	}{
		{parse.CauseUnknown, 0, 0, 0, 0},
		{parse.CauseFailfast, 503, 14, 504, 4},
		{parse.CauseLoadshed, 503, 14, 503, 14},
		{parse.CauseConnectTimeout, 503, 14, 504, 4},
		{parse.CauseConnectRefused, 502, 14, 502, 14},
		{parse.CauseIO, 502, 14, 502, 14},
		{parse.CauseTimeout, 504, 4, 504, 4},
		{parse.CauseNoRoute, 404, 5, 404, 5},
		{parse.CauseUnauthorized, 403, 7, 403, 7},
		{parse.CauseTLS, 502, 14, 502, 14},
		{parse.CauseOther, 502, 13, 500, 13},
	} {
		http, grpc := before211.status(s.cause)
		if http != s.http210 || grpc != s.grpc210 {
			t.Errorf("%s in 2.10: %d/%d", s.cause, http, grpc)
		}
		if http, grpc = since217.status(s.cause); http != s.httpSince || grpc != s.grpcNow {
			t.Errorf("%s: %d/%d", s.cause, http, grpc)
		}
	}
}

// Wordings that differ by release, and what a chain may end with.
func TestFailuresByRelease(t *testing.T) {
	const head = `[     1.000001s]  INFO ThreadId(01) outbound:proxy{addr=10.0.0.1:80}:rescue{client.addr=10.0.0.2:5000}: linkerd_app_core::errors::respond: `
	f := func(message, want string) {
		t.Helper()
		reads(t, head+message, "proxy.request_failed | info | "+want)
	}
	// v2.366 on: a path, which may hold what separates the sources.
	f(`HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:80: route default.http: backend Service.shop.web:80: Service.shop.web:80: endpoint 10.1.1.1:8080: client error (Connect) error.sources=[route default.http: client error (Connect), client error (Connect), connect timed out after 1s] path="/a[1], b=2"`,
		`target=web.shop.svc.cluster.local:80 | fact=connect timed out after 1s | cause=connect_timeout | http=504`)
	f(`gRPC request failed error=endpoint [fd00::1]:8080: Connection refused (os error 111) error.sources=[Connection refused (os error 111)] path="/a.B/C"`,
		`target=10.0.0.1:80 | fact=Connection refused (os error 111) | cause=connect_refused | http=502`)
	f(`HTTP/2.0 request failed error=logical service web.shop.svc.cluster.local:80: route HTTPRoute.shop.r: timed out waiting for response headers: response header timeout: 5s error.sources=[route HTTPRoute.shop.r: timed out waiting for response headers: response header timeout: 5s, timed out waiting for response headers: response header timeout: 5s, response header timeout: 5s]`,
		`target=web.shop.svc.cluster.local:80 | fact=timed out waiting for response headers: response header timeout: 5s | cause=timeout | http=504`)
	f(`HTTP/2.0 request failed error=timed out processing response stream: idle timeout: 1s`, `target=10.0.0.1:80 | fact=timed out processing response stream: idle timeout: 1s | cause=timeout | http=504`)
	f(`HTTP/1.1 request failed error=required id Dns("a.b"); found None`, `target=10.0.0.1:80 | fact=required id Dns("a.b"); found None | cause=other | http=502`)
	f(`HTTP/1.1 request failed error=client 10.0.0.2:5000: server: 10.1.1.1:8080: total rate limit exceeded: 100rps error.sources=[total rate limit exceeded: 100rps]`,
		`target=10.0.0.1:80 | fact=total rate limit exceeded: 100rps | cause=other | http=429`)
	f(`gRPC request failed error=client 10.4.26.79:49978: server: 10.4.26.68:4143: server 10.4.26.68:9090: service echo:9090: http2 error error.sources=[server 10.4.26.68:9090: service echo:9090: http2 error, http2 error, stream error received: unexpected internal error encountered]`,
		`target=echo:9090 | fact=stream error received: unexpected internal error encountered | cause=other`)
	f(`Remote proxy error error="client 10.0.0.2:5000: server: 10.1.1.1:80: server 10.1.1.1:80: service cart:80: service in fail-fast"`,
		`target=cart:80 | fact=service in fail-fast | cause=failfast | http=504`)
	// What hyper hides, JSON does not print; the status depends on it.
	reads(t, `{"timestamp":"[     1.000001s]","level":"INFO","fields":{"message":"HTTP/1.1 request failed","error":"endpoint 10.1.1.1:80: client error (Connect)"},"target":"linkerd_app_core::errors::respond","spans":[{"name":"outbound"},{"addr":"10.0.0.1:80","name":"proxy"}],"threadId":"ThreadId(1)"}`,
		`proxy.request_failed | info | target=10.0.0.1:80 | fact=client error (Connect) | cause=unknown`)
}
