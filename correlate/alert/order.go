package alert

import (
	"fmt"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// ordered puts the rules of the groups in an order in which each comes after
// those it reads. Rules that read their own result, or that of a later rule of
// their group, read in Prometheus what was evaluated one interval before: those
// are skipped, for here each rule is evaluated for all times at once.
func ordered(rules []*Rule) (out []*Rule, skipped []Skipped) {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(rules))
	dropped := make([]bool, len(rules))
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		for j, other := range rules {
			if !reads(rules[i], other) {
				continue
			}
			switch {
			case state[j] == open, other.group == rules[i].group && j >= i:
				if !dropped[i] {
					skipped = append(skipped, Skipped{rules[i].File, rules[i].Line,
						fmt.Sprintf("%s: it reads %s of the evaluation before", rules[i].name(), other.name())})
				}
				dropped[i] = true
			case state[j] == fresh:
				visit(j)
			}
			if dropped[j] && !dropped[i] {
				dropped[i] = true
				skipped = append(skipped, Skipped{rules[i].File, rules[i].Line, fmt.Sprintf("%s: it reads %s, which is skipped", rules[i].name(), other.name())})
			}
		}
		state[i] = done
		if !dropped[i] {
			out = append(out, rules[i])
		}
	}
	for i := range rules {
		if state[i] == fresh {
			visit(i)
		}
	}
	return out, skipped
}

// The series that an alert leaves behind. Source: prometheus rules/alerting.go.
const (
	alertsMetric   = "ALERTS"
	forStateMetric = "ALERTS_FOR_STATE"
	stateLabel     = "alertstate"
)

// reads says whether one rule may select what another gives.
func reads(r, other *Rule) (yes bool) {
	parser.Inspect(r.expr, func(n parser.Node, _ []parser.Node) error {
		vs, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		if other.Record != "" {
			yes = yes || gives(vs, other.Record, "")
		} else {
			yes = yes || gives(vs, alertsMetric, other.Alert) || gives(vs, forStateMetric, other.Alert)
		}
		return nil
	})
	return yes
}

// gives says whether a selector would take a series of a name, and of an alert.
func gives(vs *parser.VectorSelector, name, alert string) bool {
	named := false
	for _, m := range vs.LabelMatchers {
		switch m.Name {
		case model.MetricNameLabel:
			if named = true; !m.Matches(name) {
				return false
			}
		case model.AlertNameLabel:
			if alert != "" && !m.Matches(alert) {
				return false
			}
		}
	}
	return named || !bare(vs)
}

// bare says whether a selector asks for nothing that an alert or a recording
// could have.
func bare(vs *parser.VectorSelector) bool {
	for _, m := range vs.LabelMatchers {
		if m.Type == labels.MatchEqual && m.Value != "" {
			return false
		}
	}
	return true
}
