package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// traefikSaid reads what Traefik says in its own log of a request that failed
// and of a service without endpoints. It prints the former at debug only.
//
//	time="2024-02-02T13:22:31Z" level=debug msg="'504 Gateway Timeout' caused by: dial tcp 10.0.0.9:80: i/o timeout"    2.x
//	2024-02-02T13:22:31Z DBG github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:117 > 502 Bad Gateway error="EOF"   3.x
//	{"level":"debug","error":"EOF","time":"2024-02-02T13:22:31Z","message":"502 Bad Gateway"}                                3.x
//
// (traefik pkg/server/service/proxy.go, pkg/proxy/httputil/proxy.go,
// pkg/provider/kubernetes).
func traefikSaid(l *parse.Line, b *parse.Batch) parse.Verdict {
	s, ok := readTraefikSaid(l.Text)
	if !ok {
		return parse.NotMine
	}
	if s.stamp.Width > 0 {
		ended(l, s.stamp, 0)
	} else if l.Prefix.HasStamp {
		l.AtStamp()
	}
	e := parse.Event{Kind: parse.ProxyRequestFailed, Severity: s.severity(), Value: float64(s.status), Fact: b.Names.Add(s.problem)}
	if s.service != nil {
		e.Kind, e.Class = parse.ProxyNoEndpoints, uint8(parse.CauseNoEndpoints)
		e.Target = b.Names.Add(joined(s.namespace, s.service))
		b.Add(e)
		return parse.Took
	}
	cause := causeOf(s.problem)
	e.Class, e.Target = uint8(cause), b.Names.Add(dialled(s.problem))
	switch cause {
	case parse.CauseConnectRefused, parse.CauseConnectTimeout, parse.CauseNoRouteToHost, parse.CauseDNS, parse.CauseTLS:
		e.Kind = parse.ProxyConnectFailed
	}
	b.Add(e)
	return parse.Took
}

// joined is "namespace/name", or the name alone.
func joined(namespace, name []byte) []byte {
	if len(namespace) == 0 {
		return name
	}
	return append(append(bytes.Clone(namespace), '/'), name...)
}

// saidByTraefik is such a line.
type saidByTraefik struct {
	time, level        []byte
	stamp              lex.Stamp
	status             int
	problem            []byte
	namespace, service []byte
}

func (s *saidByTraefik) severity() parse.Severity {
	switch string(bytes.ToLower(s.level)) {
	case "debug", "dbg":
		return parse.Debug
	case "error", "err":
		return parse.Error
	case "info", "inf":
		return parse.Info
	}
	return parse.Warn
}

var (
	causedBy    = []byte(" caused by: ")
	noEndpoints = [][]byte{
		[]byte("Skipping service: no endpoints found"), []byte("no servers found for "), []byte("subset not found for "),
		[]byte("Endpoints not available for "), []byte("Endpoints not found for "), []byte("Service not found for ")} // the latter 1.x
)

// traefikWords are those of which one stands in each such line.
var traefikWords = parse.NewPhrases(append([]string{string(causedBy), " Bad Gateway", " Gateway Timeout"}, texts(noEndpoints)...))

func texts(of [][]byte) (out []string) {
	for _, b := range of {
		out = append(out, string(b))
	}
	return out
}

func readTraefikSaid(b []byte) (s saidByTraefik, ok bool) {
	if !traefikWords.In(b) {
		return s, false
	}
	empty := false
	for _, words := range noEndpoints {
		empty = empty || bytes.Contains(b, words)
	}
	if !empty && !bytes.Contains(b, causedBy) && !bytes.Contains(b, []byte(" Bad Gateway")) && !bytes.Contains(b, []byte(" Gateway Timeout")) {
		return s, false
	}
	message := s.carrier(b)
	if message == nil {
		return s, false
	}
	if empty {
		return s, s.named(message)
	}
	message = bytes.TrimPrefix(message, []byte{'\''})
	code, rest := word(message)
	if s.status, ok = number(code); !ok || s.status < firstError || s.status > 599 && s.status != statusClientGone {
		return s, false
	}
	if _, problem, ok := bytes.Cut(rest, causedBy); ok {
		s.problem = problem
	}
	return s, len(s.problem) > 0
}

// carrier reads what is around the message: logrus' text, zerolog's console, or
// JSON of either.
func (s *saidByTraefik) carrier(b []byte) (message []byte) {
	switch {
	case b[0] == '{':
		m := members{rest: b}
		for key, value, ok := m.next(); ok; key, value, ok = m.next() {
			s.field(key, text(value), &message)
		}
		return message
	case has(b, `time="`), has(b, "level="):
		for n, rest := 0, b; ; rest = rest[n:] {
			var key, value []byte
			var ok bool
			if key, value, n, ok = lex.Pair(rest); !ok {
				return message
			}
			s.field(key, value, &message)
		}
	}
	if b[0] == '\'' && bytes.Contains(b, causedBy) { // the message alone, as titles quote it
		return b
	}
	t, n, ok := lex.RFC3339(b)
	if !ok || !has(b[n:], " ") {
		return nil
	}
	s.stamp, s.time = t, b[:n]
	var rest []byte
	if s.level, rest = word(b[n+1:]); len(s.level) != 3 {
		return nil
	}
	if i := bytes.Index(rest, []byte(" > ")); i >= 0 && i < 160 {
		rest = rest[i+len(" > "):]
	}
	message = rest
	for i := 0; i < len(rest); i++ { // the fields begin with the first key=
		if rest[i] != '=' {
			continue
		}
		at := bytes.LastIndexByte(rest[:i], ' ')
		if at < 0 {
			return nil
		}
		message, rest = rest[:at], rest[at+1:]
		for {
			key, value, n, ok := lex.Pair(rest)
			if !ok {
				return message
			}
			s.field(key, value, nil)
			rest = rest[n:]
		}
	}
	return message
}

func (s *saidByTraefik) field(key, value []byte, message *[]byte) {
	switch string(key) {
	case "time", "ts":
		s.time = value
		s.stamp, _ = stampOf(value)
	case "level":
		s.level = value
	case "msg", "message":
		if message != nil {
			*message = value
		}
	case "error":
		s.problem = value
	case "namespace":
		s.namespace = value
	case "serviceName":
		s.service = value
	}
}

// named finds the service that a message names: in its fields, or at its end.
func (s *saidByTraefik) named(message []byte) bool {
	if s.service == nil {
		for _, before := range []string{" found for ", " available for "} {
			if _, name, ok := bytes.Cut(message, []byte(before)); ok {
				s.service, s.namespace = name, nil
				return len(name) > 0 && bytes.IndexByte(name, ' ') < 0
			}
		}
	}
	s.problem = message
	return len(s.service) > 0
}

func (s *saidByTraefik) detail(d *parse.Detail) {
	d.RawTime = string(s.time)
	set(d, "level", s.level)
	if s.service != nil {
		d.Message = "no endpoints for " + string(joined(s.namespace, s.service))
		return
	}
	var code [3]byte
	d.Message = string(appendInt(code[:0], s.status)) + " " + string(s.problem)
	d.Set("http_status", string(appendInt(code[:0], s.status)))
	d.Set("cause_class", causeOf(s.problem).String())
}
