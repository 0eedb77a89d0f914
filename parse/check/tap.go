package check

import (
	"bytes"
	"strconv"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Tap is what `linkerd viz tap` prints, a line for the begin of a request, of its
// response, and for the end (linkerd2 viz/cmd/tap.go, renderTapEvent). Nothing in
// it has a time.
var Tap = &parse.Format{
	Name: "viz-tap",
	Doc: `output of linkerd viz tap, as text and as JSON: requests as a proxy saw them, with status and latency.
rsp id=103:4 proxy=out src=10.66.29.176:43828 dst=10.66.27.231:8080 tls=not_provided_by_service_discovery :status=504 latency=1001350µs`,
	Origin: "linkerd CLI, tap since 2.0, viz tap since 2.10 (linkerd2 viz/cmd/tap.go)",
	Role:   parse.RoleAbout, Lane: parse.LaneProxies,
	Needles: []string{"rsp id=", `"responseInitEvent"`},
	Hints:   []string{"end id=", `"responseEndEvent"`},
	Line:    tapLine,
	Detail:  tapDetail,
}

// tapped reads a line of tap: what it tells of, and its fields.
func tapped(text []byte) (what string, fields []byte, ok bool) {
	text = bytes.TrimSpace(text)
	for _, what := range []string{"req", "rsp", "end"} {
		rest, ok := bytes.CutPrefix(text, []byte(what+" id="))
		if _, n, digits := lex.Digits(rest); ok && digits && n < len(rest) && rest[n] == ':' && bytes.Contains(rest, []byte(" proxy=")) {
			return what, rest, true
		}
	}
	return "", nil, false
}

// tapField is a field's value, up to the next blank.
func tapField(fields []byte, key string) []byte {
	_, rest, ok := bytes.Cut(fields, []byte(" "+key+"="))
	if !ok {
		return nil
	}
	value, _, _ := bytes.Cut(rest, []byte{' '})
	return value
}

// tapLine makes an event of a response that failed: by its status, or by the
// gRPC status at its end. A 504 is a proxy's; who answered another, tap does not
// say. No access log is meant by either: tap shows a sample.
func tapLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := l.Text
	if text[0] == '{' {
		text = []byte(asText(text))
	}
	what, fields, ok := tapped(text)
	if !ok {
		return parse.NotMine
	}
	l.AtPrefix()
	l.Severity = parse.Info
	e := parse.Event{Kind: parse.IngressResponse, Severity: parse.Warn, Target: b.Names.Add(tapField(fields, "dst"))}
	grpc := tapField(fields, "grpc-status")
	switch status, n, digits := lex.Digits(tapField(fields, ":status")); {
	case what == "rsp" && digits && n == 3 && status >= 500:
		e.Value = float64(status)
		e.Lasted, _ = tapTook(tapField(fields, "latency"))
		if status == 504 {
			e.Kind = parse.ProxyRequestFailed
			if string(tapField(fields, "proxy")) == "out" {
				e.Class = uint8(waited(e.Lasted))
			}
		}
	case what == "end" && len(grpc) > 0 && string(grpc) != "OK":
		e.Value, e.Class = 200, parse.ClassGRPC
		e.Lasted, _ = tapTook(tapField(fields, "duration"))
	default:
		return parse.Other
	}
	b.Add(e)
	return parse.Took
}

// waited is which limit of the outbound proxy a 504 took as long as, within 2 %: to
// connect, or to find an endpoint (linkerd2-proxy linkerd/app/src/env.rs).
func waited(took time.Duration) parse.Cause {
	for _, limit := range []struct {
		after time.Duration
		cause parse.Cause
	}{{time.Second, parse.CauseConnectTimeout}, {3 * time.Second, parse.CauseFailfast}} {
		if took >= limit.after && took <= limit.after+limit.after/50 {
			return limit.cause
		}
	}
	return parse.CauseUnknown
}

// tapTook reads "1001350µs".
func tapTook(text []byte) (time.Duration, bool) { return lex.Duration(text) }

func tapDetail(text []byte, d *parse.Detail) {
	if bytes.HasPrefix(text, []byte{'{'}) {
		text = []byte(asText(text))
	}
	d.Message = string(bytes.TrimSpace(text))
	what, fields, ok := tapped(text)
	if !ok {
		return
	}
	for _, f := range []struct{ key, as string }{{"proxy", "direction"}, {"src", "client"}, {"dst", "endpoint"}, {"tls", "tls"}, {":status", "status"}, {":method", "method"},
		{":authority", "authority"}, {":path", "path"}, {"grpc-status", "grpc_status"}, {"rt_route", "route"}} {
		if v := tapField(fields, f.key); len(v) > 0 {
			d.Set(f.as, string(v))
		}
	}
	id, _, _ := bytes.Cut(fields, []byte{' '})
	d.Set("id", string(id))
	d.Set("tells", what)
	if took, ok := tapTook(tapField(fields, "latency")); ok {
		d.Set("latency_s", strconv.FormatFloat(took.Seconds(), 'g', -1, 64))
	}
}
