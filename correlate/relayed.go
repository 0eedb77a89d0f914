package correlate

import (
	"cmp"
	"slices"

	"faultline/parse"
)

// relaySlack is how long an answer takes at most from the proxy of a server to that of the
// client, each of which logs it.
const relaySlack = parse.Time(100e6)

// relayed leaves out a client's line of a failure that the proxy of the server tells of too,
// where the logs of both pods are there: one answer is logged where it was made, and once more
// where it came in ("Remote proxy error", linkerd/app/outbound/src/http/handle_proxy_error_headers.rs).
// The server's line stays, since only that one says why.
func (c *Placed) relayed(failures []Point) []Point {
	var told, made []moment // by the proxy of the client, of the server
	for _, p := range failures {
		e := c.At(p)
		if e.Kind != parse.ProxyRequestFailed || e.Class&(parse.ClassRelayed|parse.ClassInbound) == 0 || !c.Anchors[p.Stream].Placed() {
			continue
		}
		at, within, _ := c.Wall(p)
		m := moment{Point: p, at: at, within: parse.Time(within)}
		if e.Class&parse.ClassRelayed != 0 {
			told = append(told, m)
		} else {
			made = append(made, m)
		}
	}
	if len(told) == 0 || len(made) == 0 {
		return failures
	}
	byTime := func(a, b moment) int { return cmp.Compare(a.at, b.at) }
	slices.SortStableFunc(told, byTime)
	slices.SortStableFunc(made, byTime)
	taken, again := make([]bool, len(made)), map[Point]bool{}
	for _, t := range told {
		if n := c.maker(t, made, taken); n >= 0 {
			taken[n], again[t.Point] = true, true
		}
	}
	return slices.DeleteFunc(failures, func(p Point) bool { return again[p] })
}

// moment is a failure and when it was.
type moment struct {
	Point
	at, within parse.Time
}

// maker is the failure nearest in time that a server's proxy made and of which no other line
// tells; -1 where none can be it.
func (c *Placed) maker(t moment, made []moment, taken []bool) int {
	best, apart := -1, parse.Time(0)
	widest := t.within + relaySlack
	from, _ := slices.BinarySearchFunc(made, t.at-2*widest, func(m moment, at parse.Time) int { return cmp.Compare(m.at, at) })
	for n := from; n < len(made) && made[n].at <= t.at+2*widest; n++ {
		d := abs(made[n].at - t.at)
		if !taken[n] && d <= widest+made[n].within && (best < 0 || d < apart) && c.sameAnswer(made[n].Point, t.Point) {
			best, apart = n, d
		}
	}
	return best
}

// sameAnswer says whether what the client's line tells agrees with what another pod's tells:
// it need not tell the status.
func (c *Placed) sameAnswer(made, told Point) bool {
	if pod := c.Pod(made); made.Stream == told.Stream || pod != "" && pod == c.Pod(told) {
		return false
	}
	m, t := c.At(made), c.At(told)
	return t.Value == 0 || m.Value == t.Value
}
