package parse

// EndReason is why a container ended, as the kubelet and the runtime say it
// (kubernetes pkg/kubelet/kuberuntime; containerd and CRI-O for OOMKilled). It
// is the Class of a [ContainerTerminated].
type EndReason uint8

// The reasons that occur.
const (
	EndUnknown EndReason = iota
	EndCompleted
	EndError
	EndOOMKilled
	EndCannotRun
	EndStartError
	EndStatusUnknown
	EndDeadline
	EndEvicted
)

var endNames = [...]string{"", "Completed", "Error", "OOMKilled", "ContainerCannotRun", "StartError", "ContainerStatusUnknown", "DeadlineExceeded", "Evicted"}

// String is the reason in the words of the API, "" when it is none of these.
func (r EndReason) String() string {
	if int(r) < len(endNames) {
		return endNames[r]
	}
	return ""
}

// EndReasonOf reads a reason.
func EndReasonOf(s string) EndReason {
	for i, name := range endNames {
		if name == s {
			return EndReason(i)
		}
	}
	return EndUnknown
}
