package correlate

import (
	"cmp"
	"slices"
	"strings"
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
	// At is ns since 1970, or on the source's own clock if Own; 0 for a note.
	At parse.Time
	// Source is a GLOB[#LIFE] of the source that it belongs to, "" for all.
	Source string
	Own    bool
	Text   string
	// By is who set a mark on the screen; one of a facts file has it in its text.
	By string
	// Ref is where a facts file says so; nil for a mark of the screen's.
	Ref *parse.Ref
}

// Signed is the text with who wrote it.
func (m *Mark) Signed() string { return given.Signed(m.Text, m.By) }

// same says whether two marks are one that was written twice.
func (m *Mark) same(o *Mark) bool {
	return m.At == o.At && m.Source == o.Source && m.Own == o.Own && m.Signed() == o.Signed()
}

// MarkStream is the stream on whose clock a mark is, the first that its source
// names; -1 for a mark on the wall clock, or of a source that is not there.
func (ix *Index) MarkStream(m *Mark) int {
	if glob, life, ok := globLife(m.Source); ok && m.Own {
		if list := ix.meant(glob, life); len(list) > 0 {
			return list[0]
		}
	}
	return -1
}

// withUserFacts adds what the dump's facts files say to the options. What is given by
// flags stands first, so that it wins.
func (ix *Index) withUserFacts(o Options) Options {
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
			r, ok := ParseCapture(value)
			if !ok || !r.Bare { // two times between which it was taken are one here
				r.Time, r.Within, r.Rejected = f.Time, f.Within, f.Time == 0
				_, r.By, _ = strings.Cut(value, given.By)
			}
			r.Glob, r.Proof = subject, []parse.Ref{f.Ref}
			o.Captured = append(o.Captured, r)
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

// sourceOf names what a given anchor rests on: a flag or the facts file, and who
// said so, where that is known.
func sourceOf(flag string, proof []parse.Ref, by string) string {
	switch {
	case proof != nil && by != "":
		return given.Name + ", by " + by
	case proof != nil:
		return given.Name
	case by != "":
		return "given by " + by
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

// Marks are the marks and notes of the dump's facts files and of the options,
// notes first. What both say stands once.
func (c *Case) Marks() (out []Mark) {
	for _, f := range c.Facts {
		m := Mark{At: f.Time, Source: c.Name(f.Subject), Text: c.Name(f.Value), Ref: &f.Ref}
		switch c.Name(f.Key) {
		case given.OwnMark:
			up, text, _ := strings.Cut(m.Text, " ")
			d, _ := time.ParseDuration(up)
			m.At, m.Own, m.Text = parse.Time(d), true, text
			fallthrough
		case given.Mark, given.Note:
			out = append(out, m)
		}
	}
	for _, m := range c.Options.Marks {
		if !slices.ContainsFunc(out, func(o Mark) bool { return m.same(&o) }) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
	return out
}
