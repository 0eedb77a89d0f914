package redact

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// detectors recognise what has a shape of its own, at the beginning of a word.
var detectors = []func(b []byte, i int) (n int, class Class, ok bool){uid, hardware, mail, hash, nibbles, padded, inet6, inet4}

// ended says whether a thing may end at j: no letter, digit or part of it
// follows.
func ended(b []byte, j int, more string) bool {
	if j >= len(b) {
		return true
	}
	if wordByte(b[j]) {
		return false
	}
	return strings.IndexByte(more, b[j]) < 0 || j+1 >= len(b) || !wordByte(b[j+1])
}

// pattern matches h for a hexadecimal digit, and all else as it is.
func pattern(b []byte, shape string) bool {
	if len(b) < len(shape) {
		return false
	}
	for i := range len(shape) {
		if shape[i] == 'h' && !hexByte(b[i]) || shape[i] != 'h' && shape[i] != b[i] {
			return false
		}
	}
	return true
}

// uid is a UUID (RFC 9562 §4); the kubelet's systemd driver writes it with
// underscores. What follows does not matter: it may be glued to the next word.
func uid(b []byte, i int) (int, Class, bool) {
	const dashes, lines = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "hhhhhhhh_hhhh_hhhh_hhhh_hhhhhhhhhhhh"
	return len(dashes), UID, pattern(b[i:], dashes) || pattern(b[i:], lines)
}

func hardware(b []byte, i int) (int, Class, bool) {
	const colons, dashes, dots = "hh:hh:hh:hh:hh:hh", "hh-hh-hh-hh-hh-hh", "hhhh.hhhh.hhhh"
	if pattern(b[i:], dots) && ended(b, i+len(dots), ".") && (i == 0 || b[i-1] != '.') {
		return len(dots), MAC, bytes.ContainsAny(b[i:i+len(dots)], "abcdefABCDEF")
	}
	return len(colons), MAC, (pattern(b[i:], colons) || pattern(b[i:], dashes)) && ended(b, i+len(colons), ":-") &&
		(i == 0 || b[i-1] != ':' && b[i-1] != '-')
}

func mail(b []byte, i int) (int, Class, bool) {
	at := i
	for at < len(b) && at-i < 64 && (inLabel(b, at) || strings.IndexByte("._+-", b[at]) >= 0) {
		at++
	}
	width := 1 // of the @, which a URL escapes
	if bytes.HasPrefix(b[at:], []byte("%40")) {
		width = 3
	} else if at >= len(b) || b[at] != '@' {
		return 0, Mail, false
	}
	if at == i {
		return 0, Mail, false
	}
	end, dot := at+width, 0
	if _, n, ok := octets(b[end:], '.'); ok && ended(b, end+n, "") {
		return end + n - i, Mail, string(b[i:at]) != Hidden
	}
	if n := inBrackets(b[end:]); n > 0 {
		return end + n - i, Mail, true
	}
	for end < len(b) && (inLabel(b, end) || b[end] == '-' || b[end] == '.' && end+1 < len(b) && wordByte(b[end+1])) {
		if b[end] == '.' {
			dot = end
		}
		end++
	}
	if dot == 0 {
		return end - i, Mail, ofIntranet(b, i, at, end)
	}
	return end - i, Mail, end-dot > 2 && string(b[i:at]) != Hidden
}

// ofIntranet says whether a domain without a dot ends an address of mail: no digest, tag,
// protocol of a DSN or provider of Traefik is behind the @.
func ofIntranet(b []byte, i, at, end int) bool {
	domain := bytes.TrimLeft(b[at:end], "@%40")
	if len(domain) < 2 || !letter(domain[0]) || !hasLetter(string(b[i:at])) || string(b[i:at]) == Hidden ||
		end < len(b) && strings.IndexByte("(_", b[end]) >= 0 {
		return false
	}
	return !notMail[lower(string(domain))]
}

// notMail are words behind an @ that is none of an address.
var notMail = set(`sha256 sha384 sha512 latest next head main master tcp udp unix kubernetes kubernetescrd kubernetesgateway kubernetesingressnginx internal
	docker file consul consulcatalog nomad swarm ecs rest http redis zookeeper etcd`)

