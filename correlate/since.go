package correlate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// ChangePoint is a time at which something began to happen more or less often.
type ChangePoint struct {
	Of string // "incidents" or "stall bursts"
	// At is the border of the two bins between which the rate changed, ns
	// since 1970; Within is half the width of a bin.
	At     parse.Time
	Within time.Duration
	// N and Hours, before and after it, up to the next change points.
	N     [2]int
	Hours [2]float64
	Ratio stat.RateRatio
	More  bool // after it there are more
	// WithinADay says that so little was captured that the rhythm of a day
	// explains such a change as well.
	WithinADay bool
	Sentence   string
}

// twoDays is how much must be captured before the beginning of a working day
// is told from a change.
const twoDays = 48.0

// changes finds the changes of rate: of incidents, and of bursts of stalls. What
// several replicas do at one moment is one burst.
func changes(c *Placed, g *groups, incidents []Incident, processes []*Process) []ChangePoint {
	var logs []stat.Coverage
	for s := range c.Streams {
		if serves(&c.Streams[s]) && c.CopyOf[s] < 0 && c.Anchors[s].Placed() && c.within(s) {
			logs = append(logs, stat.NewCoverage(c.captured(s)).Intersect(g.wall.Coverage))
		}
	}
	out := changePoints("incidents", begins(incidents, Wall), g.wall.Coverage, logs)
	var cover stat.Coverage
	var stalls []float64
	logs = nil
	for _, p := range processes {
		cover, logs = append(cover, p.Coverage...), append(logs, p.Coverage)
		stalls = append(stalls, times(p.Stalls)...)
	}
	slices.Sort(stalls)
	return append(out, changePoints("stall bursts", stat.Onsets(stalls, stat.DefaultGap), stat.NewCoverage(cover), logs)...)
}

// maxBins bounds the search for changes, which takes the square of it: a few
// wrong stamps make a capture of centuries.
const maxBins = 4096

// binWidth is the width of the bins that are counted in, seconds: it grows
// with what was captured.
func binWidth(length float64) float64 {
	switch days := length / 86400; {
	case days <= 2:
		return cycle
	case days <= 30:
		return 3600
	}
	return 86400 * math.Max(1, math.Ceil(length/86400/maxBins))
}

// bin is a stretch of time of the common width.
type bin struct {
	from  float64
	count int
}

// bins counts times in the bins that were captured whole.
func bins(t []float64, cover stat.Coverage, width float64) (out []bin) {
	for _, s := range cover {
		for from := math.Ceil(s.Start/width) * width; from+width <= s.End; from += width {
			i, _ := slices.BinarySearch(t, from)
			j, _ := slices.BinarySearch(t, from+width)
			out = append(out, bin{from, j - i})
		}
	}
	return out
}

// changePoints are the borders between stretches of constant rate (PELT), of
// which those stay at which an exact test finds the rates different. A rate is of
// what each log would have shown: by how many of them were captured, and of two
// days and more by the rhythm of the day.
func changePoints(of string, t []float64, cover stat.Coverage, logs []stat.Coverage) (out []ChangePoint) {
	width := binWidth(cover.Length())
	b := bins(t, cover, width)
	exposure := exposures(b, width, logs, cover.Length()/3600 >= twoDays)
	counts := make([]int, len(b))
	for i := range b {
		counts[i] = b[i].count
	}
	bursts := dispersion(counts)
	at, _ := stat.ChangePointsOf(counts, exposure, stat.ChangePenalty(len(counts), bursts))
	borders := slices.Concat([]int{0}, at, []int{len(b)})
	for i := range at {
		p := ChangePoint{Of: of, At: nanos(b[at[i]].from), Within: time.Duration(width / 2 * 1e9), WithinADay: cover.Length()/3600 < twoDays}
		var share [2]float64
		for side := range 2 {
			from, to := borders[i+side], borders[i+side+1]
			for k := from; k < to; k++ {
				p.N[side] += counts[k]
				share[side] += exposure[k]
			}
			p.Hours[side] = float64(to-from) * width / 3600
		}
		fewer := func(n int) int { return int(math.Round(float64(n) / bursts)) }
		r, ok := stat.NewRateRatio(fewer(p.N[0]), fewer(p.N[1]), share[0], share[1])
		if !ok || r.P*float64(len(at)) > changeP {
			continue
		}
		p.Ratio, p.More = r, float64(p.N[1])*share[0] > float64(p.N[0])*share[1]
		p.say()
		out = append(out, p)
	}
	return out
}

// scales are the numbers of bins taken together by which counts are asked how far
// they differ from their neighbours: what comes in clumps of half an hour differs by
// half hours more than by bins.
var scales = [...]int{2, 3, 4, 6, 8, 12}

// fewBins is how many stretches there must be at a scale.
const fewBins = 7

// dispersion is how many times as much as Poisson's counts these differ from their
// neighbours, at the scale at which they do most.
func dispersion(counts []int) float64 {
	most := max(1, stat.LocalDispersion(counts))
	for _, k := range scales {
		sums := make([]int, len(counts)/k)
		for i := range sums {
			for _, n := range counts[i*k : (i+1)*k] {
				sums[i] += n
			}
		}
		if len(sums) >= fewBins {
			most = max(most, stat.MedianDispersion(sums))
		}
	}
	return most
}

