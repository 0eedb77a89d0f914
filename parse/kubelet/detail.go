package kubelet

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
)

func set(d *parse.Detail, key, value string) {
	if value != "" {
		d.Set(key, value)
	}
}

// detail shows what an event says.
func (s said) detail(d *parse.Detail) {
	d.Message = string(firstLine(s.message))
	var names parse.Batch // the names of an event that is only shown
	if e := s.event(&names); e.Kind == parse.KubeletProbeFailed {
		probe, failure := parse.ProbeOf(e.Class)
		d.Set("probe", probe.String())
		d.Set("failure", failure.String())
		if e.Value > 0 {
			d.Set("http_status", strconv.Itoa(int(e.Value)))
		}
	}
	d.Set("reason", string(s.reason))
	set(d, "type", string(s.kind))
}

// apiDetail shows an event, or the status of a container, out of its JSON or
// YAML.
func apiDetail(text []byte, d *parse.Detail) {
	if t := (yamlText{text: text}); !has(bytes.TrimSpace(text), "{") {
		if objects, err := t.objects(); err == nil && len(objects) == 1 {
			text = objects[0].raw
		}
	}
	if v, ok := readEvent(bytes.TrimSpace(text)); ok {
		v.detail(d)
		return
	}
	var v event
	if json.Unmarshal(text, &v) == nil && v.object().Name != "" {
		v.detail(d)
		return
	}
	var s status
	if json.Unmarshal(text, &s) == nil && s.Name != "" {
		s.detail(d)
		return
	}
	d.Message = string(text)
}

func (v *event) detail(d *parse.Detail) {
	first, last, _ := v.times()
	d.RawTime = last.text
	v.said().detail(d)
	if first.at != 0 {
		when := first.text
		if first.grain == parse.GrainNano {
			when = time.Unix(0, int64(first.at)).UTC().Format(time.RFC3339Nano)
		}
		d.Set("first", when)
	}
	set(d, "from", v.from())
	if r := v.object(); r.Kind != "" {
		d.Set("object", strings.ToLower(r.Kind)+"/"+r.Name)
	}
}

func (s *status) detail(d *parse.Detail) {
	now := "is waiting"
	switch {
	case s.State.Running != nil:
		d.RawTime = s.State.Running.StartedAt
		now = "runs since " + d.RawTime
	case s.State.Terminated != nil:
		d.RawTime = s.State.Terminated.FinishedAt
		now = s.State.Terminated.String()
	}
	d.Message = "container " + s.Name + " " + now
	d.Set("container", s.Name)
	set(d, "image", s.Image)
	d.Set("restarts", strconv.FormatInt(s.RestartCount, 10))
	if t := s.LastState.Terminated; t != nil {
		d.Message += "; before that it " + t.String()
		set(d, "reason", t.Reason)
		d.Set("exit_code", strconv.FormatInt(t.ExitCode, 10))
	}
}

// String says how a container ended.
func (t *terminated) String() string {
	s := "ended at " + t.FinishedAt + " with code " + strconv.FormatInt(t.ExitCode, 10)
	if t.Reason != "" {
		s += " (" + t.Reason + ")"
	}
	return s
}
