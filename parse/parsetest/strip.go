package parsetest

import "faultline/parse"

// Stripping is a format that takes the lines that a wrapper stands before: an event is
// about what it leaves of one, and facts are what it says of the line's owner.
func Stripping(w *parse.Wrapper) *parse.Format {
	return &parse.Format{
		Name: w.Name, Stranger: true,
		Line: func(l *parse.Line, b *parse.Batch) parse.Verdict {
			var p parse.Prefix
			rest, ok := w.Strip(l.Text, &p)
			if !ok {
				return parse.NotMine
			}
			if p.HasStamp {
				l.Own, l.Grain, l.Clock = p.Stamp, p.Grain, parse.ClockWall
			}
			l.Severity = p.Severity
			b.Add(parse.Event{Kind: parse.LogOther, Fact: b.Names.Add(rest)})
			say := func(key, value string, at parse.Time, there bool) {
				if there {
					b.Fact(l, 0, key, value, at, 0)
				}
			}
			say("local", "", p.Local, p.HasLocal)
			say("since", "", p.Since, p.HasSince)
			say("partial", "", 0, p.Partial)
			for _, of := range []struct {
				key   string
				value []byte
			}{{"stream", p.Stream}, {"namespace", p.Namespace}, {"pod", p.Pod}, {"container", p.Container}, {"node", p.Node}, {"unit", p.Unit}} {
				say(of.key, string(of.value), 0, len(of.value) > 0)
			}
			for _, or := range p.Else {
				say("or", string(or), 0, or != nil)
			}
			return parse.Took
		},
		Detail: func([]byte, *parse.Detail) {},
	}
}
