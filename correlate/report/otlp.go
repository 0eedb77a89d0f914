package report

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"

	"faultline/correlate"
	"faultline/parse"
)

// A line of a file of OTLP/JSON is one LogsData (opentelemetry.io, "OpenTelemetry
// Protocol File Exporter"; field names and numbers as text as in the JSON mapping
// of opentelemetry-proto 1.5, logs/v1/logs.proto).
type otlpData struct {
	ResourceLogs []*otlpResource `json:"resourceLogs"`
}

type otlpResource struct {
	Resource  otlpAttributes `json:"resource"`
	ScopeLogs []otlpScope    `json:"scopeLogs"`
	Schema    string         `json:"schemaUrl"`
}

type otlpScope struct {
	Scope   otlpName     `json:"scope"`
	Records []otlpRecord `json:"logRecords"`
}

type otlpName struct {
	Name string `json:"name"`
}

type otlpAttributes struct {
	Attributes []otlpAttribute `json:"attributes"`
}

// otlpRecord is an event. One that has no wall time has no timeUnixNano, which
// says that the time is not known.
type otlpRecord struct {
	Time           string          `json:"timeUnixNano,omitempty"`
	SeverityNumber int32           `json:"severityNumber,omitempty"`
	SeverityText   string          `json:"severityText,omitempty"`
	Event          string          `json:"eventName"`
	Body           otlpValue       `json:"body"`
	Attributes     []otlpAttribute `json:"attributes"`
}

type otlpAttribute struct {
	Key   string    `json:"key"`
	Value otlpValue `json:"value"`
}

// otlpValue has one of the three.
type otlpValue struct {
	String *string  `json:"stringValue,omitempty"`
	Int    string   `json:"intValue,omitempty"`
	Double *float64 `json:"doubleValue,omitempty"`
}

const (
	// otlpSchema is the version of the semantic conventions whose names are used.
	otlpSchema = "https://opentelemetry.io/schemas/1.30.0"
	// otlpBatch is how many records a line has at most.
	otlpBatch = 1000
)

// WriteOTLP writes the events that pass the filter as OTLP logs in JSON, a
// LogsData a line, each with the processes that its records are about.
func WriteOTLP(w io.Writer, c *correlate.Case, text Text, f Filter) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	var data otlpData
	by, n := map[otlpSource]*otlpResource{}, 0
	flush := func() error {
		if n == 0 {
			return nil
		}
		err := enc.Encode(data)
		data.ResourceLogs, n = nil, 0
		clear(by)
		return err
	}
	for p := range c.Timeline() {
		if !f.Wants(c, p) {
			continue
		}
		r := NewRow(c, text, p)
		of := otlpSource{r.Namespace, r.Pod, r.Container, r.node(), c.Streams[p.Stream].Format}
		to := by[of]
		if to == nil {
			to = of.resource()
			by[of] = to
			data.ResourceLogs = append(data.ResourceLogs, to)
		}
		to.ScopeLogs[0].Records = append(to.ScopeLogs[0].Records, otlpRecordOf(c, p, &r))
		if n++; n == otlpBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// otlpSource is what the records of one resource share.
type otlpSource struct{ namespace, pod, container, node, format string }

func (s otlpSource) resource() *otlpResource {
	var a otlpList
	a.text("k8s.namespace.name", s.namespace)
	a.text("k8s.pod.name", s.pod)
	a.text("k8s.container.name", s.container)
	a.text("k8s.node.name", s.node)
	a.text("service.name", s.container) // which the conventions for Kubernetes fall back to
	return &otlpResource{Resource: otlpAttributes{a.all()}, Schema: otlpSchema,
		ScopeLogs: []otlpScope{{Scope: otlpName{"faultline/" + s.format}}}}
}

// otlpRecordOf is an event as a record: what a convention names has that name,
// the rest is faultline's.
func otlpRecordOf(c *correlate.Case, p correlate.Point, r *Row) otlpRecord {
	e := c.At(p)
	out := otlpRecord{SeverityNumber: correlate.SeverityNumber(e.Severity), SeverityText: r.Severity, Event: r.Kind,
		Body: otlpValue{String: &r.Message}}
	var a otlpList
	if at, within, ok := c.Wall(p); ok {
		out.Time = strconv.FormatInt(int64(at), 10)
		a.number("faultline.uncertainty_s", within.Seconds())
	}
	a.text("log.file.path", c.Sources[c.Streams[p.Stream].Source].Path)
	if status := correlate.HTTPStatus(e); status > 0 {
		a.integer("http.response.status_code", int64(status))
	}
	a.text("error.type", correlate.ErrorType(e))
	a.text("faultline.target", r.Target)
	a.integer("faultline.line", int64(r.Line))
	a.integer("faultline.offset", r.Offset)
	a.integer("faultline.count", int64(r.Count))
	if r.Duration != nil {
		a.number("faultline.duration_s", *r.Duration)
	}
	a.text("faultline.clock", r.Clock)
	a.text("faultline.raw_time", r.RawTime)
	if r.Uptime != nil {
		a.number("faultline.uptime_s", *r.Uptime)
	}
	if e.Kind == parse.ControllerPopStall {
		a.number("faultline.depth", e.Value)
	}
	for _, key := range slices.Sorted(maps.Keys(r.Attrs)) {
		a.text("faultline.attrs."+key, r.Attrs[key])
	}
	out.Attributes = a.all()
	return out
}

// otlpList gathers attributes; texts that are empty are left out.
type otlpList []otlpAttribute

func (l *otlpList) text(key, value string) {
	if value != "" {
		*l = append(*l, otlpAttribute{key, otlpValue{String: &value}})
	}
}

func (l *otlpList) integer(key string, value int64) {
	*l = append(*l, otlpAttribute{key, otlpValue{Int: strconv.FormatInt(value, 10)}})
}

func (l *otlpList) number(key string, value float64) {
	*l = append(*l, otlpAttribute{key, otlpValue{Double: &value}})
}

// all gives the list, which JSON must not call null.
func (l otlpList) all() []otlpAttribute {
	if l == nil {
		return []otlpAttribute{}
	}
	return l
}

// node is the machine, "" where it is not known.
func (r *Row) node() string { return text(r.Node) }
