package rules_test

import (
	"fmt"
	"strings"
	"testing"
)

// One page of metrics tells what most of the requests that it counts as failed failed of;
// less than half is a hint. Without failed requests, or beside a log that shows them, it
// tells nothing.
func TestOneScrape(t *testing.T) {
	const sent = "# TYPE envoy_cluster_upstream_rq counter\nenvoy_cluster_upstream_rq{envoy_response_code=\"503\",envoy_cluster_name=\"orders\"} "
	counter := func(name, labels string, value int) string {
		return fmt.Sprintf("# TYPE %s counter\n%s{%s} %d\n", name, name, labels, value)
	}
	orders := func(name string, value int) string {
		return counter("envoy_cluster_upstream_"+name, `envoy_cluster_name="orders"`, value)
	}
	for name, c := range map[string]struct {
		dump dump
		want string
	}{
		"half":        {one(sent + "80\n" + orders("rq_pending_overflow", 40)), "overload warning medium: Something refused to queue more: envoy_cluster_upstream_rq_pending_overflow of orders stands at 40 since its process started."},
		"less":        {one(sent + "81\n" + orders("rq_pending_overflow", 40)), "overload info low: Something refused to queue more: envoy_cluster_upstream_rq_pending_overflow of orders stands at 40 since its process started."},
		"of nobody":   {one(counter("response_total", `direction="outbound",status_code="504"`, 22) + counter("outbound_http_errors_total", `error="connect timeout"`, 22)), "connect_timeout warning medium: Nobody answered the attempt to connect: outbound_http_errors_total stands at 22 since its process started."},
		"none failed": {one(sent + "0\n" + orders("rq_pending_overflow", 40)), ""},
		"none at all": {one(sent + "80\n" + orders("rq_pending_overflow", 0)), ""},
		"another's":   {one(sent + "80\n" + orders("cx_connect_fail", 7) + orders("cx_connect_timeout", 7)), "connect_timeout info low: Nobody answered the attempt to connect: envoy_cluster_upstream_cx_connect_timeout of orders stands at 7 since its process started."},
		"a flag":      {one(counter("istio_requests_total", `response_code="503",response_flags="UO",destination_service_name="orders"`, 9)), "overload warning medium: Something refused to queue more: istio_requests_total of orders stands at 9 since its process started."},
		"passed on":   {one(counter("response_total", `direction="inbound",status_code="503",deployment="web"`, 9)), "upstream_5xx warning medium: The application itself answered 5xx: response_total of web stands at 9 since its process started."},
		"of lookups":  {one(counter("http_requests_total", `code="503"`, 9) + counter("coredns_dns_responses_total", `rcode="SERVFAIL"`, 90)), ""},
		"beside logs": {dump{"a.prom": sent + "80\n" + orders("rq_pending_overflow", 40), "a.log": nginxAccess(60, "504", "60.001", "10.1.0.9:80", "60.000", "504")}, ""},
	} {
		var said []string
		for _, f := range judged(t, c.dump.inputs()...).Findings {
			if f.Facets["metric"] != "" {
				said = append(said, fmt.Sprintf("%s %s %s: %s", f.Diagnosis, f.Severity, f.Confidence, f.Title))
			}
		}
		if got := strings.Join(said, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
