package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/bundle"
)

func (p *page) incidents(c *correlate.Case) {
	if len(c.Incidents) == 0 {
		return
	}
	show := make([]int, len(c.Incidents))
	for i := range show {
		show[i] = i
	}
	const most = 3
	title := fmt.Sprintf("Incidents (%d)", len(show))
	if len(show) > most && !p.Verbose {
		slices.SortStableFunc(show, func(a, b int) int { return cmp.Compare(c.Incidents[b].Failures, c.Incidents[a].Failures) })
		show = show[:most]
		slices.Sort(show)
		title = fmt.Sprintf("Incidents (the %d largest of %d; all with -v)", most, len(c.Incidents))
	}
	p.heading(title)
	p.line("  %-5s %-21s %5s  %-12s %6s %6s  %s", "", "start", "fails", "signature", "stalls", "lag", "target")
	for _, i := range show {
		in := &c.Incidents[i]
		at := p.start(c, in)
		lag, target := "–", ""
		if in.Lag != nil {
			lag = fmt.Sprintf("%.1f s", in.Lag.Seconds())
		}
		if len(in.Targets) > 0 {
			target = Clean(words.Target(in.Targets[0].Name))
		}
		p.line("  %-5s %-21s %5d  %-12s %6d %6s  %s", in.ID, at, in.Failures, in.Signature, in.Stalls, lag, shorten(target, 14, false))
	}
}

// periods lists what came of testing them: by itself only those that are claimed
// and that the answer does not say.
func (p *page) periods(c *correlate.Case) {
	show := byWeight(c)
	if !p.Verbose {
		show = slices.DeleteFunc(show, func(i int) bool {
			return i == c.Verdict.Period || !c.Periods[i].Claimed() || c.Verdict.Period >= 0 &&
				c.Periods[i].Nominal == c.Periods[c.Verdict.Period].Nominal
		})
	}
	if len(show)+len(c.Leads) == 0 {
		return
	}
	title := "Periods"
	const most = 2
	if len(show) > most && !p.Verbose {
		show = show[:most]
	}
	if n := len(show); n > 0 && n < len(c.Periods) {
		title = fmt.Sprintf("Periods (%d of %d; all with -v)", len(show), len(c.Periods))
	}
	p.heading(title)
	for _, i := range show {
		q := &c.Periods[i]
		p.wrapped(fmt.Sprintf("  %-4s", q.ID), periodText(q, shorten(Clean(q.Scope), 44, true)))
		most := 3
		if p.Verbose {
			most = len(q.Mechanisms)
		}
		if fit := fitsSaid(q, most); fit != "" {
			p.wrapped("       fits: ", fit)
		}
	}
	for i, s := range c.Leads {
		if i < 2 || p.Verbose {
			p.wrapped("  ?     ", Clean(s))
		}
	}
}

// periodText is what came of testing one period.
func periodText(q *correlate.Period, scope string) string {
	s := fmt.Sprintf("%s of %s: ", q.Of, scope)
	switch {
	case q.Claimed():
		s += fmt.Sprintf("%s, %s", q.Verdict, q.Length())
		if q.SeveralPhases {
			s += " on several phases"
		}
		if ticks, hits, ok := q.TicksHit(); ok {
			s += fmt.Sprintf(", %d of %d ticks", hits, ticks)
		}
		s += ", " + words.P(q.PHolm)
		if q.AnchoredTo != correlate.ToNothing {
			s += ", tied to the " + strings.ReplaceAll(string(q.AnchoredTo), "_", " ")
		}
	case q.HarmonicOf > 0:
		s += fmt.Sprintf("%s comes from processes with a period of %.0f s each", words.Minutes(q.Nominal), q.HarmonicOf)
	case q.Verdict == stat.Insufficient:
		s += fmt.Sprintf("too little for %s: %s, %s needed", words.Minutes(q.Nominal), onsets(q.Onsets), needs(q.Need))
	default:
		s += fmt.Sprintf("no period of %s: ", words.Minutes(q.Nominal))
		if ticks, hits, ok := q.TicksHit(); ok {
			s += fmt.Sprintf("%d of %d ticks, %s", hits, ticks, words.P(q.PHolm))
		} else {
			s += fmt.Sprintf("%s, %s", onsets(q.Onsets), words.P(q.PHolm))
		}
	}
	return s
}

// byWeight orders the periods: the one that the verdict rests on, those of all
// processes, those of one.
func byWeight(c *correlate.Case) []int {
	order := make([]int, len(c.Periods))
	for i := range order {
		order[i] = i
	}
	weight := func(i int) int {
		switch {
		case i == c.Verdict.Period:
			return 0
		case c.Periods[i].Scope == correlate.ScopeAll:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(a), weight(b)) })
	return order
}

// fitsSaid lists the mechanisms that a period is compatible with, at most so
// many.
func fitsSaid(q *correlate.Period, most int) string {
	fit := q.Fitting()
	var names []string
	for _, m := range fit[:min(len(fit), most)] {
		s := m.Name
		if m.Distance != nil {
			s += fmt.Sprintf(" (%.1f s off)", m.Distance.Seconds())
		} else if m.Note != "" {
			s += " (" + m.Note + ")"
		}
		names = append(names, s)
	}
	return strings.Join(names, "; ")
}

