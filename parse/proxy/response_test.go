package proxy

import (
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// What curl prints of an answer is one request, with the status that came and the
// proxy's words, in whatever order headers stand.
func TestResponse(t *testing.T) {
	for text, want := range map[string]string{
		"< HTTP/1.1 504 Gateway Timeout": "app.call_failed |  | fact=HTTP/1.1 504 Gateway Timeout | http=504",
		"HTTP/2 503":                     "app.call_failed |  | fact=HTTP/2 503 | http=503",
		"< HTTP/2 502 ":                  "app.call_failed |  | fact=HTTP/2 502 | http=502",
		"< l5d-proxy-error: logical service 10.43.17.9:80: service in fail-fast":      "proxy.request_failed | warn | target=10.43.17.9:80 | fact=service in fail-fast | cause=failfast",
		"L5d-Proxy-Error: endpoint 10.42.3.9:8080: Connection refused (os error 111)": "proxy.request_failed | warn | target=10.42.3.9:8080 | fact=Connection refused (os error 111) | cause=connect_refused",
		"< HTTP/1.1 200 OK":                                    "other",
		"< HTTP/1.1 404 Not Found":                             "other",
		"< content-length: 0":                                  "other",
		"> GET /504 HTTP/1.1":                                  "not mine",
		"GET / HTTP/1.1 504":                                   "not mine",
		"HTTP/1.1 504 0.003 upstream":                          "not mine",
		"HTTP/9.1 504 Gateway Timeout":                         "not mine",
		"we got HTTP/1.1 504 Gateway Timeout from the gateway": "not mine",
		"l5d-proxy-error:":                                     "not mine",
		"<html>504 Gateway Time-out</html>":                    "not mine",
	} {
		b := parse.NewBatch(false, false)
		got := "not mine"
		switch v := Response.Line(&parse.Line{Text: []byte(text), No: 1}, b); {
		case v == parse.Other:
			got = "other"
		case v == parse.Took && len(b.Events) == 1:
			got = told(b, b.Events[0])
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func FuzzResponse(f *testing.F) { parsetest.FuzzLine(f, Response) }
