package kubelet

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// spokenAs are the messages of events by how they begin, with the reason that the
// event has: what a person pastes, and a dashboard exports, is often the message
// alone (kubernetes pkg/kubelet/kuberuntime, pkg/kubelet/images, pkg/scheduler,
// pkg/volume/util/operationexecutor).
var spokenAs = []struct{ begin, also, reason string }{
	{"Back-off restarting failed container", "", "BackOff"},
	{"Back-off pulling image ", "", "BackOff"},
	{"Failed to pull image ", "", "Failed"},
	{"Failed to create pod sandbox: ", "", "FailedCreatePodSandBox"},
	{"Failed create pod sandbox: ", "", "FailedCreatePodSandBox"},
	{"MountVolume.", " failed for volume ", "FailedMount"},
	{"Unable to attach or mount volumes: ", "", "FailedMount"},
	{"AttachVolume.Attach failed for volume ", "", "FailedAttachVolume"},
	{"0/", " nodes are available: ", "FailedScheduling"},
	{"The node was low on resource: ", "", "Evicted"},
}

// unsynced are the reasons for which a kubelet could not bring a container up, as
// it and the event FailedSync say them: `with CrashLoopBackOff: "back-off …`
// (kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go, images/types.go).
var unsynced = []struct{ with, reason, message string }{
	{"with CrashLoopBackOff: ", "BackOff", "Back-off restarting failed container"},
	{"with ImagePullBackOff: ", "BackOff", "Back-off pulling image"},
	{"with ErrImagePull: ", "Failed", "Failed to pull image"},
	{"with ErrImageNeverPull: ", "Failed", "ErrImageNeverPull"},
	{"with CreateContainerConfigError: ", "Failed", "CreateContainerConfigError"},
	{"with CreateContainerError: ", "Failed", "CreateContainerError"},
	{"with RunContainerError: ", "Failed", "CreateContainer: RunContainerError"},
	{"with InvalidImageName: ", "InspectFailed", "InvalidImageName"},
}

// messageOf reads the message of an event that stands alone, and the pod that it
// names, as namespace/pod; ok is false for every other text.
func messageOf(text []byte) (s said, pod string, ok bool) {
	for _, m := range spokenAs {
		if has(text, m.begin) && (m.also == "" || bytes.Contains(text, []byte(m.also))) && (m.begin != "0/" || digit(text, 2)) {
			return said{reason: []byte(m.reason), message: text, kind: []byte("Warning")}, "", true
		}
	}
	if has(text, "Error syncing pod") || has(text, `failed to "StartContainer" for `) {
		return syncing(text)
	}
	return s, "", false
}

func digit(text []byte, i int) bool { return len(text) > i && text[i]-'0' <= 9 }

// syncing reads why a pod could not be brought into its state.
func syncing(text []byte) (s said, pod string, ok bool) {
	for _, u := range unsynced {
		_, why, found := bytes.Cut(text, []byte(u.with))
		if !found {
			continue
		}
		message := []byte(u.message)
		if _, name, named := bytes.Cut(why, []byte("container=")); named && u.reason == "BackOff" {
			name, _, _ = bytes.Cut(name, []byte{' '})
			message = append(append(append([]byte{}, message...), ' '), name...)
		}
		if _, full, named := bytes.Cut(why, []byte("pod=")); named {
			pod = fullName(full)
		}
		return said{reason: []byte(u.reason), message: message, kind: []byte("Warning")}, pod, true
	}
	return s, "", false
}

// fullName reads how the kubelet names a pod, "web-0_shop(uid)", as
// namespace/pod (kubernetes pkg/kubelet/util/format, Pod); "" where none begins.
func fullName(text []byte) string {
	name, rest, _ := bytes.Cut(text, []byte{'_'})
	namespace, _, closed := bytes.Cut(rest, []byte{'('})
	if !closed || !label(namespace) || !isPodName(name) {
		return ""
	}
	return string(namespace) + "/" + string(name)
}

// podIn is the pod that the message of an event names: "Back-off restarting failed
// container web in pod web-0_shop(uid)"; "" where it names none.
func podIn(message []byte) string {
	_, full, named := bytes.Cut(message, []byte(" in pod "))
	if !named {
		return ""
	}
	return fullName(full)
}

// about says what an event is about, where that stands beside its message.
func about(e *parse.Event, target string, b *parse.Batch) {
	if target != "" {
		e.Target = b.Names.AddString(target)
	}
}

// bareMessage reads a line that is no more than the message of an event.
func bareMessage(l *parse.Line, text []byte, b *parse.Batch) parse.Verdict {
	s, pod, ok := messageOf(text)
	if !ok {
		return parse.NotMine
	}
	if l.Prefix.HasStamp || l.Prefix.HasLocal {
		l.AtStamp()
	}
	e := s.event(b)
	if pod == "" && len(l.Prefix.Pod) > 0 {
		pod = string(l.Prefix.Namespace) + "/" + string(l.Prefix.Pod)
	}
	about(&e, pod, b)
	b.Add(e)
	return parse.Took
}

// resync reads what the kubelet itself says of a pod that it cannot bring up.
func (r *record) resync() (o occurred, ok bool) {
	text, n, quoted := lex.Quoted(r.message)
	if !quoted || string(text) != "Error syncing pod, skipping" {
		rest, old := bytes.CutPrefix(r.message, []byte("Error syncing pod "))
		if !old { // to 1.18: Error syncing pod UID ("web-0_shop(uid)"), skipping: failed to …
			return o, false
		}
		var pod string
		o.said, pod, ok = syncing(rest)
		o.target = pod
		return o, ok && pod != ""
	}
	for rest := r.message[n:]; ; {
		key, value, n, more := lex.Pair(rest)
		if !more {
			return o, o.target != "" && len(o.reason) > 0
		}
		switch string(key) {
		case "err":
			var pod string
			if o.said, pod, ok = syncing(value); !ok {
				return o, false
			}
			if o.target == "" {
				o.target = pod
			}
		case "pod":
			o.target = string(value)
		}
		rest = rest[n:]
	}
}
