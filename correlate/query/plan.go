package query

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"

	"faultline/parse"
)

// plan is an expression with the series that it selects.
type plan struct {
	asked, text string // as it was asked, and the PromQL
	expr        parser.Expr
	selectors   []selector
	// step is the greatest step of what is selected, lookback how long a
	// sample is taken to hold.
	step, lookback time.Duration
	gridded        bool // something selected is stepped
}

// selector is one selection of an expression.
type selector struct {
	node   *parser.VectorSelector
	series []storage.Series
}

// Lookback is how long Prometheus takes a sample to hold.
const Lookback = 5 * time.Minute

// plan reads an expression, finds what it selects, and refuses what would be
// answered with numbers that mean nothing.
func (e *Engine) plan(asked string) (*plan, error) {
	p := &plan{asked: asked}
	if name, ok := strings.CutPrefix(strings.TrimSpace(asked), "@"); ok {
		n, ok := Find(name)
		if !ok {
			return nil, &Error{Expr: asked, Msg: fmt.Sprintf("there is no query @%s", name), Hint: "query --list"}
		}
		asked = n.Expr
	}
	expr, text, err := read(asked)
	if err != nil {
		return nil, err
	}
	p.expr, p.text = expr, text
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if vs, ok := n.(*parser.VectorSelector); ok {
			s := selector{node: vs}
			for _, i := range e.store.find(vs.LabelMatchers) {
				s.series = append(s.series, e.store.series[i])
			}
			p.selectors = append(p.selectors, s)
		}
		return nil
	})
	p.follow()
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, nil
}

// follow takes the step and the lookback from the data.
func (p *plan) follow() {
	p.lookback = Lookback
	for _, s := range p.selectors {
		for _, one := range s.series {
			o := originOf(one)
			if o == nil {
				continue
			}
			p.step = max(p.step, o.step)
			p.gridded = p.gridded || o.nature == stepped
		}
	}
	if p.gridded {
		// A lookback does not reach its own beginning. So a sample holds until
		// the next one, and a step that is missing is a hole.
		p.lookback = min(p.lookback, p.step)
	}
}

// fault is an error about a node of the plan's expression.
func (p *plan) fault(n parser.Node, msg, hint string) *Error {
	at := n.PositionRange()
	return fault(p.text, int(at.Start), int(at.End), msg, hint)
}

func originOf(s storage.Series) *origin {
	switch s := s.(type) {
	case *Samples:
		return s.origin
	case *counter:
		return s.origin
	case *gauge:
		return s.origin
	}
	return nil
}

// extent is the time from the first to the last sample, in ns.
func extent(s storage.Series) (from, to int64, ok bool) {
	switch s := s.(type) {
	case *Samples:
		if n := len(s.Times); n > 0 {
			return s.Times[0], s.Times[n-1], true
		}
	case *counter:
		if n := len(s.spans); n > 0 {
			return s.spans[0].from * milli, s.spans[n-1].to * milli, true
		}
	case *gauge:
		if n := len(s.marks); n > 0 {
			return s.marks[0].at * milli, (s.marks[n-1].at + s.lasts) * milli, true
		}
	}
	return 0, 0, false
}

// defaultPoints is how many points a series of an answer has at most when no
// step was asked for.
const defaultPoints = 1000

// span completes what was not asked for from what the plan selects.
func (e *Engine) span(p *plan, from, to parse.Time, step time.Duration) (parse.Time, parse.Time, time.Duration, error) {
	first, last, any := p.extent()
	if !any {
		first, last, any = everything(e.store)
	}
	o := &e.c.Options
	if o.Since != 0 {
		first = max(first, int64(o.Since))
	}
	if o.Until != 0 {
		last = min(last, int64(o.Until))
	}
	if (from == 0 || to == 0) && !any {
		return 0, 0, 0, &Error{Expr: p.asked, Msg: "the case holds no samples and no events with a wall time", Hint: "give --start and --end, or --anchor for the logs"}
	}
	open := from == 0
	if open {
		from = parse.Time(first)
	}
	if to == 0 {
		to = parse.Time(last)
	}
	if step == 0 {
		step = p.step
		if step <= 0 {
			step = nice(time.Duration(to-from) / 240)
		}
		if n := int64(to-from)/int64(step) + 1; n > defaultPoints {
			step *= time.Duration((n + defaultPoints - 1) / defaultPoints)
		}
	}
	if step < time.Millisecond {
		return 0, 0, 0, &Error{Expr: p.asked, Msg: fmt.Sprintf("a step of %s is less than a millisecond", step)}
	}
	step -= step % time.Millisecond
	if open && !p.gridded && step >= time.Second { // whole steps; the samples of a grid lie on theirs
		if r := int64(from) % int64(step); r > 0 {
			from += parse.Time(int64(step) - r)
		}
		to = max(to, from)
	}
	if to < from {
		return 0, 0, 0, &Error{Expr: p.asked, Msg: "the end lies before the start"}
	}
	return from, to, step, nil
}

// extent is the time of all that the plan selects. Samples that have no time of
// their own take part only where nothing has one: they were dated by when their
// file was written, which may be months after the incident.
func (p *plan) extent() (first, last int64, any bool) {
	var all []storage.Series
	for _, s := range p.selectors {
		all = append(all, s.series...)
	}
	return reach(all)
}

func everything(s *Store) (first, last int64, any bool) { return reach(s.series) }

func reach(series []storage.Series) (first, last int64, any bool) {
	for _, dated := range []bool{true, false} {
		for _, one := range series {
			if o := originOf(one); dated && o != nil && (o.untimed || o.taken) {
				continue
			}
			f, l, ok := extent(one)
			if ok && (!any || f < first) {
				first = f
			}
			if ok && (!any || l > last) {
				last = l
			}
			any = any || ok
		}
		if any {
			break
		}
	}
	return first, last, any
}

// nameOf is the metric that a selector asks for, else its text.
func nameOf(vs *parser.VectorSelector) string {
	for _, m := range vs.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return vs.String()
}
