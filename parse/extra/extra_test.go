package extra

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

func read(t *testing.T, text string) *parse.Capture {
	t.Helper()
	return parsetest.Read(t, parsetest.Text("x", text), Formats(), nil, parse.Options{})
}

// A knob is quoted as the line in which it stands, up to its value, and not more of a
// long one than is shown.
func TestPlacesOfConfig(t *testing.T) {
	const head = `{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump"},` + "\n"
	long := strings.Repeat(" ", 500) + `{"cluster":{"name":"web","connect_timeout":"10s"}},`
	text := head + long + "\n\n" + `  {"routes":[{"name":"r","timeout":"15s"}]}]}`
	c := read(t, text)
	var got []string
	for _, f := range c.Facts {
		if c.Name(f.Key) == FactKnob {
			got = append(got, fmt.Sprintf("%d %s", f.Ref.Line, strings.TrimLeft(text[f.Ref.Off:f.Ref.Off+int64(f.Ref.Len)], " ")))
			if f.Ref.Len > widest {
				t.Errorf("%d bytes are quoted", f.Ref.Len)
			}
		}
	}
	want := []string{`2 {"cluster":{"name":"web","connect_timeout":"10s"`, `4 {"routes":[{"name":"r","timeout":"15s"`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// stated lists the facts of a key as "subject: value".
func stated(c *parse.Capture, key string) (out []string) {
	for _, f := range c.Facts {
		if c.Name(f.Key) == key {
			out = append(out, c.Name(f.Subject)+": "+c.Name(f.Value))
		}
	}
	return out
}

func TestClusters(t *testing.T) {
	c := read(t, `outbound|80||web.shop::observability_name::outbound|80||web.shop
outbound|80||web.shop::default_priority::max_connections::4294967295
outbound|80||web.shop::default_priority::max_pending_requests::7
outbound|80||web.shop::10.0.0.1:80::cx_active::0
outbound|80||web.shop::10.0.0.1:80::rq_error::2
outbound|80||web.shop::10.0.0.1:80::health_flags::/failed_outlier_check
outbound|80||web.shop::10.0.0.2:80::health_flags::healthy
outbound|80||web.shop::[2001:db8::1]:80::rq_timeout::1
`)
	if c.Sources[0].Format != "envoy-clusters" || c.Sources[0].Counts.Unparsed > 0 {
		t.Fatalf("%q %v", c.Sources[0].Format, c.Sources[0].Problems)
	}
	want := []string{"outbound|80||web.shop: 10.0.0.1:80 rq_error 2", "outbound|80||web.shop: 10.0.0.1:80 health_flags /failed_outlier_check"}
	if got := stated(c, FactHost); len(got) < 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%q", got)
	}
	if got := stated(c, FactKnob); len(got) != 1 || got[0] != "outbound|80||web.shop: default_priority max_pending_requests 7" {
		t.Errorf("%q", got)
	}
}

func TestConfig(t *testing.T) {
	c := read(t, `{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump","dynamic_active_clusters":[
{"cluster":{"name":"web","connect_timeout":"10s","outlier_detection":{"consecutive_5xx":5}}},{"cluster":{"name":"web","connect_timeout":"10s"}}]},
{"routes":[{"name":"r","route":{"cluster":"web","timeout":"15s","retry_policy":{"num_retries":2}}}]}]}`)
	want := []string{"web: connect_timeout 10s", "web: consecutive_5xx 5", "web: timeout 15s", "web: num_retries 2"}
	if got := stated(c, FactKnob); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%q", got)
	}
	if c := read(t, `{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.X","a":`+strings.Repeat("[", 10000)); c.Sources[0].Format != "envoy-config" || len(c.Sources[0].Problems) == 0 {
		t.Errorf("a hostile one: %v", c.Sources[0].Problems)
	}
}

func TestAnalyze(t *testing.T) {
	c := read(t, `Info [IST0102] (Namespace quarry) The namespace is not enabled for Istio injection.
Warning [IST0118] (Service shop/web) Port name app doesn't follow the naming convention.
Error [IST0101] (VirtualService shop/web routes.yaml:12) Referenced host not found: "gone"
`)
	if c.Events() != 2 || c.Sources[0].Counts.Unparsed > 0 {
		t.Fatalf("%d events, %v", c.Events(), c.Sources[0].Problems)
	}
	if e := c.Streams[0].Events[1]; c.Name(e.Target) != "shop/virtualservice/web" || c.Name(e.Fact) != "IST0101" || e.Severity != parse.Error {
		t.Errorf("%s %s %v", c.Name(e.Target), c.Name(e.Fact), e.Severity)
	}
	for _, line := range []string{"Error from server", "Error [IST", "Warning [IST0118] no object", "Info about istio"} {
		if c := read(t, line+"\n"); c.Events() > 0 {
			t.Errorf("%q is taken", line)
		}
	}
}

func TestNamed(t *testing.T) {
	for text, want := range map[string]string{
		"<!DOCTYPE html>\n<html></html>": "unneeded", "<html>": "unneeded", "-----BEGIN CERTIFICATE-----\nx": "unneeded",
		"a < b\n": "", "<13>Mar  4 09:20:00 x y: z\n": "", `{"ulid":"x","minTime":1,"maxTime":2,"stats":{}}`: "tsdb-meta",
	} {
		if c := read(t, text); c.Sources[0].Format != want {
			t.Errorf("%q: %q, want %q", text, c.Sources[0].Format, want)
		}
	}
}
