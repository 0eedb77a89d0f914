// Package kubelet reads what Kubernetes says about pods: the events that a
// kubelet records when a probe fails, and when containers started.
//
// The same event is printed in three ways, and all of them are read: as a row
// of `kubectl describe`, as a row of `kubectl get events`, both with ages, and
// as JSON or YAML with times.
//
//	Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet            Readiness probe failed: HTTP probe failed with statuscode: 500
//	7m45s    Warning   Unhealthy   pod/web-0   Readiness probe failed: HTTP probe failed with statuscode: 500
//
// Besides, the kubelet's own log is read, the states of containers, the tables
// of kubectl get pods, and who serves a service: as the API says it, and as a
// replica of linkerd's destination believes it.
//
// Sources: kubernetes pkg/kubelet/prober (the messages), client-go
// tools/record/event.go and events_cache.go (name, count, first and last),
// kubectl pkg/describe/describe.go and pkg/cmd/events (the tables),
// kubernetes pkg/printers/internalversion/printers.go (`get events`).
package kubelet

import (
	"time"

	"faultline/parse"
)

// Formats are the formats of this package: "events", the tables and pages of
// kubectl; "k8s", the JSON and YAML of the API; "kubelet", the kubelet's own
// log; "pods", the tables of kubectl get pods; "endpoints", what linkerd's
// destination answers; "audit", the audit log of the API server; "kubectl", what
// kubectl says itself. The kubelet's log must be asked before the formats that
// read the klog lines of any program.
func Formats() []*parse.Format {
	return []*parse.Format{Log, Events, API, Audit, Monitor, Pods, Endpoints, Listed, Spoken}
}

// memory is what the formats of this package know from line to line. They read
// one batch together.
type memory struct {
	page    *page
	output  *output
	listing *listing
	ages    ages
	table   *columns // the latest with a head of its own
	maybe   maybe
	asked   *asked
}

// Settled says that nothing is known that a later line could belong to.
func (m *memory) Settled() bool {
	return m.page == nil && m.output == nil && m.listing == nil && m.ages.last == 0 && m.table == nil && m.maybe.name == "" && m.asked == nil
}

// known is the memory of a batch, nil while there is none.
func known(b *parse.Batch) *memory {
	s, _ := b.State.(*memory)
	return s
}

// remember makes sure that the batch has a memory.
func remember(b *parse.Batch) *memory {
	s := known(b)
	if s == nil {
		s = &memory{}
		b.State = s
	}
	return s
}

// pageOf is the page that the batch is in, nil outside of one.
func pageOf(b *parse.Batch) *page {
	if s := known(b); s != nil {
		return s.page
	}
	return nil
}

// Events are the rows of `kubectl describe`, `kubectl get events` and `kubectl
// events`, whose times are ages, and the pages of `kubectl describe pod`
// around them.
var Events = &parse.Format{
	Name: "events",
	Doc: `Rows of kubectl describe, kubectl get events and kubectl events, whose times are ages when the dump was taken, and pages of kubectl describe pod.
  Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet            Readiness probe failed: HTTP probe failed with statuscode: 500
7m45s       Warning   Unhealthy   pod/linkerd-destination-676b6657b-426bs   Readiness probe failed: HTTP probe failed with statuscode: 500`,
	Origin: "kubectl describe, kubectl get events, kubectl events (since kubectl 1.23)",
	Role:   parse.RoleAbout, Lane: parse.LaneKubelet, Need: "events",
	Needles: []string{"Warning ", "Normal ", "Warning\t", "Normal\t"},
	Hints: []string{"probe failed", "probe errored", "Unhealthy", "Back-off ", "Failed to pull image", "reate pod sandbox: ", " failed for volume ", "attach or mount volumes", " nodes are available: ",
		"low on resource: ", "Error syncing pod", `failed to "StartContainer"`},
	Line:   line,
	Whole:  true,
	Detail: rowDetail,
}

// API is the JSON that the API server answers with: events and pods, as
// lists, single objects, or several documents after one another.
var API = api()

// line reads one line: a row of events, the head of a table, or a line of a
// page that says whose rows follow.
func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	p := pageOf(b)
	if !p.goesOn(l, 1) {
		p = nil
	}
	var r row
	if r.read(l.Text) {
		return r.verdict(l, b)
	}
	if heading(l.Text) {
		remember(b).table = columnsOf(undecorated(l.Text))
		if t := remember(b).table; t != nil {
			t.last = l.No
		}
		if s := known(b); s != nil {
			s.ages = ages{}
		}
		if p != nil {
			p.last = l.No
		}
		return parse.Other
	}
	if c := columnsOf(undecorated(l.Text)); c != nil {
		c.last = l.No
		remember(b).table = c
		return parse.Other
	}
	if s := known(b); s != nil && s.table != nil {
		if v := s.table.row(l, b); v != parse.NotMine {
			return v
		}
	}
	if v := bareProbe(l, b); v != parse.NotMine {
		return v
	}
	v := parse.NotMine
	switch {
	case p == nil && nodeCondition(l, "", b): // a row copied out of a page
		return parse.Took
	case p == nil:
		v = begin(l, b)
	default:
		v = p.line(l, b)
	}
	if v == parse.NotMine {
		v = untimed(l, b)
	}
	return v
}

// bareProbe reads the message of a probe's event alone, as dashboards export a
// column of messages behind the time of each. A time without a zone is read as
// UTC.
func bareProbe(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !l.Prefix.HasStamp && !l.Prefix.HasLocal {
		return parse.NotMine
	}
	if probe, _ := probeOf(l.Text); probe == parse.ProbeUnknown {
		return parse.NotMine
	}
	l.AtStamp()
	b.Add(unhealthy(l.Text).event(b))
	return parse.Took
}

// unhealthy is the event of which only the message is known.
func unhealthy(message []byte) said { return said{reason: []byte("Unhealthy"), message: message} }

// verdict makes an event of a row. Rows of describe belong to the object of
// their page.
func (r *row) verdict(l *parse.Line, b *parse.Batch) parse.Verdict {
	p := pageOf(b)
	if !r.table && p.goesOn(l, 1+p.between(l.Text)) {
		p.events, p.last = true, l.No
	} else {
		p = nil
	}
	if r.undated {
		return parse.Malformed // kubectl prints <unknown> for a time that is not set
	}
	e := r.said().event(b)
	e.Time, e.Grain = r.last.time(), r.last.grain()
	e.Lasted = time.Duration(max(0, e.Time-r.first.time()))
	e.Count = r.count
	switch {
	case r.table:
		about(&e, r.target(), b)
	case p != nil:
		about(&e, p.target(), b)
	}
	l.Own, l.Grain, l.Clock = e.Time, e.Grain, parse.ClockAge
	b.Add(e)
	remember(b).ages.row(r, l, b)
	if at, within, ok := r.captured(); ok {
		b.Fact(l, 0, parse.FactCaptured, string(r.name), at, within)
	}
	return parse.Took
}
