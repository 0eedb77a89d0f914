package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"

	"faultline/correlate"
	"faultline/parse"
)

// Limits keep an expression from eating the machine.
type Limits struct {
	// Timeout is how long one evaluation may take.
	Timeout time.Duration
	// Samples is how many may be held at once, 16 bytes each.
	Samples int
	// Steps is how many points each series of an answer may have.
	Steps int
	// Inner is how many points a subquery may have: the engine makes room for
	// all of them at once.
	Inner int
	// Work is how many samples all windows of one series may hold, those of
	// each evaluation added up: the engine looks at the clock only between two
	// series.
	Work int
}

// Engine answers queries about one case. It may be used from several
// goroutines.
type Engine struct {
	// Limits may be set before the first query.
	Limits   Limits
	c        *correlate.Case
	store    *Store
	unplaced map[uint32]int // events without a wall time, by source
}

// New makes an engine. The case's samples are shared, not copied.
func New(c *correlate.Case) *Engine {
	e := &Engine{c: c, Limits: Limits{Timeout: time.Minute, Samples: 20_000_000, Steps: 11_000, Inner: 1_000_000, Work: 1_000_000_000}}
	var all []storage.Series
	for _, s := range metrics(c) {
		all = append(all, s)
	}
	var fromLogs []storage.Series
	fromLogs, e.unplaced = logs(c)
	e.store = NewStore(append(all, fromLogs...))
	return e
}

// Queryable is the case's series as the engine of Prometheus selects them.
func (e *Engine) Queryable() storage.Queryable { return e.store }

// Extent is the time from the first to the last sample of the case, cut by what
// its options ask for; false when it holds none.
func (e *Engine) Extent() (from, to parse.Time, ok bool) {
	first, last, ok := everything(e.store)
	if o := &e.c.Options; ok && o.Since != 0 {
		first = max(first, int64(o.Since))
	}
	if o := &e.c.Options; ok && o.Until != 0 {
		last = min(last, int64(o.Until))
	}
	return parse.Time(first), parse.Time(last), ok && first <= last
}

// Label is a name and a value of a series' labels.
type Label struct{ Name, Value string }

// Series is one line of an answer.
type Series struct {
	// Labels in ascending order, the metric's name among them as __name__.
	Labels []Label
	// Times in ns since 1970, ascending; Values of the same length.
	Times  []int64
	Values []float64
}

// Result is the answer to a query.
type Result struct {
	// Expr is what was asked, Translated the PromQL that was evaluated in its
	// place ("" when that is the same).
	Expr, Translated string
	// Type is matrix, vector, scalar or string, as the API has it.
	Type string
	// From, To and Step are where it was evaluated; an instant has no step.
	From, To parse.Time
	Step     time.Duration
	Series   []Series
	// Text is the answer of type string.
	Text string
	// Notes are what to know about the data before believing the numbers.
	Notes []string
}

// Range evaluates an expression, or a query of the pack named "@name", at each
// step from one time to another. A zero from or to is the first or last sample
// that the expression selects, a zero step that of the data. An expression that
// is wrong, or not honest on this data, is an [*Error].
func (e *Engine) Range(ctx context.Context, expr string, from, to parse.Time, step time.Duration) (*Result, error) {
	p, err := e.plan(expr)
	if err != nil {
		return nil, err
	}
	if t := p.expr.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeScalar {
		return nil, p.fault(p.expr, fmt.Sprintf("a range query cannot plot a %s", parser.DocumentedType(t)), "take a vector: wrap it in rate() or max_over_time(), or ask for one instant")
	}
	if from, to, step, err = e.span(p, from, to, step); err != nil {
		return nil, err
	}
	if n := int64(to-from) / int64(step); n >= int64(e.Limits.Steps) {
		return nil, &Error{Expr: expr, Msg: fmt.Sprintf("%d points for each series are more than %d", n+1, e.Limits.Steps),
			Hint: fmt.Sprintf("a step of %s or more", nice(time.Duration(int64(to-from)/int64(e.Limits.Steps)+1)))}
	}
	if err := e.affordable(p, time.Duration(to-from), step); err != nil {
		return nil, err
	}
	ng := e.engine(p)
	q, err := ng.NewRangeQuery(ctx, e.store, e.options(p), p.text, at(from), at(to), step)
	return e.run(ctx, p, q, err, from, to, step)
}

// Instant evaluates an expression at one time; zero is that of the last
// sample that it selects.
func (e *Engine) Instant(ctx context.Context, expr string, when parse.Time) (*Result, error) {
	p, err := e.plan(expr)
	if err != nil {
		return nil, err
	}
	if when == 0 {
		if _, when, _, err = e.span(p, 0, 0, 0); err != nil {
			return nil, err
		}
	}
	if err := e.affordable(p, 0, 0); err != nil {
		return nil, err
	}
	q, err := e.engine(p).NewInstantQuery(ctx, e.store, e.options(p), p.text, at(when))
	return e.run(ctx, p, q, err, when, when, 0)
}

