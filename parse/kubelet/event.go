package kubelet

import (
	"math"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// event is an Event of core/v1 or events.k8s.io/v1 (k8s.io/api core/v1 and
// events/v1 types.go). The newer group calls the object "regarding" and the
// message "note", and keeps the old count and times as deprecated ones.
type event struct {
	Metadata                 struct{ Name, Namespace, UID string }
	Type, Reason             string
	Message, Note            string
	InvolvedObject           reference
	Regarding                reference
	Source                   source
	DeprecatedSource         source
	ReportingComponent       string // core/v1
	ReportingController      string // events.k8s.io/v1
	ReportingInstance        string
	Count, DeprecatedCount   int64
	Series                   *series
	EventTime                string
	FirstTimestamp           string
	LastTimestamp            string
	DeprecatedFirstTimestamp string
	DeprecatedLastTimestamp  string
}

type reference struct{ Kind, Namespace, Name, FieldPath string }

type source struct{ Component, Host string }

type series struct {
	Count            int64
	LastObservedTime string
}

// moment is a printed time: the middle of its last digit and how wide that is.
type moment struct {
	at    parse.Time
	grain parse.Grain
	text  string
}

// nearby is how far the time in an event's name may be from its first
// timestamp, which was taken a moment later and cut to seconds.
const nearby = parse.Time(2 * time.Second)

func (m moment) since(o moment) time.Duration { return time.Duration(m.at - o.at) }

// readMoment reads an RFC 3339 time with a zone. The API writes times that
// are not set as null, or as the year 1.
func readMoment(text string) (m moment, ok bool) {
	s, n, ok := lex.RFC3339([]byte(text))
	if !ok || n != len(text) || !s.Zoned || s.Unix <= 0 {
		return m, false
	}
	return moment{parse.Time(s.Unix + s.Width/2), parse.GrainOf(s.Width), text}, true
}

// firstSet reads the first of several times that is set.
func firstSet(texts ...string) (m moment, ok bool) {
	for _, t := range texts {
		if m, ok = readMoment(t); ok {
			return m, true
		}
	}
	return m, false
}

// times are those of the first and the last occurrence. The first is exact
// when the event's name tells it: client-go's older recorder makes the name of
// the first timestamp, the newer one, which sets eventTime, of an instant a
// moment later (client-go tools/record and tools/events, makeEvent).
func (v *event) times() (first, last moment, ok bool) {
	var observed string
	if v.Series != nil {
		observed = v.Series.LastObservedTime
	}
	last, ok = firstSet(v.LastTimestamp, v.DeprecatedLastTimestamp, observed, v.EventTime, v.FirstTimestamp, v.DeprecatedFirstTimestamp)
	if !ok {
		return first, last, false
	}
	first, _ = firstSet(v.FirstTimestamp, v.DeprecatedFirstTimestamp, v.EventTime, last.text)
	exact, named := hexTime([]byte(v.Metadata.Name))
	if !named || v.EventTime != "" || exact < first.at-nearby || exact > first.at+nearby {
		return first, last, true
	}
	once := last.text == first.text && v.count() == 1
	first.at, first.grain = exact, parse.GrainNano
	if once {
		last = first
	}
	return first, last, true
}

func (v *event) count() uint32 {
	n := max(v.Count, v.DeprecatedCount, 1)
	if v.Series != nil {
		n = max(n, v.Series.Count)
	}
	return uint32(min(n, math.MaxUint32))
}

// object is what the event is about.
func (v *event) object() reference {
	if v.InvolvedObject.Name != "" {
		return v.InvolvedObject
	}
	return v.Regarding
}

func (v *event) target() string {
	r := v.object()
	if r.Name == "" {
		return ""
	}
	return target(r.Namespace, r.Kind, r.Name)
}

// from is the component and its host, as describe prints them.
func (v *event) from() string {
	for _, s := range []source{v.Source, v.DeprecatedSource,
		{v.ReportingComponent, v.ReportingInstance}, {v.ReportingController, v.ReportingInstance}} {
		if s.Component != "" && s.Host != "" {
			return s.Component + ", " + s.Host
		}
		if s.Component != "" {
			return s.Component
		}
	}
	return ""
}

func (v *event) said() said {
	message := v.Message
	if message == "" {
		message = v.Note
	}
	return said{reason: []byte(v.Reason), from: []byte(v.from()), message: []byte(message),
		part: []byte(v.object().FieldPath), kind: []byte(v.Type)}
}
