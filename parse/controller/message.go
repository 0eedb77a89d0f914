package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

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
	if q, ok := r.answered(); ok {
		return r.apiserver(q, b)
	}
	for i := range messages {
		if messages[i].holds(r.message) && (!messages[i].loud || r.severity == parse.Warn || r.severity == parse.Error) {
			return r.event(&messages[i], l, b)
		}
	}
	if m := r.blamed(); m != nil {
		return r.event(m, l, b)
	}
	if r.severity == parse.Fatal { // logrus and klog end the process behind it
		b.Add(parse.Event{Kind: parse.ControllerCrashed, Severity: r.severity, Target: b.Names.Add(r.caller),
			Fact: b.Names.Add(clip(bytes.TrimRight(r.message, "\n")))})
		return parse.Took
	}
	return r.called(l, b)
}

// called finds a call that failed in what any program says through such a logger,
// in its message or in the fields beside it.
func (r *record) called(l *parse.Line, b *parse.Batch) parse.Verdict {
	if r.severity < parse.Info && !parse.EnvoyOwn.In(r.message) {
		return parse.Other
	}
	if bytes.Contains(r.message, []byte("dial unix /")) {
		return parse.Other // a socket of the process's own node, as that of the HAProxy it runs: no request passed there
	}
	if c, ok := parse.FailedCall(r.message); ok {
		return b.CallFailed(c, parse.CallText(r.reasoned()), l, false)
	}
	v := r.answer(l, b)
	if v == parse.Took || !amid.In(r.fields) {
		return v
	}
	r.each(func(_, value []byte) bool {
		c, ok := parse.FailedCall(value)
		if ok {
			text := append(append(bytes.Clone(bytes.TrimRight(r.message, "\n")), ": "...), parse.CallText(value)...)
			v = b.CallFailed(c, parse.CallText(text), l, false)
		}
		return !ok
	})
	return v
}

// reasoned is the message with the error beside it, which says why where the message says
// only what was tried.
func (r *record) reasoned() []byte {
	m := bytes.TrimRight(r.message, "\n")
	for _, key := range []string{"error", "err"} {
		if why := r.field(key); len(why) > 0 && !bytes.Contains(m, why) {
			return append(append(bytes.Clone(parse.CallText(m)), ": "...), why...)
		}
	}
	return r.message
}

// answer finds the status of an answer that failed among the fields.
func (r *record) answer(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !bytes.Contains(r.fields, []byte("50")) {
		return parse.Other
	}
	var a parse.Answer
	r.each(func(key, value []byte) bool {
		a.See(key, value)
		return true
	})
	if !a.Tells(r.severity) {
		return parse.Other
	}
	call, said := a.Call(r.fields, bytes.TrimRight(r.message, "\n"))
	return b.CallFailed(call, said, l, false)
}

// blamed is what the error beside a message of level error says, where the
// message itself says only what was tried: zap, logrus and slog print it as a
// field of its own.
func (r *record) blamed() *message {
	if r.severity != parse.Error {
		return nil
	}
	for _, key := range []string{"error", "err"} {
		why := r.field(key)
		for i := range messages {
			if messages[i].loud && messages[i].holds(why) {
				return &messages[i]
			}
		}
	}
	return nil
}

