// Package controller reads the logs of Go controllers: linkerd's destination,
// identity and injector, and anything else that logs through logrus, klog or
// zap. What matters most in them are the traces of client-go's queues:
//
//	time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,…
//
// A record is the same whatever carries it: carrier.go takes it out of its
// carrier, message.go says what it means, trace.go reads the traces.
package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// Format is the log of a Go controller in any of its carriers.
var Format = &parse.Format{
	Name: "controller",
	Doc: `log of a Go controller (linkerd destination and its like): logrus text or JSON, klog text or JSON, zap.
time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[1398023451]: [102.144017ms] [102.144017ms] END\n"`,
	Origin: "logrus, klog and zap, as linkerd2 controller/cmd, client-go and other Go controllers use them",
	Role:   parse.RoleProcess, Lane: parse.LaneControllers, Component: parse.ComponentController, Need: "controller-logs",
	Needles: []string{"Trace[", "caches to sync", "caches synced", "update queue full", "stream aborted", "running version", "panic: ", "fatal error: "},
	Hints:   hints(),
	Skim:    skim,
	Line:    line,
	Detail:  detail,
	Prose:   prose,
}

// record is one log record out of its carrier.
type record struct {
	severity parse.Severity
	message  []byte
	escape   escapes // how the message stands in the line
	fields   []byte  // what follows it: key=value, or members of an object
	members  bool
	time     []byte // as printed
	caller   []byte // the file and line in a klog header
	stamp    lex.Stamp
	// since is a klog header's time in a year it does not name.
	since    int64
	yearless bool
	uptime   bool // the stamp counts from the start of the process
	timeless bool // there is none: it was cut off
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := bytes.TrimLeft(l.Text, " ")
	switch {
	case has(text, "Trace["):
		return tail(text, l, b)
	case has(text, "panic: "), has(text, "fatal error: "):
		if c, ok := parse.ReadCrash(text); ok {
			return b.Crashed(c, parse.ControllerCrashed, l)
		}
	case b.CrashGoesOn(l, parse.ControllerCrashed, false):
		return parse.Other
	case len(text) < 10:
		return parse.NotMine
	}
	r, ok := scan(text)
	if !ok && string(l.Prefix.Unit) == "etcd" { // to 3.3 without time and level (coreos/pkg capnslog/journald_formatter.go)
		r, ok = record{severity: parse.Warn, message: text, timeless: true}, true
	}
	if !ok {
		if rest := headless(text); len(rest) > 0 {
			return tail(rest, l, b)
		}
		if has(text, `time="`) && bytes.Contains(text, []byte(`" level=`)) {
			return parse.Malformed // cut off in the middle
		}
		return parse.NotMine
	}
	r.unwrap()
	if r.kubelets() || proxys(text) {
		return parse.NotMine
	}
	r.clock(l)
	l.Severity = r.severity
	if !r.notable() {
		return parse.Other
	}
	b.Scratch = r.open(b.Scratch)
	return r.classify(l, b)
}

// kubelets says whether a record is one of the kubelet's about a probe, or of an
// event of Kubernetes that any component logs, which another format reads.
func (r *record) kubelets() bool {
	m := r.message
	if len(m) < len("Probe failed") {
		return false
	}
	if m[0] == '"' && r.escape == none {
		m = m[1:]
	}
	switch m[0] {
	case 'E':
		return r.yearless && (has(m, "Event occurred") || has(m, "Event(v1.ObjectReference{"))
	case 'P':
		return has(m, "Probe failed") || has(m, "Probe errored")
	case 'S':
		return has(m, "SyncLoop (probe)") || has(m, `Startup probe for "`)
	case 'R':
		return has(m, `Readiness probe for "`)
	case 'L':
		return has(m, `Liveness probe for "`)
	}
	return false
}

// clock sets the line's own time. A stamp that kubectl or the runtime put
// before the line is finer than a header in whole seconds, and is used in its
// place as long as the two agree.
func (r *record) clock(l *parse.Line) {
	switch {
	case r.timeless && (l.Prefix.HasStamp || l.Prefix.HasLocal):
		l.AtStamp() // where the zone is not known, UTC is the best guess
		return
	case r.timeless:
		return
	case r.uptime:
		l.Own, l.Grain, l.Clock = parse.Time(r.moment()), parse.GrainSecond, parse.ClockUptime
		return
	case r.yearless:
		if l.Prefix.HasStamp {
			l.AtYearless(r.since, parse.GrainMicro)
			return
		}
		l.Own, l.Grain, l.Clock = parse.Time(r.since), parse.GrainMicro, parse.ClockYearless
		return
	}
	l.Own, l.Grain, l.Clock = middle(r.stamp), parse.GrainOf(r.stamp.Width), parse.ClockWall
	if r.stamp.Width >= lex.Second && l.Finer(r.stamp.Unix, r.stamp.Width) {
		l.AtStamp()
	}
}

// middle of the printed time's last digit.
func middle(s lex.Stamp) parse.Time { return parse.Time(s.Unix + s.Width/2) }

func has(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