// exposures are how much of what happens each bin would show: by the logs that
// were captured then, and by the hour of the day.
func exposures(b []bin, width float64, logs []stat.Coverage, daily bool) []float64 {
	out := make([]float64, len(b))
	for _, log := range logs {
		for _, s := range log {
			from, _ := slices.BinarySearchFunc(b, s.Start-width, func(b bin, t float64) int { return cmp.Compare(b.from, t) })
			for i := from; i < len(b) && b[i].from < s.End; i++ {
				if lasts := math.Min(s.End, b[i].from+width) - math.Max(s.Start, b[i].from); lasts > 0 {
					out[i] += lasts / width
				}
			}
		}
	}
	for i := range out {
		out[i] = math.Max(out[i], 1e-3) // a bin was captured by something
	}
	if daily && width <= 3600 {
		profile := dayProfile(b, out)
		for i := range b {
			out[i] *= profile[hourOf(b[i].from)]
		}
	}
	return out
}

func hourOf(t float64) int { return int(math.Mod(t/3600, 24)) }

// dayProfile is how much happens in each hour of the day against the mean, from
// the share that each has of its own day, so that a day of more does not weigh
// more; neighbouring hours are taken together.
func dayProfile(b []bin, exposure []float64) (profile [24]float64) {
	var sum, n [24]float64
	for from := 0; from < len(b); {
		to := from
		var count, seen [24]float64
		total, all := 0.0, 0.0
		for day := math.Floor(b[from].from / 86400); to < len(b) && math.Floor(b[to].from/86400) == day; to++ {
			h := hourOf(b[to].from)
			count[h], seen[h] = count[h]+float64(b[to].count), seen[h]+exposure[to]
			total, all = total+float64(b[to].count), all+exposure[to]
		}
		for h := range 24 {
			if seen[h] > 0 && total > 0 {
				expected := total * seen[h] / all
				sum[h], n[h] = sum[h]+expected*(count[h]+1)/(expected+1), n[h]+expected
			}
		}
		from = to
	}
	for h := range 24 {
		s, e := 0.0, 0.0
		for d := -1; d <= 1; d++ {
			s, e = s+sum[(h+d+24)%24], e+n[(h+d+24)%24]
		}
		profile[h] = 1
		if e > 0 {
			profile[h] = math.Max(0.02, s/e)
		}
	}
	return profile
}

func (p *ChangePoint) say() {
	more := "fewer"
	if p.More {
		more = "more"
	}
	p.Sentence = fmt.Sprintf("%s %s since %s ± %s: %d in %.1f h before, %d in %.1f h after (%s)", more, p.Of,
		time.Unix(0, int64(p.At)).UTC().Format("2006-01-02 15:04 MST"), roundMinutes(p.Within), p.N[0], p.Hours[0], p.N[1], p.Hours[1], words.P(p.Ratio.P))
	if p.WithinADay {
		p.Sentence += "; a working day begins and ends like this too"
	}
}

func roundMinutes(d time.Duration) string {
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

// ScaleChange is what the stalls did when the number of replicas changed
// within the capture.
type ScaleChange struct {
	At       parse.Time // ns since 1970
	Replicas [2]int
	stat.ScaleOut
	// Proof says that it changed.
	Proof    []parse.Ref
	Sentence string
}

// scaleOut compares the stalls before and after the number of replicas changed:
// as a facts file says.
func scaleOut(actions []Action, processes []*Process) (best *ScaleChange) {
	shortest := 0
	for _, s := range scaleChanges(actions) {
		before, after := perCycle(processes, 0, s.At), perCycle(processes, s.At, always)
		k, ok := stat.NewScaleOut(before, after, float64(s.Replicas[0]), float64(s.Replicas[1]))
		if n := min(len(before), len(after)); ok && n >= minScaleCycles && n > shortest {
			s.ScaleOut, shortest, best = k, n, &s
		}
	}
	if best != nil {
		best.Sentence = ScaleSentence(best.Replicas, &best.ScaleOut)
	}
	return best
}

// minScaleCycles is how many cycles there must be on either side.
const minScaleCycles = 6

// scaleChanges are the times at which the number of replicas changed, as the facts
// file says: a log that begins may be that of a pod that took the place of one
// whose log is not in the dump.
func scaleChanges(actions []Action) (out []ScaleChange) {
	for _, ch := range actions {
		from, to, ok := strings.Cut(ch.Detail, "->")
		a, errA := strconv.Atoi(strings.TrimSpace(from))
		b, errB := strconv.Atoi(strings.TrimSpace(to))
		if ch.What == "scale" && ok && errA == nil && errB == nil && a > 0 && b > 0 && a != b {
			out = append(out, ScaleChange{At: ch.At, Replicas: [2]int{a, b}, Proof: []parse.Ref{ch.Ref}})
		}
	}
	return out
}

// ScaleSentence says what the stall lines of all replicas together did when
// their number changed.
func ScaleSentence(replicas [2]int, k *stat.ScaleOut) string {
	s := fmt.Sprintf("Stall lines of all replicas, %d then %d: ratio [%.2f, %.2f] with the bursts taken into account, exponent %.2f [%.2f, %.2f]: ",
		replicas[0], replicas[1], k.CI[0], k.CI[1], k.Beta, k.BetaCI[0], k.BetaCI[1])
	switch k.Verdict {
	case stat.ScaleConstant:
		return s + "the total stays. That fits work per subscriber, which is shared out, as well as work that is not done per replica."
	case stat.ScaleScales:
		return s + "the total grows with the replicas: each does the same work."
	case stat.ScaleMore:
		return s + "the total grows by more than the replicas: something else changed too."
	case stat.ScaleFalls:
		return s + "the total falls."
	case stat.ScaleBetween:
		return s + "the total grows, but less than the replicas."
	}
	return s + "this cannot tell."
}
