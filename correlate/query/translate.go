package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/prometheus/prometheus/promql/parser"
)

// refusal says why an expression of MetricsQL has no equivalent, and what
// comes nearest. Without a what, it is no MetricsQL either.
type refusal struct{ what, nearest string }

// translate gives the PromQL of an expression of MetricsQL. WITH templates are
// expanded. Source of what the functions do: VictoriaMetrics docs/MetricsQL.md.
func translate(asked string) (text string, no *refusal) {
	if n := expansion(asked); n > maxExpansion {
		return "", &refusal{what: "its WITH templates expand to more than 1 MiB"}
	}
	defer func() {
		if r := recover(); r != nil { // "BUG: …" on text that is no expression
			text, no = "", &refusal{}
		}
	}()
	e, err := metricsql.Parse(asked)
	if err != nil {
		if fields := strings.Fields(asked); len(fields) > 0 && strings.HasPrefix(strings.ToLower(fields[0]), "with") {
			return "", &refusal{what: "not MetricsQL: " + err.Error()}
		}
		return "", &refusal{}
	}
	t := &translator{}
	e = t.expr(e)
	if t.no != nil {
		return "", t.no
	}
	return string(e.AppendString(nil)), nil
}

// translator rewrites an expression from its leaves up, until something has
// no equivalent.
type translator struct{ no *refusal }

func (t *translator) refuse(nearest, what string, args ...any) {
	if t.no == nil {
		t.no = &refusal{fmt.Sprintf(what, args...) + " of MetricsQL has no equivalent", nearest}
	}
}

func (t *translator) expr(e metricsql.Expr) metricsql.Expr {
	switch e := e.(type) {
	case *metricsql.BinaryOpExpr:
		return t.binary(e)
	case *metricsql.FuncExpr:
		for i := range e.Args {
			e.Args[i] = t.expr(e.Args[i])
		}
		return t.function(e)
	case *metricsql.AggrFuncExpr:
		for i := range e.Args {
			e.Args[i] = t.expr(e.Args[i])
		}
		return t.aggregate(e)
	case *metricsql.RollupExpr:
		return t.rollup(e)
	case *metricsql.MetricExpr:
		if len(e.LabelFilterss) > 1 {
			t.refuse(`x{a="b"} or x{c="d"}, or one regular expression`, "\"or\" between the filters in braces")
		}
	case *metricsql.NumberExpr:
		return &metricsql.NumberExpr{N: e.N} // 1Ki as a number
	}
	return e
}

func (t *translator) binary(e *metricsql.BinaryOpExpr) metricsql.Expr {
	e.Left, e.Right = t.expr(e.Left), t.expr(e.Right)
	if e.KeepMetricNames {
		t.refuse(`label_replace(…, "__name__", "name", "", "")`, "keep_metric_names")
	}
	if e.JoinModifierPrefix != nil {
		t.refuse("label_replace() on the side that gives the labels", "the prefix of %s", e.JoinModifier.Op)
	}
	switch strings.ToLower(e.Op) {
	case "if": // keeps what has a counterpart, at each time
		e.Op = "and"
	case "ifnot":
		e.Op = "unless"
	case "default":
		t.refuse("a or b, which adds series that a does not have at that time", "the operator default")
	}
	return e
}

func (t *translator) function(e *metricsql.FuncExpr) metricsql.Expr {
	e.Name = strings.ToLower(e.Name)
	if e.KeepMetricNames {
		t.refuse(`label_replace(…, "__name__", "name", "", "")`, "keep_metric_names")
		return e
	}
	if to, ok := sameFunction[e.Name]; ok {
		e.Name = to
	}
	if to, ok := rewrites[e.Name]; ok {
		if out := to(e.Args); out != nil {
			return out
		}
	}
	f, ok := parser.Functions[e.Name]
	if !ok {
		name := e.Name
		if name == "" || name == "union" {
			t.refuse(near("union"), "union, as (a, b),")
		} else {
			t.refuse(near(name), "the function %s", name)
		}
		return e
	}
	if nearest, ok := otherArguments[e.Name]; ok {
		t.refuse(nearest, "%s with its order of arguments", e.Name)
	}
	for i, want := range f.ArgTypes {
		if want != parser.ValueTypeMatrix || i >= len(e.Args) {
			continue
		}
		if r, ok := e.Args[i].(*metricsql.RollupExpr); !ok || r.Window == nil {
			if _, selector := e.Args[i].(*metricsql.MetricExpr); ok || selector {
				t.refuse(e.Name+"(…[5m]), with the window written down", "%s without a window, which follows the step,", e.Name)
			} else {
				t.refuse(e.Name+"((…)[5m:1m]), a subquery", "%s over an expression without a window", e.Name)
			}
		}
	}
	return e
}

