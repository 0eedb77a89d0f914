package rules

import (
	"strings"

	"faultline/parse"
)

// places looks up which pod has which address, and on which node it runs.
func (p *Pass) places() {
	p.pods, p.nodes = map[string]string{}, map[string]string{}
	for _, f := range p.Facts {
		parts := strings.Split(p.Name(f.Subject), "/")
		if len(parts) < 2 {
			continue
		}
		switch p.Name(f.Key) {
		case parse.FactAddress:
			p.pods[p.Name(f.Value)] = parts[1]
		case parse.FactNode:
			p.nodes[parts[1]] = p.Name(f.Value)
		}
	}
}

// nodeOf is the node that a sight's pod runs on, "" where nothing tells.
func (p *Pass) nodeOf(s sight) string {
	_, name := objectOf(p.targetOf(s))
	if node := p.nodes[name]; node != "" {
		return node
	}
	return p.nodes[p.Whose(s.Point).Pod]
}
