package parse

import (
	"bytes"
	"regexp"
)

// toolLines are lines of the outputs that people paste into tickets whole. A
// line of one is no prose: where no format reads it, it is named as not
// understood.
var toolLines = []struct {
	what string
	re   *regexp.Regexp
}{
	// pkg/healthcheck of linkerd2: the status of each check, and its hints.
	{"linkerd check", regexp.MustCompile(`^\s*(√|×|‼|\[ok\]|\[FAIL\]|\[warn\]) \S|^\s*see https://linkerd\.io/\S*checks/|^\s*(issuer|anchor) certificate will expire|^\s*The ".*" (container|pod) `)},
	// viz/cmd/tap.go of linkerd2.
	{"linkerd viz tap", regexp.MustCompile(`^\s*(req|rsp|end) id=\d+:\d+ `)},
	// The text format of Prometheus's exposition.
	{"a metrics page", regexp.MustCompile(`^\s*(# (HELP|TYPE) [a-zA-Z_:]|[a-zA-Z_:][a-zA-Z0-9_:]*\{[^}]*\} [-+0-9.eE]+|[a-z_:]+_(total|count|sum|bucket|seconds) [-+0-9.eE]+$)`)},
}

// toolOutput says which tool's output a line is of, "" for any other.
func toolOutput(line []byte) string {
	line = bytes.Trim(line, "\t >|`")
	for _, t := range toolLines {
		if t.re.Match(line) {
			return t.what
		}
	}
	return ""
}
