package correlate

import "slices"

// Judge decides everything that an index leaves open. It is pure: the same
// index and options give the same case. Each stage is a function of the results
// that it is given, and returns its own; none changes those of an earlier one.
func Judge(ix *Index, o Options) *Case {
	ix.turn("clocks")
	p, conflicts := place(ix, ix.withUserFacts(o))
	g, counts := gather(&p)
	g, steady := separate(&p, g)
	processes, apart := processesOf(&p, g.wall)
	conflicts = append(conflicts, apart...)
	incidents := collapse(&p, &g)

	ix.turn("periods")
	judged, tested, leads := testPeriods(&p, &g, processes)
	list := p.Options.tested()
	follows := followTicks(&g, incidents, processes, judged, list)
	periods := attach(&p, &g, withFollowing(judged, follows), processes, follows)

	ix.turn("links")
	loads, shared := covariates(&p), sharedPeriods(judged, processes, list)
	links := associate(&p, &g, counts.Layer, incidents, processes, shared, follows, loads)

	c := &Case{Placed: p, Counts: counts, Conflicts: conflicts, Periods: periods, Tested: tested, Steady: steady, Leads: leads,
		Follows: follows, Associations: links,
		groups: g, processes: processes}
	c.Incidents = numbered(&p, &g, incidents, periods, follows)
	c.Signs = readSigns(&p, processes)
	c.Load = compareLoad(&g, incidents, processes, shared, loads)
	c.Hours = hourTable(&g, incidents, nil)
	c.Since = changes(&p, &g, incidents, processes)
	c.Scale = scaleOut(ix.Actions(), processes)
	c.Anchors = fitClocks(&p, &g, incidents, periods, processes)
	c.Seen = see(&p, &g)
	c.Filtered = p.emptyFilters()
	c.Verdict = weigh(c)
	c.Missing = missing(&c.Placed, processes)
	c.Limits = limits(&c.Placed, &g, incidents, steady, counts.Stalls, conflicts)
	if c.Verdict.Reason != FilteredOut { // which says it first
		c.Limits = append(slices.Clip(c.Filtered), c.Limits...)
	}
	return c
}

// turn tells what is done now.
func (ix *Index) turn(doing string) {
	if ix.Stage != nil {
		ix.Stage(doing)
	}
}
