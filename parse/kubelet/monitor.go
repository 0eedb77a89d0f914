package kubelet

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Monitor are the lines of OpenShift's monitor, which its tests and support
// bundles print beside one another: events, ends of containers, and states of
// nodes and operators (openshift/origin pkg/monitor/monitorapi/types.go,
// Interval.String; before 4.6 with "=" in place of "/").
var Monitor = &parse.Format{
	Name: "monitor",
	Doc: `Lines of OpenShift's monitor: events and ends of containers, with a time without year and zone.
Nov 25 01:25:50.328 W pod=grafana-5c6d7f8b9-r2t4v ns=monitoring Readiness probe failed: Get http://127.0.0.1:3001/api/health: dial tcp 127.0.0.1:3001: connect: connection refused
Nov 25 01:26:10.104 W ns/shop pod/web-0 node/wk-1 reason/Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503`,
	Origin: "openshift-tests monitor, since OpenShift 4.1",
	Role:   parse.RoleAbout, Lane: parse.LaneKubelet, Need: "events", Grain: parse.GrainMilli,
	Needles: []string{"probe failed: "},
	Line:    monitorLine,
	Detail:  monitorDetail,
}

// monitored is such a line taken apart.
type monitored struct {
	occurred
	time  []byte
	since int64
	level byte // I, W or E
}

const monitorStamp = len("Jan 02 15:04:05.000")

// read takes a line apart: a time, of an interval how long it was, a level, what
// it is about, and the message.
func (m *monitored) read(b []byte) bool {
	if len(b) < monitorStamp+len(" W ns/x y") || b[3] != ' ' || b[monitorStamp-4] != '.' {
		return false
	}
	mo := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", string(b[:3]))
	if mo < 0 || mo%3 != 0 {
		return false
	}
	mo = mo/3 + 1
	iso := append([]byte("2000-"), '0'+byte(mo/10), '0'+byte(mo%10), '-')
	iso = append(append(append(iso, b[4:6]...), 'T'), b[7:monitorStamp]...)
	if iso[8] == ' ' {
		iso[8] = '0'
	}
	s, n, ok := lex.RFC3339(iso)
	if !ok || n != len(iso) {
		return false
	}
	m.time = b[:monitorStamp]
	m.since, _ = lex.SinceYear(s.Unix + s.Width/2)
	word, rest := next(b[monitorStamp:])
	if string(word) == "-" { // "- 12s": how long it was so
		_, rest = next(rest)
		word, rest = next(rest)
	}
	if len(word) != 1 || bytes.IndexByte([]byte("IWE"), word[0]) < 0 {
		return false
	}
	m.level = word[0]
	return m.about(rest)
}

// about reads "key/value" and "key=value" up to the message.
func (m *monitored) about(rest []byte) bool {
	var namespace, kind, name string
	var behind []byte // the reason
	for {
		word, after := next(rest)
		i := bytes.IndexAny(word, "/=")
		if i <= 0 || i+1 == len(word) || !label(word[:i]) {
			break
		}
		value := word[i+1:]
		switch key := string(word[:i]); key {
		case "ns", "namespace":
			namespace = string(value)
		case "reason":
			m.reason, behind = value, after
		case "container":
			m.part = []byte("spec.containers{" + string(value) + "}")
		case "node", "cause", "code", "uid", "host", "roles", "duration", "hmsg", "count", "firstTimestamp", "lastTimestamp", "interesting", "pathological":
			if kind == "" && key == "node" {
				kind, name = key, string(value)
			}
		default:
			if kind == "" || kind == "node" || key == "pod" {
				kind, name = key, string(value)
			}
		}
		rest = after
	}
	if m.message = trim(rest); len(m.message) == 0 { // code/137 cause/OOMKilled
		m.message = trim(behind)
	}
	m.target = target(namespace, kind, name)
	m.kind = []byte("Normal")
	if m.level != 'I' {
		m.kind = []byte("Warning")
	}
	if m.reason == nil {
		m.reason = reasonOf(m.message)
	}
	return name != "" && (len(m.message) > 0 || m.reason != nil)
}

// reasonOf is the reason of an event of which only the message was printed, nil
// where its words do not tell.
func reasonOf(message []byte) []byte {
	probe, _ := probeOf(message)
	switch {
	case probe != parse.ProbeUnknown:
		return []byte("Unhealthy")
	case has(message, "Scaled up replica set "), has(message, "Scaled down replica set "):
		return []byte("ScalingReplicaSet")
	case has(message, "Created pod: "):
		return []byte("SuccessfulCreate")
	case has(message, "Deleted pod: "):
		return []byte("SuccessfulDelete")
	case has(message, "Stopping container "):
		return []byte("Killing")
	case has(message, "Back-off restarting failed container"):
		return []byte("BackOff")
	}
	return nil
}

func monitorLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var m monitored
	if !m.read(l.Text) {
		return parse.NotMine
	}
	if l.Prefix.HasStamp {
		l.AtYearless(m.since, parse.GrainMilli)
	} else {
		l.Own, l.Grain, l.Clock = parse.Time(m.since), parse.GrainMilli, parse.ClockYearless
	}
	if m.reason == nil {
		return parse.Other
	}
	return m.take(l, b)
}

func monitorDetail(text []byte, d *parse.Detail) {
	var m monitored
	if !m.read(text) {
		d.Message = string(text)
		return
	}
	d.RawTime = string(m.time)
	m.detail(d)
}
