package extra

import (
	"fmt"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A flow that was dropped and a response of 5xx are events, in both forms.
func TestHubble(t *testing.T) {
	const ends = `"source":{"namespace":"shop","pod_name":"cart-1"},"destination":{"namespace":"shop","pod_name":"web-1"},"l4":{"TCP":{"source_port":40000,"destination_port":8080}}`
	flow := func(rest string) string {
		return `{"flow":{"time":"2024-03-01T13:00:01.123456789Z",` + rest + `},"node_name":"node-1","time":"2024-03-01T13:00:01.123456789Z"}`
	}
	const compact = "Mar  1 13:00:01.126: shop/cart-1:40000 (ID:1) "
	for text, want := range map[string]string{
		flow(`"verdict":"DROPPED","drop_reason_desc":"POLICY_DENIED",` + ends):                                                        "proxy.denied shop/web-1:8080 POLICY_DENIED 0 0s",
		flow(`"verdict":"DROPPED","drop_reason_desc":"CT_MAP_INSERTION_FAILED",` + ends):                                              "proxy.tcp_failed shop/web-1:8080 CT_MAP_INSERTION_FAILED 0 0s",
		flow(`"verdict":"FORWARDED",` + ends):                                                                                         "other",
		flow(`"verdict":"FORWARDED",` + ends + `,"l7":{"type":"RESPONSE","latency_ns":"3000000","http":{"code":503,"method":"GET"}}`): "ingress.response shop/cart-1:40000  503 3ms",
		flow(`"verdict":"FORWARDED",` + ends + `,"l7":{"type":"REQUEST","http":{"method":"GET"}}`):                                    "other",
		compact + "<- shop/web-1:8080 (ID:2) http-response FORWARDED (HTTP/1.1 503 3ms (GET http://web/x))":                           "ingress.response shop/web-1:8080  503 3ms",
		compact + "<- shop/web-1:8080 (ID:2) http-response FORWARDED (HTTP/1.1 200 3ms (GET http://web/x))":                           "other",
		compact + "<> shop/web-1:8080 (ID:2) Policy denied DROPPED (TCP Flags: SYN)":                                                  "proxy.denied shop/web-1:8080 Policy denied 0 0s",
		compact + "<> shop/web-1:8080 (ID:2) policy-verdict:none INGRESS DENIED (TCP Flags: SYN)":                                     "other",
		"Mar  1 13:00:01.126: a line of another log":                                                                                  "not mine",
		`{"verdict":"guilty","time":"yesterday"}`:                                                                                     "not mine",
		`{"flow":"DROPPED"}`:                  "not mine",
		"Mar  1 13:00:01 node kernel: x -> y": "not mine",
	} {
		b := parse.NewBatch(false, false)
		got := "not mine"
		switch v := Hubble.Line(&parse.Line{Text: []byte(text), No: 1}, b); {
		case v == parse.Other:
			got = "other"
		case v == parse.Took && len(b.Events) == 1:
			e := b.Events[0]
			got = fmt.Sprintf("%s %s %s %v %s", e.Kind, b.Names.Text(e.Target), b.Names.Text(e.Fact), e.Value, e.Lasted)
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func FuzzHubble(f *testing.F) { parsetest.FuzzLine(f, Hubble) }
