package redact

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"faultline/parse"
)

// place is a stretch of a text that can hold nothing but a name, whatever word stands
// there: "auth" is a service in service{ns=shop name=auth} and a word elsewhere.
type place struct {
	span
	class Class
}

// places are those of a text, in order and apart.
func (r *Redactor) places(b []byte) []place {
	var list []place
	print := r.matched.print(b)
	for form := range r.formsIn(b, placeSigns()) {
		f := &placeForms[form]
		for _, m := range r.matched.matches(print, f.form(), b) {
			list = append(list, r.placesIn(b, f.classes, m)...)
		}
	}
	list = append(list, r.besideNamespaces(b)...)
	for i, c := range b {
		if c == '=' || c == ':' && i > 0 && b[i-1] == '"' { // programs alone write these
			if p := r.assignedPlace(b, i); p.to > p.from {
				list = append(list, p)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b place) int { return a.from - b.from })
	apart := list[:0]
	for _, p := range list {
		if p.to > p.from && (len(apart) == 0 || apart[len(apart)-1].to <= p.from) {
			apart = append(apart, p)
		}
	}
	return apart
}

// placesIn are the groups of a match; of a namespace and a service in one, the
// namespace must be known.
func (r *Redactor) placesIn(b []byte, classes []Class, m []int) (out []place) {
	for k, class := range classes {
		from, to := m[2*k+2], m[2*k+3]
		if from < 0 {
			continue
		}
		if class == image {
			out = append(out, imagePlaces(b, from, to)...)
			continue
		}
		if class != upstream {
			out = append(out, place{span{from, to}, class})
			continue
		}
		for at := from + 1; at < to; at++ {
			if b[at] == '-' && r.isNamespace(string(b[from:at])) {
				return []place{{span{from, at}, Namespace}, {span{at + 1, to}, Service}}
			}
		}
	}
	return out
}

// besideNamespaces are names beside a namespace that is known: "auth.shop:80",
// "shop/auth", "shop/auth-0/proxy".
func (r *Redactor) besideNamespaces(b []byte) (out []place) {
	for i, c := range b {
		if c != '.' && c != '/' {
			continue
		}
		left, right := span{startOf(b, i, dnsByte), i}, span{i + 1, endOf(b, i+1, dnsByte)}
		if left.from == i || right.to == i+1 || joinedBefore(b, left.from) {
			continue
		}
		switch {
		case c == '.' && portFollows(b, right.to) && r.isNamespace(string(b[right.from:right.to])):
			out = append(out, place{left, Service}, place{right, Namespace})
		case c == '/' && objectKinds[string(b[right.from:right.to])]: // "NS/secrets/NAME", a path of the API in part
		case c == '/' && r.isNamespace(string(b[left.from:i])):
			out = append(out, place{left, Namespace}, place{right, Service})
			if to := right.to; to < len(b) && b[to] == '/' {
				out = append(out, place{span{to + 1, endOf(b, to+1, dnsByte)}, Container})
			}
		}
	}
	return out
}

// joinedBefore says whether what begins at i is a part of something longer.
func joinedBefore(b []byte, i int) bool {
	return i > 0 && (wordByte(b[i-1]) || strings.IndexByte("./_-", b[i-1]) >= 0)
}

// isNamespace says whether a name is known to be that of a namespace.
func (r *Redactor) isNamespace(s string) bool {
	return s == "default" || strings.HasPrefix(r.to[s], prefixes[Namespace]) || r.taken[s] && strings.HasPrefix(s, prefixes[Namespace])
}

// assignedPlace is the value behind a separator, or nothing if its key has no name as one.
func (r *Redactor) assignedPlace(b []byte, i int) place {
	k := r.keyed(keyBefore(b, i))
	if !k.place {
		return place{}
	}
	from := i + 1
	if b[i] == ':' || from < len(b) && b[from] != ' ' {
		from = opened(b, from)
	}
	to := endOf(b, from, dnsByte)
	if to < len(b) && (wordByte(b[to]) || b[to] == '_' || b[to] == '|') { // "outbound|80||cart.shop": a cluster of Istio's
		return place{}
	}
	return place{span{from, to}, k.class}
}

// inPlaces replaces, where only a name can stand, also a word of the formats.
func (r *Redactor) inPlaces(b []byte) []edit { return r.wordsIn(b, r.places(b)) }

// wordsIn replaces the words of the formats that stand in some places of a text.
func (r *Redactor) wordsIn(b []byte, places []place) (out []edit) {
	for _, p := range places {
		if s := string(b[p.from:p.to]); r.word(s) {
			if put := r.place(p.class, s); put != s {
				out = append(out, edit{p.from, p.to, []byte(put)})
			}
		}
	}
	return out
}

// place gives the pseudonym of a name that is a word of the formats. It is replaced
// nowhere else, and the proof looks for it in its places alone.
func (r *Redactor) place(class Class, s string) string {
	if !placed(s) || r.taken[s] {
		return s
	}
	if p, ok := r.to[s]; ok {
		return p
	}
	r.placed[s] = true
	if owner, ordinal, ok := ordinalOf(s); ok {
		p := r.place(Workload, owner) + "-" + ordinal
		r.to[s], r.taken[p], r.found[s] = p, true, Pod
		return p
	}
	for try := 0; ; try++ {
		p := r.shape(class, s, r.digest(s, try), try)
		if _, is := r.to[p]; !is && !r.taken[p] {
			r.to[s], r.taken[p], r.found[s] = p, true, class
			return p
		}
	}
}

// leftInPlaces are where an original stands in a place, for the proof. Of a document each
// line is looked at by itself, as each was written: the forms are slow on a long text.
func (r *Redactor) leftInPlaces(b []byte) (out []span) {
	const document = 4 << 10
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.placed) == 0 {
		return nil
	}
	for from := 0; from < len(b); {
		end := len(b)
		if i := bytes.IndexByte(b[from:], '\n'); i >= 0 && len(b) > document {
			end = from + i + 1
		}
		for _, p := range r.places(b[from:end]) {
			if at := (span{from + p.from, from + p.to}); r.placed[string(b[at.from:at.to])] {
				out = append(out, at)
			}
		}
		from = end
	}
	return out
}

