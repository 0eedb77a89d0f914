package proxy

import (
	"testing"
	"time"

	"faultline/parse"
)

// Lines of every era, with the release that printed them: own time, clock and
// what they mean.
func TestEras(t *testing.T) {
	f := func(text string, clock parse.Clock, own time.Duration, grain parse.Grain, want string) {
		t.Helper()
		v, b, l := one(text)
		if v != parse.Took || len(b.Events) != 1 {
			t.Errorf("%s\nverdict %d, %d events", text, v, len(b.Events))
			return
		}
		if got := told(b, b.Events[0]); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
		if l.Clock != clock || l.Own != parse.Time(own) || l.Grain != grain {
			t.Errorf("%s\nis at %v on %v, grain %d", text, time.Duration(l.Own), l.Clock, l.Grain)
		}
	}
	up, wall := parse.ClockUptime, parse.ClockWall
	// edge-19.9.3, linkerd2#3624
	f(`linkerd-proxy ERR! [  4300.896499s] linkerd2_proxy::app::errors unexpected error: error trying to connect: request timed out`,
		up, 4300896499*time.Microsecond, parse.GrainMicro, `proxy.request_failed | error | fact=error trying to connect: request timed out | cause=connect_timeout | http=502`)
	// stable-2.3 to 2.6: contexts stand between, with spaces
	f(`ERR! [   311.712348s] proxy={server=in listen=0.0.0.0:4143 remote=10.1.1.1:5000} linkerd2_proxy::app::errors unexpected error: an IO error occurred: Broken pipe (os error 32)`,
		up, 311712348*time.Microsecond, parse.GrainMicro, `proxy.request_failed | error | fact=Broken pipe (os error 32) | cause=io | http=502`)
	f(`WARN [    12.300000s] linkerd2_proxy::app::errors request aborted because it reached the configured dispatch deadline`,
		up, 12300*time.Millisecond, parse.GrainMicro, `proxy.request_failed | warn | fact=request aborted because it reached the configured dispatch deadline | cause=timeout | http=503`)
	f(`WARN [    12.300000s] linkerd2_proxy::app::errors server overloaded, max-in-flight reached`,
		up, 12300*time.Millisecond, parse.GrainMicro, `proxy.request_failed | warn | fact=server overloaded, max-in-flight reached | cause=loadshed | http=503`)
	// stable-2.8, linkerd2#4855: the fraction counts nanoseconds
	const old = ` WARN inbound:source{target.addr=10.202.18.238:8080}: linkerd2_app_core::errors: Failed to proxy request: error trying to connect: Connection refused (os error 111)`
	const refused = `proxy.request_failed | warn | target=10.202.18.238:8080 | fact=error trying to connect: Connection refused (os error 111) | cause=connect_refused | http=502`
	f(`[ 84.119814306s]`+old+`\n`, up, 84119814306, parse.GrainNano, refused)
	f(`[    84.19814306s]`+old, up, 84019814306, parse.GrainNano, refused)
	f(`[    84.9814306s]`+old, up, 84009814306, parse.GrainNano, refused)
	f(`[    84.814306s]`+old, up, 84000814306, parse.GrainNano, refused)
	f(`[    84.000306s]`+old, up, 84000000306, parse.GrainNano, refused)
	// … and microseconds, with a thread, since 2.9
	f(`[    84.814306s]  WARN ThreadId(01) linkerd2_app_core::errors: Failed to proxy request: x`, up, 84814306000, parse.GrainMicro, `proxy.request_failed | warn | fact=x | cause=other | http=502`)
	f(`[     0.000942s]  INFO linkerd2_proxy: release 2.210.4 (0ed4ed6) by linkerd`, up, 942*time.Microsecond, parse.GrainMicro, `proxy.started | info | fact=2.210.4`)
	// a paste that lost its padding
	f(`[ 0.001866s] INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (0ed4ed6) by linkerd`, up, 1866*time.Microsecond, parse.GrainMicro, `proxy.started | info | fact=2.210.4`)
	f(`linkerd-proxy [   369.298746s]  WARN ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s`, up, 369298746*time.Microsecond, parse.GrainMicro, `proxy.failfast_enter | warn | lasted=3s`)
	// a build that prints a wall clock
	f(`2022-10-11T23:21:06.032865Z  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}: linkerd_stack::failfast: Service entering failfast after 3s`,
		wall, time.Duration(time.Date(2022, 10, 11, 23, 21, 6, 32865500, time.UTC).UnixNano()), parse.GrainMicro, `proxy.failfast_enter | warn | target=10.0.0.1:80 | lasted=3s`)
	// edge-21.3.1, linkerd2#5881
	f(`{"timestamp":"[     1.043697s]","level":"WARN","fields":{"message":"Failed to proxy request: HTTP Logical service in fail-fast"},"target":"linkerd_app_core::errors","spans":[{"name":"outbound"},{"client.addr":"10.0.0.5:5000","target.addr":"10.1.0.9:80","name":"accept"}],"threadId":"ThreadId(1)"}`,
		up, 1043697*time.Microsecond, parse.GrainMicro, `proxy.request_failed | warn | target=10.1.0.9:80 | fact=HTTP Logical service in fail-fast | cause=failfast | http=503`)
	// stable-2.14: a span whose field is called name
	f(`{"timestamp":"[   366.299401s]","level":"INFO","fields":{"message":"No endpoints"},"target":"linkerd_proxy_api_resolve::resolve","spans":[{"name":"outbound"},{"addr":"10.0.9.18:80","name":"ingress"},{"name":"cart","ns":"shop","port":"80","name":"service"}],"threadId":"ThreadId(1)"}`,
		up, 366299401*time.Microsecond, parse.GrainMicro, `proxy.no_endpoints | info | target=cart.shop:80`)
	// edge-24.9.2 on: a wall clock
	f(`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"HTTP/1.1 request failed","error":"logical service 10.0.9.18:80: route default.http: backend Service.shop.cart:80: Service.shop.cart:80: service in fail-fast","path":"/a b=c"},"target":"linkerd_app_core::errors::respond","spans":[{"name":"outbound"},{"client.addr":"10.244.7.75:43486","name":"rescue"}],"threadId":"ThreadId(1)"}`,
		wall, time.Duration(time.Date(2024, 9, 9, 13, 38, 56, 913847500, time.UTC).UnixNano()), parse.GrainMicro, `proxy.request_failed | info | target=cart.shop:80 | fact=service in fail-fast | cause=failfast | http=504`)
	f(`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"Unavailable; entering failfast","timeout":3.0},"target":"linkerd_proxy_balance_queue::worker","spans":[{"ns":"shop","name":"cart","port":80,"name":"service"}],"threadId":"ThreadId(1)"}`,
		wall, time.Duration(time.Date(2024, 9, 9, 13, 38, 56, 913847500, time.UTC).UnixNano()), parse.GrainMicro, `proxy.failfast_enter | info | target=cart.shop:80 | lasted=3s`)
}

