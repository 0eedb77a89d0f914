// Package wrap knows the prefixes that tools put before each line of another
// program's log: the stamps and pod names of kubectl, the marks of a
// container runtime. They nest in any order; package parse finds out which a
// source has.
package wrap

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// All are the known wrappers, the most specific first.
func All() []*parse.Wrapper {
	return []*parse.Wrapper{CRI, Prefix, Timestamps, Stern, NodeLogs, Journal, Syslog, Compose, Numbered, GKE, Logcli, CloudWatch, Kibana,
		Portal, Tabbed, Datadog}
}

// CRI is a log file as a container runtime writes it:
// "2016-10-06T00:17:09.669794202Z stdout F text", with P for a line that was
// split and goes on in the next (kubernetes/cri-api, "CRI container log format").
var CRI = &parse.Wrapper{
	Name: "cri",
	Doc:  "container runtime log: stamp, stdout or stderr, F or P",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		rest, at, ok := stamp(line)
		if !ok || len(rest) < 8 || (string(rest[:7]) != "stdout " && string(rest[:7]) != "stderr ") {
			return line, false
		}
		tag, text, ok := bytes.Cut(rest[7:], []byte{' '})
		if !ok {
			tag, text = rest[7:], nil
		}
		if len(tag) == 0 || (tag[0] != 'F' && tag[0] != 'P') {
			return line, false
		}
		at.set(p)
		p.Partial, p.Stream = tag[0] == 'P', rest[:6]
		return text, true
	},
}

// Timestamps is `kubectl logs --timestamps`: RFC 3339 with nanoseconds and a
// space before each line, taken by the node's runtime when the line was
// written to its pipe.
var Timestamps = &parse.Wrapper{
	Name: "timestamps",
	Doc:  "kubectl logs --timestamps",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		rest, at, ok := stamp(line)
		if !ok {
			return line, false
		}
		at.set(p)
		return rest, true
	},
}

// stamp reads an RFC 3339 time with a zone and the space after it.
func stamp(line []byte) (rest []byte, at when, ok bool) {
	if len(line) < 21 || line[4] != '-' || line[10] != 'T' {
		return line, at, false
	}
	s, n, ok := lex.RFC3339(line)
	if !ok || !s.Zoned || (n < len(line) && line[n] != ' ') {
		return line, at, false
	}
	return line[min(n+1, len(line)):], when{s.Unix, precise(s), true}, true
}

// Prefix is `kubectl logs --prefix`: "[pod/NAME/CONTAINER] " before each line.
var Prefix = &parse.Wrapper{
	Name: "prefix",
	Doc:  "kubectl logs --prefix, kubetail",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		const open = "[pod/"
		if len(line) < len(open) || string(line[:len(open)]) != open {
			return kubetail(line, p)
		}
		end := bytes.IndexByte(line, ']')
		if end < 0 {
			return line, false
		}
		pod, container, ok := bytes.Cut(line[len(open):end], []byte{'/'})
		if !ok || len(pod) == 0 || bytes.ContainsAny(container, " /") {
			return line, false
		}
		p.Pod, p.Container = pod, container
		return bytes.TrimPrefix(line[end+1:], []byte{' '}), true
	},
}

// kubetail takes off what kubetail, and older releases of stern, put before a line:
// "[POD] text", "[POD CONTAINER] text"; the pod must be one that a controller made.
func kubetail(line []byte, p *parse.Prefix) ([]byte, bool) {
	end := bytes.IndexByte(line[:min(len(line), 330)], ']')
	if end < 0 || line[0] != '[' {
		return line, false
	}
	pod, container, several := bytes.Cut(line[1:end], []byte{' '})
	if !isPod(pod) || !generated(pod) || bytes.Count(pod, []byte{'-'}) < 2 || several && !isLabel(container) {
		return line, false
	}
	p.Pod, p.Container = pod, container
	return bytes.TrimPrefix(line[end+1:], []byte{' '}), true
}

// owner takes the labels by which log stores name a container.
func owner(p *parse.Prefix, key, value []byte) {
	switch string(key) {
	case "namespace_name", "namespaceName", "namespace":
		p.Namespace = value
	case "pod_name", "podName", "pod":
		p.Pod = value
	case "container_name", "containerName", "container":
		p.Container = value
	}
}
