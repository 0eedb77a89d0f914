// Package controller reads the logs of Go controllers: linkerd's destination,
// identity and injector, and anything else that logs through logrus, klog or
// zap. What matters most in them are the traces of client-go's queues:
//
//	time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,…
//
// A record is the same whatever carries it: carrier.go takes it out of its
// carrier, message.go says what it means, trace.go reads the traces.
package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// Format is the log of a Go controller in any of its carriers.
var Format = &parse.Format{
	Name: "controller",
	Doc: `log of a Go controller (linkerd destination and its like): logrus text or JSON, klog, zap.
time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[1398023451]: [102.144017ms] [102.144017ms] END\n"`,
	Needles: []string{"Trace[", "caches to sync", "caches synced", "update queue full", "stream aborted", "running version"},
	Line:    line,
	Detail:  detail,
}

// record is one log record out of its carrier.
type record struct {
	severity parse.Severity
	message  []byte
	fields   []byte // the rest of a logrus line, as key=value
	time     []byte // as printed
	stamp    lex.Stamp
	// since is a klog header's time in a year it does not name.
	since    int64
	yearless bool
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := bytes.TrimLeft(l.Text, " ")
	switch {
	case has(text, "Trace["):
		return tail(text, b)
	case len(text) < 10:
		return parse.NotMine
	}
	r, ok := read(text)
	if !ok {
		if has(text, `time="`) && bytes.Contains(text, []byte(`" level=`)) {
			return parse.Malformed // cut off in the middle
		}
		return parse.NotMine
	}
	r.clock(l)
	return r.classify(l, b)
}

// clock sets the line's own time. A stamp that kubectl or the runtime put
// before the line is finer than a header in whole seconds, and is used in its
// place as long as the two agree.
func (r *record) clock(l *parse.Line) {
	if r.yearless {
		if l.Prefix.HasStamp {
			l.Own, l.Grain, l.Clock = l.Prefix.Stamp, parse.GrainMilli, parse.ClockWall
			return
		}
		l.Own, l.Grain, l.Clock = parse.Time(r.since), parse.GrainMicro, parse.ClockYearless
		return
	}
	l.Own, l.Grain, l.Clock = middle(r.stamp), parse.GrainOf(r.stamp.Width), parse.ClockWall
	if lag := l.Prefix.Stamp - parse.Time(r.stamp.Unix); l.Prefix.HasStamp && r.stamp.Width >= lex.Second &&
		lag >= -parse.Time(lex.Second) && lag < parse.Time(10*lex.Second) {
		l.Own, l.Grain = l.Prefix.Stamp, parse.GrainMilli
	}
}

// middle of the printed time's last digit.
func middle(s lex.Stamp) parse.Time { return parse.Time(s.Unix + s.Width/2) }

func has(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
