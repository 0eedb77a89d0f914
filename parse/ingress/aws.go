package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// AWS are the access logs of Amazon's load balancers, of API Gateway in JSON and of
// S3 (s3.go) (docs.aws.amazon.com: "Access logs for your
// Application Load Balancer", "Access logs for your Classic Load Balancer",
// "Variables for access logging for API Gateway").
var AWS = &parse.Format{
	Name: "aws",
	Doc: `access log of Amazon's load balancers, Application and Classic, also as JSON, and Network's of TLS connections; of API Gateway in JSON, and of S3. A load balancer's line is written at the end of a request, API Gateway's and S3's name its beginning.
https 2023-03-08T12:06:10.120400Z app/k8s-web-shop/0123456789abcdef 198.51.100.9:2210 10.9.8.249:31130 0.001 -1 -1 504 - 420 202 "POST https://shop.example:443/api/orders HTTP/1.1" "okhttp/4.9.3" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/k8s-web-shop-347a67d9c6/f138b1630cf46114 "Root=1-64087a34-1b7f18347fcdb5bd15739001" "shop.example" "-" 1 2023-03-08T12:05:40.117000Z "forward" "-" "-" "10.9.8.249:31130" "-" "-" "-"
2015-05-13T23:42:43.945958Z my-loadbalancer 198.51.100.39:2819 10.0.0.1:80 0.000073 -1 -1 504 0 0 0 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -
tls 2.0 2024-02-02T13:22:31 net/shop/c6e77e28c25b2234 g3d4b5e8bb8464cd 198.51.100.9:51341 - 12 - 0 0 40 arn:aws:acm:eu-west-1:123456789012:certificate/2a1 - - - - shop.example - - - 2024-02-02T13:22:30
79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be shop-media [02/Feb/2024:13:22:31 +0000] 198.51.100.9 - 3E57427F3EXAMPLE REST.GET.OBJECT a.png "GET /a.png HTTP/1.1" 503 SlowDown 113 - 7 - "-" "curl/8.5.0" - x= SigV4 - AuthHeader shop-media.s3.eu-west-1.amazonaws.com TLSv1.3 - -`,
	Origin: "Amazon's load balancers, API Gateway and S3 (docs.aws.amazon.com, access logs)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Needles: []string{":targetgroup/", " -1 -1 ", `"integration`, `"responseLatency"`},
	Hints:   append([]string{string(elbStatus), "tls 2.0 ", " SlowDown ", " InternalError ", " ServiceUnavailable ", " Failed:"}, signs[productAmazon].keys...),
	Line:    awsLine,
	Detail:  alike(productAmazon.unitOf, awsDetail),
}

// statusALBClientGone is what an Application Load Balancer prints when the
// client left before the answer.
const statusALBClientGone = 460

// balanced is a line of a load balancer taken apart.
type balanced struct {
	kind, time, name     []byte // kind is an ALB's
	client, target       []byte
	requestTime          []byte // -1: it was not sent, or the client left
	targetTime           []byte // -1: no answer came
	responseTime         []byte
	code, targetCode     []byte
	received, sent       []byte
	request, agent       []byte
	group, trace, domain []byte
	created              []byte
	actions, reason      []byte
	stamp                lex.Stamp
	status               int
}

// kinds are what the line of an Application Load Balancer begins with.
func albKind(b []byte) bool {
	switch string(b) {
	case "http", "https", "h2", "grpcs", "ws", "wss":
		return true
	}
	return false
}

func awsLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	for _, read := range []func(*parse.Line, *parse.Batch) parse.Verdict{s3Line, nlbLine, joiningLine} {
		if v := read(l, b); v != parse.NotMine {
			return v
		}
	}
	var a balanced
	var s shape
	if l.Text[0] != '{' {
		s = a.read(l.Text)
	} else if v := productAmazon.read(l, b); v != parse.NotMine {
		return v
	} else {
		s = a.object(l.Text)
	}
	if s != whole {
		return s.verdict()
	}
	ended(l, a.stamp, 0)
	if a.status < firstError && a.status != statusALBClientGone && !notable(a.status) {
		answered(b, a.target, a.lasted())
		return parse.Other
	}
	r := response{status: a.status, lasted: a.lasted(), target: first(a.target, a.groupName(), a.domain, authority(a.url())), cause: a.cause(),
		id:  bytes.TrimPrefix(a.trace, []byte("Root=")),
		hop: hop{state: a.actions, details: a.reason, upstream: a.target, status: a.targetCode, client: a.client}}
	if string(r.hop.status) == "0" { // a Classic one's word for none
		r.hop.status = []byte{'-'}
	}
	if len(r.hop.state) == 0 {
		r.hop.state = []byte("forward") // a Classic one does nothing else
	}
	if has(a.requestTime, "-1") {
		r.hop.connect = []byte{'-'}
	}
	return r.verdict(b)
}

// read takes a line apart.
func (a *balanced) read(b []byte) shape {
	first, rest := word(b)
	if albKind(first) {
		a.kind = first
		first, rest = word(rest)
	}
	s, n, ok := lex.RFC3339(first)
	if !ok || !s.Zoned || n != len(first) || s.Width > 1000 { // both print microseconds
		return other
	}
	a.stamp, a.time = s, first
	for _, to := range []*[]byte{&a.name, &a.client, &a.target, &a.requestTime, &a.targetTime, &a.responseTime, &a.code,
		&a.targetCode, &a.received, &a.sent} {
		*to, rest = word(rest)
	}
	if bytes.IndexByte(a.client, ':') < 0 || !timer(a.requestTime) || !timer(a.targetTime) || !timer(a.responseTime) {
		return other
	}
	if a.status, ok = status(a.code); !ok || !numeric(a.sent) || !has(rest, `"`) {
		return cut
	}
	a.request, rest = quoted(rest)
	a.agent, rest = quoted(rest)
	if a.kind == nil {
		return whole
	}
	_, rest = word(rest)
	_, rest = word(rest)
	a.group, rest = word(rest)
	a.trace, rest = quoted(rest)
	a.domain, rest = quoted(rest)
	_, rest = quoted(rest)
	_, rest = word(rest)
	a.created, rest = word(rest)
	a.actions, rest = quoted(rest)
	_, rest = quoted(rest)
	a.reason, _ = quoted(rest)
	return whole
}

