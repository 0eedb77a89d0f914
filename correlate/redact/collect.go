package redact

import (
	"regexp"
	"slices"
	"strings"

	"faultline/parse"
)

// names are originals with what they are; of several classes the first wins,
// so that the order in which they are met does not matter.
type names map[string]Class

// add takes a name, unless every cluster has it.
func (n names) add(r *Redactor, class Class, s string) {
	s = trimmed(uncoloured(s))     // "*v1"
	if strings.Contains(s, "..") { // somebody shortened it
		for part := range strings.SplitSeq(s, "..") {
			n.add(r, class, part)
		}
		return
	}
	if i := strings.LastIndex(s, "_."); i >= 0 { // "outbound_.80_._.cart.shop.svc.cluster.local" of Istio
		s = s[i+len("_."):]
	}
	if s == "" || len(s) > 253 || r.wellKnown(s) {
		return
	}
	if _, w, ok := octets([]byte(s), '.'); ok && w == len(s) {
		return // the detectors see to addresses
	}
	if _, of, ok := uid([]byte(s), 0); ok && len(s) == 36 {
		class = of
	} else if w, of, ok := hash([]byte(s), 0); ok && w == len(s) {
		class = of
	}
	if had, ok := n[s]; !ok || class < had {
		n[s] = class
	}
}

// uncoloured is a text without control sequences, which are no part of a name.
func uncoloured(s string) string {
	if d := views[0].decode([]byte(s)); d.text != nil {
		return string(d.text)
	}
	return s
}

// collect takes every name out of a capture, by what its place says it is.
func (r *Redactor) collect(c *parse.Capture) {
	n := names{}
	for i := range c.Series {
		if metric := c.Name(c.Series[i].Metric); legend(&c.Series[i], metric) {
			n.person(r, Object, metric)
		} else {
			r.vocabulary(metric)
		}
		for _, l := range c.Series[i].Labels {
			r.vocabulary(c.Name(l.Key))
		}
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		n.add(r, Namespace, s.Namespace)
		n.add(r, Pod, s.Pod)
		n.add(r, Container, s.Container)
		n.add(r, Node, s.Node)
		r.vocabulary(s.Bundle)
	}
	targets, facts := map[parse.Name]bool{}, map[parse.Name]bool{}
	for i := range c.Streams {
		s := &c.Streams[i]
		n.add(r, Namespace, c.Name(s.Namespace))
		n.add(r, Pod, c.Name(s.Pod))
		n.add(r, Container, c.Name(s.Container))
		n.add(r, Node, c.Name(s.Node))
		for j := range s.Events {
			targets[s.Events[j].Target], facts[s.Events[j].Fact] = true, true
		}
	}
	for range 2 { // a namespace that one name tells may be the end of another: "cart.shop"
		for t := range targets {
			n.target(r, c.Name(t))
		}
	}
	for _, f := range c.Facts {
		n.subject(r, c.Name(f.Subject))
		if c.Name(f.Key) == parse.FactNode {
			n.add(r, Node, c.Name(f.Value))
		}
		if c.Name(f.Key) == parse.FactImage {
			n.image(r, c.Name(f.Value))
		}
	}
	seen := map[parse.Label]bool{}
	texts := sentencesOf(c, facts) // and labels that say more than one name
	for i := range c.Series {
		for _, l := range c.Series[i].Labels {
			if !seen[l] {
				seen[l] = true
				n.ofSeries(r, c.Name(l.Key), c.Name(l.Value))
			}
		}
	}
	n.joined(r)
	r.take(n)
	r.typed(c, seen)
	for l := range seen {
		if value := lower(c.Name(l.Value)); name.FindString(value) != value {
			texts = append(texts, c.Name(l.Value))
		}
	}
	for _, text := range sorted(texts) {
		r.learn([]byte(text))
	}
	for i := range c.Sources {
		if p := c.Sources[i].Path; p != "" {
			r.paths[p] = r.ownPath(&c.Sources[i])
		}
	}
}

// legend says whether what stands for the name of a metric is what somebody called a line
// of a panel: one word, where metrics join theirs.
func legend(s *parse.Series, metric string) bool {
	const least = 4
	return len(s.Labels) == 0 && len(metric) >= least && !strings.ContainsAny(metric, "_:")
}

