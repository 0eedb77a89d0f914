package shard

import (
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"faultline/correlate/casefile"
	"faultline/parse"
)

// Missing is an item that no shard has written yet.
type Missing struct{ Shards []int }

// Error names the shards.
func (m *Missing) Error() string {
	return fmt.Sprintf("not complete: shards %v are still to be parsed", m.Shards)
}

// Merge joins what the shards of a plan wrote below dir into the capture that
// one process would have read. The lines of events go to keeper. What a judgement
// does not ask for, lines of no interest of a plan that has them as events, is read
// only for the whole: so what is held grows with what failed, not with the lines.
func Merge(p *Plan, dir string, wrappers []*parse.Wrapper, keeper parse.Keeper, whole bool) (*parse.Capture, error) {
	if err := p.complete(dir); err != nil {
		return nil, err
	}
	m := &merger{plan: p, id: p.ID(), dir: dir, wrappers: wrappers, whole: whole}
	return parse.Join(m.sources(), keeper)
}

// complete says which shards have items that are not there.
func (p *Plan) complete(dir string) error {
	lacks := map[int]bool{}
	for _, item := range p.Items {
		if !casefile.HasShard(dir, item.Shard, item.ID) {
			lacks[item.Shard] = true
		}
	}
	m := &Missing{}
	for s := range p.Shards {
		if lacks[s] {
			m.Shards = append(m.Shards, s)
		}
	}
	if len(m.Shards) > 0 {
		return m
	}
	return nil
}

type merger struct {
	plan     *Plan
	id, dir  string
	wrappers []*parse.Wrapper
	whole    bool
}

// sources gives every source of the plan in order; the pieces of one file are
// one source.
func (m *merger) sources() iter.Seq2[parse.Told, error] {
	return func(yield func(parse.Told, error) bool) {
		items := m.plan.Items
		for i := 0; i < len(items); {
			n := i + 1
			for n < len(items) && items[n].Piece > 0 {
				n++
			}
			list, err := m.item(items[i])
			if err != nil {
				yield(parse.Told{}, err)
				return
			}
			if items[i].To >= 0 {
				list = []source{m.pieces(items[i:n], list)}
			}
			for _, s := range list {
				t, err := s.sourcePlan.source(m.wrappers)
				if !yield(parse.Told{Source: t, Batches: s.batches}, err) {
					return
				}
			}
			i = n
		}
	}
}

// source is one source of an item as it was written.
type source struct {
	sourcePlan
	batches iter.Seq2[*parse.Batch, error]
}

// item reads the sources of one item.
func (m *merger) item(item Item) (out []source, err error) {
	rows, err := casefile.ReadShard(m.dir, item.Shard, item.ID, m.whole)
	if err != nil {
		return nil, err
	}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Source == rows[0].Source {
			n++
		}
		s := source{batches: batchesOf(rows[1:n])}
		if rows[0].Seq != -1 {
			return nil, fmt.Errorf("%s: item %d does not say how its source %d was read", item.Path, item.ID, rows[0].Source)
		}
		if err := json.Unmarshal(rows[0].Data, &s.sourcePlan); err != nil {
			return nil, fmt.Errorf("%s: item %d: %w", item.Path, item.ID, err)
		}
		if s.Plan != m.id {
			return nil, fmt.Errorf("%s: item %d was parsed by another plan (%s, this is %s): parse it again", item.Path, item.ID, s.Plan, m.id)
		}
		out, rows = append(out, s), rows[n:]
	}
	return out, nil
}

// pieces makes one source of a file's pieces, of which the first is at hand.
func (m *merger) pieces(items []Item, first []source) source {
	s := first[0]
	s.Bytes = items[0].Size
	head := s.batches
	s.batches = func(yield func(*parse.Batch, error) bool) {
		for b, err := range head {
			if !yield(b, err) {
				return
			}
		}
		for _, item := range items[1:] {
			list, err := m.item(item)
			if err == nil && len(list) != 1 {
				err = fmt.Errorf("%s: item %d is no piece", item.Path, item.ID)
			}
			if err == nil && list[0].Broken != "" {
				err = fmt.Errorf("%s: %s", item.Path, list[0].Broken)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for b, err := range list[0].batches {
				if !yield(b, err) {
					return
				}
			}
		}
	}
	return s
}

func batchesOf(rows []casefile.ShardRow) iter.Seq2[*parse.Batch, error] {
	return func(yield func(*parse.Batch, error) bool) {
		for _, r := range rows {
			if !yield(parse.DecodeBatch(r.Data)) {
				return
			}
		}
	}
}

// source makes of what travelled a source as a reader has it.
func (t *sourcePlan) source(wrappers []*parse.Wrapper) (s parse.Source, err error) {
	s = parse.Source{Path: t.Path, Owner: t.Owner, Format: t.Format, Layout: t.Layout, Zones: t.Zones,
		Bytes: t.Bytes, ContainerSHA256: t.Outer, Pasted: t.Pasted, Broken: t.Broken}
	if len(t.SHA256) == len(s.SHA256) {
		copy(s.SHA256[:], t.SHA256)
	}
	if t.Modified != 0 {
		s.Modified = time.Unix(0, t.Modified)
	}
	if t.Zone != "" {
		if s.Zone, err = time.LoadLocation(t.Zone); err != nil {
			return s, err
		}
	}
	for _, name := range t.Wrappers {
		i := indexOf(wrappers, name)
		if i < 0 {
			return s, fmt.Errorf("%s: this program knows no wrapper %q", t.Path, name)
		}
		w := wrappers[i]
		if w.Again != nil {
			if w = w.As(t.Columns); w == nil {
				return s, fmt.Errorf("%s: %q are not the columns of a %s", t.Path, t.Columns, name)
			}
		}
		s.Wrappers = append(s.Wrappers, w)
	}
	if t.Problem != "" && t.Broken == "" {
		s.Broken = t.Problem
	}
	return s, nil
}

func indexOf(wrappers []*parse.Wrapper, name string) int {
	for i, w := range wrappers {
		if w.Name == name {
			return i
		}
	}
	return -1
}
