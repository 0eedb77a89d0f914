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
	"slices"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/record"
)

// Format is the log of a program that is not known.
var Format = &parse.Format{
	Name: "app-log",
	Doc: `log of any other program, whose lines begin with a time and a level, or are objects that hold them: calls that failed, in the words of its language, and errors.
2025-11-03 09:14:02,331 ERROR flags: dial tcp 10.43.17.9:8080: connect: connection refused
Caused by: java.net.ConnectException: Connection refused`,
	Origin: "programs in Go, Java, Python, Node, .NET, Ruby, PHP and Rust, and curl (the texts are their runtimes')",
	Role:   parse.RoleProcess, Lane: parse.LaneOther, Component: parse.ComponentApplication,
	Stranger: true,
	Hints:    slices.Concat(parse.CallWords(), parse.AnswerHints, deathWords()),
	Line:     line,
	Detail:   detail,
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !l.Hintless() && anyDeath.In(l.Text) {
		if v := deathLine(l, b); v != parse.NotMine {
			return v
		}
	}
	if l.Text[0] == '{' {
		r, whole := record.OfProgram(l.Text)
		if whole && levelIs(r.Level) != parse.SeverityNone {
			return logged(&r, l, b)
		}
		if a := answerOf(l); a.Tells(levelIs(r.Level)) && (len(r.Text)+len(r.Time) > 0 || l.Prefix.HasStamp) {
			return logged(&r, l, b) // a record without a level
		}
	}
	call, failed := l.FailedCall()
	h, ok := begun(l, failed)
	switch {
	case !failed && frame(l.Text):
		return parse.Other
	case !ok, !failed && !h.levelled(&l.Prefix):
		return parse.NotMine
	}
	h.place(l)
	l.Severity = h.severity
	if !failed {
		return parse.Other
	}
	return h.failed(call, l, b)
}

// levelled says whether a line that tells of no failure is one of a log: it has a time and a
// level, which may be the priority that syslog put before it.
func (h *head) levelled(p *parse.Prefix) bool {
	if h.severity == 0 && stamped(p) {
		h.severity = p.Severity
	}
	return h.severity != 0 && (h.stamped || p.HasStamp || p.HasSince)
}

// begun is how a line begins: with the head of a logger, as an error's trace where it tells
// of a call that failed, since no other line of one is of interest, or behind a tool's stamp.
func begun(l *parse.Line, failed bool) (h head, ok bool) {
	h, ok = loggedHead(l.Text)
	if !ok && failed {
		ok = h.ofError()
	}
	if !ok && stamped(&l.Prefix) {
		return head{rest: l.Text, first: true}, true
	}
	return h, ok
}

// stamped says whether a tool put a time before a line; syslog's names no year.
func stamped(p *parse.Prefix) bool { return p.HasStamp || p.HasSince && len(p.Unit) > 0 }

// failed adds the event of a call that failed.
func (h *head) failed(call parse.Call, l *parse.Line, b *parse.Batch) parse.Verdict {
	l.Unread = len(h.time) > 0 && l.Clock == parse.ClockNone
	return b.CallFailed(call, parse.CallText(h.rest), l, !h.first)
}

// place gives a line the time of its head, or that of the stamp before it.
func (h *head) place(l *parse.Line) {
	switch {
	case h.yearless && l.Prefix.HasStamp:
		l.AtYearless(h.since, parse.GrainMicro)
	case h.yearless:
		l.Own, l.Grain, l.Clock = parse.Time(h.since), parse.GrainMicro, parse.ClockYearless
	case !h.stamped || l.Prefix.HasStamp:
		l.AtPrefix()
	default:
		l.AtPrinted(h.at)
	}
}

// logged reads a record that a program wrote as an object.
func logged(r *record.Program, l *parse.Line, b *parse.Batch) parse.Verdict {
	r.Place(l)
	l.Severity = levelIs(r.Level)
	call, failed := l.FailedCall()
	if !failed {
		a := answerOf(l)
		if !a.Tells(l.Severity) {
			return parse.Other
		}
		call, said := a.Call(l.Text, r.Text)
		return b.CallFailed(call, said, l, false)
	}
	words := r.Text
	if _, told := parse.FailedCall(words); !told { // the error stands in a member of its own
		words = l.Text
	} else if why := errorOf(l.Text); len(why) > 0 && !bytes.Contains(words, why) { // which says why, where the text says what was tried
		words = append(append(bytes.Clone(parse.CallText(words)), ": "...), why...)
	}
	return b.CallFailed(call, parse.CallText(words), l, false)
}

// errorOf is the error that a record has beside its text, nil where it has none.
func errorOf(line []byte) []byte {
	for key, value := range lex.Members(line[1:]) {
		if k := string(key); (k == "error" || k == "err") && value[0] == '"' {
			return lex.Unquote(value)
		}
	}
	return nil
}

// answerOf is the failed answer that a record tells of, an object, if it does.
func answerOf(l *parse.Line) (a parse.Answer) {
	if l.Hintless() || !answered.In(l.Text) {
		return a
	}
	for key, value := range lex.Members(l.Text[1:]) {
		a.See(key, value)
	}
	return a
}

var answered = parse.NewPhrases(parse.AnswerHints)

// detail takes a line apart to be shown.
func detail(text []byte, d *parse.Detail) {
	if r, ok := record.OfProgram(text); ok {
		d.Message, d.RawTime = string(r.Text), string(r.Time)
		for key, value := range lex.Members(text[1:]) {
			if v := lex.Unquote(value); value[0] != '{' && value[0] != '[' && !bytes.Equal(v, r.Text) && !bytes.Equal(v, r.Time) && len(v) > 0 {
				d.Set(string(key), string(v))
			}
		}
		target(text, d)
		return
	}
	h, ok := headOf(text)
	if !ok {
		h.rest = text
	}
	d.Message, d.RawTime = string(bytes.TrimSpace(h.rest)), string(h.time)
	target(text, d)
}

// target shows whom a call that failed was for.
func target(text []byte, d *parse.Detail) {
	if call, ok := parse.FailedCall(text); ok && len(call.Target) > 0 {
		d.Set("target", string(call.Target))
	}
}
