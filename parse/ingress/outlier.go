package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// outlier reads a line of Envoy's outlier detection log: an endpoint was taken
// out of its cluster because it failed, or taken back (envoy
// api/data/cluster/v3/outlier_detection_event.proto; older releases say "type",
// newer ones "eject_…_event").
//
//	{"type":"CONSECUTIVE_5XX","cluster_name":"web","upstream_url":"10.0.0.9:80","action":"EJECT","num_ejections":1,"enforced":true,"timestamp":"2024-02-02T13:22:28.553Z"}
func outlier(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !productOutlier.of(l.Text) {
		return parse.NotMine
	}
	o := readOutlier(l.Text)
	if o.stamp.Width > 0 {
		ended(l, o.stamp, 0)
	}
	state := o.state()
	if state == "" || string(o.enforced) == "false" {
		return parse.Other
	}
	b.Add(parse.Event{Kind: parse.ProxyBreaker, Severity: parse.Warn, Target: b.Names.Add(text(o.cluster)),
		Fact: b.Names.AddString(parse.Hop{State: state, Details: string(text(o.why)), Upstream: string(authority(text(o.upstream)))}.String())})
	return parse.Took
}

type outlierEvent struct {
	cluster, upstream, action, why, enforced, time []byte
	stamp                                          lex.Stamp
}

func readOutlier(line []byte) (o outlierEvent) {
	m := members{rest: line}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		switch string(key) {
		case "cluster_name", "cluster":
			o.cluster = value
		case "upstream_url":
			o.upstream = value
		case "action":
			o.action = bare(value)
		case "type":
			o.why = value
		case "enforced":
			o.enforced = bare(value)
		case "timestamp", "time":
			o.time = bare(value)
			o.stamp, _ = stampOf(o.time)
		}
	}
	return o
}

// state is what happened to the endpoint, in the words of the contract.
func (o *outlierEvent) state() string {
	switch string(bytes.ToUpper(o.action)) {
	case "EJECT":
		return "tripped"
	case "UNEJECT":
		return "recovered"
	}
	return ""
}
