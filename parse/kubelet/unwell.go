package kubelet

import (
	"bytes"

	"faultline/parse/lex"
)

// What the kubelet writes when its node, or what runs the containers, is unwell
// (pkg/kubelet: kubelet.go, nodestatus/setters.go, kuberuntime_sandbox.go); the
// first two since 1.4 and 1.14, structured since 1.21. While a kubelet starts it
// skips pods too, but has not seen the containers' state once yet.
const (
	msgPLEG     = "pleg was last seen active"
	msgNotReady = "Node became not ready"
	msgSandbox  = `"Failed to create sandbox for pod"`
)

// unwell reads such a record. Of a pod whose sandbox cannot be made four lines
// are written; the one that names it counts.
func (r *record) unwell() (o occurred, ok bool) {
	m := r.message
	if r.object != nil || string(r.caller) == "event.go" {
		return o, false
	}
	pair := func(key string) (value []byte) {
		_, n, _ := lex.Quoted(m)
		for rest := m[n:]; ; {
			k, v, n, ok := lex.Pair(rest)
			if !ok || string(k) == key {
				return v
			}
			rest = rest[n:]
		}
	}
	switch {
	case has(m, msgSandbox):
		namespace, name, slash := bytes.Cut(pair("pod"), []byte{'/'})
		o.said = said{reason: []byte("FailedCreatePodSandBox"), message: pair("err"), kind: []byte("Warning")}
		o.target = target(string(namespace), "pod", string(name))
		return o, slash
	case has(bytes.TrimLeft(m, `"`), msgNotReady):
		o.said = said{reason: []byte("NodeNotReady"), message: m, kind: []byte("Warning")}
		if node := pair("node"); len(node) > 0 && m[0] == '"' {
			o.target, o.said.message = target("", "node", string(node)), pair("condition")
		}
		return o, true
	}
	bare := bytes.TrimLeft(m, `"`)
	if i := bytes.Index(m, []byte(msgPLEG)); i >= 0 && (has(bare, "Skipping pod synchronization") || has(bare, "skipping pod synchronization")) {
		o.said = said{reason: []byte("PLEGNotHealthy"), message: bytes.Trim(m[i:], `."]`), kind: []byte("Warning")}
		return o, true
	}
	return o, false
}
