// Package record knows what stands around a line before anything that is its
// own: the JSON object that a collector or a log store files it in, the row of a
// table. A member or a column is known by what its name means, not by the tool:
// one table of names serves them all.
package record

import (
	"faultline/parse"
	"faultline/parse/lex"
)

// All are the known records.
func All() []*parse.Wrapper { return []*parse.Wrapper{JSON, Table, Fluent, Export} }

// JSON is an object around each line, whoever wrote it; a pair of a time and a
// line, as Loki answers; and a list of fields, as CloudWatch Insights does.
var JSON = &parse.Wrapper{
	Name:   "json",
	Doc:    "a JSON object around each line: what a collector, a log store or journald makes of it",
	Record: true,
	Strip:  strip,
	Items:  items,
}

func strip(line []byte, p *parse.Prefix) ([]byte, bool) {
	if len(line) < 2 || line[0] != '{' && line[0] != '[' {
		return line, false
	}
	var o reading
	if line[0] == '{' {
		if !o.root(line) {
			return line, false
		}
	} else if !o.pair(line) && !o.fields(line) {
		return line, false
	}
	if !o.settle() {
		return line, false
	}
	p.Else = [2][]byte{o.payload, line}
	switch {
	case o.event != nil:
		p.Else[0] = nil
	case o.leveled && !o.strong && o.msg: // the program's own object, with more put into it
		p.Else, o.text = [2][]byte{o.text}, line
	case len(o.payload) == len(o.text):
		p.Else[0] = nil
	}
	o.onto(p)
	return o.text, true
}

// pair reads ["1706880148655000000","text"] and what Loki adds as a third.
func (o *reading) pair(b []byte) bool {
	at, n, ok1 := lex.Element(b[1:])
	t, m, ok2 := lex.Element(b[min(1+n, len(b)):])
	if !ok1 || !ok2 || at[0] != '"' || t[0] != '"' || len(at) != len(`"1706880148655000000"`) || !o.pairAt(at) {
		return false
	}
	o.say([]byte("_"), key{text, 0}, t)
	if more, _, ok := lex.Element(b[1+n+m:]); ok && more[0] == '{' {
		o.whose([]byte("resource"), more)
	}
	return true
}

func (o *reading) pairAt(at []byte) bool {
	o.at(key{when, 0}, at)
	return o.stamped != 0
}

// fields reads [{"field":"@timestamp","value":"…"},{"field":"@message",…}], a
// row of aws logs get-query-results.
func (o *reading) fields(b []byte) bool {
	any := false
	for b = b[1:]; ; {
		v, n, ok := lex.Element(b)
		if !ok {
			return any
		}
		b = b[n:]
		var name, value []byte
		if !object(v, func(k, v []byte) {
			switch string(k) {
			case "field":
				name = lex.Unquote(v)
			case "value":
				value = v
			}
		}) || len(name) == 0 || len(value) == 0 {
			return false
		}
		any = true
		switch k := known(name); k.is {
		case text:
			o.say(name, k, value)
		case when:
			o.at(k, value)
		default:
			o.about(k, value)
		}
	}
}

// eventKeys are the members by which an Event of the Kubernetes API is told,
// also where a log store has flattened it.
type eventKeys struct{ reason, message, object bool }

func (e *eventKeys) see(name []byte) {
	switch string(name) {
	case "reason", "Reason":
		e.reason = true
	case "message", "Message", "note":
		e.message = true
	case "involvedObject", "regarding", "ObjectKind", "KubeEventType_s", "KubeEventType", "involvedObject.kind", "k8s.object.kind":
		e.object = true
	}
}

func (e *eventKeys) all() bool { return e.reason && e.message && e.object }
