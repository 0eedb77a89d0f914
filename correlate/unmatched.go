package correlate

import (
	"fmt"
	"path"
	"slices"
	"strconv"

	"faultline/correlate/words"
	"faultline/parse"
)

// Unmatched lists the times that the options and the dump's facts files give and that
// say nothing, in words.
func (ix *Index) Unmatched(o Options) []string {
	o = ix.withUserFacts(o)
	return append(ix.unmatched(&o), ix.Unclear(&o)...)
}

// unmatched lists those of which what they are of is not there or wants none,
// with the nearest that is.
func (ix *Index) unmatched(o *Options) (out []string) {
	for i := range o.Anchors {
		if why := ix.withoutClock(&o.Anchors[i]); why != "" {
			out = append(out, o.Anchors[i].name()+": the anchor given for it says nothing: "+why)
		}
	}
	for _, r := range o.Captured {
		if r.Glob == "" {
			continue
		}
		if why := ix.wantsNone(r.Glob); why != "" {
			out = append(out, r.Glob+": the time at which it was taken says nothing: "+why)
		}
	}
	return out
}

// wantsNone says why the time at which what a glob names was taken dates nothing:
// nothing has that name, or nothing of it is an age or a sample without a time.
func (ix *Index) wantsNone(glob string) string {
	streams := ix.named(glob)
	if slices.ContainsFunc(streams, func(s int) bool { return ix.Streams[s].Clock == parse.ClockAge }) {
		return ""
	}
	for _, f := range ix.Facts {
		if ix.Name(f.Key) == parse.FactAge && ix.namesSource(glob, f.Ref.Source) {
			return ""
		}
	}
	for i := range ix.Series {
		if s := &ix.Series[i]; len(s.Times) > 0 && s.Times[0] == 0 && ix.namesSource(glob, s.Ref.Source) {
			return ""
		}
	}
	if len(streams) > 0 {
		return "its times are no ages"
	}
	for source := range ix.Sources {
		if ix.namesSource(glob, uint32(source)) {
			return "nothing that was read of it is an age"
		}
	}
	return ix.noSuchLog(glob)
}

// name is the rule's clock or line, in the words in which it was given.
func (r *AnchorRule) name() string {
	switch {
	case r.Line > 0:
		return r.Glob + ":" + strconv.Itoa(int(r.Line))
	case r.Life >= 0:
		return r.Glob + "#" + strconv.Itoa(r.Life)
	}
	return r.Glob
}

// withoutClock says why an anchor gives no clock a zero; "" where it gives one.
func (ix *Index) withoutClock(r *AnchorRule) string {
	var own, lives []int // of the log: on a clock without a zero, of whatever life
	logs := ix.named(r.Glob)
	for _, s := range logs {
		st := &ix.Streams[s]
		if st.Clock == parse.ClockUptime || r.Line > 0 && st.Clock != parse.ClockWall && st.Clock != parse.ClockNone {
			lives = append(lives, s)
			if r.Life < 0 || r.Life == st.Life {
				own = append(own, s)
			}
		}
	}
	switch {
	case len(logs) == 0:
		return ix.noSuchLog(r.Glob)
	case len(lives) == 0:
		return "no clock of it wants one, since its lines print their times"
	case len(own) == 0:
		last := 0
		for _, s := range lives {
			last = max(last, ix.Streams[s].Life)
		}
		return fmt.Sprintf("it has the processes #0 to #%d", last)
	case r.Line == 0:
		return ""
	}
	return ix.noSuchLine(r, own)
}

// noSuchLine says that no event stands on a line, and which event is nearest.
func (ix *Index) noSuchLine(r *AnchorRule, streams []int) string {
	var near *parse.Event
	lines := uint64(0)
	for _, s := range streams {
		lines = max(lines, ix.Sources[ix.Streams[s].Source].Counts.Lines)
		for i := range ix.Streams[s].Events {
			e := &ix.Streams[s].Events[i]
			if e.Line == r.Line {
				return ""
			}
			if near == nil || apart(e.Line, r.Line) < apart(near.Line, r.Line) {
				near = e
			}
		}
	}
	why := fmt.Sprintf("line %d is no event of a clock that wants a time", r.Line)
	if uint64(r.Line) > lines {
		why = "it has " + words.Count(int(lines), "line", "lines")
	}
	if near == nil {
		return why + ", and none of its lines is"
	}
	return fmt.Sprintf("%s; the nearest is line %d, %s", why, near.Line, ix.KindName(near.Kind))
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

// noSuchLog says that nothing that was read has a name, and what is nearest.
func (ix *Index) noSuchLog(glob string) string {
	var names []string
	for i := range ix.Sources {
		names = append(names, ix.Sources[i].Path, path.Base(ix.Sources[i].Path))
	}
	for s := range ix.Streams {
		if who := &ix.Who[s]; who.Pod != "" {
			names = append(names, who.Pod+"/"+who.Container, who.Pod)
		}
	}
	if near := words.Nearest(glob, names); near != "" {
		return "no log has that name; the nearest is " + near
	}
	return "no log has that name"
}
