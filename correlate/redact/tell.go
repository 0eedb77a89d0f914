package redact

import (
	"bytes"
	"strings"
)

// learn takes the names that a line tells by their keys and in the sentences
// of Kubernetes and linkerd, also below encodings, and whatever the detectors
// know by its shape. Of a line that differs from one before in nothing but numbers and
// addresses, these are all that may be new.
func (r *Redactor) learn(line []byte) {
	print, _ := r.templates.of(line, true)
	learned := r.templates.learned
	if learned[print] {
		r.addresses(line)
		return
	}
	r.learnBelow(line, maxNested)
	hides := bytes.Contains(r.line(line, nil), []byte(Hidden)) // a secret may be a number
	if !hides && len(learned) < mostTemplates {
		learned[print] = true
	}
}

func (r *Redactor) learnBelow(text []byte, nested int) {
	r.learnText(text)
	for i := range views {
		if d := views[i].decode(text); d.text != nil && nested > 0 {
			r.learnBelow(d.text, nested-1)
		}
	}
}

func (r *Redactor) learnText(text []byte) {
	n := r.told(text)
	for s := range n {
		if r.taken[lower(s)] {
			delete(n, s)
		}
	}
	if len(n) > 0 {
		r.take(n)
	}
}

// told are the names that a line tells by their keys: "namespace=shop",
// "ID:shop/cart", "pod/cart-0", and by its sentences.
func (r *Redactor) told(line []byte) names {
	n := names{}
	pairs(line, func(key, value []byte) {
		if r.tells(key, value) {
			n.field(r, string(key), strings.TrimRight(string(value), ".:-/@"))
		}
	})
	free(line, func(key, value []byte) {
		k := r.keyed(key)
		switch {
		case k.ok && k.free && r.unmet(key, value):
			n.person(r, k.class, string(value))
		case lower(string(key)) == "host" && name.FindString(lower(string(value))) == lower(string(value)):
			n.add(r, Node, string(value)) // never from a sentence: "no route to host: …"
		case r.tells(key, value):
			n.field(r, string(key), strings.TrimRight(string(value), ".:-/@"))
		}
	})
	objects(line, func(kind, name []byte) {
		n.add(r, r.ofObjectKind(lower(string(kind))), string(name))
	})
	n.sentences(r, line)
	r.walked(line)
	return n
}

// tells says whether a key is one that names something, and this with this
// value was not met before: to take it again would change nothing.
func (r *Redactor) tells(key, value []byte) bool {
	return r.keyed(key).ok && r.unmet(key, value)
}

func (r *Redactor) unmet(key, value []byte) bool {
	r.small = append(append(append(r.small[:0], key...), '='), value...)
	if r.met[string(r.small)] {
		return false
	}
	r.met[string(r.small)] = true
	return true
}

// pairs gives each key with its value: "key=value", "key: value",
// `\"key\":\"value\"`, "Controlled By:  value".
func pairs(b []byte, fn func(key, value []byte)) {
	for i := 0; i < len(b); {
		if !letter(b[i]) {
			i++
			continue
		}
		end := endOf(b, i+1, keyByte)
		key := end
		for _, second := range []string{" By", " Account", " Id", " ID", " Catalog", " Source", " Name"} {
			if bytes.HasPrefix(b[end:], []byte(second)) {
				key = end + len(second)
			}
		}
		at := matcher(b, quoted(b, key))
		if at >= len(b) || b[at] != '=' && b[at] != ':' && b[at] != '~' {
			i = end
			continue
		}
		at = opened(b, at+1)
		if at >= len(b) || !letter(b[at]) && !figure(b[at]) {
			i = end
			continue
		}
		value := at
		for at < len(b) && (keyByte(b[at]) || b[at] == ':' || b[at] == '@') {
			at++
		}
		fn(b[i:key], b[value:at])
		i = at
	}
}

// matcher is where the operator of a matcher of PromQL ends that begins at i, "!=", "=~"
// or "!~", and i itself where none does.
func matcher(b []byte, i int) int {
	if i+2 < len(b) && (b[i] == '!' && (b[i+1] == '=' || b[i+1] == '~') || b[i] == '=' && b[i+1] == '~') {
		return i + 1
	}
	return i
}

// opened is where a value begins whose separator stands before i: behind
// blanks, the beginning of a list in JSON, and a quote.
func opened(b []byte, i int) int { return quoted(b, inList(b, i)) }

