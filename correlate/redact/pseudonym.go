package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"faultline/correlate/known"
)

// Class is what an original is.
type Class uint8

// The classes. A name that is several things is the first of them.
const (
	Namespace Class = iota
	Service
	Workload
	Pod
	Node
	Container
	Object // of a kind that is not known
	Host   // a label of a domain name
	File   // a word of a path
	Template
	IPv4
	IPv6
	MAC
	Mail
	UID
	Hash
	Secret
)

var classNames = [...]string{"namespace", "service", "workload", "pod", "node", "container", "object", "host", "path", "template_hash",
	"ipv4", "ipv6", "mac", "email", "uid", "hash", "secret"}

// String is the class in the words of a redaction report.
func (c Class) String() string { return classNames[min(c, Secret)] }

var prefixes = [...]string{Namespace: "ns-", Service: "svc-", Workload: "app-", Pod: "pod-", Node: "node-", Container: "ctr-", Object: "obj-",
	Host: "host-", File: "f-", Template: ""}

// alphabet is that of Kubernetes for generated names: no vowels, no words
// (k8s.io/apimachinery/pkg/util/rand).
const alphabet = "bcdfghjklmnpqrstvwxz2456789"

// Hidden stands where a secret was.
const Hidden = "REDACTED"

// digest is the keyed hash of an original. The class is not in it: a name that
// is a service here and a workload there differs in its prefix only.
func (r *Redactor) digest(original string, try int) [32]byte {
	h := hmac.New(sha256.New, r.key)
	fmt.Fprintf(h, "%d\x00%s", try, original)
	return [32]byte(h.Sum(nil))
}

// letters spells n letters out of a digest.
func letters(d [32]byte, n int) string {
	out := make([]byte, n)
	for i := range out {
		word := binary.BigEndian.Uint16(d[2*i%30:])
		out[i] = alphabet[int(word)%len(alphabet)]
	}
	return string(out)
}

// replace gives the pseudonym of an original, and makes it when it is met for
// the first time. Two originals never share one: another try is made.
func (r *Redactor) replace(class Class, original string) string {
	o := lower(original)
	if p, ok := r.to[o]; ok {
		if r.placed[o] && !r.wellKnown(o) { // it was met in a place first
			delete(r.placed, o)
			r.names.add(o, p)
		}
		r.note(class, original)
		return p
	}
	if r.taken[o] {
		return original
	}
	if class == Pod {
		return r.pod(original)
	}
	if m := ofTemplate.FindStringSubmatch(o); m != nil && class != Namespace && class < Host && strings.ContainsAny(m[2],
		"0123456789") && strings.Trim(m[2], "0123456789") != "" {
		return r.replicaSet(m[1], m[2])
	}
	for try := 0; ; try++ {
		p := r.shape(class, o, r.digest(o, try), try)
		if _, is := r.to[p]; !is && !r.taken[p] && p != o {
			r.keep(class, original, p)
			return p
		}
	}
}

// keep remembers a pseudonym.
func (r *Redactor) keep(class Class, original, p string) {
	o := lower(original)
	r.to[o] = p
	r.taken[p] = true
	if class <= Template {
		r.names.add(o, p)
		if strings.Contains(o, "-") { // as in the variables of a container's environment
			r.names.add(strings.ReplaceAll(o, "-", "_"), strings.ReplaceAll(p, "-", "_"))
		}
	}
	r.note(class, original)
}

func (r *Redactor) note(class Class, original string) {
	if had, ok := r.found[original]; !ok || class < had {
		r.found[original] = class
	}
}

// ofFirst is how many tries are made to let the first address of a network be
// one: of a service network it is the API server's, by which a dump is judged.
const ofFirst = 64

