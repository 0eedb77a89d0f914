package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// proxyStarts is a stamped log of the only proxy, which starts some seconds after
// noon, serves for an hour and is stopped then.
func proxyStarts(after int) string {
	line := func(up float64, text string) string {
		at := noon.Add(time.Duration(after)*time.Second + time.Duration(up*1e9))
		return fmt.Sprintf("%s [%12.6fs] %s\n", at.Format("2006-01-02T15:04:05.000000000Z"), up, text)
	}
	return line(0.001, " INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (5a910be) by linkerd on 2023-11-22T17:01:46Z") +
		line(0.700, " INFO ThreadId(02) daemon:identity: linkerd_app: Certified identity id=cart.shop.serviceaccount.identity.linkerd.cluster.local") +
		line(1800, " INFO ThreadId(01) outbound: linkerd_app_core::serve: Connection closed error=x client.addr=10.42.0.9:4444") +
		line(3600, " INFO ThreadId(01) linkerd_signal: received SIGTERM, starting shutdown")
}

// refusedAt are calls that a program logs as refused, some seconds after noon.
func refusedAt(form string, after ...int) (out string) {
	for _, s := range after {
		at := noon.Add(time.Duration(s) * time.Second)
		switch form {
		case "go":
			out += at.Format("2006/01/02 15:04:05") + " no flags: Get \"http://flags.shop:8080/v1\": dial tcp 10.43.17.9:8080: connect: connection refused\n"
		case "java":
			out += at.Format("2006-01-02 15:04:05,000") + " ERROR [main] c.s.Flags - no flags\njava.net.ConnectException: Connection refused (Connection refused)\n\tat java.base/x.y(Z.java:1)\n"
		case "json":
			out += fmt.Sprintf("{\"level\":\"warn\",\"ts\":%d.5,\"msg\":\"no flags\",\"error\":\"connect ECONNREFUSED 10.43.17.9:8080\"}\n", at.Unix())
		case "cri":
			out += at.Format("2006-01-02T15:04:05.000000000Z") + " stderr F Error: connect ECONNREFUSED 10.43.17.9:8080\n"
		}
	}
	return out
}

// A failed call in the log of any program is never denied, and beside the log of
// its pod's proxy it is told from a target that refuses.
func TestCallsAreToldOf(t *testing.T) {
	for _, form := range []string{"go", "java", "json", "cri"} {
		for _, c := range []struct {
			name  string
			after []int
			code  string
			sure  correlate.Confidence
		}{
			{"before the proxy was ready", []int{57, 59}, "sidecar_order", correlate.High},
			{"after it had stopped", []int{3662, 3664}, "sidecar_order", correlate.High},
			{"while it ran", []int{1000, 1010}, "connect_refused", correlate.High},
		} {
			got := judged(t, dump{"proxy.log": proxyStarts(60), "app.log": refusedAt(form, c.after...)}.inputs()...)
			if got.Verdict.Code == correlate.NoFailures {
				t.Errorf("%s, %s: denied", form, c.name)
			}
			if len(got.Findings) == 0 || got.Findings[0].Diagnosis != c.code || got.Findings[0].Confidence != c.sure || got.Findings[0].Count != len(c.after) {
				t.Errorf("%s, %s: %s", form, c.name, titles(got))
			}
		}
	}
}

// An error line that an access line without an upstream tells of too is no second
// request; where nothing speaks of linkerd nothing of it is asked for, and a response
// that does not tell why it failed has the ingress' error log asked for.
func TestOneRequestOnce(t *testing.T) {
	access := "192.168.58.11 - - [02/Feb/2024:12:00:01 +0000] \"GET / HTTP/1.1\" 502 559 \"-\" \"Mozilla/5.0\" \"-\"\n"
	got := judged(t, dump{"x.log": "2024/02/02 12:00:01 [error] 184#184: *94 upstream prematurely closed connection while reading response header from upstream, client: 192.168.58.11, server: dash.test, request: \"GET / HTTP/1.1\", upstream: \"http://10.244.3.84:5601/\", host: \"dash.test\"\n" + access}.inputs()...)
	if len(got.Findings) == 0 || got.Findings[0].Count != 1 || got.Findings[0].Facets["addr"] != "10.244.3.84:5601" {
		t.Errorf("%s", titles(got))
	}
	for _, m := range got.Missing {
		if strings.Contains(m, "linkerd") {
			t.Errorf("asks for %s", m)
		}
	}
	alone := judged(t, dump{"x.log": access}.inputs()...)
	if !strings.Contains(alone.Verdict.Next, "error log of that ingress") {
		t.Errorf("next: %s", alone.Verdict.Next)
	}
}

// Without words that are known a failed call is counted all the same; what is no
// failed call is none.
func TestCallsWithoutWords(t *testing.T) {
	for text, denied := range map[string]bool{
		"2024-02-02 12:10:00,331 WARN cart http://flags:8080 said 502 Bad Gateway\n": false,
		"2024-02-02 12:10:00,331 ERROR cart cannot open the ledger\n":                true,
		"2024-02-02 12:10:00,331 INFO cart listening\n":                              true,
	} {
		got := judged(t, dump{"proxy.log": proxyStarts(60), "app.log": text}.inputs()...)
		if (got.Verdict.Code == correlate.NoFailures) != denied {
			t.Errorf("%s: %s %s", text, got.Verdict.Code, got.Verdict.Sentence)
		}
		if slices.ContainsFunc(got.Findings, func(f correlate.Finding) bool { return f.Severity >= correlate.Warning }) {
			t.Errorf("%s: %s", text, titles(got))
		}
	}
}