// JSON says the same as the plain line, to the last attribute.
func TestJSONIsPlain(t *testing.T) {
	f := func(plain, object string) {
		t.Helper()
		_, b1, l1 := one(plain)
		_, b2, l2 := one(object)
		if len(b1.Events) != 1 || len(b2.Events) != 1 || told(b1, b1.Events[0]) != told(b2, b2.Events[0]) || l1.Own != l2.Own {
			t.Errorf("%s\n%+v\n%+v", plain, b1.Events, b2.Events)
			return
		}
		var d1, d2 parse.Detail
		detail([]byte(plain), &d1)
		detail([]byte(object), &d2)
		if d1.Message != d2.Message || d1.RawTime != d2.RawTime || len(d1.Attrs) != len(d2.Attrs) {
			t.Errorf("\n%+v\n%+v", d1, d2)
			return
		}
		for i := range d1.Attrs {
			if d1.Attrs[i] != d2.Attrs[i] {
				t.Errorf("\n%+v\n%+v", d1.Attrs[i], d2.Attrs[i])
			}
		}
	}
	f(`[     1.000001s]  WARN ThreadId(1) watch{port=11211}: linkerd_app_inbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=Deadline expired before operation could complete grpc.message="initial item \"x\""`,
		`{"timestamp":"[     1.000001s]","level":"WARN","fields":{"message":"Unexpected policy controller response; retrying with a backoff","grpc.status":"Deadline expired before operation could complete","grpc.message":"initial item \"x\""},"target":"linkerd_app_inbound::policy::api","spans":[{"port":11211,"name":"watch"}],"threadId":"ThreadId(1)"}`)
	f(`[     1.000001s]  INFO ThreadId(2) inbound:server{port=8080}: linkerd_app_core::errors::respond: HTTP/2.0 request failed error=client 10.3.8.114:54096: server: 10.3.8.129:8080: unauthorized request on route`,
		`{"threadId":"ThreadId(2)","target":"linkerd_app_core::errors::respond","level":"INFO","timestamp":"[     1.000001s]","spans":[{"name":"inbound"},{"name":"server","port":8080}],"fields":{"error":"client 10.3.8.114:54096: server: 10.3.8.129:8080: unauthorized request on route","message":"HTTP/2.0 request failed"}}`)
	f(`[     1.000001s]  INFO ThreadId(1) accept{field_error=a}: linkerd2_app_core::errors: Failed to proxy request: x`, // edge-20.12.4, linkerd2#5520
		`{"timestamp":"[     1.000001s]","level":"INFO","fields":{"message":"Failed to proxy request: x"},"target":"linkerd2_app_core::errors","span":{"field_error":"a","name":"accept"},"threadId":"ThreadId(1)"}`)
}

