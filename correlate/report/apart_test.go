package report_test

import (
	"strings"
	"testing"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

const (
	// timedOut is what the application behind an ingress answered late, of another
	// service than refusedAt's.
	timedOut  = `10.1.2.3 - - [07/May/2024:09:45:01 +0000] "GET /a HTTP/1.1" 504 190 "-" "curl/8" 120 60.001 [shop-pay-80] [] 10.42.0.5:8080 190 60.001 504 1f1c3e2d1a` + "\n"
	refusedAt = `2024/05/07 TIME [error] 31#31: *1200 connect() failed (111: Connection refused) while connecting to upstream, client: 10.1.1.1, server: _, request: "GET /b HTTP/1.1", upstream: "http://ADDR:8080/b", host: "shop.example.com"` + "\n"
	backedOff = `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Event","metadata":{"name":"a.1","namespace":"NS"},"involvedObject":{"kind":"Pod","namespace":"NS","name":"POD-7d9f8c6b5-x2x4q"},"reason":"BackOff","message":"Back-off restarting failed container main in pod POD-7d9f8c6b5-x2x4q_NS(8b0c2e1e-1111-4222-8333-abcdefabcdef)","source":{"component":"kubelet","host":"node-3"},"firstTimestamp":"2024-05-07T02:00:00Z","lastTimestamp":"2024-05-07TTIMEZ","count":120,"type":"Warning"}]}` + "\n"
	meshed    = `2024-05-07TTIME.000000000Z [   612.005s]  INFO ThreadId(01) outbound:proxy{addr=10.43.1.2:81}:rescue{client.addr=10.42.0.9:51000}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service shop/api.svc.cluster.local:81: service in fail-fast` + "\n"
	handedOn  = `2024-05-07TTIME.000000000Z [  2612.005s]  WARN ThreadId(01) inbound:accept{client.addr=10.42.0.9:51000}:server{port=8080}:http: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=error trying to connect: Connection refused (os error 111) client.addr=10.42.0.9:51000` + "\n"
)

// What leads has to do with the requests that fail, or is said to stand apart from
// them, with the time of its own.
func TestWhatLeadsIsConnected(t *testing.T) {
	in := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	for _, s := range []struct {
		name, lead   string
		files        []parse.Input
		says, silent string
	}{
		{"another address, hours later", "upstream_5xx", []parse.Input{file("access.log", timedOut), file("error.log", in(refusedAt, "TIME", "11:30:01", "ADDR", "10.42.0.9"))},
			"It failed at 09:45:01 UTC", "Apart"},
		{"another workload's crash loop", "upstream_5xx", []parse.Input{file("access.log", timedOut), file("events.json", in(backedOff, "NS", "other", "POD", "batch", "TIME", "09:30:00"))},
			"It failed at 09:45:01 UTC", "Apart"},
		{"the workload's own crash loop", "crash_loop", []parse.Input{file("access.log", timedOut), file("events.json", in(backedOff, "NS", "shop", "POD", "pay", "TIME", "09:30:00"))},
			"1 request to shop-pay-80 failed at 09:45:01 UTC", "Apart"},
		{"a crash loop at the time", "crash_loop", []parse.Input{file("access.log", timedOut), file("events.json", in(backedOff, "NS", "other", "POD", "batch", "TIME", "09:44:00"))},
			"1 request to shop-pay-80 failed at 09:45:01 UTC", "Apart"},
		{"as many requests to another, hours later", "inbound_unavailable", []parse.Input{file("proxy.log", in(meshed, "TIME", "10:10:12")+in(handedOn, "TIME", "18:25:00"))},
			"That was at 18:25:00 UTC on 7 May 2024. Apart from that, 1 request to shop/api:81 failed at 10:10:12 UTC", "It failed"},
		{"as many requests to another, then", "inbound_unavailable", []parse.Input{file("proxy.log", in(meshed, "TIME", "10:10:12")+in(handedOn, "TIME", "10:10:50"))},
			"1 request to shop/api:81 failed at 10:10:12 UTC", "It failed"},
	} {
		c, _ := (&example{in: s.files}).concluded(t)
		if len(c.Findings) == 0 || c.Verdict.Code != correlate.Diagnosed {
			t.Errorf("%s: %s", s.name, c.Verdict.Code)
			continue
		}
		said := strings.Join(report.Say(c, nil).Sentences(), " ")
		if c.Verdict.Diagnosis != s.lead || !strings.Contains(said, s.says) || strings.Contains(said, s.silent) {
			t.Errorf("%s: %s leads: %s", s.name, c.Verdict.Diagnosis, said)
		}
		if apart := strings.Contains(said, "Nothing that was read connects it"); apart != strings.Contains(s.says, "Apart") {
			t.Errorf("%s: how sure it is does not say whether it stands apart: %s", s.name, said)
		}
	}
}
