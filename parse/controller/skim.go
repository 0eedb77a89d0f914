package controller

import (
	"bytes"

	"faultline/parse"
)

// skim passes over the records of a controller that say nothing of interest:
// what is known by the beginning of its message is seen by the glance, the
// words are those that [record.classify] looks for anywhere.
var skim = &parse.Skim{Head: glance, Words: middles}

// glance reads the time of a record whose carrier puts it, and the message,
// first: logrus's text and klog.
func glance(l *parse.Line, _ *parse.Batch) parse.Glance {
	text := l.Text
	const usual = `time="2024-02-02T13:22:28Z" level=info msg="`
	if len(text) == 0 || text[0] == '{' || has(text, "Trace[") || has(text[min(len(usual), len(text)):], "Trace[") {
		return parse.Closer // a trace in its usual place is never passed over
	}
	var r record
	var ok bool
	if text[0] == 't' {
		r, ok = logrus(text)
	} else {
		r, ok = klog(text)
	}
	if !ok || r.timeless || r.severity >= parse.Error || opening(r.message) {
		return parse.Closer
	}
	r.clock(l)
	return parse.Rare
}

// opening says whether a message may be known by how it begins, or is itself a
// record of klog.
func opening(m []byte) bool {
	m = bytes.TrimLeft(m, `\"`)
	if len(m) > 4 && m[1]-'0' <= 9 && m[4]-'0' <= 9 {
		return true
	}
	if begins(m) {
		return true
	}
	return has(m, "Event") || has(m, "Probe ") || has(m, "SyncLoop (probe)") || has(m, "Startup probe ") || has(m, "Readiness probe ") || has(m, "Liveness probe ")
}
