package controller

import (
	"testing"
	"time"

	"faultline/parse"
)

// Requests that the API server answered: those that failed are events.
func TestAPIServer(t *testing.T) {
	const head = "I0115 10:12:44.512019      10 httplog.go:132] "
	for _, c := range []struct {
		text, target, fact string
		status             float64
		lasted             time.Duration
	}{
		{head + `"HTTP" verb="GET" URI="/api/v1/pods?limit=500" latency="1m0.001123s" userAgent="x" srcIP="10.0.0.8:1" resp=504`, "/api/v1/pods", "GET 504", 504, 60001123 * time.Microsecond},
		{head + `"HTTP" verb="POST" URI="/apis/a/b" latency="1ms" resp=429`, "/apis/a/b", "POST 429", 429, time.Millisecond},
		{head + `GET /api/v1/pods: (30.0009s) 504 [[kubectl/v1.1 x] 10.0.0.1:1234]`, "/api/v1/pods", "GET 504", 504, 30000900 * time.Microsecond},
	} {
		b := parse.NewBatch(false, false)
		if v := line(&parse.Line{Text: []byte(c.text), No: 1}, b); v != parse.Took || len(b.Events) != 1 {
			t.Errorf("%s: verdict %d, %d events", c.text, v, len(b.Events))
			continue
		}
		e := b.Events[0]
		if e.Kind != parse.APIServerResponse || e.Value != c.status || e.Lasted != c.lasted || b.Names.Text(e.Target) != c.target || b.Names.Text(e.Fact) != c.fact {
			t.Errorf("%s: %s %v %v %q %q", c.text, e.Kind, e.Value, e.Lasted, b.Names.Text(e.Target), b.Names.Text(e.Fact))
		}
	}
	for _, text := range []string{head + `"HTTP" verb="GET" URI="/x" latency="1ms" resp=200`, head + `GET /x: (1ms) 200 [x y]`, head + `GET /x: 504`, head + `get /x: (1ms) 504`} {
		b := parse.NewBatch(false, false)
		if v := line(&parse.Line{Text: []byte(text), No: 1}, b); v != parse.Other || len(b.Events) != 0 {
			t.Errorf("%s: verdict %d, %d events", text, v, len(b.Events))
		}
	}
}
