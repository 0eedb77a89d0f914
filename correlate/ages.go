package correlate

import (
	"strings"
	"time"

	"faultline/parse"
)

// CaptureRule dates the dumps whose times are ages.
type CaptureRule struct {
	// Glob matches a source's path; "" is every source.
	Glob string
	Time parse.Time
	// Bare says that no date was given: Time is then since midnight, UTC.
	Bare bool
	// Within is the half-width of the interval.
	Within time.Duration
	// Rejected, By and Proof are as for an [AnchorRule].
	Rejected bool
	By       string
	Proof    []parse.Ref
}

// ParseCapture reads "[SOURCE=]TIME[ within DURATION]", in RFC 3339 or a time of the
// day in UTC, or none in place of the time for a dump that is to stay without one; either may be followed by
// " by NAME".
func ParseCapture(s string) (r CaptureRule, ok bool) {
	if glob, when, has := strings.Cut(s, "="); has {
		r.Glob, s = glob, when
	}
	t, ok := timeOrNone(s)
	r.Time, r.Bare, r.Within, r.Rejected, r.By = t.at, t.bare, t.within, t.none, t.by
	return r, ok
}

// CapturedAs is the first that the user says of when a source was captured, with its
// date; false where nothing is said of it.
func (ix *Index) CapturedAs(source uint32, o *Options) (CaptureRule, bool) {
	for _, r := range o.Captured {
		if (r.Glob == "" || ix.namesSource(r.Glob, source)) && r.dated(ix) == nil {
			return r, true
		}
	}
	return CaptureRule{}, false
}

// ageRungs dates a dump of ages: by what the user says, by an event that
// another dump tells with its time, by when the file was written.
func (ix *Index) ageRungs(s int, o *Options) (rungs []Anchor) {
	src := &ix.Sources[ix.Streams[s].Source]
	for _, r := range o.Captured {
		if (r.Glob == "" || ix.matches(r.Glob, s)) && r.dated(ix) == nil {
			rungs = append(rungs, byUser(r.Time, max(r.Within, time.Second), r.Rejected, r.Proof, sourceOf("--captured-at", r.Proof, r.By)))
		}
	}
	for _, f := range ix.Facts {
		if ix.Name(f.Key) == parse.FactCaptured && f.Ref.Source == ix.Streams[s].Source {
			rungs = append(rungs, Anchor{Zero: f.Time, Within: max(f.Within, 500*time.Millisecond), Basis: Printed,
				Proof: []parse.Ref{f.Ref}, Why: "an event's name holds its time"})
			break
		}
	}
	if a, ok := ix.datedByTwin(s); ok {
		rungs = append(rungs, a)
	}
	if t, ok := ix.ages.printed[ix.Streams[s].Source]; ok {
		rungs = append(rungs, Anchor{Zero: t.middle(), Within: t.within(), Basis: Printed, Proof: t.proof, Why: t.why})
	}
	if t, ok := ix.dirs.ofTable(src.Path); ok && t.zoned {
		rungs = append(rungs, Anchor{Zero: t.middle(), Within: max(t.within(), time.Second), Basis: Bounded, Proof: t.proof, Why: t.why})
	}
	if a, ok := ix.datedByFile(src); ok {
		rungs = append(rungs, a)
	}
	return rungs
}

const (
	// copyLag is how much later than a dump the file that holds it is written.
	copyLag = parse.Time(time.Minute)
	// sameDump is how long after the last line of a dump its files are written.
	sameDump = parse.Time(15 * time.Minute)
)

// datedByFile takes when the file was written for when the dump was taken, if
// some log of the dump ended shortly before: then nobody has copied it since.
// Otherwise that time says no more than that nothing in the file is later.
func (ix *Index) datedByFile(src *parse.Source) (a Anchor, ok bool) {
	if src.Modified.IsZero() || src.Pasted { // a paste was written down long after the dump was taken
		return a, false
	}
	written := parse.Time(src.Modified.UnixNano())
	lag := sameDump + 1
	for s := range ix.Streams {
		_, to, ok := ix.printedSpan(s)
		if d := written - to; ok && d >= -copyLag && d < lag {
			lag = d
		}
	}
	if lag > sameDump {
		return a, false
	}
	lag = max(lag, copyLag)
	return Anchor{Zero: written - lag/2, Within: time.Duration(lag / 2), Basis: Bounded, NotAfter: written,
		Why: "the file was written just after the last line of the dump; nothing in it is later"}, true
}

// datedByTwin dates a dump by events that another dump tells with their time.
// The first occurrence is used: it stays, while the last one moves on from
// dump to dump. Each twin bounds the zero; the bounds are intersected, and a
// twin that contradicts those before it is left out.
func (ix *Index) datedByTwin(s int) (a Anchor, ok bool) {
	var from, to parse.Time
	for i := range ix.Streams[s].Events {
		e := &ix.Streams[s].Events[i]
		f, is := apiFact(ix.Capture, e)
		p, has := ix.twins[f]
		if !is || !has {
			continue
		}
		twin := ix.At(p)
		first, half := twin.Time-parse.Time(twin.Lasted), parse.Time((twin.Grain.Width()+e.Grain.Width())/2)
		zero := first - (e.Time - parse.Time(e.Lasted))
		lo, hi := zero-half, zero+half
		if ok {
			if lo, hi = max(lo, from), min(hi, to); lo > hi {
				continue
			}
		}
		from, to, ok = lo, hi, true
		a.Proof = append(a.Proof, ix.Streams[s].Ref(e), ix.Ref(p))
	}
	a.Zero, a.Within, a.Basis = (from+to)/2, time.Duration(to-from)/2, Printed
	a.Why = "an event that another dump tells with its time"
	return a, ok
}

// findTwins lists the API events that are told with their time.
func (ix *Index) findTwins() map[fact]Point {
	twins := map[fact]Point{}
	for i := range ix.Streams {
		if process(&ix.Streams[i]) || ix.Streams[i].Clock != parse.ClockWall {
			continue
		}
		for j := range ix.Streams[i].Events {
			if f, is := apiFact(ix.Capture, &ix.Streams[i].Events[j]); is {
				twins[f] = Point{uint32(i), uint32(j)}
			}
		}
	}
	return twins
}
