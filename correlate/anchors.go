package correlate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/given"
	"faultline/parse/lex"
)

// Basis is the rung of the ladder that an anchor stands on.
type Basis uint8

// The rungs, weakest first.
const (
	None     Basis = iota
	Bounded        // from a file's modification time
	Fitted         // by the pattern of its events, to those of other processes
	Reported       // pod status or a metric says when the process started
	Printed        // the lines carry both clocks, or a wall clock only
	Given          // by the user
)

var basisNames = [...]string{"none", "bounded", "fitted", "reported", "printed", "given"}

// String is the basis in the words of the contract.
func (b Basis) String() string { return basisNames[b] }

// Anchor says where a stream's zero lies on the wall clock.
type Anchor struct {
	// Zero is the wall time of the stream's zero, ns since 1970. A stream's
	// own time plus Zero is UTC. Meaningless when Basis is None.
	Zero parse.Time
	// Within is the half-width of the interval that the zero lies in.
	Within time.Duration
	Basis  Basis
	Proof  []parse.Ref
	// Why says in words what the anchor rests on.
	Why string
	// Rejected says that the user keeps the clock open: no rung of the ladder
	// and no fit may place it. Basis is then None.
	Rejected bool
	// NotAfter is when the file was written that the stream's lines stand in, so
	// that nothing in them is later; 0 where that is not known or says nothing.
	NotAfter parse.Time
	// Modulo is the period up to a multiple of which the zero is known, where
	// a fit cannot tell more; the stream is then not placed. 0 for all others.
	Modulo time.Duration
}

// Placed says whether the stream's times are known on the wall clock.
func (a *Anchor) Placed() bool { return a.Basis != None }

// Independent says whether the stream's times may be compared with other
// sources': a clock that was fitted to them would find what it was fitted to.
func (a *Anchor) Independent() bool { return a.Placed() && a.Basis != Fitted }

// AnchorRule is an anchor given by the user.
type AnchorRule struct {
	// Glob matches a source's path, its base name, or "pod/container".
	Glob string
	// Life is the restart that is meant, -1 for any.
	Life int
	// Line is the line whose event happened at Zero; 0 if Zero is the clock's.
	Line uint32
	Zero parse.Time // ns since 1970
	// Bare says that no date was given: Zero is then since midnight, UTC.
	Bare bool
	// Within is the half-width of the interval, a millisecond at least.
	Within time.Duration
	// Rejected keeps the clock open in place of giving it a zero.
	Rejected bool
	// By is who said so, where that is known.
	By string
	// Proof is where a facts file says so; nil for a flag.
	Proof []parse.Ref
}

// ParseAnchor reads "GLOB[#LIFE]=TIME[ within DURATION]", the wall time of the
// clock's zero, "GLOB:LINE=TIME[ within DURATION]", the wall time at which an
// event of that line happened, or "GLOB[#LIFE]=none" for a clock that is to stay
// open, and each followed by " by NAME". TIME is RFC 3339, or a time of the day
// in UTC.
func ParseAnchor(s string) (r AnchorRule, ok bool) {
	glob, when, ok := strings.Cut(s, "=")
	if !ok || glob == "" {
		return r, false
	}
	if r.Glob, r.Life, ok = globLife(glob); !ok {
		return r, false
	}
	if at := strings.LastIndexByte(r.Glob, ':'); at > 0 && r.Life < 0 {
		if line, err := strconv.ParseUint(r.Glob[at+1:], 10, 32); err == nil && line > 0 {
			r.Glob, r.Line = r.Glob[:at], uint32(line)
		}
	}
	t, ok := timeOrNone(when)
	r.Zero, r.Bare, r.Within, r.Rejected, r.By = t.at, t.bare, t.within, t.none, t.by
	if r.Line > 0 { // copied from a line that cut the rest away, as a zero is not
		r.Zero += parse.Time(t.digit / 2)
	}
	return r, ok && !(r.Line > 0 && r.Rejected)
}

