package correlate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/correlate/stat"
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

// changes finds the changes of rate: of incidents, and of bursts of stalls.
func changes(g *groups, incidents []Incident, processes []*Process) []ChangePoint {
	out := changePoints("incidents", begins(incidents, Wall), g.wall.Coverage)
	var cover stat.Coverage
	var onsets []float64
	for _, p := range processes {
		cover = append(cover, p.Coverage...)
		onsets = append(onsets, stat.Onsets(times(p.Stalls), stat.DefaultGap)...)
	}
	slices.Sort(onsets)
	return append(out, changePoints("stall bursts", onsets, stat.NewCoverage(cover))...)
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
// which those stay at which an exact test finds the rates different.
func changePoints(of string, t []float64, cover stat.Coverage) (out []ChangePoint) {
	width := binWidth(cover.Length())
	b := bins(t, cover, width)
	counts := make([]int, len(b))
	for i := range b {
		counts[i] = b[i].count
	}
	at, _ := stat.ChangePoints(counts, stat.ChangePenalty(len(counts), stat.LocalDispersion(counts)))
	borders := slices.Concat([]int{0}, at, []int{len(b)})
	for i := range at {
		p := ChangePoint{Of: of, At: nanos(b[at[i]].from), Within: time.Duration(width / 2 * 1e9), WithinADay: cover.Length()/3600 < twoDays}
		for side := range 2 {
			from, to := borders[i+side], borders[i+side+1]
			for _, one := range b[from:to] {
				p.N[side] += one.count
			}
			p.Hours[side] = float64(to-from) * width / 3600
		}
		r, ok := stat.NewRateRatio(p.N[0], p.N[1], p.Hours[0], p.Hours[1])
		if !ok || r.P*float64(len(at)) > changeP {
			continue
		}
		p.Ratio, p.More = r, float64(p.N[1])*p.Hours[0] > float64(p.N[0])*p.Hours[1]
		p.say()
		out = append(out, p)
	}
	return out
}

func (p *ChangePoint) say() {
	more := "fewer"
	if p.More {
		more = "more"
	}
	p.Sentence = fmt.Sprintf("%s %s since %s ± %s: %d in %.1f h before, %d in %.1f h after (p = %.2g)", more, p.Of,
		time.Unix(0, int64(p.At)).UTC().Format("2006-01-02 15:04 MST"), roundMinutes(p.Within), p.N[0], p.Hours[0], p.N[1], p.Hours[1], p.Ratio.P)
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
// as a facts file says, or as the starts of the captured replicas show.
func scaleOut(actions []Action, processes []*Process) (best *ScaleChange) {
	shortest := 0
	for _, s := range scaleChanges(actions, processes) {
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

// scaleChanges are the times at which the number of replicas changed.
func scaleChanges(actions []Action, processes []*Process) (out []ScaleChange) {
	for _, ch := range actions {
		from, to, ok := strings.Cut(ch.Detail, "->")
		a, errA := strconv.Atoi(strings.TrimSpace(from))
		b, errB := strconv.Atoi(strings.TrimSpace(to))
		if ch.What == "scale" && ok && errA == nil && errB == nil && a > 0 && b > 0 && a != b {
			out = append(out, ScaleChange{At: ch.At, Replicas: [2]int{a, b}, Proof: []parse.Ref{ch.Ref}})
		}
	}
	first := map[string]*Process{} // by pod: its first life, if that began in the capture
	for _, p := range processes {
		name, _, _ := strings.Cut(p.Name, " (life ")
		if had := first[name]; had == nil || p.Start < had.Start {
			first[name] = p
		}
	}
	var starts []*Process
	for _, p := range first {
		if p.Known && seconds(p.Start) >= p.Coverage[0].Start-time.Duration(startSlack).Seconds() {
			starts = append(starts, p)
		}
	}
	slices.SortFunc(starts, func(a, b *Process) int { return int(min(max(a.Start-b.Start, -1), 1)) })
	running := len(first) - len(starts)
	for i := 0; i < len(starts); {
		j := i + 1
		for j < len(starts) && starts[j].Start-starts[j-1].Start <= nanos(cycle) {
			j++ // one rollout
		}
		s := ScaleChange{At: starts[i].Start, Replicas: [2]int{running, running + j - i}}
		for _, p := range starts[i:j] {
			s.Proof = append(s.Proof, p.Proof...)
		}
		if running > 0 {
			out = append(out, s)
		}
		running, i = running+j-i, j
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
	case stat.ScaleBetween:
		return s + "the total grows, but less than the replicas."
	}
	return s + "this cannot tell."
}