// sentencesOf are the texts of events: what one says may stand in a line behind its own.
func sentencesOf(c *parse.Capture, facts map[parse.Name]bool) (out []string) {
	for f := range facts {
		if text := c.Name(f); strings.Contains(text, " ") {
			out = append(out, text)
		}
	}
	return out
}

// ofSeries takes a label of a metric: a secret, a number, or a name.
func (n names) ofSeries(r *Redactor, key, value string) {
	switch r.keyed([]byte(key)).kind {
	case ofSecret:
		r.hide(value, true)
		return
	case ofNumber:
		if from, to := numberAfter([]byte(value), 0); to-from == len(value) {
			r.paths[value] = string(r.otherNumber([]byte(value)))
		}
	}
	n.label(r, key, value)
}

// joined takes names apart that are a namespace and a service with its port in
// one, as ingress-nginx names its upstreams: each part is replaced by itself, so
// that the service stays the same one everywhere.
func (n names) joined(r *Redactor) {
	for s, class := range n {
		if m := ofUpstream.FindStringSubmatch(s); class == Object && m != nil && n.apart(r, m[1]) {
			delete(n, s)
		}
	}
}

// apart takes "NS-SERVICE" as two names, if it is known where one ends.
func (n names) apart(r *Redactor, whole string) bool {
	for at := range len(whole) {
		if whole[at] != '-' || at+1 == len(whole) {
			continue
		}
		ns, service := whole[:at], whole[at+1:]
		_, known := n[service]
		known = known || r.to[service] != ""
		if n.namespace(r, ns) || r.wellKnown(ns) && known {
			if !known {
				n.add(r, Service, service)
			}
			return true
		}
	}
	return false
}

// ofUpstream is a namespace, a service and a port, by number or by name.
var ofUpstream = regexp.MustCompile(`^([a-z0-9]+(?:-[a-z0-9]+)+)-(?:[0-9]{1,5}|https?|grpc|h2c|web|tcp|metrics)$`)

// take makes the pseudonyms of names, those of pods last: they hold others.
func (r *Redactor) take(n names) {
	var list []string
	for s := range n {
		list = append(list, s)
	}
	slices.Sort(list)
	for _, pods := range []bool{false, true} {
		for _, s := range list {
			if class := n[s]; (class == Pod) != pods {
				continue
			} else if strings.Contains(s, ".") && !strings.ContainsAny(s, "/@: ") {
				r.dottedName(class, s)
			} else {
				r.replace(class, s)
			}
		}
	}
}

// dottedName replaces a name with dots label by label, as domain names are.
func (r *Redactor) dottedName(class Class, s string) {
	labels := strings.Split(s, ".")
	own := vendorsOwn(labels)
	for i, l := range labels {
		if own > 0 && (i >= len(labels)-own || ofVendor(l)) {
			continue
		}
		of := Host
		if i == 0 {
			of = class
		} else if k := classIn(labels, i); k != Host {
			of = k
		}
		if podShape([]byte(l)) == len(l) {
			of = Pod
		}
		if i < len(labels)-1 || r.anywhere(l) != "" || !topLevel[l] && !delegated(l) {
			labels[i] = r.label(l, of)
		}
	}
	if p := strings.Join(labels, "."); p != s && r.to[lower(s)] == "" {
		r.keep(class, s, p)
	}
}

// target reads what an event happened to: "name.ns.svc.cluster.local:80",
// "name.ns:80", "ns/name", "ns/pod/container", an address.
func (n names) target(r *Redactor, s string) {
	s = uncoloured(s)
	if i := strings.LastIndexByte(s, ':'); i > 0 && strings.Trim(s[i+1:], "0123456789") == "" {
		s = s[:i]
	}
	if strings.Contains(s, "/") {
		n.subject(r, s)
		return
	}
	if strings.ContainsAny(s, " []:") {
		return
	}
	labels := strings.Split(s, ".")
	if len(labels) == 2 && (!topLevel[labels[1]] || n.namespace(r, labels[1])) {
		n.add(r, Service, labels[0])
		n.add(r, Namespace, labels[1])
		return
	}
	for k, l := range labels {
		if class := classIn(labels, k); class != Host {
			n.add(r, class, l)
		} else if len(labels) == 1 {
			n.add(r, Object, l)
		}
	}
}

