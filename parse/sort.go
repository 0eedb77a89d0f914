package parse

import "slices"

// stood is an event's time and where it stood: what a merge moves in place of
// the event.
type stood struct {
	time Time
	from uint32
}

// sortByTime sorts events and keeps the order of those of one time: by merging
// the stretches that are in order already, of which a log has few and long ones.
func sortByTime(events []Event) {
	var runs []int // where each stretch begins
	for i := range events {
		if i == 0 || events[i].Time < events[i-1].Time {
			runs = append(runs, i)
		}
	}
	if len(runs) < 2 {
		return
	}
	order, room := make([]stood, len(events)), make([]stood, len(events))
	for i := range events {
		order[i] = stood{events[i].Time, uint32(i)}
	}
	for runs = append(runs, len(events)); len(runs) > 2; {
		kept := runs[:0]
		for i := 0; i+1 < len(runs); i += 2 {
			from, mid, to := runs[i], runs[i+1], runs[min(i+2, len(runs)-1)]
			kept = append(kept, from)
			merge(room[from:to], order[from:mid], order[mid:to])
		}
		runs = append(kept, len(events))
		order, room = room, order
	}
	unsorted := slices.Clone(events)
	for i, o := range order {
		events[i] = unsorted[o.from]
	}
}

// merge writes a and b, each in order, in order into out, which has room for
// both. Of two equal times that of a comes first.
func merge(out, a, b []stood) {
	for len(a) > 0 && len(b) > 0 {
		if b[0].time < a[0].time {
			out[0], b = b[0], b[1:]
		} else {
			out[0], a = a[0], a[1:]
		}
		out = out[1:]
	}
	copy(out[copy(out, a):], b)
}
