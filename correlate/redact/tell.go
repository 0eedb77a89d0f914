package redact

import (
	"bytes"
	"regexp"
	"strings"
)

// learn takes the names that a line tells by their keys, and whatever the
// detectors know by its shape.
func (r *Redactor) learn(line []byte) {
	n := r.told(line)
	for s := range n {
		if r.taken[s] {
			delete(n, s)
		}
	}
	if len(n) > 0 {
		r.take(n)
	}
	r.line(line, nil)
}

// told are the names that a line tells by their keys: "namespace=shop",
// "ID:shop/cart", "pod/cart-0".
func (r *Redactor) told(line []byte) names {
	n := names{}
	pairs(line, func(key, value []byte) {
		if r.tells(key, value) {
			n.field(r, string(key), strings.TrimRight(string(value), ".:-/@"))
		}
	})
	if bytes.Contains(line, []byte("ID:")) {
		for _, m := range ofIDs.FindAllSubmatch(line, -1) {
			n.add(r, Namespace, string(m[1]))
			n.add(r, Object, string(m[2]))
		}
	}
	objects(line, func(kind, name []byte) {
		class, ok := keyed[strings.TrimSuffix(lower(string(kind)), "s")]
		if !ok {
			class = Object
		}
		n.add(r, class, string(name))
	})
	return n
}

// tells says whether a key is one that names something, and this with this
// value was not met before: to take it again would change nothing.
func (r *Redactor) tells(key, value []byte) bool {
	r.small = appendLower(r.small[:0], key)
	last := r.small[bytes.LastIndexByte(r.small, '/')+1:]
	if _, ok := keyed[string(last)]; !ok && string(last) != "image" {
		return false
	}
	r.small = append(append(r.small, '='), value...)
	if r.met[string(r.small)] {
		return false
	}
	r.met[string(r.small)] = true
	return true
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func figure(c byte) bool { return c >= '0' && c <= '9' }

// pairs gives each key with its value: "key=value", "key: value",
// `\"key\":\"value\"`, "Controlled By:  value".
func pairs(b []byte, fn func(key, value []byte)) {
	in := func(c byte, more string) bool { return letter(c) || figure(c) || strings.IndexByte(more, c) >= 0 }
	for i := 0; i < len(b); {
		if !letter(b[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(b) && in(b[end], "_./-") {
			end++
		}
		key := end
		for _, second := range []string{" By", " Account"} {
			if bytes.HasPrefix(b[end:], []byte(second)) {
				key = end + len(second)
			}
		}
		at := quoted(b, key)
		if at >= len(b) || b[at] != '=' && b[at] != ':' {
			i = end
			continue
		}
		for at++; at < len(b) && (b[at] == ' ' || b[at] == '\t'); at++ {
		}
		at = quoted(b, at)
		if at >= len(b) || !letter(b[at]) && !figure(b[at]) {
			i = end
			continue
		}
		value := at
		for at < len(b) && in(b[at], "_.:@/-") {
			at++
		}
		fn(b[i:key], b[value:at])
		i = at
	}
}

// quoted steps over a quote, which may be escaped.
func quoted(b []byte, i int) int {
	if i < len(b) && b[i] == '\\' {
		i++
	}
	if i < len(b) && (b[i] == '"' || b[i] == '\'') {
		i++
	}
	return i
}

// objectKinds are what an object is called before its name.
var objectKinds = set(`pod pods replicaset replicasets deployment deployments statefulset statefulsets daemonset daemonsets job jobs service services svc
	node nodes endpoint endpoints endpointslice endpointslices namespace namespaces configmap configmaps secret secrets hpa ingress`)

// objects gives each object that is written as kubectl does, "pod/cart-0".
func objects(b []byte, fn func(kind, name []byte)) {
	var small [16]byte
	for from := 0; ; {
		slash := bytes.IndexByte(b[from:], '/')
		if slash < 0 {
			return
		}
		slash += from
		kind := slash
		for kind > from && letter(b[kind-1]) {
			kind--
		}
		from = slash + 1
		if slash-kind > len(small) || kind > 0 && (letter(b[kind-1]) || figure(b[kind-1]) || b[kind-1] == '_') ||
			!objectKinds[string(appendLower(small[:0], b[kind:slash]))] {
			continue
		}
		end := slash + 1 // behind the last letter or digit
		for at := end; at < len(b) && (letter(b[at]) || figure(b[at]) || at > slash+1 && (b[at] == '.' || b[at] == '-')); at++ {
			if b[at] != '.' && b[at] != '-' {
				end = at + 1
			}
		}
		if end > slash+1 {
			fn(b[kind:slash], b[slash+1:end])
			from = end
		}
	}
}

var ofIDs = regexp.MustCompile(`\bID:([a-z0-9.-]+)/([a-z0-9.-]+)`)
