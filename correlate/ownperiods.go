package correlate

import (
	"math"
	"slices"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// ProcessPeriod is the period that the stalls of one process have, and how it lies
// to the start of that process.
type ProcessPeriod struct {
	Process string
	// Period and Phase are measured from the stalls alone; Phase is one tick.
	Period float64 // seconds
	Phase  parse.Time
	// Hits is how many of the Ticks that were captured have a stall.
	Hits, Ticks int
	// Start is when the process started, 0 where that was not captured.
	Start parse.Time
	// Late is how long after the nearest whole number of periods since Start
	// the ticks lie; nil without a start.
	Late *time.Duration
	// Zone is the share of all phases that would have fitted the start, 1 when
	// the start cannot tell; Agrees says that this one does.
	Zone   float64
	Agrees bool

	from       float64   // where the zone begins, seconds after the tick of the start
	on         []float64 // the stalls at the tick, seconds
	se, jitter float64   // of Period, and of one cycle, seconds
	cover      stat.Coverage
	fit        *stat.CycleFit
}

const (
	// lockP is the chance of a comb, over the list of periods, below which a
	// process's stalls are said to have a period.
	lockP = 0.01
	// uninformative is the zone from which a start cannot tell anything.
	uninformative = 0.5
)

// processPeriods are the periods near a period that the stalls of single processes keep.
func processPeriods(processes []*Process, nominal time.Duration, tested int) (out []ProcessPeriod) {
	found := make([]ProcessPeriod, len(processes))
	held := make([]bool, len(processes))
	each(len(processes), func(i int) { found[i], held[i] = periodOfProcess(processes[i], nominal, tested) })
	for i, ok := range held {
		if ok {
			out = append(out, found[i])
		}
	}
	return out
}

func periodOfProcess(q *Process, nominal time.Duration, tested int) (b ProcessPeriod, ok bool) {
	onsets := stat.Onsets(times(q.Stalls), math.Min(seconds(burstGap), nominal.Seconds()/6))
	l, ok := stat.NewLock(onsets, nominal.Seconds(), q.Coverage)
	if !ok || l.P*float64(tested) > lockP || l.Fundamental(onsets) != l.Period {
		return b, false
	}
	b = ProcessPeriod{Process: q.Name, Period: l.Period, Phase: nanos(l.Epoch), Hits: len(l.On), Zone: 1, on: l.On,
		se: l.SE, jitter: l.Jitter, cover: q.Coverage}
	if fit, ok := stat.NewCycleFit(l.On, l.Period); ok {
		b.fit = &fit
	}
	b.Ticks = max(b.Hits, ticksIn(q.Coverage, l.Epoch, l.Period))
	if q.Known {
		b.Start = q.Start
		b.hang(q, &l)
	}
	return b, true
}

// ticksIn counts the ticks of a period inside a coverage.
func ticksIn(c stat.Coverage, epoch, period float64) (n int) {
	for _, s := range c {
		n += int(math.Floor((s.End-epoch)/period) - math.Ceil((s.Start-epoch)/period) + 1)
	}
	return n
}

// hang holds the period against its process's start, by the stalls' own period:
// over k cycles its error adds up k times, and the walk of a timer that is armed
// anew by the root of k. What is left is the time that the first list takes.
func (b *ProcessPeriod) hang(q *Process, l *stat.Lock) {
	since := l.Epoch - seconds(q.Start)
	k := math.Round(since / l.Period)
	late := since - k*l.Period
	if l.SE == 0 || len(l.On) < minLinked {
		return
	}
	slack := b.slack(math.Abs(k))
	listed := known.PhaseTolerance.Seconds()
	if q.Listed > 0 {
		listed = math.Min(listed, seconds(q.Listed-q.Start)+2)
	}
	lo, hi := -early.Seconds()-slack, listed+slack
	b.Zone, b.from = math.Min(1, (hi-lo)/l.Period), lo
	b.Agrees = late >= lo && late <= hi
	d := time.Duration(late * 1e9)
	b.Late = &d
}

// slack is how far a tick may lie from where k cycles of the period put it: the error
// of the period adds up k times, the walk of a timer that is armed anew by the root.
func (b *ProcessPeriod) slack(k float64) float64 {
	return 2 * math.Sqrt(k*k*b.se*b.se+k*b.jitter*b.jitter)
}

// informative says whether the process's start can tell a period that counts from it.
func (b *ProcessPeriod) informative() bool { return b.Late != nil && b.Zone < uninformative }

// at is the tick of the period that is nearest to a time, in seconds.
func (b *ProcessPeriod) at(t float64) float64 {
	return seconds(b.Phase) + math.Round((t-seconds(b.Phase))/b.Period)*b.Period
}

// Hangs says what the periods of several processes count from.
type Hangs uint8

// What periods can count from.
const (
	HangsOpen   Hangs = iota // no start was captured that could tell
	HangsStarts              // each from its own process's start
	HangsNot                 // not from the starts that are known
	HangsCommon              // all lie at one time, though the processes started apart
	HangsWall                // on the full minutes of the wall clock
	HangsEither              // starts and the full minutes fit alike
)

// Open says whether it is left open what periods count from.
func (h Hangs) Open() bool { return h == HangsOpen || h == HangsEither }

// WhyOpen says why it is open what the stalls' periods count from.
func (f *Following) WhyOpen() string {
	switch {
	case f.Hangs == HangsEither && f.Informative > 0:
		return "the stalls begin on full minutes of the wall clock, which fits as well as the starts of their processes"
	case f.Informative > 0 && 2*f.Agree > f.Informative:
		return "the stalls fit the starts of their processes, but unrelated phases would fit as well with a chance of " + words.Chance(f.PhaseP)
	}
	return "no process start was captured that could tell what the stalls count from"
}

const (
	// commonArc is how close together the ticks of all processes lie if one
	// thing makes them, apartArc how far apart their starts are, in seconds.
	commonArc, apartArc = 10.0, 60.0
	// phaseChance is the chance that unrelated phases fit as well above which
	// the starts are said to tell nothing.
	phaseChance = 0.15
	// wallEarly and wallLate are how far from a full minute a job's ticks lie.
	wallEarly, wallLate = -2.0, 10.0
)

// hangs weighs the periods of all processes: the unit is the process, and most of
// those whose start can tell must agree. p is the chance that as many unrelated
// phases would.
func hangs(by []ProcessPeriod, nominal time.Duration) (h Hangs, agree, told int, p float64) {
	period := nominal.Seconds()
	var zones, starts []float64
	onWall := len(by) > 0
	for i := range by {
		b := &by[i]
		onWall = onWall && b.onWall(nominal)
		if b.Start != 0 {
			starts = append(starts, frac(seconds(b.Start)/period))
		}
		if b.informative() {
			told++
			zones = append(zones, b.Zone)
			if b.Agrees {
				agree++
			}
		}
	}
	near := atOneTime(by)
	together := near && stat.Arc(starts)*period > apartArc
	p = 1
	switch {
	case near && told > 0: // one thing that made all of them would have one phase to be right with
		p = oneFits(by, agree, period)
	case told > 0:
		p = stat.PoissonBinomialSF(zones, agree)
	}
	switch {
	case onWall && (together || told > 0 && 2*agree <= told || told == 0 && len(by) > 1):
		return HangsWall, agree, told, p
	case together:
		return HangsCommon, agree, told, p
	case onWall:
		return HangsEither, agree, told, p
	case told == 0:
		return HangsOpen, agree, told, p
	case 2*agree > told && p <= phaseChance:
		return HangsStarts, agree, told, p
	case 2*agree > told:
		return HangsOpen, agree, told, p
	}
	return HangsNot, agree, told, p
}

// onWall says whether most stalls of a process lie on full multiples of the period on
// the wall clock.
func (b *ProcessPeriod) onWall(nominal time.Duration) bool {
	n := 0
	for _, t := range b.on {
		if d := seconds(wrap(nanos(t), nominal)); d >= wallEarly && d <= wallLate {
			n++
		}
	}
	return 3*n >= 2*len(b.on)
}

// atOneTime says whether the stalls of all processes lie at one phase: each where it
// was seen, against the ticks of the process that stalls most often. One that
// begins so long after these that they cannot tell has no say.
func atOneTime(by []ProcessPeriod) bool {
	if len(by) < 2 {
		return false
	}
	most := &by[0]
	for i := range by {
		if len(by[i].on) > len(most.on) {
			most = &by[i]
		}
	}
	told, lo, hi := 0, 0.0, 0.0
	for i := range by {
		b := &by[i]
		if b == most {
			continue
		}
		off := make([]float64, len(b.on))
		for j, t := range b.on {
			off[j] = t - most.at(t)
		}
		slices.Sort(off)
		mid := b.on[len(b.on)/2]
		beyond := math.Max(0, math.Max(most.on[0]-mid, mid-most.on[len(most.on)-1]))
		slack := most.slack(beyond / most.Period)
		if slack > commonArc {
			continue
		}
		d := off[len(off)/2]
		told, lo, hi = told+1, math.Min(lo, d+slack), math.Max(hi, d-slack)
	}
	return told > 0 && hi-lo <= commonArc
}

// oneFits is the share of all phases at which one schedule would fit the starts of
// as many processes.
func oneFits(by []ProcessPeriod, agree int, period float64) float64 {
	const grid = 600
	fits := 0
	for i := range grid {
		phase := float64(i) / grid
		n := 0
		for j := range by {
			if b := &by[j]; b.informative() && frac(phase-frac((seconds(b.Start)+b.from)/period)) <= b.Zone {
				n++
			}
		}
		if n >= agree {
			fits++
		}
	}
	return math.Min(1, float64(fits+1)/grid)
}

func frac(x float64) float64 { return x - math.Floor(x) }
