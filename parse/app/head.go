package app

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// head is how a line of a log begins.
type head struct {
	rest     []byte // what follows
	time     []byte // as printed
	at       lex.Stamp
	stamped  bool // at is a time with its date
	since    int64
	yearless bool // since is a time without its year, as klog counts it
	severity parse.Severity
	// first says that a record begins here; else the line goes on with the trace
	// of an error.
	first bool
}

// headOf reads how a line begins; ok is false for one that is of no log.
func headOf(text []byte) (h head, ok bool) {
	h, ok = loggedHead(text)
	return h, ok || h.ofError()
}

// loggedHead is what a logger put before a line; ok is false where none did.
func loggedHead(text []byte) (h head, ok bool) {
	text = bytes.TrimPrefix(text, []byte("> ")) // quoted in a ticket
	bare := text
	for len(bare) > 0 && (bare[0] == ' ' || bare[0] == '\t') {
		bare = bare[1:]
	}
	h.rest, h.first = bare, len(bare) == len(text)
	if ok = h.klogCut(); ok {
		h.first = true // what is left of its date may be a space
	} else if h.first && len(bare) > 0 && bare[0] >= 'a' && bare[0] <= 'z' {
		ok = h.leveled() || h.within() // all others begin with a number, a mark or a capital
	} else if h.first {
		ok = h.stamp() || h.rubys() || h.redis() || h.glog() || h.leveled() || h.within()
	}
	return h, ok
}

// ofError says whether a line without a logger's head is of an error's trace, or begins
// as tools do that could not call another.
func (h *head) ofError() bool {
	byTool := tool(h.rest)
	if !byTool && !trace(h.rest) {
		return false
	}
	h.first = h.first && byTool
	return true
}

// stamp takes off a time, in brackets or without, and the level behind it.
func (h *head) stamp() bool {
	text := h.rest
	for len(text) > 0 && text[0] == '[' {
		text = text[1:]
	}
	if len(text) == 0 {
		return false
	}
	s, n, ok := dated(text)
	if !ok && n == 0 {
		if n = timeOfDay(text); n == 0 {
			return false
		}
	}
	if n < len(text) && text[n] != ' ' && text[n] != ']' && text[n] != '\t' && text[n] != '|' && text[n] != ',' {
		return false
	}
	h.at, h.stamped, h.time, h.rest = s, ok, text[:n], text[n:]
	for len(h.rest) > 0 && behindTime[h.rest[0]] {
		h.rest = h.rest[1:]
	}
	h.severity = levelIn(h.rest)
	return true
}

// marks are the bytes of a text, to be looked up.
func marks(text string) (out [256]bool) {
	for i := range len(text) {
		out[text[i]] = true
	}
	return out
}

// behindTime are what stands between a time and what follows, behindLevel what ends
// a level.
var behindTime, behindLevel = marks(" ]\t|-:"), marks(":]>) \t|")

// dated reads a time with its date, in any of the ways in which loggers print one:
// Java and Python put a comma before the fraction, PHP the zone behind. Where only the
// date is in doubt, ok is false and n its length.
func dated(text []byte) (s lex.Stamp, n int, ok bool) {
	switch {
	case len(text) < len("1714989901 x"):
		return s, 0, false
	case text[0] >= 'A' && text[0] <= 'Z':
		return lex.Date(text)
	case text[0] < '0' || text[0] > '9':
		return s, 0, false
	}
	if s, n, ok = lex.Epoch(text); ok {
		return s, n, true
	}
	if len(text) < 19 {
		return s, 0, false
	}
	switch {
	case text[4] == '-':
		s, n, ok = lex.RFC3339(text)
	case text[4] == '/':
		s, n, ok = lex.Slashed(text)
	case text[2] == '/':
		s, n, ok = lex.CLF(text)
	case text[2] == '-':
		s, n, ok = lex.TraceStamp(text)
	}
	if !ok {
		s, n, ok = lex.Date(text)
	}
	if ok && !s.Zoned {
		s, n = zoneBehind(text, s, n)
	}
	return s, n, ok
}

// zoneBehind reads the fraction behind a comma, and the zone, that stand behind the first n
// bytes of a time.
func zoneBehind(text []byte, s lex.Stamp, n int) (lex.Stamp, int) {
	if n < len(text) && text[n] == ',' {
		if millis, w, _ := lex.Digits(text[n+1:]); w == 3 {
			s.Unix, s.Width, n = s.Unix+millis*1e6, 1e6, n+1+w
		}
	}
	if ahead, w, zoned := offsetBehind(text[n:]); zoned {
		s.Unix, s.Zoned, n = s.Unix-ahead*lex.Second, true, n+w
	} else if n < len(text) && text[n] == ' ' {
		if ahead, w, named := lex.ZoneName(text[n+1:]); named { // as PostgreSQL prints it
			s.Unix, s.Zoned, n = s.Unix-ahead, true, n+1+w
		}
	}
	return s, n
}

