package rules

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

func init() {
	said := notMeshed.Apply
	notMeshed.Apply = func(p *Pass) []correlate.Finding {
		if list := said(p); len(list) > 0 {
			return list
		}
		return p.unmeshed()
	}
}

// unmeshed finds pods without a proxy whose siblings, pods of the same workload, have
// one: whoever made them had not asked for the mesh, or was not heard.
func (p *Pass) unmeshed() []correlate.Finding {
	type pod struct {
		ref    parse.Ref
		meshed bool
	}
	pods, meshed := map[string]*pod{}, map[string]bool{}
	for _, f := range p.fact(parse.FactImage) { // a pod's object lists all of its containers
		parts := strings.Split(p.Name(f.Subject), "/")
		if len(parts) != 3 {
			continue
		}
		name := parts[0] + "/" + parts[1]
		if pods[name] == nil {
			pods[name] = &pod{ref: f.Ref}
		}
		if parts[2] == sidecars[0] {
			pods[name].meshed = true
			meshed[parts[0]+"/"+correlate.Workload(parts[1])] = true
		}
	}
	var without []named
	for name, q := range pods {
		namespace, short := objectOf(name)
		if !q.meshed && meshed[namespace+"/"+correlate.Workload(short)] {
			without = append(without, named{name: name})
		}
	}
	if len(without) == 0 {
		return nil
	}
	slices.SortFunc(without, func(a, b named) int { return strings.Compare(a.name, b.name) })
	f := notMeshed.Diagnosis.finding(correlate.Info, correlate.Medium)
	f.Count, f.Facets["target"] = len(without), without[0].name
	f.Title = fmt.Sprintf("%s without a proxy, whose siblings have one: %s.", words.Upper(words.Count(len(without), "pod is", "pods are")), clean(some(without, 2)))
	for _, w := range without {
		f.Evidence = append(f.Evidence, refs(pods[w.name].ref)...)
	}
	f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
	return []correlate.Finding{f}
}
