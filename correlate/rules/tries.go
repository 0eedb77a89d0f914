package rules

import (
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// firstTries files what the first try of a request came to, where the last came to something
// else: nginx asks the next server, and answers what that one came to.
func (p *Pass) firstTries() {
	type filed struct {
		code string
		as   int32
	}
	had := map[int32]filed{} // readings are shared by many sights
	for _, code := range p.codes() {
		for _, s := range p.sights[code] {
			r := p.as(s)
			if p.At(s.Point).Kind != parse.IngressResponse || r.hop == nil || r.hop.First == "" || r.why == complaint {
				continue
			}
			f, ok := had[s.as]
			if !ok {
				first := firstTry(r)
				f = filed{first.code, int32(len(p.readings))}
				p.readings = append(p.readings, first)
				had[s.as] = f
			}
			s.as = f.as
			p.sights[f.code] = append(p.sights[f.code], s)
		}
	}
}

// firstTry is what the first try of a request means.
func firstTry(of *reading) reading {
	r := reading{product: of.product, why: complaint, sure: correlate.Medium}
	parts := strings.Split(of.hop.First, ",")
	for len(parts) < 5 {
		parts = append(parts, "")
	}
	addr, status, sent, took, connect := parts[0], parts[1], parts[2], parts[3], parts[4]
	r.addr, r.hop = addr, &parse.Hop{Upstream: addr, Status: status, Connect: connect}
	r.took, _ = time.ParseDuration(took + "s")
	r.text = "the first try came to " + status
	knob, known := known.KnobOf(r.product, r.took)
	switch own := sent == "" || sent == "-" || sent == "0"; { // of nginx, which writes these two for what failed on the way
	case !own || status != "502" && status != "504":
		r.code = "upstream_5xx"
	case status == "502":
		r.code, r.sure = withoutAnswer(*r.hop, r.took), correlate.Low
	case connect == "-":
		r.code = "connect_timeout"
	case connect == "" && known:
		r.code = knob.Code
	default:
		r.code = "upstream_timeout"
	}
	if r.code == "" {
		r.code = "upstream_closed"
	}
	return r
}
