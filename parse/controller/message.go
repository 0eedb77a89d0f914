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
	begin bool   // the text stands at the beginning
	also  string // stands in it too
}

// rules in the order they are tried. The texts are linkerd2's
// (controller/api/destination, controller/k8s, pkg/admin) and client-go's
// (tools/cache/reflector.go and shared_informer.go, 0.17 to 0.36; its texts
// are structured since 0.33). None holds what a carrier would escape.
var rules = []rule{
	{text: "running version ", kind: parse.ControllerStarted, begin: true},
	{text: "waiting for caches to sync", kind: parse.ControllerCacheSyncWait, begin: true},
	{text: "Waiting for caches to sync", kind: parse.ControllerCacheSyncWait, begin: true},
	{text: "caches synced", kind: parse.ControllerCacheSynced, begin: true},
	{text: "Caches are synced", kind: parse.ControllerCacheSynced, begin: true},
	{text: "failed to sync caches", kind: parse.ControllerCacheSyncFailed, begin: true},
	{text: "nable to sync caches", kind: parse.ControllerCacheSyncFailed},
	{text: "update queue full; aborting stream", kind: parse.ControllerQueueOverflow},
	{text: " stream aborted", kind: parse.ControllerStreamAborted},
	{text: "failed to retrieve replicaset", kind: parse.ControllerLookupFailed, begin: true},
	{text: "failed to retrieve job", kind: parse.ControllerLookupFailed, begin: true},
	{text: "Unable to create new address", kind: parse.ControllerLookupFailed, begin: true},
	{text: "unable to fetch pod", kind: parse.ControllerLookupFailed},
	{text: "Failed to get node topology zone", kind: parse.ControllerLookupFailed, begin: true},
	{text: "Error getting pod owner for pod ", kind: parse.ControllerLookupFailed, begin: true},
	{text: "nexpected watch close", kind: parse.ControllerWatchClosed},
	{text: "Watch closed", kind: parse.ControllerWatchFailed}, // expired, or ended in the middle
	{text: "Watch close", kind: parse.ControllerWatchClosed},
	{text: "watch of ", also: " ended with: ", kind: parse.ControllerWatchFailed},
	{text: "watch of ", also: " closed with: ", kind: parse.ControllerWatchFailed},
	{text: "watch of ", also: " - backing off", kind: parse.ControllerWatchFailed},
	{text: "Watch for ", also: " closed with unexpected EOF", kind: parse.ControllerWatchFailed},
	{text: "watch ended with error", kind: parse.ControllerWatchFailed},
	{text: "Watch returned 429", kind: parse.ControllerWatchFailed},
	{text: "Watch failed - backing off", kind: parse.ControllerWatchFailed},
	{text: "etrying watch", also: "internal error", kind: parse.ControllerWatchFailed},
	{text: "ailed to list ", kind: parse.ControllerListFailed},
	{text: "ailed to watch", kind: parse.ControllerWatchFailed},
	{text: "orcing resync", kind: parse.ControllerResync},
	{text: "Backend successfully reloaded", kind: parse.K8sEvent, begin: true}, // ingress-nginx: its workers were replaced
}

func (r *rule) holds(message []byte) bool {
	if r.begin {
		return has(message, r.text) || len(message) > 0 && message[0] == '"' && has(message[1:], r.text)
	}
	return bytes.Contains(message, []byte(r.text)) && bytes.Contains(message, []byte(r.also))
}

// marks are such that every message that a rule holds for begins with one, or
// holds one of the middles: a quick look at what is mostly of no interest.
var (
	beginnings = []string{"Trace[", "running version ", "waiting for c", "Waiting for c", "caches synced", "Caches are s", "failed to ", "Unable to create", "Failed to get", "Error getting pod owner", "FLAG: --v=", "Backend successfully", launching}
	middles    = [][]byte{[]byte("atch"), []byte("ailed to list"), []byte(" stream"), []byte("unable to fetch"), []byte("nable to sync"), []byte("orcing resync")}
)

// notable says whether a message may be of interest, as it stands in its
// carrier.
func notable(m []byte) bool {
	m = bytes.TrimLeft(m, `\"`)
	for _, b := range beginnings {
		if has(m, b) {
			return true
		}
	}
	for _, in := range middles {
		if bytes.Contains(m, in) {
			return true
		}
	}
	return false
}

// launching begins the lines that proxy-identity prints when the container was
// restarted, and its key and its request for a certificate are there already
// (linkerd2 proxy-identity/main.go, stable-2.11 to stable-2.14).
const launching = "Found pre-existing "

