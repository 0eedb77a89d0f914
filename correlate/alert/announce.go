package alert

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"faultline/correlate"
	"faultline/correlate/query"
	"faultline/parse"
)

// Ahead is how long after an alert fired an incident may begin and still be
// taken to be announced by it, where the alert is over by then. Late is how long
// after an incident's end an alert may fire and still be about that one: windows
// of rates and a for hold it back.
const (
	Ahead = 5 * time.Minute
	Late  = 2 * time.Minute
)

// Stretch is one time that an alert was pending, and maybe firing.
type Stretch struct {
	Rule                *Rule
	Labels, Annotations map[string]string
	// Pending is when its expression began to hold. Firing is zero when it never
	// fired, Resolved when it was not over at the end.
	Pending, Firing, Resolved time.Time
	// Value is that of the expression when it fired.
	Value float64
	// Incidents are those it announced.
	Incidents []Announced
}

// Until is when the alert was over, the end of the evaluation for one that was not.
func (r *Result) Until(s *Stretch) time.Time {
	if s.Resolved.IsZero() {
		return r.To
	}
	return s.Resolved
}

// Announced is an incident that an alert goes with.
type Announced struct {
	ID string
	// Lead is how long before the incident's start the alert fired; negative when
	// it fired later.
	Lead time.Duration
}

// Result is what the rules would have done.
type Result struct {
	// Rules that were evaluated, in the order of the files.
	Rules     []*Rule
	Stretches []*Stretch
	Skipped   []Skipped
	// From and To are the first and last time of evaluation, Incidents how many
	// incidents with a wall time lie between them.
	From, To  time.Time
	Incidents int

	incidents []*correlate.Incident // in the order of time
}

// Evaluate evaluates rules over a case's metrics and events.
func Evaluate(ctx context.Context, c *correlate.Case, e *query.Engine, rules []*Rule, skipped []Skipped) (*Result, error) {
	from, to, ok := e.Extent()
	if !ok {
		return nil, errors.New("the dump holds no samples and no events with a wall time: nothing can be evaluated (--anchor gives a log its time)")
	}
	out := &Result{From: time.Unix(0, int64(from)).UTC(), To: time.Unix(0, int64(to)).UTC(), Skipped: slices.Clone(skipped)}
	inTurn, more := ordered(rules)
	out.Skipped = append(out.Skipped, more...)
	m := newMachine(ctx, e.Queryable(), out.From, out.To)
	for _, r := range inTurn {
		r.Missing = m.missing(r)
		if r.Record != "" {
			if err := m.record(r); err != nil {
				return nil, err
			}
			continue
		}
		stretches, err := m.watch(r)
		if err != nil {
			return nil, err
		}
		out.Stretches = append(out.Stretches, stretches...)
	}
	for _, r := range rules {
		if slices.Contains(inTurn, r) {
			out.Rules = append(out.Rules, r)
		}
	}
	inOrder(out.Stretches)
	out.announce(c.Incidents)
	return out, nil
}

// announce tells which incidents each stretch goes with. One that fired in an
// incident, or right after, is about that one. Else it announces the first that
// begins while it fires or soon after: not all, or an alert that never ends
// would have announced everything.
func (r *Result) announce(incidents []correlate.Incident) {
	var all []*correlate.Incident
	for i := range incidents {
		if in := &incidents[i]; in.Clock.OnWall() && !wall(in.Start).Before(r.From) && !wall(in.Start).After(r.To) {
			all = append(all, in)
		}
	}
	slices.SortStableFunc(all, func(a, b *correlate.Incident) int { return cmp.Compare(a.Start, b.Start) })
	r.Incidents, r.incidents = len(all), all
	for _, s := range r.Stretches {
		if s.Firing.IsZero() {
			continue
		}
		for _, in := range all {
			if start := wall(in.Start); !s.Firing.Before(start) && !s.Firing.After(wall(in.End).Add(Late)) {
				s.Incidents = append(s.Incidents, Announced{in.ID, start.Sub(s.Firing)})
			}
		}
		if len(s.Incidents) > 0 {
			continue
		}
		for _, in := range all {
			start := wall(in.Start)
			if !start.After(s.Firing) {
				continue
			}
			if s.Resolved.IsZero() || !start.After(s.Resolved) || start.Sub(s.Firing) <= Ahead {
				s.Incidents = append(s.Incidents, Announced{in.ID, start.Sub(s.Firing)})
			}
			break
		}
	}
}

func wall(t parse.Time) time.Time { return time.Unix(0, int64(t)).UTC() }

// missing are the metrics that a rule selects by name, and that are not there.
func (m *machine) missing(r *Rule) (out []string) {
	q, err := m.Querier(m.from, m.to)
	if err != nil {
		return nil
	}
	defer q.Close()
	parser.Inspect(r.expr, func(n parser.Node, _ []parser.Node) error {
		vs, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		i := slices.IndexFunc(vs.LabelMatchers, func(l *labels.Matcher) bool { return l.Name == model.MetricNameLabel })
		if i < 0 || vs.LabelMatchers[i].Type != labels.MatchEqual || slices.Contains(out, vs.LabelMatchers[i].Value) {
			return nil
		}
		name := vs.LabelMatchers[i].Value
		if name != alertsMetric && name != forStateMetric && !q.Select(m.ctx, false, nil, vs.LabelMatchers[i]).Next() {
			out = append(out, name)
		}
		return nil
	})
	slices.Sort(out)
	return out
}

// Tally is how one alert did.
type Tally struct {
	// Fired is how often it fired, Rings of these go with no incident, Announced
	// how many incidents it announced, and Early how long before their start it
	// fired, the median; of those that it fired before.
	Fired, Rings, Announced, Before int
	Early                           time.Duration
}

// Tally counts what one rule did.
func (r *Result) Tally(rule *Rule) (t Tally) {
	leads := map[string]time.Duration{}
	for _, s := range r.Stretches {
		if s.Rule != rule || s.Firing.IsZero() {
			continue
		}
		t.Fired++
		if len(s.Incidents) == 0 {
			t.Rings++
		}
		for _, a := range s.Incidents {
			if had, ok := leads[a.ID]; !ok || a.Lead > had {
				leads[a.ID] = a.Lead
			}
		}
	}
	t.Announced = len(leads)
	var early []time.Duration
	for _, l := range leads {
		if l > 0 {
			early = append(early, l)
		}
	}
	if t.Before = len(early); t.Before > 0 {
		slices.Sort(early)
		t.Early = early[len(early)/2]
	}
	return t
}
