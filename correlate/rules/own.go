package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/query"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/given"
)

// own lets the rules of the dump's facts files speak, beside ours. refused
// tells each that could not be asked, with its line.
func (p *Pass) own() (out []correlate.Finding, refused []string) {
	for _, f := range p.fact(given.Rule) {
		var r given.OwnRule
		if json.Unmarshal([]byte(p.Name(f.Value)), &r) != nil {
			continue
		}
		name := p.Name(f.Subject)
		say := p.byEvents
		if r.When != "" {
			say = p.byQuery
		}
		list, err := say(&r)
		if err != nil {
			refused = append(refused, fmt.Sprintf("rule %s of %s:%d: %v", name, p.Sources[f.Ref.Source].Path, f.Ref.Line, err))
			continue
		}
		for i := range list {
			list[i].Rule, list[i].Severity, list[i].Confidence = name, severityOf(r.Severity), correlate.Medium
			list[i].Detail = fmt.Sprintf("A rule of this dump's facts file, given by %s:%d. %s", path.Base(p.Sources[f.Ref.Source].Path), f.Ref.Line, list[i].Detail)
			list[i].Evidence = append(list[i].Evidence, refs(f.Ref)...)
		}
		out = append(out, list...)
	}
	return out, refused
}

func severityOf(s string) correlate.Severity {
	for _, v := range []correlate.Severity{correlate.Info, correlate.Warning, correlate.Critical} {
		if v.String() == s {
			return v
		}
	}
	return correlate.Warning
}

// mostOwn is how many findings one rule of a facts file makes.
const mostOwn = 5

// byQuery asks an expression over the whole case.
func (p *Pass) byQuery(r *given.OwnRule) (out []correlate.Finding, err error) {
	res, err := query.New(p.Case).Range(context.Background(), r.When, 0, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, s := range res.Series {
		n, first, last := 0, parse.Time(0), parse.Time(0)
		for i, v := range s.Values {
			if v != 0 && v == v {
				if n++; n == 1 {
					first = parse.Time(s.Times[i])
				}
				last = parse.Time(s.Times[i])
			}
		}
		if n == 0 || len(out) == mostOwn {
			continue
		}
		labels := map[string]string{"n": fmt.Sprint(n)}
		for _, l := range s.Labels {
			labels[l.Name] = l.Value
		}
		f := filled(r, labels)
		f.Count, f.First, f.Last, f.Query = n, first, last, r.When
		f.Detail = fmt.Sprintf("%s was not 0 at %s.", r.When, words.Count(n, "step", "steps"))
		out = append(out, f)
	}
	return out, nil
}

// byEvents counts events by target: all of a kind, or those that precede
// another kind in time.
func (p *Pass) byEvents(r *given.OwnRule) (out []correlate.Finding, err error) {
	events, err := p.ofGlob(r.Event)
	if err != nil {
		return nil, err
	}
	if r.Before != "" {
		after, err := p.ofGlob(r.Before)
		if err != nil {
			return nil, err
		}
		follow := laned(after)
		events = slices.DeleteFunc(events, func(s sight) bool { return len(follow.near(s, 0, r.Within)) == 0 })
	}
	by := map[string][]sight{}
	for _, s := range events {
		by[p.targetOf(s)] = append(by[p.targetOf(s)], s)
	}
	for target, list := range by {
		first, e := list[0], p.At(list[0].Point)
		who := p.Whose(first.Point)
		f := filled(r, map[string]string{"n": fmt.Sprint(count(list)), "target": target, "kind": p.KindName(e.Kind), "pod": who.Pod, "namespace": who.Namespace})
		f.Count = count(list)
		f.Evidence = p.lines(first.Point, list[len(list)-1].Point)
		if f.Detail = fmt.Sprintf("%s of %s.", words.Count(f.Count, "event", "events"), p.KindName(e.Kind)); r.Before != "" {
			f.Detail += fmt.Sprintf(" Each precedes %s by at most %s.", r.Before, r.Within)
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b correlate.Finding) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Title, b.Title)
	})
	return out[:min(len(out), mostOwn)], nil
}

// ofGlob are the events whose kind matches a glob, in the order of time; it
// fails where no kind does.
func (p *Pass) ofGlob(glob string) (out []sight, err error) {
	for s := range p.Streams {
		for i := range p.Streams[s].Events {
			e := &p.Streams[s].Events[i]
			if ok, err := path.Match(glob, p.KindName(e.Kind)); err != nil {
				return nil, err
			} else if !ok || p.Repeats(s, i) {
				continue
			}
			out = append(out, p.sightOf(correlate.Point{Stream: uint32(s), Event: uint32(i)}))
		}
	}
	p.sort(out)
	return out, nil
}

// filled writes a rule's sentences about labels.
func filled(r *given.OwnRule, labels map[string]string) (f correlate.Finding) {
	var pairs []string
	for k, v := range labels {
		pairs = append(pairs, "{{"+k+"}}", v)
	}
	to := strings.NewReplacer(pairs...)
	f.Title = strings.TrimSuffix(to.Replace(r.Title), ".") + "."
	for _, n := range r.Next {
		f.Next = append(f.Next, to.Replace(n))
	}
	return f
}
