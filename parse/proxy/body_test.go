package proxy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// Spans, target and message, from lines whose values hold what separates them.
func TestBody(t *testing.T) {
	f := func(text, spans, target, message string) {
		t.Helper()
		var r record
		if ok := r.body([]byte(text)); !ok || string(r.spans) != spans || string(r.target) != target || string(r.message) != message {
			t.Errorf("%s\n got %q %q %q %v\nwant %q %q %q", text, r.spans, r.target, r.message, ok, spans, target, message)
		}
	}
	f("linkerd2_proxy: release 2.210.4: x", "", "linkerd2_proxy", "release 2.210.4: x")
	f("linkerd_app_core::serve: Connection closed", "", "linkerd_app_core::serve", "Connection closed")
	f("_access_log: 10.0.0.1 - -", "", "_access_log", "10.0.0.1 - -")
	f("outbound: linkerd_app_core::serve: x", "outbound", "linkerd_app_core::serve", "x")
	f("services: kubert::errors: stream failed error=a: b", "services", "kubert::errors", "stream failed error=a: b")
	f("linkerd_policy_controller: lease: already exists", "", "linkerd_policy_controller", "lease: already exists")
	f("outbound:ingress{addr=}:service{ns= name=service port=0}: linkerd_a::b: No endpoints", "outbound:ingress{addr=}:service{ns= name=service port=0}", "linkerd_a::b", "No endpoints")
	f("evict{key=Logical { protocol: Http1, addr: Addr(1.2.3.4:80) }}: linkerd_idle_cache: Awaiting idleness",
		"evict{key=Logical { protocol: Http1, addr: Addr(1.2.3.4:80) }}", "linkerd_idle_cache", "Awaiting idleness")
	f("ingress{addr=[::1]:80}:http: linkerd_a: x", "ingress{addr=[::1]:80}:http", "linkerd_a", "x")
	f("http{path=/a: b}: linkerd_a: x", "http{path=/a: b}", "linkerd_a", "x")
	f("a:b: c: d", "a:b", "c", "d")
	f("inbound:server{port=80}: somecrate::x: y", "inbound:server{port=80}", "somecrate::x", "y")
	// Braces that do not balance end where a module follows.
	f("http{path=/a}b}: linkerd_a::b: No endpoints", "http{path=/a}b}", "linkerd_a::b", "No endpoints")
	f("http{path=/a} b=c}: linkerd_a::b: No endpoints", "http{path=/a} b=c}", "linkerd_a::b", "No endpoints")
	f("http{path=/a{b}: linkerd_a::b: No endpoints", "http{path=/a{b}", "linkerd_a::b", "No endpoints")
	f("http{path=/a}b: c}:rescue: linkerd_a::b: No endpoints", "http{path=/a}b: c}:rescue", "linkerd_a::b", "No endpoints")
	f("http{path=/a}: b}: linkerd_a::b: No endpoints", "http{path=/a}: b}", "linkerd_a::b", "No endpoints")
	f("linkerd_a:", "", "linkerd_a", "")
	for _, text := range []string{"", ":", ": x", "outbound", "outbound:ingress{addr=", "a b: c", "http{a: linkerd_a: x", "spans{a=b}: "} {
		var r record
		if r.body([]byte(text)) {
			t.Errorf("%q: %q %q %q", text, r.spans, r.target, r.message)
		}
	}
}

