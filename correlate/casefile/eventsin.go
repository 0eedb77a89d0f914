package casefile

import (
	"errors"
	"time"

	"faultline/parse"
)

// batch is the columns of one row group of events.
type batch struct {
	own, grain, duration, count, line, off, length, print []int64
	class, stream                                         []int32
	value                                                 []float64
	target, fact                                          []parse.Name
	kind                                                  []parse.Kind
	severity                                              []parse.Severity
}

const unknown = 255 // a kind or a severity that this version has no word for

func (b *batch) read(g *group, r *restorer) error {
	for _, list := range []*[]int64{&b.own, &b.grain, &b.duration, &b.count, &b.line, &b.off, &b.length, &b.print} {
		*list = grown(*list, g.rows)
	}
	b.class, b.stream, b.value = grown(b.class, g.rows), grown(b.stream, g.rows), grown(b.value, g.rows)
	b.target, b.fact = grown(b.target, g.rows), grown(b.fact, g.rows)
	b.kind, b.severity = grown(b.kind, g.rows), grown(b.severity, g.rows)
	return errors.Join(
		g.int64s("own_ns", b.own), g.int64s("own_width_ns", b.grain), g.int64s("duration_ns", b.duration),
		g.int64s("repeat_count", b.count), g.int64s("line_no", b.line), g.int64s("byte_offset", b.off),
		g.int64s("line_bytes", b.length), g.int64s("fingerprint", b.print),
		g.int32s("class", b.class), g.int32s("stream_id", b.stream), g.doubles("value", b.value),
		texts(g, "target", b.target, r.interned), texts(g, "detail", b.fact, r.interned),
		texts(g, "kind", b.kind, func(s []byte) parse.Kind {
			if k, ok := r.kinds[string(s)]; ok {
				return k
			}
			return unknown
		}),
		texts(g, "severity_text", b.severity, func(s []byte) parse.Severity {
			if v, ok := severities[string(s)]; ok {
				return v
			}
			return unknown
		}))
}

// events hands the events to their streams. The table is in the order of wall
// time, which is each stream's own order too.
func (r *restorer) events() error {
	f, err := r.table("events")
	if err != nil || f == nil {
		return err
	}
	return guarded("events", func() error {
		counts, err := r.counts(f.NumRows())
		if err != nil {
			return err
		}
		var b batch
		for _, g := range groupsOf(f) {
			if err := b.read(&g, r); err != nil {
				return err
			}
			for i := range g.rows {
				if err := r.event(&b, i, counts); err != nil {
					return err
				}
			}
		}
		for i := range r.c.Streams {
			if int64(len(r.c.Streams[i].Events)) != counts[i] {
				return errors.New("events of a stream are missing")
			}
		}
		return nil
	})
}

// counts says how many events each stream has, which must come to all rows,
// and makes room for them.
func (r *restorer) counts(rows int64) ([]int64, error) {
	f, err := r.table("streams")
	if err != nil || f == nil {
		return nil, err
	}
	var counts []int64
	for _, g := range groupsOf(f) {
		part := make([]int64, g.rows)
		if err := g.int64s("events", part); err != nil {
			return nil, err
		}
		counts = append(counts, part...)
	}
	left := rows
	for i, n := range counts {
		if n < 0 || n > left || i >= len(r.c.Streams) {
			return nil, errRefers
		}
		left -= n
		r.c.Streams[i].Events = make([]parse.Event, 0, n)
	}
	if left != 0 {
		return nil, errors.New("more events than the streams have")
	}
	return counts, nil
}

func (r *restorer) event(b *batch, i int, counts []int64) error {
	s := b.stream[i]
	if uint(s) >= uint(len(r.c.Streams)) {
		return errRefers
	}
	st := &r.c.Streams[s]
	grain, ok := grains[b.grain[i]]
	switch n := len(st.Events); {
	case int64(n) == counts[s], n > 0 && st.Events[n-1].Time > parse.Time(b.own[i]):
		return errors.New("not in the order of its stream")
	case !ok || b.kind[i] == unknown || b.severity[i] == unknown || b.class[i] != int32(uint8(b.class[i])):
		return errors.New("a kind, a severity or a width that this version does not know")
	case b.line[i] != int64(uint32(b.line[i])) || b.length[i] != int64(uint32(b.length[i])) ||
		b.count[i] != int64(uint32(b.count[i])) || b.print[i] != int64(uint32(b.print[i])):
		return errRefers
	}
	st.Events = append(st.Events, parse.Event{Time: parse.Time(b.own[i]), Lasted: time.Duration(b.duration[i]), Off: b.off[i],
		Value:  b.value[i],
		Target: b.target[i], Fact: b.fact[i], Stream: uint32(s), Line: uint32(b.line[i]), Len: uint32(b.length[i]), Count: uint32(b.count[i]),
		Print: uint32(b.print[i]), Kind: b.kind[i], Severity: b.severity[i], Grain: grain, Class: uint8(b.class[i])})
	return nil
}
