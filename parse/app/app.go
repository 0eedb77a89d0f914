// Package app reads the logs of programs that no other package knows, as far as
// they tell of calls that failed, in whatever language they are written.
//
//	2025-11-03 09:14:02,331 ERROR flags: dial tcp 10.43.17.9:8080: connect: connection refused
//	Caused by: java.net.ConnectException: Connection refused
//
// A sentence that only speaks of an error is none: a line must begin as one of a
// log does, with a time, a level, an exception's name or a tool's.
package app

import (
	"bytes"

	"faultline/parse"
)

// Format is the log of a program that is not known.
var Format = &parse.Format{
	Name: "app-log",
	Doc: `log of any other program, whose lines begin with a time and a level: calls that failed, in the words of its language, and errors.
2025-11-03 09:14:02,331 ERROR flags: dial tcp 10.43.17.9:8080: connect: connection refused
Caused by: java.net.ConnectException: Connection refused`,
	Origin: "programs in Go, Java, Python, Node, .NET, Ruby, PHP and Rust, and curl (the texts are their runtimes')",
	Role:   parse.RoleProcess, Lane: parse.LaneOther, Component: parse.ComponentApplication,
	Stranger: true,
	Hints:    parse.CallWords(),
	Line:     line,
	Detail:   detail,
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	h, ok := headOf(l.Text)
	if !ok && l.Prefix.HasStamp {
		h, ok = head{rest: l.Text, first: true}, true
	}
	call, failed := parse.FailedCall(l.Text)
	switch {
	case !failed && frame(l.Text):
		return parse.Other
	case !ok, !failed && (h.severity == 0 || !h.stamped && !l.Prefix.HasStamp):
		return parse.NotMine
	case h.stamped && !l.Prefix.HasStamp:
		unix := h.at.Unix
		if !h.at.Zoned {
			unix -= l.Ahead(unix)
		}
		l.Own, l.Grain, l.Clock = parse.Time(unix+h.at.Width/2), parse.GrainOf(h.at.Width), parse.ClockWall
	default:
		l.AtPrefix()
	}
	l.Severity = h.severity
	if !failed {
		return parse.Other
	}
	return b.CallFailed(call, parse.CallText(h.rest), l, !h.first)
}

// detail takes a line apart to be shown.
func detail(text []byte, d *parse.Detail) {
	h, ok := headOf(text)
	if !ok {
		h.rest = text
	}
	d.Message, d.RawTime = string(bytes.TrimSpace(h.rest)), string(h.time)
	if call, ok := parse.FailedCall(text); ok && len(call.Target) > 0 {
		d.Set("target", string(call.Target))
	}
}
