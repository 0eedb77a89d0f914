package redact

import (
	"bytes"
	"regexp"
	"strings"
)

// q is a quote, escaped or not, or none.
const q = `(?:\\\\*["'])?`

// label is a name of Kubernetes (RFC 1123, with dots).
const dnsName = `([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)`

// sentence is a standard sentence that holds names: of linkerd, Kubernetes,
// SPIFFE, and the access logs of web servers. signs are texts of which one must
// stand in a line before the form is looked for; the groups are of the classes.
type sentence struct {
	signs   []string
	form    *regexp.Regexp
	classes []Class
}

// sentences are from the sources that print them: linkerd2-proxy
// linkerd/app/outbound/src/http/logical/policy (Service.NS.NAME since 2.13),
// SPIFFE-ID §2 with Istio's and linkerd's paths, apimachinery's api/errors
// (KIND "NAME" not found, is forbidden), apiserver's serviceaccount.MakeUsername,
// kubernetes pkg/kubelet (container c in pod NAME_NS(uid), spec.containers{c}),
// kube-scheduler's and the controllers' events, the combined log format of
// Apache and nginx ($remote_user), Traefik's names of routers and services
// (pkg/provider/kubernetes) and HAProxy's frontends (doc/configuration.txt 8.2.3).
var sentences = []sentence{
	{[]string{"service.", "route.", "network.", "server.", "authorizationpolicy."}, regexp.MustCompile(`\b(?:Service|[A-Z]+Route|[A-Za-z]+Route|EgressNetwork|UnmeshedNetwork|Server|AuthorizationPolicy)\.([a-z0-9-]+)\.([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`), []Class{Namespace, Service}},
	{[]string{"spiffe:", "/ns/"}, regexp.MustCompile(`/ns/([a-z0-9.-]+)/sa/([a-z0-9-]+(?:\.[a-z0-9-]+)*)`), []Class{Namespace, Service}},
	{[]string{"serviceaccount:"}, regexp.MustCompile(`serviceaccounts?:([a-z0-9.-]+):([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`), []Class{Namespace, Service}},
	{[]string{"serviceaccounts:"}, regexp.MustCompile(`system:serviceaccounts:([a-z0-9-]+)`), []Class{Namespace}},
	{[]string{"not found", "forbidden", "already exists", "cannot ", "invalid:", "modified", "timed out"}, regexp.MustCompile(`(?i)\b(?:[a-z]+(?:\.[a-z0-9.-]+)?)\s+\\*["']` + dnsName + `\\*["']\s+(?:not found|is forbidden|already exists|is invalid|cannot be)`), []Class{Object}},
	{[]string{"in the namespace", "in namespace"}, regexp.MustCompile(`in (?:the )?namespace:? ` + q + dnsName), []Class{Namespace}},
	{[]string{"ontainers{"}, regexp.MustCompile(`ontainers\{` + dnsName + `\}`), []Class{Container}},
	{[]string{" in pod "}, regexp.MustCompile(`\b(?:container|containers)[ =]` + q + `([a-z0-9-]+)` + q + ` in pod ` + q + dnsName + `_([a-z0-9-]+)\(`), []Class{Container, Pod, Namespace}},
	{[]string{"replica set"}, regexp.MustCompile(`(?i)replica set ` + q + dnsName), []Class{Workload}},
	{[]string{"pod: ", "created pod", "deleted pod", "create pod", "delete pod"}, regexp.MustCompile(`(?i)(?:create[ds]?|delete[ds]?|creating|deleting) pod:? ` + q + dnsName), []Class{Pod}},
	{[]string{"successfully assigned"}, regexp.MustCompile(`Successfully assigned ([a-z0-9-]+)/` + dnsName + ` to ` + dnsName), []Class{Namespace, Pod, Node}},
	{[]string{"for pod", "pod \"", "pod \\\"", "pod '"}, regexp.MustCompile(`(?i)\bpods? \\*["']` + dnsName + `\\*["']`), []Class{Pod}},
	{[]string{"for pod", "pod \"", "pod \\\""}, regexp.MustCompile(`(?i)\bpod[ =]\\*["']([a-z0-9-]+)/` + dnsName + `\\*["']`), []Class{Namespace, Pod}},
	{[]string{"node \"", "node \\\"", "node '", "node "}, regexp.MustCompile(`(?i)\bnodes? \\*["']` + dnsName + `\\*["']`), []Class{Node}},
	{[]string{" node "}, regexp.MustCompile(`(?:Deleting|Registered|Removing|Draining|Cordoning) [Nn]ode ` + q + dnsName), []Class{Node}},
	{[]string{" status is now:"}, regexp.MustCompile(`Node ` + dnsName + ` status is now`), []Class{Node}},
	{[]string{"volume"}, regexp.MustCompile(`(?i)\bvolumes? \\*["']` + dnsName + `\\*["']`), []Class{Object}},
	{[]string{"container "}, regexp.MustCompile(`(?i)\bcontainer \\*["']?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\\*["']? (?:failed|was|is|in pod|exited|terminated|restarted|definition|of pod|did|could|has|will|\(id)`), []Class{Container}},
	{[]string{"container "}, regexp.MustCompile(`(?i)\b(?:created|started|stopping|killing|starting) container:? ` + q + dnsName), []Class{Container}},
	{[]string{"-n ", "--namespace"}, regexp.MustCompile(`(?:^|[\s"'>=+])(?:-n|--namespace)(?:[ =]|\\*["'],\\*["'])` + dnsName), []Class{Namespace}},
	{[]string{"container\\"}, regexp.MustCompile(`(?:Start|Kill|Run|Create|Init)Container\\*["'] for \\*["']` + dnsName), []Class{Container}},
	{[]string{"image"}, regexp.MustCompile(`(?i)\bimage:?[ =]+\\*["']?([a-z0-9][^\s"'\\,]+[:/@][^\s"'\\,]+)`), []Class{image}},
	{[]string{"ips for", "endpoint ", "endpoints ", "slice ", "slices ", "service ", "ingress "}, regexp.MustCompile(`(?i)(?:\bIPs|\bendpoints?|slices?|\bservice|\bingress) (?:for |of |object )?` + q + `([a-z0-9-]+)/` + dnsName), []Class{Namespace, Service}},
	{[]string{"://"}, regexp.MustCompile(`://([a-z0-9-]+(?:\.[a-z0-9-]+)?)(?:[:/?#"'\s\\]|$)`), []Class{target}},
	{[]string{"] ["}, regexp.MustCompile(`\[([a-z0-9]+(?:-[a-z0-9]+)+)-(?:[0-9]{1,5}|https?|grpc)\] \[`), []Class{upstream}},                            // ingress-nginx: NS-SERVICE-PORT
	{[]string{"@kubernetes"}, regexp.MustCompile(`"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)@kubernetes(?:crd|gateway|ingressnginx)?\\*"`), []Class{upstream}}, // Traefik: NS-NAME of its provider
	{[]string{" haproxy["}, regexp.MustCompile(`\d{2}:\d{2}:\d{2}\.\d{3}\] ([A-Za-z0-9][\w.-]*)~? `), []Class{Object}},                                  // HAProxy's %ft
	{[]string{"user "}, regexp.MustCompile(`(?i)\buser \\*["']([^"'\\:]{3,100})\\*["']`), []Class{Object}},
	{[]string{" - "}, regexp.MustCompile(` - ([^\s\[\]"{}=]{2,100}) \[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:`), []Class{Object}},
}