// promAggregates take one expression, those in withParameter one more before it.
var (
	promAggregates = map[string]bool{"sum": true, "avg": true, "min": true, "max": true, "count": true, "group": true, "stddev": true, "stdvar": true}
	withParameter  = map[string]bool{"topk": true, "bottomk": true, "quantile": true, "count_values": true, "limitk": true, "limit_ratio": true}
)

func (t *translator) aggregate(e *metricsql.AggrFuncExpr) metricsql.Expr {
	e.Name = strings.ToLower(e.Name)
	if e.Limit > 0 {
		t.refuse(fmt.Sprintf("limitk(%d, …)", e.Limit), "limit %d after an aggregation", e.Limit)
	}
	if e.Name == "median" && len(e.Args) == 1 {
		e.Name, e.Args = "quantile", append([]metricsql.Expr{&metricsql.NumberExpr{N: 0.5}}, e.Args...)
	}
	switch {
	case promAggregates[e.Name] && len(e.Args) > 1:
		t.refuse(e.Name+"(a or b)", "%s of several arguments", e.Name)
	case !promAggregates[e.Name] && !withParameter[e.Name]:
		t.refuse(near(e.Name), "the aggregation %s", e.Name)
	case withParameter[e.Name] && len(e.Args) > 2:
		t.refuse(e.Name+"(k, …)", "the third argument of %s", e.Name)
	}
	return e
}

func (t *translator) rollup(e *metricsql.RollupExpr) metricsql.Expr {
	_, selector := e.Expr.(*metricsql.MetricExpr)
	inner, nested := e.Expr.(*metricsql.RollupExpr)
	e.Expr = t.expr(e.Expr)
	switch {
	case nested && inner.Window == nil && e.Window == nil:
	case e.Window == nil && (e.Offset != nil || e.At != nil) && !selector:
		t.refuse("sum(x offset 5m): both stand behind a selector", "offset or @ behind an expression")
	case e.Window != nil && !selector && e.Step == nil:
		e.InheritStep = true // a subquery at the step of the data
	case e.Window == nil && (e.Step != nil || e.InheritStep):
		t.refuse("x[5m:1m]", "a subquery without a window")
	}
	for _, d := range []**metricsql.DurationExpr{&e.Window, &e.Step, &e.Offset} {
		t.duration(d)
	}
	return e
}

// duration rewrites a duration that only MetricsQL can read: 1.5m, 300.
func (t *translator) duration(d **metricsql.DurationExpr) {
	if *d == nil {
		return
	}
	const one, two = 1000, 7000
	ms := (*d).Duration(one)
	if ms != (*d).Duration(two) {
		t.refuse("the window in seconds or minutes", "a duration in steps (%s)", (*d).AppendString(nil))
		return
	}
	text := strconv.FormatInt(ms, 10) + "ms"
	if s := time.Duration(ms) * time.Millisecond; s%time.Second == 0 {
		text = promDuration(s)
	}
	if ms < 0 {
		text = "-" + promDuration(time.Duration(-ms)*time.Millisecond)
	}
	if e, err := metricsql.Parse("x offset " + text); err == nil {
		if r, ok := e.(*metricsql.RollupExpr); ok {
			*d = r.Offset
		}
	}
}

// promDuration writes a duration as PromQL has it: 1h30m, 15s, 250ms.
func promDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}, {time.Millisecond, "ms"}} {
		if n := d / u.d; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.d
		}
	}
	return b.String()
}

// nice rounds a step up to one that people use.
func nice(d time.Duration) time.Duration {
	for _, s := range []time.Duration{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 4 * 3600, 12 * 3600, 24 * 3600} {
		if s*time.Second >= d {
			return s * time.Second
		}
	}
	return time.Duration(math.Ceil(d.Hours()/24)) * 24 * time.Hour
}