func inList(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	if i < len(b) && b[i] == '[' {
		if at := quoted(b, i+1); at > i+1 {
			return i + 1
		}
	}
	return i
}

// quoted steps over a quote, which may be escaped, once for each string that
// it is within.
func quoted(b []byte, i int) int {
	end := i
	for end < len(b) && b[end] == '\\' {
		end++
	}
	if end < len(b) && (b[end] == '"' || b[end] == '\'') {
		return end + 1
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
		kindEnd := slash
		for _, group := range []string{".apps", ".batch"} { // deployment.apps/NAME
			if bytes.HasSuffix(b[from:slash], []byte(group)) {
				kindEnd = slash - len(group)
			}
		}
		kind := kindEnd
		for kind > from && letter(b[kind-1]) {
			kind--
		}
		from = slash + 1
		if kindEnd-kind > len(small) || kind > 0 && (letter(b[kind-1]) || figure(b[kind-1]) || b[kind-1] == '_') ||
			!objectKinds[string(appendLower(small[:0], b[kind:kindEnd]))] {
			continue
		}
		end := slash + 1 // behind the last letter or digit
		for at := end; at < len(b) && (letter(b[at]) || figure(b[at]) || at > slash+1 && (b[at] == '.' || b[at] == '-')); at++ {
			if b[at] != '.' && b[at] != '-' {
				end = at + 1
			}
		}
		if end > slash+1 {
			fn(b[kind:kindEnd], b[slash+1:end])
			from = end
		}
	}
}

// free gives each key with a value in quotes, whatever it holds, or one that is
// not of ASCII letters: customer="A B", user=Müller.
func free(b []byte, fn func(key, value []byte)) {
	for from := 0; from < len(b); {
		sep := bytes.IndexAny(b[from:], "=:~")
		if sep < 0 {
			return
		}
		sep += from
		from = sep + 1
		key, matched, ok := keyEnd(b, sep)
		if !ok {
			continue
		}
		start := startOf(b, key, keyByte)
		if start == key {
			continue
		}
		at := inList(b, from)
		value := quoted(b, at)
		end := value
		if value > at {
			for end < len(b) && b[end] != '"' && b[end] != '\'' && b[end] != '\\' {
				end++
			}
		} else {
			end = capitals(b, endOf(b, end, freeByte))
		}
		if end > value && matched {
			alternatives(b[start:key], b[value:end], fn)
		} else if end > value {
			fn(b[start:key], b[value:end])
		}
		if end > value {
			from = value // what is in quotes may hold others
		}
	}
}

func freeByte(c byte) bool { return wordByte(c) || strings.IndexByte("_.:@/-", c) >= 0 }

// capitals is where the words with capitals end that follow one which ends at i, as those
// of a person's name do.
func capitals(b []byte, i int) int {
	if from := startOf(b, i, freeByte); from == i || b[from] > 'Z' && b[from] < 0x80 {
		return i
	}
	for i+1 < len(b) && b[i] == ' ' && (b[i+1] >= 'A' && b[i+1] <= 'Z' || b[i+1] >= 0x80) {
		i = endOf(b, i+1, func(c byte) bool { return wordByte(c) || c == '-' || c == '\'' || c == '.' })
	}
	return i
}

// alternatives gives a key with each name that an expression over its values holds, "cart|web-.*".
func alternatives(key, value []byte, fn func(key, value []byte)) {
	for v := range bytes.FieldsFuncSeq([]byte(uncoloured(string(value))), func(c rune) bool { return strings.ContainsRune(`|()[]{}^$*+?\`, c) }) {
		if v = bytes.TrimRight(v, ".-"); len(v) > 1 {
			fn(key, v)
		}
	}
}

// keyEnd is where the key ends whose separator stands at sep, before quotes, and whether the
// separator is that of a matcher with an expression or a negation.
func keyEnd(b []byte, sep int) (key int, matched, ok bool) {
	key, matched = sep, b[sep] == '~' || sep > 0 && b[sep] == '=' && b[sep-1] == '!'
	if matched && key > 0 {
		if key--; b[key] != '=' && b[key] != '!' {
			return 0, false, false
		}
	}
	if key > 0 && (b[key-1] == '"' || b[key-1] == '\'') {
		key--
	}
	for key > 0 && b[key-1] == '\\' {
		key--
	}
	return key, matched, true
}
