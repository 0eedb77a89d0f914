package casefile

import (
	"iter"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// Excerpts gives the lines of a case as they are handed on: of an object of the
// API only what is read of it, so that no case carries environments, arguments
// and annotations. All else is given as text has it.
func Excerpts(text Text) Text { return excerpts{text} }

type excerpts struct{ text Text }

func (e excerpts) Line(c *parse.Capture, r parse.Ref) ([]byte, error) {
	line, err := e.text.Line(c, r)
	if err != nil {
		return nil, err
	}
	if short, ok := kubelet.Excerpt(line); ok {
		return short, nil
	}
	return line, nil
}

// Refs lists every line that a case holds: those of its events, and those that
// facts and clocks rest on. A line may be listed more than once.
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
			for _, t := range s.Ties {
				if !yield(t.Ref) {
					return
				}
			}
		}
		for i := range c.Facts {
			if !yield(c.Facts[i].Ref) {
				return
			}
		}
	}
}
