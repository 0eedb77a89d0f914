package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"faultline/correlate"
	"faultline/correlate/aside"
	"faultline/correlate/casefile"
	"faultline/correlate/query"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui"
)

// with are the options that the case was read with, after what was said on the
// screen.
func (c *loaded) with(said correlate.Options) correlate.Options {
	o := c.given
	o.Anchors = append(slices.Clone(said.Anchors), o.Anchors...)
	o.Captured = append(slices.Clone(said.Captured), o.Captured...)
	return o
}

// engines keeps the engine of the case that was asked last: a moved clock
// makes another.
var engines struct {
	sync.Mutex
	of *correlate.Case
	*query.Engine
}

func engineOf(c *correlate.Case) *query.Engine {
	engines.Lock()
	defer engines.Unlock()
	if engines.of != c {
		engines.of, engines.Engine = c, query.New(c)
	}
	return engines.Engine
}

// screenQuery evaluates an expression for the screen.
func (a *app) screenQuery(c *correlate.Case, expr string, from, to, step parse.Time) (out []tui.Curve, err error) {
	r, err := engineOf(c).Range(a.ctx, expr, from, to, time.Duration(step))
	if named, ok := packed(expr); ok && (err != nil || len(r.Series) == 0) && strings.Contains(named, "[1m]") {
		// Scraped once a minute, a minute holds one sample and no increase.
		r, err = engineOf(c).Range(a.ctx, strings.ReplaceAll(named, "[1m]", "[5m]"), from, to, time.Duration(step))
	}
	if err != nil {
		return nil, err
	}
	for _, s := range r.Series {
		curve := tui.Curve{Name: s.String(), Labels: s.Told(), Values: s.Values}
		for _, t := range s.Times {
			curve.Times = append(curve.Times, parse.Time(t))
		}
		out = append(out, curve)
	}
	return out, nil
}

// packed is the expression of a query of the pack, which is asked for as @name.
func packed(expr string) (string, bool) {
	for _, n := range query.Pack() {
		if expr == "@"+n.Name {
			return n.Expr, true
		}
	}
	return "", false
}

// board are the queries of the pack, for the screen to show what it can.
func board() (out []tui.Query) {
	for _, n := range query.Pack() {
		out = append(out, tui.Query{Name: n.Name, Expr: "@" + n.Name})
	}
	return out
}

// completeNames completes the last word of an expression, and lists the
// queries of the pack.
func completeNames(c *correlate.Case, text string) (out []string) {
	at := strings.LastIndexFunc(text, func(r rune) bool {
		return !(r == '_' || r == ':' || r == '@' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) + 1
	if strings.HasPrefix(text, "@") || text == "" {
		for _, n := range query.Pack() {
			if strings.HasPrefix("@"+n.Name, text) {
				out = append(out, "@"+n.Name)
			}
		}
	}
	for _, name := range engineOf(c).Names(text[at:]) {
		if name != "__name__" {
			out = append(out, text[:at]+name)
		}
	}
	return out
}

// explained puts an explanation into lines, at most a screen of each kind.
func explained(c *correlate.Case, from, to parse.Time) ([]string, error) {
	x, ok := c.Explain(from, to)
	if !ok {
		return nil, errors.New("nothing is selected")
	}
	text := []string{fmt.Sprintf("against the %s before", time.Duration(x.From-x.Before).Round(time.Second))}
	if x.Period > 0 {
		text[0] += fmt.Sprintf(", and the same phase of %d other cycles of %s", x.Cycles, x.Period.Round(time.Millisecond))
	}
	text[0] += "; q bounds the share of false ones among those listed so far. What differs comes together in time; that says nothing of why."
	for _, list := range []struct {
		name string
		of   []correlate.Contrast
	}{{"Kinds of events", x.Kinds}, {"Messages", x.Templates}, {"Targets", x.Targets}} {
		text = append(text, contrasts(list.name, list.of)...)
	}
	var metrics []string
	for i, m := range x.Metrics {
		if i == 8 || m.Q > 0.1 {
			break
		}
		metrics = append(metrics, fmt.Sprintf("%s %.4g, before %.4g (q = %.2g)", report.Clean(c.Name(m.Series.Metric)), m.In, m.Before, m.Q))
	}
	if len(metrics) > 0 {
		text = append(append(text, "", "Metrics"), metrics...)
	}
	return text, nil
}

// contrasts are the things that differ, at most eight.
func contrasts(name string, list []correlate.Contrast) (text []string) {
	for i, k := range list {
		if i == 8 || min(k.Q, k.QCycles) > 0.1 && i >= 3 {
			break
		}
		line := fmt.Sprintf("%5d  %s", k.N, report.Clean(cmp.Or(k.Name, "(none)")))
		if k.Expected != nil {
			line += fmt.Sprintf(": %.3g expected (q = %.2g)", *k.Expected, k.Q)
		} else {
			line += ": nothing was captured before"
		}
		if k.InCycles != nil {
			line += fmt.Sprintf("; %.3g in other cycles (q = %.2g)", *k.InCycles, k.QCycles)
		}
		text = append(text, line)
	}
	if len(text) > 0 {
		text = append([]string{"", name}, text...)
	}
	return text
}

// exportCase writes a whole case, and never over an old one.
func (a *app) exportCase(c *loaded, path string, redacted bool) (string, error) {
	if p, err := aside.At(path); err != nil {
		return "", failedAt(":export", path, err)
	} else if p.Exists && !p.Through {
		return "", fmt.Errorf("%s is there already", path)
	}
	o := casefile.Options{Version: version, Arguments: []string{"tui"}, Judged: c.given}
	if c.file != nil {
		o.Origin = c.file.Manifest
	}
	judged, text, names := c.Case, casefile.Excerpts(c.text), "names stand in it as they are: --redact before the path replaces them"
	if redacted {
		r, err := a.redacted(c, &exporting{out: path, redact: true}, &o)
		if err != nil {
			return "", err
		}
		judged, text, names = r.Case, r.text, "names are replaced by pseudonyms"
	} else {
		o.Documents = documents(judged, text, a.redactionOf(c))
	}
	m, err := casefile.Write(a.ctx, path, judged, text, o)
	if err != nil {
		return "", err
	}
	var bytes int64
	for _, e := range m.Entries {
		bytes += e.Bytes
	}
	return fmt.Sprintf("wrote %s, %.1f MB; %s", path, float64(bytes)/1e6, names), nil
}
