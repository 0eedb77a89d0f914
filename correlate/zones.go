package correlate

import (
	"slices"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// yearOfBundle is the year in which a clock's last line lies nearest to when the
// bundle was taken, and not a day after it.
func (ix *Index) yearOfBundle(s int) (Anchor, bool) {
	t, ok := ix.dirs.of(ix.Sources[ix.Streams[s].Source].Path)
	if !ok {
		return Anchor{}, false
	}
	at := time.Unix(0, int64(t.to)).UTC()
	own, year := int64(ix.Streams[s].Coverage[len(ix.Streams[s].Coverage)-1].To), at.Year()+1
	for lex.InYear(own, year) > at.Add(24*time.Hour).UnixNano() {
		year--
	}
	a := ix.inYear(s, year, Bounded, t.why)
	a.Proof = t.proof
	return a, true
}

// inZone places a clock whose zone is not known by the probes that events tell.
func (ix *Index) inZone(s int, a Anchor) Anchor {
	if a.Within < time.Duration(zoneMost) {
		return a
	}
	ahead, proof, ok := ix.zone(s, a.Zero)
	if !ok {
		return a
	}
	return Anchor{Zero: a.Zero - ahead, Basis: Reported, Proof: append(slices.Clone(a.Proof), proof...),
		Why: strings.TrimSuffix(a.Why, "; the zone is not known") + "; the zone is that in which a failed probe is of the second that its event says"}
}

// beforeTaken moves a clock whose zone is not known into the nearest zone in which
// none of its lines is later than its bundle, where that says when it was taken.
// The zone is then known if its last line was written just before that.
func (ix *Index) beforeTaken(s int, a Anchor) Anchor {
	t, ok := ix.dirs.of(ix.Sources[ix.Streams[s].Source].Path)
	if !ok || !t.zoned || a.Within < time.Duration(zoneMost) {
		return a
	}
	last := ix.Streams[s].Coverage[len(ix.Streams[s].Coverage)-1].To + a.Zero
	for _, ahead := range zones() {
		if ahead <= 0 || last <= t.to || last-ahead > t.to {
			continue
		}
		a.Zero, a.Why = a.Zero-ahead, a.Why+": it is one in which no line is later than the bundle"
		if t.from-(last-ahead) <= quiet {
			a.Within, a.Proof = 0, append(slices.Clone(a.Proof), t.proof...)
			a.Why = strings.Replace(a.Why, "; the zone is not known: it is one in which", "; the zone is the one in which the last line was written when the bundle was taken, and", 1)
		}
		return a
	}
	return a
}

// probe is one failed probe as a kubelet's log and the API's event both tell it.
type probe struct {
	target parse.Name
	class  uint8
	value  float64
}

// probesOf lists when the API's events say that probes failed: at the first and
// at the last occurrence of each.
func probesOf(c *parse.Capture) map[probe][]Point {
	out := map[probe][]Point{}
	for s := range c.Streams {
		if c.Streams[s].Clock != parse.ClockWall || process(&c.Streams[s]) {
			continue
		}
		for i := range c.Streams[s].Events {
			if e := &c.Streams[s].Events[i]; e.Kind == parse.KubeletProbeFailed && e.Grain <= parse.GrainSecond {
				p := probe{e.Target, e.Class, e.Value}
				out[p] = append(out[p], Point{uint32(s), uint32(i)})
			}
		}
	}
	return out
}

const (
	// probeLag is how far the event of a probe may be from the kubelet's line:
	// its time is cut to seconds.
	probeLag = parse.Time(1600 * time.Millisecond)
)

// zone finds how far a kubelet's log is ahead of UTC, by probes that an event of
// the API tells with its time: a line and its event are of the same second. An
// answer is given only where one zone explains more of them than any other:
// probes of a fixed period may fail at every quarter of an hour.
func (ix *Index) zone(s int, zero parse.Time) (ahead parse.Time, proof []parse.Ref, ok bool) {
	st := &ix.Streams[s]
	type votes struct {
		n     int
		proof []parse.Ref
	}
	by := map[parse.Time]*votes{}
	for i := range st.Events {
		e := &st.Events[i]
		if e.Kind != parse.KubeletProbeFailed {
			continue
		}
		for _, p := range ix.probes[probe{e.Target, e.Class, e.Value}] {
			api := ix.At(p)
			for _, at := range [...]parse.Time{api.Time, api.Time - parse.Time(api.Lasted)} {
				apart := e.Time + zero - at
				zone := (apart + zoneStep*1000 + zoneStep/2) / zoneStep * zoneStep
				zone -= zoneStep * 1000
				if abs(apart-zone) > probeLag || abs(zone) > zoneMost {
					continue
				}
				if by[zone] == nil {
					by[zone] = &votes{proof: []parse.Ref{st.Ref(e), ix.Ref(p)}}
				}
				by[zone].n++
				if api.Lasted == 0 {
					break
				}
			}
		}
	}
	best, second := 0, 0
	for zone, v := range by {
		switch {
		case v.n > best:
			best, second, ahead, proof = v.n, best, zone, v.proof
		case v.n > second:
			second = v.n
		}
	}
	return ahead, proof, best > second
}

// sameNode lends the zone that one log of a node proved to the others of that
// node: its unit's journal, that of the boot, the runtime's.
func (ix *Index) sameNode(out []Anchor) {
	proved := map[string]int{}
	for s := range out {
		if node := ix.Who[s].Node; node != "" && ix.Streams[s].Clock == parse.ClockYearless && out[s].Basis == Reported {
			if _, had := proved[node]; !had {
				proved[node] = s
			}
		}
	}
	for s := range out {
		from, ok := proved[ix.Who[s].Node]
		if !ok || ix.Streams[s].Clock != parse.ClockYearless || out[s].Basis >= Reported || out[s].Rejected {
			continue
		}
		// Years may differ, zones do not.
		zero, year := out[from].Zero, yearOf(out[from].Zero)
		if of := yearOf(out[s].Zero); out[s].Placed() && of != year {
			zero += parse.Time(time.Date(of, 1, 1, 0, 0, 0, 0, time.UTC).Sub(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)))
		}
		out[s] = Anchor{Zero: zero, Basis: Reported, Proof: slices.Clone(out[from].Proof), Why: "another log of the same node: " + out[from].Why}
	}
}

// yearOf is the year that a yearless clock's zero begins, whatever the zone.
func yearOf(zero parse.Time) int {
	return time.Unix(0, int64(zero)).UTC().Add(7 * 24 * time.Hour).Year()
}
