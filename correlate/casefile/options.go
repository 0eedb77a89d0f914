package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// judgedWith are [correlate.Options] under names of the case's own, so that
// renaming a field of the program changes no case. An option that is not known is
// an error: a case would be judged otherwise than it says.
type judgedWith struct {
	Anchors   []anchorOption  `json:"anchors,omitempty"`
	Captured  []captureOption `json:"captured,omitempty"`
	Periods   []int64         `json:"periods_ns,omitempty"`
	Failures  []failureOption `json:"failures,omitempty"`
	Since     int64           `json:"since_ns,omitempty"`
	Until     int64           `json:"until_ns,omitempty"`
	Namespace string          `json:"namespace,omitempty"`
	Pod       string          `json:"pod,omitempty"`
	Marks     []markOption    `json:"marks,omitempty"`
}

type anchorOption struct {
	Glob     string    `json:"glob"`
	Life     *int      `json:"life"`
	Line     uint32    `json:"line,omitempty"`
	Zero     int64     `json:"zero_ns"`
	Bare     bool      `json:"bare,omitempty"`
	Within   int64     `json:"within_ns,omitempty"`
	Rejected bool      `json:"rejected,omitempty"`
	By       string    `json:"by,omitempty"`
	Proof    []lineRef `json:"proof,omitempty"`
}

type captureOption struct {
	Glob     string    `json:"glob"`
	Time     int64     `json:"time_ns"`
	Bare     bool      `json:"bare,omitempty"`
	Within   int64     `json:"within_ns,omitempty"`
	Rejected bool      `json:"rejected,omitempty"`
	By       string    `json:"by,omitempty"`
	Proof    []lineRef `json:"proof,omitempty"`
}

type failureOption struct {
	Kind   string   `json:"kind"`
	Status [][2]int `json:"status,omitempty"`
}

type markOption struct {
	At     int64    `json:"at_ns,omitempty"`
	Source string   `json:"source,omitempty"`
	Own    bool     `json:"own,omitempty"`
	Text   string   `json:"text"`
	By     string   `json:"by,omitempty"`
	Ref    *lineRef `json:"ref,omitempty"`
}

// lineRef is where a facts file says so.
type lineRef struct {
	Source uint32 `json:"source_id"`
	Line   uint32 `json:"line_no"`
	Off    int64  `json:"byte_offset"`
	Len    uint32 `json:"line_bytes"`
}

func refsOut(refs []parse.Ref) (out []lineRef) {
	for _, r := range refs {
		out = append(out, lineRef{r.Source, r.Line, r.Off, r.Len})
	}
	return out
}

func refsIn(refs []lineRef) (out []parse.Ref) {
	for _, r := range refs {
		out = append(out, r.ref())
	}
	return out
}

func (r *lineRef) ref() parse.Ref {
	return parse.Ref{Source: r.Source, Line: r.Line, Off: r.Off, Len: r.Len}
}

// optionsOut writes options down.
func optionsOut(o *correlate.Options) (out judgedWith) {
	for _, a := range o.Anchors {
		one := anchorOption{Glob: a.Glob, Line: a.Line, Zero: int64(a.Zero), Bare: a.Bare, Within: int64(a.Within),
			Rejected: a.Rejected, By: a.By, Proof: refsOut(a.Proof)}
		if a.Life >= 0 {
			one.Life = &a.Life
		}
		out.Anchors = append(out.Anchors, one)
	}
	for _, c := range o.Captured {
		out.Captured = append(out.Captured, captureOption{c.Glob, int64(c.Time), c.Bare, int64(c.Within), c.Rejected, c.By, refsOut(c.Proof)})
	}
	for _, p := range o.Periods {
		out.Periods = append(out.Periods, int64(p))
	}
	for _, f := range o.Failures {
		out.Failures = append(out.Failures, failureOption{f.Kind, f.Status})
	}
	for _, m := range o.Marks {
		one := markOption{At: int64(m.At), Source: m.Source, Own: m.Own, Text: m.Text, By: m.By}
		if m.Ref != nil {
			one.Ref = &refsOut([]parse.Ref{*m.Ref})[0]
		}
		out.Marks = append(out.Marks, one)
	}
	out.Since, out.Until, out.Namespace, out.Pod = int64(o.Since), int64(o.Until), o.Namespace, o.Pod
	return out
}

// options are what was written down.
func (j *judgedWith) options() (o correlate.Options) {
	for _, a := range j.Anchors {
		life := -1
		if a.Life != nil {
			life = *a.Life
		}
		o.Anchors = append(o.Anchors, correlate.AnchorRule{Glob: a.Glob, Life: life, Line: a.Line, Zero: parse.Time(a.Zero), Bare: a.Bare,
			Within: time.Duration(a.Within), Rejected: a.Rejected, By: a.By, Proof: refsIn(a.Proof)})
	}
	for _, c := range j.Captured {
		o.Captured = append(o.Captured, correlate.CaptureRule{Glob: c.Glob, Time: parse.Time(c.Time), Bare: c.Bare,
			Within:   time.Duration(c.Within),
			Rejected: c.Rejected, By: c.By, Proof: refsIn(c.Proof)})
	}
	for _, p := range j.Periods {
		o.Periods = append(o.Periods, time.Duration(p))
	}
	for _, f := range j.Failures {
		o.Failures = append(o.Failures, correlate.FailureRule{Kind: f.Kind, Status: f.Status})
	}
	for _, m := range j.Marks {
		one := correlate.Mark{At: parse.Time(m.At), Source: m.Source, Own: m.Own, Text: m.Text, By: m.By}
		if m.Ref != nil {
			ref := m.Ref.ref()
			one.Ref = &ref
		}
		o.Marks = append(o.Marks, one)
	}
	o.Since, o.Until, o.Namespace, o.Pod = parse.Time(j.Since), parse.Time(j.Until), j.Namespace, j.Pod
	return o
}

// UnmarshalJSON reads the options of any version, and refuses what it does not know.
func (j *judgedWith) UnmarshalJSON(data []byte) error {
	type plain judgedWith // without this method
	err := strictly(data, (*plain)(j))
	if err == nil {
		return nil
	}
	var older olderOptions
	if strictly(data, &older) == nil {
		*j = optionsOut(older.options())
		return nil
	}
	return fmt.Errorf("options: %w: the case was made with an option that this program does not know; get a newer one", err)
}

// strictly reads one value that has no other fields than those of to.
func strictly(data []byte, to any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more than one value")
	}
	return nil
}
