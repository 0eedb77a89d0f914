package rules

import (
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// unrelated is from how many workloads on what they share is their node.
const unrelated = 3

// oneNode files timeouts of unrelated workloads of one node in the same half
// minute under the node.
func (p *Pass) oneNode() {
	all := p.sights["probe_timeout"]
	p.sort(all)
	many, hosts := p.crowds(all)
	node := map[int]bool{}
	for i, s := range all {
		switch {
		case !many[i], !s.placed && (hosts[i] != "" || p.At(s.Point).Grain.Width() > 10*time.Second):
		case hosts[i] == "": // no more than a hint beside the probes
			p.again("node_stall", s, func(r *reading) { r.sure = correlate.Low })
		default:
			node[i] = true
		}
	}
	if len(node) == 0 {
		return
	}
	i := -1
	for _, s := range p.move("probe_timeout", func(sight) bool { i++; return node[i] }) {
		p.again("node_stall", s, func(r *reading) { r.sure = correlate.Medium })
	}
}

// crowds tells of each of some probes, in the order of time, on which node it was and
// whether in the quarter of a minute before and behind it probes of several workloads
// of that node stand on its clock. Each is counted once as it comes and once as it goes.
func (p *Pass) crowds(all []sight) (many []bool, hosts []string) {
	const near = parse.Time(15 * time.Second)
	type place struct {
		lane
		host string
	}
	at, named := map[place][]int{}, map[parse.Name]string{}
	workload := func(i int) string {
		target := p.At(all[i].Point).Target
		if _, had := named[target]; !had {
			_, name := objectOf(p.Name(target))
			named[target] = correlate.Workload(name)
		}
		return named[target]
	}
	many, hosts = make([]bool, len(all)), make([]string, len(all))
	for i, s := range all {
		hosts[i] = p.nodeOf(s)
		where := place{s.lane(), hosts[i]}
		at[where] = append(at[where], i)
	}
	for _, list := range at {
		from, to, who := 0, 0, map[string]int{}
		for _, i := range list {
			for ; to < len(list) && all[list[to]].at <= all[i].at+near; to++ {
				who[workload(list[to])]++
			}
			for ; all[list[from]].at < all[i].at-near; from++ {
				gone := workload(list[from])
				if who[gone]--; who[gone] == 0 {
					delete(who, gone)
				}
			}
			many[i] = len(who) >= unrelated
		}
	}
	return many, hosts
}
