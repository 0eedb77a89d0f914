package redact

import (
	"bytes"
	"regexp"
	"strings"
)

// sentence is a standard sentence that holds names: of linkerd, Kubernetes,
// SPIFFE, and the access logs of web servers. signs are texts of which one must
// stand in a line before the form is looked for; the groups are of the classes.
type sentence struct {
	signs   []string
	form    func() *regexp.Regexp
	classes []Class
}

func (s sentence) needs() []string { return s.signs }

var sentenceSigns = signsOf(allSentences)

// sentences takes the names that standard sentences hold.
func (n names) sentences(r *Redactor, line []byte) {
	n.podForms(r, line)
	n.pairs(r, line)
	n.cued(r, line)
	n.owned(r, line)
	print := r.matched.print(line)
	for form := range r.formsIn(line, sentenceSigns()) {
		s := &allSentences[form]
		for _, m := range r.matched.matches(print, s.form(), line) {
			group := func(k int) string {
				if m[2*k] < 0 {
					return ""
				}
				return string(line[m[2*k]:m[2*k+1]])
			}
			for k, class := range s.classes {
				n.group(r, class, group(1), strings.TrimRight(group(k+1), ".-"))
			}
		}
	}
}

// group takes what a group of a form says; key is the first group of it.
func (n names) group(r *Redactor, class Class, key, text string) {
	switch class {
	case image:
		n.image(r, text)
	case upstream:
		if !n.apart(r, text) {
			n.said(r, Object, text)
		}
	case target:
		if _, _, ok := hash([]byte(text), 0); !ok {
			n.target(r, text)
		}
	case several, hosts, fields:
		n.list(r, class, text)
	case marked:
		if strings.ContainsAny(text, "0123456789-.") {
			n.said(r, Object, text)
		}
	case unlessWord:
		n.unlessWord(r, text)
	case tag:
		if !r.ordinary(key) { // "2024-02-02T13:20:01Z INFO module: "
			n.said(r, Object, text)
		}
	case person:
		n.person(r, Object, text)
	case repository:
		if org, name, _ := strings.Cut(text, "/"); !ourOrgs[lower(org)] {
			n.said(r, Object, org)
			n.said(r, Object, name)
		}
	case valueOf:
		if lower(key) == "host" {
			n.hostName(r, text)
		}
		n.label(r, key, text)
	case aKey:
	default:
		n.said(r, class, text)
	}
}

// unlessWord takes a name, if it is no number and no word that goes on with a sentence.
func (n names) unlessWord(r *Redactor, text string) {
	if w := lower(text); text != "" && telltale(text) && !goesOn(text) && !programs[w] && !sourceEndings[w] {
		n.said(r, Object, text)
	}
}

// list takes the names of a text that holds several.
func (n names) list(r *Redactor, class Class, text string) {
	switch class {
	case several:
		for name := range strings.FieldsSeq(text) {
			n.said(r, Object, name)
		}
	case hosts:
		for host := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune(" ,;*'\"\\", c) }) {
			name, _, _ := strings.Cut(host, ":")
			n.hostName(r, strings.Trim(name, "."))
		}
	case fields:
		for _, m := range inNested().FindAllStringSubmatch(text, -1) {
			n.person(r, Object, m[1])
		}
	}
}

// pairs takes each "NS/NAME" that stands by itself.
func (n names) pairs(r *Redactor, b []byte) {
	const opens, closes = " \t\"'([=,>|:", " \t\n\"'),]:;<&|\\"
	for slash := 0; ; slash++ {
		next := bytes.IndexByte(b[slash:], '/')
		if next < 0 {
			return
		}
		slash += next
		from, to := startOf(b, slash, dnsByte), slash+1
		for to < len(b) && (dnsByte(b[to]) || b[to] == '.') {
			to++
		}
		text := strings.TrimRight(string(b[from:to]), ".-")
		if from < slash && letter(b[from]) && len(text) > slash+1-from && dnsByte(b[slash+1]) && b[slash+1] != '-' &&
			(from == 0 || strings.IndexByte(opens, b[from-1]) >= 0) && (to == len(b) || strings.IndexByte(closes, b[to]) >= 0 || b[to] >= 0x80) {
			n.pair(r, text)
		}
	}
}

// pair takes "NS/NAME", where both are names and neither is a word of a format.
func (n names) pair(r *Redactor, text string) {
	ns, name, _ := strings.Cut(text, "/")
	if ofPeople[ns] || mediaTypes[ns] || fileName.MatchString(name) {
		return
	}
	if r.ordinary(ns) && !everyCluster[lower(ns)] || r.ordinary(name) && r.ordinary(ns) {
		return
	}
	n.said(r, Namespace, ns)
	if _, _, numbered := ordinalOf(name); numbered || podShape([]byte(name)) == len(name) {
		n.said(r, Pod, name)
		return
	}
	n.said(r, Object, name)
}

// mediaTypes are what is before the slash of a type of content (RFC 6838 §4.2).
var mediaTypes = set("application audio font image message model multipart text video")

// fileName is a file of a program's source, as a place in it is named.
var fileName = regexp.MustCompile(`\.(?:go|rs|c|cc|java|py|js|ts|lua)$`)

// podForms takes NAME_NAMESPACE(UID), as the kubelet names a pod.
func (n names) podForms(r *Redactor, b []byte) {
	for from := 0; from < len(b); {
		at := bytes.IndexByte(b[from:], '(')
		if at < 0 {
			return
		}
		at += from
		from = at + 1
		if !pattern(b[at+1:], "hhhhhhhh") {
			continue
		}
		start := startOf(b, at, nameByte)
		if pod, ns, ok := strings.Cut(string(b[start:at]), "_"); ok && pod != "" && ns != "" {
			n.said(r, Pod, pod)
			n.said(r, Namespace, ns)
		}
	}
}

// said takes a name from a sentence, where a word of the formats may stand too:
// "user \"anonymous\"", "container runtime is down".
func (n names) said(r *Redactor, class Class, s string) {
	if !prose[lower(s)] && module([]byte(s)) < len(s) {
		n.add(r, class, s)
	}
}
