package alert

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// defaultInterval is how often a group is evaluated that does not say it:
// evaluation_interval of a configuration that does not say it either.
// Source: prometheus config/config.go, DefaultGlobalConfig.
const defaultInterval = time.Minute

// Rule is one alerting or recording rule of a file.
type Rule struct {
	// Group is the name of its group, File and Line (from 1) where it stands.
	Group, File string
	Line        int
	// Alert or Record is its name; the other is "".
	Alert, Record string
	Expr          string
	For, KeepFor  time.Duration
	// Interval is how often it is evaluated, Offset how far back.
	Interval, Offset time.Duration
	// Limit is how many alerts or series it may give, 0 for any number.
	Limit               int
	Labels, Annotations map[string]string
	// Missing are metrics that it selects and of which the case holds nothing:
	// that it did not fire says nothing then.
	Missing []string
	// Failed says why an evaluation failed, "" when none did; Failures of them.
	Failed   string
	Failures int

	expr  parser.Expr
	group int // which of all groups, in the order of the files
}

// Skipped is a rule that is not evaluated.
type Skipped struct {
	File   string
	Line   int
	Reason string
}

// promQL reads what Prometheus has behind a flag, too.
var promQL = parser.NewParser(parser.Options{EnableExperimentalFunctions: true})

// Read reads a rule file: that of Prometheus, or PrometheusRules of its operator,
// one or many. A file that is none is an error with its line; a rule that is wrong
// is skipped, and the others stay.
func Read(name string, content []byte) (rules []*Rule, skipped []Skipped, err error) {
	all, err := documents(content)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	groups := 0
	for i := range all {
		of, bad, err := all[i].read(name)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, r := range of {
			r.group += groups
		}
		groups += len(all[i].groups)
		rules, skipped = append(rules, of...), append(skipped, bad...)
	}
	return rules, skipped, nil
}

func (d *document) read(name string) (rules []*Rule, skipped []Skipped, err error) {
	groups, errs := rulefmt.Parse(d.text, false, model.UTF8Validation, promQL, slog.New(slog.DiscardHandler))
	if groups == nil {
		return nil, nil, fmt.Errorf("not a rule file: %w", errors.Join(errs...))
	}
	bad, err := faults(errs)
	if err != nil {
		return nil, nil, err
	}
	if len(d.groups) == 0 {
		return nil, nil, errors.New("no groups of rules in it")
	}
	for i, g := range groups.Groups {
		for j, r := range g.Rules {
			line := d.groups[i].Rules[j].Line
			if reason := bad[place{g.Name, j + 1}]; reason != "" {
				skipped = append(skipped, Skipped{name, line, reason})
				continue
			}
			one, err := ruleOf(&g, &r)
			if err != nil {
				skipped = append(skipped, Skipped{name, line, err.Error()})
				continue
			}
			one.File, one.Line, one.group = name, line, i
			rules = append(rules, one)
		}
	}
	return rules, skipped, nil
}

// place is a rule within a file: its group, and which of it, from 1.
type place struct {
	group string
	rule  int
}

// faults sorts what is wrong by rule. What is wrong with no rule is wrong with
// the file.
func faults(errs []error) (map[place]string, error) {
	bad := map[place]string{}
	for _, e := range errs {
		var of *rulefmt.Error
		if !errors.As(e, &of) {
			return nil, e
		}
		at := place{of.Group, of.Rule}
		if reason := errors.Unwrap(errors.Unwrap(of)); reason != nil && bad[at] == "" {
			bad[at] = cmp.Or(of.RuleName, "a rule") + ": " + reason.Error()
		}
	}
	return bad, nil
}

func ruleOf(g *rulefmt.RuleGroup, r *rulefmt.Rule) (*Rule, error) {
	one := &Rule{Group: g.Name, Alert: r.Alert, Record: r.Record, Expr: strings.TrimSpace(r.Expr), For: time.Duration(r.For),
		KeepFor:  time.Duration(r.KeepFiringFor),
		Interval: time.Duration(g.Interval), Limit: g.Limit, Annotations: r.Annotations, Labels: map[string]string{}}
	if one.Interval == 0 {
		one.Interval = defaultInterval
	}
	if g.QueryOffset != nil {
		one.Offset = time.Duration(*g.QueryOffset)
	}
	for _, from := range []map[string]string{g.Labels, r.Labels} {
		for k, v := range from {
			one.Labels[k] = v
		}
	}
	expr, err := promQL.ParseExpr(r.Expr)
	if err != nil {
		return nil, err
	}
	if t := expr.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeScalar {
		return nil, fmt.Errorf("%s: a rule gives a vector or a scalar, not a %s", one.name(), parser.DocumentedType(t))
	}
	one.expr = expr
	return one, nil
}

func (r *Rule) name() string { return cmp.Or(r.Alert, r.Record) }

// sorted are the keys of a map in ascending order.
func sorted(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
