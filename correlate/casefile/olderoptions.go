package casefile

import (
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// olderOptions are those of cases up to 1.1, under the names that the program's
// fields had then. Nothing is added here.
type olderOptions struct {
	Anchors []struct {
		Glob     string      `json:"Glob"`
		Life     int         `json:"Life"`
		Line     uint32      `json:"Line"`
		Zero     int64       `json:"Zero"`
		Bare     bool        `json:"Bare"`
		Within   int64       `json:"Within"`
		Rejected bool        `json:"Rejected"`
		By       string      `json:"By"`
		Proof    []olderRefs `json:"Proof"`
	} `json:"Anchors"`
	Captured []struct {
		Glob     string      `json:"Glob"`
		Time     int64       `json:"Time"`
		Bare     bool        `json:"Bare"`
		Within   int64       `json:"Within"`
		Rejected bool        `json:"Rejected"`
		By       string      `json:"By"`
		Proof    []olderRefs `json:"Proof"`
	} `json:"Captured"`
	Periods  []int64 `json:"Periods"`
	Failures []struct {
		Kind   string   `json:"Kind"`
		Status [][2]int `json:"Status"`
	} `json:"Failures"`
	Since     int64  `json:"Since"`
	Until     int64  `json:"Until"`
	Namespace string `json:"Namespace"`
	Pod       string `json:"Pod"`
	Marks     []struct {
		At     int64      `json:"At"`
		Source string     `json:"Source"`
		Own    bool       `json:"Own"`
		Text   string     `json:"Text"`
		Ref    *olderRefs `json:"Ref"`
	} `json:"Marks"`
}

type olderRefs struct {
	Source uint32 `json:"Source"`
	Line   uint32 `json:"Line"`
	Off    int64  `json:"Off"`
	Len    uint32 `json:"Len"`
}

func (r olderRefs) ref() parse.Ref { return parse.Ref(r) }

func olderProof(refs []olderRefs) (out []parse.Ref) {
	for _, r := range refs {
		out = append(out, r.ref())
	}
	return out
}

func (j *olderOptions) options() *correlate.Options {
	o := &correlate.Options{Since: parse.Time(j.Since), Until: parse.Time(j.Until), Namespace: j.Namespace, Pod: j.Pod}
	for _, a := range j.Anchors {
		o.Anchors = append(o.Anchors, correlate.AnchorRule{Glob: a.Glob, Life: a.Life, Line: a.Line, Zero: parse.Time(a.Zero), Bare: a.Bare,
			Within: time.Duration(a.Within), Rejected: a.Rejected, By: a.By, Proof: olderProof(a.Proof)})
	}
	for _, c := range j.Captured {
		o.Captured = append(o.Captured, correlate.CaptureRule{Glob: c.Glob, Time: parse.Time(c.Time), Bare: c.Bare,
			Within:   time.Duration(c.Within),
			Rejected: c.Rejected, By: c.By, Proof: olderProof(c.Proof)})
	}
	for _, p := range j.Periods {
		o.Periods = append(o.Periods, time.Duration(p))
	}
	for _, f := range j.Failures {
		o.Failures = append(o.Failures, correlate.FailureRule{Kind: f.Kind, Status: f.Status})
	}
	for _, m := range j.Marks {
		one := correlate.Mark{At: parse.Time(m.At), Source: m.Source, Own: m.Own, Text: m.Text}
		if m.Ref != nil {
			ref := m.Ref.ref()
			one.Ref = &ref
		}
		o.Marks = append(o.Marks, one)
	}
	return o
}