// Messages that only some releases print.
func TestRareMessages(t *testing.T) {
	const head = "[     1.000001s]  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}: "
	f := func(text, want string) { t.Helper(); reads(t, head+text, want) }
	f(`linkerd_app_outbound::http::handle_proxy_error_headers: Remote proxy error error="HTTP Logical service in fail-fast"`, // 2.13 on
		"proxy.request_failed | warn | target=10.0.0.1:80 | fact=HTTP Logical service in fail-fast | cause=failfast | http=504")
	f(`linkerd_app_outbound::policy::api: Client policy misconfigured error=invalid client policy: missing metadata`, "proxy.policy_watch_failed | warn | fact=Client policy misconfigured: invalid client policy: missing metadata")
	f(`linkerd_app_inbound::policy::api: Server misconfigured error=x`, "proxy.policy_watch_failed | warn | fact=Server misconfigured: x")
	f("linkerd_app_outbound::discover: Policy controller returned `Unimplemented`, the control plane may be out of date.", "proxy.policy_watch_failed | warn")
	f(`linkerd_app_outbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=Deadline expired before operation could complete grpc.message="initial item not received within timeout"`, // 2.15 on
		"proxy.policy_watch_failed | warn | fact=Deadline expired before operation could complete: initial item not received within timeout")
	f(`linkerd_service_profiles::client: profile client died error=x`, "proxy.discovery_failed | warn | fact=x")          // 2.10
	f(`linkerd2_reconnect::service: Service failed error=x`, "proxy.connect_failed | warn | target=10.0.0.1:80 | fact=x") // 2.8
	f(`linkerd_app_inbound::policy::tcp: Connection terminated due to policy change server.group= server.kind=default`, "proxy.denied | warn | target=10.0.0.1:80")
	f(`linkerd_proxy::signal: received Ctrl-C, starting shutdown`, "proxy.stopping | warn")
	f(`linkerd2_proxy: Received shutdown via admin interface`, "proxy.stopping | warn")
	f(`linkerd2_proxy: Graceful shutdown did not complete in 120s, terminating now`, "proxy.stopping | warn")

	v, b, _ := one(head + "linkerd_tracing::level: set new log level level=debug,linkerd=trace")
	if v != parse.Took || len(b.Facts) != 1 || b.Names.Text(b.Facts[0].Key) != parse.FactLogLevel || b.Names.Text(b.Facts[0].Value) != "debug,linkerd=trace" {
		t.Errorf("verdict %d, %+v", v, b.Facts)
	}
}

