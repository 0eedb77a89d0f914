package parse

import (
	"path"
	"strings"
)

// fileWords are what people put into the name of a file beside whose it is.
var fileWords = map[string]bool{"log": true, "logs": true, "txt": true, "out": true, "json": true, "jsonl": true, "csv": true, "prom": true,
	"metrics": true, "gz": true, "zst": true, "bz2": true, "xz": true, "ts": true, "cri": true, "previous": true, "prev": true,
	"current": true, "before": true, "after": true, "describe": true, "yaml": true, "old": true, "new": true, "timestamps": true}

// OwnerOfName reads whose a file is from a name that somebody typed: POD.log,
// POD.CONTAINER.log, POD_CONTAINER.log and NAMESPACE_POD_CONTAINER.log. A pod is
// known by the end that a controller gives it. That of a StatefulSet is a mere
// number, as files have, so it needs a container behind it.
func OwnerOfName(name string) (namespace, pod, container string) {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	parts := strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '_' })
	for i, p := range parts {
		container = ""
		if i+1 < len(parts) && isLabel(parts[i+1]) && !fileWords[parts[i+1]] && !wholeNumber(parts[i+1]) {
			container = parts[i+1]
		}
		switch {
		case !isLabel(p):
			continue
		case Generated(p):
		case ordinal(p) && knownContainers[container]:
		default:
			continue
		}
		if i == 1 && strings.HasPrefix(base, parts[0]+"_") && isLabel(parts[0]) {
			namespace = parts[0]
		}
		return namespace, p, container
	}
	return ownerOfFolder(strings.ReplaceAll(name, `\`, "/"))
}

// ownerOfFolder reads whose a file is from the folder of a pod that it is in:
// POD/CONTAINER.log, POD/CONTAINER/current.log.
func ownerOfFolder(name string) (namespace, pod, container string) {
	const folders = 3 // those of its kind, its container and its pod
	parts := strings.Split(name, "/")
	for i := len(parts) - 2; i >= max(0, len(parts)-1-folders); i-- {
		if !isLabel(parts[i]) || !Generated(parts[i]) {
			continue
		}
		if i > 1 && (parts[i-1] == "pods" || parts[i-1] == "pod") && isLabel(parts[i-2]) && parts[i-2] != "namespaces" {
			namespace = parts[i-2]
		}
		if i > 1 && parts[i-2] == "namespaces" && isLabel(parts[i-1]) {
			namespace = parts[i-1]
		}
		return namespace, parts[i], ContainerOfName(parts[i+1])
	}
	return "", "", ""
}

// knownContainers are those of linkerd's pods and of ingress controllers, which
// show that the word before them is a pod.
var knownContainers = map[string]bool{"linkerd-proxy": true, "linkerd-init": true, "linkerd-network-validator": true, "destination": true,
	"identity": true, "policy": true, "sp-validator": true, "proxy-injector": true, "controller": true, "nginx": true, "envoy": true,
	"istio-proxy": true, "traefik": true}

const labelBytes = "abcdefghijklmnopqrstuvwxyz0123456789-"

func isLabel(s string) bool {
	return len(s) > 0 && len(s) <= 63 && strings.Trim(s, labelBytes) == "" && s[0] != '-' && s[len(s)-1] != '-'
}

// safeBytes are those of generated names, which spell no words
// (k8s.io/apimachinery pkg/util/rand).
const safeBytes = "bcdfghjklmnpqrstvwxz2456789"

// IsPodName says whether a name ends as those do that a controller gives pods.
func IsPodName(name string) bool { return Generated(name) || ordinal(name) }

// ContainerOfName is the container in what a collector wrote behind a pod's
// name, such as linkerd-proxy-previous.log; "" if it is not clear.
func ContainerOfName(rest string) string {
	name := strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '_' })
	if len(name) == 0 {
		return ""
	}
	words := strings.Split(name[0], "-")
	for len(words) > 1 && (fileWords[words[len(words)-1]] || wholeNumber(words[len(words)-1]) || len(words[len(words)-1]) >= 6 &&
		strings.Trim(words[len(words)-1], "0123456789") == "") {
		words = words[:len(words)-1]
	}
	if out := strings.Join(words, "-"); isLabel(out) && !fileWords[out] {
		return out
	}
	return ""
}

// Generated says whether a name ends as that of a pod of a Deployment or a
// DaemonSet does.
func Generated(name string) bool {
	at := strings.LastIndexByte(name, '-')
	return at > 0 && len(name)-at-1 == 5 && strings.Trim(name[at+1:], safeBytes) == ""
}

// ordinal says whether a name ends as that of a pod of a StatefulSet does.
func ordinal(name string) bool {
	at := strings.LastIndexByte(name, '-')
	return at > 0 && wholeNumber(name[at+1:])
}

func wholeNumber(s string) bool {
	return len(s) > 0 && len(s) <= 4 && strings.Trim(s, "0123456789") == ""
}
