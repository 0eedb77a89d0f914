package app

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// behind finds the time that stands behind a level: at once, or behind a thread or a module
// (Cassandra, CouchDB, Puppet).
func (h *head) behind() {
	at, s, n := h.find(0)
	if n == 0 {
		return
	}
	h.at, h.stamped, h.time = s, true, h.rest[at:at+n]
	if at == 0 {
		h.rest = bytes.TrimLeft(h.rest[n:], "]:|- \t")
	}
}

// within finds a time behind a program's own first words, with a level behind it:
// "[Nest] 7  - 13/05/2024, 7:32:47 PM    WARN [Auth] ".
func (h *head) within() bool {
	at, s, n := h.find(1)
	if n == 0 {
		return false
	}
	rest := h.rest[at+n:]
	for len(rest) > 0 && behindTime[rest[0]] {
		rest = rest[1:]
	}
	if h.severity = levelIn(rest); h.severity == 0 {
		return false
	}
	h.at, h.stamped, h.time, h.rest = s, true, h.rest[at:at+n], rest
	return true
}

// timeFar is how far behind the beginning of a line its time is looked for.
const timeFar = 48

// find is where the first time with its date stands, from a place on; n is 0 where none does.
func (h *head) find(from int) (at int, s lex.Stamp, n int) {
	if bytes.IndexByte(h.rest[:min(len(h.rest), timeFar+len("2006-01-02 15:"))], ':') < 0 { // most lines have no time of the day
		return 0, s, 0
	}
	for at = from; at < len(h.rest) && at < timeFar; at++ {
		if at > 0 && (isName(h.rest[at-1]) || h.rest[at-1] == '-' || h.rest[at-1] == ':' || h.rest[at-1] == '/') {
			continue
		}
		if s, n, ok := dated(h.rest[at:]); ok && (at+n == len(h.rest) || !isName(h.rest[at+n])) {
			return at, s, n
		}
	}
	return 0, s, 0
}

// redis takes off how Redis and Valkey begin a line, "1:M 29 Aug 2023 13:47:38.984 * ": the
// process, its role, the time, and a level by its mark (redis src/server.c, serverLogRaw).
func (h *head) redis() bool {
	text := bytes.TrimPrefix(h.rest, []byte{'['})
	_, n, ok := lex.Digits(text)
	if !ok || n+4 > len(text) || text[n] != ':' || text[n+1] < 'A' || text[n+1] > 'Z' {
		return false
	}
	rest := bytes.TrimLeft(text[n+2:], "] ")
	s, n, ok := lex.Date(rest)
	if !ok || n+3 > len(rest) || rest[n] != ' ' || rest[n+2] != ' ' {
		return false
	}
	switch rest[n+1] {
	case '.', '-':
		h.severity = parse.Debug
	case '*':
		h.severity = parse.Info
	case '#':
		h.severity = parse.Warn
	default:
		return false
	}
	h.at, h.stamped, h.time, h.rest = s, true, rest[:n], rest[n+3:]
	return true
}

// glog takes off how glog begins a line since 0.5, with the year, "I20210131 14:48:54.411655
// 15520 main.cc:9] " (google/glog src/logging.cc); klog prints none.
func (h *head) glog() bool {
	if len(h.rest) < len("I20210131 14:48:54.4 1 a.c:9]") || h.rest[1] < '0' || h.rest[1] > '9' {
		return false
	}
	severity := letterOf(h.rest[0])
	s, n, ok := lex.Date(h.rest[1:])
	if severity == 0 || !ok || n < len("20210131 14:48:54.4") || h.rest[9] != ' ' {
		return false
	}
	_, rest, ok := bytes.Cut(h.rest[1+n:], []byte{']'})
	if !ok {
		return false
	}
	h.at, h.stamped, h.severity, h.time, h.rest = s, true, severity, h.rest[1:1+n], rest
	return true
}

// klogCut takes off a header of klog whose beginning was cut off: the letter of its level,
// "0501 10:00:04.512345       1 reflector.go:147] ", or more, up to the whole date.
func (h *head) klogCut() bool {
	const date, fraction = len("0501"), len(".512345")
	text := h.rest
	if len(text) == 0 || text[0] < '0' || text[0] > '9' {
		return false
	}
	_, n, _ := lex.Digits(text)
	if n > date || n >= len(text) {
		return false
	}
	at := 0
	if text[n] == ' ' {
		at = n + 1
	}
	clock := timeOfDay(text[at:])
	if clock != len("15:04:05")+fraction {
		return false
	}
	k, size, ok := lex.KlogHeader(append([]byte("E0101 "), text[at:]...)) // any letter and date, for what follows
	if !ok || bytes.IndexByte(k.Caller, ':') <= 0 {
		return false
	}
	if at == date+1 {
		if k, _, ok = lex.KlogHeader(append([]byte("E"), text...)); !ok {
			return false
		}
		h.since, h.yearless = k.Since, true
	}
	h.time, h.rest = text[:at+clock], text[at+size-len("E0101 "):]
	return true
}
