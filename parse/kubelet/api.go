package kubelet

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"faultline/parse"
)

func api() *parse.Format {
	f := &parse.Format{
		Name: "k8s",
		Doc: `JSON or YAML of the Kubernetes API: events, pods, endpoints and endpointslices, as kubectl get … -o json, -o yaml and oc adm must-gather print them.
{"apiVersion":"v1","kind":"Event","reason":"Unhealthy","count":4,"lastTimestamp":"2024-02-02T13:22:29Z","involvedObject":{"kind":"Pod","name":"web-0"},"message":"Readiness probe failed: …"}`,
		Origin: "Kubernetes API, core/v1 and events.k8s.io/v1, as kubectl, oc adm must-gather and other tools save it",
		Role:   parse.RoleAbout, Lane: parse.LaneKubelet, Need: "events",
		Needles:       []string{`"involvedObject"`, `"regarding"`, `"containerStatuses"`},
		SniffDocument: sniff,
		Detail:        apiDetail,
	}
	f.Line = eventLine
	f.Document = func(r io.Reader, b *parse.Batch) error { return document(f, r, b) }
	return f
}

// dump is a document being read.
type dump struct {
	f *parse.Format
	b *parse.Batch
	// from and to are the times of the events; pods add nothing to what the
	// dump covers, their containers may have started long before it.
	from, to parse.Time
	events   int
	filed    bool
	others   map[string]int // objects of other kinds
	unnamed  int            // items of the list being read whose kind nothing tells
	services services
	servers  int // Server resources of linkerd, and where the first stands
	server   parse.Line
	counted  map[string]uint32 // of each event by its uid, how often it was counted
}

func document(f *parse.Format, r io.Reader, b *parse.Batch) error {
	d := &dump{f: f, b: b, others: map[string]int{}}
	parse.CountsLines(r)
	err := d.walk(r)
	d.services.facts(b)
	if d.servers > 0 {
		b.Fact(&d.server, 0, FactServers, strconv.Itoa(d.servers), 0, 0)
	}
	d.listed("")
	if at := (brokenAt{}); errors.As(err, &at) {
		b.Counts.Unparsed++
		b.Problem(at.line, "the document is cut off or broken behind this line, and what follows was not read: %v", at.error)
		err = nil
	}
	for _, kind := range slices.Sorted(maps.Keys(d.others)) {
		b.Problem(0, "%d objects of the kind %q were passed over: only events, pods, endpoints and what workloads and nodes say of their changes are read", d.others[kind], kind)
	}
	if d.filed {
		s := &b.Segments[len(b.Segments)-1]
		s.Silences = nil // objects come in no order of time
		if d.events > 0 {
			s.From, s.To = d.from, d.to
		}
	}
	return err
}

// walk reads the source as what it begins as.
func (d *dump) walk(r io.Reader) error {
	in := bufio.NewReaderSize(r, 4<<10)
	for skip := 0; ; skip++ {
		head, err := in.Peek(skip + 1)
		switch {
		case err != nil:
			return nil // nothing but space
		case strings.IndexByte("\ufeff \t\r\n", head[skip]) >= 0 && skip < in.Size()-1:
			continue
		case isNothing(peeked(in, skip)):
			return nil
		case head[skip] == '{' || head[skip] == '[':
			return aside(in, d.object, d.listed)
		}
		return walkYAML(in, d.object, d.listed, d.b.Problem)
	}
}

// peeked is what a short source holds; of a longer one, its beginning.
func peeked(in *bufio.Reader, skip int) []byte {
	text, _ := in.Peek(skip + 64)
	return text[min(skip, len(text)):]
}

// listed ends a list, whose kind may have come behind its items: those that
// say none are of that.
func (d *dump) listed(kind string) {
	if kind, ok := strings.CutSuffix(kind, "List"); ok && kind != "" && d.unnamed > 0 {
		d.others[kind] += d.unnamed
	} else if d.unnamed > 0 {
		d.b.Problem(0, "%d objects without a kind were passed over", d.unnamed)
	}
	d.unnamed = 0
}

// shape is what tells an object's kind where it is left out: exporters of
// events do so, and the API server within its lists.
type shape struct {
	Kind                      string
	InvolvedObject, Regarding json.RawMessage
	AddressType, Subsets      json.RawMessage
	Spec                      struct{ Containers json.RawMessage }
	Message                   any
	Object                    json.RawMessage // of a watch: {"type":"ADDED","object":{…}}
}