// inBrackets is the length of an IPv4 address in brackets (RFC 5321 §4.1.3).
func inBrackets(b []byte) int {
	if !bytes.HasPrefix(b, []byte("[")) {
		return 0
	}
	if _, n, ok := octets(b[1:], '.'); ok && bytes.HasPrefix(b[1+n:], []byte("]")) {
		return n + 2
	}
	return 0
}

// inLabel says whether a byte may be of a label of a domain name, which need not be
// of ASCII (RFC 5890), besides a dash.
func inLabel(b []byte, i int) bool {
	return wordByte(b[i]) && (b[i] < 0x80 || punctuation(b[i:]) == 0 && !within(b, i))
}

// within says whether a byte belongs to a character of punctuation.
func within(b []byte, i int) bool {
	return i > 0 && punctuation(b[i-1:]) > 1 || i > 1 && punctuation(b[i-2:]) > 2
}

// hash is a long number in hexadecimal: the id of a container, the digest of
// an image.
func hash(b []byte, i int) (int, Class, bool) {
	j, figures := i, 0
	for j < len(b) && hexByte(b[j]) {
		if b[j] <= '9' {
			figures++
		}
		j++
	}
	return j - i, Hash, j-i >= 32 && figures < j-i && figures > 0 && ended(b, j, "")
}

// octets reads four numbers up to 255 with one separator.
func octets(b []byte, sep byte) (ip [4]byte, n int, ok bool) {
	for k := range 4 {
		from := n
		v := 0
		for n < len(b) && n-from < 3 && b[n] >= '0' && b[n] <= '9' {
			v = v*10 + int(b[n]-'0')
			n++
		}
		if n == from || v > 255 || n-from > 1 && b[from] == '0' {
			return ip, 0, false
		}
		ip[k] = byte(v)
		if k < 3 {
			if n >= len(b) || b[n] != sep {
				return ip, 0, false
			}
			n++
		}
	}
	return ip, n, true
}

// everywhere says whether an address is the same on every host; ingress-nginx has
// 0.0.0.1 for a server that is none.
func everywhere(ip [4]byte) bool {
	return ip[0] == 127 || ip[0] == 0 || ip == [4]byte{255, 255, 255, 255} || ip == [4]byte{169, 254, 169, 254}
}

func inet4(b []byte, i int) (int, Class, bool) {
	ip, n, ok := octets(b[i:], '.')
	if !ok || everywhere(ip) || i+n < len(b) && figure(b[i+n]) {
		return 0, IPv4, false
	}
	if rest := b[i+n:]; len(rest) > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9' {
		return 0, IPv4, false // a longer number
	}
	if bytes.HasPrefix(b[i+n:], []byte(".in-addr")) {
		return 0, IPv4, false // written backwards
	}
	return n, IPv4, i == 0 || b[i-1] != '.' || i < 2 || b[i-2] < '0' || b[i-2] > '9'
}

func inet6(b []byte, i int) (int, Class, bool) {
	j, colons := i, 0
	for j < len(b) && (hexByte(b[j]) || b[j] == ':') {
		if b[j] == ':' {
			colons++
		}
		j++
	}
	if colons < 2 || i > 0 && b[i-1] == ':' || j < len(b) && wordByte(b[j]) {
		return 0, IPv6, false
	}
	if j+1 < len(b) && b[j] == '.' && figure(b[j+1]) {
		return mapped(b, i, j)
	}
	if b[j-1] == ':' && (j-i < 2 || b[j-2] != ':') {
		j-- // "fd00::1: connection refused"
	}
	if port := bytes.LastIndexByte(b[i:j], ':') + i; j-port == 6 && port-i > 2 && b[port-1] != ':' &&
		strings.Trim(string(b[port+1:j]), "0123456789") == "" {
		j = port // HAProxy writes a port of five figures behind an address without brackets
	}
	return j - i, IPv6, groups(string(b[i:j])) && telling(b[i:j]) && !strings.HasPrefix("::1", string(b[i:j]))
}

// telling says whether what reads as an IPv6 address is one: "e::", "8::" and
// "de::ad" are as well what an escape or a path of a program leaves.
func telling(b []byte) bool {
	groups := 0
	for g := range bytes.SplitSeq(b, []byte(":")) {
		if len(g) == 4 {
			return true
		}
		if len(g) > 0 {
			groups++
		}
	}
	return groups > 2 || groups == 2 && bytes.ContainsAny(b, "0123456789")
}

