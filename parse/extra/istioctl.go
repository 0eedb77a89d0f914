package extra

import (
	"bytes"
	"slices"
	"strings"

	"faultline/parse"
)

// Istioctl are the tables of istioctl proxy-config endpoints and proxy-status: hosts that
// an Envoy has taken out, and proxies that have not taken their newest configuration.
var Istioctl = &parse.Format{
	Name: "istioctl", Role: parse.RoleAbout, Lane: parse.LaneOther,
	Origin: "istioctl proxy-config endpoints, proxy-status (istio istioctl/pkg/writer/envoy/clusters/clusters.go, istioctl/pkg/writer/pilot/status.go)",
	Doc: `Tables of istioctl proxy-config endpoints, which tell the hosts that outlier detection took out, and of istioctl proxy-status, which tell the proxies whose configuration is STALE.
ENDPOINT           STATUS      OUTLIER CHECK   CLUSTER
10.20.31.7:8080    UNHEALTHY   FAILED          outbound|8080||web.shop.svc.cluster.local`,
	Hints:  []string{"OUTLIER CHECK", "HEALTHY ", "SYNCED", "STALE"},
	Line:   istioctl,
	Detail: parse.RowDetail,
}

// synced are what proxy-status prints of each kind of configuration.
var synced = []string{"SYNCED", "STALE", "NOT SENT", "IGNORED"}

func istioctl(l *parse.Line, b *parse.Batch) parse.Verdict {
	words := strings.Fields(string(l.Text))
	switch {
	case len(words) == 5 && words[0] == "ENDPOINT" && words[2] == "OUTLIER":
		return parse.Other
	case len(words) > 6 && words[0] == "NAME" && (words[1] == "CDS" || words[2] == "CDS"):
		return parse.Other
	case len(words) == 4 && strings.HasSuffix(words[1], "HEALTHY") && (words[2] == "OK" || words[2] == "FAILED"):
		if words[2] == "OK" {
			return parse.Other
		}
		of := words[3][strings.LastIndexByte(words[3], '|')+1:]
		b.Add(parse.Event{Kind: parse.ProxyBreaker, Severity: parse.Warn, Target: b.Names.AddString(of), Fact: b.Names.AddString("tripped: " + words[0] + " failed the outlier check")})
		return parse.Took
	case len(words) > 6 && strings.Count(words[0], ".") > 0 && bytes.Contains(l.Text, []byte("istiod")) &&
		slices.ContainsFunc(synced, func(w string) bool { return bytes.Contains(l.Text, []byte(w)) }):
		if !bytes.Contains(l.Text, []byte("STALE")) {
			return parse.Other
		}
		b.Add(parse.Event{Kind: parse.ControllerStreamAborted, Severity: parse.Warn, Target: b.Names.AddString(words[0]),
			Fact: b.Names.AddString(words[0] + ": " + Stale)})
		return parse.Took
	}
	return parse.NotMine
}

// Stale ends the fact of a proxy that has not taken the configuration that it was sent.
const Stale = "its configuration is STALE"
