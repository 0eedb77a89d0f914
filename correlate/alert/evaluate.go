package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"

	"faultline/correlate/query"
)

// atOnce is how many times are evaluated by one query, and so how much memory
// an evaluation takes.
const atOnce = 4000

// machine evaluates rules over the series of a case and what was recorded.
type machine struct {
	ctx      context.Context
	base     storage.Queryable
	recorded []storage.Series
	from, to int64 // ms
	engine   *promql.Engine
}

func newMachine(ctx context.Context, base storage.Queryable, from, to time.Time) *machine {
	return &machine{ctx: ctx, base: base, from: from.UnixMilli(), to: to.UnixMilli(), engine: promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: 2 * time.Minute, LookbackDelta: query.Lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return defaultInterval.Milliseconds() },
		EnableAtModifier:         true, EnableNegativeOffset: true, Parser: promQL,
	})}
}

// Querier selects from the case and from what was recorded until now.
func (m *machine) Querier(from, to int64) (storage.Querier, error) {
	q, err := m.base.Querier(from, to)
	if err != nil || len(m.recorded) == 0 {
		return q, err
	}
	own, err := query.NewStore(m.recorded).Querier(from, to)
	return both{q, own}, err
}

// both selects from two stores, which have no series in common.
type both struct {
	storage.Querier
	own storage.Querier
}

func (b both) Select(ctx context.Context, sorted bool, h *storage.SelectHints, ms ...*labels.Matcher) storage.SeriesSet {
	return &joined{SeriesSet: b.Querier.Select(ctx, sorted, h, ms...), then: b.own.Select(ctx, sorted, h, ms...)}
}

// joined are the series of one set, then those of another.
type joined struct {
	storage.SeriesSet
	then storage.SeriesSet
}

func (j *joined) Next() bool {
	if j.SeriesSet.Next() {
		return true
	}
	if j.then == nil || j.SeriesSet.Err() != nil {
		return false
	}
	j.SeriesSet, j.then = j.then, nil
	return j.SeriesSet.Next()
}

// evaluations calls seen with the result of a rule at each of its times, which
// lie on whole intervals; an error is one time's. Series are sorted by labels.
func (m *machine) evaluations(r *Rule, seen func(at int64, got promql.Vector, err error) error) error {
	step := r.Interval.Milliseconds()
	size := int64(atOnce)
	if r.relative() {
		size = 1
	}
	from := -floorDiv(-m.from, step) * step
	for ; from <= m.to; from += size * step {
		if err := m.piece(r, from, min(from+(size-1)*step, floorDiv(m.to, step)*step), step, seen); err != nil {
			return err
		}
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// relative says whether an expression looks at the bounds of its query, which
// for a rule are the time of each evaluation.
func (r *Rule) relative() (yes bool) {
	parser.Inspect(r.expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			yes = yes || n.StartOrEnd != 0
		case *parser.SubqueryExpr:
			yes = yes || n.StartOrEnd != 0
		}
		return nil
	})
	return yes
}

