package correlate

import (
	"fmt"
	"math"
	"time"

	"faultline/correlate/stat"
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
	Marks []Mark `json:",omitempty"`
}

// Case is a judged capture: everything a report, a screen or a file shows.
type Case struct {
	*Index
	Options      Options
	Anchors      []Anchor // by stream
	Incidents    []Incident
	Periods      []Period
	Associations []Association
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
	// Failures counts per layer, within the options' cut; Layer is the
	// outermost one, at which incidents are counted. Stalls and Probes count
	// what stands beside them.
	Failures       map[parse.Kind]int
	Layer          parse.Kind
	Stalls, Probes int
	// Leads are periods that were searched for, not tested: no verdicts.
	Leads []string
	// Conflicts are anchors that disagree, Missing what would tell more, and
	// Limits what the evidence cannot show.
	Conflicts, Missing, Limits []string

	leads []lead
	work  *work // what was gathered, for Compare
}

// Judge decides everything that an index leaves open. It is pure: the same
// index and options give the same case.
func Judge(ix *Index, o Options) *Case {
	o = ix.said(o)
	c := &Case{Index: ix, Options: o, Failures: map[parse.Kind]int{}}
	c.Anchors, c.Conflicts = ix.anchors(&o)
	w := gather(c, &o)
	c.work = w
	c.incidents(w)
	c.periods(w, &o)
	w.covariates = c.covariates()
	c.associations(w)
	c.onStallBeats(w, &o)
	c.signs(w)
	c.load(w)
	c.Hours = c.HourTable(nil)
	c.since(w)
	c.scale(w)
	c.fitClocks(w)
	c.verdict(w)
	c.limits(w)
	return c
}

// Wall gives an event's time in UTC, ns since 1970, and the half-width of the
// interval it lies in. ok is false while its stream has no anchor.
func (c *Case) Wall(p Point) (at parse.Time, within time.Duration, ok bool) {
	a := &c.Anchors[p.Stream]
	e := c.At(p)
	return e.Time + a.Zero, a.Within + e.Grain.Width()/2, a.Placed()
}

// Last is the wall time of the last event, ns since 1970; ok is false when no
// event has one.
func (ix *Index) Last(o *Options) (last parse.Time, ok bool) {
	all := ix.said(*o)
	anchors, _ := ix.anchors(&all)
	for s := range ix.Streams {
		if n := len(ix.Streams[s].Events); n > 0 && anchors[s].Placed() {
			last, ok = max(last, ix.Streams[s].Events[n-1].Time+anchors[s].Zero), true
		}
	}
	return last, ok
}

// Moment is a point with its time on the clock of its group.
type Moment struct {
	Point
	// At is ns since 1970 in the wall group, else on the stream's own clock.
	At parse.Time
}

// Group is events whose times can be compared: all that are placed on the
// wall clock, or those of one process that is not.
type Group struct {
	// Stream is -1 for the wall clock, else the stream whose clock it is.
	Stream int
	// Failures are the failed requests, or the symptoms that stand in for
	// them, in ascending time.
	Failures []Moment
	// Kind is what Failures are: a failed request, or its symptom.
	Kind parse.Kind
	// Inner are failed requests of the layers below the one that is counted.
	Inner    []Moment
	Failfast []Moment
	Absent   []Moment // "No endpoints"
	Refused  []Moment // failed connects
	Stalls   []Moment
	Probes   []Moment
	// Coverage is when proxies were captured.
	Coverage stat.Coverage

	refused, absent voices // Refused and Absent by who said them of what
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

// SourceName is the path of a stream's source; of a pasted source, with the
// lines that the stream is.
func (ix *Index) SourceName(s int) string {
	st := &ix.Streams[s]
	src := &ix.Sources[st.Source]
	if src.Pasted {
		return fmt.Sprintf("%s#L%d-L%d", src.Path, st.FirstLine, st.LastLine)
	}
	return src.Path
}