// The chain by layers, and what a deeper source tells.
func TestChains(t *testing.T) {
	f := func(message string, want failure) {
		t.Helper()
		r := record{message: []byte(message)}
		got := r.failure("")
		for _, p := range [][2][]byte{{got.logical, want.logical}, {got.route, want.route}, {got.backend, want.backend}, {got.client, want.client},
			{got.server, want.server}, {got.endpoint, want.endpoint}, {got.leaf, want.leaf}} {
			if string(p[0]) != string(p[1]) {
				t.Errorf("%s: %q, want %q", message, p[0], p[1])
			}
		}
		if got.cause != want.cause || got.http != want.http || got.grpc != want.grpc {
			t.Errorf("%s: %s %d/%d, want %s %d/%d", message, got.cause, got.http, got.grpc, want.cause, want.http, want.grpc)
		}
	}
	s := func(text string) []byte { return []byte(text) }
	const failed = "HTTP/1.1 request failed error="
	f(failed+"logical service a.b:80: route r: backend Service.b.a:80: Service.b.a:80: endpoint 10.1.1.1:80: connect timed out after 1s",
		failure{logical: s("a.b:80"), route: s("r"), backend: s("Service.b.a:80"), endpoint: s("10.1.1.1:80"), leaf: s("connect timed out after 1s"), cause: parse.CauseConnectTimeout, http: 504, grpc: 4})
	f(failed+"client 10.0.0.1:5000: server: 10.0.0.2:80: server 10.0.0.2:80: service web.ns.svc.cluster.local:80: service unavailable",
		failure{client: s("10.0.0.1:5000"), server: s("10.0.0.2:80"), logical: s("web.ns.svc.cluster.local:80"), leaf: s("service unavailable"), cause: parse.CauseLoadshed, http: 503, grpc: 14})
	f(failed+"controller linkerd-dst:8086: endpoint 10.1.1.1:8086: service in fail-fast", failure{endpoint: s("10.1.1.1:8086"), leaf: s("service in fail-fast"), cause: parse.CauseFailfast, http: 504, grpc: 4})
	f(failed+"concrete service a.b:80: gate closed", failure{leaf: s("gate closed"), cause: parse.CauseOther, http: 500, grpc: 13})
	f(failed+"client error (Connect) error.sources=[Connection refused (os error 111)]", failure{leaf: s("Connection refused (os error 111)"), cause: parse.CauseConnectRefused, http: 502, grpc: 14})
	f(failed+"client error (Connect) error.sources=[tcp connect error, connect timed out after 1s]", failure{leaf: s("connect timed out after 1s"), cause: parse.CauseConnectTimeout, http: 504, grpc: 4})
	f(failed+"total rate limit exceeded: 100rps", failure{leaf: s("total rate limit exceeded: 100rps"), cause: parse.CauseOther, http: 429, grpc: 8})
	f(failed+"http2 error: stream error received: unspecific protocol error detected", failure{leaf: s("http2 error: stream error received: unspecific protocol error detected"), cause: parse.CauseOther})
	f(failed+"request required the identity 'a' but no identity found", failure{leaf: s("request required the identity 'a' but no identity found"), cause: parse.CauseOther, http: 502, grpc: 14})
	f("Failed to proxy request: request required the identity 'a' but 'b' found", failure{leaf: s("request required the identity 'a' but 'b' found"), cause: parse.CauseOther, http: 403, grpc: 9}) // 2.10
	f("Failed to proxy request: response timed out after 3s", failure{leaf: s("response timed out after 3s"), cause: parse.CauseTimeout, http: 504, grpc: 4})
	f("gRPC request failed error=gRPC request configured to fail with 7: go away", failure{leaf: s("gRPC request configured to fail with 7: go away"), cause: parse.CauseOther, http: 200, grpc: 7})
	f("gRPC request failed error=HTTP request configured to fail with 418: tea", failure{leaf: s("HTTP request configured to fail with 418: tea"), cause: parse.CauseOther, http: 418, grpc: 9})
	f("Request failed error=no route found for request", failure{leaf: s("no route found for request"), cause: parse.CauseNoRoute, http: 404, grpc: 5})
	f(failed+"service in", failure{leaf: s("service in"), cause: parse.CauseOther, http: 500, grpc: 13})
}