func TestSpanField(t *testing.T) {
	f := func(spans, key, want string) {
		t.Helper()
		r := record{spans: []byte(spans)}
		in := r.fields()
		of := map[string][]byte{"addr": in.addr, "client.addr": in.client, "endpoint.addr": in.endpoint, "orig_dst": in.origDst,
			"target.addr": in.target, "name": in.name, "ns": in.ns, "port": in.port}
		if got := string(of[key]); got != want {
			t.Errorf("%s of %s: %q, want %q", key, spans, got, want)
		}
	}
	const spans = "outbound:proxy{addr=10.0.0.1:80}:rescue{client.addr=10.0.0.2:5000}"
	f(spans, "addr", "10.0.0.1:80")
	f(spans, "client.addr", "10.0.0.2:5000")
	f(spans, "ns", "")
	f("a{addr=1}:b{addr=2}", "addr", "2") // the innermost
	f("ingress{addr=}", "addr", "")
	f("service{ns= name=service port=0}", "ns", "")
	f("service{ns= name=service port=0}", "name", "service")
	f("service{ns= name=service port=0}", "port", "0")
	f("service{hostname=x}", "name", "")
	f("", "name", "")
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "s": 0, "3s": 3 * time.Second, "3.0": 3 * time.Second, "100ms": 100 * time.Millisecond,
		"0.25 x": 250 * time.Millisecond, "10s)": 10 * time.Second, "1.2.3": 0, "99999999999": 0, "-1s": 0} {
		if got := seconds([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// What is shown of a line, in the order of the line.
func TestDetail(t *testing.T) {
	f := func(text, message, raw string, attrs ...string) {
		t.Helper()
		var d parse.Detail
		Format.Detail([]byte(text), &d)
		var got []string
		for _, a := range d.Attrs {
			got = append(got, a.Key+"="+a.Value)
		}
		if d.Message != message || d.RawTime != raw || !slices.Equal(got, attrs) {
			t.Errorf("%s\n got %q %q\n     %s\nwant %q %q\n     %s", text, d.Message, d.RawTime, strings.Join(got, "\n     "), message, raw, strings.Join(attrs, "\n     "))
		}
	}
	f(`[   366.299401s]  INFO ThreadId(01) outbound:ingress{addr=}: linkerd_proxy_api_resolve::resolve: No endpoints`, "No endpoints", "[   366.299401s]",
		"module=linkerd_proxy_api_resolve::resolve", "thread=01", "spans=outbound:ingress{addr=}")
	f(`[ 84.119814306s] WARN linkerd2_proxy: x`, "x", "[ 84.119814306s]", "module=linkerd2_proxy")
	f(`[   369.298818s]  INFO ThreadId(01) outbound:ingress{addr=}:rescue{client.addr=}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service x.y:81: route default.http: backend default.service: service in fail-fast error.sources=[backend default.service: service in fail-fast, service in fail-fast]`,
		"HTTP/1.1 request failed", "[   369.298818s]",
		"module=linkerd_app_core::errors::respond", "thread=01", "spans=outbound:ingress{addr=}:rescue{client.addr=}",
		"error=logical service x.y:81: route default.http: backend default.service: service in fail-fast",
		"error.sources=[backend default.service: service in fail-fast, service in fail-fast]",
		"cause=service in fail-fast", "cause_class=failfast", "logical=x.y:81", "route=default.http", "backend=default.service", "http_status=504", "grpc_status=4")
	f(`[     1.000001s]  INFO ThreadId(01) outbound: linkerd_app_core::errors::respond: gRPC request failed error=service unavailable`,
		"gRPC request failed", "[     1.000001s]", "module=linkerd_app_core::errors::respond", "thread=01", "spans=outbound",
		"error=service unavailable", "cause=service unavailable", "cause_class=loadshed", "http_status=200", "grpc_status=14")
	f(`[     1.000001s]  INFO ThreadId(01) linkerd_a: HTTP/1.1 request failed error=HTTP request configured to fail with 418: tea`,
		"HTTP/1.1 request failed", "[     1.000001s]", "module=linkerd_a", "thread=01", "error=HTTP request configured to fail with 418: tea",
		"cause=HTTP request configured to fail with 418: tea", "cause_class=other", "http_status=418")
	f(`[     1.000001s]  WARN ThreadId(01) watch{port=11211}: linkerd_app_inbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=Deadline expired before operation could complete grpc.message="a \"b\" c=d" x=1`,
		"Unexpected policy controller response; retrying with a backoff", "[     1.000001s]",
		"module=linkerd_app_inbound::policy::api", "thread=01", "spans=watch{port=11211}",
		"grpc.status=Deadline expired before operation could complete", `grpc.message=a "b" c=d`, "x=1")
	f(`[     1.000001s]  INFO ThreadId(01) linkerd_a: a=b c=`, "a=b c=", "[     1.000001s]", "module=linkerd_a", "thread=01", "a=b", "c=")
	f(`not a proxy's line`, "not a proxy's line", "")
	f(``, "", "")
}

// Any line: no panic, the line is left alone, and an event is a whole one.
func FuzzLine(f *testing.F) {
	for _, s := range []string{
		`[   369.298818s]  INFO ThreadId(01) outbound:ingress{addr=}:rescue{client.addr=}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service x.y:81: route a: backend b: service in fail-fast error.sources=[x]`,
		`[ 84.119814306s] WARN linkerd2_app_core::errors: Failed to proxy request: error trying to connect: Connection refused (os error 111)`,
		`[1s] INFO a{b=c}d}: linkerd_x::failfast: Service entering failfast after 3s`,
		`[1s] INFO a: Unavailable; entering failfast timeout=3.0`, `[1s] INFO a: release 1.2.3 (x)`, `[1s] WARN a: Failed to connect error="x\"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := string(text)
		v, b, l := one(before)
		if (v == parse.Took) != (len(b.Events)+len(b.Facts) > 0) || len(b.Events) > 1 || (v == parse.NotMine || fatal(text)) != (l.Clock == parse.ClockNone) {
			t.Errorf("%q: verdict %d, %d events, clock %v", text, v, len(b.Events), l.Clock)
		}
		for _, e := range b.Events {
			if e.Kind < parse.ProxyNoEndpoints || e.Kind > parse.ProxyStopping || e.Severity == parse.SeverityNone || e.Lasted < 0 || l.Own < 0 {
				t.Errorf("%q: %+v", text, e)
			}
			if !strings.Contains(before, b.Names.Text(e.Target)) && e.Kind != parse.ProxyNoEndpoints && !strings.Contains(before, "name=") {
				t.Errorf("%q: target %q", text, b.Names.Text(e.Target))
			}
		}
		var d parse.Detail
		detail(text, &d)
		if string(text) != before {
			t.Errorf("%q was changed to %q", before, text)
		}
	})
}
