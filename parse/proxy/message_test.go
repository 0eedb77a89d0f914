package proxy

import (
	"testing"

	"faultline/parse"
)

// Lines of real proxies; the issues they are from are in ../../docs/formats.md.
func TestMessages(t *testing.T) {
	f := func(text, want string) { t.Helper(); reads(t, text, want) }

	f(`[   366.299401s]  INFO ThreadId(01) outbound:ingress{addr=}:service{ns= name=service port=0}: linkerd_proxy_api_resolve::resolve: No endpoints`,
		"proxy.no_endpoints | info")
	f(`[560294.049116s]  INFO ThreadId(01) server{orig_dst=10.0.4.101:80}: linkerd_proxy_api_resolve::resolve: No endpoints`,
		"proxy.no_endpoints | info | target=10.0.4.101:80")
	f(`[   366.299401s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:service{ns=shop name=cart port=80}: linkerd_proxy_api_resolve::resolve: No endpoints`,
		"proxy.no_endpoints | info | target=cart.shop:80")

	// The failfast gate, by era.
	f(`[  1222.311160s]  WARN ThreadId(01) outbound:accept{peer.addr=10.20.16.139:56588 target.addr=172.20.18.110:80}: linkerd_timeout::failfast: HTTP Logical entering failfast after 3s`,
		"proxy.failfast_enter | warn | target=172.20.18.110:80 | lasted=3s")
	for _, scope := range []string{"HTTP Balancer", "HTTP Server", "TCP Logical", "TCP Server", "Gateway", "TCP Gateway", "Ingress server", "Service"} {
		f(`[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=10.0.0.1:80}: linkerd_stack::failfast: `+scope+` entering failfast after 1s`,
			"proxy.failfast_enter | warn | target=10.0.0.1:80 | lasted=1s")
	}
	f(`[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=}: linkerd_stack::failfast: Service entering failfast after 3s`,
		"proxy.failfast_enter | warn | lasted=3s")
	f(`[   369.298746s]  WARN ThreadId(01) inbound:server{port=80}: linkerd_stack::failfast: Service entering failfast after 100ms`,
		"proxy.failfast_enter | warn | target=inbound :80 | lasted=100ms")
	f(`[ 73201.020135s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:service{ns=shop name=svc-0a1b2c3d port=80}: linkerd_proxy_balance_queue::worker: Unavailable; entering failfast timeout=3.0`,
		"proxy.failfast_enter | info | target=svc-0a1b2c3d.shop:80 | lasted=3s")
	f(`[ 73203.020135s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:service{ns=shop name=svc-0a1b2c3d port=80}: linkerd_proxy_balance_queue::worker: Available; exited failfast elapsed=1.25`,
		"proxy.failfast_exit | info | target=svc-0a1b2c3d.shop:80 | lasted=1.25s")
	f(`[ 73203.020135s]  INFO ThreadId(01) outbound: linkerd_proxy_balance_queue::worker: Available; exiting failfast elapsed=0.000001`,
		"proxy.failfast_exit | info | lasted=1µs")
	f(`[   372.000001s]  INFO ThreadId(01) outbound:ingress{addr=10.0.0.1:80}: linkerd_stack::failfast: Service has recovered`,
		"proxy.failfast_exit | info | target=10.0.0.1:80")
	f(`[   372.000001s]  INFO ThreadId(01) outbound: linkerd_stack::failfast: HTTP Logical service has recovered`, "proxy.failfast_exit | info")

	f(`[     3.000001s]  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}:endpoint{addr=10.1.1.1:8080}: linkerd_reconnect: Failed to connect error=endpoint 10.1.1.1:8080: Connection refused (os error 111) error.sources=[Connection refused (os error 111)]`,
		"proxy.connect_failed | warn | target=10.1.1.1:8080 | fact=Connection refused (os error 111)")
	f(`[     3.000001s]  WARN ThreadId(01) outbound:endpoint{addr=10.1.1.1:8080}: linkerd_reconnect::service: Service failed error=channel closed`,
		"proxy.connect_failed | warn | target=10.1.1.1:8080 | fact=channel closed")

	f(`[    10.011478s]  WARN ThreadId(01) dst:controller{addr=linkerd-dst-headless.linkerd.svc.cluster.local:8086}: linkerd_app_core::control: Failed to resolve control-plane component error=failed SRV and A record lookups: no record found for Query { name: Name("x."), query_type: SRV } error.sources=[no record found for Query { name: Name("x."), query_type: SRV }]`,
		`proxy.discovery_failed | warn | target=linkerd-dst-headless.linkerd.svc.cluster.local:8086 | fact=failed SRV and A record lookups: no record found for Query { name: Name("x."), query_type: SRV }`)
	f(`[    10.000001s]  WARN ThreadId(01) outbound: linkerd_service_profiles::client: Could not fetch profile error=status: Unavailable, message: "x"`,
		`proxy.discovery_failed | warn | fact=status: Unavailable, message: "x"`)
	f(`[    10.000001s]  WARN ThreadId(01) outbound: linkerd_app_outbound::discover: Error resolving ServiceProfile error=gone`, "proxy.discovery_failed | warn | fact=gone")
	f(`[    10.000001s]  WARN ThreadId(01) outbound: linkerd_proxy_discover::buffer: Discovery stream ended!`, "proxy.discovery_failed | warn")
	f(`[    10.000001s]  WARN ThreadId(01) outbound: linkerd_proxy_discover::buffer: Discovery task failed error=x y`, "proxy.discovery_failed | warn | fact=x y")

	f(`[    10.000001s]  WARN ThreadId(01) outbound: linkerd_proxy_discover::buffer: Dropping resolution due to watchdog timeout=60s`, "proxy.discovery_failed | warn")
	f(`[    10.000001s]  WARN ThreadId(01) outbound: linkerd_proxy_balance::discover::buffer: The balancer is not processing discovery updates; aborting discovery stream`, "proxy.discovery_failed | warn")
	f(`[ 10.000000001s] INFO outbound: linkerd2_service_profiles::client: Using default service profile after timeout`, "proxy.discovery_failed | info")

	f(`[ 31502.170125s]  WARN ThreadId(01) watch{port=11211}: linkerd_app_inbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=Deadline expired before operation could complete grpc.message=""`,
		"proxy.policy_watch_failed | warn | fact=Deadline expired before operation could complete")
	f(`[  1289.245238s]  INFO ThreadId(02) daemon:admin{listen.addr=0.0.0.0:4191}: linkerd_app_inbound::policy::http: Request denied server.group=policy.linkerd.io server.kind=server server.name=my-linkerd route.group= route.kind=default route.name=default client.tls=None(NoClientHello) client.ip=10.0.3.52`,
		"proxy.denied | info")
	f(`[  1289.245238s]  INFO ThreadId(01) inbound:accept{client.addr=10.0.0.1:5000}: linkerd_app_inbound::policy::tcp: Connection denied server.group= server.name=x`, "proxy.denied | info")

	f(`[     0.000942s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (0ed4ed6) by linkerd on 2023-11-22T17:01:45Z`, "proxy.started | info | fact=2.210.4")
	f(`[     0.000942s]  INFO ThreadId(01) linkerd2_proxy: debug 0.0.0-dev (0ed4ed6) by linkerd on 2023-11-22T17:01:45Z`, "proxy.started | info | fact=0.0.0-dev")
	f("[2m[     0.001866s][0m [32m INFO[0m ThreadId(01) [1moutbound[0m[1m{[0m[3maddr[0m[2m=[0m10.0.0.1:80[1m}[0m[2m:[0m [2mlinkerd_proxy_api_resolve::resolve[0m[2m:[0m No endpoints",
		"proxy.no_endpoints | info | target=10.0.0.1:80")
	f(`[    90.000001s]  INFO ThreadId(01) linkerd_proxy::signal: received SIGTERM, starting shutdown`, "proxy.stopping | info")
}

