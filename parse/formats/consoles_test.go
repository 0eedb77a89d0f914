package formats

import (
	"fmt"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A table that a console exports of a program that no format knows is read by its
// columns, however many rows it has: they say whose each line is.
func TestConsoleTables(t *testing.T) {
	const cart = "cart-7b9c5d6f8-q2w4e"
	for name, c := range map[string]struct{ head, row, pod, node string }{
		"Kibana": {`"@timestamp","kubernetes.namespace_name","kubernetes.pod_name","kubernetes.host","log"`,
			`"May 6, 2024 @ 10:%02d:%02d.000","shop","cart-7b9c5d6f8-q2w4e","worker-7","ERROR dial tcp 10.0.0.7:8080: i/o timeout"`, cart, "worker-7"},
		"Kibana's discover": {`"Time","kubernetes.pod_name","message"`,
			`"May 6, 2024 @ 10:%02d:%02d.000","cart-7b9c5d6f8-q2w4e","ERROR dial tcp 10.0.0.7:8080: i/o timeout"`, cart, ""},
		"Datadog": {"Date,Host,Service,Status,Message",
			`2024-05-06T10:%02d:%02d.000Z,worker-7,cart,error,"dial tcp 10.0.0.7:8080: connect: connection refused"`, "", "worker-7"},
		"CloudWatch": {"@timestamp,@message,@logStream,kubernetes.pod_name",
			`2024-05-06 10:%02d:%02d.000,"ERROR dial tcp 10.0.0.7:8080: connect: connection refused",worker-7-application,cart-7b9c5d6f8-q2w4e`, cart, ""},
	} {
		for _, rows := range []int{2, 20, 150} {
			text := c.head + "\n"
			for i := range rows {
				text += fmt.Sprintf(c.row+"\n", i/60, i%60)
			}
			got := parsetest.Read(t, parsetest.Text("x.csv", text), All(), Wrappers(), parse.Options{})
			if s := got.Sources[0]; int(s.Counts.Events) != rows || s.Counts.Unparsed > 0 || len(got.Streams) != 1 {
				t.Fatalf("%s, %d rows: %d streams, %+v", name, rows, len(got.Streams), s.Counts)
			}
			if s := got.Streams[0]; got.Name(s.Pod) != c.pod || got.Name(s.Node) != c.node {
				t.Errorf("%s, %d rows: pod %q, node %q", name, rows, got.Name(s.Pod), got.Name(s.Node))
			}
		}
	}
}
