package rules_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/formats"
)

// noon is when the small dumps of the tests begin.
var noon = time.Date(2024, 2, 2, 12, 0, 0, 0, time.UTC)

// dump is a small case: files by name.
type dump map[string]string

func (d dump) inputs() (in []parse.Input) {
	for _, name := range slices.Sorted(maps.Keys(d)) {
		text := d[name]
		in = append(in, parse.Input{Path: name, Size: int64(len(text)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
	}
	return in
}

// stamped writes a line as kubectl logs --timestamps does.
func stamped(b *strings.Builder, at time.Time, format string, args ...any) {
	fmt.Fprintf(b, "%s %s\n", at.UTC().Format("2006-01-02T15:04:05.000000000Z"), fmt.Sprintf(format, args...))
}

// proxyLog is a stamped log of a proxy whose requests to service.shop fail at
// each of some times: before is what it says 3 s earlier, if anything.
func proxyLog(service, before string, at ...time.Time) string {
	var b strings.Builder
	up := func(t time.Time) float64 { return t.Sub(noon.Add(-time.Hour)).Seconds() }
	say := func(t time.Time, text string) { stamped(&b, t, "[%12.6fs] %s", up(t), text) }
	say(noon, " INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}: linkerd_app_core::serve: Connection closed error=x")
	for _, t := range at {
		if before != "" {
			say(t.Add(-2999*time.Millisecond), before)
		}
		say(t, " WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}: linkerd_stack::failfast: Service entering failfast after 3s")
		say(t.Add(100*time.Microsecond), " INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service "+
			service+".shop.svc.cluster.local:80: route default.http: backend default.service: service in fail-fast")
	}
	say(noon.Add(4*time.Hour), " INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}: linkerd_app_core::serve: Connection closed error=x")
	return b.String()
}

const (
	noEndpoints = " INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}: linkerd_proxy_api_resolve::resolve: No endpoints"
	refused     = " WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}:endpoint{addr=10.0.0.3:8080}: linkerd_reconnect: Failed to connect error=connect timed out after 1s"
)

// stalls is a log of a destination replica that starts at a time, with a pop
// stall at each of some times: depth and duration go round.
func stalls(started time.Time, took []time.Duration, depth []int, at ...time.Time) string {
	var b strings.Builder
	line := func(t time.Time, msg string) {
		stamped(&b, t, "time=%q level=info msg=%q", t.Format(time.RFC3339), msg)
	}
	line(started, "running version stable-2.14.8")
	line(started.Add(time.Second), "waiting for caches to sync")
	line(started.Add(2*time.Second), "caches synced")
	for i, t := range at {
		d := took[i%len(took)]
		line(t.Add(d), fmt.Sprintf("Trace[%[1]d]: \"DeltaFIFO Pop Process\" ID:shop/srv-01,Depth:%[2]d,Reason:slow event handlers blocking the queue (%[3]s) (total time: %[4]dms):\nTrace[%[1]d]: [%[5]v] [%[5]v] END\n",
			1000+i, depth[i%len(depth)], t.Format("02-Jan-2006 15:04:05.000"), d.Milliseconds(), d))
	}
	line(noon.Add(4*time.Hour), "context token using old token format")
	return b.String()
}

// each are n times, the first at begin.
func each(begin time.Time, step time.Duration, n int) (out []time.Time) {
	for i := range n {
		out = append(out, begin.Add(time.Duration(i)*step))
	}
	return out
}

// matrix is the answer of a range query: one series of a pod, a sample each
// step from noon on.
func matrix(metric, pod, more string, step time.Duration, n int, value func(i int, at time.Time) string) string {
	var b strings.Builder
	for i := range n {
		at := noon.Add(time.Duration(i) * step)
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "[%d,%q]", at.Unix(), value(i, at))
	}
	return fmt.Sprintf(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":%q,"namespace":"linkerd","component":"destination","container":"destination","pod":%q%s},"values":[%s]}]}}`,
		metric, pod, more, b.String())
}

func constant(v string) func(int, time.Time) string {
	return func(int, time.Time) string { return v }
}

// slices1 is an EndpointSlice of shop/web.
func slices1(changed time.Time, ready bool) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","metadata":{"name":"web-1","namespace":"shop","labels":{"kubernetes.io/service-name":"web"},
"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":%q}},"endpoints":[{"addresses":["10.0.0.2"],"conditions":{"ready":%t}}],"ports":[{"port":80}]}]}`, changed.Format(time.RFC3339), ready)
}

// event is an Event of a pod.
func event(namespace, pod, reason, message string, at time.Time, count int) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Event","type":"Warning","reason":%q,"count":%d,"firstTimestamp":%q,"lastTimestamp":%q,
"message":%q,"involvedObject":{"kind":"Pod","namespace":%q,"name":%q},"metadata":{"name":"%s.1","namespace":%q},"source":{"component":"kubelet","host":"n1"}}]}`,
		reason, count, at.Format(time.RFC3339), at.Format(time.RFC3339), message, namespace, pod, pod, namespace)
}

// read1 reads a dump.
func read1(t testing.TB, d dump) *parse.Capture {
	t.Helper()
	c, err := parse.Read(context.Background(), d.inputs(), formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func timeOf(ns int64) parse.Time { return parse.Time(ns) }
