package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/rules"
)

// configStream is a line of Envoy about its stream of configuration.
func configStream(seconds float64, rest string) string {
	return at(seconds, "2006-01-02T15:04:05.000000Z") + "\twarning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:193\tDeltaAggregatedResources gRPC config stream to xds-grpc " + rest + "\tthread=17\n"
}

// closed are requests that were closed at once, some milliseconds after they began.
func closedAt(ms string, seconds ...int) dump {
	d := dump{}
	for _, s := range seconds {
		d["a.log"] += nginxAccess(s, "502", ms, "10.1.0.9:80", "0", "502")
		d["e.log"] += nginxError(s, "recv() failed (104: Connection reset by peer) while reading response header from upstream")
	}
	return d
}

// undetectedAt are waits for a first word, by their target.
func undetectedAt(addrs ...string) dump {
	var lines []string
	for _, a := range addrs {
		lines = append(lines, "outbound:proxy{addr="+a+"}: linkerd_detect: Continuing after timeout: linkerd_proxy_http::version::Version protocol detection timed out after 10s")
	}
	return one(proxySaid(lines...))
}

// expiring is a check of an issuer whose certificate ends, in a dump whose last line is
// an hour after noon.
func expiring(in time.Duration) dump {
	return dump{"check.txt": "‼ issuer cert is valid for at least 60 days\n    issuer certificate will expire on " + noon.Add(time.Hour+in).Format(time.RFC3339) + "\n    see https://linkerd.io/2/checks/#l5d-identity-issuer-cert-not-expiring-soon for hints\n",
		"a.log": nginxAccess(3600, "502", "0.204", "10.1.0.9:80", "311", "502")}
}

// traced is a call to the API server that client-go traced.
func traced(name string, took string) dump {
	return one("I0202 12:00:31.000000       1 trace.go:236] Trace[77]: \"" + name + "\" name:k8s.io/client-go/informers/factory.go:159 (02-Feb-2024 12:00:00.000) (total time: " + took + "):\nTrace[77]: [" + took + "] [" + took + "] END\n")
}

// atInbound is a request that a server's sidecar could not hand on.
func atInbound(err string) dump {
	return one(proxySaid("inbound:server{port=8080}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=client error (Connect) error.sources=[" + err + "]"))
}

// atOutbound is one that a client's sidecar could not send on.
func atOutbound(err string) dump {
	return one(proxySaid("outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=endpoint 10.0.0.3:8080: " + err + " error.sources=[" + err + "]"))
}

// calledLocal is a program's call that was refused.
func calledLocal(addr string) dump {
	return one("2024/02/02 12:00:05 no flags: dial tcp " + addr + ": connect: connection refused\n")
}

// programBorders are the limits of what programs, proxies and checks say.
func programBorders() []border {
	beside := func(s int) dump { return dump{"proxy.log": proxyStarts(60), "app.log": refusedAt("go", s)} }
	return []border{
		{"30 s before its proxy", beside(30), "sidecar_order"},
		{"longer before its proxy", beside(29), "connect_refused"},
		{"10 s after its proxy", beside(69), "sidecar_order"},
		{"longer after its proxy", beside(70), "connect_refused"},
		{"as its proxy stops", beside(3660), "sidecar_order"},
		{"before its proxy stops", beside(3659), "connect_refused"},
		{"30 s after its proxy stopped", beside(3689), "sidecar_order"},
		{"longer after it stopped", beside(3690), "connect_refused"},
		{"a call of 10 s", traced("Reflector ListAndWatch", "10000ms"), "apiserver_slow"},
		{"a call of less", traced("Reflector ListAndWatch", "9999ms"), "apiserver_slow weak"},
		{"a call of a second", traced("List", "1000ms"), "apiserver_slow weak"},
		{"a call of less than a second", traced("List", "999ms"), ""},
		{"another trace", traced("DeltaFIFO Pop Process", "20000ms"), ""},
		{"refused inside", atInbound("Connection refused (os error 111)"), "inbound_unavailable"},
		{"timed out inside", atInbound("connect timed out after 100ms"), "inbound_unavailable"},
		{"reset inside", atInbound("Connection reset by peer (os error 104)"), "upstream_closed"},
		{"refused outside", atOutbound("Connection refused (os error 111)"), "connect_refused"},
		{"timed out outside", atOutbound("connect timed out after 1s"), "connect_timeout"},
		{"the proxy's port", calledLocal("127.0.0.1:4140"), "sidecar_order"},
		{"Envoy's port", calledLocal("127.0.0.1:15001"), "sidecar_order"},
		{"another port", calledLocal("127.0.0.1:8080"), "connect_refused"},
		{"another's port", calledLocal("10.0.0.1:4140"), "connect_refused"},
		{"closed since a minute", one(configStream(1, "closed since 60s ago: 14, x")), "config_sync_failed weak"},
		{"closed since longer", one(configStream(1, "closed since 61s ago: 14, x")), "config_sync_failed"},
		{"closed twice in a minute", one(configStream(1, "closed: 14, x") + configStream(61, "closed: 14, x")), "config_sync_failed×2 weak"},
		{"closed twice in more", one(configStream(1, "closed: 14, x") + configStream(61.1, "closed: 14, x")), "config_sync_failed×2"},
		{"closed in 50 ms", closedAt("0.050", 0, 60, 120, 180), "keepalive_race×4"},
		{"closed in 51 ms", closedAt("0.051", 0, 60, 120, 180), "upstream_closed×4"},
		{"half of them close together", closedAt("0.004", 0, 4, 60, 64, 120), "keepalive_race×5"},
		{"more than half", closedAt("0.004", 0, 4, 8, 60, 64), "upstream_closed×5"},
		{"5 s apart", closedAt("0.004", 0, 5, 10, 15), "keepalive_race×4"},
		{"4 s apart", closedAt("0.004", 0, 4, 8, 12), "upstream_closed×4"},
		{"two of them", closedAt("0.004", 0, 60), "keepalive_race×2"},
		{"one of them", closedAt("0.004", 0), "upstream_closed keepalive_race weak"},
	}
}

