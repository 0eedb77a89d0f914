package casefile

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/kubelet"
)

// Excerpts gives the lines of a case as they are handed on: of an object of the
// API only what is read of it, so that no case carries environments, arguments
// and annotations. All else is given as text has it.
func Excerpts(text Text) Text { return excerpts{text} }

type excerpts struct{ text Text }

func (e excerpts) Line(c *parse.Capture, r parse.Ref) ([]byte, error) {
	line, err := e.text.Line(c, r)
	if errors.Is(err, bundle.ErrNotKept) {
		return nil, fmt.Errorf("%s:%d: %w", c.Sources[r.Source].Path, r.Line, ErrLeftOut) // what the case itself will say
	}
	if err != nil {
		return nil, err
	}
	if short, ok := kubelet.Excerpt(line); ok {
		return short, nil
	}
	return line, nil
}

// Refs lists every line that a case holds: those of its events, those that facts
// and clocks rest on, and those that are cited. A line may be listed more than
// once.
func Refs(c *correlate.Case) iter.Seq[parse.Ref] {
	return func(yield func(parse.Ref) bool) {
		for i := range c.Streams {
			s := &c.Streams[i]
			last := parse.Ref{}
			for j := range s.Events {
				if r := s.Ref(&s.Events[j]); r != last {
					if last = r; !yield(r) {
						return
					}
				}
			}
		}
		for r := range beside(c) {
			if !yield(r) {
				return
			}
		}
	}
}

// beside lists the lines of a case on which no event needs to stand.
func beside(c *correlate.Case) iter.Seq[parse.Ref] {
	return func(yield func(parse.Ref) bool) {
		for i := range c.Facts {
			if !yield(c.Facts[i].Ref) {
				return
			}
		}
		for i := range c.Streams {
			for _, t := range c.Streams[i].Ties {
				if !yield(t.Ref) {
					return
				}
			}
		}
		for i := range c.Anchors {
			for _, r := range c.Anchors[i].Proof {
				if !yield(r) {
					return
				}
			}
		}
		for i := range c.Findings {
			for _, e := range slices.Concat(c.Findings[i].Evidence, c.Findings[i].Against) {
				if e.Series == 0 && !yield(e.Ref) {
					return
				}
			}
		}
	}
}