// mapped reads an IPv6 address that ends as an IPv4 address does. Behind the
// prefixes of mapped and translated addresses that is one, and is found by
// itself (RFC 4291 §2.5.5, RFC 6052 §2.1).
func mapped(b []byte, i, j int) (int, Class, bool) {
	at := bytes.LastIndexByte(b[i:j], ':') + i + 1
	_, n, ok := octets(b[at:], '.')
	switch lower(string(b[i:at])) {
	case "::", "::ffff:", "0:0:0:0:0:ffff:", "::ffff:0:", "64:ff9b::":
		return 0, IPv6, false
	}
	return at + n - i, IPv6, ok && ended(b, at+n, "") && groups(string(b[i:at])+"0:0")
}

// groups says whether text is an IPv6 address (RFC 4291 §2.2).
func groups(s string) bool {
	head, tail, short := strings.Cut(s, "::")
	n := 0
	for _, half := range []string{head, tail} {
		if half == "" {
			continue
		}
		for _, g := range strings.Split(half, ":") {
			if len(g) == 0 || len(g) > 4 {
				return false
			}
			n++
		}
	}
	return short && n < 8 || !short && n == 8
}

// host reads a domain name, and the other ways to write an address: with
// dashes, and turned around. What stands between the dots is replaced label by
// label, so that a service is the same in every name.
func (r *Redactor) host(b []byte, i int) (n int, p string) {
	end, dots := i, 0
	for end < len(b) && (inLabel(b, end) || b[end] == '-' || b[end] == '.' && end > i && end+1 < len(b) && wordByte(b[end+1])) {
		if b[end] == '.' {
			dots++
		}
		end++
	}
	if end == i || b[i] > '9' && b[i]|0x20 != 'i' && (dots == 0 || !r.endsAsDomain(b, i, end)) {
		return 0, "" // no digit and no "ip-" to begin an address with
	}
	s := lower(string(b[i:end]))
	if ip, n, ok := octets([]byte(s), '.'); ok && !everywhere(ip) && strings.HasPrefix(s[n:], ".in-addr") {
		turned := dotted([4]byte{ip[3], ip[2], ip[1], ip[0]}, ".")
		if q, _, ok := octets([]byte(r.replace(IPv4, turned)), '.'); ok {
			return n, dotted([4]byte{q[3], q[2], q[1], q[0]}, ".")
		}
	}
	if n, p := r.dashed(s, dots > 0); n > 0 {
		return n, p
	}
	if n, p := r.underlined(b[i:]); n > 0 {
		return n, p
	}
	if dots == 0 || wellKnownDomain(s) {
		return 0, ""
	}
	labels := strings.Split(s, ".")
	if !isDomain(labels) || !r.endsAsDomain(b, i, end) {
		return 0, ""
	}
	last := len(labels) - 1
	for _, k := range ownLabels(labels) {
		labels[k] = r.label(labels[k], classIn(labels, k))
	}
	labels[last] = cmp.Or(r.anywhere(labels[last]), labels[last]) // "cart.shop": a namespace that is a top level as well
	if p := strings.Join(labels, "."); p != s {
		return end - i, p
	}
	return end - i, ""
}

// anywhere is the pseudonym of a name that is one wherever it stands, or nothing.
func (r *Redactor) anywhere(name string) string {
	if r.placed[name] {
		return ""
	}
	return r.to[name]
}

// endsAsDomain says whether the text with dots from i to end may be a domain
// name, see isDomain: it ends with a top level, and where that is also an
// ending of files or a word of programs, what stands around it must say so.
func (r *Redactor) endsAsDomain(b []byte, i, end int) bool {
	r.small = appendLower(r.small[:0], b[i:end])
	dot := bytes.LastIndexByte(r.small, '.')
	last := string(r.small[dot+1:])
	switch {
	case topLevel[last] || bytes.Contains(r.small, []byte(".svc")) || bytes.Contains(r.small, []byte(".serviceaccount")):
		return true
	case !delegated(last) || b[i] <= 'Z' && b[i] >= 'A' && r.anywhere(last) != "":
		return false // no top level, or one that is a name here: "Service.shop.reviews"
	case bytes.HasSuffix(b[:i], []byte("//")) || i > 0 && b[i-1] == '@':
		return true
	case end < len(b) && (b[end] == '=' || b[end] == '('):
		return false // a field, a call
	case fileEndings[last]:
		return false
	}
	sure := !wordEndings[last] || i > 0 && b[i-1] == '=' || portFollows(b, end)
	return r.unknownLabels(string(r.small[:max(dot, 0)]), sure)
}