// What programs and proxies say is held to its limits too.
func TestProgramBorders(t *testing.T) {
	for _, x := range programBorders() {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := judged(t, x.dump.inputs()...)
			if got := codesOf(c); got != x.want {
				t.Errorf("%q, want %q;%s", got, x.want, titles(c))
			}
		})
	}
}

// beside2 is a request that a mesh's rule refused, and some that count as failures.
func beside2(n int) dump {
	d := one(envoyAccess(1, "403", "UAEX", "ext_authz_denied", "3", "-", "outbound|80||web.shop.svc.cluster.local"))
	for i := range n {
		d["a.log"] += nginxAccess(200+120*i, "504", "60.001", "10.1.0.9:80", "0", "504")
		d["e.log"] += nginxError(200+120*i, "upstream timed out (110: Operation timed out) while reading response header from upstream")
	}
	return d
}

// How severe a finding is depends on how near an end is, and how alike the waits are.
func TestSeverityBorders(t *testing.T) {
	for _, x := range []struct {
		name, code string
		dump       dump
		want       correlate.Severity
	}{
		{"ends within a day", "certificate_expiry", expiring(24 * time.Hour), correlate.Critical},
		{"ends in a day", "certificate_expiry", expiring(24*time.Hour + time.Second), correlate.Info},
		{"ended", "certificate_expiry", expiring(-time.Minute), correlate.Critical},
		{"refused by HAProxy's rule", "policy_denied", one(haproxyAccess(1, "<NOSRV>", "0/-1/-1/-1/0", "403", "PR--")), correlate.Info},
		{"refused by a mesh's", "policy_denied", one(envoyAccess(1, "403", "UAEX", "ext_authz_denied", "3", "-", "outbound|80||web.shop.svc.cluster.local")), correlate.Warning},
		{"refused beside two that count", "policy_denied", beside2(2), correlate.Warning},
		{"refused beside three that count", "policy_denied", beside2(3), correlate.Info},
		{"one waits", "detect_timeout", undetectedAt("10.43.20.7:3307"), correlate.Info},
		{"two wait", "detect_timeout", undetectedAt("10.43.20.7:3307", "10.43.20.7:3307"), correlate.Warning},
		{"each of two waits", "detect_timeout", undetectedAt("10.43.20.7:3307", "10.43.20.8:3307"), correlate.Info},
		{"two of three wait", "detect_timeout", undetectedAt("10.43.20.7:3307", "10.43.20.8:3307", "10.43.20.7:3307"), correlate.Warning},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := judged(t, x.dump.inputs()...)
			for _, f := range c.Findings {
				if f.Diagnosis == x.code {
					if f.Severity != x.want {
						t.Errorf("%s: %s", f.Severity, f.Title)
					}
					return
				}
			}
			t.Errorf("not said;%s", titles(c))
		})
	}
}

// rising is a counter that rises by so much each minute.
func rising(metric, more string, by float64, n int) string {
	return matrix(metric, replica, more, time.Minute, n, func(i int, _ time.Time) string { return fmt.Sprint(by * float64(i)) })
}

