package parse

import "slices"

// sortByTime sorts events and keeps the order of those of one time: by merging
// the stretches that are in order already, of which a log has few and long ones.
func sortByTime(events []Event) {
	type at struct {
		time Time
		from uint32
	}
	var runs []int // where each stretch begins
	for i := range events {
		if i == 0 || events[i].Time < events[i-1].Time {
			runs = append(runs, i)
		}
	}
	if len(runs) < 2 {
		return
	}
	order, room := make([]at, len(events)), make([]at, len(events))
	for i := range events {
		order[i] = at{events[i].Time, uint32(i)}
	}
	for runs = append(runs, len(events)); len(runs) > 2; {
		kept := runs[:0]
		for i := 0; i+1 < len(runs); i += 2 {
			from, mid, to := runs[i], runs[i+1], runs[min(i+2, len(runs)-1)]
			kept = append(kept, from)
			a, b, out := order[from:mid], order[mid:to], room[from:from]
			for len(a) > 0 && len(b) > 0 {
				if b[0].time < a[0].time {
					out, b = append(out, b[0]), b[1:]
				} else {
					out, a = append(out, a[0]), a[1:]
				}
			}
			out = append(append(out, a...), b...)
		}
		runs = append(kept, len(events))
		order, room = room, order
	}
	unsorted := slices.Clone(events)
	for i, o := range order {
		events[i] = unsorted[o.from]
	}
}
