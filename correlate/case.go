package correlate

import (
	"fmt"
	"math"
	"time"

	"faultline/parse"
)

// Options of a judgement.
type Options struct {
	Anchors  []AnchorRule
	Captured []CaptureRule
	// Periods are added to the list that is tested.
	Periods []time.Duration
	// Failures are what counts as a failed request, if not what the tool is
	// about by itself.
	Failures []FailureRule
	// Since and Until cut what is judged, ns since 1970; 0 is open.
	Since, Until parse.Time
	// Namespace and Pod are globs: only what processes of theirs tell counts
	// as failures and symptoms.
	Namespace, Pod string
	// Marks were set on the screen. They decide nothing; a case file keeps them.
	Marks []Mark
}

// Case is a judged capture: everything a report, a screen or a file shows.
type Case struct {
	Placed
	Incidents    []Incident
	Periods      []Period
	Associations []Association
	// Follows says whether incidents follow the stalls at ticks of their own, nil
	// where no stalls keep one.
	Follows *Following
	// Signs tell mechanisms of stalls apart.
	Signs Signs
	// Load asks whether incidents come when the cluster is busy, by each
	// measure of that which was captured; Hours counts by hour of the day, UTC.
	Load  []Load
	Hours [24]Hour
	// Since are the times at which rates changed, Scale what the stalls did
	// when the number of replicas changed within the capture, nil if it did not.
	Since   []ChangePoint
	Scale   *ScaleChange
	Verdict Verdict
	// Findings are what the rules say, by rank. Judge leaves them empty: rules
	// stand behind the correlator.
	Findings []Finding
	// Counts are how much failed and what stands beside it.
	Counts
	// Steady are targets and processes that fail at a steady rate beside the
	// incidents, which they do not form.
	Steady []Steady
	// Tested are the periods for which there were failures enough, seconds.
	Tested []float64
	// Seen is what was read of failures, whether they count or not.
	Seen Seen
	// Leads are periods that were searched for, not tested: no verdicts.
	Leads []string
	// Conflicts are anchors that disagree, Missing what would tell more, and
	// Limits what the evidence cannot show.
	Conflicts, Missing, Limits []string
	// Filtered says of each filter that nothing passes it, and what is nearest.
	Filtered []string

	groups    groups     // the events that were judged, by clock
	processes []*Process // the controllers' lives
}

// Counts are totals within the options' cut.
type Counts struct {
	// Failures counts failed requests per layer; Layer is the outermost one,
	// at which incidents are counted.
	Failures map[parse.Kind]int
	Layer    parse.Kind
	// Stalls and Probes count what stands beside them.
	Stalls, Probes int
}

// Placed is an index whose streams stand on their clocks: what every stage
// reads events and their times through. It decides nothing.
type Placed struct {
	*Index
	Options Options
	Anchors []Anchor // by stream

	holes []Hole
	cuts  [][]parse.Span // by stream, on the clock of its group: its silences in holes
	// linkerd: something of it was read, or nothing of another product.
	linkerd bool
	twice   map[Point]bool // see [Placed.ToldTwice]
}

// place puts each stream on the clock that the ladder of anchors gives it.
// Anchors that disagree come back in words.
func place(ix *Index, o Options) (p Placed, conflicts []string) {
	p = Placed{Index: ix, Options: o, linkerd: findLinkerd(ix)}
	p.Anchors, conflicts = ix.anchors(&o)
	p.holes, p.cuts = findHoles(&p)
	p.twice = p.probesTwice()
	return p, conflicts
}

// Wall gives an event's time in UTC, ns since 1970, and the half-width of the
// interval it lies in. ok is false while its stream has no anchor.
func (c *Placed) Wall(p Point) (at parse.Time, within time.Duration, ok bool) {
	a := &c.Anchors[p.Stream]
	e := c.At(p)
	return e.Time + a.Zero, a.Within + e.Grain.Width()/2, a.Placed()
}

// Last is the wall time of the last event, ns since 1970; ok is false when no
// event has one.
func (ix *Index) Last(o *Options) (last parse.Time, ok bool) {
	all := ix.withUserFacts(*o)
	anchors, _ := ix.anchors(&all)
	for s := range ix.Streams {
		st := &ix.Streams[s]
		if !anchors[s].Placed() {
			continue
		}
		if n := len(st.Events); n > 0 {
			last, ok = max(last, st.Events[n-1].Time+anchors[s].Zero), true
		}
		if n := len(st.Coverage); n > 0 { // a log may go on without an event
			last, ok = max(last, st.Coverage[n-1].To+anchors[s].Zero), true
		}
	}
	return last, ok
}

// First is when the first line of a log was written, as far as any is placed; what only
// tells of the past, as a pod's status does, does not count.
func (c *Placed) First() (first parse.Time, ok bool) {
	for s := range c.Streams {
		st := &c.Streams[s]
		if len(st.Coverage) == 0 || !c.Anchors[s].Placed() || !process(st) && !serves(st) {
			continue
		}
		if at := st.Coverage[0].From + c.Anchors[s].Zero; !ok || at < first {
			first, ok = at, true
		}
	}
	return first, ok
}

// seconds is a time in seconds, the unit of package stat.
func seconds(t parse.Time) float64 { return float64(t) / 1e9 }

// nanos is the inverse of seconds.
func nanos(s float64) parse.Time { return parse.Time(math.Round(s * 1e9)) }

// times gives the moments in seconds.
func times(m []Moment) []float64 {
	out := make([]float64, len(m))
	for i := range m {
		out[i] = seconds(m[i].At)
	}
	return out
}

// title names a stream for people: its pod, else the file and its lines.
func (ix *Index) title(s int) string {
	if who := ix.Who[s]; who.Pod != "" {
		if who.Container != "" {
			return who.Pod + "/" + who.Container
		}
		return who.Pod
	}
	return ix.SourceName(s)
}

// SourceName is the path of a stream's source; of a source that holds several
// processes which nothing names, with the lines that the stream is.
func (ix *Index) SourceName(s int) string {
	st := &ix.Streams[s]
	src := &ix.Sources[st.Source]
	if src.Pasted || st.Interleaved && ix.Who[s].Pod == "" {
		return fmt.Sprintf("%s#L%d-L%d", src.Path, st.FirstLine, st.LastLine)
	}
	return src.Path
}