// namespace says whether a name is known to be one.
func (n names) namespace(r *Redactor, s string) bool {
	is, ok := n[s]
	return ok && is == Namespace || strings.HasPrefix(r.to[s], prefixes[Namespace])
}

// subject reads "namespace/pod/container", or as much of it as there is.
func (n names) subject(r *Redactor, s string) {
	classes := []Class{Namespace, Object, Container}
	parts := strings.Split(s, "/")
	if len(parts) > 3 || parts[0] != "" && strings.Trim(parts[0], "0123456789") == "" { // "443/mutate"
		return
	}
	if len(parts) == 3 || len(parts) == 2 && podShape([]byte(parts[1])) > 0 {
		classes[1] = Pod
	}
	if len(parts) == 3 && objectKinds[parts[1]] { // "NAMESPACE/KIND/NAME"
		classes[1], classes[2] = Object, r.ofObjectKind(parts[1])
	}
	for i, p := range parts {
		if p != "" && name.FindString(p) == p { // a table of one namespace does not say which
			n.add(r, classes[i], p)
		}
	}
}

// image reads a container's image; linkerd's own stay.
func (n names) image(r *Redactor, s string) {
	s, _, _ = strings.Cut(s, "@")
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		s = s[:i]
	}
	parts := strings.Split(s, "/")
	if len(parts) > 1 && strings.ContainsAny(parts[0], ".:") {
		parts = parts[1:] // the detectors see to the registry
	}
	if slices.Contains(parts, "linkerd") {
		return
	}
	for _, p := range parts {
		n.add(r, Object, p)
	}
}

// ofObjectKind is what an object of a kind is, "deployment" or "nodes".
func (r *Redactor) ofObjectKind(kind string) Class {
	if k := r.keyed([]byte(strings.TrimSuffix(kind, "s"))); k.ok && k.class <= Object {
		return k.class
	}
	return Object
}

var name = regexp.MustCompile(`[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?`)

// field takes a value by its key.
func (n names) field(r *Redactor, key, value string) {
	k := r.keyed([]byte(key))
	class := k.class
	switch {
	case !k.ok:
		return
	case class == image:
		n.image(r, value)
		return
	case k.free && len(value) >= 3 && len(value) <= 100:
		n.person(r, class, value)
		return
	}
	if class == unlessWord {
		if name.FindString(value) == value && !strings.Contains(value, ".") && !ofPaths[value] {
			n.unlessWord(r, value)
		}
		return
	}
	if class == Node {
		value, _, _ = strings.Cut(lower(value), "/") // describe: the name and the address
	}
	if name.FindString(value) == value {
		n.add(r, class, value)
	} else if strings.Count(value, "/") == 1 {
		n.subject(r, value)
	}
}

// label takes a value of a metric's label. What a cluster's users called their
// labels is in front of it, as kube-state-metrics writes them.
func (n names) label(r *Redactor, key, value string) {
	known := r.keyed([]byte(key)).ok
	switch {
	case !known && (strings.HasPrefix(key, "label_") || strings.HasPrefix(key, "annotation_")) && len(value) >= 3:
		n.person(r, Object, value)
	case !known && strings.HasSuffix(key, "_name"):
		if name.FindString(value) == value {
			n.add(r, Object, value)
		}
	default:
		n.field(r, key, value)
	}
}

// person takes a value that people make up, and each word of it that could not
// be a word of a log.
func (n names) person(r *Redactor, class Class, value string) {
	if !r.ordinary(value) {
		n.add(r, class, value)
	}
	for _, w := range wordsOf(value) {
		if top := strings.Contains(value, "."+w) && (topLevel[w] || delegated(w)); len(w) >= 3 && !top && !r.ordinary(w) && !common[lower(w)] {
			n.add(r, class, w)
		}
	}
}

// path redacts the path of a source: words that nobody knows may name a
// customer, a user or a ticket.
func (r *Redactor) path(s string) string {
	return string(r.line([]byte(s), func(word []byte) string {
		w := lower(string(word))
		if r.wellKnown(w) || r.ordinary(w) || partsOfKnown[w] || extensions[w] || r.taken[w] {
			return ""
		}
		return r.replace(File, string(word))
	}))
}
