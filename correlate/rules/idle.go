package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

const (
	// idleSome and idleSure are how many times a quiet connection must have failed
	// for it to be likely, and to be sure.
	idleSome, idleSure = 3, 5
	// idleAgain is within what time failures are of one attempt: a pool may hold
	// several connections that were forgotten.
	idleAgain = 10 * time.Second
)

// idles are how long an upstream had been quiet when it failed, at least, and how
// long at most when it still answered, in seconds.
type idles struct{ floor, survived float64 }

// of takes what a hop tells; ok is false where it had been in use.
func (i *idles) of(h *parse.Hop) (ok bool) {
	quiet, err := strconv.ParseFloat(h.Quiet, 64)
	if err != nil {
		return false
	}
	survived, _ := strconv.ParseFloat(h.Survived, 64)
	i.add(idles{quiet, survived})
	return true
}

// add takes what others say: the shortest that failed, the longest that did not.
func (i *idles) add(o idles) {
	if i.floor == 0 {
		i.floor = o.floor
	}
	i.floor = min(i.floor, o.floor)
	i.survived = max(i.survived, o.survived)
}

// boxes are the limits of boxes between the ends that lie between the longest quiet
// time that was survived and the shortest that was not.
func (i *idles) boxes() (out []string) {
	for _, l := range known.IdleLimits {
		if l.Box && i.survived < l.Seconds && i.floor >= 0.98*l.Seconds {
			out = append(out, fmt.Sprintf("%s (%.0f s)", l.Who, l.Seconds))
		}
	}
	return out
}

// idleKey is one upstream as one log names it.
type idleKey struct {
	stream   uint32
	upstream string
}

// idled files requests that failed only after their upstream had been quiet for
// longer than it ever was when it answered.
func (p *Pass) idled() {
	by := map[idleKey][]sight{}
	codes := []string{"upstream_closed", "upstream_timeout"}
	for _, code := range codes {
		for _, s := range p.requests(p.sights[code]) {
			k := idleKey{s.Stream, p.as(s).way().Upstream}
			by[k] = append(by[k], s)
		}
	}
	cut := map[idleKey]bool{}
	var all idles
	n := 0
	for k, list := range by {
		p.sort(list)
		if i, times := p.idleOf(list); times > 0 {
			cut[k] = true
			n += times
			all.add(i)
		}
	}
	if len(all.boxes()) == 0 {
		return
	}
	for _, code := range codes {
		mine := func(s sight) bool { return p.as(s).request && cut[idleKey{s.Stream, p.as(s).way().Upstream}] }
		sure := correlate.Medium
		switch {
		case n < idleSome: // no more than a hint beside what it looks like
			for _, s := range p.sights[code] {
				if mine(s) {
					p.again("idle_cut", s, func(r *reading) { r.sure = correlate.Low })
				}
			}
			continue
		case n >= idleSure && code == "upstream_closed": // what only gets slow when it was idle is never closed
			sure = correlate.High
		}
		for _, s := range p.move(code, mine) {
			p.again("idle_cut", s, func(r *reading) { r.sure = sure })
		}
	}
}

// idleOf is after what quiet times one upstream failed, and how many times; none
// where it also failed while it was in use.
func (p *Pass) idleOf(list []sight) (i idles, times int) {
	var last parse.Time
	for _, s := range list {
		switch h := p.as(s).way(); {
		case times > 0 && s.at-last <= parse.Time(idleAgain):
		case h.Upstream == "" || !i.of(&h):
			return idles{}, 0
		default:
			times++
			last = s.at
		}
	}
	if len(i.boxes()) == 0 {
		return idles{}, 0
	}
	return i, times
}

// idle says how long it had been quiet, and whose limit that is.
func (g *group) idle() string {
	var i idles
	for _, s := range g.list {
		way := g.p.as(s).way()
		i.of(&way)
	}
	boxes := i.boxes()
	if len(boxes) == 0 {
		return ""
	}
	return fmt.Sprintf(" for %.0f s or more, and not after up to %.0f s, as with the limit of %s", i.floor, i.survived, strings.Join(boxes, ", "))
}
