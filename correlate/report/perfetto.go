package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// traceEvent is one of the Trace Event Format, which Perfetto and Chrome open
// (perfetto.dev, "External trace formats"): X is a slice with a duration, i an
// instant, C a counter, M names a process or a thread.
type traceEvent struct {
	Name     string         `json:"name"`
	Category string         `json:"cat,omitempty"`
	Phase    string         `json:"ph"`
	Time     json.Number    `json:"ts,omitempty"`  // microseconds since 1970
	Lasted   json.Number    `json:"dur,omitempty"` // microseconds
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	Scope    string         `json:"s,omitempty"`
	Args     map[string]any `json:"args"`
}

// trace writes events one by one into the list of a trace.
type trace struct {
	w    *bufio.Writer
	c    *correlate.Case
	text Text
	any  bool
	pids map[string]int
	// ends are when the last slice of each lane ends, by process: slices of one
	// thread must not overlap.
	ends map[int][]parse.Time
	// shut are failfasts that no line has ended yet.
	shut map[gateOf]correlate.Point
	err  error
}

type gateOf struct {
	stream uint32
	target parse.Name
	class  uint8
}

// The first process is the dump's own, and so is the first thread of each.
const (
	ownProcess  = 1
	eventThread = 1
)

// WritePerfetto writes the events that pass the filter as a trace: stalls and
// failfasts as slices, all others as instants, incidents as slices of a process
// of their own, and a counter for each metric. What has no wall time is left
// out, and how many events that is comes back.
func WritePerfetto(w io.Writer, c *correlate.Case, text Text, f Filter) (left int, err error) {
	t := &trace{w: bufio.NewWriter(w), c: c, text: text, pids: map[string]int{}, ends: map[int][]parse.Time{},
		shut: map[gateOf]correlate.Point{}}
	t.w.WriteString(`{"displayTimeUnit":"ms","traceEvents":[`)
	t.named(ownProcess, 0, "incidents")
	t.incidents(&f)
	var spans []span
	for p := range c.Timeline() {
		if !f.Wants(c, p) {
			continue
		}
		if _, _, ok := c.Wall(p); !ok {
			left++
		} else if s, ok := t.spanOf(p); ok {
			spans = append(spans, s)
		} else if c.At(p).Kind != parse.ProxyFailfastEnter {
			t.instant(p)
		}
	}
	for _, p := range t.shut {
		spans = append(spans, span{p: p})
	}
	t.slices(spans)
	t.counters(&f)
	t.w.WriteString("\n]}\n")
	if t.err == nil {
		t.err = t.w.Flush()
	}
	return left, t.err
}

// span is a stretch of time that an event is of; from equals to where its end is
// not known.
type span struct {
	p        correlate.Point
	from, to parse.Time
}

// spanOf is the stretch that an event ends or is. A failfast is known when it
// ends: until then it is remembered, and nothing comes of it.
func (t *trace) spanOf(p correlate.Point) (s span, ok bool) {
	e := t.c.At(p)
	at, _, _ := t.c.Wall(p)
	gate := gateOf{p.Stream, e.Target, e.Class}
	switch e.Kind {
	case parse.ControllerPopStall, parse.ControllerHandlerStall, parse.ControllerTrace:
		return span{p, at, at + parse.Time(e.Lasted)}, e.Lasted > 0
	case parse.ProxyFailfastEnter:
		if _, open := t.shut[gate]; !open {
			t.shut[gate] = p
		}
	case parse.ProxyFailfastExit:
		enter, open := t.shut[gate]
		delete(t.shut, gate)
		if open {
			from, _, _ := t.c.Wall(enter)
			return span{enter, from, at}, true
		}
		return span{p, at - parse.Time(e.Lasted), at}, e.Lasted > 0
	}
	return s, false
}

// slices writes stretches, each on the first lane of its process that is free.
func (t *trace) slices(spans []span) {
	for i := range spans {
		if s := &spans[i]; s.from == 0 && s.to == 0 { // a failfast without an end
			at, _, _ := t.c.Wall(s.p)
			s.from, s.to = at, at
		}
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.p.Stream, b.p.Stream),
			cmp.Compare(a.p.Event, b.p.Event))
	})
	for _, s := range spans {
		if s.from == s.to {
			t.instant(s.p)
			continue
		}
		r := NewRow(t.c, t.text, s.p)
		pid := t.process(&r)
		lane := slices.IndexFunc(t.ends[pid], func(end parse.Time) bool { return end <= s.from })
		if lane < 0 {
			lane = len(t.ends[pid])
			t.ends[pid] = append(t.ends[pid], 0)
			t.named(pid, eventThread+1+lane, "stalls and failfasts")
		}
		t.ends[pid][lane] = s.to
		t.put(traceEvent{Name: t.name(&r), Category: family(r.Kind), Phase: "X", Time: micros(int64(s.from)), Lasted: micros(int64(s.to - s.from)),
			Process: pid, Thread: eventThread + 1 + lane, Args: t.args(s.p, &r)})
	}
}

