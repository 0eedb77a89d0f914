package correlate

import (
	"slices"

	"faultline/parse"
	"faultline/parse/formats"
)

// layerSlack is how far the clocks of two layers may be apart.
const layerSlack = parse.Time(10e9)

// once leaves out the failures that another layer of the ingress tells of as
// well: a gateway and a sidecar, or two gateways, each log the one request that
// passes both, under one id. The outermost layer's line is kept, whose request
// began first. Of what the proxies of a client and of a server tell one is kept as well.
func (c *Placed) once(failures []Point) []Point {
	outer := map[uint32]Point{} // by the Print, which is the id's
	for _, p := range failures {
		e := c.At(p)
		if e.Kind != parse.IngressResponse || !c.Anchors[p.Stream].Placed() || !c.concerns(p) {
			continue
		}
		if had, seen := outer[e.Print]; !seen || c.began(p) < c.began(had) {
			outer[e.Print] = p
		}
	}
	return c.relayed(slices.DeleteFunc(failures, func(p Point) bool {
		e := c.At(p)
		had, seen := outer[e.Print]
		return seen && e.Kind == parse.IngressResponse && c.Anchors[p.Stream].Placed() && c.concerns(p) && c.passedOn(had, p)
	}))
}

// passedOn says whether p is the request of outer, as another layer saw it.
func (c *Placed) passedOn(outer, p Point) bool {
	a, b := c.At(outer), c.At(p)
	if outer.Stream == p.Stream {
		return false
	}
	// Lines that are equal to the letter need not hold an id at all. Those in
	// whole seconds may have their times from stamps.
	stamped := formats.Of(c.Streams[p.Stream].Format).Grain >= parse.GrainSecond
	if sameLine(a) == sameLine(b) && (stamped || a.Time == b.Time) {
		return false
	}
	end, _, _ := c.Wall(outer)
	return c.began(p) <= end+layerSlack && c.began(outer) <= c.began(p)
}

// began is when the request of an access line began, on the wall clock.
func (c *Placed) began(p Point) parse.Time {
	at, _, _ := c.Wall(p)
	return at - parse.Time(c.At(p).Lasted)
}
