package kubelet

import (
	"bytes"
	"strconv"

	"faultline/parse"
)

// Log is the kubelet's own log. Other than the events of the API, it holds
// every run of a probe that failed, and when a pod's readiness changed.
var Log = &parse.Format{
	Name: "kubelet",
	Doc: `Log of the kubelet (klog text of any release, or its JSON): every failed run of a probe, and when readiness changed.
I0507 11:59:37.133005    3782 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/web-0" podUID="e6504036-2514-4ecc-b78c-c47061f60c9f" containerName="web" probeResult="failure" output="HTTP probe failed with statuscode: 500"
I0102 05:00:33.603375    1344 kubelet.go:2643] "SyncLoop (probe)" probe="readiness" status="not ready" pod="shop/web-0"`,
	Origin: "Kubernetes pkg/kubelet, every release; structured since 1.21, JSON since 1.20",
	Role:   parse.RoleAbout, Lane: parse.LaneKubelet, Need: "events",
	Needles: []string{msgFailed, msgErrored, msgSync, msgOld, msgPLEG, msgNotReady, msgSandbox},
	Hints:   []string{"Event occurred", "Error syncing pod"},
	Skim:    logSkim,
	Line:    logLine,
	Whole:   true, // the output of a probe may be several lines
	Detail:  logDetail,
}

// What the lines that matter hold (pkg/kubelet/prober/prober.go, kubelet.go),
// since klog's structured lines of 1.21 and, for msgOld, before.
const (
	msgFailed  = `"Probe failed"`
	msgErrored = `"Probe errored"`
	msgSync    = `"SyncLoop (probe)"`
	msgOld     = ` probe for "`
)

// output is a value of several lines that is not closed yet: klog prints
// `output=<`, the lines behind tabs, and ` >` with the pairs that follow.
type output struct {
	last  uint32 // the latest line of it
	event int    // in the batch
	key   string
	text  []byte
	probe probed
}

// blankLines bounds how many empty lines an output may hold in a row.
const blankLines = 4

// logLine reads one line of the kubelet's log.
func logLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if s := known(b); s != nil && s.output != nil {
		if s.output.goesOn(l, b) {
			return parse.Took
		}
		s.output = nil
	}
	r, ok := readRecord(l.Text)
	if !ok {
		return parse.NotMine
	}
	if o, ok := r.occurrence(); ok {
		r.clock(l)
		return o.take(l, b)
	}
	p, v := r.classify()
	if v != parse.Took {
		if v == parse.Other {
			r.clock(l)
		}
		return v
	}
	r.clock(l)
	b.Add(p.event(b, r.severity))
	if p.open != "" {
		remember(b).output = &output{last: l.No, event: len(b.Events) - 1, key: p.open, probe: p.kept()}
	}
	return parse.Took
}

// clock sets the line's own time: klog names no year, unless something put a
// stamp before the line.
func (r *record) clock(l *parse.Line) {
	switch {
	case !r.yearless:
		l.Own, l.Grain, l.Clock = parse.Time(r.unix), parse.GrainMicro, parse.ClockWall
	case l.Prefix.HasStamp:
		l.AtYearless(r.since, parse.GrainMicro)
	default:
		l.Own, l.Grain, l.Clock = parse.Time(r.since), parse.GrainMicro, parse.ClockYearless
	}
}

// goesOn takes a line as a part of the output, and corrects its event.
func (o *output) goesOn(l *parse.Line, b *parse.Batch) bool {
	if l.No-o.last > blankLines || o.event >= len(b.Events) {
		return false
	}
	o.last = l.No
	line, isText := bytes.CutPrefix(l.Text, []byte{'\t'})
	if !isText { // journald prints a tab as it would look
		line, isText = bytes.CutPrefix(l.Text, []byte("        "))
	}
	rest, closed := bytes.CutPrefix(l.Text, []byte(" >"))
	if !isText && !closed {
		return false
	}
	if isText && len(o.text) <= longest {
		if len(o.text) > 0 {
			o.text = append(o.text, '\n')
		}
		o.text = append(o.text, line...)
	}
	e := &b.Events[o.event]
	e.Len = uint32(min(l.Off+int64(l.Len)-e.Off, parse.MaxLine))
	first := isText && !bytes.Contains(o.text, []byte{'\n'})
	if !first && !closed {
		return true
	}
	p := o.probe
	p.set([]byte(o.key), o.text)
	if closed {
		p.pairs(rest)
		known(b).output = nil
	}
	fixed := p.event(b, parse.SeverityNone)
	e.Kind, e.Class, e.Value, e.Target, e.Fact = fixed.Kind, fixed.Class, fixed.Value, fixed.Target, fixed.Fact
	return true
}