// timer says whether a word is seconds, or the -1 of a time that is not known.
func timer(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte{'-'})
	whole, part, _ := bytes.Cut(b, []byte{'.'})
	return numeric(whole) && (len(part) == 0 || numeric(part))
}

// lasted is from the request's arrival to the end, or the sum of its times, 0
// where one of them is not known.
func (a *balanced) lasted() time.Duration {
	if s, n, ok := lex.RFC3339(a.created); ok && n == len(a.created) && s.Unix <= a.stamp.Unix {
		return time.Duration(a.stamp.Unix - s.Unix)
	}
	var sum time.Duration
	for _, t := range [][]byte{a.requestTime, a.targetTime, a.responseTime} {
		if has(t, "-") {
			return 0
		}
		sum += duration(t, time.Second)
	}
	return sum
}

// groupName is the target group's name in its ARN.
func (a *balanced) groupName() []byte {
	_, name, ok := bytes.Cut(a.group, []byte(":targetgroup/"))
	if !ok {
		return nil
	}
	name, _, _ = bytes.Cut(name, []byte{'/'})
	return name
}

func (a *balanced) url() []byte {
	_, url, _ := request(a.request)
	return url
}

// connectLimit is how long an Application Load Balancer waits for a connection:
// 10 s, and what passes around it.
const connectLimit = 11 * time.Second

