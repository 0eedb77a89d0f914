package kubelet

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/wrap"
)

// flat is an event whose fields a log store has put side by side: a row of
// Azure's KubeEvents (Azure Monitor table reference).
type flat struct {
	event
	Name, Namespace, ObjectKind, KubeEventType string
	SourceComponent, Computer                  string
	FirstSeen, LastSeen, TimeGenerated         string
	Count                                      json.Number
}

// eventLine reads an event that stands on one line: out of an envelope, a
// watch, or the row of a table.
func eventLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	v, ok := readEvent(l.Text)
	if !ok {
		return parse.NotMine
	}
	e := v.said().event(b)
	first, last, timed := v.times()
	switch {
	case timed:
		e.Time, e.Grain = last.at, last.grain
		e.Lasted = max(0, last.since(first))
		l.Own, l.Grain, l.Clock = e.Time, e.Grain, parse.ClockWall
	case l.Prefix.HasStamp || l.Prefix.HasLocal:
		l.AtStamp()
	}
	e.Count = v.count()
	about(&e, v.target(), b)
	b.Add(e)
	return parse.Took
}

// readEvent reads an event of the API, within what a watch or an exporter put
// around it or not, or one that was made flat.
func readEvent(text []byte) (v event, ok bool) {
	if len(text) == 0 || text[0] != '{' {
		return v, false
	}
	nested := bytes.Contains(text, []byte(`"involvedObject"`)) || bytes.Contains(text, []byte(`"regarding"`))
	if !nested && !bytes.Contains(text, []byte(`"ObjectKind"`)) {
		return v, false
	}
	if nested {
		var around struct{ Event, Object json.RawMessage }
		if json.Unmarshal(text, &around) == nil {
			for _, inner := range []json.RawMessage{around.Event, around.Object} {
				if len(inner) > 0 && json.Unmarshal(inner, &v) == nil && v.object().Name != "" {
					return v, true
				}
			}
		}
		return v, json.Unmarshal(text, &v) == nil && v.object().Name != "" && v.Reason != ""
	}
	var f flat
	if json.Unmarshal(text, &f) != nil || f.Name == "" || f.Reason == "" {
		return v, false
	}
	v = f.event
	v.InvolvedObject = reference{Kind: f.ObjectKind, Namespace: f.Namespace, Name: f.Name}
	v.Type, v.Source = f.KubeEventType, source{f.SourceComponent, f.Computer}
	if n, err := f.Count.Float64(); err == nil {
		v.counted(n)
	}
	v.FirstTimestamp, v.LastTimestamp = utc(f.FirstSeen), utc(f.LastSeen)
	if v.LastTimestamp == "" {
		v.LastTimestamp = utc(f.TimeGenerated)
	}
	return v, true
}

// counted sets how often the event occurred.
func (v *event) counted(n float64) { v.Count = int64(min(max(n, 1), math.MaxUint32)) }

// utc is a time that a console of Azure prints, which is in UTC and does not
// say so.
func utc(text string) string {
	text = strings.TrimSpace(text)
	var p parse.Prefix
	if text == "" || !wrap.Time([]byte(text), &p) {
		return ""
	}
	at := p.Stamp
	if !p.HasStamp {
		at = p.Local
	}
	layout := "2006-01-02T15:04:05Z"
	if p.Grain < parse.GrainSecond {
		layout = "2006-01-02T15:04:05.000Z"
	}
	return time.Unix(0, int64(at)).UTC().Format(layout)
}
