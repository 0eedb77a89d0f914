package kubelet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"faultline/parse"
	"faultline/parse/lex"
)

// said is what an event says, in whichever way it was printed.
type said struct {
	reason, from, message, part []byte
	kind                        []byte // Normal, Warning, or empty where it was left out
}

// proxyContainer is the container that linkerd's injector adds to a pod.
const proxyContainer = "linkerd-proxy"

// longest is how much of a failure's text is kept with the event; the rest
// stands in its line.
const longest = 160

// event says what an event means. An Unhealthy event is a probe's when the
// kubelet sent it; where the table names no source, its wording tells.
func (s said) event(b *parse.Batch) parse.Event {
	e := parse.Event{Kind: parse.K8sEvent, Severity: parse.Info, Print: s.print(), Target: b.Names.AddString(podIn(s.message))}
	if string(s.kind) == "Warning" {
		e.Severity = parse.Warn
	}
	switch string(s.reason) {
	case "Unhealthy":
		probe, text := probeOf(s.message)
		if len(s.from) > 0 && !has(s.from, "kubelet") || len(s.from) == 0 && probe == parse.ProbeUnknown {
			break
		}
		failure, status := failureOf(text)
		if probe == parse.ProbeUnknown {
			failure = parse.FailureOther
		}
		e.Kind, e.Class, e.Value = parse.KubeletProbeFailed, parse.ProbeClass(probe, failure), float64(status)
		e.Fact = b.Names.Add(clip(text))
		if string(s.container()) == proxyContainer { // whose probe it was decides what it means
			e.Fact = b.Names.AddString(string(clip(text)) + " (" + proxyContainer + ")")
		}
		if len(s.kind) == 0 {
			e.Severity = parse.Warn
		}
		return e
	case "Started":
		e.Kind, e.Fact = parse.ContainerStarted, b.Names.Add(s.container())
		return e
	}
	fact := s.reasoned()
	if has(s.message, "Back-off pulling image") || string(s.reason) == "Failed" || string(s.reason) == "InspectFailed" {
		fact = []byte(ofContainer(string(fact), string(s.container())))
	}
	e.Fact, e.Value = b.Names.Add(fact), s.replicas()
	return e
}

// ofContainer is what kept a container from starting with its name: another one of the
// pod that starts says nothing of it.
func ofContainer(text, container string) string {
	if container == "" {
		return text
	}
	return text + " (container " + container + ")"
}

// reasoned is the reason, and of what went wrong or stopped the message behind
// it: BackOff is an image that cannot be pulled, or a container that ends.
func (s said) reasoned() []byte {
	if string(s.kind) != "Warning" && !worded[string(s.reason)] || len(s.message) == 0 {
		return s.reason
	}
	text := make([]byte, 0, longest)
	return clip(append(append(append(text, s.reason...), ": "...), bytes.Join(bytes.Fields(plugged(s.message)), []byte{' '})...))
}

// worded are reasons whose message says what happened, also where no type
// says that it is a warning.
var worded = map[string]bool{"Killing": true, "BackOff": true, "Failed": true, "FailedCreate": true, "FailedScheduling": true, "FailedMount": true,
	"FailedCreatePodSandBox": true, "FailedPostStartHook": true, "TaintManagerEviction": true, "LinkerdCNINotConfigured": true, "InjectionSkipped": true}

// replicas is how many an event says there are to be: "Scaled up replica set
// web-5c9 to 3", in later releases "from 1 to 3" or "to 3 from 1", and of an
// autoscaler "New size: 3; reason: …".
func (s said) replicas() float64 {
	before := " to "
	switch string(s.reason) {
	case "SuccessfulRescale":
		before = "New size: "
	case "ScalingReplicaSet":
	default:
		return 0
	}
	_, text, _ := bytes.Cut(s.message, []byte(before))
	n, _, _ := lex.Digits(text)
	return float64(n)
}

// clip shortens a text without cutting a character in two.
func clip(b []byte) []byte {
	if len(b) <= longest {
		return b
	}
	n := longest
	for n > longest-utf8.UTFMax && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}

// print is the fingerprint that the copies of an event share in every form:
// of its reason, and of the first line of its message, which is all that
// tables show, without the spaces that pasting changes.
func (s said) print() uint32 {
	text := append(make([]byte, 0, 256), s.reason...)
	text = append(text, 0)
	return lex.Fingerprint(appendWords(text, firstLine(s.message)))
}

