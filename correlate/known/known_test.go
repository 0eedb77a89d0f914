package known

import (
	"strings"
	"testing"
	"time"
)

func TestParseRelease(t *testing.T) {
	for text, want := range map[string]string{
		"stable-2.14.8": "2.14.8",
		"2.10.2":        "2.10.2",
		"v2.14.10":      "2.14.10",
		"cr.l5d.io/linkerd/controller:stable-2.12.6": "2.12.6",
		"edge-24.2.2":     "edge-24.2.2",
		"24.2.2":          "edge-24.2.2",
		"to 2.14.9.":      "2.14.9",
		"1.16.10":         "",
		"10.244.0.12":     "",
		"release 2.210.4": "", // a proxy's
		"nothing":         "",
		"edge-24.13.1":    "",
	} {
		got, ok := ParseRelease(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q is %v, want %q", text, got, want)
		}
	}
}

func release(t *testing.T, text string) Release {
	t.Helper()
	r, ok := ParseRelease(text)
	if !ok {
		t.Fatalf("%q is no release", text)
	}
	return r
}

func TestFixesByRelease(t *testing.T) {
	has := map[string]string{ // of the fixes for Servers
		"2.14.8": "", "2.14.9": "#11907", "2.14.10": "#11907#12017", "2.10.2": "", "2.15.0": "#11907#12017#12040",
		"2.16.0": "#11907#12017#12040#12013", "edge-24.1.1": "#11907", "edge-24.2.1": "#11907#12017", "edge-24.3.3": "#11907#12017#12040",
		"2.20.0": "#11907#12017#12040#12013", "2.13.7": "",
	}
	for text, want := range has {
		got := ""
		for _, f := range Fixes {
			if f.Servers && f.In(release(t, text)) {
				got += f.Change
			}
		}
		if got != want {
			t.Errorf("%s has %q, want %q", text, got, want)
		}
	}
}

func TestPopStallVisibility(t *testing.T) {
	for _, c := range []struct {
		release, level string
		want           Visibility
	}{
		{"2.10.2", "", Silent}, {"2.10.2", "debug", Silent}, {"2.14.5", "", Debug}, {"2.14.5", "debug", Visible},
		{"2.14.6", "info", Visible}, {"2.14.8", "", Visible}, {"2.14.8", "warn", Silent}, {"2.18.0", "error", Silent},
		{"2.20.0", "", Visible}, {"edge-26.8.3", "", Silent}, {"edge-23.11.2", "", Debug}, {"edge-23.12.1", "", Visible},
	} {
		if v, why := PopStalls(release(t, c.release), c.level); v != c.want || why == "" {
			t.Errorf("%s at %q: %d (%s), want %d", c.release, c.level, v, why, c.want)
		}
	}
	if v, _ := PopStalls(Release{}, ""); v != Unknown {
		t.Errorf("of no release: %d", v)
	}
}

func TestReleasesOrder(t *testing.T) {
	order := []string{"2.10.2", "2.14.8", "2.14.9", "2.15.0", "edge-24.3.4", "2.16.0", "2.20.0", "edge-26.8.3"}
	for i := 1; i < len(order); i++ {
		if release(t, order[i-1]).Compare(release(t, order[i])) >= 0 {
			t.Errorf("%s is not before %s", order[i-1], order[i])
		}
	}
	if !release(t, "edge-21.8.1").Before(11) || release(t, "edge-21.9.5").Before(11) {
		t.Error("2.11 was cut from edge-21.9.5")
	}
}

func TestProxyReleases(t *testing.T) {
	for version, want := range map[string]string{"2.210.4": "2.14.0", "v2.141.1": "2.10.0", "2.161.5": "2.11.0", "2.366.0": "2.20.0", "2.99.0": ""} {
		if got, ok := ReleaseOfProxy(version); ok != (want != "") || ok && got.String() != want {
			t.Errorf("%s is of %v, want %q", version, got, want)
		}
	}
}

