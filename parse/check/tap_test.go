package check

import (
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// Of tap, responses that failed are events: by status, or by gRPC's at the end.
func TestTap(t *testing.T) {
	const flow = " proxy=out src=10.0.0.1:43828 dst=10.0.0.2:8080 tls=true "
	for text, want := range map[string]string{
		"req id=103:4" + flow + ":method=GET :authority=a:80 :path=/v":               "other",
		"rsp id=103:4" + flow + ":status=504 latency=1001350µs":                      "proxy.request_failed 10.0.0.2:8080 504 1.00135s 3",
		"rsp id=103:4" + flow + ":status=503 latency=1001µs":                         "ingress.response 10.0.0.2:8080 503 1.001ms 0",
		"rsp id=103:4" + flow + ":status=200 latency=1001µs":                         "other",
		"rsp id=103:4" + flow + ":status=404 latency=1001µs":                         "other",
		"end id=103:4" + flow + "duration=37µs response-length=0B":                   "other",
		"end id=3:4" + flow + "grpc-status=Unavailable duration=2ms response-length": "ingress.response 10.0.0.2:8080 200 2ms 128",
		"end id=3:4" + flow + "grpc-status=OK duration=2ms response-length=1B":       "other",
		`{"source":{"ip":"10.0.0.1","port":43828,"metadata":{}},"destination":{"ip":"10.0.0.2","port":8080,"metadata":{"pod":"web-1"}},"routeMeta":null,"proxyDirection":"OUTBOUND","responseInitEvent":{"id":{"base":103,"stream":4},"sinceRequestInit":{"seconds":1,"nanos":1350000},"httpStatus":504,"headers":[]}}`: "proxy.request_failed 10.0.0.2:8080 504 1.00135s 3",
		`{"source":{"ip":"10.0.0.1","port":43828},"destination":{"ip":"10.0.0.2","port":8080},"proxyDirection":"INBOUND","responseEndEvent":{"id":{"base":3,"stream":4},"sinceResponseInit":{"nanos":2000000},"trailers":[{"name":"grpc-status","valueStr":"14"}],"grpcStatusCode":14}}`:                                "ingress.response 10.0.0.2:8080 200 2ms 128",
		`{"source":{"ip":"10.0.0.1","port":43828},"destination":{"ip":"10.0.0.2","port":8080},"proxyDirection":"OUTBOUND","requestInitEvent":{"id":{"base":103,"stream":4},"method":"GET","authority":"a:80","path":"/v"}}`:                                                                                             "other",
		`{"source":null,"destination":null,"proxyDirection":"OUTBOUND"}`: "", `{"proxyDirection":1}`: "",
		"rsp id=x" + flow + ":status=504": "", "rsp id=103:4 :status=504": "", "the rsp id=1:2 proxy=out :status=504": "", "end of it": "",
	} {
		b := parse.NewBatch(false, false)
		got := map[parse.Verdict]string{parse.NotMine: "", parse.Other: "other"}[tapLine(&parse.Line{Text: []byte(text), No: 1}, b)]
		for _, e := range b.Events {
			got += fmt.Sprint(e.Kind, " ", b.Names.Text(e.Target), " ", e.Value, " ", e.Lasted, " ", e.Class)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	var d parse.Detail
	tapDetail([]byte("rsp id=103:4"+flow+":status=504 latency=1001350µs"), &d)
	if got := fmt.Sprint(d.Attrs); got != "[{direction out} {client 10.0.0.1:43828} {endpoint 10.0.0.2:8080} {tls true} {status 504} {id 103:4} {tells rsp} {latency_s 1.00135}]" {
		t.Error(got)
	}
}

// The tables are named, and of gateways the one that is not alive is an event.
// Tables of kubectl and of others are theirs.
func TestTables(t *testing.T) {
	const text = `NAME          MESHED   SUCCESS      RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99   TCP_CONN
web              1/1    94.50%   2.0rps           2ms           9ms          10ms          4
idle             1/1         -        -             -             -             -          -
odd              1/1    -5.00%   2.0rps           2ms           9ms          10ms          4
odd              1/1    94.50%  -2.0rps           2ms           9ms          10ms          4
odd              1/1      NaN%   2.0rps           2ms           9ms          10ms          4
odd              1/1    94.50%   NaNrps           2ms           9ms          10ms          4
idle             1/1         -        -             -             -             -          94.50%
ROUTE           SERVICE   SUCCESS      RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99
GET /api/list       web   100.00%   1.0rps           2ms           3ms           3ms
SRC    DST    SRC_NS   DST_NS   SECURED
web    voting  emoji    emoji   √
CLUSTER  ALIVE    NUM_SVC  LATENCY
east     True           5      1ms
west     False          2        -
NAME    READY   STATUS    RESTARTS   AGE
web-0   1/1     Running   0          5m
west is False 2 ms
NAMESPACE   IP           PORT   POD   SERVICE
a - - - - - -
it is 94.50% 2.0rps of 2ms
`
	b, got := parse.NewBatch(false, false), ""
	for i, s := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		got += string("-omt"[map[parse.Verdict]int{parse.NotMine: 0, parse.Other: 1, parse.Malformed: 2, parse.Took: 3}[tableLine(&parse.Line{Text: []byte(s), No: uint32(i + 1)}, b)]])
	}
	if want := "otoooooooooooot------"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for i, want := range []string{"web success rate 94.50% of 2.0 requests a second", "west the gateway does not answer its probes"} {
		if e := b.Events[i]; e.Kind != parse.CheckFailed || b.Names.Text(e.Target)+" "+b.Names.Text(e.Fact) != want {
			t.Errorf("%+v is not %q", e, want)
		}
	}
}

func FuzzTap(f *testing.F) {
	f.Add("rsp id=103:4 proxy=out src=a dst=b tls=true :status=504 latency=1001350µs")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		b := parse.NewBatch(false, false)
		tapLine(&parse.Line{Text: []byte(text), No: 1}, b)
		var d parse.Detail
		tapDetail([]byte(text), &d)
	})
}

func FuzzTables(f *testing.F) {
	parsetest.FuzzLine(f, Tables, "web 1/1 94.50% 2.0rps 2ms 9ms 10ms 4", "idle 1/1 - - - - - -", "idle 1/1 - - - - - 94.50%", "web api shop shop √")
}
