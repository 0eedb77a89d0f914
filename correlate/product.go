package correlate

import (
	"strings"

	"faultline/parse"
	"faultline/parse/formats"
)

// meshName stands in the names of linkerd's pods, containers, series and hosts.
const meshName = "linkerd"

// proxyLogs is the need that any proxy's log meets.
const proxyLogs = "proxy-logs"

// Linkerd says whether the dump comes from a cluster in which linkerd is, or may
// well be: something of it was read, or nothing of any other product that serves
// requests. What to collect and what preceded a failure are said accordingly:
// a dump of a load balancer has no controller that could have answered.
func (c *Placed) Linkerd() bool { return c.linkerd }

func findLinkerd(ix *Index) bool {
	others := ix.ByKind[parse.AppCallFailed] > 0 // of any program: linkerd's own say it in words of their own
	for s := range ix.Streams {
		st := &ix.Streams[s]
		switch {
		case writtenBy(st, parse.ComponentProxy) || writtenBy(st, parse.ComponentPolicy):
			return true
		case serves(st), formats.Of(st.Format).Need == proxyLogs, writtenBy(st, parse.ComponentApplication):
			others = true
		}
		if who := ix.Who[s]; strings.Contains(who.Container, meshName) || strings.Contains(who.Pod, meshName) ||
			strings.Contains(who.Namespace, meshName) {
			return true
		}
	}
	if !others {
		return true
	}
	for n := range ix.Names.Len() {
		if strings.Contains(ix.Names.Text(parse.Name(n)), meshName) {
			return true
		}
	}
	return false
}
