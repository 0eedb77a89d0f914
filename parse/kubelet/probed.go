package kubelet

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// probed is what a line of the kubelet's log says about a probe.
type probed struct {
	probe          parse.Probe
	kind           []byte // as printed
	namespace, pod []byte
	uid, container []byte
	outcome        string // failed or errored
	result, status []byte
	text           []byte // the output, or the error
	told           bool   // there is a text
	open           string // the key whose value goes on in the next lines
	cut            bool   // the line ends within a value
	sync           bool   // readiness changed
}

// kept is p for longer than its line.
func (p *probed) kept() probed {
	k := *p
	for _, v := range []*[]byte{&k.kind, &k.namespace, &k.pod, &k.uid, &k.container, &k.result, &k.status, &k.text} {
		*v = bytes.Clone(*v)
	}
	return k
}

// pairs reads the key=value pairs behind a structured message.
func (p *probed) pairs(b []byte) {
	for {
		b = bytes.TrimLeft(b, " ")
		i := bytes.IndexByte(b, '=')
		if i <= 0 || bytes.ContainsAny(b[:i], ` "`) {
			return
		}
		key, value := b[:i], b[i+1:]
		switch {
		case len(value) > 0 && value[0] == '<' && (len(value) == 1 || value[1] == '\t' || value[1] == '\n'):
			b = p.lines(key, value[1:])
		case len(value) > 0 && value[0] == '"':
			v, n, ok := lex.Quoted(value)
			if !ok {
				p.truncated(key, value)
				return
			}
			p.set(key, v)
			b = value[n:]
		default:
			end := bytes.IndexByte(value, ' ')
			if end < 0 {
				end = len(value)
			}
			p.set(key, value[:end])
			b = value[end:]
		}
	}
}

// lines reads a value of several lines, and gives what follows it. It stays
// open when its lines are still to come.
func (p *probed) lines(key, value []byte) (rest []byte) {
	end := bytes.LastIndex(value, []byte(" >"))
	if end < 0 {
		p.open = string(key)
		return nil
	}
	text := strings.NewReplacer("\n\t", "\n", "\t", "\n").Replace(string(value[:end]))
	p.set(key, bytes.TrimSpace([]byte(text)))
	return value[end+len(" >"):]
}

// truncated takes a quoted value whose end is missing. Of a name that is
// worse than nothing.
func (p *probed) truncated(key, value []byte) {
	p.cut = true
	if string(key) != "output" && string(key) != "err" {
		return
	}
	value = bytes.TrimRight(value, `\`)
	v, _, _ := lex.Quoted(append(value[:len(value):len(value)], '"'))
	p.set(key, v)
}

// set takes one pair.
func (p *probed) set(key, value []byte) {
	switch string(key) {
	case "probeType", "probe":
		p.kind, p.probe = value, parse.ProbeUnknown
		for x := parse.Readiness; x <= parse.Startup; x++ {
			if strings.EqualFold(string(value), x.String()) {
				p.probe = x
			}
		}
	case "pod":
		namespace, name, ok := bytes.Cut(value, []byte{'/'})
		if ok {
			p.namespace, p.pod = namespace, name
		}
	case "podUID":
		p.uid = value
	case "containerName":
		p.container = value
	case "probeResult":
		p.result = value
	case "status":
		p.status = value
	case "output", "err":
		p.text, p.told = value, true
	}
}

// old reads the lines of 1.20 and before:
// Readiness probe for "pod_namespace(uid):container" failed (failure): text.
func (p *probed) old(b []byte) parse.Verdict {
	for x := parse.Readiness; x <= parse.Startup; x++ {
		rest, ok := bytes.CutPrefix(b, []byte(strings.ToUpper(x.String()[:1])+x.String()[1:]+msgOld[:len(msgOld)-1]))
		if !ok {
			continue
		}
		name, n, ok := lex.Quoted(rest)
		if !ok || !p.reference(name) {
			return parse.Malformed
		}
		p.probe, p.kind = x, []byte(x.String())
		rest = bytes.TrimLeft(rest[n:], " ")
		if has(rest, "succeeded") {
			return parse.Other
		}
		what, text, ok := bytes.Cut(rest, []byte(":"))
		if !ok {
			return parse.Malformed
		}
		what, result, _ := bytes.Cut(what, []byte{' '})
		p.outcome, p.result = string(what), bytes.Trim(result, "()")
		if p.outcome != "failed" && p.outcome != "errored" {
			return parse.Malformed
		}
		p.text, p.told = bytes.TrimSpace(text), true
		return parse.Took
	}
	return parse.NotMine
}

// reference reads "pod_namespace(uid):container".
func (p *probed) reference(s []byte) bool {
	var ok1, ok2, ok3 bool
	p.pod, s, ok1 = bytes.Cut(s, []byte{'_'})
	p.namespace, s, ok2 = bytes.Cut(s, []byte{'('})
	p.uid, p.container, ok3 = bytes.Cut(s, []byte("):"))
	return ok1 && ok2 && ok3 && len(p.pod) > 0 && len(p.namespace) > 0
}
