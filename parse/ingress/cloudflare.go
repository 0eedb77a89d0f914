package ingress

import (
	"strconv"

	"faultline/parse"
)

// Cloudflare is what Cloudflare's Logpush writes of requests, an object a line
// (developers.cloudflare.com, Logs, "HTTP requests" datasets; the statuses from 520
// on in "Troubleshooting Cloudflare 5XX errors").
var Cloudflare = &parse.Format{
	Name: "cloudflare",
	Doc: `access log of Cloudflare, as Logpush writes it. A record names the beginning and the end of a request; the end is its time.
{"ClientIP":"198.51.100.7","ClientRequestHost":"shop.example","ClientRequestMethod":"GET","ClientRequestURI":"/cart","EdgeEndTimestamp":"2024-02-02T13:24:11Z","EdgeResponseStatus":504,"EdgeStartTimestamp":"2024-02-02T13:22:31Z","OriginIP":"203.0.113.9","OriginResponseStatus":504,"RayID":"84f1c2d3e4f5a6b7"}`,
	Origin: "Cloudflare Logpush, HTTP requests (developers.cloudflare.com/logs)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Needles: []string{`"EdgeResponseStatus"`},
	Line:    func(l *parse.Line, b *parse.Batch) parse.Verdict { return onlyJSON(l, b, productCloudflare) },
	Detail: alike(productCloudflare.unitOf, func(line []byte, d *parse.Detail) {
		jsonDetail(line, d, "EdgeEndTimestamp", "EdgeStartTimestamp")
		productCloudflare.explain(line, d)
	}),
}

// cloudflares are the statuses that Cloudflare itself answers with when its request
// to the origin failed.
var cloudflares = map[int]parse.Cause{
	520: parse.CauseBadResponse, 521: parse.CauseConnectRefused, 522: parse.CauseConnectTimeout, 523: parse.CauseNoRouteToHost,
	524: parse.CauseTimeout, 525: parse.CauseTLS, 526: parse.CauseTLS,
}

// edges makes a duration of a record's two times, the line's being the end.
func (v *values) edges() {
	begin, ok := stampOf(v.bare(senseBegin))
	end, ended := stampOf(v.bare(senseTime))
	v.of[senseBegin] = nil
	if ok && ended && begin.Unix <= end.Unix && end.Unix-begin.Unix < maxLasted {
		v.of[senseLasted] = strconv.AppendInt(nil, (end.Unix-begin.Unix)/1e6, 10)
	}
}

// cloudflare tells what the status says, and whether the origin gave it.
func (v *values) cloudflare(r *response) {
	r.target = first(v.text(senseHost), r.target)
	code, _ := number(v.bare(senseOrigin))
	if code == 0 { // the origin gave none
		r.hop.status = []byte{'-'}
	}
	switch {
	case cloudflares[r.status] != parse.CauseUnknown:
		r.cause = cloudflares[r.status]
	case r.status == statusClientGone:
		r.cause = parse.CauseClientClosed
	case r.status >= firstError && code == r.status:
		r.cause = parse.CauseUpstream
	}
}
