package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"faultline/parse"
)

// period is a stretch of time in which something was the case, and of what.
type period struct {
	from, to parse.Time
	of       string
}

// periods are in the order of their beginnings. Of many the few that touch a lookup are
// found by a search, since none is longer than the longest.
type periods struct {
	list    []period
	longest parse.Time
}

func inOrder(list []period) (out periods) {
	slices.SortStableFunc(list, func(a, b period) int { return cmp.Compare(a.from, b.from) })
	for _, x := range list {
		out.longest = max(out.longest, x.to-x.from)
	}
	out.list = list
	return out
}

// touching are those that touch the wait of a lookup that ran out at a time, and some
// more before them.
func (l periods) touching(at parse.Time) []period {
	from := func(t parse.Time) int {
		n, _ := slices.BinarySearchFunc(l.list, t, func(x period, t parse.Time) int { return cmp.Compare(x.from, t) })
		return n
	}
	return l.list[from(at-parse.Time(lookupWait)-l.longest):from(at+1)]
}

// whole says whether one of them lasted for some time of the wait of a lookup.
func (l periods) whole(at parse.Time, held time.Duration) bool {
	return slices.ContainsFunc(l.touching(at), func(x period) bool {
		return min(x.to, at)-max(x.from, at-parse.Time(lookupWait)) >= parse.Time(held)
	})
}

// stalledTimes are when the destination stalled.
func (p *Pass) stalledTimes() periods {
	var list []period
	for _, b := range p.bursts {
		list = append(list, period{from: b.from, to: b.to})
	}
	return inOrder(list)
}

// downTimes are when scrapes of the destination failed, and some seconds beside.
func (p *Pass) downTimes() periods {
	const beside = parse.Time(5 * time.Second)
	var list []period
	for _, pt := range p.Of(parse.ScrapeFailed) {
		if at, _, ok := p.Wall(pt); ok {
			e := p.At(pt)
			list = append(list, period{at - beside, at + parse.Time(e.Lasted) + beside, p.Pod(pt) + p.Name(e.Target)})
		}
	}
	return inOrder(list)
}

// controlPlaneDown says whether a witness of the control plane stands in the
// seconds before a failfast: a scrape of the destination that failed, of all replicas
// that are scraped, or the start of the only replica.
func (p *Pass) controlPlaneDown(s sight, downs periods, scraped int) bool {
	if !s.placed {
		return false
	}
	from, down := s.at-parse.Time(lookupWait), map[string]bool{}
	for _, x := range downs.touching(s.at) {
		if x.to >= from {
			down[x.of] = true
		}
	}
	if scraped > 0 && len(down) >= scraped {
		return true
	}
	list := p.Processes()
	return len(list) == 1 && list[0].Known && list[0].Start <= s.at && list[0].Start >= from-parse.Time(2*time.Second)
}

// scraped is how many replicas of the destination are scraped.
func (p *Pass) scraped() int {
	pods := map[string]bool{}
	for _, m := range p.named("up") {
		if strings.Contains(p.label(m, "component")+p.pod(m), "destination") {
			pods[p.pod(m)] = true
		}
	}
	return len(pods)
}
