package kubelet

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// record is one line of the kubelet's log out of its carrier.
type record struct {
	severity parse.Severity
	caller   string // "prober.go"
	message  []byte // with the pairs of a structured line behind it
	time     []byte // as printed
	since    int64  // of a year that is not named
	unix     int64
	yearless bool
	object   map[string]json.RawMessage // of JSON
}

// readRecord reads a klog line, "I0507 11:59:37.133005    3782 prober.go:107] …",
// or an object of component-base's JSON, whose ts is in milliseconds.
func readRecord(text []byte) (r record, ok bool) {
	text = bytes.TrimLeft(text, " ")
	if len(text) > 0 && text[0] == '{' {
		return readObject(text)
	}
	k, n, ok := lex.KlogHeader(text)
	if !ok {
		return r, false
	}
	r.severity = map[byte]parse.Severity{'I': parse.Info, 'W': parse.Warn, 'E': parse.Error, 'F': parse.Fatal}[k.Severity]
	r.caller, _, _ = strings.Cut(string(k.Caller), ":")
	r.since, r.yearless, r.message = k.Since, true, text[n:]
	r.time = text[:klogDate+bytes.IndexByte(text[klogDate:], ' ')]
	return r, true
}

const klogDate = len("I0507 ")

func readObject(text []byte) (r record, ok bool) {
	if !bytes.Contains(text, []byte(`"caller":`)) || !isMilli(text) || json.Unmarshal(text, &r.object) != nil {
		return r, false
	}
	var caller, msg string
	var ts json.Number
	if json.Unmarshal(r.object["caller"], &caller) != nil || json.Unmarshal(r.object["msg"], &msg) != nil || json.Unmarshal(r.object["ts"], &ts) != nil {
		return r, false
	}
	milli, err := strconv.ParseFloat(ts.String(), 64)
	if err != nil || milli < 1e11 || milli > 1e13 {
		return r, false // seconds are another program's
	}
	r.unix, r.time = int64(milli*1e3)*1e3, []byte(ts)
	r.severity = parse.Info
	if _, failed := r.object["err"]; failed {
		r.severity = parse.Error
	}
	r.caller, _, _ = strings.Cut(caller[strings.LastIndexByte(caller, '/')+1:], ":")
	r.message = []byte(strconv.Quote(msg))
	return r, true
}

// isMilli says whether the ts of an object may be in milliseconds; at a glance,
// since other programs write objects with a caller as well.
func isMilli(text []byte) bool {
	const key = `"ts":`
	i := bytes.Index(text, []byte(key))
	if i < 0 || bytes.Count(text, []byte(`"ts"`)) > 1 {
		return true
	}
	v, _, ok := lex.Element(text[i+len(key):])
	ts, err := strconv.ParseFloat(string(v), 64)
	return !ok || err != nil || ts >= 1e11
}

// callers are files of the kubelet whose lines are known and tell nothing
// here. Lines of the libraries in it, such as reflector.go, are left to the
// formats that read them.
var callers = []string{"prober.go", "prober_manager.go", "kubelet.go", "kubelet_pods.go", "kubelet_node_status.go", "setters.go", "kubelet_getters.go",
	"kubelet_volumes.go", "kubelet_resources.go", "kubelet_network.go", "kubelet_network_linux.go", "pod_workers.go", "status_manager.go",
	"kuberuntime_manager.go", "kuberuntime_container.go", "kuberuntime_container_linux.go", "kuberuntime_sandbox.go", "kuberuntime_gc.go", "kuberuntime_image.go", "remote_runtime.go", "remote_image.go",
	"pod_container_deletor.go", "pod_container_manager_linux.go", "reconciler_common.go", "operation_generator.go", "nestedpendingoperations.go",
	"desired_state_of_world_populator.go", "volume_manager.go", "eviction_manager.go", "image_gc_manager.go", "container_manager_linux.go", "cpu_manager.go", "memory_manager.go",
	"state_mem.go", "topology_manager.go", "patch_prober.go", "csi_plugin.go", "csi_mounter.go", "csi_attacher.go", "plugin_watcher.go",
	"azure_credentials.go", "cadvisor_stats_provider.go", "docker_sandbox.go", "docker_service.go", "kuberuntime_logs.go", "pod_startup_latency_tracker.go"}

// classify says what the line means: Took for what is an event.
func (r *record) classify() (p probed, v parse.Verdict) {
	message, n, structured := lex.Quoted(r.message)
	p.read = r.pairsOf(n)
	switch {
	case structured && string(message) == msgFailed[1:len(msgFailed)-1]:
		p.outcome = "failed"
	case structured && string(message) == msgErrored[1:len(msgErrored)-1]:
		p.outcome = "errored"
	case structured && string(message) == msgSync[1:len(msgSync)-1]:
		p.read(&p)
		p.sync = true
		switch {
		case p.kind != parse.Readiness.String():
			return p, parse.Other // of liveness and startup, events tell what followed
		case p.pod == "" || p.cut:
			return p, parse.Malformed
		}
		return p, parse.Took
	case !structured && bytes.Contains(r.message, []byte(msgOld)):
		return p, p.old(r.message)
	case slices.Contains(callers, r.caller):
		return p, parse.Other
	default:
		return p, parse.NotMine
	}
	p.read(&p)
	if p.probe == parse.ProbeUnknown && p.open == "" {
		if r.caller == "prober.go" {
			return p, parse.Malformed
		}
		return p, parse.NotMine
	}
	return p, parse.Took
}

// pairsOf reads the fields of a structured line, whose message takes n bytes.
func (r *record) pairsOf(n int) func(p *probed) {
	if r.object == nil {
		return func(p *probed) { p.pairs(r.message[n:]) }
	}
	return func(p *probed) {
		for key, raw := range r.object {
			p.set(key, []byte(text(raw)))
		}
		var ref reference
		if json.Unmarshal(r.object["pod"], &ref) == nil {
			p.namespace, p.pod = ref.Namespace, ref.Name
		}
	}
}
