package correlate

import (
	"math/bits"

	"faultline/parse"
)

// leftLines are the events of a log that no line of another repeats yet, the first
// of each line and behind each the next. They hold no lists: two logs are compared
// whole, and a list a line took three times as much memory.
type leftLines struct {
	first map[uint64]int32 // the event, counted from 1; 0 is none
	next  []int32
}

// linesOf are the events of a stream that repeat nothing, by their line.
func (k *copies) linesOf(st *parse.Stream, stream int) leftLines {
	l := leftLines{make(map[uint64]int32, len(st.Events)), make([]int32, len(st.Events))}
	for i := len(st.Events) - 1; i >= 0; i-- {
		if !k.dup.holds(stream, i) {
			line := sameLine(&st.Events[i])
			l.next[i], l.first[line] = l.first[line], int32(i+1)
		}
	}
	return l
}

// take says whether a line at a time repeats one that is left: the first, of dated
// lines the first that is near enough. Both logs are in the order of time, so none
// before it is wanted any more.
func (l leftLines) take(events []parse.Event, line uint64, at parse.Time, dated bool) bool {
	for i := l.first[line]; i > 0; i = l.next[i-1] {
		if !dated || abs(events[i-1].Time-at) <= copySlack {
			l.first[line] = l.next[i-1]
			return true
		}
	}
	return false
}

// mayRepeat counts the events of one log that lie within another's time, and of how
// many at most the line stands in the other. Of two long logs some fingerprints are
// equal by chance; a set of bits that holds all lines of the one, and one in sixteen
// others, tells that of most pairs at a tenth of what comparing them takes.
func mayRepeat(ps, ss *parse.Stream) (within, most int) {
	const spread = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio: near lines come far apart
	shift := 64 - max(bits.Len(uint(len(ps.Events)))+4, 6)
	bit := func(e *parse.Event) (word uint64, mask uint64) {
		at := sameLine(e) * spread >> shift
		return at / 64, 1 << (at % 64)
	}
	set := make([]uint64, 1<<(64-shift)/64)
	for i := range ps.Events {
		word, mask := bit(&ps.Events[i])
		set[word] |= mask
	}
	from, to := ps.Events[0].Time, ps.Events[len(ps.Events)-1].Time
	for i := range ss.Events {
		e := &ss.Events[i]
		if ss.Clock != ps.Clock || e.Time >= from-copySlack && e.Time <= to+copySlack {
			within++
		}
		if word, mask := bit(e); set[word]&mask != 0 {
			most++
		}
	}
	return within, most
}
