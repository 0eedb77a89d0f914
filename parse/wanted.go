package parse

import "slices"

// Wanted is a copy of a batch without the events that no judgement asks for, lines
// that are known and of no interest ([Options.Others]), and without their text. Its
// counts stay, so that what is said of the source is the same. It comes before the
// batch is used up.
func (b *Batch) Wanted() *Batch {
	out := *b
	out.Events, out.Kept, out.keptAt = nil, nil, nil
	at := make([]int, len(b.Events)) // of each event in the copy, -1 where it is left out
	others := map[int64]bool{}
	for i := range b.Events {
		if b.Events[i].unwanted() {
			at[i] = -1
			others[b.Events[i].Off] = true
			continue
		}
		at[i] = len(out.Events)
		out.Events = append(out.Events, b.Events[i])
	}
	for i := range out.Events {
		delete(others, out.Events[i].Off)
	}
	from := 0
	for _, k := range b.keptAt {
		if !others[k.off] {
			out.Kept = append(out.Kept, b.Kept[from:from+int(k.size)]...)
			out.keptAt = append(out.keptAt, k)
		}
		from += int(k.size)
	}
	out.untimed, out.pairs, out.opens, out.asks, out.quiets = nil, nil, nil, nil, nil
	for _, q := range b.quiets {
		if q.Event = at[q.Event]; q.Event >= 0 {
			out.quiets = append(out.quiets, q)
		}
	}
	for _, i := range b.untimed {
		if at[i] >= 0 {
			out.untimed = append(out.untimed, at[i])
		}
	}
	for _, p := range b.pairs {
		if p.event = at[p.event]; p.event >= 0 {
			out.pairs = append(out.pairs, p)
		}
	}
	for _, o := range b.opens {
		if o.event = at[o.event]; o.event >= 0 {
			out.opens = append(out.opens, o)
		}
	}
	for _, a := range b.asks {
		if a.event = at[a.event]; a.event >= 0 {
			out.asks = append(out.asks, a)
		}
	}
	return &out
}

// Others says whether a batch holds events that [Batch.Wanted] leaves out.
func (b *Batch) Others() bool {
	return slices.ContainsFunc(b.Events, func(e Event) bool { return e.unwanted() })
}

// unwanted says that an event is a line of no interest: that of an error is of some,
// for a judgement lists those that no event tells of.
func (e *Event) unwanted() bool { return e.Kind == LogOther && e.Severity < Error }