// event is what the line says.
func (p *probed) event(b *parse.Batch, severity parse.Severity) parse.Event {
	if p.sync {
		return p.readiness(b)
	}
	e := parse.Event{Kind: parse.KubeletProbeFailed, Severity: max(parse.Warn, severity), Target: p.target(b)}
	failure, status := p.failure()
	e.Class, e.Value = parse.ProbeClass(p.probe, failure), float64(status)
	e.Fact = b.Names.Add(clip(bytes.TrimSpace(p.text)))
	if string(p.container) == proxyContainer { // whose probe it was decides what it means
		e.Fact = b.Names.AddString(b.Names.Text(e.Fact) + " (" + proxyContainer + ")")
	}
	return e
}

// readiness is the event of a pod that became ready, or no longer is. Releases
// before 1.24 print nothing in place of "not ready".
func (p *probed) readiness(b *parse.Batch) parse.Event {
	e := parse.Event{Kind: parse.KubeletReadiness, Severity: parse.Warn, Target: p.target(b),
		Class: parse.ProbeClass(parse.Readiness, parse.FailureOther)}
	fact := notReady
	if string(p.status) == ready {
		e.Severity, fact = parse.Info, ready
		e.Value = 1
	}
	e.Fact = b.Names.AddString(fact)
	return e
}

// The Fact of a KubeletReadiness; its Value is 1 for ready, else 0.
const (
	ready    = "ready"
	notReady = "not ready"
)

// target is the name of the pod; 0 where none is named.
func (p *probed) target(b *parse.Batch) parse.Name {
	if len(p.pod) == 0 {
		return 0
	}
	b.Scratch = append(append(append(b.Scratch[:0], p.namespace...), '/'), p.pod...)
	return b.Names.Add(b.Scratch)
}

// failure is how the probe failed. A line that was cut off before the text
// says nothing about it.
func (p *probed) failure() (parse.Failure, int64) {
	text := bytes.TrimSpace(p.text)
	switch {
	case !p.told:
		return parse.FailureOther, 0
	case p.cut && cutRefused(text):
		return parse.FailureRefused, 0
	}
	return failureOf(text)
}

// cutRefused says whether a text was cut within what only a refused
// connection says: dialing ends in no other way that begins like it.
func cutRefused(text []byte) bool {
	const least, whole = len("connect: co"), "connect: connection refused"
	i := bytes.LastIndex(text, []byte("connect: "))
	return i >= 0 && bytes.Contains(text, []byte("dial tcp ")) && len(text)-i >= least && len(text)-i <= len(whole) &&
		string(text[i:]) == whole[:len(text)-i]
}

// logDetail takes a line apart to be shown.
func logDetail(text []byte, d *parse.Detail) {
	r, ok := readRecord(text)
	if !ok {
		d.Message = string(trim(text))
		return
	}
	d.RawTime, d.Message = string(r.time), string(trim(r.message))
	if o, ok := r.occurrence(); ok {
		o.said.detail(d)
		d.Set("object", o.target)
		return
	}
	p, v := r.classify()
	if v != parse.Took {
		return
	}
	if p.sync {
		e := p.readiness(new(parse.Batch))
		d.Message = "pod is " + map[bool]string{true: ready, false: notReady}[e.Value == 1]
		d.Set("probe", parse.Readiness.String())
		set(d, "status", string(p.status))
		return
	}
	failure, status := p.failure()
	d.Message = string(p.wording())
	d.Set("probe", p.probe.String())
	d.Set("failure", failure.String())
	if status > 0 {
		d.Set("http_status", strconv.FormatInt(status, 10))
	}
	d.Set("outcome", p.outcome)
	set(d, "container", string(p.container))
	set(d, "pod_uid", string(p.uid))
	set(d, "result", string(p.result))
	if p.cut {
		d.Set("truncated", "true")
	}
}

// wording says what happened as the event of the API would.
func (p *probed) wording() []byte {
	name := p.probe.String()
	out := append([]byte{name[0] &^ 0x20}, name[1:]+" probe "+p.outcome+": "...)
	return append(out, firstLine(p.text)...)
}
