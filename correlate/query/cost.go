package query

import (
	"fmt"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// dear are functions that sort their window.
var dear = map[string]float64{"quantile_over_time": 30, "mad_over_time": 60}

// affordable refuses what the engine could not be stopped at: it makes room
// for all points of a subquery at once, and walks all windows of a series
// without a look at the clock. The query goes over length, by step.
func (e *Engine) affordable(p *plan, length, step time.Duration) error {
	var found *Error
	parser.Inspect(p.expr, func(n parser.Node, path []parser.Node) error {
		if found != nil {
			return nil
		}
		span, every := around(path, length, step, p.inner())
		evaluations := 1.0
		if every > 0 {
			evaluations += span.Seconds() / every.Seconds()
		}
		weight := 1.0
		if len(path) > 0 {
			if c, ok := path[len(path)-1].(*parser.Call); ok {
				weight = max(weight, dear[c.Func.Name])
			}
		}
		var window float64 // samples
		switch n := n.(type) {
		case *parser.SubqueryExpr:
			if n.RangeExpr != nil || n.StepExpr != nil {
				found = p.fault(n, "arithmetic in the brackets of a subquery", "its window and step as plain durations")
				return nil
			}
			inner := n.Step
			if inner <= 0 {
				inner = p.inner()
			}
			if points := (span.Seconds() + n.Range.Seconds()) / inner.Seconds(); points > float64(e.Limits.Inner) {
				found = p.fault(n, fmt.Sprintf("a subquery of %.3g points, more than %d", points, e.Limits.Inner), "a longer step behind the colon, or a shorter window")
				return nil
			}
			window = n.Range.Seconds() / inner.Seconds()
		case *parser.MatrixSelector:
			window = p.samplesIn(n)
		}
		if work := evaluations * window * weight; work > float64(e.Limits.Work) {
			found = p.fault(n, fmt.Sprintf("%.3g evaluations over windows of %.3g samples", evaluations, window), "a longer step, or a shorter window")
		}
		return nil
	})
	if found != nil {
		return found
	}
	return nil
}

// around is the time over which what stands at the end of a path is evaluated,
// and the step: those of the subqueries around it, else of the query.
func around(path []parser.Node, length, step, inner time.Duration) (span, every time.Duration) {
	span, every = length, step
	for _, n := range path {
		if s, ok := n.(*parser.SubqueryExpr); ok {
			span += min(s.Range, 1<<61-span)
			if every = s.Step; every <= 0 {
				every = inner
			}
		}
	}
	return span, every
}

// samplesIn is the greatest number of samples of one series that a window can
// hold.
func (p *plan) samplesIn(m *parser.MatrixSelector) (most float64) {
	for _, one := range p.selected(m) {
		switch s := one.(type) {
		case *Samples:
			n := float64(len(s.Times))
			if s.origin.step > 0 && m.Range > 0 {
				n = min(n, m.Range.Seconds()/s.origin.step.Seconds()+1)
			}
			most = max(most, n)
		case *counter:
			most = max(most, 240+2*float64(len(s.marks)))
		case *gauge:
			most = max(most, 1000*float64(len(s.marks)))
		}
	}
	return most
}
