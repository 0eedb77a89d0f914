package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// A log that names nobody is of the one pod that started when it begins, or that
// has the address which it states as its own; where two pods could be meant, of
// none.
func TestAttributed(t *testing.T) {
	begin := time.Date(2024, 2, 2, 13, 16, 19, 0, time.UTC)
	const a, b = "linkerd-destination-7d4b9c6f5-mv9qd", "linkerd-destination-7d4b9c6f5-zt4wl"
	const web, cart = "web-84cd6fd9b4-2mv7n", "cart-6b7d9c5f8-hx4tq"
	pod := func(name, container, ip string, started time.Time) string {
		return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"x"},"spec":{"containers":[{"name":%q}]},"status":{"podIP":%q,
"containerStatuses":[{"name":%[2]q,"restartCount":0,"state":{"running":{"startedAt":%[4]q}}}]}}`, name, container, ip, started.Format(time.RFC3339))
	}
	list := func(pods ...string) parse.Input {
		return file("pods.json", `{"apiVersion":"v1","kind":"List","items":[`+strings.Join(pods, ",")+`]}`)
	}
	controller := func(at time.Time) string {
		return fmt.Sprintf("time=%q level=info msg=\"running version stable-2.14.8\"\ntime=%q level=info msg=\"caches synced\"\n", at.Format(time.RFC3339), at.Add(2*time.Second).Format(time.RFC3339))
	}
	later := fmt.Sprintf("time=%q level=info msg=\"going on\"\n", begin.Add(time.Hour).Format(time.RFC3339))
	proxy := func(client string) string {
		return "[    88.870253s]  INFO ThreadId(01) outbound:proxy{addr=10.96.2.10:8080}:rescue{client.addr=" + client + "}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service 10.96.2.10:8080: service unavailable\n"
	}
	stampedProxy := begin.Add(88870253*time.Microsecond).Format(time.RFC3339Nano) + " " + proxy("10.42.9.9:50784")
	destination := func(name string, at time.Time) string { return pod(name, "destination", "10.42.0.5", at) }
	for name, f := range map[string]struct {
		in   []parse.Input
		want string // pods of the streams of Untitled.txt
	}{
		"one start":      {[]parse.Input{list(destination(a, begin), destination(b, begin.Add(time.Hour))), file("Untitled.txt", controller(begin.Add(time.Second)))}, a},
		"no start":       {[]parse.Input{list(destination(a, begin)), file("Untitled.txt", controller(begin.Add(time.Minute)))}, ""},
		"before it":      {[]parse.Input{list(destination(a, begin)), file("Untitled.txt", controller(begin.Add(-3*time.Second)))}, ""},
		"two starts":     {[]parse.Input{list(destination(a, begin), destination(b, begin.Add(time.Second))), file("Untitled.txt", controller(begin.Add(time.Second)))}, ""},
		"of proxies":     {[]parse.Input{list(pod(a, "linkerd-proxy", "10.42.0.5", begin)), file("Untitled.txt", controller(begin.Add(time.Second)))}, ""},
		"two in a file":  {[]parse.Input{list(destination(a, begin), destination(b, begin.Add(-time.Hour))), file("Untitled.txt", controller(begin.Add(time.Second))+later+controller(begin.Add(-time.Hour))+later)}, a + " " + b},
		"an own address": {[]parse.Input{list(pod(web, "app", "10.42.0.6", begin), pod(cart, "app", "10.42.0.7", begin)), file("Untitled.txt", proxy("10.42.0.6:50784"))}, web},
		"an address of two": {[]parse.Input{list(pod(web, "app", "10.42.0.6", begin), pod(cart, "app", "10.42.0.6", begin)), file("Untitled.txt", proxy("10.42.0.6:50784"))},
			""},
		"addresses of two pods": {[]parse.Input{list(pod(web, "app", "10.42.0.6", begin), pod(cart, "app", "10.42.0.7", begin)), file("Untitled.txt", proxy("10.42.0.6:50784")+proxy("10.42.0.7:50784"))}, ""},
		"a client's address": {[]parse.Input{list(pod(web, "app", "10.42.0.6", begin)), file("Untitled.txt", strings.Replace(proxy("10.42.0.6:50784"), "outbound", "inbound", 1))},
			""},
		"a stamped proxy": {[]parse.Input{list(pod(web, "linkerd-proxy", "10.42.0.6", begin), pod(cart, "linkerd-proxy", "10.42.0.7", begin.Add(time.Minute))), file("Untitled.txt", stampedProxy)}, web},
		"whose is named":  {[]parse.Input{list(pod(web, "linkerd-proxy", "10.42.9.9", begin)), file("Untitled.txt", "[pod/"+cart+"/linkerd-proxy] "+stampedProxy)}, cart},
	} {
		c := judge(t, correlate.Options{}, f.in...)
		var got []string
		for s := range c.Streams {
			if c.Sources[c.Streams[s].Source].Path == "Untitled.txt" {
				got = append(got, c.Who[s].Pod)
			}
		}
		if strings.Join(got, " ") != f.want {
			t.Errorf("%s: of %q, want %q", name, got, f.want)
		}
		said := strings.Count(strings.Join(c.Limits, "\n"), "it is taken for the log of")
		if want := len(strings.Fields(f.want)); name != "whose is named" && said != want {
			t.Errorf("%s: said %d times, want %d", name, said, want)
		}
	}
}

// Two excerpts of one pod's log are of one process.
func TestExcerptsOfOneProcess(t *testing.T) {
	line := func(up float64) string {
		return fmt.Sprintf("[%12.6fs]  INFO ThreadId(01) outbound:proxy{addr=10.96.2.10:8080}:rescue{client.addr=10.42.0.6:5}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service 10.96.2.10:8080: service unavailable\n", up)
	}
	for name, f := range map[string]struct {
		a, b string
		want string
	}{
		"one pod":  {"a/web-84cd6fd9b4-2mv7n.linkerd-proxy.log", "b/web-84cd6fd9b4-2mv7n.linkerd-proxy.log", "1 process is on a clock of its own"},
		"two pods": {"a/web-84cd6fd9b4-2mv7n.linkerd-proxy.log", "b/web-84cd6fd9b4-9xkqd.linkerd-proxy.log", "2 processes are on clocks of their own"},
		"unknown":  {"a/one.log", "b/two.log", "2 processes are on clocks of their own"},
	} {
		c := judge(t, correlate.Options{}, file(f.a, line(600)), file(f.b, line(4000)))
		if got := strings.Join(c.Limits, "\n"); !strings.Contains(got, f.want) {
			t.Errorf("%s: want %q in %q", name, f.want, got)
		}
	}
}
