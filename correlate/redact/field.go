package redact

import (
	"strings"

	"faultline/parse"
)

// Field gives the pseudonym of a value whose field says what it is: "namespace", "pod",
// "container", "node", "image", "subject", or the key of a label. Whatever word a field
// of names holds is one.
func (r *Redactor) Field(key, value string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	if key == subjectField {
		return r.subject(value)
	}
	if key == imageField {
		return r.images(value)
	}
	if k := r.keyed([]byte(key)); k.place && r.word(value) {
		if p := r.place(k.class, value); p != value { // no number, and none of every cluster
			return p
		}
	}
	return r.name(value)
}

const (
	subjectField = "subject"
	imageField   = "image"
)

// subject gives the pseudonym of "NAMESPACE/NAME", "NAMESPACE/POD/CONTAINER" or
// "NAMESPACE/KIND/NAME", each part by itself.
func (r *Redactor) subject(s string) string {
	from, to := strings.Split(s, "/"), strings.Split(r.name(s), "/")
	if len(from) != len(to) || len(from) < 2 || len(from) > 3 {
		return strings.Join(to, "/")
	}
	classes := [...]Class{Namespace, Object, Container}
	if len(from) == 3 && objectKinds[from[1]] {
		classes[2] = r.ofObjectKind(from[1])
	}
	for i, part := range from {
		kind := i == 1 && len(from) == 3 && objectKinds[part]
		if part == to[i] && !kind && part != "" && endOf([]byte(part), 0, dnsByte) == len(part) && r.word(part) {
			to[i] = r.place(classes[i], part)
		}
	}
	return strings.Join(to, "/")
}

// images gives the pseudonym of a container's image.
func (r *Redactor) images(s string) string {
	b := []byte(s)
	return r.name(string(apply(b, r.wordsIn(b, imagePlaces(b, 0, len(b))))))
}

// aboutObjects are the kinds of events whose target is an object, as [Redactor.subject] reads it.
var aboutObjects = map[parse.Kind]bool{
	parse.KubeletProbeFailed: true, parse.KubeletReadiness: true, parse.K8sEvent: true, parse.K8sAudit: true, parse.ContainerStarted: true,
	parse.ContainerTerminated: true, parse.ContainerCrashLoop: true, parse.ControllerPopStall: true,
}

// Target gives the pseudonym of an event's target.
func (r *Redactor) Target(kind parse.Kind, target string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	if aboutObjects[kind] {
		return r.subject(target)
	}
	if len(target) >= leastFigures && strings.Trim(target, "0123456789") == "" { // an account
		return string(r.otherNumber([]byte(target)))
	}
	return r.name(target)
}

// subjects are the objects of a capture's events and facts, in order.
func subjects(c *parse.Capture) []string {
	met := map[parse.Name]bool{}
	for i := range c.Streams {
		for j := range c.Streams[i].Events {
			if e := &c.Streams[i].Events[j]; aboutObjects[e.Kind] {
				met[e.Target] = true
			}
		}
	}
	for _, f := range c.Facts {
		met[f.Subject] = true
	}
	var out []string
	for n := range met {
		out = append(out, c.Name(n))
	}
	return sorted(out)
}

// whose is a name of which it is known what it is.
type whose struct {
	class Class
	name  string
}

// ofSource are the names that a source has of its path.
func ofSource(s *parse.Source) []whose {
	return []whose{{Namespace, s.Namespace}, {Pod, s.Pod}, {Container, s.Container}, {Node, s.Node}}
}

// ownPath is a source's path, in which the words that say whose it is are names.
func (r *Redactor) ownPath(s *parse.Source) string {
	put := map[string]string{}
	for _, f := range ofSource(s) {
		if f.name != "" && r.word(f.name) {
			put[f.name] = r.place(f.class, f.name)
		}
	}
	b := []byte(s.Path)
	var list []edit
	for i := 0; i < len(b) && len(put) > 0; i++ {
		if !dnsByte(b[i]) {
			continue
		}
		end := endOf(b, i, dnsByte)
		if p, ok := put[s.Path[i:end]]; ok && (i == 0 || strings.IndexByte("/_", b[i-1]) >= 0) {
			list = append(list, edit{i, end, []byte(p)})
		}
		i = end
	}
	return r.path(string(apply(b, list)))
}
