package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// rule is one message that matters: it holds text, and is of a kind.
type rule struct {
	text  string
	kind  parse.Kind
	begin bool // the text stands at the beginning
}

// rules in the order they are tried. The texts are linkerd2's
// (controller/api/destination, controller/k8s, pkg/admin) and client-go's
// (tools/cache/reflector.go).
var rules = []rule{
	{"running version ", parse.ControllerStarted, true},
	{"waiting for caches to sync", parse.ControllerCacheSyncWait, true},
	{"caches synced", parse.ControllerCacheSynced, true},
	{"failed to sync caches", parse.ControllerCacheSyncFailed, true},
	{"update queue full; aborting stream", parse.ControllerQueueOverflow, false},
	{" stream aborted", parse.ControllerStreamAborted, false},
	{"failed to retrieve replicaset", parse.ControllerLookupFailed, true},
	{"Unable to create new address", parse.ControllerLookupFailed, true},
	{"unable to fetch pod", parse.ControllerLookupFailed, false},
	{"Failed to get node topology zone", parse.ControllerLookupFailed, true},
	{"nexpected watch close", parse.ControllerWatchClosed, false},
	{"Watch close", parse.ControllerWatchClosed, false},
	{" ended with: ", parse.ControllerWatchFailed, false},
	{"ailed to list ", parse.ControllerListFailed, false},
	{"ailed to watch", parse.ControllerWatchFailed, false},
	{"orcing resync", parse.ControllerResync, false},
}

// classify says what a record means.
func (r *record) classify(l *parse.Line, b *parse.Batch) parse.Verdict {
	if has(r.message, "Trace[") {
		return r.trace(l, b)
	}
	for _, rule := range rules {
		if rule.begin && !has(r.message, rule.text) || !rule.begin && !bytes.Contains(r.message, []byte(rule.text)) {
			continue
		}
		e := parse.Event{Kind: rule.kind, Severity: r.severity}
		switch rule.kind {
		case parse.ControllerStarted:
			version := string(bytes.TrimSpace(r.message[len(rule.text):]))
			e.Fact = b.Names.AddString(version)
			b.Fact(l, b.Names.AddString(parse.Subject(string(l.Prefix.Namespace), string(l.Prefix.Pod), string(l.Prefix.Container))),
				parse.FactVersion, version, l.Own, 0)
		case parse.ControllerLookupFailed:
			e.Target = b.Names.Add(object1(r.message))
		case parse.ControllerQueueOverflow, parse.ControllerStreamAborted:
			e.Target = b.Names.Add(r.field("service"))
		}
		b.Add(e)
		return parse.Took
	}
	return parse.Other
}

// object1 is the first namespace/name in a message.
func object1(m []byte) []byte {
	for _, word := range bytes.FieldsFunc(m, func(c rune) bool { return c == ' ' || c == ':' || c == '"' || c == ',' }) {
		if i := bytes.IndexByte(word, '/'); i > 0 && i < len(word)-1 && bytes.Count(word, []byte{'/'}) == 1 {
			return word
		}
	}
	return nil
}

// field is a key=value behind the message.
func (r *record) field(key string) []byte {
	for rest := r.fields; ; {
		k, v, n, ok := lex.Pair(rest)
		if !ok {
			return nil
		}
		if string(k) == key {
			return v
		}
		rest = rest[n:]
	}
}

// detail takes a record apart to be shown.
func detail(text []byte, d *parse.Detail) {
	text = bytes.TrimLeft(text, " ")
	if len(text) == 0 {
		return
	}
	r, ok := read(text)
	if !ok {
		d.Message = string(text)
		return
	}
	d.Message = string(bytes.TrimRight(r.message, "\n"))
	d.RawTime = string(r.time)
	for rest := r.fields; ; {
		k, v, n, more := lex.Pair(rest)
		if !more {
			break
		}
		d.Set(string(k), string(v))
		rest = rest[n:]
	}
	t, ok := readTrace(r.message)
	if !ok {
		return
	}
	d.RawTime = string(t.at)
	d.Set("name", string(t.name))
	d.Set("trace_id", t.text())
	d.Set("written", string(r.time))
	for rest := t.field; len(rest) > 0; {
		n := fieldKey(rest)
		if n == 0 {
			break
		}
		key := string(rest[:n-1])
		v := t.value(key)
		d.Set(traceAttr(key), string(v))
		if n+len(v)+1 > len(rest) {
			break
		}
		rest = rest[n+len(v)+1:]
	}
}

// traceAttr is the contract's name of a trace's field.
func traceAttr(key string) string {
	switch key {
	case "ID":
		return "key"
	case "Depth":
		return "depth"
	case "Reason":
		return "reason"
	case "BatchSize":
		return "batch_size"
	case "Resource":
		return "resource"
	}
	return key
}
