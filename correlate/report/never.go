package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
	"faultline/parse"
)

// never names the targets whose requests were counted and of which none failed,
// those with most requests first; "" where no counter tells. That a target is
// not among the failures shows nothing: it may not have been called.
func never(c *correlate.Case) string {
	if len(c.Incidents) == 0 {
		return ""
	}
	answered, failed := map[string]float64{}, map[string]bool{}
	for i := range c.Incidents {
		for _, t := range c.Incidents[i].Targets {
			name, _, _ := strings.Cut(words.Target(t.Name), ":")
			failed[name] = true
		}
	}
	for i := range c.Series {
		s := &c.Series[i]
		label := func(names []string) string {
			for _, n := range names {
				for _, l := range s.Labels {
					if c.Name(l.Key) == n {
						return c.Name(l.Value)
					}
				}
			}
			return ""
		}
		of := known.RequestCounters[c.Name(s.Metric)]
		name, outcome := label(of.Name), label(of.Status)
		grown := growth(s.Values)
		if name == "" || outcome == "" || grown == 0 {
			continue
		}
		if space := label(of.Space); space != "" {
			name += "." + space
		}
		if answered[name] += grown; outcome[0] == '5' || outcome == "0" {
			failed[name] = true
		}
	}
	var names []string
	for name := range answered {
		if !failed[name] {
			names = append(names, Clean(name))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(answered[b], answered[a]), cmp.Compare(a, b)) })
	return shortened(names)
}

// shortened are the first of some names and how many more there are, "" of none.
func shortened(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 0:
		return ""
	case n > most:
		return fmt.Sprintf("%s and %d more: requests were counted, and none failed", strings.Join(names[:most], ", "), n-most)
	}
	return words.List(names) + ": requests were counted, and none failed"
}

// growth is how much a counter grew, resets left out.
func growth(values []float64) (sum float64) {
	last := math.NaN()
	for _, v := range values {
		if v > last {
			sum += v - last
		}
		if !math.IsNaN(v) {
			last = v
		}
	}
	return sum
}

// reportersZone offers the zone that the sources print, where the times are
// shown in UTC and all sources that print one agree on another; "" otherwise.
func reportersZone(c *correlate.Case, shown *time.Location) string {
	var seen *parse.ZoneSeen
	for i := range c.Sources {
		s := &c.Sources[i]
		switch {
		case s.Zone != nil && s.Zone != time.UTC && shown.String() == "UTC":
			return "the logs are in " + s.Zone.String() + ": --tz " + s.Zone.String() + " shows that"
		case s.Zones.Lines == 0:
			continue
		case s.Zones.Split || seen != nil && s.Zones.Ahead != seen.Ahead:
			return ""
		}
		seen = &s.Zones
	}
	if seen == nil || seen.Ahead == 0 || shown.String() != "UTC" {
		return ""
	}
	zone := seen.Printed()
	return fmt.Sprintf("the logs print %s: --tz %s shows that", zone, zone)
}