// shape writes a digest in the form of its class.
func (r *Redactor) shape(class Class, original string, d [32]byte, try int) string {
	switch class {
	case IPv4:
		n := 0xf0000000 | binary.BigEndian.Uint32(d[:])&0x0fffffff
		switch first := strings.HasSuffix(original, ".0.1"); {
		case first && try < ofFirst:
			n = n&^0xffff | 1
		case n == 0xffffffff || n&0xffff == 1:
			n -= 2
		}
		return fmt.Sprintf("%d.%d.%d.%d", n>>24, n>>16&255, n>>8&255, n&255)
	case IPv6:
		var groups []string
		for i := range 6 {
			groups = append(groups, fmt.Sprintf("%x", uint16(d[2*i])<<8|uint16(d[2*i+1])|1))
		}
		return "2001:db8:" + strings.Join(groups, ":")
	case MAC:
		if original[4] == '.' { // as routers write it
			return fmt.Sprintf("02%02x.%04x.%04x", d[0], d[1:3], d[3:5])
		}
		sep := original[2:3]
		var parts []string
		for _, b := range append([]byte{0x02}, d[:5]...) { // locally administered
			parts = append(parts, fmt.Sprintf("%02x", b))
		}
		return strings.Join(parts, sep)
	case Mail:
		return "user-" + letters(d, 8) + "@example.invalid"
	case UID:
		// RFC 9562, version 8. The short parts say nothing: one of four figures at random
		// is some original's now and then, and an export is refused for it.
		return fmt.Sprintf("%x-0000-8000-8000-%x", d[:4], d[10:16])
	case Hash:
		out := hex.EncodeToString(d[:])
		for len(out) < len(original) {
			d = sha256.Sum256(d[:])
			out += hex.EncodeToString(d[:])
		}
		return out[:len(original)]
	case Template:
		return letters(d, len(original))
	case File:
		return prefixes[class] + letters(d, 6) // five would make a folder a DaemonSet's pod
	}
	if class < Host {
		if c := component(original); c != "" {
			return c + "-" + letters(d, 8)
		}
	}
	return prefixes[class] + letters(d, 8)
}

// component is the longest name of a program that a name holds and by which a
// dump is judged, as traefik-internal holds traefik; empty when it holds none.
func component(name string) string {
	best := ""
	for _, c := range components() {
		if len(c) > len(best) && strings.Contains(name, c) {
			best = c
		}
	}
	return strings.TrimSuffix(best, "-")
}

var components = sync.OnceValue(func() []string {
	out := []string{"linkerd", "linkerd-destination"}
	for i := range known.Mechanisms {
		if c := known.Mechanisms[i].Component; c != "" {
			out = append(out, c)
		}
	}
	return out
})

var (
	ofTemplate   = regexp.MustCompile(`^(.+)-([` + alphabet + `a-f0-9]{8,10})$`)
	ofReplicaSet = regexp.MustCompile(`^(.+)-([a-z0-9]{5,10})-([` + alphabet + `]{5})$`)
	// likeReplicaSet is of what is known to be a pod, which people retype with
	// letters that Kubernetes never draws.
	likeReplicaSet = regexp.MustCompile(`^(.+)-([a-z0-9]{8,10})-([a-z0-9]{5})$`)
	ofDaemonSet    = regexp.MustCompile(`^(.+)-([` + alphabet + `]{5})$`)
)

// pod gives a pod's pseudonym: that of its owner, and what tells it from the
// owner's other pods.
func (r *Redactor) pod(original string) string {
	o := lower(original)
	var tail string
	spell := func(try int) string { return letters(r.digest(o, try), 5) }
	if m := likeReplicaSet.FindStringSubmatch(o); m != nil && strings.ContainsAny(m[2], "0123456789") {
		tail = r.replicaSet(m[1], m[2]) + "-"
	} else if owner, ordinal, ok := ordinalOf(o); ok {
		tail = r.owner(owner) + "-" + ordinal
		spell = func(try int) string { return strings.Repeat("0", try) }
	} else if m := ofDaemonSet.FindStringSubmatch(o); m != nil {
		tail = r.owner(m[1]) + "-"
	} else {
		tail = "pod-"
		spell = func(try int) string { return letters(r.digest(o, try), 8) }
	}
	for try := 0; ; try++ {
		if p := tail + spell(try); !r.taken[p] {
			r.keep(Pod, original, p)
			return p
		}
	}
}

// ordinalOf takes the number off the name of a StatefulSet's pod: "cart" and "0" of "cart-0".
func ordinalOf(pod string) (owner, ordinal string, ok bool) {
	const most = 4 // figures
	at := len(strings.TrimRight(pod, "0123456789"))
	if at < len("c-") || pod[at-1] != '-' || at == len(pod) || len(pod)-at > most {
		return "", "", false
	}
	return pod[:at-1], pod[at:], true
}

// replicaSet gives the pseudonym of the set of pods that share a template.
func (r *Redactor) replicaSet(owner, template string) string {
	set := owner + "-" + template
	if p, ok := r.to[set]; ok {
		return p
	}
	p := r.owner(owner) + "-" + r.replace(Template, template)
	r.keep(Object, set, p)
	return p
}

// owner gives the pseudonym of a workload.
func (r *Redactor) owner(name string) string {
	if r.wellKnown(name) {
		return r.place(Workload, name)
	}
	return r.replace(Workload, name)
}