func (m *machine) piece(r *Rule, from, to, step int64, seen func(int64, promql.Vector, error) error) error {
	got, err := m.ranged(r, from, to, step)
	if err != nil && from < to && m.ctx.Err() == nil { // at some of the times only, maybe
		middle := from + (to-from)/step/2*step
		if err := m.piece(r, from, middle, step, seen); err != nil {
			return err
		}
		return m.piece(r, middle+step, to, step, seen)
	}
	if m.ctx.Err() != nil {
		return m.ctx.Err()
	}
	next := make([]int, len(got))
	for at := from; at <= to; at += step {
		var now promql.Vector
		for i, s := range got {
			if k := next[i]; k < len(s.Floats) && s.Floats[k].T == at-r.Offset.Milliseconds() {
				now = append(now, promql.Sample{Metric: s.Metric, T: at, F: s.Floats[k].F})
				next[i]++
			}
		}
		if err := seen(at, now, err); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) ranged(r *Rule, from, to, step int64) (promql.Matrix, error) {
	back := r.Offset.Milliseconds()
	q, err := m.engine.NewRangeQuery(m.ctx, m, nil, r.Expr, time.UnixMilli(from-back).UTC(), time.UnixMilli(to-back).UTC(),
		time.Duration(step)*time.Millisecond)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	res := q.Exec(m.ctx)
	if res.Err != nil {
		return nil, res.Err
	}
	got, err := res.Matrix()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(got) // their memory is the engine's until it is closed
	for i := range out {
		out[i].Floats = slices.Clone(out[i].Floats)
		if len(out[i].Histograms) > 0 {
			return nil, errors.New("native histograms are not evaluated")
		}
	}
	slices.SortFunc(out, func(a, b promql.Series) int { return labels.Compare(a.Metric, b.Metric) })
	return out, nil
}

// instant evaluates what a template asks for.
func (m *machine) instant(ctx context.Context, expr string, at time.Time) (promql.Vector, error) {
	q, err := m.engine.NewInstantQuery(ctx, m, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	res := q.Exec(ctx)
	switch v := res.Value.(type) {
	case promql.Vector:
		return slices.Clone(v), res.Err
	case promql.Scalar:
		return promql.Vector{{T: v.T, F: v.V}}, res.Err
	}
	return nil, cmp.Or(res.Err, errors.New("neither a vector nor a scalar"))
}

// written are series that a rule gives, each with its samples.
type written struct{ by map[string]*query.Samples }

// put adds a sample, and ends a series that had none at the time before.
func (w *written) put(of labels.Labels, at, before int64, v float64) {
	if w.by == nil {
		w.by = map[string]*query.Samples{}
	}
	key := string(of.Bytes(nil))
	s := w.by[key]
	if s == nil {
		s = &query.Samples{Of: of}
		w.by[key] = s
	}
	const ns = int64(time.Millisecond)
	if n := len(s.Times); n > 0 && s.Times[n-1] < before*ns {
		s.Times, s.Values = append(s.Times, s.Times[n-1]+(at-before)*ns), append(s.Values, math.Float64frombits(value.StaleNaN))
	}
	s.Times, s.Values = append(s.Times, at*ns), append(s.Values, v)
}

// done adds the series to those that later rules select from.
func (w *written) done(m *machine, step, last int64) {
	for _, s := range w.by {
		if n := len(s.Times); s.Times[n-1] < last*int64(time.Millisecond) {
			s.Times, s.Values = append(s.Times, s.Times[n-1]+step*int64(time.Millisecond)), append(s.Values, math.Float64frombits(value.StaleNaN))
		}
		m.recorded = append(m.recorded, s)
	}
}

// record evaluates a recording rule. Source: prometheus rules/recording.go.
func (m *machine) record(r *Rule) error {
	var w written
	step, last := r.Interval.Milliseconds(), int64(0)
	err := m.evaluations(r, func(at int64, got promql.Vector, err error) error {
		last = at
		if err == nil && r.Limit > 0 && len(got) > r.Limit {
			err = fmt.Errorf("exceeded limit of %d with %d series", r.Limit, len(got))
		}
		named := make([]labels.Labels, len(got))
		seen := map[uint64]bool{}
		for i, s := range got {
			b := labels.NewBuilder(s.Metric).Set(model.MetricNameLabel, r.Record)
			for k, v := range r.Labels {
				b.Set(k, v)
			}
			named[i] = b.Labels()
			if h := named[i].Hash(); seen[h] {
				err = errors.New("vector contains metrics with the same labelset after applying rule labels")
			} else {
				seen[h] = true
			}
		}
		if err != nil {
			r.failed(err)
			return nil
		}
		for i, s := range got {
			w.put(named[i], at-r.Offset.Milliseconds(), at-step-r.Offset.Milliseconds(), s.F)
		}
		return nil
	})
	w.done(m, step, last)
	return err
}

func (r *Rule) failed(err error) {
	if r.Failures++; r.Failed == "" {
		r.Failed = err.Error()
	}
}