// globLife reads "GLOB[#LIFE]"; the life is -1 where none is named.
func globLife(s string) (glob string, life int, ok bool) {
	at := strings.LastIndexByte(s, '#') // a name may hold others
	if at < 0 {
		return s, -1, s != ""
	}
	life, err := strconv.Atoi(s[at+1:])
	return s[:at], life, err == nil && life >= 0 && at > 0
}

// typed is a wall time as a person gives it.
type typed struct {
	at     parse.Time    // ns since 1970; if bare, since midnight
	bare   bool          // without a date
	within time.Duration // how exact it is
	digit  time.Duration // how wide its last digit is
	none   bool          // the word none in its place
	by     string        // who says so
}

// timeOrNone reads a wall time or the word none. A time that was typed to the
// second is no better than that.
func timeOrNone(s string) (t typed, ok bool) {
	var when string
	when, t.within, t.by, ok = given.Cut(s)
	if !ok || when == given.None {
		t.none = ok
		return t, ok
	}
	if t.at, t.digit, t.bare = timeOfDay(when); !t.bare {
		st, n, full := lex.RFC3339([]byte(when))
		t.at, t.digit, ok = parse.Time(st.Unix), time.Duration(st.Width), full && n == len(when) && st.Zoned
	}
	if ok && t.within == 0 {
		t.within = t.digit / 2
	}
	return t, ok
}

// anchors climbs the ladder for every stream: given, printed, reported,
// bounded, none. Lower rungs that disagree become conflicts.
func (ix *Index) anchors(o *Options) (out []Anchor, conflicts []string) {
	out = make([]Anchor, len(ix.Streams))
	said := ix.anchorsOf(o)
	for s := range ix.Streams {
		rungs := ix.rungs(s, o, said[s])
		if len(rungs) == 0 {
			out[s] = ix.writtenLater(s)
			continue
		}
		if out[s] = rungs[0]; out[s].Rejected {
			continue
		}
		for _, r := range rungs[1:] {
			if gap := time.Duration(r.Zero - out[s].Zero); r.Basis != Bounded && gap.Abs() > r.Within+out[s].Within {
				conflicts = append(conflicts, ix.title(s)+": "+out[s].Why+" and "+r.Why+" differ by "+
					gap.Abs().Round(10*time.Millisecond).String()+"; the first is used")
			}
		}
	}
	conflicts = slices.Concat(conflicts, ix.unmatched(o), ix.Unclear(o))
	for s, of := range ix.CopyOf { // a copy stands where its better twin stands
		if of >= 0 && !out[s].Placed() && !out[s].Rejected && ix.Streams[s].Clock == ix.Streams[of].Clock {
			out[s] = out[of]
		}
	}
	ix.sameNode(out)
	ix.fitRequests(out)
	return out, conflicts
}

// writtenLater is all that is known of a dump of ages that nothing dates.
func (ix *Index) writtenLater(s int) (a Anchor) {
	st := &ix.Streams[s]
	if src := &ix.Sources[st.Source]; st.Clock == parse.ClockAge && !src.Modified.IsZero() {
		a.NotAfter = parse.Time(src.Modified.UnixNano())
		a.Why = "nothing in it is later than " + src.Modified.UTC().Format("2006-01-02 15:04:05 MST") +
			", when the file was written; --captured-at says when it was taken"
	}
	return a
}

// rungs are the anchors that a stream has, strongest first; said are the numbers of
// those that the user gave it.
func (ix *Index) rungs(s int, o *Options, said []int) (rungs []Anchor) {
	st := &ix.Streams[s]
	switch st.Clock {
	case parse.ClockWall:
		return append(rungs, Anchor{Basis: Printed, Why: wallWhy[st.ZoneBy]})
	case parse.ClockUptime:
		rungs = append(ix.saidRungs(s, o, said), ix.uptimeRungs(s, o)...)
	case parse.ClockYearless:
		rungs = append(ix.saidRungs(s, o, said), ix.yearRungs(s)...)
	case parse.ClockAge:
		rungs = append(ix.saidRungs(s, o, said), ix.ageRungs(s, o)...)
	}
	return rungs
}