// Other programs' JSON, and JSON that was cut off.
func TestNotMine(t *testing.T) {
	for _, text := range []string{
		`{"level":"info","msg":"caches synced","time":"2024-09-09T13:38:56Z"}`,
		`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"stream failed"},"target":"kubert::errors"}`,
		`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"x"},"target":"linkerd_policy_controller"}`,
		`{"timestamp":"now","level":"INFO","fields":{"message":"x"},"target":"linkerd_app","threadId":"ThreadId(1)"}`,
		`{"timestamp":"[     1.043697s]","level":"LOUD","fields":{"message":"x"},"target":"linkerd_app"}`,
		`{"timestamp":"[     1.043697s]","level":"WARN","fields":{"message":"Failed to pro`,
		`{"timestamp":"[     1.043697s]","level":"WARN","fields":"x","target":"linkerd_app"}`,
		`{`, `{}`, `{{{{{{{{{{{{{{{{`,
		`WARN [    12.300000s] something else entirely`, `ERR! [x] linkerd2_proxy::app::errors unexpected error: x`,
		`2022-10-11T23:21:06.032865Z  INFO outbound: linkerd_stack::failfast: Service entering failfast after 3s`,
		`2022-10-11T23:21:06  INFO ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s`,
	} {
		if v, b, _ := one(text); v != parse.NotMine || len(b.Events) != 0 {
			t.Errorf("%s: verdict %d", text, v)
		}
	}
	for _, text := range []string{"Invalid configuration: x", "Initialization failure: address already in use", "Invalid logging configuration: x"} {
		if v, _, l := one(text); v != parse.Other || l.Clock != parse.ClockNone {
			t.Errorf("%s: verdict %d", text, v)
		}
	}
}

// JSON lines, and lines of the policy controller: as FuzzLine.
func FuzzJSON(f *testing.F) {
	for _, s := range append([]string{
		`{"timestamp":"[     1.043697s]","level":"WARN","fields":{"message":"Failed to proxy request: x","a":"\ud83d\u0000"},"target":"linkerd_app_core::errors","spans":[{"name":"outbound"},{"name":"a","name":"b"}],"threadId":"ThreadId(1)"}`,
		`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"stream failed","error":"a: b"},"target":"kubert::errors","spans":[{"name":"servers"}]}`,
		`2022-10-11T23:21:06.032865Z  INFO a{b=c:d}:servers: kubert::errors: stream failed error=x`,
		`ERR! [  4300.896499s] a={b c} linkerd2_proxy::app::errors unexpected error: x`,
	}, noiseJSON...) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := string(text)
		for _, format := range []*parse.Format{Format, Policy} {
			b := parse.NewBatch(false, false)
			l := &parse.Line{Text: text, No: 1}
			v := format.Line(l, b)
			if (v == parse.Took) != (len(b.Events)+len(b.Facts) > 0) || len(b.Events) > 1 || v == parse.NotMine && l.Clock != parse.ClockNone {
				t.Errorf("%q: verdict %d, %d events, clock %v", text, v, len(b.Events), l.Clock)
			}
			for _, e := range b.Events {
				if e.Kind == parse.KindNone || e.Severity < parse.Info || e.Lasted < 0 {
					t.Errorf("%q: %+v", text, e)
				}
			}
			var d parse.Detail
			format.Detail(text, &d)
		}
		if string(text) != before {
			t.Errorf("%q was changed to %q", before, text)
		}
	})
}
