package controller

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// webhook is the one that a message tells of, quoted behind "failed calling
// webhook" or what was to be converted, and why it failed.
func (r *record) webhook() (name, why []byte) {
	for _, before := range []string{"calling webhook, failing open ", "calling webhook, failing closed ", "calling webhook ", "onversion webhook for ", "to make webhook "} {
		_, rest, ok := bytes.Cut(r.message, []byte(before))
		if !ok {
			continue
		}
		end := bytes.Index(rest, []byte(": "))
		if end < 0 {
			end = len(rest)
		}
		name = bytes.Trim(rest[:end], `\" `)
		name = bytes.TrimSuffix(bytes.TrimSuffix(name, []byte(" request")), []byte(" failed"))
		why = bytes.TrimPrefix(rest[end:], []byte(": "))
		if i := bytes.Index(why, append([]byte("calling webhook \""), name...)); i >= 0 { // the error says it once more
			_, why, _ = bytes.Cut(why[i:], []byte(": "))
		}
		return name, bytes.TrimRight(why, "\n")
	}
	return nil, nil
}

// outcome is what became of the request that a webhook was asked about, as it begins
// the fact: it went on, or was refused; "" where the line does not say.
func (r *record) outcome() string {
	for _, o := range []string{"failing open", "failing closed"} {
		if bytes.Contains(r.message, []byte("calling webhook, "+o)) {
			return o + ": "
		}
	}
	return ""
}

// twice says that the event which was added last may be told by a second line:
// where a webhook may fail, the API server prints that it goes on without, and
// the same error once more (k8s.io/apiserver
// pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go).
func (r *record) twice(b *parse.Batch, name []byte) {
	part := uint8(1)
	if bytes.Contains(r.message, []byte("calling webhook, failing ")) {
		part = 2
	}
	b.Pair(uint64(lex.Fingerprint([]byte("webhook"), name)), part, time.Second)
}

// sandboxed is the pod that a container runtime names, "namespace/name", in
// "&PodSandboxMetadata{Name:web-0,Uid:…,Namespace:shop,Attempt:0,}".
func (r *record) sandboxed() []byte {
	_, rest, ok := bytes.Cut(r.message, []byte("&PodSandboxMetadata{Name:"))
	name, rest, ok2 := bytes.Cut(rest, []byte{','})
	_, rest, ok3 := bytes.Cut(rest, []byte("Namespace:"))
	namespace, _, ok4 := bytes.Cut(rest, []byte{','})
	if !ok || !ok2 || !ok3 || !ok4 {
		return nil
	}
	return append(append(append([]byte(nil), namespace...), '/'), name...)
}
