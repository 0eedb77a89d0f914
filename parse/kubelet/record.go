package kubelet

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// record is one line of the kubelet's log out of its carrier.
type record struct {
	severity parse.Severity
	caller   []byte // "prober.go"
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
	r.severity = severityOf(k.Severity)
	r.caller, _, _ = bytes.Cut(k.Caller, []byte{':'})
	r.since, r.yearless, r.message = k.Since, true, text[n:]
	r.time = text[:klogDate+bytes.IndexByte(text[klogDate:], ' ')]
	return r, true
}

// severityOf is the severity that the first letter of a klog line tells.
func severityOf(letter byte) parse.Severity {
	switch letter {
	case 'I':
		return parse.Info
	case 'W':
		return parse.Warn
	case 'E':
		return parse.Error
	case 'F':
		return parse.Fatal
	}
	return parse.SeverityNone
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
	name, _, _ := strings.Cut(caller[strings.LastIndexByte(caller, '/')+1:], ":")
	r.caller = []byte(name)
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
var callers = map[string]bool{
	"prober.go": true, "prober_manager.go": true, "kubelet.go": true, "kubelet_pods.go": true, "kubelet_node_status.go": true,
	"setters.go": true, "kubelet_getters.go": true, "kubelet_volumes.go": true, "kubelet_resources.go": true,
	"kubelet_network.go": true, "kubelet_network_linux.go": true, "pod_workers.go": true, "status_manager.go": true,
	"kuberuntime_manager.go": true, "kuberuntime_container.go": true, "kuberuntime_container_linux.go": true,
	"kuberuntime_sandbox.go": true, "kuberuntime_gc.go": true, "kuberuntime_image.go": true, "remote_runtime.go": true,
	"remote_image.go": true, "pod_container_deletor.go": true, "pod_container_manager_linux.go": true, "reconciler_common.go": true,
	"operation_generator.go": true, "nestedpendingoperations.go": true, "desired_state_of_world_populator.go": true,
	"volume_manager.go": true, "eviction_manager.go": true, "image_gc_manager.go": true, "container_manager_linux.go": true,
	"cpu_manager.go": true, "memory_manager.go": true, "state_mem.go": true, "topology_manager.go": true, "scope.go": true,
	"patch_prober.go": true, "csi_plugin.go": true, "csi_mounter.go": true, "csi_attacher.go": true, "plugin_watcher.go": true,
	"azure_credentials.go": true, "cadvisor_stats_provider.go": true, "docker_sandbox.go": true, "docker_service.go": true,
	"kuberuntime_logs.go": true, "pod_startup_latency_tracker.go": true,
}

// classify says what the line means: Took for what is an event.
func (r *record) classify() (p probed, v parse.Verdict) {
	message, n, structured := lex.Quoted(r.message)
	switch {
	case structured && string(message) == msgFailed[1:len(msgFailed)-1]:
		p.outcome = "failed"
	case structured && string(message) == msgErrored[1:len(msgErrored)-1]:
		p.outcome = "errored"
	case structured && string(message) == msgSync[1:len(msgSync)-1]:
		r.pairs(&p, n)
		p.sync = true
		switch {
		case string(p.kind) != parse.Readiness.String():
			return p, parse.Other // of liveness and startup, events tell what followed
		case len(p.pod) == 0 || p.cut:
			return p, parse.Malformed
		}
		return p, parse.Took
	case !structured && bytes.Contains(r.message, []byte(msgOld)):
		return p, p.old(r.message)
	case callers[string(r.caller)]:
		return p, parse.Other
	default:
		return p, parse.NotMine
	}
	r.pairs(&p, n)
	if p.probe == parse.ProbeUnknown && p.open == "" {
		if string(r.caller) == "prober.go" {
			return p, parse.Malformed
		}
		return p, parse.NotMine
	}
	return p, parse.Took
}

// pairs reads the fields of a structured line, whose message takes n bytes.
func (r *record) pairs(p *probed, n int) {
	if r.object == nil {
		p.pairs(r.message[n:])
		return
	}
	for key, raw := range r.object {
		p.set([]byte(key), []byte(text(raw)))
	}
	var ref reference
	if json.Unmarshal(r.object["pod"], &ref) == nil {
		p.namespace, p.pod = []byte(ref.Namespace), []byte(ref.Name)
	}
}