// What each release does at a resync, and which proxy answers what: linkerd2
// #11334 (edge-23.9.4), #12017 (edge-24.2.1), #7184; linkerd2-proxy #3302.
func TestFactsByRelease(t *testing.T) {
	for text, want := range map[string][3]bool{ // watches Servers, storms, is calm
		"2.10.2": {false, false, false}, "2.11.1": {false, false, false}, "2.11.2": {true, false, false}, "2.13.6": {true, false, false}, "2.14.1": {true, false, false},
		"2.14.2": {true, true, false}, "2.14.9": {true, true, false}, "2.14.10": {true, false, true}, "2.15.0": {true, false, true},
		"edge-23.9.3": {true, false, false}, "edge-23.9.4": {true, true, false}, "edge-24.1.3": {true, true, false}, "edge-24.2.1": {true, false, true}, "edge-26.8.3": {true, false, true},
	} {
		r := release(t, text)
		if got := [3]bool{WatchesServers(r), Storms(r), IsCalm(r)}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string][4]int{ // failfast, other: HTTP and gRPC
		"2.10.2": {503, 14, 502, 13}, "2.11.0": {504, 14, 500, 13}, "2.14.8": {504, 14, 500, 13}, "2.16.0": {504, 14, 500, 13}, "2.17.0": {504, 4, 500, 13}, "edge-26.8.3": {504, 4, 500, 13},
	} {
		r := release(t, text)
		failfast, other := Statuses[0].Of(r), Statuses[3].Of(r)
		if got := [4]int{failfast[0], failfast[1], other[0], other[1]}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if IdentityQPS.In(release(t, "2.14.5")) || !IdentityQPS.In(release(t, "2.14.6")) {
		t.Error("the identity controller's rate came in 2.14.6")
	}
	for _, f := range Fixes {
		if f.Change == IdentityQPS.Change {
			t.Error("#11644 reaches identity only, and is no fix of the destination")
		}
	}
}

// The words of an error decide where a call ended, the innermost first.
func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"dial tcp 10.0.0.1:443: connect: connection refused":                                                                   "connect_refused",
		"dial tcp 10.0.0.1:443: i/o timeout":                                                                                   "connect_timeout",
		"dial tcp: i/o timeout":                                                                                                "dns_failure",
		"dial tcp: lookup api.shop on 10.96.0.10:53: no such host":                                                             "dns_failure",
		"dial tcp: lookup api.shop on 10.96.0.10:53: read udp 10.0.0.2:4->10.96.0.10:53: i/o timeout":                          "dns_failure",
		"connect timed out after 1s":                                                                                           "connect_timeout",
		"Connection refused (os error 111)":                                                                                    "connect_refused",
		"No route to host (os error 113)":                                                                                      "no_route_to_host",
		"Cannot assign requested address (os error 99)":                                                                        "kernel_table_full",
		"x509: certificate has expired or is not yet valid: current time 2026-03-30T06:00:07Z is after":                        "certificate_expiry",
		"x509: certificate signed by unknown authority":                                                                        "tls_mismatch",
		"invalid peer certificate: UnknownIssuer":                                                                              "tls_mismatch",
		"received corrupt message of type InvalidContentType":                                                                  "tls_mismatch",
		"etcdserver: request timed out":                                                                                        "etcd_slow",
		"pods is forbidden: User \"system:serviceaccount:a:b\" cannot list resource \"pods\"":                                  "rbac_denied",
		"Waited for 1.2s due to client-side throttling, not priority and fairness":                                             "api_client_throttled",
		"client rate limiter Wait returned an error: context deadline exceeded":                                                "api_client_throttled",
		"failed calling webhook \"linkerd-proxy-injector.linkerd.io\": Post \"https://x\": dial tcp 10.1.1.1:443: i/o timeout": "webhook_failed",
		"found conflicting 10.42.9.77 IP on the pod network: batch:a,shop:b":                                                   "conflicting_ip",
		"service in fail-fast":                                                                                                 "failfast_unexplained",
		"http2 error: keep-alive timed out":                                                                                    "h2_ping_timeout",
		"connection closed before message completed":                                                                           "upstream_closed",
		"HTTP response timeout after 10s":                                                                                      "route_timeout",
		"forbidden TCP route":                                                                                                  "undefined_port",
		"everything is fine":                                                                                                   "",
	} {
		if w, ok := WordOf(text); ok != (want != "") || w.Code != want {
			t.Errorf("%q says %q, want %q", text, w.Code, want)
		}
	}
}

