package correlate

import (
	"fmt"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// dayOf gives a time of the day, ns since midnight, its date: the one day on which
// what happened from lo before it to hi behind it meets the dump's dated lines,
// else the day that is nearest to them by far. The error says between what it
// cannot decide.
func (ix *Index) dayOf(since, lo, hi parse.Time, zone *time.Location) (parse.Time, error) {
	from, to, ok := ix.datedSpan()
	if !ok {
		return 0, fmt.Errorf("%s has no date, and nothing in the dump prints one: say it as 2024-02-02T%[1]sZ", clockText(since))
	}
	type candidate struct{ at, gap parse.Time }
	var best, next *candidate
	first := time.Unix(0, int64(from-hi)).In(zone).AddDate(0, 0, -1)
	for d := 0; ; d++ {
		day := time.Date(first.Year(), first.Month(), first.Day()+d, 0, 0, 0, int(since%parse.Time(time.Second)), zone).
			Add(time.Duration(since) / time.Second * time.Second)
		at := parse.Time(day.UnixNano())
		c := &candidate{at, max(from-(at+hi), (at+lo)-to, 0)}
		switch {
		case best == nil || c.gap < best.gap:
			best, next = c, best
		case next == nil || c.gap < next.gap:
			next = c
		}
		if at+lo > to+parse.Time(24*time.Hour) || next != nil && next.gap == 0 {
			break
		}
	}
	if next != nil && 2*best.gap >= next.gap { // as near, or of several that fit
		one, other := min(best.at, next.at), max(best.at, next.at)
		text := func(t parse.Time) string { return time.Unix(0, int64(t)).In(zone).Format("2006-01-02") }
		return 0, fmt.Errorf("%s has no date and may be of %s or of %s: say which, as %sT%[1]sZ", clockText(since), text(one), text(other), text(one))
	}
	return best.at, nil
}

// datedSpan is from the first to the last line with a date of what runs; where
// there is none, of whatever prints dates.
func (ix *Index) datedSpan() (from, to parse.Time, ok bool) {
	for s := range ix.Streams {
		if f, t, has := ix.printedSpan(s); has && !about(&ix.Streams[s]) {
			if !ok || f < from {
				from = f
			}
			if !ok || t > to {
				to = t
			}
			ok = true
		}
	}
	if !ok {
		return ix.wallSpan()
	}
	return from, to, ok
}

// clockText is a time of the day, whose half of the last digit is left out.
func clockText(since parse.Time) string { return time.Unix(0, int64(since)).UTC().Format("15:04:05") }

// Happened is when an event was that the user says to have been at a time of the
// day, in a zone.
func (ix *Index) Happened(since parse.Time, zone *time.Location) (parse.Time, error) {
	return ix.dayOf(since, 0, 0, zone)
}

// dated gives an anchor that has no date its own, for one stream.
func (r *AnchorRule) dated(ix *Index, s int) error {
	if !r.Bare {
		return nil
	}
	var lo, hi parse.Time
	if st := &ix.Streams[s]; r.Line == 0 && len(st.Coverage) > 0 {
		lo, hi = st.Coverage[0].From, st.Coverage[len(st.Coverage)-1].To
	}
	at, err := ix.dayOf(r.Zero, lo, hi, time.UTC)
	r.Zero, r.Bare = at, false
	return err
}

// Unclear lists the times that the user gave without a date and that may be of
// several days, in the words in which they were given.
func (ix *Index) Unclear(o *Options) (out []string) {
	for _, r := range o.Anchors {
		if !r.Bare || ix.withoutClock(&r) != "" { // which is said
			continue
		}
		for _, s := range ix.meant(r.Glob, r.Life) {
			one := r
			if err := one.dated(ix, s); err != nil {
				out = append(out, r.name()+": "+err.Error())
				break
			}
		}
	}
	for _, r := range o.Captured {
		if err := r.dated(ix); err != nil {
			out = append(out, strings.TrimPrefix(r.Glob+": ", ": ")+err.Error())
		}
	}
	return out
}

// dated gives the moment at which a dump was taken its date.
func (r *CaptureRule) dated(ix *Index) error {
	if !r.Bare {
		return nil
	}
	at, err := ix.dayOf(r.Time, 0, 0, time.UTC)
	r.Time, r.Bare = at, false
	return err
}

// timeOfDay reads a time of the day without a date, ns since midnight, and how
// wide its last digit is.
func timeOfDay(s string) (since parse.Time, digit time.Duration, ok bool) {
	ns, width, ok := lex.DayTime([]byte(s))
	return parse.Time(ns), time.Duration(width), ok
}