// sentenceSigns are the beginnings of all signs, by two letters, as of secrets.
var sentenceSigns = func() *signs {
	s := &signs{}
	for i, f := range sentences {
		s.add(f.signs, i)
	}
	return s
}()

// sentences takes the names that standard sentences hold.
func (n names) sentences(r *Redactor, line []byte) {
	n.podForms(r, line)
	r.small = appendLower(r.small[:0], line)
	for form := range sentenceSigns.in(r.small) {
		s := &sentences[form]
		for _, m := range s.form.FindAllSubmatch(line, -1) {
			for k, class := range s.classes {
				switch text := string(bytes.TrimRight(m[k+1], ".-")); class {
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
				default:
					n.said(r, class, text)
				}
			}
		}
	}
}

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
		start := at
		for start > 0 && (letter(b[start-1]) || figure(b[start-1]) || strings.IndexByte("._-", b[start-1]) >= 0) {
			start--
		}
		if pod, ns, ok := strings.Cut(string(b[start:at]), "_"); ok && pod != "" && ns != "" {
			n.said(r, Pod, pod)
			n.said(r, Namespace, ns)
		}
	}
}

// said takes a name from a sentence, where a word of the formats may stand too:
// "user \"anonymous\"", "container runtime is down".
func (n names) said(r *Redactor, class Class, s string) {
	if !prose[lower(s)] {
		n.add(r, class, s)
	}
}
