package report

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"faultline/correlate"
)

// sketched is an event as Timesketch imports it from JSONL: message, datetime
// and timestamp_desc are mandatory, timestamp is in microseconds
// (timesketch.org, guides/user/import-from-json-csv).
type sketched struct {
	Message     string            `json:"message"`
	Timestamp   int64             `json:"timestamp"`
	Datetime    string            `json:"datetime"`
	Desc        string            `json:"timestamp_desc"`
	Uncertainty string            `json:"uncertainty_s"`
	Kind        string            `json:"kind"`
	Severity    string            `json:"severity,omitempty"`
	Source      string            `json:"source"`
	Line        uint32            `json:"line"`
	Namespace   string            `json:"namespace,omitempty"`
	Pod         string            `json:"pod,omitempty"`
	Container   string            `json:"container,omitempty"`
	Target      string            `json:"target,omitempty"`
	Count       uint32            `json:"count"`
	Duration    string            `json:"duration_s,omitempty"`
	Attrs       map[string]string `json:"attrs,omitempty"`
}

// WriteTimesketch writes the events that pass the filter as JSONL for
// Timesketch, which has no place for what has no wall time: such events are
// left out, and their number is given.
func WriteTimesketch(w io.Writer, c *correlate.Case, text Text, f Filter) (left int, err error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for p := range c.Timeline() {
		if !f.Wants(c, p) {
			continue
		}
		at, within, ok := c.Wall(p)
		if !ok {
			left++
			continue
		}
		r := NewRow(c, text, p)
		when, printed := Stamp(at, within), time.Unix(0, int64(at))
		if t, err := time.Parse(time.RFC3339Nano, when); err == nil {
			printed = t // with the digits that are shown, and no more
		}
		s := sketched{Message: r.Message, Timestamp: printed.UnixMicro(), Datetime: when, Desc: r.Kind + ", " + clockSaid(c, int(p.Stream)),
			Uncertainty: strconv.FormatFloat(within.Seconds(), 'g', 6, 64), Kind: r.Kind, Severity: r.Severity, Source: r.Source, Line: r.Line,
			Namespace: r.Namespace, Pod: r.Pod, Container: r.Container, Target: r.Target, Count: r.Count, Duration: number(r.Duration),
			Attrs: r.Attrs}
		if err := enc.Encode(s); err != nil {
			return left, err
		}
	}
	return left, nil
}

// clockSaid is what a stream's times are: what the log printed, or an anchor's
// doing.
func clockSaid(c *correlate.Case, stream int) string {
	clock := c.Streams[stream].Clock.String()
	if clock == "wall" {
		return "as logged"
	}
	return clock + " placed by " + c.Anchors[stream].Basis.String()
}
