package alert

import (
	"fmt"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
)

// active is an alert that is pending or firing, for one set of labels.
type active struct {
	of           labels.Labels
	stretch      *Stretch
	firing       bool
	keepingSince time.Time
}

// watch evaluates an alerting rule, and keeps the states of its alerts as
// Prometheus does. Source: prometheus rules/alerting.go, AlertingRule.Eval.
func (m *machine) watch(r *Rule) (out []*Stretch, err error) {
	now := map[uint64]*active{}
	var w written
	step, last := r.Interval.Milliseconds(), int64(0)
	err = m.evaluations(r, func(at int64, got promql.Vector, err error) error {
		last = at
		ts := time.UnixMilli(at).UTC()
		var seen map[uint64]promql.Sample
		var names map[uint64]labels.Labels
		if err == nil {
			seen, names, err = m.labelled(r, got, ts)
		}
		if err != nil {
			r.failed(err) // the states stay as they are
			return nil
		}
		for h, s := range seen {
			if now[h] == nil {
				a := &active{of: names[h], stretch: &Stretch{Rule: r, Labels: names[h].Map(), Pending: ts, Annotations: m.annotations(r, s, ts)}}
				now[h] = a
				out = append(out, a.stretch)
			}
		}
		for h, a := range now {
			s, held := seen[h]
			if !a.step(r, ts, held) {
				a.stretch.Resolved = ts
				delete(now, h)
				continue
			}
			if a.firing && a.stretch.Firing.IsZero() {
				a.stretch.Firing, a.stretch.Value, a.stretch.Annotations = ts, s.F, m.annotations(r, s, ts)
			}
			a.write(&w, at-r.Offset.Milliseconds(), step)
		}
		if r.Limit > 0 && len(now) > r.Limit {
			r.failed(fmt.Errorf("exceeded limit of %d with %d alerts", r.Limit, len(now)))
			for h, a := range now {
				a.stretch.Resolved = ts
				delete(now, h)
			}
		}
		return nil
	})
	w.done(m, step, last)
	return out, err
}

// step moves an alert on by one evaluation, in which its expression held or did
// not; false when it is over.
func (a *active) step(r *Rule, ts time.Time, held bool) bool {
	if !held {
		if !a.firing || r.KeepFor <= 0 {
			return false
		}
		if a.keepingSince.IsZero() {
			a.keepingSince = ts
		}
		return ts.Sub(a.keepingSince) < r.KeepFor
	}
	a.keepingSince = time.Time{}
	if ts.Sub(a.stretch.Pending) >= r.For {
		a.firing = true
	}
	return true
}

// write leaves ALERTS and ALERTS_FOR_STATE behind for other rules.
func (a *active) write(w *written, at, step int64) {
	b := labels.NewBuilder(a.of).Set(model.MetricNameLabel, forStateMetric)
	w.put(b.Labels(), at, at-step, float64(a.stretch.Pending.Unix()))
	b.Set(model.MetricNameLabel, alertsMetric).Set(stateLabel, "pending")
	if a.firing {
		b.Set(stateLabel, "firing")
	}
	w.put(b.Labels(), at, at-step, 1)
}

// labelled gives each sample the labels of its alert.
func (m *machine) labelled(r *Rule, got promql.Vector, ts time.Time) (map[uint64]promql.Sample, map[uint64]labels.Labels, error) {
	seen, names := make(map[uint64]promql.Sample, len(got)), make(map[uint64]labels.Labels, len(got))
	for _, s := range got {
		b := labels.NewBuilder(s.Metric).Del(model.MetricNameLabel)
		for k, v := range r.Labels {
			b.Set(k, m.expand(r, v, s, ts))
		}
		b.Set(model.AlertNameLabel, r.Alert)
		of := b.Labels()
		h := of.Hash()
		if _, twice := seen[h]; twice {
			return nil, nil, fmt.Errorf("vector contains metrics with the same labelset after applying alert labels: %s", of)
		}
		seen[h], names[h] = s, of
	}
	return seen, names, nil
}

func (m *machine) annotations(r *Rule, s promql.Sample, ts time.Time) map[string]string {
	out := make(map[string]string, len(r.Annotations))
	for k, v := range r.Annotations {
		out[k] = m.expand(r, v, s, ts)
	}
	return out
}

// shortcuts stand before each template. Source: prometheus rules/alerting.go.
const shortcuts = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// expand fills in a template. There is no server whose address it could name.
func (m *machine) expand(r *Rule, text string, s promql.Sample, ts time.Time) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	data := template.AlertTemplateData(s.Metric.Map(), map[string]string{}, "", s)
	t := template.NewTemplateExpander(m.ctx, shortcuts+text, "__alert_"+r.Alert, data, model.TimeFromUnixNano(ts.UnixNano()), m.instant, nil, nil)
	t.Funcs(texttemplate.FuncMap{"pathPrefix": func() string { return "" }, "externalURL": func() string { return "" }})
	out, err := t.Expand()
	if err != nil {
		return fmt.Sprintf("<error expanding template: %s>", err)
	}
	return out
}

// inOrder sorts stretches by when they began to be pending, then by name and
// labels.
func inOrder(all []*Stretch) {
	slices.SortFunc(all, func(a, b *Stretch) int {
		if c := a.Pending.Compare(b.Pending); c != 0 {
			return c
		}
		if c := strings.Compare(a.Rule.Alert, b.Rule.Alert); c != 0 {
			return c
		}
		return labels.Compare(labels.FromMap(a.Labels), labels.FromMap(b.Labels))
	})
}