// placed says whether a word of the formats may be the name of something of a user's: not
// a number, nor what a cluster or a program brings along.
func placed(s string) bool {
	if address := strings.TrimPrefix(s, "ip-"); strings.Count(address, "-") == 3 {
		if _, n, ok := octets([]byte(address), '-'); ok && n == len(address) {
			return false // the detectors see to addresses
		}
	}
	if owner, _, ok := ordinalOf(s); ok {
		s = owner
	}
	if len(s) < 2 || !letter(s[0]) || apiVersion.MatchString(s) || strings.HasPrefix(s, "linkerd") || programs[s] {
		return false
	}
	return !everyCluster[s] || ofUsers[s]
}

var (
	// ofUsers are those of the words that every cluster has which users call services by.
	ofUsers = set("admin app core stack proxy client accept serve main console webhook component metrics grpc compute internal local forward transport")

	// programs name themselves, and a dump is judged by them; the others are words of the
	// API and of Kubernetes that stand where names do.
	programs = set(`error err warn warning info debug trace fatal notice library envoy istio istiod haproxy contour kong cilium calico karpenter keda argocd flux vault fluentd fluentbit loki tempo jaeger zipkin hubble
		pod pods container containers node nodes service services namespace namespaces none null unknown all true false
		log logs exec status portforward attach eviction binding scale finalize token`)
)

// typed makes the pseudonyms of words that fields hold which are for names alone. Where
// else the same word stands, it is none: see [Redactor.Field].
func (r *Redactor) typed(c *parse.Capture, labels map[parse.Label]bool) {
	fields := map[parse.Name]Class{}
	add := func(class Class, n parse.Name) {
		if had, ok := fields[n]; !ok || class < had {
			fields[n] = class
		}
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		add(Namespace, s.Namespace)
		add(Pod, s.Pod)
		add(Container, s.Container)
		add(Node, s.Node)
	}
	for l := range labels {
		if k := r.keyed([]byte(c.Name(l.Key))); k.place {
			add(k.class, l.Value)
		}
	}
	for _, n := range inOrder(c, fields) {
		if s := c.Name(n); r.word(s) {
			r.place(fields[n], s)
		}
	}
	for _, s := range subjects(c) {
		r.subject(s)
	}
	for i := range c.Sources {
		for _, f := range ofSource(&c.Sources[i]) {
			if r.word(f.name) {
				r.place(f.class, f.name)
			}
		}
	}
}

// inOrder are the names of fields by their classes: what "auth" is beside "auth-0" must
// not depend on which of them is met first.
func inOrder(c *parse.Capture, fields map[parse.Name]Class) []parse.Name {
	return slices.SortedFunc(maps.Keys(fields), func(a, b parse.Name) int {
		return cmp.Or(cmp.Compare(fields[a], fields[b]), strings.Compare(c.Name(a), c.Name(b)))
	})
}
