package kubelet

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// occurred is an event as components log what they record (client-go
// tools/record, StartStructuredLogging; before 1.19 StartLogging):
//
//	event.go:307] "Event occurred" object="shop/web-0" kind="Pod" type="Warning" reason="Unhealthy" message="Readiness probe failed: …"
//	event.go:278] Event(v1.ObjectReference{Kind:"Pod", Namespace:"shop", Name:"web-0", …}): type: 'Warning' reason: 'Unhealthy' Readiness probe failed: …
type occurred struct {
	said
	target string
}

// occurrence reads such a record, or one of those that the kubelet itself writes
// of what becomes an event, or a condition, of its node or a pod.
func (r *record) occurrence() (o occurred, ok bool) {
	if o, ok = r.unwell(); ok {
		return o, true
	}
	if o, ok = r.resync(); ok {
		return o, true
	}
	if string(r.caller) != "event.go" || r.object != nil {
		return o, false
	}
	if message, n, quoted := lex.Quoted(r.message); quoted && string(message) == "Event occurred" {
		value := map[string][]byte{}
		for b := r.message[n:]; ; {
			key, v, n, ok := lex.Pair(b)
			if !ok {
				break
			}
			value[string(key)], b = v, b[n:]
		}
		o.said = said{reason: value["reason"], from: value["source"], message: value["message"], part: value["fieldPath"], kind: value["type"]}
		namespace, name, ok := strings.Cut(string(value["object"]), "/")
		if !ok {
			namespace, name = "", namespace
		}
		o.target = target(namespace, string(value["kind"]), name)
		return o, name != "" && len(o.reason) > 0
	}
	rest, ok := bytes.CutPrefix(r.message, []byte("Event("))
	ref, rest, ok2 := bytes.Cut(rest, []byte("): type: '"))
	kind, rest, ok3 := bytes.Cut(rest, []byte("' reason: '"))
	reason, message, ok4 := bytes.Cut(rest, []byte("' "))
	if !ok || !ok2 || !ok3 || !ok4 {
		return o, false
	}
	field := func(name string) string {
		_, v, _ := bytes.Cut(ref, []byte(name+`:"`))
		v, _, _ = bytes.Cut(v, []byte{'"'})
		return string(v)
	}
	o.said = said{reason: reason, message: message, kind: kind, part: []byte(field("FieldPath"))}
	o.target = target(field("Namespace"), field("Kind"), field("Name"))
	return o, field("Name") != ""
}

// take adds the event.
func (o *occurred) take(l *parse.Line, b *parse.Batch) parse.Verdict {
	e := o.event(b)
	about(&e, o.target, b)
	b.Add(e)
	return parse.Took
}