// Lines that name what matters in a harmless place are no events.
func TestNoise(t *testing.T) {
	f := func(text string) {
		t.Helper()
		if v, b, l := one(text); v != parse.Other || len(b.Events)+len(b.Facts) != 0 || l.Clock != parse.ClockUptime {
			t.Errorf("%s\nverdict %d, %d events, %d facts", text, v, len(b.Events), len(b.Facts))
		}
	}
	const info = "[     0.000942s]  INFO ThreadId(01) "
	f("[    90.000001s]  INFO ThreadId(01) linkerd2_proxy: Received shutdown signal") // the line before told of it
	f(info + "linkerd2_proxy: Admin interface on 0.0.0.0:4191")
	f(info + "outbound: linkerd_app_core::serve: Connection closed error=connection closed before message completed client.addr=10.0.0.1:5000") // the client hung up
	f(info + "inbound: linkerd_app_core::serve: Connection closed error=connection error: Transport endpoint is not connected (os error 107) client.addr=10.0.0.1:5000")
	f(info + "outbound: linkerd_app_core::serve: Connection closed client.addr=10.0.0.1:5000")
	f(info + "inbound: linkerd_detect: Continuing after timeout: linkerd_proxy_http::version::Version protocol detection timed out after 10s")
	f(info + "outbound: linkerd_app_core::errors::respond: Unexpected error error=No endpoints") // its request failed line follows
	f(info + "outbound: linkerd_pool_p2c: Updating endpoint addr=10.0.0.1:80")
	f(info + "outbound: linkerd_stack::failfast: ")
	f(info + "outbound: linkerd_trace: Trace collector has recovered")
	f(info + "outbound: linkerd_http: Header names service entering failfast after 3s")
	f(info + "outbound: linkerd_tap: Tap request failed error=x")
	f(info + "outbound: linkerd_stack::failfast: Service failed to recover")
	f(info + "identity: linkerd_app: Certified identity id=default.emojivoto.serviceaccount.identity.linkerd.cluster.local")
	f(info + "linkerd_x: reloading")
	f("[     0.000942s] DEBUG ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s")
	f(`[     0.000942s] TRACE ThreadId(01) outbound:http1: linkerd_proxy_http::client: headers={"referer": "HTTP/1.1 request failed error=service in fail-fast"}`)
	f(`[     0.000942s] DEBUG cut off in the mid`)
}