func at(t parse.Time) time.Time { return time.Unix(0, int64(t)).UTC() }

// engine makes an engine for one plan: what follows the data differs from one
// to the next, and an engine is little more than its options.
func (e *Engine) engine(p *plan) *promql.Engine {
	inner := p.inner()
	return promql.NewEngine(promql.EngineOpts{
		MaxSamples:               e.Limits.Samples,
		Timeout:                  e.Limits.Timeout,
		LookbackDelta:            p.lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return max(inner.Milliseconds(), 1) },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		Parser:                   promQL,
	})
}

// inner is the step of a subquery that names none.
func (p *plan) inner() time.Duration {
	if p.step <= 0 {
		return time.Minute
	}
	return p.step
}

func (e *Engine) options(p *plan) promql.QueryOpts {
	return promql.NewPrometheusQueryOpts(false, p.lookback, nil)
}

// run evaluates a query and takes the answer out of the engine's memory.
func (e *Engine) run(ctx context.Context, p *plan, q promql.Query, err error, from, to parse.Time, step time.Duration) (*Result, error) {
	if err != nil {
		return nil, e.evaluation(p, err)
	}
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		return nil, e.evaluation(p, res.Err)
	}
	out := &Result{Expr: p.asked, From: from, To: to, Step: step, Type: string(res.Value.Type())}
	if p.text != p.asked {
		out.Translated = p.text
	}
	histograms := 0
	switch v := res.Value.(type) {
	case promql.Matrix:
		for _, s := range v {
			one := Series{Labels: labelList(s.Metric)}
			for _, f := range s.Floats {
				one.Times, one.Values = append(one.Times, f.T*milli), append(one.Values, f.F)
			}
			histograms += len(s.Histograms)
			out.Series = append(out.Series, one)
		}
	case promql.Vector:
		for _, s := range v {
			out.Series = append(out.Series, Series{labelList(s.Metric), []int64{s.T * milli}, []float64{s.F}})
		}
		if !ordered(p.expr) {
			slices.SortStableFunc(out.Series, func(a, b Series) int { return slices.CompareFunc(a.Labels, b.Labels, compareLabels) })
		}
	case promql.Scalar:
		out.Series = []Series{{nil, []int64{v.T * milli}, []float64{v.V}}}
	case promql.String:
		out.Text = v.V
	}
	out.Notes = e.notes(p, out)
	warnings, infos := res.Warnings.AsStrings(p.text, 5, 5)
	out.Notes = append(append(out.Notes, warnings...), infos...)
	return out, nil
}

func compareLabels(a, b Label) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Value, b.Value)
}

// ordered says whether the order of an answer is part of it.
func ordered(e parser.Expr) bool {
	switch e := e.(type) {
	case *parser.ParenExpr:
		return ordered(e.Expr)
	case *parser.Call:
		return strings.HasPrefix(e.Func.Name, "sort")
	case *parser.AggregateExpr:
		return e.Op == parser.TOPK || e.Op == parser.BOTTOMK
	}
	return false
}

func labelList(l labels.Labels) (out []Label) {
	l.Range(func(l labels.Label) { out = append(out, Label{l.Name, l.Value}) })
	return out
}

// evaluation says what stopped an evaluation.
func (e *Engine) evaluation(p *plan, err error) error {
	var slow promql.ErrQueryTimeout
	var big promql.ErrTooManySamples
	var stopped promql.ErrQueryCanceled
	switch {
	case errors.As(err, &slow):
		return &Error{Expr: p.asked, Msg: fmt.Sprintf("not done after %s", e.Limits.Timeout), Hint: "fewer series, a shorter range or a longer step"}
	case errors.As(err, &big):
		return &Error{Expr: p.asked, Msg: fmt.Sprintf("needs more than %d samples at once", e.Limits.Samples), Hint: "fewer series, a shorter window or a longer step"}
	case errors.As(err, &stopped):
		return context.Canceled
	}
	return &Error{Expr: p.asked, Msg: err.Error()}
}

// Names lists the metrics and the labels that begin with a prefix, sorted.
func (e *Engine) Names(prefix string) (out []string) {
	seen := map[string]bool{}
	for _, s := range e.store.series {
		s.Labels().Range(func(l labels.Label) {
			seen[l.Name] = true
			if l.Name == model.MetricNameLabel {
				seen[l.Value] = true
			}
		})
	}
	for name := range seen {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