// Counters are told from their limits on.
func TestMeasures(t *testing.T) {
	quota := func(all, throttled float64) dump {
		return dump{"a.json": rising("container_cpu_cfs_periods_total", "", all, 11), "b.json": rising("container_cpu_cfs_throttled_periods_total", "", throttled, 11)}
	}
	late := func(all, soon float64) dump {
		return dump{"a.json": rising("services_informer_lag_seconds_bucket", `,"le":"2.5"`, soon, 11), "b.json": rising("services_informer_lag_seconds_bucket", `,"le":"+Inf"`, all, 11)}
	}
	table := func(entries, limit string, of string) dump {
		return dump{"a.json": strings.ReplaceAll(matrix("node_nf_conntrack_entries", "x", `,"instance":"wk-1"`, time.Minute, 11, constant(entries)), `"pod":"x"`, `"a":"b"`),
			"b.json": strings.ReplaceAll(matrix("node_nf_conntrack_entries_limit", "x", `,"instance":"`+of+`"`, time.Minute, 11, constant(limit)), `"pod":"x"`, `"a":"b"`)}
	}
	jumps := func(top string, elsewhere string) dump {
		return dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{140, 100, 60}, bursts...),
			"g.json": matrix("go_goroutines", replica, "", 10*time.Second, 1400, func(i int, at time.Time) string {
				switch {
				case near(at):
					return top
				case i == 7:
					return elsewhere
				}
				return "1000"
			})}
	}
	for _, x := range []struct {
		name, rule string
		dump       dump
		said       bool
	}{
		{"one in twenty throttled", "throttling", quota(10, 0.5), true},
		{"less", "throttling", quota(10, 0.49), false},
		{"a hundred periods", "throttling", quota(10, 5), true},
		{"fewer", "throttling", quota(9.9, 5), false},
		{"one in twenty late", "lag", late(10, 9.5), true},
		{"fewer late", "lag", late(10, 9.6), false},
		{"fifty updates", "lag", late(5, 0), true},
		{"fewer updates", "lag", late(4.9, 0), false},
		{"a table that is full", "kernel_table_full", table("950", "1000", "wk-1"), true},
		{"one that is nearly full", "kernel_table_full", table("949", "1000", "wk-1"), false},
		{"another's limit", "kernel_table_full", table("950", "1000", "wk-2"), false},
		{"no limit", "kernel_table_full", table("950", "0", "wk-1"), false},
		{"half as many again", "storm", jumps("1500", "1000"), true},
		{"hardly more", "storm", jumps("1499", "1000"), false},
		{"as high elsewhere", "storm", jumps("3000", "2001"), false},
		{"half as high elsewhere", "storm", jumps("3000", "2000"), true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := judged(t, x.dump.inputs()...)
			said := false
			for _, f := range c.Findings {
				said = said || f.Rule == x.rule
			}
			if said != x.said {
				t.Errorf("said: %t;%s", said, titles(c))
			}
		})
	}
}

// What the options leave out speaks for nothing: from the first moment that they ask
// for to the last, and of the namespace and pod that they name.
func TestAsked(t *testing.T) {
	d := dump{"e.json": unready("shop", webPod, 100)}
	moment := int64(0)
	for i := range judged(t, d.inputs()...).Findings {
		moment = int64(judged(t, d.inputs()...).Findings[i].First)
	}
	for _, x := range []struct {
		name string
		o    correlate.Options
		said bool
	}{
		{"all", correlate.Options{}, true},
		{"since then", correlate.Options{Since: timeOf(moment)}, true}, {"since later", correlate.Options{Since: timeOf(moment + 1)}, false},
		{"until then", correlate.Options{Until: timeOf(moment)}, true}, {"until sooner", correlate.Options{Until: timeOf(moment - 1)}, false},
		{"its namespace", correlate.Options{Namespace: "sh*"}, true}, {"another namespace", correlate.Options{Namespace: "mail"}, false},
		{"its pod", correlate.Options{Pod: "web-*"}, true}, {"another pod", correlate.Options{Pod: "cart-*"}, false},
	} {
		c := read1(t, d)
		out := correlate.Judge(correlate.NewIndex(c), x.o)
		rules.Conclude(out)
		said := false
		for _, f := range out.Findings {
			said = said || f.Diagnosis == "probe_refused"
		}
		if said != x.said {
			t.Errorf("%s: said: %t", x.name, said)
		}
	}
}

// Durations are told as one where all lie within a tenth and 60 ms of the middle one.
func TestTook(t *testing.T) {
	for _, x := range []struct {
		took []string
		want string
	}{
		{[]string{"10.000"}, "before a response, after 10 s."},
		{[]string{"10.000", "10.000"}, "after 10 s each"},
		{[]string{"8.940", "10.000", "11.060"}, "after 10 s each"},
		{[]string{"8.939", "10.000", "11.060"}, "after 10 s (median)"},
		{[]string{"8.940", "10.000", "11.061"}, "after 10 s (median)"},
		{[]string{"0.000", "10.000"}, "after 10 s each"},
		{[]string{"0.000", "0.000"}, "before a response."},
	} {
		d := dump{}
		for i, s := range x.took {
			d["a.log"] += nginxAccess(60*i, "502", s, "10.1.0.9:80", "0", "502")
			d["e.log"] += nginxError(60*i, "upstream prematurely closed connection while reading response header from upstream")
		}
		hold(t, judged(t, d.inputs()...), []string{"upstream_closed: " + x.want}, nil)
	}
}
