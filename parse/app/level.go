package app

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// leveled takes off a level that a line begins with: "ERROR:root:", "[error] ",
// "fail: ", "level=error ", "[ns_server:warn,", and the time that stands behind it.
func (h *head) leveled() bool {
	text := h.rest
	for len(text) > 0 && (text[0] == '[' || text[0] == '<' || text[0] == '(' || text[0] == ' ') {
		text = text[1:]
	}
	framed := len(text) < len(h.rest)
	if after, ok := bytes.CutPrefix(text, []byte("level=")); ok {
		text = after
	}
	if framed {
		text = unmoduled(text)
	}
	n := wordEnd(text)
	if n == len(text) || !behindLevel[text[n]] && !(framed && text[n] == ',') {
		return false
	}
	s := levelOf(text[:n])
	if s == 0 || text[n] == ' ' && !framed && !upper(text[:n]) {
		return false // "error" begins a sentence as well
	}
	h.severity, h.rest = s, bytes.TrimLeft(text[n:], ",:]>) \t|-")
	h.behind()
	return true
}

// unmoduled takes off a module's name and a colon that stand before a level in brackets, as
// httpd and Couchbase print it.
func unmoduled(text []byte) []byte {
	n := wordEnd(text)
	if n == len(text) || text[n] != ':' || levelOf(text[:n]) != 0 {
		return text
	}
	level := text[n+1:]
	if n = wordEnd(level); n == 0 || n == len(level) || level[n] != ',' && level[n] != ']' {
		return text
	}
	return level
}

// wordEnd is how many letters a text begins with; a module's name may have underscores.
func wordEnd(text []byte) (n int) {
	for n < len(text) && (text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z' || text[n] == '_') {
		n++
	}
	return n
}

func upper(word []byte) bool { return len(word) > 0 && word[len(word)-1] < 'a' }

// levelOf is the level that loggers call so, in letters of any size; 0 for another
// word.
func levelOf(word []byte) parse.Severity {
	var room [len("information")]byte
	if len(word) == 0 || len(word) > len(room) {
		return 0
	}
	for i, c := range word {
		room[i] = c | 0x20 // of a letter the small one
	}
	switch string(room[:len(word)]) {
	case "trace", "trc":
		return parse.Trace
	case "debug", "dbg", "dbug", "verbose":
		return parse.Debug
	case "info", "inf", "notice", "note", "information":
		return parse.Info
	case "warn", "warning", "wrn":
		return parse.Warn
	case "error", "err", "fail", "severe", "eror":
		return parse.Error
	case "fatal", "ftl", "critical", "crit", "emerg", "panic", "alert":
		return parse.Fatal
	}
	return 0
}

// levelIs is the level that a record names, as a word or as a number: those of
// pino and bunyan from 10 to 60, else syslog's (RFC 5424, 6.2.1); or as MongoDB's letter.
func levelIs(b []byte) parse.Severity {
	n, w, ok := lex.Digits(b)
	switch {
	case len(b) == 1 && !ok || len(b) == 2 && b[0] == 'D': // MongoDB's, of which there are five of D
		return letterOf(b[0])
	case len(b) > 0 && b[0]|0x20 >= 'a' && b[0]|0x20 <= 'z':
		return levelOf(b[:len(bytes.TrimRight(b, " []"))])
	case !ok || w != len(b):
		return levelOf(bytes.Trim(b, " []"))
	case n >= 60:
		return parse.Fatal
	case n >= 50:
		return parse.Error
	case n >= 40:
		return parse.Warn
	case n >= 30:
		return parse.Info
	case n >= 8:
		return parse.Debug
	case n < 3:
		return parse.Fatal
	case n == 3:
		return parse.Error
	case n == 4:
		return parse.Warn
	}
	return parse.Info
}

// levelFar is how far behind a time the level is looked for: a thread's name may
// stand between.
const levelFar = 64

// levelIn is the level among the first words behind a time, written as levels are:
// in capitals, or in brackets, or as level=.
func levelIn(text []byte) parse.Severity {
	text = text[:min(len(text), levelFar)]
	if s := letterLevel(text); s != 0 {
		return s
	}
	for i := 0; i < len(text); {
		if text[i]|0x20 < 'a' || text[i]|0x20 > 'z' {
			i++
			continue
		}
		n := i
		for n < len(text) && text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z' {
			n++
		}
		if s := levelOf(text[i:n]); s != 0 && n < levelFar && asLevel(text, i, n) {
			return s
		}
		if n < len(text) && text[n] == ':' && string(text[i:n]) == "LOG" { // PostgreSQL's
			return parse.Info
		}
		i = n
	}
	return 0
}

// asLevel says whether a word stands in a text as a level does.
func asLevel(text []byte, from, to int) bool {
	if upper(text[from:to]) {
		return true
	}
	if from == 0 || to == len(text) {
		return from == 0 && to < len(text) && bytes.IndexByte([]byte(":]|\t "), text[to]) >= 0
	}
	return bytes.IndexByte([]byte("[<(=|"), text[from-1]) >= 0 || text[from-1] == ':' && text[to] == ']' // [proxy:error]
}

// letterLevel is a level that one letter tells before a component in capitals:
// "I NETWORK  [main] " (MongoDB before 4.4).
func letterLevel(text []byte) parse.Severity {
	if len(text) < len("I CONTROL") || text[1] != ' ' {
		return 0
	}
	rest := bytes.TrimLeft(text[2:], " ")
	if len(rest) < 3 || !upper(rest[:1]) || !upper(rest[:2]) || !upper(rest[:3]) || rest[2] < 'A' {
		return 0
	}
	return letterOf(text[0])
}

// letterOf is the level that a capital letter stands for; 0 for another.
func letterOf(letter byte) parse.Severity {
	switch letter {
	case 'D':
		return parse.Debug
	case 'I':
		return parse.Info
	case 'W':
		return parse.Warn
	case 'E':
		return parse.Error
	case 'F':
		return parse.Fatal
	}
	return 0
}
