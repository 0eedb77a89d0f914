package controller

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// terminal reads logrus's TextFormatter on a terminal, without its colours:
//
//	INFO[0012] caches synced                                 component=x
//	INFO[2024-02-02T13:22:28Z] caches synced                 component=x
//
// The number is whole seconds since the process began to log.
func terminal(text []byte) (r record, ok bool) {
	for i := range 4 {
		if text[i]-'A' > 'Z'-'A' {
			return r, false
		}
	}
	r.severity = level(text[:4])
	end := bytes.IndexByte(text, ']')
	if r.severity == 0 || end < 0 || end+1 >= len(text) || text[end+1] != ' ' {
		return r, false
	}
	r.time = text[len("INFO["):end]
	if seconds, n, isNum := lex.Digits(r.time); isNum && n == len(r.time) && n >= 4 && n <= 9 {
		r.uptime, r.stamp = true, lex.Stamp{Unix: seconds * lex.Second, Width: lex.Second}
	} else if s, n, isTime := lex.RFC3339(r.time); isTime && n == len(r.time) {
		r.stamp = s
	} else {
		return r, false
	}
	r.message = text[end+2:]
	if i := firstPair(r.message); i >= 0 {
		r.message, r.fields = r.message[:i], r.message[i:]
	}
	r.message = bytes.TrimRight(r.message, " ")
	return r, true
}

// firstPair is where the fields begin behind a message that is padded to 44
// columns, -1 when there are none.
func firstPair(m []byte) int {
	const pad = 44
	for i := pad; i < len(m); i++ {
		if m[i] != ' ' || i+1 < len(m) && m[i+1] == ' ' {
			continue
		}
		if _, _, _, ok := lex.Pair(m[i:]); ok {
			return i
		}
	}
	return -1
}

// zapConsole reads zap's console encoder, as controller-runtime sets it up:
//
//	2024-02-02T13:22:28.553Z	INFO	controller-runtime.metrics	starting	{"addr": ":8080"}
//
// The message is what stands last before the fields.
func zapConsole(text []byte) (r record, ok bool) {
	if len(text) > 4 && text[4] == '/' {
		return slog(text)
	}
	s, n, ok := lex.RFC3339(text)
	if ok && !s.Zoned {
		return capnslog(text, s, n)
	}
	if !ok || n >= len(text) {
		return r, false
	}
	r.stamp, r.time = s, text[:n]
	if text[n] == ' ' {
		if text = tabbed(text, n); text == nil {
			return r, false
		}
	}
	if text[n] != '\t' {
		return r, false
	}
	word, rest, ok := bytes.Cut(text[n+1:], []byte{'\t'})
	if r.severity = level(word); !ok || r.severity == 0 {
		return r, false
	}
	if i := bytes.LastIndex(rest, []byte("\t{")); i >= 0 {
		r.fields, r.members = rest[i+2:], true
		rest = rest[:i]
	}
	if i := bytes.LastIndexByte(rest, '\t'); i >= 0 && has(rest[i+1:], "thread=") { // Envoy's, behind what istio-proxy writes of it
		rest = rest[:i]
	}
	r.message = rest[bytes.LastIndexByte(rest, '\t')+1:]
	return r, true
}

// capnslog reads the log of etcd to 3.3 and of what else uses that package
// (coreos/pkg capnslog/formatters.go): "2018-11-26 17:56:03.975261 W | etcdserver: …".
func capnslog(text []byte, s lex.Stamp, n int) (r record, ok bool) {
	const bar = " W | "
	if len(text) < n+len(bar) || text[n] != ' ' || string(text[n+2:n+len(bar)]) != bar[2:] {
		return r, false
	}
	severity, ok := map[byte]parse.Severity{'C': parse.Fatal, 'E': parse.Error, 'W': parse.Warn, 'N': parse.Info, 'I': parse.Info,
		'D': parse.Debug, 'T': parse.Trace}[text[n+1]]
	r.stamp, r.time, r.severity, r.message = s, text[:n], severity, text[n+len(bar):]
	return r, ok
}

// envoys reads Envoy's own log in its default form: time, thread, level, component,
// and the place in the source, which older releases leave out (envoy
// source/common/common/logger.h and base_logger.h):
//
//	[2024-12-01 05:07:39.883][7][warning][config] [source/common/config/grpc_stream.h:60] text
func envoys(text []byte) (r record, ok bool) {
	s, n, ok := lex.RFC3339(text[1:])
	if !ok {
		return r, false
	}
	r.stamp, r.time = s, text[1:1+n]
	rest := text[1+n:]
	for column := range 3 { // thread, level, component
		inner, more := bytes.CutPrefix(rest, []byte("]["))
		end := bytes.IndexByte(inner, ']')
		if !more || end < 0 {
			return r, false
		}
		if column == 1 {
			r.severity = level(inner[:end])
		}
		rest = inner[end:]
	}
	r.message = bytes.TrimPrefix(rest, []byte("] "))
	if place, said, found := bytes.Cut(r.message, []byte("] ")); found && has(place, "[") && bytes.IndexByte(place, ' ') < 0 {
		r.message = said
	}
	return r, r.severity != parse.SeverityNone
}

// moment is when a record on the uptime clock was written.
func (r *record) moment() time.Duration { return time.Duration(r.stamp.Unix + r.stamp.Width/2) }

// tabbed puts back the tabs behind a time of n bytes, a level and a name, which
// a paste shows as two spaces or more; nil where the columns are not those.
func tabbed(text []byte, n int) []byte {
	out := append(make([]byte, 0, len(text)), text[:n]...)
	rest := text[n:]
	for column := range 3 {
		word := bytes.TrimLeft(rest, " ")
		if len(rest)-len(word) < 2 {
			break // no name, or no column at all
		}
		out, rest = append(out, '\t'), word
		if column == 2 {
			break
		}
		end := bytes.IndexByte(rest, ' ')
		if end < 0 || column == 0 && level(rest[:end]) == 0 {
			return nil
		}
		out, rest = append(out, rest[:end]...), rest[end:]
	}
	return append(out, rest...)
}

// slog reads what log/slog writes through package log where a program sets no
// handler (log/slog/handler.go, defaultHandler), and Go programs like it:
//
//	2024/02/02 13:22:28 ERROR upstream failed err="context deadline exceeded"
func slog(text []byte) (r record, ok bool) {
	const stamp = len("2006/01/02 15:04:05")
	if len(text) < stamp+len(" INFO ") || text[7] != '/' || text[10] != ' ' {
		return r, false
	}
	var iso [stamp]byte
	copy(iso[:], text)
	iso[4], iso[7] = '-', '-'
	s, n, ok := lex.RFC3339(iso[:])
	if !ok || n != stamp || text[stamp] != ' ' {
		return r, false
	}
	word, rest, _ := bytes.Cut(text[stamp+1:], []byte{' '})
	switch string(word) {
	case "DEBUG", "INFO", "WARN", "ERROR":
	default:
		return r, false
	}
	r.stamp, r.time, r.severity, r.message = s, text[:stamp], level(word), rest
	return r, true
}