// isSpace says whether c separates words, as unicode.IsSpace does below 0x80.
func isSpace(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

// appendWords appends the words of a text with one space between.
func appendWords(out, text []byte) []byte {
	begun := len(out)
	for i, c := range text {
		switch {
		case c >= utf8.RuneSelf: // there are spaces beyond ASCII
			return append(out[:begun], bytes.Join(bytes.Fields(text), []byte{' '})...)
		case !isSpace(c):
			if i > 0 && isSpace(text[i-1]) && len(out) > begun {
				out = append(out, ' ')
			}
			out = append(out, c)
		}
	}
	return out
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(bytes.TrimSpace(b), []byte{'\n'})
	return bytes.TrimSpace(line)
}

// container is what the event's part of the object names, or its message.
func (s said) container() []byte {
	if _, name, ok := bytes.Cut(s.part, []byte{'{'}); ok {
		return bytes.TrimSuffix(name, []byte{'}'})
	}
	if name, ok := bytes.CutPrefix(s.message, []byte("Started container ")); ok {
		return trim(name)
	}
	return nil
}

// probeOf reads "Readiness probe failed: …" and its variants, and gives which
// probe it was and how it failed (pkg/kubelet/prober/prober.go). The kubelet
// folds many different messages into one with a note before it.
func probeOf(message []byte) (p parse.Probe, text []byte) {
	m := bytes.TrimPrefix(bytes.TrimSpace(message), []byte("(combined from similar events): "))
	for p = parse.Readiness; p <= parse.Startup; p++ {
		name := p.String()
		rest, ok := bytes.CutPrefix(m, []byte(strings.ToUpper(name[:1])+name[1:]+" probe "))
		if !ok || !has(rest, "failed") && !has(rest, "errored") && !has(rest, "warning") {
			continue
		}
		_, text, _ = bytes.Cut(rest, []byte{':'})
		return p, bytes.TrimSpace(text)
	}
	return parse.ProbeUnknown, m
}

// grpcTexts begin what a gRPC probe says (pkg/probe/grpc/grpc.go).
var grpcTexts = []string{"timeout: failed to connect service", "timeout: health rpc", "error: failed to connect service",
	"error: health rpc", "error: this server does not implement the grpc health", "service unhealthy (responded with"}

// netTexts begin what Go's HTTP client and dialer say, with the URL quoted or,
// before Go 1.14, bare.
var netTexts = []string{"Get ", "Head ", "Post ", "dial ", "read tcp", "write tcp", "net/http:", "http:"}

// failures are the errors of the network, by what is unmistakable in each.
var failures = []struct {
	text    string
	failure parse.Failure
}{
	{"connection refused", parse.FailureRefused},
	{"connection reset", parse.FailureReset},
	{"context deadline exceeded", parse.FailureTimeout},
	{"Client.Timeout exceeded", parse.FailureTimeout},
	{"request canceled", parse.FailureTimeout},
	{"i/o timeout", parse.FailureTimeout},
	{"handshake timeout", parse.FailureTimeout},
	{"timeout awaiting", parse.FailureTimeout},
}

// failureOf sorts how a probe failed. What neither HTTP, TCP nor gRPC would
// say is the output of a command.
func failureOf(text []byte) (f parse.Failure, status int64) {
	if rest, ok := bytes.CutPrefix(text, []byte("HTTP probe failed with statuscode: ")); ok {
		status, n, ok := lex.Digits(rest)
		if !ok || n > 3 {
			status = 0
		}
		return parse.FailureHTTPStatus, status
	}
	for _, t := range grpcTexts {
		if has(text, t) {
			return parse.FailureGRPC, 0
		}
	}
	net := bytes.Contains(text, []byte("net/http:"))
	for _, t := range netTexts {
		net = net || has(text, t)
	}
	if !net {
		return parse.FailureExec, 0
	}
	for _, t := range failures {
		if bytes.Contains(text, []byte(t.text)) {
			return t.failure, 0
		}
	}
	return parse.FailureOther, 0
}

// plugged is the message of a sandbox whose network plugin failed, from the plugin on: before
// it stands an id that no other sandbox has.
func plugged(message []byte) []byte {
	if i := bytes.Index(message, []byte("plugin type=")); i > 0 && bytes.Contains(message[:i], []byte("sandbox")) {
		return message[i:]
	}
	return message
}