func (s *shape) kind() string {
	switch {
	case s.Kind != "":
		return s.Kind
	case len(s.InvolvedObject) > 0 || len(s.Regarding) > 0:
		return "Event"
	case len(s.AddressType) > 0:
		return "EndpointSlice"
	case len(s.Subsets) > 0:
		return "Endpoints"
	case len(s.Spec.Containers) > 0:
		return "Pod"
	}
	return ""
}

// object reads one object by its kind.
func (d *dump) object(o object) {
	if v, ok := quickEvent(o.raw); ok {
		d.event(o, &v)
		return
	}
	var head shape
	if err := json.Unmarshal(o.raw, &head); err != nil {
		d.b.Problem(o.line, "an object is not understood: %v", err)
		return
	}
	d.shaped(o, &head)
}

// shaped reads one object whose shape is known.
func (d *dump) shaped(o object, head *shape) {
	kind := cmp.Or(head.kind(), strings.TrimSuffix(o.list, "List"))
	d.unwell(o, kind)
	switch {
	case kind == "" && len(head.Object) > 0 && head.Object[0] == '{' && o.yaml == nil:
		if at := bytes.Index(o.raw, head.Object); at >= 0 {
			inner := o
			inner.raw, inner.off = o.raw[at:at+len(head.Object)], o.off+int64(at)
			inner.line += uint32(bytes.Count(o.raw[:at], []byte{'\n'}))
			d.object(inner)
		}
	case kind == "Event" && (len(head.InvolvedObject) > 0 || len(head.Regarding) > 0):
		var v event
		if err := json.Unmarshal(o.raw, &v); err != nil {
			d.b.Problem(o.line, "an event is not understood: %v", err)
			return
		}
		d.event(o, &v)
	case kind == "Pod":
		d.pod(o)
	case kind == "EndpointSlice":
		d.slice(o)
	case kind == "Endpoints":
		d.endpoints(o)
	case kind == "Server" && bytes.Contains(o.raw, []byte("policy.linkerd.io/")):
		if d.servers++; d.servers == 1 {
			d.server = o.at(0, len(o.raw))
			d.server.Text = nil
		}
	case d.changes(o, kind):
	case kind == "List": // an empty one
	case kind == "Status":
		d.b.Problem(o.line, "the API server answered with an error: %v", head.Message)
	case kind == "":
		d.unnamed++
	default:
		d.others[kind]++
	}
}

// file files events that were added since first under a piece of an object.
func (d *dump) file(o object, from, to, first int) {
	if len(d.b.Events) == first {
		return
	}
	e := d.b.Events[first]
	l := o.at(from, to)
	if e.Time != 0 {
		l.Own, l.Grain, l.Clock = e.Time, e.Grain, parse.ClockWall
	}
	d.b.Item(d.f, &l, l.Text, first)
	d.filed = true
}

// since is how often an event occurred that was not counted yet: a watch prints one again
// whenever its count grows.
func (d *dump) since(v *event) uint32 {
	uid, n := v.Metadata.UID, v.count()
	if uid == "" {
		return n
	}
	if d.counted == nil {
		d.counted = map[string]uint32{}
	}
	before := d.counted[uid]
	d.counted[uid] = max(n, before)
	return n - min(n, before)
}

// event takes one event.
func (d *dump) event(o object, v *event) {
	first, last, ok := v.times()
	if !ok {
		d.b.Problem(o.line, "the event %q has no time", v.Metadata.Name)
		return
	}
	e := v.said().event(d.b)
	e.Time, e.Grain = last.at, last.grain
	e.Lasted = max(0, last.since(first))
	if e.Count = d.since(v); e.Count == 0 {
		return
	}
	about(&e, v.target(), d.b)
	n := len(d.b.Events)
	d.b.Add(e)
	if e.Kind == parse.KubeletProbeFailed && v.Source.Host != "" { // the kubelet that probed is the pod's own
		l, r := o.at(0, len(o.raw)), v.object()
		d.b.Fact(&l, d.b.Names.AddString(parse.Subject(r.Namespace, r.Name, "")), parse.FactNode, v.Source.Host, 0, 0)
	}
	d.file(o, 0, len(o.raw), n)
	if d.events++; d.events == 1 {
		d.from, d.to = e.Time, e.Time
	}
	d.from, d.to = min(d.from, e.Time), max(d.to, e.Time)
}

// text is a JSON value as it is printed, without its quotes.
func text(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(v))
}
