package wrap

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Stern is stern's own output: "POD CONTAINER text", with -A "NAMESPACE POD
// CONTAINER text", in colour or not; with -t a stamp comes next, which is
// [Timestamps] (stern/stern cmd/cmd.go, default templates). Any text begins
// with words, so the pod must have the name of one that a controller made, or
// what follows must begin as a log line does. A template may have the node
// between the two.
var Stern = &parse.Wrapper{
	Name: "stern",
	Doc:  "stern: pod and container, with -A the namespace before",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		bare := lex.StripANSI(line)
		one, rest, ok1 := bytes.Cut(bare, []byte{' '})
		two, rest, ok2 := bytes.Cut(rest, []byte{' '})
		if !ok1 || !ok2 {
			return line, false
		}
		three, after, ok := bytes.Cut(rest, []byte{' '})
		if isPod(one) && isLabel(two) && (generated(one) || logLike(rest)) {
			if ok && isLabel(three) && !logLike(rest) && logLike(after) { // a template with the node between
				two, rest = three, after
			}
			p.Pod, p.Container = one, two
			return rest, true
		}
		rest = after
		if ok && isLabel(one) && isPod(two) && isLabel(three) && (generated(two) || logLike(rest)) {
			p.Namespace, p.Pod, p.Container = one, two, three
			return rest, true
		}
		return line, false
	},
}

const labelBytes = "abcdefghijklmnopqrstuvwxyz0123456789-"

func isLabel(b []byte) bool {
	return len(b) > 0 && len(b) <= 63 && strings.Trim(string(b), labelBytes) == "" && b[0] != '-' && b[len(b)-1] != '-'
}

func isPod(b []byte) bool {
	return bytes.IndexByte(b, '-') > 0 && len(b) <= 253 && strings.Trim(string(b), labelBytes+".") == "" && b[len(b)-1] != '-'
}

// generated says whether a pod's name ends as that of a Deployment, DaemonSet
// or Job does, in five letters of those that spell no words (apimachinery
// pkg/util/rand), or as that of a StatefulSet, in a number.
func generated(pod []byte) bool {
	end := string(pod[bytes.LastIndexByte(pod, '-')+1:])
	return len(end) == 5 && strings.Trim(end, "bcdfghjklmnpqrstvwxz2456789") == "" ||
		len(end) <= 4 && strings.Trim(end, "0123456789") == ""
}

// logLike says whether a text begins as the programs that we know begin theirs.
func logLike(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case '[', '{':
		return true
	case 'I', 'W', 'E', 'F':
		_, _, ok := lex.KlogHeader(b)
		return ok
	}
	_, _, ok := lex.RFC3339(b)
	return ok || bytes.HasPrefix(b, []byte(`time="`))
}

// Logcli is Grafana Loki's `logcli query`, and lines copied from Grafana with
// their labels: a stamp, the labels in braces, the text. Of the labels those
// are used that name the container.
var Logcli = &parse.Wrapper{
	Name: "logcli",
	Doc:  `logcli: stamp, {labels}, text`,
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		w, n, ok := iso(line)
		if !ok || !w.zoned {
			return line, false
		}
		rest := bytes.TrimLeft(line[n:], " \t")
		if len(rest) == len(line[n:]) || len(rest) < 2 || rest[0] != '{' {
			return line, false
		}
		o := *p
		for rest = rest[1:]; len(rest) > 0 && rest[0] != '}'; {
			key, after, ok := bytes.Cut(rest, []byte{'='})
			value, n, quoted := lex.Quoted(after)
			if !ok || !quoted || bytes.ContainsAny(key, ` "{}`) {
				return line, false
			}
			owner(&o, key, value)
			rest = bytes.TrimLeft(after[n:], ", ")
		}
		if len(rest) == 0 {
			return line, false
		}
		*p = o
		w.set(p)
		return bytes.TrimLeft(rest[1:], " \t"), true
	},
}
