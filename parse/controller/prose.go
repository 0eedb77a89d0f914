package controller

import (
	"bytes"
	"regexp"

	"faultline/parse"
)

// A ticket says in words what no line says: which version was replaced by
// which, how many replicas were tried, which metric was looked at. Only what
// was done counts ("upgraded to"); advice ("try upgrading to") does not.
var (
	saidUpgrade = regexp.MustCompile(`(?i)\b(?:upgraded|updated|moved|migrated|downgraded|rolled back)\b(?: [a-z']+){0,3}?(?: from (?:linkerd )?v?` + versionText + `)? to (?:linkerd )?v?` + versionText)
	saidVersion = regexp.MustCompile(`(?i)\b(?:running|run|using|use|are on|is on|am on) (?:linkerd )?(?:version )?v?` + versionText)
	saidScale   = regexp.MustCompile(`(?i)\bscal(?:ed|ing)\b(?: [a-z-]+){0,4}? from \d{1,3} to \d{1,3}\b`)
	saidMetric  = regexp.MustCompile(`\b(grpc_server_handling_seconds|ip_port_subscribers|workload_subscribers|endpoints_updates|[a-z_]+_informer_lag_seconds)(?:_sum|_count|_bucket)?\b`)
)

const (
	versionText = `(?:stable-|edge-)?\d{1,2}\.\d{1,2}\.\d{1,3}`
	maxProse    = 8 << 10 // bytes of a line that is looked at
)

// prose states what a sentence of a ticket mentions.
func prose(l *parse.Line, b *parse.Batch) {
	text := l.Text[:min(len(l.Text), maxProse)]
	said := func(what, value string) {
		b.Fact(l, b.Names.AddString(what), parse.FactMentioned, value, 0, 0)
	}
	if bytes.ContainsAny(text, "0123456789") {
		for _, m := range saidUpgrade.FindAllSubmatch(text, -1) {
			said("upgrade", string(m[0]))
		}
		for _, m := range saidVersion.FindAllSubmatch(text, -1) {
			said("version", string(m[0]))
		}
		for _, m := range saidScale.FindAllSubmatch(text, -1) {
			said("scale", string(m[0]))
		}
	}
	if !bytes.Contains(text, []byte{'_'}) {
		return
	}
	var seen [][]byte
metrics:
	for _, m := range saidMetric.FindAllSubmatch(text, -1) {
		for _, s := range seen {
			if bytes.Equal(s, m[1]) {
				continue metrics
			}
		}
		seen = append(seen, m[1])
		said("metric", string(m[1]))
	}
}