// cause is what the line tells (AWS: "Troubleshoot your Application Load
// Balancers"). Where no time is known, a target that was chosen was not
// connected to, or closed early: how long it took tells which.
func (a *balanced) cause() parse.Cause {
	answered, sent := len(given(a.targetCode)) > 0 && string(a.targetCode) != "0", !has(a.requestTime, "-")
	switch {
	case a.status == statusALBClientGone || a.status == statusClientGone:
		return parse.CauseClientClosed
	case a.status == 408:
		return parse.CauseSlowClient
	case has(a.reason, "Auth"), a.status == 561:
		return parse.CauseAuthService
	case has(a.reason, "Lambda"):
		return parse.CauseUpstream
	case bytes.Contains(a.actions, []byte("waf")) && (a.status == 403 || a.status >= firstError):
		return parse.CauseUnauthorized
	case bytes.Contains(a.actions, []byte("fixed-response")):
		return parse.CauseConfigured
	case a.status < firstError:
		return parse.CauseUnknown
	case answered && bytes.Equal(a.code, a.targetCode):
		return parse.CauseUpstream
	case answered && a.targetCode[0] < '4':
		return parse.CauseResponseCut
	case len(given(a.target)) == 0:
		if a.status == 503 && (a.kind == nil || bytes.Contains(a.actions, []byte("forward"))) {
			return parse.CauseNoEndpoints
		}
		return parse.CauseUnknown
	case a.status == 504 && sent:
		return parse.CauseTimeout
	case a.status == 504:
		if took := a.lasted(); took < connectLimit && took > time.Second {
			return parse.CauseConnectTimeout
		}
		return parse.CauseTimeout
	case a.status == 502:
		return parse.CauseIO
	}
	return parse.CauseUnknown
}

// gateway tells what API Gateway's words say.
func (v *values) gateway(r *response) {
	r.target = first(v.text(senseService), v.text(sensePath), v.text(senseHost))
	said := first(v.text(senseDetails), v.text(senseError))
	r.hop.state, r.hop.details = said, nil
	code, _ := number(v.bare(senseOrigin))
	switch {
	case r.status == 429:
		r.cause = parse.CauseLoadshed
	case r.status == 403 || r.status == 401:
		r.cause = parse.CauseUnauthorized
	case r.status < firstError:
	case bytes.Contains(said, []byte("timed out")), r.status == 504:
		r.cause = parse.CauseTimeout
	case code == r.status:
		r.cause = parse.CauseUpstream
	case len(said) > 0:
		r.cause = causeOf(said)
	}
}

func awsDetail(line []byte, d *parse.Detail) {
	if has(line, "{") {
		jsonDetail(line, d, "requestTime", "requestTimeEpoch", "time", "timestamp")
		productAmazon.explain(line, d)
		if a := (balanced{}); a.object(line) == whole {
			*d = parse.Detail{}
			a.shown(line, d)
		}
		return
	}
	var a balanced
	if a.read(line) != whole {
		if !s3Detail(line, d) && !nlbDetail(line, d) && !joiningDetail(line, d) {
			asText(line, d)
		}
		return
	}
	d.Message, d.RawTime, d.Lasted = asked(a.request, a.code), string(a.time), a.lasted()
	method, path, _ := request(a.request)
	for _, v := range []struct {
		key   string
		value []byte
	}{
		{"type", a.kind}, {"elb", a.name}, {"client", a.client}, {"target", a.target}, {"method", method}, {"path", path},
		{"request_processing_time", a.requestTime}, {"target_processing_time", a.targetTime}, {"response_processing_time", a.responseTime},
		{"elb_status_code", a.code}, {"target_status_code", a.targetCode}, {"received_bytes", a.received}, {"sent_bytes", a.sent},
		{"user_agent", a.agent}, {"target_group", a.groupName()}, {"trace_id", a.trace}, {"domain_name", a.domain},
		{"request_creation_time", a.created}, {"actions_executed", a.actions}, {"error_reason", a.reason},
	} {
		set(d, v.key, v.value)
	}
	if cause := a.cause(); cause != parse.CauseUnknown {
		d.Set("cause_class", cause.String())
	}
}
