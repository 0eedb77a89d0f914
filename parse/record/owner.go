package record

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// path takes whose log a file is, or a tag made of its path: the kubelet's
// links POD_NS_CONTAINER-ID.log in var/log/containers, and its folders
// NS_POD_UID/CONTAINER (kubernetes pkg/kubelet/kuberuntime, legacyLogSymlink
// and BuildPodLogsDirectory).
func (o *reading) path(v []byte) {
	at := bytes.LastIndex(v, []byte("containers"))
	if at >= 0 && at+len("containers/") < len(v) {
		name := v[at+len("containers/"):]
		name = name[bytes.LastIndexByte(name, '/')+1:]
		p, rest, ok1 := bytes.Cut(name, []byte{'_'})
		ns, c, ok2 := bytes.Cut(rest, []byte{'_'})
		c, _, _ = bytes.Cut(c, []byte{'.'})
		if i := bytes.LastIndexByte(c, '-'); ok1 && ok2 && i > 0 && isName(p) && isName(ns) {
			o.file = parse.Prefix{Pod: p, Namespace: ns, Container: c[:i]}
		}
		return
	}
	if at = bytes.LastIndex(v, []byte("pods/")); at < 0 {
		return
	}
	dir, rest, ok := bytes.Cut(v[at+len("pods/"):], []byte{'/'})
	parts := bytes.Split(dir, []byte{'_'})
	if c, _, _ := bytes.Cut(rest, []byte{'/'}); ok && len(parts) == 3 && isName(parts[0]) && isName(parts[1]) && isName(c) {
		o.file = parse.Prefix{Namespace: parts[0], Pod: parts[1], Container: c}
	}
}

// isName says whether b can be the name of a pod, a namespace or a container.
func isName(b []byte) bool {
	return len(b) > 0 && len(b) <= 253 && strings.Trim(string(b), "abcdefghijklmnopqrstuvwxyz0123456789-.") == "" && b[0] != '-' && b[0] != '.'
}

// dockerName reads a container's name as dockershim made it:
// k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT (kubernetes pkg/kubelet/dockershim/naming.go).
func dockerName(v []byte) (c, p, ns []byte, ok bool) {
	parts := bytes.Split(v, []byte{'_'})
	if len(parts) != 6 || string(parts[0]) != "k8s" {
		return nil, nil, nil, false
	}
	return parts[1], parts[2], parts[3], true
}

// labels reads a set of labels that is one string: `{pod="a", namespace="b"}`
// as Loki and VictoriaLogs print it, a JSON object, or "pod_name:a,kube_namespace:b".
func (o *reading) labels(v []byte) {
	if v[0] != '{' {
		for _, tag := range bytes.Split(v, []byte{','}) {
			if name, value, ok := bytes.Cut(bytes.TrimSpace(tag), []byte{':'}); ok {
				o.word(name, value)
			}
		}
		return
	}
	if object(v, func(name, value []byte) { o.about(known(name), value) }) {
		return
	}
	for v = v[1:]; len(v) > 0; {
		name, after, ok := bytes.Cut(v, []byte{'='})
		value, n, quoted := lex.Quoted(after)
		if !ok || !quoted {
			return
		}
		o.word(name, value)
		v = bytes.TrimLeft(after[n:], ", ")
	}
}

// word takes a name of an owner that is not quoted.
func (o *reading) word(name, value []byte) {
	if k := known(name); k.is >= pod && k.is <= container && len(value) > 0 {
		o.own(k, value)
	}
}

// list reads a member that is an array: the attributes of OpenTelemetry, tags,
// and a text that journald gives as the numbers of its bytes.
func (o *reading) list(k key, array []byte) {
	if k.is == text {
		if t := numbers(array); t != nil && (o.rank == 0 || o.rank > int(k.rank)+1) {
			o.rank, o.text, o.strong = int(k.rank)+1, t, true
		}
		return
	}
	if k.is != envelope && k.is != owner && k.is != labels {
		return
	}
	for b := array[1:]; ; {
		v, n, ok := lex.Element(b)
		if !ok {
			return
		}
		b = b[n:]
		switch v[0] {
		case '"':
			if name, value, ok := bytes.Cut(lex.Unquote(v), []byte{':'}); ok {
				o.word(name, value)
			}
		case '{':
			o.attribute(v)
		}
	}
}

// attribute reads {"key":"k8s.pod.name","value":{"stringValue":"web-0"}}.
func (o *reading) attribute(b []byte) {
	var name, value []byte
	object(b, func(k, v []byte) {
		switch {
		case string(k) == "key":
			name = lex.Unquote(v)
		case string(k) == "value" && v[0] == '{':
			object(v, func(_, v []byte) { value = v })
		}
	})
	if len(name) == 0 || len(value) == 0 || value[0] != '"' {
		return
	}
	switch k := known(name); k.is {
	case when:
		o.at(k, value)
	case text, payload, envelope:
	default:
		o.about(k, value)
	}
}

// numbers is a text that is given as the numbers of its bytes, nil for what is
// none.
func numbers(array []byte) (out []byte) {
	for b := array[1:]; ; {
		v, n, ok := lex.Element(b)
		if !ok {
			return out
		}
		b = b[n:]
		d, w, ok := lex.Digits(v)
		if !ok || w != len(v) || d > 255 {
			return nil
		}
		out = append(out, byte(d))
	}
}
