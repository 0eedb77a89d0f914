package prom

import (
	"bytes"
	"cmp"
	"slices"

	"faultline/parse"
)

// place is a piece of the document.
type place struct {
	line uint32
	off  int64
	size int
}

// of is the piece of an item from one offset up to another.
func of(it parse.JSONItem, from, to int) place {
	return place{it.Line + uint32(bytes.Count(it.Raw[:from], []byte{'\n'})), it.Off + int64(from), to - from}
}

// at is a piece as a line at a time on the wall clock.
func (p place) at(ns int64) parse.Line {
	return parse.Line{No: p.line, Off: p.off, Len: uint32(p.size), Own: parse.Time(ns), Grain: parse.GrainMilli, Clock: parse.ClockWall}
}

// series reads one element of a matrix or a vector.
func (a *answer) series(it parse.JSONItem) {
	s := scan{b: it.Raw}
	var labels []label
	samples, bad := a.scratch[:0], 0
	known := false
	for s.eat('{'); !s.eat('}') && s.i < len(s.b); s.eat(',') {
		key, ok := s.text()
		if !ok || !s.eat(':') {
			s.skip()
			continue
		}
		n := 0
		switch string(key) {
		case "metric":
			labels, n = s.labels()
			known = true
		case "values":
			samples, n = s.pairs(samples)
		case "value":
			if p, ok := s.pair(); ok {
				samples = append(samples, p)
			} else {
				n = 1
			}
		case "histogram", "histograms":
			a.histograms++
			s.skip()
		default:
			s.skip()
		}
		bad += n
	}
	a.bad += bad
	a.scratch = samples
	if !known {
		a.b.Problem(it.Line, "a result without a metric was passed over")
		return
	}
	if !slices.IsSortedFunc(samples, byTime) {
		slices.SortStableFunc(samples, byTime)
		a.unsorted++
	}
	if len(samples) == 0 {
		return // a series of histograms, or of nothing
	}
	a.keep(of(it, 0, len(it.Raw)), labels, samples)
	a.events(it, labels, samples)
}

func byTime(a, b sample) int { return cmp.Compare(a.at, b.at) }

// keep adds a series to the batch, and its samples' times to what the stream
// covers.
func (a *answer) keep(p place, labels []label, samples []sample) {
	s := parse.Series{Ref: parse.Ref{Line: p.line, Off: p.off, Len: uint32(p.size)},
		Times: make([]int64, len(samples)), Values: make([]float64, len(samples))}
	for i := range samples {
		s.Times[i], s.Values[i] = samples[i].at, samples[i].value
	}
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.key, b.key) })
	for _, l := range labels {
		if l.key == "__name__" {
			s.Metric = a.b.Names.AddString(l.value)
			continue
		}
		s.Labels = append(s.Labels, parse.Label{Key: a.b.Names.AddString(l.key), Value: a.b.Names.AddString(l.value)})
	}
	a.b.Series = append(a.b.Series, s)
	l := p.at(samples[0].at)
	a.b.Item(a.f, &l, nil, len(a.b.Events))
	a.filed = true
	g := &a.b.Segments[len(a.b.Segments)-1] // the only one: all samples are on the wall clock
	g.To = max(g.To, parse.Time(samples[len(samples)-1].at))
}

// get is the value of a label, of the first of keys that the series has.
func get(labels []label, keys ...string) string {
	for _, k := range keys {
		for _, l := range labels {
			if l.key == k && l.value != "" {
				return l.value
			}
		}
	}
	return ""
}

// Relabelling gives the pod's name under one of these, depending on the
// scrape configuration.
var podLabels = []string{"pod", "kubernetes_pod_name", "pod_name", "exported_pod"}

// subject names the process that a series is about, 0 when it names no pod.
func (a *answer) subject(labels []label) parse.Name {
	pod := get(labels, podLabels...)
	if pod == "" {
		return 0
	}
	return a.b.Names.AddString(parse.Subject(get(labels, "namespace", "kubernetes_namespace"), pod, get(labels, "container", "container_name")))
}
