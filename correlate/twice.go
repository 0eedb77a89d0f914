package correlate

import (
	"cmp"
	"slices"

	"faultline/parse"
	"faultline/parse/kubelet"
)

// twiceSlack is how far the kubelet's own line of a failed probe and the event that it
// sends for it are apart: the event has whole seconds.
const twiceSlack = parse.Time(2e9)

// probed is what was probed, and how that failed.
type probed struct {
	target parse.Name
	class  uint8
}

// probesTwice are failed probes that the kubelet's log and an event of the API both
// tell: of an event, which counts its times, and of the lines within its time those stay
// that tell of more.
func (c *Placed) probesTwice() map[Point]bool {
	var lines map[probed][]Point
	points := c.Of(parse.KubeletProbeFailed)
	for _, p := range points {
		if _, _, ok := c.Wall(p); ok && c.Streams[p.Stream].Format == kubelet.Log.Name {
			if lines == nil {
				lines = map[probed][]Point{}
			}
			e := c.At(p)
			lines[probed{e.Target, e.Class}] = append(lines[probed{e.Target, e.Class}], p)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	wall := func(p Point) parse.Time { at, _, _ := c.Wall(p); return at }
	for _, list := range lines {
		slices.SortStableFunc(list, func(a, b Point) int { return cmp.Compare(wall(a), wall(b)) })
	}
	byTime := func(p Point, t parse.Time) int { return cmp.Compare(wall(p), t) }
	out := map[Point]bool{}
	for _, p := range points {
		e := c.At(p)
		at, within, ok := c.Wall(p)
		if !ok || c.Streams[p.Stream].Format == kubelet.Log.Name {
			continue
		}
		slack := twiceSlack + parse.Time(within)
		same := lines[probed{e.Target, e.Class}]
		from, _ := slices.BinarySearchFunc(same, at-parse.Time(e.Lasted)-slack, byTime)
		to, _ := slices.BinarySearchFunc(same, at+slack+1, byTime)
		same = same[from:max(from, to)]
		switch {
		case len(same) == 0:
		case len(same) > int(e.Count):
			out[p] = true
		default:
			for _, l := range same {
				out[l] = true
			}
		}
	}
	return out
}

// ToldTwice says whether another event tells of the same as one does.
func (c *Placed) ToldTwice(p Point) bool { return c.twice[p] }
