package prom

import (
	"cmp"
	"slices"

	"faultline/parse"
)

// keeper puts what an export holds into the batch.
type keeper struct {
	f *parse.Format
	b *parse.Batch
}

// series makes a series of its samples.
func (k *keeper) series(labels []label, samples []sample) parse.Series {
	s := parse.Series{Times: make([]int64, len(samples)), Values: make([]float64, len(samples))}
	for i := range samples {
		s.Times[i], s.Values[i] = samples[i].at, samples[i].value
	}
	s.Metric, s.Labels = k.named(labels)
	return s
}

// named splits the metric's name off its labels, which it sorts.
func (k *keeper) named(labels []label) (metric parse.Name, out []parse.Label) {
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.key, b.key) })
	for _, l := range labels {
		if l.key == nameLabel {
			metric = k.b.Names.AddString(l.value)
			continue
		}
		out = append(out, parse.Label{Key: k.b.Names.AddString(l.key), Value: k.b.Names.AddString(l.value)})
	}
	return metric, out
}

// nameLabel holds the metric's name among the labels.
const nameLabel = "__name__"

// file adds a series to the batch, and its samples' times to what the stream
// covers. A sample at time 0 has none.
func (k *keeper) file(p place, s parse.Series) {
	s.Ref = parse.Ref{Line: p.line, Off: p.off, Len: uint32(p.size)}
	k.b.Series = append(k.b.Series, s)
	first := 0
	for first < len(s.Times) && s.Times[first] == 0 {
		first++
	}
	if first == len(s.Times) {
		l := p.at(0)
		l.Clock = parse.ClockNone
		k.b.Item(k.f, &l, nil, len(k.b.Events))
		return
	}
	l := p.at(s.Times[first])
	k.b.Item(k.f, &l, nil, len(k.b.Events))
	for i := range k.b.Segments {
		if g := &k.b.Segments[i]; g.Clock == parse.ClockWall { // there is only one
			g.To = max(g.To, parse.Time(s.Times[len(s.Times)-1]))
		}
	}
}

// end is called after the last series.
func (k *keeper) end() {
	for i := range k.b.Segments {
		k.b.Segments[i].Silences = nil // series do not follow one another
	}
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
func (k *keeper) subject(labels []label) parse.Name {
	pod := get(labels, podLabels...)
	if pod == "" {
		return 0
	}
	return k.b.Names.AddString(parse.Subject(get(labels, "namespace", "kubernetes_namespace"), pod, get(labels, "container", "container_name")))
}
