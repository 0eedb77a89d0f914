package query

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/annotations"
)

// Store holds series in memory, and is what the engine selects from. It is
// never changed after [NewStore], and may be read from several goroutines.
type Store struct {
	series []storage.Series // by labels
	names  map[string][]int // metric's name to places in series, ascending
}

// viewed is a series whose samples depend on how it is asked.
type viewed interface {
	view(hints *storage.SelectHints) storage.Series
}

// NewStore makes a store of series. No two of them may have the same labels;
// the iterator of each must give ascending times, in ms.
func NewStore(series []storage.Series) *Store {
	s := &Store{series: slices.Clone(series), names: map[string][]int{}}
	slices.SortFunc(s.series, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	for i, one := range s.series {
		name := one.Labels().Get(model.MetricNameLabel)
		s.names[name] = append(s.names[name], i)
	}
	return s
}

// Querier gives the store's samples between two times in ms, both inclusive.
// They are not cut there: the engine does that.
func (s *Store) Querier(_, _ int64) (storage.Querier, error) { return querier{s}, nil }

// find gives the places of the series that all matchers match, ascending.
func (s *Store) find(matchers []*labels.Matcher) (out []int) {
	rest := make([]*labels.Matcher, 0, len(matchers))
	var names []*labels.Matcher
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel {
			names = append(names, m)
		} else {
			rest = append(rest, m)
		}
	}
	take := func(places []int) {
		for _, i := range places {
			if matchesAll(rest, s.series[i].Labels()) {
				out = append(out, i)
			}
		}
	}
	if len(names) == 1 && names[0].Type == labels.MatchEqual {
		take(s.names[names[0].Value])
		return out
	}
	for name, places := range s.names {
		if matchesName(names, name) {
			take(places)
		}
	}
	slices.Sort(out)
	return out
}

func matchesName(matchers []*labels.Matcher, name string) bool {
	for _, m := range matchers {
		if !m.Matches(name) {
			return false
		}
	}
	return true
}

func matchesAll(matchers []*labels.Matcher, of labels.Labels) bool {
	for _, m := range matchers {
		if !m.Matches(of.Get(m.Name)) {
			return false
		}
	}
	return true
}

// querier is the store as the engine asks it.
type querier struct{ s *Store }

func (q querier) Select(ctx context.Context, _ bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	if err := ctx.Err(); err != nil {
		return storage.ErrSeriesSet(err)
	}
	return &found{s: q.s, places: q.s.find(matchers), at: -1, hints: hints}
}

func (q querier) LabelValues(_ context.Context, name string, _ *storage.LabelHints,
	matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	seen := map[string]bool{}
	for _, i := range q.s.find(matchers) {
		if v := q.s.series[i].Labels().Get(name); v != "" {
			seen[v] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil, nil
}

func (q querier) LabelNames(_ context.Context, _ *storage.LabelHints,
	matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	seen := map[string]bool{}
	for _, i := range q.s.find(matchers) {
		q.s.series[i].Labels().Range(func(l labels.Label) { seen[l.Name] = true })
	}
	return slices.Sorted(maps.Keys(seen)), nil, nil
}

func (querier) Close() error { return nil }

// found is the series of a selection, sorted by their labels.
type found struct {
	s      *Store
	places []int
	at     int
	hints  *storage.SelectHints
}

func (f *found) Next() bool {
	f.at++
	return f.at < len(f.places)
}

func (f *found) At() storage.Series {
	one := f.s.series[f.places[f.at]]
	if v, ok := one.(viewed); ok && f.hints != nil {
		return v.view(f.hints)
	}
	return one
}

func (*found) Err() error                        { return nil }
func (*found) Warnings() annotations.Annotations { return nil }

// Samples are the numbers of one series.
type Samples struct {
	Of labels.Labels
	// Times in ns since 1970, ascending, no two of them in one ms; Values of
	// the same length.
	Times  []int64
	Values []float64

	origin *origin // nil where none is known
}

// Labels are the series' labels with the metric's name.
func (s *Samples) Labels() labels.Labels { return s.Of }

// Iterator walks the samples; it reuses one of its own.
func (s *Samples) Iterator(had chunkenc.Iterator) chunkenc.Iterator {
	it, ok := had.(*walk)
	if !ok {
		it = &walk{}
	}
	it.s, it.i = s, -1
	return it
}

// walk is at one of the samples of a series.
type walk struct {
	floats
	s   *Samples
	i   int
	own *Samples // memory for series whose samples are made
}

// millis is a time as the engine has it: ms since 1970.
type millis = int64

const milli = int64(1e6) // ns

func (w *walk) Next() chunkenc.ValueType {
	w.i++
	return w.kind()
}

func (w *walk) kind() chunkenc.ValueType {
	if w.i >= len(w.s.Times) {
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

// Seek goes on to the first sample at or after t.
func (w *walk) Seek(t millis) chunkenc.ValueType {
	w.i = max(w.i, 0)
	at := max(min(t, math.MaxInt64/milli), math.MinInt64/milli) * milli // "@ 1e15" is a time, too
	if w.i < len(w.s.Times) && w.s.Times[w.i] < at {
		n, _ := slices.BinarySearch(w.s.Times[w.i:], at)
		w.i += n
	}
	return w.kind()
}

func (w *walk) At() (int64, float64) { return w.s.Times[w.i] / milli, w.s.Values[w.i] }
func (w *walk) AtT() int64           { return w.s.Times[w.i] / milli }