func (r *record) event(rule *message, l *parse.Line, b *parse.Batch) parse.Verdict {
	e := parse.Event{Kind: rule.kind, Severity: r.severity}
	var webhook []byte
	switch rule.kind {
	case parse.ControllerStarted:
		version := string(bytes.TrimSpace(r.message[len(rule.words):]))
		e.Fact = b.Names.AddString(version)
		r.state(l, b, parse.FactVersion, version)
	case parse.ControllerCacheSyncWait, parse.ControllerCacheSynced, parse.ControllerCacheSyncFailed:
		e.Target = b.Names.Add(r.informer())
	case parse.K8sEvent:
		e.Fact, e.Target = b.Names.AddString(rule.reason), b.Names.Add(r.sandboxed())
		if rule.words == cniWords {
			e.Fact = b.Names.AddString(rule.reason + ": " + string(r.whole()))
		}
	case parse.WebhookFailed:
		var why []byte
		webhook, why = r.webhook()
		e.Target, e.Fact = b.Names.Add(webhook), b.Names.Add(clip(append([]byte(r.outcome()), why...)))
	case parse.ProxyNoEndpoints:
		e.Target, e.Fact = b.Names.Add(r.unserved()), b.Names.AddString("no active Endpoint") // of every empty Service, asked for or not
	case parse.ControllerLookupFailed:
		e.Target, e.Fact = b.Names.Add(r.sought()), b.Names.Add(r.whole())
	case parse.ProxyIdentityFailed:
		e.Fact = b.Names.Add(r.whole())
	case parse.CheckFailed:
		e.Target, e.Fact = b.Names.Add(r.field("probe-key")), b.Names.Add(r.whole())
	case parse.ControllerTrace:
		if e.Fact, e.Lasted = b.Names.AddString(throttled), r.waited(); rule.reason == store {
			e.Fact, e.Lasted = b.Names.Add(r.whole()), r.stored()
		}
	case parse.ControllerQueueOverflow, parse.ControllerStreamAborted:
		if e.Target = b.Names.Add(r.service()); rule.loud {
			e.Fact = b.Names.Add(r.whole())
		}
	case parse.ControllerWatchFailed, parse.ControllerListFailed, parse.ControllerWatchClosed:
		cause := r.cause()
		e.Target, e.Fact = b.Names.Add(r.resource()), b.Names.Add(cause)
		if e.Kind == parse.ControllerWatchFailed && bytes.Contains(cause, []byte("ailed to list ")) {
			e.Kind = parse.ControllerListFailed // a watch begins with a list
		}
	}
	b.Add(e)
	if e.Kind == parse.WebhookFailed {
		r.twice(b, webhook)
	}
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
	if c, crashed := parse.ReadCrash(text); crashed {
		c.Detail(text, d)
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
	if ingress := r.pair("ingress"); len(ingress) > 0 { // ingress-nginx, of what an annotation is of
		return ingress
	}
	m := r.message
	for _, before := range []string{"Failed to subscribe to profile by name ", "Failed to subscribe to profile by ip ", "Failed to subscribe to federated service ", "Failed to subscribe to "} {
		if rest, ok := bytes.CutPrefix(m, []byte(before)); ok {
			path, _, _ := bytes.Cut(rest, []byte(": "))
			if path = bytes.Trim(path, `"`); bytes.IndexByte(path, ' ') < 0 {
				return path
			}
		}
	}
	if _, node, ok := bytes.Cut(m, []byte(" topology zone for node ")); ok {
		node, _, _ = bytes.Cut(node, []byte(": "))
		return node
	}
	for _, word := range bytes.FieldsFunc(m, func(c rune) bool { return c == ' ' || c == ':' || c == '"' || c == ',' }) {
		kind, name, slash := bytes.Cut(word, []byte{'/'})
		if slash && has(kind, "Kind=") { // "apps/v1, Kind=StatefulSet/ns/name"
			word = name
		}
		if string(word) == "i/o" { // "i/o timeout"
			continue
		}
		if i := bytes.IndexByte(word, '/'); i > 0 && i < len(word)-1 && bytes.Count(word, []byte{'/'}) == 1 && word[i+1] != 'v' {
			return word
		}
	}
	if call, failed := parse.FailedCall(m); failed {
		return call.Target
	}
	return nil
}

// unserved is the Service in ingress-nginx' `Service "namespace/name" does not
// have any active Endpoint.` (internal/ingress/controller/controller.go).
func (r *record) unserved() []byte {
	if name := r.sought(); name != nil {
		return name
	}
	_, name, _ := bytes.Cut(r.message, []byte{' '})
	name, _, _ = bytes.Cut(name, []byte(" does not"))
	return bytes.Trim(name, `"\\`)
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