// unknownLabels says whether some of the labels before a top level are no words of
// the formats, as those of "metadata.name" are, and all of them, unless it is sure.
func (r *Redactor) unknownLabels(labels string, sure bool) bool {
	unknown := false
	for l := range strings.SplitSeq(labels, ".") {
		word := r.wellKnown(l) || prose[l]
		if word && !sure {
			return false // "request.host"
		}
		unknown = unknown || !word
	}
	return unknown
}

// delegated says whether a label is a top level of the root zone
// (publicsuffix.org, by the list that golang.org/x/net carries).
func delegated(label string) bool {
	_, icann := publicsuffix.PublicSuffix(label)
	return icann
}

// dashed reads "10-1-0-17", as the names of nodes and pods hold addresses.
func (r *Redactor) dashed(s string, domain bool) (n int, p string) {
	prefix := ""
	if strings.HasPrefix(s, "ip-") {
		prefix = "ip-"
	}
	ip, n, ok := octets([]byte(s[len(prefix):]), '-')
	if !ok || everywhere(ip) || !ended([]byte(s), len(prefix)+n, "-") {
		return 0, ""
	}
	address := dotted(ip, ".")
	if r.taken[address] {
		return len(prefix) + n, s[:len(prefix)+n]
	}
	if _, known := r.to[address]; !known && prefix == "" && !domain {
		return 0, ""
	}
	return len(prefix) + n, prefix + strings.ReplaceAll(r.replace(IPv4, address), ".", "-")
}

// underlined reads "10_1_0_17", as the names of upstreams and metrics hold
// addresses.
func (r *Redactor) underlined(b []byte) (n int, p string) {
	ip, n, ok := octets(b, '_')
	if !ok || everywhere(ip) || !ended(b, n, "_") || n < len("10_1_0_1") {
		return 0, ""
	}
	address := dotted(ip, ".")
	if r.taken[address] {
		return n, ""
	}
	return n, strings.ReplaceAll(r.replace(IPv4, address), ".", "_")
}

func dotted(ip [4]byte, sep string) string {
	var parts [4]string
	for i, o := range ip {
		parts[i] = strconv.Itoa(int(o))
	}
	return strings.Join(parts[:], sep)
}

// label replaces one label of a domain name.
func (r *Redactor) label(l string, class Class) string {
	if r.wellKnown(l) || r.taken[l] {
		return l
	}
	if n, p := r.dashed(l, true); n == len(l) {
		return p
	}
	if class == Host && podShape([]byte(l)) == len(l) {
		class = Pod
	}
	return r.replace(class, l)
}

// classIn is what the k-th label of a domain name names.
func classIn(labels []string, k int) Class {
	for j, l := range labels {
		if (l == "svc" || l == "serviceaccount" || l == "pod") && j > 0 {
			switch k {
			case j - 1:
				return Namespace
			case j - 2:
				if l == "pod" {
					return Pod
				}
				return Service
			}
		}
	}
	return Host
}

// podShape is how much of b is the name of a Deployment's pod: the owner, the
// hash of the template and a suffix, in the letters of such names.
func podShape(b []byte) int {
	n := endOf(b, 0, dnsByte)
	if n < 13 || !ended(b, n, "") || bytes.Count(b[:n], []byte("-")) < 2 {
		return 0
	}
	m := ofReplicaSet.FindSubmatch(b[:n])
	if m == nil || len(m[2]) < 8 || !bytes.ContainsAny(m[2], "0123456789") {
		return 0
	}
	for _, c := range m[2] {
		if strings.IndexByte(alphabet, c) < 0 && !hexByte(c) {
			return 0
		}
	}
	return n
}
