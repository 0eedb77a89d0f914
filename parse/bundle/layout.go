package bundle

import (
	"strings"
)

// owner says whose log a path names, where the tool that made the dump has a
// layout of its own. Only layouts that cannot be mistaken count; what any
// other path says is for package correlate, which knows the pods.
//
//	NS_POD_UID/CONTAINER/0.log                        kubelet's pod log directory, rotated: 0.log.20060102-150405[.gz]
//	POD_NS_CONTAINER-ID.log                           its links in var/log/containers
//	namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/  oc adm must-gather: current.log, previous.log, rotated/
//	cluster-resources/pods/logs/NS/POD/CONTAINER.log  troubleshoot.sh: also CONTAINER-previous.log
//
// (kubernetes pkg/kubelet/kuberuntime BuildPodLogsDirectory and
// legacyLogSymlink; openshift oc pkg/cli/admin/inspect; replicatedhq
// troubleshoot pkg/collect/logs.go). The logs.txt of `kubectl cluster-info
// dump` says it in its lines.
func owner(path string) (namespace, pod, container string) {
	dirs := strings.Split(path, "/")
	for _, layout := range []func([]string) (string, string, string){podLogs, containerLinks, mustGather, supportBundle} {
		if namespace, pod, container = layout(dirs); pod != "" {
			return namespace, pod, container
		}
	}
	return "", "", ""
}

func podLogs(dirs []string) (string, string, string) {
	n := len(dirs)
	if n < 3 || !rotation(dirs[n-1]) {
		return "", "", ""
	}
	parts := strings.Split(dirs[n-3], "_")
	if len(parts) != 3 || !uid(parts[2]) || !label(parts[0]) || !subdomain(parts[1]) || !label(dirs[n-2]) {
		return "", "", ""
	}
	return parts[0], parts[1], dirs[n-2]
}

// rotation says whether a name is that of a container's log, or of an older
// part of it: a number, ".log", and a date.
func rotation(name string) bool {
	number, rest, ok := strings.Cut(name, ".")
	return ok && number != "" && strings.Trim(number, "0123456789") == "" &&
		(rest == "log" || strings.HasPrefix(rest, "log."))
}

// uid says whether s is a pod's: a UUID, or the hash of a static pod.
func uid(s string) bool {
	hex := strings.ReplaceAll(s, "-", "")
	return len(hex) == 32 && strings.Trim(hex, "0123456789abcdef") == "" && (len(s) == 32 || len(s) == 36)
}

func containerLinks(dirs []string) (string, string, string) {
	const id = 64
	name, ok := strings.CutSuffix(dirs[len(dirs)-1], ".log")
	parts := strings.Split(name, "_")
	if !ok || len(parts) != 3 || len(parts[2]) < id+2 {
		return "", "", ""
	}
	container, hex := parts[2][:len(parts[2])-id-1], parts[2][len(parts[2])-id:]
	if parts[2][len(container)] != '-' || strings.Trim(hex, "0123456789abcdef") != "" ||
		!subdomain(parts[0]) || !label(parts[1]) || !label(container) {
		return "", "", ""
	}
	return parts[1], parts[0], container
}

func mustGather(dirs []string) (string, string, string) {
	for i := 0; i+7 < len(dirs); i++ {
		d := dirs[i:]
		if d[0] == "namespaces" && d[2] == "pods" && d[4] == d[5] && d[6] == "logs" && label(d[1]) && subdomain(d[3]) && label(d[4]) {
			return d[1], d[3], d[4]
		}
	}
	return "", "", ""
}

func supportBundle(dirs []string) (string, string, string) {
	for i := range dirs {
		d := dirs[i:]
		name, ok := strings.CutSuffix(d[len(d)-1], ".log")
		if len(d) != 6 || !ok || d[0] != "cluster-resources" || d[1] != "pods" || d[2] != "logs" {
			continue
		}
		name = strings.TrimSuffix(name, "-previous")
		if label(d[3]) && subdomain(d[4]) && label(name) {
			return d[3], d[4], name
		}
	}
	return "", "", ""
}

// label and subdomain are what Kubernetes lets a namespace or a container, and
// a pod, be called (RFC 1123).
func label(s string) bool {
	return s != "" && len(s) <= 63 && !strings.Contains(s, ".") && subdomain(s)
}

func subdomain(s string) bool {
	if s == "" || len(s) > 253 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
		return false
	}
	return !strings.ContainsAny(s[:1]+s[len(s)-1:], "-.")
}
