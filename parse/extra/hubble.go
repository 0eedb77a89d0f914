package extra

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Hubble are the flows that Cilium's Hubble saw: what it dropped, and the responses
// of HTTP that it parsed (cilium api/v1/flow/flow.proto, hubble pkg/printer).
var Hubble = &parse.Format{
	Name: "hubble", Role: parse.RoleAbout, Lane: parse.LaneProxies,
	Origin: "hubble observe -o json and -o compact, cilium sysdump's hubble-flows-*.json (cilium api/v1/flow/flow.proto, hubble pkg/printer), since Cilium 1.8",
	Doc: `flows that Cilium's Hubble saw, as JSON and compact: packets that were dropped, and responses of 5xx.
{"flow":{"time":"2024-03-01T13:00:01.123456789Z","verdict":"DROPPED","drop_reason_desc":"POLICY_DENIED","source":{"namespace":"shop","pod_name":"cart-1"},"destination":{"namespace":"shop","pod_name":"web-1"},"l4":{"TCP":{"source_port":40000,"destination_port":8080}}},"node_name":"node-1","time":"2024-03-01T13:00:01.123456789Z"}
Mar  1 13:00:01.126: shop/cart-1:40000 (ID:1) <- shop/web-1:8080 (ID:2) http-response FORWARDED (HTTP/1.1 503 3ms (GET http://web/x))`,
	Needles: []string{`"verdict":"DROPPED"`, " DROPPED (", "http-response FORWARDED ("},
	Hints:   []string{`"verdict":"`, " FORWARDED (", " to-endpoint ", " to-overlay "},
	Line:    flow,
	Detail:  flowDetail,
}

// seen is a flow taken apart.
type seen struct {
	at            lex.Stamp
	time          []byte
	from, to      []byte // namespace/pod:port
	verdict, drop []byte
	response      bool
	status        int
	lasted        time.Duration
	yearless      bool
}

func flow(l *parse.Line, b *parse.Batch) parse.Verdict {
	var f seen
	if ok := f.json(l.Text) || f.compact(l.Text); !ok {
		return parse.NotMine
	}
	switch {
	case l.Prefix.HasStamp:
		l.AtPrefix()
	case f.yearless:
		l.Own, l.Grain, l.Clock = parse.Time(f.at.Unix+f.at.Width/2), parse.GrainOf(f.at.Width), parse.ClockYearless
	default:
		l.Own, l.Grain, l.Clock = parse.Time(f.at.Unix+f.at.Width/2), parse.GrainOf(f.at.Width), parse.ClockWall
	}
	switch {
	case string(f.verdict) == "DROPPED" && denies(f.drop):
		b.Add(parse.Event{Kind: parse.ProxyDenied, Severity: parse.Warn, Target: b.Names.Add(f.to), Fact: b.Names.Add(f.drop)})
	case string(f.verdict) == "DROPPED":
		e := parse.Event{Kind: parse.ProxyTCPFailed, Severity: parse.Warn, Target: b.Names.Add(f.to), Fact: b.Names.Add(f.drop)}
		e.Class = uint8(parse.CauseOther)
		b.Add(e)
	case f.response && f.status >= 500:
		e := parse.Event{Kind: parse.IngressResponse, Severity: parse.Warn, Target: b.Names.Add(f.from), Value: float64(f.status)}
		e.Lasted = f.lasted
		b.Add(e)
	default:
		return parse.Other
	}
	return parse.Took
}

// denies says whether a packet was dropped for a policy.
func denies(reason []byte) bool {
	lower := bytes.ToLower(reason)
	return bytes.Contains(lower, []byte("policy")) || bytes.Contains(lower, []byte("denied"))
}

