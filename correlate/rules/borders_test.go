package rules_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// border is a dump that lies just on one side of a limit: what is said of it, by code
// and in how many events.
type border struct {
	name string
	dump dump
	want string
}

// after is a time some seconds after noon.
func after(seconds float64) time.Time { return noon.Add(time.Duration(seconds * 1e9)) }

// killed is the stop of a container of a pod.
func killed(namespace, pod string, seconds float64) string {
	return event(namespace, pod, "Killing", "Stopping container web", after(seconds), 1)
}

// unready is a probe of a pod that was refused.
func unready(namespace, pod string, seconds float64) string {
	return event(namespace, pod, "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused", after(seconds), 1)
}

// slowProbe is one that got no answer.
func slowProbe(pod string, seconds float64) string {
	return event("shop", pod, "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": context deadline exceeded", after(seconds), 1)
}

const webPod = "web-5d4f8-x2x9z"

// refusedWeb is a request to web that was refused.
func refusedWeb(seconds int) dump {
	return dump{"a.log": nginxAccess(seconds, "502", "0.001", "10.1.0.9:80", "0", "502"), "e.log": nginxError(seconds, "connect() failed (111: Connection refused) while connecting to upstream")}
}

// with is a dump and more files.
func with(d dump, name, text string) dump {
	out := maps.Clone(d)
	out[name] = text
	return out
}

// envoyHop is a line of one hop of a request, by when it began and how long it took, in
// milliseconds.
func envoyHop(id, begin, took int, status, flags, details, cluster string) string {
	return fmt.Sprintf("[%s] \"GET /a HTTP/1.1\" %s %s %s - \"-\" 0 91 %d - \"10.0.0.7\" \"curl/8\" \"%08x-0000-4000-8000-00000000000a\" \"web.shop\" \"10.0.0.2:8080\" %s - 10.0.0.8:8080 10.0.0.7:4 - default\n",
		noon.Add(time.Duration(begin)*time.Millisecond).Format("2006-01-02T15:04:05.000Z"), status, flags, details, took, id, cluster)
}

// hops are two of one request: the outer begins after a minute and takes a second.
func hops(begin, took int) dump {
	return dump{"out.log": envoyHop(7, 60000, 1000, "503", "-", "via_upstream", "outbound|80||web.shop.svc.cluster.local"),
		"in.log": envoyHop(7, begin, took, "503", "UC", "upstream_reset_before_response_started{connection_termination}", "inbound|8080||")}
}

// jsonAccess is a line of nginx in JSON, with what it has of an upstream.
func jsonAccess(status int, took, rest string) dump {
	return dump{"a.log": fmt.Sprintf("{\"time_iso8601\":%q,\"status\":%d,\"request\":\"GET /a HTTP/1.1\",\"request_time\":%s,\"remote_addr\":\"10.0.0.7\"%s}\n", after(60).Format(time.RFC3339), status, took, rest)}
}

const (
	dialledAddr   = `,"upstream_addr":"10.1.0.9:80"`
	connectedAddr = dialledAddr + `,"upstream_connect_time":"0.001"`
	lostAddr      = dialledAddr + `,"upstream_connect_time":"-"`
)

// reloadedAt are reloads of an ingress each so many seconds, and requests that were
// closed at some others.
func reloadedAt(n, step int, failed ...int) dump {
	d := dump{"c.log": repeat(n, 1, func(i int) string {
		return fmt.Sprintf("I%s       7 controller.go:190] Backend successfully reloaded\n", at(float64(i*step), "0102 15:04:05.000000"))
	})}
	for _, s := range failed {
		d["a.log"] += nginxAccess(s, "502", "0.204", "10.1.0.9:80", "0", "502")
	}
	return d
}

// besideRefused are connections to the container beside that were refused, some seconds apart.
func besideRefused(apart ...int) dump {
	var b strings.Builder
	for _, s := range apart {
		stamped(&b, after(float64(s)), "[%6d.532834s]  WARN ThreadId(01) policy:controller{addr=localhost:8090}:endpoint{addr=127.0.0.1:8090}: linkerd_reconnect: Failed to connect error=endpoint 127.0.0.1:8090: Connection refused (os error 111)", 50+s)
	}
	return dump{"p.log": b.String()}
}

// conflicts are two lines of one conflict over an address, in a log of some seconds.
func conflicts(apart, long float64) dump {
	line := func(s float64, level, msg string) string {
		return fmt.Sprintf("time=%q level=%s msg=%q\n", after(s).Format("2006-01-02T15:04:05.000Z"), level, msg)
	}
	const said = "found conflicting 10.42.9.77 IP on the pod network: batch:a,shop:b"
	return dump{"d.log": line(0, "info", "running version stable-2.14.10") + line(10, "warning", said) + line(10+apart, "warning", said) + line(long, "error", "failed to retrieve replicaset from indexer shop/a: not found")}
}

// sayGate are lines of a proxy some milliseconds after noon.
type sayGate struct {
	ms   int
	text string
}

const (
	enters  = "WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}: linkerd_stack::failfast: Service entering failfast after %s"
	fails   = "INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:80: route default.http: backend default.service: service in fail-fast"
	sheds   = "INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:80: service unavailable"
	limited = "INFO ThreadId(01) inbound:server{port=8080}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/2.0 request failed error=client 10.0.0.9:4: server: 10.0.0.2:8080: total rate limit exceeded: 2rps error.sources=[total rate limit exceeded: 2rps]"
	adds    = "INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}: linkerd_pool_p2c: Adding endpoint addr=10.0.0.3:8080"
	dialled = "WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}:endpoint{addr=10.0.0.3:8080}: linkerd_reconnect: Failed to connect error=%s"
)

func gateLog(lines ...sayGate) dump {
	var b strings.Builder
	all := append([]sayGate{{-600000, "INFO ThreadId(01) outbound:proxy{addr=10.43.9.9:80}: linkerd_app_core::serve: Connection closed error=x"}}, lines...)
	for _, l := range all {
		stamped(&b, noon.Add(time.Duration(l.ms)*time.Millisecond), "[%12.6fs]  %s", 3600+float64(l.ms)/1000, l.text)
	}
	return dump{"p.log": b.String()}
}

func none() string { return strings.TrimSpace(noEndpoints) }

func enter(d string) string { return fmt.Sprintf(enters, d) }

func unreached(err string) string { return fmt.Sprintf(dialled, err) }

// proxied is a list of a pod whose proxy started some seconds after noon.
func proxied(seconds float64) string {
	return podJSON("shop", webPod, "linkerd-proxy", fmt.Sprintf(`"restartCount":0,"state":{"running":{"startedAt":%q}}`, after(seconds).Format(time.RFC3339)))
}

// borders are the limits of what is held against each other.
func borders() []border {
	rolledAt := func(s float64) dump { return with(refusedWeb(100), "k.json", killed("shop", webPod, s)) }
	controlAt := func(s float64) dump {
		return dump{"p.log": proxyLog("web", "", after(1000)), "k.json": killed("linkerd", replica, s)}
	}
	node := func(third float64) dump {
		return dump{"a.json": slowProbe("web-5d4f8-x2x9z", 100), "b.json": slowProbe("cart-5d4f8-x2x9z", 100), "c.json": slowProbe("mail-5d4f8-x2x9z", third)}
	}
	behind := func(ms int) dump {
		d := gateLog(sayGate{ms, enter("3s")}, sayGate{ms, fails})
		d["a.log"] = nginxAccess(60, "504", "3.001", "10.1.0.9:80", "20", "504")
		return d
	}
	return []border{
		{"40 s after its stop", dump{"k.json": killed("shop", webPod, 100), "u.json": unready("shop", webPod, 140)}, "pod_termination"},
		{"41 s after its stop", dump{"k.json": killed("shop", webPod, 100), "u.json": unready("shop", webPod, 141)}, "probe_refused"},
		{"2 s before its stop", dump{"k.json": killed("shop", webPod, 100), "u.json": unready("shop", webPod, 98)}, "pod_termination"},
		{"3 s before its stop", dump{"k.json": killed("shop", webPod, 100), "u.json": unready("shop", webPod, 97)}, "probe_refused"},
		{"another's stop", dump{"k.json": killed("shop", "cart-5d4f8-x2x9z", 100), "u.json": unready("shop", webPod, 110)}, "probe_refused"},
		{"35 s after a pod of it went", rolledAt(65), "rollout_race"},
		{"36 s after a pod of it went", rolledAt(64), "connect_refused"},
		{"5 s before a pod of it went", rolledAt(105), "rollout_race"},
		{"6 s before a pod of it went", rolledAt(106), "connect_refused"},
		{"a minute after the control plane", controlAt(940), "control_plane_rollout warning failfast_unexplained"},
		{"longer after the control plane", controlAt(939), "failfast_unexplained"},
		{"4 s before the control plane", controlAt(1004), "control_plane_rollout warning failfast_unexplained"},
		{"6 s before the control plane", controlAt(1006), "failfast_unexplained"},
		{"its proxy starts, as its pod tells", dump{"pods.json": proxied(60), "logs/" + webPod + ".web.log": refusedAt("go", 60)}, "sidecar_order"},
		{"its proxy starts later, as its pod tells", dump{"pods.json": proxied(120), "logs/" + webPod + ".web.log": refusedAt("go", 60)}, "connect_refused"},
		{"which of two proxies starts", dump{"a.log": proxyStarts(60), "b.log": proxyStarts(61), "app.log": refusedAt("go", 60)}, "connect_refused"},
		{"its proxy is restarted", dump{"proxy.log": strings.Join(strings.SplitAfter(proxyStarts(-600), "\n")[:2], "") + proxyStarts(60), "app.log": refusedAt("go", 50)}, "connect_refused"},
		{"five reloads", reloadedAt(5, 600, 601, 1202), "ingress_reload×2"},
		{"four reloads", reloadedAt(4, 600, 601, 1202), "upstream_closed×2 weak"},
		{"one near a reload", reloadedAt(8, 600, 601, 900), "upstream_closed×2 weak"},
		{"3 s after a reload", reloadedAt(8, 600, 602, 1202), "ingress_reload×2"},
		{"4 s after a reload", reloadedAt(8, 600, 603, 1203), "upstream_closed×2 weak"},
		{"1 s before a reload", reloadedAt(8, 600, 599, 1199), "ingress_reload×2"},
		{"2 s before a reload", reloadedAt(8, 600, 598, 1198), "upstream_closed×2 weak"},
		{"three times chance", reloadedAt(5, 15, 1, 16, 31, 46), "ingress_reload×4"},
		{"less than that", reloadedAt(5, 15, 1, 16, 31, 39), "upstream_closed×4 weak"},
		{"beside for a minute", besideRefused(0, 60), "connect_refused×2"},
		{"beside for less", besideRefused(0, 30, 59), ""},
		{"beside once", besideRefused(0), ""},
		{"ten that do not resolve", one(proxyLines(slices.Repeat([]string{unresolvedDst}, 10)...)), "dns_failure×10"},
		{"nine that do not resolve", one(proxyLines(slices.Repeat([]string{unresolvedDst}, 9)...)), ""},
		{"handed on in a second", conflicts(1, 130), "conflicting_ip×2 weak"},
		{"in more than a second", conflicts(1.5, 130), "conflicting_ip×2"},
		{"in two minutes of log", conflicts(0, 120), "conflicting_ip×2 weak"},
		{"in less", conflicts(0, 119), "conflicting_ip×2"},
		{"the inner hop within", hops(60100, 800), "upstream_closed"},
		{"the inner hop a second early", hops(59000, 900), "upstream_closed"},
		{"the inner hop earlier", hops(58990, 900), "upstream_closed upstream_5xx"},
		{"the inner hop a second late", hops(61500, 500), "upstream_closed"},
		{"the inner hop later", hops(61600, 500), "upstream_closed upstream_5xx"},
		{"the inner hop as long", hops(60000, 1000), "upstream_closed"},
		{"the inner hop longer", hops(60000, 1001), "upstream_closed"},
		{"two hops that pass on, as long", dump{"out.log": envoyHop(7, 60000, 1000, "503", "-", "via_upstream", "outbound|80||web.shop.svc.cluster.local"), "in.log": envoyHop(7, 60000, 1000, "503", "-", "via_upstream", "inbound|8080||")}, "upstream_5xx"},
		{"another request", with(hops(60100, 800), "in.log", envoyHop(8, 60100, 800, "503", "UC", "upstream_reset_before_response_started{connection_termination}", "inbound|8080||")), "upstream_closed upstream_5xx"},
		{"beyond, a second before", behind(59500), "failfast_unexplained"},
		{"beyond, two seconds before", behind(59499), "upstream_5xx failfast_unexplained"},
		{"three of a node", node(115), "node_stall×3"},
		{"two of a node", node(116), "probe_timeout×3"},
	}
}

// knobBorders are the limits of what a duration alone says.
func knobBorders() []border {
	return []border{
		{"5 s", jsonAccess(504, "5.001", dialledAddr), "connect_timeout"},
		{"5 s, connected", jsonAccess(504, "5.001", connectedAddr), "upstream_timeout"},
		{"60 s", jsonAccess(504, "60.001", dialledAddr), "upstream_timeout"},
		{"60 s, not connected", jsonAccess(504, "60.001", lostAddr), "connect_timeout"},
		{"20 s", jsonAccess(504, "20.000", dialledAddr), "upstream_timeout weak"},
		{"19.9 s", jsonAccess(504, "19.900", dialledAddr), ""},
		{"7 s, connected", jsonAccess(504, "7.000", connectedAddr), "upstream_timeout weak"},
		{"7 s, not connected", jsonAccess(504, "7.000", lostAddr), ""},
		{"502 after 5 s", jsonAccess(502, "5.001", dialledAddr), "upstream_closed weak"},
		{"502, not connected", jsonAccess(502, "0.001", lostAddr), "connect_refused weak"},
		{"502, not connected for 2.7 s", jsonAccess(502, "2.700", lostAddr), "no_route_to_host weak"},
		{"502, not connected for 3.3 s", jsonAccess(502, "3.300", lostAddr), "no_route_to_host weak"},
		{"502, not connected for 2.6 s", jsonAccess(502, "2.690", lostAddr), "connect_refused weak"},
		{"502, not connected for 3.4 s", jsonAccess(502, "3.310", lostAddr), "connect_refused weak"},
		{"502 of nobody", jsonAccess(502, "0.001", ""), ""},
		{"503 of nobody", jsonAccess(503, "0.000", `,"upstream_addr":"-"`), "ingress_no_endpoints weak"},
	}
}

// gateBorders are the limits of what shut a gate.
func gateBorders() []border {
	return []border{
		{"answered none", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "no_endpoints"},
		{"answered none, then some in a second", gateLog(sayGate{0, none()}, sayGate{1000, adds}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "failfast_unexplained"},
		{"answered none, then some later", gateLog(sayGate{0, none()}, sayGate{1001, adds}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "no_endpoints"},
		{"answered some before none", gateLog(sayGate{-1, adds}, sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "no_endpoints"},
		{"answered none 4 s before", gateLog(sayGate{0, none()}, sayGate{4000, enter("3s")}, sayGate{4001, fails}), "no_endpoints"},
		{"answered none more before", gateLog(sayGate{0, none()}, sayGate{4001, enter("3s")}, sayGate{4002, fails}), "failfast_unexplained"},
		{"answered some with none", gateLog(sayGate{0, none()}, sayGate{0, adds}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "failfast_unexplained"},
		{"a gate that nothing says of", gateLog(sayGate{0, none()}, sayGate{3001, fails}), "no_endpoints"},
		{"a gate without its wait", gateLog(sayGate{0, none()}, sayGate{3000, strings.TrimSuffix(enters, " after %s")}, sayGate{3001, fails}), "no_endpoints"},
		{"a gate that failed nothing", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}), "no_endpoints"},
		{"20 ms after the gate", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3020, fails}), "no_endpoints"},
		{"more than that after the gate", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3021, fails}), "no_endpoints×2"},
		{"as near to the wait", gateLog(sayGate{500, unreached("Connection refused (os error 111)")}, sayGate{1500, unreached("connect timed out after 1s")}, sayGate{4000, enter("3s")}, sayGate{4001, fails}), "connect_refused×2 connect_timeout"},
		{"the gate stays shut", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}, sayGate{40000, fails}), "no_endpoints×2"},
		{"the application's gate", gateLog(sayGate{0, none()}, sayGate{1000, enter("1s")}, sayGate{1001, fails}), "inbound_unavailable"},
		{"ten seconds' gate", gateLog(sayGate{0, none()}, sayGate{10000, enter("10s")}, sayGate{10001, fails}), "no_endpoints"},
		{"refused before none", gateLog(sayGate{0, unreached("Connection refused (os error 111)")}, sayGate{10, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "no_endpoints connect_refused"},
		{"the one at the wait", gateLog(sayGate{0, unreached("Connection refused (os error 111)")}, sayGate{2000, unreached("connect timed out after 1s")}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "connect_refused×2 connect_timeout"},
		{"the later one at the wait", gateLog(sayGate{0, unreached("Connection refused (os error 111)")}, sayGate{990, unreached("connect timed out after 1s")}, sayGate{4000, enter("3s")}, sayGate{4001, fails}), "connect_timeout×2 connect_refused"},
		{"shed behind the gate", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}, sayGate{13001, sheds}), "no_endpoints×2"},
		{"limited behind the gate", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}, sayGate{4000, limited}), "overload no_endpoints"},
		{"shed later", gateLog(sayGate{0, none()}, sayGate{3000, enter("3s")}, sayGate{3001, fails}, sayGate{13002, sheds}), "overload no_endpoints"},
		{"shed before the gate", gateLog(sayGate{0, none()}, sayGate{1000, sheds}, sayGate{3000, enter("3s")}, sayGate{3001, fails}), "no_endpoints×2"},
	}
}

// codesOf are the diagnoses of a case in the order of their first letter but for how
// they rank: code, how often, and that it is weak.
func codesOf(c *correlate.Case) string {
	var out []string
	for _, f := range c.Findings {
		if f.Diagnosis == "" || f.Diagnosis == "control_plane_rollout" && f.Severity < correlate.Warning || f.Diagnosis == "pod_termination" && len(c.Findings) > 1 {
			continue
		}
		s := f.Diagnosis
		if f.Count > 1 {
			s += fmt.Sprintf("×%d", f.Count)
		}
		if f.Confidence == correlate.Low {
			s += " weak"
		}
		if f.Diagnosis == "control_plane_rollout" {
			s += " warning"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// What lies just within a limit is filed under what it is held against, and what lies
// just beyond it is not.
func TestBorders(t *testing.T) {
	for _, x := range slices.Concat(borders(), knobBorders(), gateBorders()) {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := judged(t, x.dump.inputs()...)
			if got := codesOf(c); got != x.want {
				t.Errorf("%q, want %q;%s", got, x.want, titles(c))
			}
		})
	}
}