// wallWhy says whose the zone of a wall clock is.
var wallWhy = [...]string{
	parse.ZonePrinted: "the lines carry a wall clock",
	parse.ZoneBeside:  "the lines carry a wall clock, in the zone that access lines beside them print",
	parse.ZoneUnknown: "the lines carry a wall clock and no zone: read as UTC (--source 'GLOB=zone:…' says otherwise)",
	parse.ZoneAssumed: "the lines carry a wall clock and no zone, and no line beside them prints it: read as UTC (--source 'GLOB=zone:…' says otherwise)",
}

// saidRungs are the anchors that the user gives a stream: the zero of an uptime
// clock, or the time of one of its events on any clock.
func (ix *Index) saidRungs(s int, o *Options, said []int) (rungs []Anchor) {
	st := &ix.Streams[s]
	for _, i := range said {
		r := o.Anchors[i]
		if r.dated(ix, s) != nil {
			continue
		}
		within, why := max(r.Within, time.Millisecond), sourceOf("--anchor", r.Proof, r.By)
		if r.Line == 0 && st.Clock == parse.ClockUptime {
			rungs = append(rungs, byUser(r.Zero, within, r.Rejected, r.Proof, why))
		}
		if e, ok := ix.eventOn(s, r.Line); ok {
			proof := append([]parse.Ref{st.Ref(e)}, r.Proof...)
			rungs = append(rungs, byUser(r.Zero-e.Time, within+e.Grain.Width()/2, false, proof, why+": when line "+strconv.Itoa(int(r.Line))+" happened"))
		}
	}
	return rungs
}

// eventOn is the event of a stream that stands on a line of its source.
func (ix *Index) eventOn(s int, line uint32) (*parse.Event, bool) {
	for i := range ix.Streams[s].Events {
		if e := &ix.Streams[s].Events[i]; line > 0 && e.Line == line {
			return e, true
		}
	}
	return nil, false
}

// byUser is the rung that a rule of the user's stands for.
func byUser(zero parse.Time, within time.Duration, rejected bool, proof []parse.Ref, by string) Anchor {
	if rejected {
		return Anchor{Rejected: true, Proof: proof, Why: "kept open: " + by}
	}
	return Anchor{Zero: zero, Within: within, Basis: Given, Proof: proof, Why: by}
}

// tieLag is how late the best of many stamps may still be.
const tieLag = 50 * time.Millisecond

// uptimeRungs anchors an uptime by the stamps before its lines, by a metric
// and by the status of its pod.
func (ix *Index) uptimeRungs(s int, o *Options) (rungs []Anchor) {
	st := &ix.Streams[s]
	if a, ok := stamped(st.Ties); ok {
		rungs = append(rungs, a)
	}
	for _, key := range []string{parse.FactProcess, parse.FactStartedAt} {
		if f, ok := ix.started(s, key); ok {
			a := Anchor{Zero: f.Time, Within: f.Within, Basis: Reported, Proof: []parse.Ref{f.Ref}}
			a.Why = "the metric process_start_time_seconds"
			// The metric is the boot time in whole seconds, rounded down, plus
			// the process's exact age at boot.
			a.Zero += parse.Time(500 * time.Millisecond)
			a.Within = 510 * time.Millisecond
			if key == parse.FactStartedAt {
				a.Why = "the container's startedAt"
				// The status holds whole seconds, and the proxy begins to
				// count only once the runtime has started it.
				a.Within = 1500 * time.Millisecond
			}
			if len(rungs) == 0 || !ix.otherRun(s) || time.Duration(a.Zero-rungs[0].Zero).Abs() <= a.Within+rungs[0].Within {
				rungs = append(rungs, a)
			}
		}
	}
	if a, ok := ix.gated(s, rungs); ok { // finer than what else is reported, and held against it
		at := slices.IndexFunc(rungs, func(r Anchor) bool { return r.Basis == Reported })
		if at < 0 {
			at = len(rungs)
		}
		rungs = slices.Insert(rungs, at, a)
	}
	if a, ok := ix.launched(s); ok {
		rungs = append(rungs, a)
	}
	if a, ok := ix.restarted(s, o); ok {
		rungs = append(rungs, a)
	}
	return rungs
}