// classify says what a record means.
func (r *record) classify(l *parse.Line, b *parse.Batch) parse.Verdict {
	switch {
	case has(r.message, "Trace["):
		return r.trace(l, b)
	case has(r.message, "FLAG: --v="):
		r.state(l, b, parse.FactLogLevel, "v="+string(bytes.Trim(r.message[len("FLAG: --v="):], `" `)))
		return parse.Took
	case has(r.message, launching):
		r.state(l, b, parse.FactLaunch, string(r.message))
		return parse.Other
	}
	for i := range rules {
		if rules[i].holds(r.message) {
			return r.event(&rules[i], l, b)
		}
	}
	return parse.Other
}

func (r *record) event(rule *rule, l *parse.Line, b *parse.Batch) parse.Verdict {
	e := parse.Event{Kind: rule.kind, Severity: r.severity}
	switch rule.kind {
	case parse.ControllerStarted:
		version := string(bytes.TrimSpace(r.message[len(rule.text):]))
		e.Fact = b.Names.AddString(version)
		r.state(l, b, parse.FactVersion, version)
	case parse.ControllerCacheSyncWait, parse.ControllerCacheSynced, parse.ControllerCacheSyncFailed:
		e.Target = b.Names.Add(r.informer())
	case parse.K8sEvent:
		e.Fact = b.Names.AddString("RELOAD") // as the API's event of it says
	case parse.ControllerLookupFailed:
		e.Target = b.Names.Add(r.sought())
	case parse.ControllerQueueOverflow, parse.ControllerStreamAborted:
		e.Target = b.Names.Add(r.service())
	case parse.ControllerWatchFailed, parse.ControllerListFailed, parse.ControllerWatchClosed:
		cause := r.cause()
		e.Target, e.Fact = b.Names.Add(r.resource()), b.Names.Add(cause)
		if e.Kind == parse.ControllerWatchFailed && bytes.Contains(cause, []byte("ailed to list ")) {
			e.Kind = parse.ControllerListFailed // a watch begins with a list
		}
	}
	b.Add(e)
	return parse.Took
}

// state states a fact about the process.
func (r *record) state(l *parse.Line, b *parse.Batch, key, value string) {
	var at parse.Time
	if l.Clock == parse.ClockWall {
		at = l.Own
	}
	subject := parse.Subject(string(l.Prefix.Namespace), string(l.Prefix.Pod), string(l.Prefix.Container))
	b.Fact(l, b.Names.AddString(subject), key, value, at, l.Grain.Width()/2)
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
		if rest := headless(text); len(rest) > 0 {
			text = rest
		}
		if t, isTrace := readTrace(text); isTrace { // the header was taken away
			t.detail(d)
			t.fields(d)
		}
		return
	}
	d.RawTime = string(r.time)
	if len(r.caller) > 0 {
		d.Set("caller", string(r.caller))
	}
	if text, n, ok := lex.Quoted(r.message); ok && r.yearless { // klog's structured form
		r.message, r.fields = text, r.message[n:]
	}
	d.Message = string(bytes.TrimRight(r.message, "\n"))
	r.each(func(key, value []byte) bool {
		switch string(key) {
		case "level", "msg", "time", "ts", "v":
		default:
			d.Set(string(key), string(value))
		}
		return true
	})
	t, ok := readTrace(r.message)
	if !ok {
		return
	}
	t.detail(d)
	d.Set("written", string(r.time))
	t.fields(d)
	if steps := t.steps(r.message); steps != "" {
		d.Set("steps", steps)
	}
}

// sought is what could not be looked up: a node, or the first namespace/name
// in the message.
func (r *record) sought() []byte {
	m := r.message
	if _, node, ok := bytes.Cut(m, []byte(" topology zone for node ")); ok {
		node, _, _ = bytes.Cut(node, []byte(": "))
		return node
	}
	for _, word := range bytes.FieldsFunc(m, func(c rune) bool { return c == ' ' || c == ':' || c == '"' || c == ',' }) {
		if i := bytes.IndexByte(word, '/'); i > 0 && i < len(word)-1 && bytes.Count(word, []byte{'/'}) == 1 {
			return word
		}
	}
	return nil
}

// each gives the fields behind the message, until f says no.
func (r *record) each(f func(key, value []byte) bool) {
	if r.members {
		for k, v := range lex.Members(r.fields) {
			if !f(k, lex.Unquote(v)) {
				return
			}
		}
		return
	}
	for rest := r.fields; ; {
		k, v, n, ok := lex.Pair(rest)
		if !ok || !f(k, v) {
			return
		}
		rest = rest[n:]
	}
}

// field is one of the fields behind the message.
func (r *record) field(key string) (value []byte) {
	r.each(func(k, v []byte) bool {
		if string(k) == key {
			value = v
		}
		return string(k) != key
	})
	return value
}