func (p *page) associations(c *correlate.Case) {
	show := c.Associations
	if len(show) == 1 && c.Verdict.Association == 0 && !p.Verbose { // the answer says it
		return
	}
	if !p.Verbose {
		show = slices.DeleteFunc(slices.Clone(show), func(a correlate.Association) bool { return a.P == nil })
	}
	if len(show) > 0 {
		p.heading("Failures and stalls")
	}
	for i := range show {
		said := associationText(&show[i], Clean(show[i].Sentence))
		if !p.Verbose {
			said = brief(said, 150)
		}
		p.wrapped("  ", said)
	}
}

// associationText is what came of testing one link; said is its sentence.
func associationText(a *correlate.Association, said string) string {
	if a.Lag != nil && a.Lag.HasCI {
		said += fmt.Sprintf("; median lag %.1f s [%.1f, %.1f]; in reverse, %d stalls begin within the window after an incident",
			a.Lag.Median, a.Lag.CI[0], a.Lag.CI[1], a.Reverse)
	}
	return strings.ReplaceAll(string(a.Verdict), "_", " ") + ": " + said
}

// evidence quotes the lines of the largest incident.
func (p *page) evidence(c *correlate.Case, text Text) {
	best := richest(c)
	if best < 0 {
		return
	}
	p.heading("Evidence (" + c.Incidents[best].ID + ")")
	proof := c.Incidents[best].Proof
	if most := 3; len(proof) > most && !p.Verbose { // the first symptom, the failure, and what stalled before
		proof = append(slices.Clip(proof[:1]), proof[len(proof)-most+1:]...)
	}
	for _, point := range proof {
		p.line("  %s", Place(c, c.Ref(point)))
		d, raw, err := Detail(c, text, point)
		if err != nil {
			p.line("    (%s)", Clean(err.Error()))
			continue
		}
		s := shorten(Clean(strings.TrimSpace(d.RawTime+" "+d.Message)), width-4, false)
		if p.Verbose {
			s = Clean(raw)
		}
		for r := []rune(s); len(r) > 0; {
			n := min(len(r), width-4)
			p.line("    %s", string(r[:n]))
			r = r[n:]
		}
	}
}

// richest is the incident with the most to show, -1 for none.
func richest(c *correlate.Case) int {
	best := -1
	for i := range c.Incidents {
		in := &c.Incidents[i]
		if best < 0 || len(in.Proof) > len(c.Incidents[best].Proof) ||
			len(in.Proof) == len(c.Incidents[best].Proof) && in.Failures > c.Incidents[best].Failures {
			best = i
		}
	}
	return best
}

// limits are what the evidence cannot show: by itself the first that is this
// case's own.
func (p *page) limits(c *correlate.Case) {
	show := c.Limits
	if !p.Verbose {
		show = slices.DeleteFunc(slices.Clone(show), words.Standing)
		show = show[:min(len(show), 1)]
	}
	if len(show) == 0 {
		return
	}
	title := "What this cannot show"
	if len(show) < len(c.Limits) {
		title = fmt.Sprintf("%s (%d of %d; all with -v)", title, len(show), len(c.Limits))
	}
	p.list(title, show)
}

// bullets are some sentences, by itself the first.
func (p *page) bullets(title string, items []string) {
	if len(items) > 1 && !p.Verbose {
		title = fmt.Sprintf("%s (1 of %d; all with -v)", title, len(items))
		items = items[:1]
	}
	if len(items) > 0 {
		p.list(title, items)
	}
}

func (p *page) list(title string, items []string) {
	p.heading(title)
	for _, s := range items {
		p.wrapped("  - ", Clean(s))
	}
}

// sources sums up what became of every line.
func (p *page) sources(c *correlate.Case) {
	p.heading("Lines (" + bundle.Signature + ")")
	lines, trouble := linesSaid(c, p.Command)
	p.wrapped("  ", lines)
	if trouble != "" {
		p.wrapped("  ", trouble)
	}
}

// linesSaid counts what became of every line; trouble is "" when all of them
// were recognised.
func linesSaid(c *correlate.Case, command string) (lines, trouble string) {
	var events, other, unparsed, repeated uint64
	unknown, problems := 0, 0
	for _, s := range Sources(c) {
		events, other, unparsed, repeated = events+s.Events, other+s.Other, unparsed+s.Unparsed, repeated+s.Duplicate
		if s.Format == "" {
			unknown++
		}
		if slices.ContainsFunc(s.Problems, func(p Problem) bool { return !strings.HasPrefix(p.Text, parse.Looks) }) {
			problems++
		}
	}
	n := func(v uint64) string { return words.Number(int(v)) }
	lines = fmt.Sprintf("%s in events, %s repeated elsewhere, %s uninteresting, %s not understood", n(events), n(repeated), n(other), n(unparsed))
	if unknown+problems > 0 {
		trouble = fmt.Sprintf("not recognised: %s; lines with problems in %s; see: %s sources PATH",
			counted(unknown, "source"), itoa(problems), command)
	}
	return lines, trouble
}
