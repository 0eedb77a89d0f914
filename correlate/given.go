package correlate

import (
	"cmp"
	"slices"
	"time"

	"faultline/parse"
	"faultline/parse/given"
)

// Action is something that people did to the system, from a facts file.
type Action struct {
	At parse.Time // ns since 1970
	// What is upgrade, scale, or any other word; Detail is "FROM -> TO".
	What, Detail string
	Ref          parse.Ref
}

// Mark is a moment that somebody marked, or a note without one.
type Mark struct {
	At     parse.Time // ns since 1970, 0 for a note
	Source string     // glob of the source that it belongs to, "" for all
	Text   string
	Ref    parse.Ref
}

// said adds what the dump's facts files say to the options. What is given by
// flags stands first, so that it wins.
func (ix *Index) said(o Options) Options {
	o.Anchors, o.Captured = slices.Clip(o.Anchors), slices.Clip(o.Captured)
	o.Periods, o.Failures = slices.Clip(o.Periods), slices.Clip(o.Failures)
	for _, f := range ix.Facts {
		subject, value := ix.Name(f.Subject), ix.Name(f.Value)
		switch ix.Name(f.Key) {
		case given.Anchor:
			if r, ok := ParseAnchor(subject + "=" + value); ok {
				r.Proof = []parse.Ref{f.Ref}
				o.Anchors = append(o.Anchors, r)
			}
		case given.Captured:
			o.Captured = append(o.Captured, CaptureRule{Glob: subject, Time: f.Time, Within: f.Within, Proof: []parse.Ref{f.Ref}})
		case given.Period:
			if d, err := time.ParseDuration(value); err == nil && PeriodInRange(d) && !slices.Contains(o.Periods, d) {
				o.Periods = append(o.Periods, d)
			}
		case given.Failure:
			if r, err := ParseFailure(value); err == nil {
				o.Failures = append(o.Failures, r)
			}
		}
	}
	return o
}

// saidBy names what a given anchor rests on: a flag, or the facts file.
func saidBy(flag string, proof []parse.Ref) string {
	if proof != nil {
		return given.Name
	}
	return flag
}

// PeriodInRange says whether a period can be tested: a second to a week.
func PeriodInRange(d time.Duration) bool { return d >= time.Second && d <= 7*24*time.Hour }

// Actions are what the dump's facts files say was done, in the order of time.
func (ix *Index) Actions() (out []Action) {
	for _, f := range ix.Facts {
		if ix.Name(f.Key) == given.Change {
			out = append(out, Action{f.Time, ix.Name(f.Subject), ix.Name(f.Value), f.Ref})
		}
	}
	slices.SortStableFunc(out, func(a, b Action) int { return cmp.Compare(a.At, b.At) })
	return out
}

// Marks are the marks and notes of the dump's facts files, notes first.
func (ix *Index) Marks() (out []Mark) {
	for _, f := range ix.Facts {
		switch ix.Name(f.Key) {
		case given.Mark, given.Note:
			out = append(out, Mark{f.Time, ix.Name(f.Subject), ix.Name(f.Value), f.Ref})
		}
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
	return out
}
