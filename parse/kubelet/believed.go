package kubelet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Endpoints is what `linkerd diagnostics endpoints` prints: which addresses a
// replica of the destination controller believes in (linkerd2
// cli/cmd/endpoints.go). The output of several replicas may stand in one file.
var Endpoints = endpointsFormat()

func endpointsFormat() *parse.Format {
	f := &parse.Format{
		Name: "endpoints",
		Doc: `Tables and JSON of linkerd diagnostics endpoints: the addresses that a replica of the destination controller answers with. A line that names the replica may stand before each.
NAMESPACE   IP            PORT   POD                    SERVICE
emojivoto   10.244.0.12   8080   web-6cfbccc48-5g8px    web-svc.emojivoto`,
		Origin: "linkerd diagnostics endpoints, since 2.9 (linkerd2 cli/cmd/endpoints.go)",
		Role:   parse.RoleAbout, Lane: parse.LaneKubelet, Need: "diagnostics",
		Hints: []string{"NAMESPACE", "No endpoints found", destination},
		Line:  endpointLine,
		Whole: true,
		SniffDocument: func(head []byte) bool {
			head = bytes.TrimSpace(lex.TrimBOM(head))
			return has(head, "[") && bytes.Contains(head, []byte(`"namespace"`)) && bytes.Contains(head, []byte(`"ip"`)) &&
				bytes.Contains(head, []byte(`"service"`)) && has(bytes.TrimLeft(head[1:], " \t\r\n"), "{")
		},
	}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		answer := 0
		return walkArrays(r, func(o object, doc int) {
			var v believed
			if err := json.Unmarshal(o.raw, &v); err != nil || v.IP == "" || v.Service == "" {
				b.Problem(o.line, "an endpoint is not understood")
				return
			}
			answer = doc
			l := o.at(0, len(o.raw))
			v.fact(&l, b, answer, "")
		})
	}
	return f
}

// believed is one row.
type believed struct {
	Namespace, IP, Pod, Service string
	Port                        uint32
}

// asked is which answer the rows belong to.
type asked struct {
	answer    int
	fresh     bool   // a heading came, and no row yet
	namespace string // of the latest row
	replica   string // as a line before the table named it
	named     bool   // since the latest row
}

// destination begins the names of linkerd's destination pods.
const destination = "linkerd-destination-"

func endpointLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var v believed
	switch {
	case isEndpointHeading(l.Text):
		asking(b).fresh = true
		return parse.Other
	case string(trim(l.Text)) == "No endpoints found.":
		a := asking(b)
		a.next("")
		b.Fact(l, 0, FactBelieved, strings.TrimPrefix(a.told("none"), " "), 0, 0)
		return parse.Took
	case v.read(l.Text):
		a := asking(b)
		a.next(v.Namespace)
		v.fact(l, b, a.answer, a.replica)
		return parse.Took
	}
	if i := bytes.Index(l.Text, []byte(destination)); i >= 0 && i < 300 {
		name := l.Text[i:]
		end := 0
		for end < len(name) && label(name[:end+1]) {
			end++
		}
		if s := known(b); end > len(destination) && (s == nil || s.asked == nil || s.asked.replica != string(name[:end]) || !s.asked.named) {
			a := asking(b)
			a.replica, a.named = strings.TrimRight(string(name[:end]), "-"), true
		}
	}
	return parse.NotMine
}

func asking(b *parse.Batch) *asked {
	s := remember(b)
	if s.asked == nil {
		s.asked = &asked{}
	}
	return s.asked
}

// next counts an answer when a row cannot be of the one before: an answer has
// one table for each namespace, in their order.
func (a *asked) next(namespace string) {
	if a.answer == 0 || a.named || namespace == "" || a.fresh && namespace <= a.namespace {
		if a.answer > 0 && !a.named {
			a.replica = "" // of the answer before
		}
		a.answer++
	}
	a.fresh, a.named, a.namespace = false, false, namespace
}

func (a *asked) told(what string) string { return tellAnswer(what, a.answer, a.replica) }

func tellAnswer(what string, answer int, replica string) string {
	what = fmt.Sprintf("%s answer=%d", what, answer)
	if replica != "" {
		what += " replica=" + replica
	}
	return what
}

func isEndpointHeading(line []byte) bool {
	if !bytes.Contains(line, []byte("NAMESPACE")) {
		return false
	}
	words := strings.Fields(string(line))
	return len(words) >= 5 && strings.Join(words[:5], " ") == "NAMESPACE IP PORT POD SERVICE"
}

// read takes a row apart: an address has no pod when it is outside of the
// cluster. The namespace stands twice, which nothing else has.
func (v *believed) read(line []byte) bool {
	if w, ok := leading(line); ok && (len(w[2]) == 0 || w[2][0]-'0' > 9 || !isIP(w[1])) {
		return false
	}
	words := bytes.Fields(line)
	if len(words) == 4 {
		words = append(words[:3:3], nil, words[3])
	}
	if len(words) < 5 || !label(words[0]) || !isIP(words[1]) {
		return false
	}
	port, n, ok := lex.Digits(words[2])
	if !ok || n != len(words[2]) || port > 65535 || !bytes.HasSuffix(words[4], append([]byte{'.'}, words[0]...)) {
		return false
	}
	*v = believed{string(words[0]), string(words[1]), string(words[3]), string(words[4]), uint32(port)}
	return true
}

// isIP says whether b has the shape of an address.
func isIP(b []byte) bool {
	dots, colons := 0, 0
	for _, c := range b {
		switch {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return dots == 3 && colons == 0 && len(b) >= 7 || colons >= 2
}

// fact states one row.
func (v *believed) fact(l *parse.Line, b *parse.Batch, answer int, replica string) {
	service := strings.TrimSuffix(v.Service, "."+v.Namespace)
	what := fmt.Sprintf("%s:%d", v.IP, v.Port)
	if v.Pod != "" {
		what += " " + v.Pod
	}
	b.Fact(l, b.Names.AddString(v.Namespace+"/"+service), FactBelieved, tellAnswer(what, answer, replica), 0, 0)
}