const (
	// launchLines is how many lines may stand between the last line of the
	// launcher and the first of the proxy: those that a paste adds.
	launchLines = 3
	// execTakes is how long the exec may take.
	execTakes = 100 * time.Millisecond
)

// launched anchors a proxy by what proxy-identity printed before it became the
// proxy, in whole seconds: its version in 2.9 and 2.10, and since 2.11, where
// the container was restarted, that it found its key and its request.
func (ix *Index) launched(s int) (a Anchor, ok bool) {
	st := &ix.Streams[s]
	if !writtenBy(st, parse.ComponentProxy) {
		return a, false
	}
	var last parse.Fact
	said := ix.launches[st.Source]
	from, _ := slices.BinarySearchFunc(said, max(st.FirstLine, launchLines)-launchLines,
		func(f parse.Fact, line uint32) int { return cmp.Compare(f.Ref.Line, line) })
	for _, f := range said[from:] {
		if f.Ref.Line >= st.FirstLine {
			break
		}
		if f.Ref.Line > last.Ref.Line && ix.ofStream(f, s) {
			last, ok = f, true
		}
	}
	half := time.Duration(execTakes / 2)
	return Anchor{Zero: last.Time + parse.Time(half), Within: last.Within + half, Basis: Reported, Proof: []parse.Ref{last.Ref},
		Why: "the line of proxy-identity before it"}, ok
}

// findLaunches lists what launchers of proxies said, by source, in the order of
// their lines.
func (ix *Index) findLaunches() {
	ix.launches = map[uint32][]parse.Fact{}
	for _, f := range ix.Facts {
		if key := ix.Name(f.Key); f.Time != 0 && (key == parse.FactLaunch || key == parse.FactVersion) {
			ix.launches[f.Ref.Source] = append(ix.launches[f.Ref.Source], f)
		}
	}
	for _, said := range ix.launches {
		slices.SortStableFunc(said, func(a, b parse.Fact) int { return cmp.Compare(a.Ref.Line, b.Ref.Line) })
	}
}

// ofStream says whether a fact may be about a stream's process.
func (ix *Index) ofStream(f parse.Fact, s int) bool {
	of, ok := subject(ix.Capture, f)
	return ok && (of.Pod == "" || of.Pod == ix.Who[s].Pod)
}

// otherRun says whether a stream is, by its layout, not of the present run of
// its container. A start that its stamps contradict is then another run's, and
// no quarrel between clocks.
func (ix *Index) otherRun(s int) bool {
	who := &ix.Who[s]
	return who.Run > 0 || who.Instance == parse.InstancePrevious || who.Instance == parse.InstanceRotated
}

// stamped is the zero that stamps before the lines tell. Each allows a zero as
// late as the end of its printed digit; if it was taken at once, none earlier
// than the beginning. Where the bounds meet, the zero lies between them. Where
// they do not, some stamp was late, or a line is of a process that started within
// the same seconds; the interval reaches to the end of the latest digit. So no
// event is farther from a stamp on its own line than that.
func stamped(ties []parse.Tie) (a Anchor, ok bool) {
	if len(ties) == 0 {
		return a, false
	}
	best, latest := ties[0], ties[0].Earliest()
	for _, t := range ties[1:] {
		if t.Latest() < best.Latest() {
			best = t
		}
		latest = max(latest, t.Earliest())
	}
	a = Anchor{Basis: Printed, Proof: []parse.Ref{best.Ref}, Why: "the stamps before the lines"}
	if room := best.Latest() - latest; room >= 0 {
		a.Zero, a.Within = latest+room/2, time.Duration(room/2)+tieLag
	} else {
		a.Zero, a.Within = best.Latest(), 2*best.Within+max(time.Duration(-room), tieLag)
	}
	return a, true
}