// instant writes an event as a moment.
func (t *trace) instant(p correlate.Point) {
	r := NewRow(t.c, t.text, p)
	at, _, _ := t.c.Wall(p)
	t.put(traceEvent{Name: t.name(&r), Category: family(r.Kind), Phase: "i", Time: micros(int64(at)), Process: t.process(&r),
		Thread: eventThread,
		Scope:  "t", Args: t.args(p, &r)})
}

// name is what a slice is called on the screen.
func (t *trace) name(r *Row) string { return Clean(strings.TrimSpace(r.Kind + " " + r.Target)) }

// family is what stands before the point in a kind.
func family(kind string) string {
	before, _, _ := strings.Cut(kind, ".")
	return before
}

// args are an event's own, the line among them.
func (t *trace) args(p correlate.Point, r *Row) map[string]any {
	out := map[string]any{"message": cleanLines(r.Message), "source": Clean(r.Source), "line": r.Line, "uncertainty_s": r.Uncertainty, "count": r.Count}
	if e := t.c.At(p); e.Kind == parse.ControllerPopStall {
		out["depth"] = e.Value
	}
	if status := correlate.HTTPStatus(t.c.At(p)); status > 0 {
		out["status"] = status
	}
	for k, v := range r.Attrs {
		if _, taken := out[k]; !taken {
			out[k] = Clean(v)
		}
	}
	return out
}

// process is the number of the process that an event is of, named once.
func (t *trace) process(r *Row) int {
	return t.pid(cmp.Or(strings.Trim(parse.Subject(r.Namespace, r.Pod, r.Container), "/"), r.node(), path.Base(r.Source)))
}

func (t *trace) pid(name string) int {
	pid, ok := t.pids[name]
	if !ok {
		pid = ownProcess + 1 + len(t.pids)
		t.pids[name] = pid
		t.named(pid, 0, name)
		t.named(pid, eventThread, "events")
	}
	return pid
}

// named says what a process is called, or a thread that is not 0.
func (t *trace) named(pid, tid int, name string) {
	what := "thread_name"
	if tid == 0 {
		what = "process_name"
	}
	t.put(traceEvent{Name: what, Phase: "M", Process: pid, Thread: tid, Args: map[string]any{"name": Clean(name)}})
}

// incidents writes those on the wall clock. Those that touch share no lane.
func (t *trace) incidents(f *Filter) {
	for i := range t.c.Incidents {
		in := &t.c.Incidents[i]
		if !in.Clock.OnWall() || f.Since != 0 && in.End < f.Since || f.Until != 0 && in.Start > f.Until {
			continue
		}
		t.put(traceEvent{Name: in.ID, Category: "incident", Phase: "X", Time: micros(int64(in.Start)),
			Lasted: micros(max(int64(in.End-in.Start), int64(time.Millisecond))), Process: ownProcess, Thread: eventThread,
			Args: map[string]any{"failures": in.Failures, "signature": in.Signature.String(), "uncertainty_s": in.Within.Seconds()}})
	}
}

// counters writes each metric's samples, under its pod where it names one.
func (t *trace) counters(f *Filter) {
	for i := range t.c.Series {
		s := &t.c.Series[i]
		labels, of := t.labels(s)
		if f.Namespace != "" && !correlate.Glob(f.Namespace, of["namespace"]) || f.Pod != "" && !correlate.Glob(f.Pod, of["pod"]) {
			continue
		}
		pid, name := 0, Clean(t.c.Name(s.Metric)+labels)
		for k, at := range s.Times {
			if v := s.Values[k]; !math.IsNaN(v) && !math.IsInf(v, 0) && (f.Since == 0 || at >= int64(f.Since)) &&
				(f.Until == 0 || at <= int64(f.Until)) {
				if pid == 0 {
					pid = t.pid(cmp.Or(strings.Trim(parse.Subject(of["namespace"], of["pod"], of["container"]), "/"), "metrics"))
				}
				t.put(traceEvent{Name: name, Phase: "C", Time: micros(at), Process: pid, Args: map[string]any{"value": v}})
			}
		}
	}
}

// labels are those that tell a metric of one process from others of it, and all.
func (t *trace) labels(s *parse.Series) (apart string, all map[string]string) {
	all = map[string]string{}
	var list []string
	for _, l := range s.Labels {
		key, value := t.c.Name(l.Key), t.c.Name(l.Value)
		all[key] = value
		if key != "namespace" && key != "pod" && key != "container" {
			list = append(list, key+"="+strconv.Quote(value))
		}
	}
	if list == nil {
		return "", all
	}
	return "{" + strings.Join(list, ",") + "}", all
}

// micros gives nanoseconds as microseconds, to the last digit.
func micros(ns int64) json.Number {
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	return json.Number(fmt.Sprintf("%s%d.%03d", sign, ns/1000, ns%1000))
}

func (t *trace) put(e traceEvent) {
	if t.err != nil {
		return
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.err = err
		return
	}
	if t.any {
		t.w.WriteByte(',')
	}
	t.any = true
	t.w.WriteByte('\n')
	_, t.err = t.w.Write(data)
}
