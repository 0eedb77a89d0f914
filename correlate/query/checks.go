package query

import (
	"fmt"
	"regexp"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// counting functions need a counter as it was scraped.
var counting = map[string]bool{"rate": true, "increase": true, "irate": true, "resets": true}

// differing functions need at least two samples in their window.
var differing = map[string]bool{"rate": true, "increase": true, "irate": true, "delta": true, "idelta": true, "deriv": true, "changes": true, "resets": true}

// recorded are names of recording rules that hold a rate, as Prometheus'
// documentation has them named: level:metric:operations.
var recorded = regexp.MustCompile(`:(i?rate|increase|delta|deriv)(\d|$)`)

// check refuses what evaluates, but to numbers that mean nothing.
func (p *plan) check() error {
	var found *Error
	parser.Inspect(p.expr, func(n parser.Node, _ []parser.Node) error {
		if found != nil {
			return nil
		}
		switch n := n.(type) {
		case *parser.Call:
			found = p.call(n)
		case *parser.AggregateExpr:
			if n.Op == parser.QUANTILE {
				found = p.ofQuantiles(n, n.Expr, "quantile")
			}
		}
		return nil
	})
	if found != nil {
		return found
	}
	return nil
}

func (p *plan) call(c *parser.Call) *Error {
	name := c.Func.Name
	switch name {
	case "histogram_quantile":
		if len(c.Args) == 2 {
			return p.buckets(c)
		}
	case "quantile_over_time":
		if len(c.Args) == 2 {
			return p.ofQuantiles(c, c.Args[1], name)
		}
	}
	if !differing[name] || len(c.Args) == 0 {
		return nil
	}
	switch arg := c.Args[0].(type) {
	case *parser.MatrixSelector:
		return p.window(c, arg)
	case *parser.SubqueryExpr:
		if inner := callIn(arg.Expr, differing); counting[name] && inner != nil && inner.Func.Name != "changes" && inner.Func.Name != "resets" {
			return p.fault(c, fmt.Sprintf("%s over %s: a rate is no counter", name, inner.Func.Name),
				"one of them over a longer window, or deriv for how fast a rate changes")
		}
		if step := arg.Step; step > 0 && arg.Range < 2*step {
			return p.fault(c, fmt.Sprintf("%s over a window of %s that holds fewer than two steps of %s", name, promDuration(arg.Range), promDuration(step)), "a window of at least two steps")
		}
	}
	return nil
}

// window checks a function over a window of samples.
func (p *plan) window(c *parser.Call, m *parser.MatrixSelector) *Error {
	name := c.Func.Name
	for _, one := range p.selected(m) {
		o := originOf(one)
		metric := one.Labels().Get(model.MetricNameLabel)
		if o == nil {
			continue
		}
		if counting[name] && (o.derived || recorded.MatchString(metric)) {
			return p.fault(c, fmt.Sprintf("%s over %s, which is the result of an expression already and no counter", name, metric),
				"export the counter itself, or ask for this result without "+name)
		}
		if o.nature == stepped && m.Range > 0 && m.Range < 2*o.step {
			return p.fault(c, fmt.Sprintf("%s over a window of %s: the export has one sample every %s, so there are fewer than two steps in it", name, promDuration(m.Range), promDuration(o.step)),
				fmt.Sprintf("a window of %s or more, or an export of raw samples (ask Prometheus for %s[1h])", promDuration(4*o.step), metric))
		}
	}
	return nil
}

// buckets checks that a quantile is taken of buckets.
func (p *plan) buckets(c *parser.Call) *Error {
	if err := p.ofQuantiles(c, c.Args[1], "histogram_quantile"); err != nil {
		return err
	}
	for _, one := range p.selected(c.Args[1]) {
		if o := originOf(one); o != nil && o.nature != logged && !one.Labels().Has(labels.BucketLabel) {
			return p.fault(c, fmt.Sprintf("histogram_quantile over %s, which has no buckets (no label le)", one.Labels().Get(model.MetricNameLabel)),
				"the series whose name ends in _bucket; a quantile that was exported is asked for by itself")
		}
	}
	return nil
}

// ofQuantiles refuses a quantile over quantiles.
func (p *plan) ofQuantiles(n parser.Node, arg parser.Node, name string) *Error {
	if inner := callIn(arg, map[string]bool{"histogram_quantile": true, "quantile_over_time": true}); inner != nil {
		return p.fault(n, fmt.Sprintf("%s over %s: a quantile of quantiles is none of what they were taken of", name, inner.Func.Name), "sum the buckets, then one histogram_quantile")
	}
	for _, one := range p.selected(arg) {
		if one.Labels().Has("quantile") {
			return p.fault(n, fmt.Sprintf("%s over %s, which holds quantiles already", name, one.Labels().Get(model.MetricNameLabel)), "max over them is a bound from above")
		}
	}
	return nil
}

// selected are the series that are selected below a node.
func (p *plan) selected(n parser.Node) (out []storage.Series) {
	parser.Inspect(n, func(n parser.Node, _ []parser.Node) error {
		for _, s := range p.selectors {
			if parser.Node(s.node) == n {
				out = append(out, s.series...)
			}
		}
		return nil
	})
	return out
}

// callIn finds a call of one of some functions below a node.
func callIn(n parser.Node, names map[string]bool) (found *parser.Call) {
	parser.Inspect(n, func(n parser.Node, _ []parser.Node) error {
		if c, ok := n.(*parser.Call); ok && names[c.Func.Name] && found == nil {
			found = c
		}
		return nil
	})
	return found
}
