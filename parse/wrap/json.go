package wrap

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// object calls each for the members of the JSON object that b is, and says
// whether it is a whole one. Values are given as they stand.
func object(b []byte, each func(key, value []byte)) bool {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return false
	}
	b = b[1 : len(b)-1]
	for len(bytes.TrimSpace(b)) > 0 {
		// Member wants to see what ends a bare value.
		key, value, n, ok := lex.Member(b[:len(b)+1])
		if !ok {
			return false
		}
		each(key, value)
		b = b[min(n, len(b)):]
	}
	return true
}

// text is what a JSON string says, without the line end that collectors keep.
// ok is false for what is no string.
func text(value []byte) (t []byte, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(lex.Unquote(value), []byte{'\n'}), []byte{'\r'}), true
}

// stamped sets the stamp that a JSON value prints as RFC 3339.
func stamped(value []byte, p *parse.Prefix) {
	if s, n, ok := lex.RFC3339(lex.Unquote(value)); ok && s.Zoned && n > 0 {
		when{s.Unix, precise(s), true}.set(p)
	}
}

// jsonWrapper strips a JSON object around each line. A line is only looked at
// when it holds one of the signs; read sorts a member of the object.
func jsonWrapper(name, doc string, signs []string, read func(o *envelope, key, value []byte)) *parse.Wrapper {
	return &parse.Wrapper{Name: name, Doc: doc, Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		if len(line) < 2 || line[0] != '{' {
			return line, false
		}
		for _, s := range signs {
			if !bytes.Contains(line, []byte(s)) {
				return line, false
			}
		}
		o := envelope{prefix: *p}
		if !object(line, func(key, value []byte) { read(&o, key, value) }) || !o.has || len(o.text) >= len(line) {
			return line, false
		}
		*p = o.prefix
		return o.text, true
	}}
}

// envelope is what a JSON object around a line says.
type envelope struct {
	prefix parse.Prefix
	text   []byte
	has    bool
}

func (o *envelope) say(value []byte) {
	if t, ok := text(value); ok {
		o.text, o.has = t, true
	}
}

// Docker is a log file of the json-file driver, and what shippers make of it.
// Docker cuts a line at 16 KiB and leaves out the line end of all parts but the
// last (moby daemon/logger/copier.go); shippers drop the end of whole lines as
// well, so a shorter text is whole. Fluent Bit has CRI's mark in _p.
var Docker = jsonWrapper("docker", "docker's json-file: log, stream, time", []string{`"log"`, `"stream"`},
	func(o *envelope, key, value []byte) {
		switch string(key) {
		case "log":
			o.say(value)
			o.prefix.Partial = o.prefix.Partial || len(o.text) >= cutAt && !bytes.HasSuffix(value, []byte(`\n"`))
		case "stream":
			o.prefix.Stream = lex.Unquote(value)
		case "_p":
			o.prefix.Partial = string(value) == `"P"`
		case "time":
			stamped(value, &o.prefix)
		}
	})

// cutAt is the length of the parts into which docker cuts a line.
const cutAt = 16 << 10

// SternJSON is `stern -o json`: one object a line with message, nodeName,
// namespace, podName and containerName (stern/stern stern/tail.go, Log).
var SternJSON = jsonWrapper("stern-json", "stern -o json", []string{`"message"`, `"podName"`, `"containerName"`},
	func(o *envelope, key, value []byte) {
		switch string(key) {
		case "message":
			o.say(value)
		case "namespace":
			o.prefix.Namespace = lex.Unquote(value)
		case "podName":
			o.prefix.Pod = lex.Unquote(value)
		case "containerName":
			o.prefix.Container = lex.Unquote(value)
		}
	})

// JournalJSON is `journalctl -o json`: the time in microseconds, the text in
// MESSAGE, as numbers when it is no UTF-8 (systemd, "Journal JSON Format").
var JournalJSON = jsonWrapper("journald-json", "journalctl -o json", []string{`"MESSAGE"`, `"__REALTIME_TIMESTAMP"`},
	func(o *envelope, key, value []byte) {
		switch string(key) {
		case "MESSAGE":
			if len(value) > 0 && value[0] == '[' {
				o.text, o.has = numbers(value), true
			}
			o.say(value)
		case "__REALTIME_TIMESTAMP":
			if us, _, ok := lex.Digits(lex.Unquote(value)); ok && us < 1<<53 {
				when{us * 1000, 1000, true}.set(&o.prefix)
			}
		}
	})

// numbers is a text that is given as the numbers of its bytes.
func numbers(array []byte) (out []byte) {
	for b := array[1:]; ; {
		v, n, ok := lex.Element(b)
		if !ok {
			return out
		}
		b = b[n:]
		if d, _, ok := lex.Digits(v); ok {
			out = append(out, byte(d))
		}
	}
}

// GKEJSON is an entry of Cloud Logging, one a line: the text in textPayload,
// or in jsonPayload what the container logged as JSON (Cloud Logging
// LogEntry; `gcloud logging read --format=json | jq -c '.[]'`).
var GKEJSON = jsonWrapper("gke-json", "Cloud Logging entries as JSON", []string{`Payload"`, `"resource"`},
	func(o *envelope, key, value []byte) {
		switch string(key) {
		case "textPayload":
			o.say(value)
		case "jsonPayload":
			if len(value) > 0 && value[0] == '{' {
				o.text, o.has = value, true
			}
		case "timestamp":
			stamped(value, &o.prefix)
		case "resource":
			object(value, func(key, value []byte) {
				if string(key) == "labels" {
					object(value, func(key, value []byte) { o.label(key, lex.Unquote(value)) })
				}
			})
		}
	})

// label takes the labels by which log stores name a container.
func (o *envelope) label(key, value []byte) {
	switch string(key) {
	case "namespace_name", "namespaceName", "namespace":
		o.prefix.Namespace = value
	case "pod_name", "podName", "pod":
		o.prefix.Pod = value
	case "container_name", "containerName", "container":
		o.prefix.Container = value
	}
}