// offsetBehind reads an offset from UTC that stands apart from its time, " +0200" or
// " +02:00", in seconds (gunicorn, Java's XX).
func offsetBehind(text []byte) (ahead int64, n int, ok bool) {
	if len(text) < len(" +0200") || text[0] != ' ' || text[1] != '+' && text[1] != '-' {
		return 0, 0, false
	}
	hours, w, _ := lex.Digits(text[2:])
	minutes := hours % 100
	switch {
	case w == 4:
		hours, n = hours/100, 6
	case w == 2 && len(text) >= len(" +02:00") && text[4] == ':':
		if minutes, w, _ = lex.Digits(text[5:]); w != 2 {
			return 0, 0, false
		}
		n = 7
	default:
		return 0, 0, false
	}
	if ahead = hours*3600 + minutes*60; text[1] == '-' {
		ahead = -ahead
	}
	return ahead, n, hours <= 14 && minutes < 60
}

// timeOfDay is the length of a time without its date, "09:14:02" with a fraction;
// 0 where none stands there.
func timeOfDay(text []byte) int {
	const form = "00:00:00"
	if len(text) < len(form) {
		return 0
	}
	for i := range form {
		if digit := text[i] >= '0' && text[i] <= '9'; digit != (form[i] == '0') || !digit && text[i] != ':' {
			return 0
		}
	}
	n := len(form)
	if n < len(text) && (text[n] == '.' || text[n] == ',') {
		if _, w, ok := lex.Digits(text[n+1:]); ok {
			n += 1 + w
		}
	}
	return n
}

// rubys takes off what Ruby's Logger begins with: "E, [2025-11-03T09:14:02.331123 #1] ".
func (h *head) rubys() bool {
	if len(h.rest) < len("E, [2006-01-02T15:04:05") || h.rest[1] != ',' || h.rest[3] != '[' {
		return false
	}
	s, n, ok := lex.RFC3339(h.rest[4:])
	_, rest, closed := bytes.Cut(h.rest, []byte{']'})
	if !ok || !closed {
		return false
	}
	h.at, h.stamped, h.time, h.rest = s, true, h.rest[4:4+n], rest
	h.severity = levelIn(rest)
	return true
}

// tools are how tools that call others begin to say what went wrong.
var tools = lex.NewBeginnings("curl: (", "wget: ", "Error: connect ", "Error: read ", "Error: getaddrinfo ", "Get \"http", "Post \"http", "Put \"http", "dial tcp ", "read udp ", "upstream failure: ", "rpc error: code = ", "failed to call webhook: Post \"", ";; connection timed out", "** server can't find", "http: proxy error: ")

func tool(text []byte) bool {
	if tools.Before(text) || bytes.Contains(text, []byte(`failed calling webhook "`)) {
		return true
	}
	head, body := parse.Answered(text)
	return head || body
}

// trace says whether a line is of an error's trace: an exception's name and a
// colon, behind what runtimes put before it.
func trace(text []byte) bool {
	for _, before := range []string{"Caused by: ", "---> ", "Suppressed: ", "[cause]: "} {
		if len(text) > 0 && text[0] == before[0] {
			text = bytes.TrimPrefix(text, []byte(before))
		}
	}
	n, module := nameEnd(text), false
	if rest, ok := bytes.CutPrefix(text[n:], []byte("::")); ok { // of a module, as Ruby prints it
		n, module = n+len("::")+nameEnd(rest), true
	}
	name := text[:n]
	if n < 5 || n == len(text) || text[n] != ':' && text[n] != '(' &&
		!bytes.HasPrefix(text[n:], []byte(" (")) && !bytes.HasPrefix(text[n:], []byte(" : ")) {
		return false
	}
	return bytes.HasSuffix(name, []byte("Exception")) || bytes.Contains(name, []byte("Exception$")) || bytes.HasSuffix(name, []byte("Error")) ||
		bytes.Contains(name, []byte("::E")) || bytes.HasSuffix(name, []byte("TimedOut")) || bytes.HasSuffix(name, []byte("Timeout")) ||
		module && bytes.HasSuffix(name, []byte("Failed"))
}

// frame says whether a line is a frame of an error's trace, as the JDK, Python,
// Node and .NET print it.
func frame(text []byte) bool {
	if len(text) > 0 && text[0] != ' ' && text[0] != '\t' {
		return string(text) == "Traceback (most recent call last):"
	}
	bare := bytes.TrimLeft(text, " \t")
	return bytes.HasPrefix(bare, []byte("at ")) && bytes.ContainsAny(bare, "(.") || bytes.HasPrefix(bare, []byte(`File "`)) ||
		bytes.HasPrefix(bare, []byte("... ")) && (bytes.HasSuffix(bare, []byte(" more")) || bytes.HasSuffix(bare, []byte(" omitted")))
}

// nameEnd is how many bytes of a name a text begins with.
func nameEnd(text []byte) (n int) {
	for n < len(text) && isName(text[n]) {
		n++
	}
	return n
}

func isName(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '_' || c == '$'
}
