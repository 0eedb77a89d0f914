package correlate

import (
	"fmt"
	"slices"
	"time"

	"faultline/parse"
)

const (
	// bornBefore and bornAfter bound when a process prints its first line,
	// counted from the start that a metric or a status tells: in whole seconds,
	// and a runtime takes its time.
	bornBefore = parse.Time(1500 * time.Millisecond)
	bornAfter  = parse.Time(3 * time.Second)
)

// birth is when a container started, as the dump states.
type birth struct {
	of Identity
	at parse.Time
}

// births lists the starts that the dump states, and the pods by their addresses;
// an address that several had is nobody's.
func births(c *parse.Capture) (starts []birth, byAddress map[string]Identity) {
	byAddress = map[string]Identity{}
	for _, f := range c.Facts {
		of, ok := subject(c, f)
		if !ok || of.Pod == "" {
			continue
		}
		switch c.Name(f.Key) {
		case parse.FactProcess, parse.FactStartedAt, parse.FactRun:
			if f.Time != 0 && of.Container != "" {
				starts = append(starts, birth{of, f.Time})
			}
		case parse.FactAddress:
			pod := Identity{Namespace: of.Namespace, Pod: of.Pod}
			if had, was := byAddress[c.Name(f.Value)]; was && had != pod {
				pod = Identity{}
			}
			byAddress[c.Name(f.Value)] = pod
		}
	}
	return starts, byAddress
}

// attribute finds whose the logs are that name nobody: by an address that a log
// states as its own, or by its first line, where that is of the moment at which
// one pod started and no other. The sentences say which log was taken for whose.
func attribute(c *parse.Capture, who []Identity) (said []string) {
	starts, byAddress := births(c)
	for s := range c.Streams {
		st := &c.Streams[s]
		if who[s].Pod != "" || about(st) {
			continue
		}
		of, why, ok := ownAddress(c, s, byAddress)
		if !ok {
			of, why, ok = bornWith(c, s, who[s], starts)
		}
		if !ok || who[s].contradicts(of) {
			continue
		}
		who[s].fill(of)
		said = append(said, fmt.Sprintf("%s from line %d on names no pod: it is taken for the log of %s, %s", c.Sources[st.Source].Path, st.FirstLine, of.Pod, why))
	}
	return said
}

// ownAddress is the pod of the addresses that lines of a stream state as those
// of their own process.
func ownAddress(c *parse.Capture, s int, byAddress map[string]Identity) (of Identity, why string, ok bool) {
	st := &c.Streams[s]
	if st.Interleaved {
		return of, "", false
	}
	for _, f := range c.Facts {
		if f.Ref.Source != st.Source || f.Ref.Line < st.FirstLine || f.Ref.Line > st.LastLine || c.Name(f.Key) != parse.FactOwnAddress {
			continue
		}
		pod := byAddress[c.Name(f.Value)]
		if pod.Pod == "" || ok && pod != of {
			return Identity{}, "", false
		}
		of, ok = pod, true
		why = "which has the address " + c.Name(f.Value) + " that the log states as its own"
	}
	return of, why, ok
}

// bornWith is the container that started when a stream's process did.
func bornWith(c *parse.Capture, s int, who Identity, starts []birth) (of Identity, why string, ok bool) {
	at, early, ok := firstMoment(&c.Streams[s])
	if !ok {
		return of, "", false
	}
	var fit []Identity
	for _, b := range starts {
		if late := at - b.at; late < -bornBefore || late > bornAfter-early || who.contradicts(b.of) ||
			(b.of.Container == proxyContainer) != (who.Container == proxyContainer) {
			continue
		}
		if len(fit) > 0 && fit[0].Pod != b.of.Pod {
			return Identity{}, "", false
		}
		if !slices.Contains(fit, b.of) {
			fit = append(fit, b.of)
		}
	}
	if len(fit) == 0 {
		return of, "", false
	}
	of = fit[0]
	if len(fit) > 1 { // containers of one pod start together
		of.Container = ""
		if i := slices.IndexFunc(fit, func(i Identity) bool { return i.Container == "destination" }); i >= 0 && stalls(&c.Streams[s]) {
			of.Container = "destination"
		}
	}
	return of, "which started when the log begins", true
}

// firstMoment is when a stream's process started, on the wall clock, as its own
// lines show; early is by how much less than a first line's it may be late.
func firstMoment(st *parse.Stream) (at, early parse.Time, ok bool) {
	if a, tied := stamped(st.Ties); st.Clock == parse.ClockUptime && tied {
		return a.Zero, bornAfter - bornBefore, true
	}
	if st.Clock != parse.ClockWall || len(st.Coverage) == 0 {
		return 0, 0, false
	}
	for i := range st.Events {
		if e := &st.Events[i]; e.Kind == parse.ControllerStarted {
			return e.Time, 0, e.Time-st.Coverage[0].From <= bornBefore
		}
	}
	return 0, 0, false
}

// stalls says whether a stream tells of stalls of informers.
func stalls(st *parse.Stream) bool {
	return slices.ContainsFunc(st.Events, func(e parse.Event) bool { return e.Kind == parse.ControllerPopStall })
}