// json reads a line of -o json, whose fields are those of the flow.
func (f *seen) json(text []byte) bool {
	if !bytes.HasPrefix(text, []byte{'{'}) || !bytes.Contains(text, []byte(`"verdict":"`)) {
		return false
	}
	if inner := lex.MemberOf(text, "flow"); len(inner) > 0 && inner[0] == '{' {
		text = inner
	}
	f.verdict, f.time = lex.Unquote(lex.MemberOf(text, "verdict")), lex.Unquote(lex.MemberOf(text, "time"))
	var n int
	var ok bool
	if f.at, n, ok = lex.RFC3339(f.time); !ok || n != len(f.time) || len(f.verdict) == 0 {
		return false
	}
	ports := lex.MemberOf(lex.MemberOf(text, "l4"), "TCP")
	f.from = endOf(lex.MemberOf(text, "source"), lex.MemberOf(ports, "source_port"))
	f.to = endOf(lex.MemberOf(text, "destination"), lex.MemberOf(ports, "destination_port"))
	f.drop = lex.Unquote(lex.MemberOf(text, "drop_reason_desc"))
	l7 := lex.MemberOf(text, "l7")
	f.response = string(lex.MemberOf(l7, "type")) == `"RESPONSE"`
	code, _, _ := lex.Digits(lex.MemberOf(lex.MemberOf(l7, "http"), "code"))
	f.status = int(code)
	took, _, _ := lex.Digits(lex.Unquote(lex.MemberOf(l7, "latency_ns")))
	f.lasted = time.Duration(took)
	return true
}

// endOf names one end of a flow.
func endOf(of, port []byte) (out []byte) {
	out = append(out, lex.Unquote(lex.MemberOf(of, "namespace"))...)
	if pod := lex.Unquote(lex.MemberOf(of, "pod_name")); len(pod) > 0 {
		out = append(append(out, '/'), pod...)
	}
	if len(port) > 0 && len(out) > 0 {
		out = append(append(out, ':'), port...)
	}
	return out
}

// compact reads a line of -o compact:
//
//	Mar  1 13:00:01.123: shop/cart-1:40000 (ID:1) <> shop/web-1:8080 (ID:2) Policy denied DROPPED (TCP Flags: SYN)
func (f *seen) compact(text []byte) bool {
	stamp, rest, ok := bytes.Cut(text, []byte(": "))
	if !ok || len(stamp) != len("Mar  1 13:00:01.123") {
		return false
	}
	at, err := time.Parse(time.StampMilli, string(stamp))
	if err != nil {
		return false
	}
	f.time, f.yearless = stamp, true
	f.at = lex.Stamp{Unix: int64(at.Sub(time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC))), Width: lex.Second / 1000}
	var arrow []byte
	f.from, rest = end(rest)
	arrow, rest, _ = bytes.Cut(rest, []byte{' '})
	f.to, rest = end(rest)
	switch string(arrow) {
	case "->", "<>":
	case "<-":
		f.from, f.to = f.to, f.from
	default:
		return false
	}
	head, summary, ok := bytes.Cut(rest, []byte(" ("))
	for _, v := range []string{"FORWARDED", "DROPPED", "ERROR", "AUDIT", "REDIRECTED", "TRACED", "TRANSLATED", "DENIED", "ALLOWED"} {
		if reason, found := bytes.CutSuffix(head, []byte(v)); found && ok {
			f.verdict, f.drop = []byte(v), bytes.TrimSpace(reason)
			f.response = string(f.drop) == "http-response"
			f.answered(summary)
			return true
		}
	}
	return false
}

// answered reads "HTTP/1.1 503 3ms (GET http://web/x)".
func (f *seen) answered(summary []byte) {
	_, rest, ok := bytes.Cut(summary, []byte{' '})
	status, n, digits := lex.Digits(rest)
	if !f.response || !ok || !digits || n != 3 {
		return
	}
	f.status = int(status)
	took, _, _ := bytes.Cut(bytes.TrimLeft(rest[n:], " "), []byte{' '})
	f.lasted, _ = lex.Duration(took)
}

// end takes one end of a flow off, with the identity behind it.
func end(text []byte) (name, rest []byte) {
	name, rest, _ = bytes.Cut(text, []byte{' '})
	if bytes.HasPrefix(rest, []byte("(")) {
		_, rest, _ = bytes.Cut(rest, []byte(") "))
	}
	return name, rest
}

func flowDetail(text []byte, d *parse.Detail) {
	var f seen
	if !f.json(text) && !f.compact(text) {
		return
	}
	d.RawTime, d.Message = string(f.time), string(f.verdict)
	for _, a := range []struct {
		key   string
		value []byte
	}{{"source", f.from}, {"destination", f.to}, {"reason", f.drop}} {
		if len(a.value) > 0 {
			d.Set(a.key, string(a.value))
		}
	}
}
