package controller

import (
	"bytes"
	"strings"
	"time"

	"faultline/parse/lex"
)

// steps lists what a trace was made of, for people: "Objects listed 10912ms at
// 08:58:32.110; …". Only those that took more than their share are printed, so
// some may be missing. A trace that is nested in another counts as a step of
// it, followed by its own, which stand between brackets.
func (t *trace) steps(message []byte) string {
	var out []string
	since := time.Duration(0) // since the start, in the trace itself
	_, rest, _ := bytes.Cut(message, []byte{'\n'})
	for line := range bytes.Lines(rest) {
		id, n, ok := traceID(line)
		if !ok || id != t.id {
			continue
		}
		b := bytes.TrimRight(line[n:], "\n")
		depth := len(b) - len(bytes.TrimLeft(b, " "))
		text, took, cum, ok := stepOf(b[depth:])
		if !ok {
			continue
		}
		switch {
		case cum > 0:
			since = cum
		case depth == 0:
			since += took
		}
		if depth == 0 {
			at := time.Unix(0, t.start.Unix+t.start.Offset).UTC().Add(since)
			text += " at " + at.Format("15:04:05.000")
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// stepOf reads a step:
//
//	---"Objects listed" error:<nil> 10912ms (08:58:32.110)
//	["cacher list" audit-id:x 501ms (08:58:32.110)
//	[10.9s] [10.9s] Objects listed
//
// The clock in it is not used: from July to November 2020 its seconds are
// always 00 (k8s.io/utils, "15:04:00.000"). cum is how long it was since the
// start, where the line says so.
func stepOf(b []byte) (text string, took, cum time.Duration, ok bool) {
	open, end := "", ""
	switch {
	case has(b, "---"):
		b = b[len("---"):]
	case has(b, `["`):
		b, open = b[1:], "["
	case has(b, "["):
		return step2019(b)
	}
	for len(b) > 0 && b[len(b)-1] == ']' {
		b, end = b[:len(b)-1], end+"]"
	}
	name, n, ok := lex.Quoted(b)
	at := bytes.LastIndex(b, []byte(" ("))
	if !ok || at < n {
		return "", 0, 0, false
	}
	ms := b[bytes.LastIndexByte(b[:at], ' ')+1 : at]
	took, err := time.ParseDuration(string(ms))
	return open + string(name) + " " + string(ms) + end, took, 0, err == nil
}

// step2019 reads "[since the start] [since the step before] name".
func step2019(b []byte) (text string, took, cum time.Duration, ok bool) {
	first, rest, ok1 := bytes.Cut(b[1:], []byte("] ["))
	second, name, ok2 := bytes.Cut(rest, []byte("] "))
	if !ok1 || !ok2 || string(bytes.TrimSpace(name)) == "END" {
		return "", 0, 0, false
	}
	cum, err := time.ParseDuration(string(first))
	took, err2 := time.ParseDuration(string(second))
	return string(name) + " " + string(second), took, cum, err == nil && err2 == nil
}
