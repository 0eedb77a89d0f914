package parse

// stood is an event's time and where it stands: what a merge moves in place of
// the event.
type stood struct {
	time      Time
	batch, at uint32
}

// inOrder hands the events of a source to its streams, in ascending time and
// those of one time as they stood: by merging the stretches that are in order
// already, of which a log has few and long ones. of is the stream of each
// segment. The batches are used up.
func inOrder(batches [][]Event, of []int, streams []Stream) {
	counts, runs := make([]int, len(streams)), make([][]int, len(streams))
	latest := make([]Time, len(streams))
	for _, batch := range batches {
		for i := range batch {
			if batch[i].Kind == KindNone {
				continue // told by another line
			}
			n := of[batch[i].Stream]
			if t := batch[i].Time; t < latest[n] || counts[n] == 0 {
				runs[n] = append(runs[n], counts[n])
			}
			latest[n] = batch[i].Time
			counts[n]++
		}
	}
	if len(batches) == 1 && len(streams) == 1 && len(runs[0]) <= 1 && counts[0] == len(batches[0]) {
		for i := range batches[0] {
			batches[0][i].Stream = 0
		}
		streams[0].Events = batches[0]
		return
	}
	order, straight := make([][]stood, len(streams)), true // of those with several stretches
	for n := range streams {
		streams[n].Events = make([]Event, 0, counts[n])
		if len(runs[n]) > 1 {
			order[n], straight = make([]stood, 0, counts[n]), false
		}
	}
	for b, batch := range batches {
		for i := range batch {
			if batch[i].Kind == KindNone {
				continue
			}
			n := of[batch[i].Stream]
			batch[i].Stream = uint32(n)
			if order[n] != nil {
				order[n] = append(order[n], stood{batch[i].Time, uint32(b), uint32(i)})
			} else {
				streams[n].Events = append(streams[n].Events, batch[i])
			}
		}
		if straight {
			batches[b] = nil // its memory is wanted
		}
	}
	for n := range order {
		for _, o := range merged(order[n], runs[n]) {
			streams[n].Events = append(streams[n].Events, batches[o.batch][o.at])
		}
	}
}

// merged sorts what is in order from each of runs to the next.
func merged(order []stood, runs []int) []stood {
	room := make([]stood, len(order))
	for runs = append(runs, len(order)); len(runs) > 2; {
		kept := runs[:0]
		for i := 0; i+1 < len(runs); i += 2 {
			from, mid, to := runs[i], runs[i+1], runs[min(i+2, len(runs)-1)]
			kept = append(kept, from)
			merge(room[from:to], order[from:mid], order[mid:to])
		}
		runs = append(kept, len(order))
		order, room = room, order
	}
	return order
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