// Durations name the knob of the product that was seen, and no other's.
func TestKnobs(t *testing.T) {
	for _, c := range []struct {
		product, code string
		d             time.Duration
		want          string
		tries         int
	}{
		{"nginx", "", 15002 * time.Millisecond, "proxy-connect-timeout", 3}, {"nginx", "", 60 * time.Second, "proxy-read-timeout", 1}, {"nginx", "", 30 * time.Second, "", 0},
		{"haproxy", "connect_timeout", 20 * time.Second, "timeout connect, 4 tries", 4}, {"envoy", "", 15 * time.Second, "the cluster's connect_timeout", 3},
		{"traefik", "", 30010 * time.Millisecond, "forwardingTimeouts.dialTimeout", 1}, {"traefik", "", 15 * time.Second, "", 0}, {"", "client_closed", 100 * time.Second, "Cloudflare's limit of 100 s for an origin (524)", 1},
	} {
		knobs, tries := KnobsOf(c.product, c.code, c.d)
		if c.want == "" && len(knobs) == 0 {
			continue
		}
		if len(knobs) == 0 || knobs[0].Name != c.want || tries[0] != c.tries {
			t.Errorf("%s %s: %v %v, want %q × %d", c.product, c.d, knobs, tries, c.want, c.tries)
		}
	}
	if !Approx(5040*time.Millisecond, 5) || Approx(5200*time.Millisecond, 5) || !Approx(61*time.Second, 60) || Approx(62*time.Second, 60) {
		t.Error("a duration is as good as a knob within 60 ms or 2 %")
	}
}

// Of several flags the one that says most is taken; a modifier says nothing.
func TestFlags(t *testing.T) {
	for printed, want := range map[string]string{"UF,URX": "connect_refused", "URX,UF": "connect_refused", "URX": "", "UH": "ingress_no_endpoints", "UO": "overload", "UC,UO": "upstream_closed", "DC": "client_closed", "-": ""} {
		if f, _ := FlagOf(EnvoyFlags, printed); f.Code != want {
			t.Errorf("%s says %q, want %q", printed, f.Code, want)
		}
	}
	for printed, want := range map[string]string{"sC--": "connect_timeout", "SC--": "connect_refused", "sH--": "upstream_timeout", "SHVN": "upstream_closed", "CD--": "client_closed", "cD--": "client_closed", "cR--": "slow_client", "CR--": "", "----": ""} {
		if f, _ := FlagOf(HAProxyStates, printed); f.Code != want {
			t.Errorf("%s says %q, want %q", printed, f.Code, want)
		}
	}
}

func TestDeaths(t *testing.T) {
	for text, want := range map[string]string{"fatal error: concurrent map read and map write": "#12022", "thread 'main' panicked at 'period must be non-zero'": "#14954",
		"buffer's worker closed: worker must set a failure": "#14333", "panic: runtime error: index out of range": ""} {
		if c, ok := CrashOf(text); ok != (want != "") || c.Change != want {
			t.Errorf("%q is %q, want %q", text, c.Change, want)
		}
	}
	for code, want := range map[int]string{0: "ended by itself", 1: "error of its own", 95: "network validator", 101: "Rust panic", 137: "SIGKILL", 143: "SIGTERM", 130: "signal 2", 77: "error of its own"} {
		if got := ExitText(code); !strings.Contains(got, want) {
			t.Errorf("%d is %q, want %q in it", code, got, want)
		}
	}
}