// What is not a proxy's line is left to others; what is one, but cut, is said.
func TestVerdicts(t *testing.T) {
	for text, want := range map[string]parse.Verdict{
		"":                            parse.NotMine,
		"No endpoints":                parse.NotMine,
		"[pod/a/b] x":                 parse.NotMine,
		"[   1.000001s]":              parse.NotMine,
		"[   1.000001s] HELLO x: y":   parse.NotMine,
		"[   1.000001] INFO x: y":     parse.NotMine,
		"INFO [   1.000001s] x: y":    parse.NotMine,
		"[   1.000001s]  INFO ":       parse.Malformed,
		"[   1.000001s]  INFO Thread": parse.Malformed,
		"[   1.000001s]  WARN ThreadId(01) outbound:ingress{addr=10.0": parse.Malformed,
		"[   1.000001s]  WARN ThreadId(01) outbound:ingress{addr=}":    parse.Malformed,
		"[   1.000001s]  WARN no target here":                          parse.Malformed,
		"[   1.000001s]  INFO ThreadId(01) a: b":                       parse.Other,
		"[   1.000001s]  INFO ThreadId(01) a:":                         parse.Other,
		"[1s] ERROR a: b":                                              parse.Other,
	} {
		if v, b, _ := one(text); v != want || len(b.Events) != 0 {
			t.Errorf("%q: verdict %d, want %d", text, v, want)
		}
	}
}

func TestVersionIsAFact(t *testing.T) {
	b := parse.NewBatch(false, false)
	l := &parse.Line{No: 7, Off: 70, Len: 9, Prefix: parse.Prefix{Pod: []byte("a"), Container: []byte("linkerd-proxy")},
		Text: []byte("[     0.000942s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (0ed4ed6) by linkerd on 2023-11-22T17:01:45Z")}
	line(l, b)
	if len(b.Facts) != 1 {
		t.Fatal(b.Facts)
	}
	f := b.Facts[0]
	if f.Ref != (parse.Ref{Line: 7, Off: 70, Len: 9}) || b.Names.Text(f.Subject) != "/a/linkerd-proxy" || b.Names.Text(f.Key) != parse.FactVersion ||
		b.Names.Text(f.Value) != "proxy 2.210.4" || f.Time != 0 { // the date is the build's
		t.Errorf("%+v %q %q %q", f, b.Names.Text(f.Subject), b.Names.Text(f.Key), b.Names.Text(f.Value))
	}
}
