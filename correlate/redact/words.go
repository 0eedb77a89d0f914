package redact

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"faultline/parse/formats"
)

var (
	// grammar are the words that the parsers look for: a name that is one of
	// them cannot be told from it, and says nothing.
	//go:embed grammar.txt
	grammarText string
	// ordinaries are the words of our own sentences.
	//go:embed prose.txt
	proseText string

	grammar, prose = sync.OnceValue(grammarWords), set(proseText)

	// everyCluster are names that every cluster has, or many.
	everyCluster = set(`kube-system kube-public kube-node-lease kube-proxy kube-dns coredns core-dns metrics-server local-path-storage
		cert-manager ingress-nginx ingress-nginx-controller nginx nginx-ingress traefik envoy istio-system monitoring prometheus grafana
		linkerd linkerd-viz linkerd-proxy linkerd-init linkerd-network-validator linkerd-destination linkerd-identity linkerd-proxy-injector
		linkerd-policy linkerd-dst linkerd-dst-headless linkerd-identity-headless linkerd-sp-validator linkerd-policy-validator linkerd-cni
		destination identity sp-validator proxy-injector policy kubernetes default kubelet apiserver kube-apiserver kube-controller-manager
		kube-scheduler etcd docker containerd cri-o crio kubectl api-server control-plane controlplane linkerd-controller linkerd-prometheus
		pod-template-hash component controller-manager webhook admin localhost localhost6 cluster-domain http-admin grpc metrics
		app core stack proxy transport detect balance reconnect tap meshtls rescue opaque forward concrete logical client accept serve
		main console stdout stderr ms us ns min sec hour day go rs py js
		k8s-pod compute internal local arpa addr ip6 com net org io amazonaws svc cluster serviceaccount identity pod`)

	topLevel = set(`com net org io dev local internal cloud corp lan home intranet test example invalid localdomain svc arpa
		consul vpn mgmt co ai tech systems services online site shop store eu de uk us fr nl ch at se no dk fi es it pl cz be ca au nz jp cn in br ru gov edu mil int info biz`)

	// fileEndings are top levels that end the names of files, wordEndings those
	// that are fields of programs more often than hosts.
	fileEndings = set(`rs py sh pl md zip mov so ps cc ml mk mm java`)
	wordEndings = set(`st do id is my to me by name host hosts zone network pub map prof read data link date events foundation how ist int post pro
		trust works tools services as am pm mt vi bin`)

	// ourDomains hold the names of projects, not of clusters.
	ourDomains = set(`linkerd.io l5d.io buoyant.io kubernetes.io k8s.io x-k8s.io cncf.io prometheus.io grafana.com github.com githubusercontent.com
		ghcr.io docker.io docker.com gcr.io quay.io pkg.dev golang.org go.dev rust-lang.org traefik.io in-addr.arpa ip6.arpa envoyproxy.io nginx.org opentelemetry.io example.invalid`)

	// ourOrgs own those projects where their sources are kept.
	ourOrgs = set(`linkerd buoyantio kubernetes kubernetes-sigs envoyproxy istio prometheus prometheus-operator grafana traefik golang rust-lang tokio-rs hyperium
		tower-rs nginx nginxinc haproxy haproxytech coredns containerd cncf helm fluxcd argoproj cilium projectcalico open-telemetry grpc etcd-io rancher k3s-io`)

	extensions = set(`log logs txt json jsonl yaml yml csv tsv zip tar gz tgz zst bz2 xz prev previous describe get pods events dump current old raw ts cri stdin
		var tmp containers out case day capture report kubectl kubernetes proxies destinations replica replicas before after demo synth truth`)
)

// grammarWords are the words that the formats look for, by what the formats
// themselves say, and those that their code holds beside.
func grammarWords() map[string]bool {
	words := set(grammarText)
	add := func(phrases []string) {
		for _, p := range phrases {
			for _, w := range strings.FieldsFunc(lower(p), func(c rune) bool { return c < '0' || c > 'z' || c > '9' && c < 'a' }) {
				if len(w) > 1 {
					words[w] = true
				}
			}
		}
	}
	for _, f := range formats.All() {
		add(f.Needles)
		if f.Skim != nil {
			add(f.Skim.Words)
		}
	}
	return words
}

// partsOfKnown are the words of names that every cluster has.
var partsOfKnown = func() map[string]bool {
	m := map[string]bool{}
	for name := range everyCluster {
		for w := range strings.SplitSeq(name, "-") {
			m[w] = true
		}
	}
	return m
}()

func set(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

// wellKnown says whether a name stays: it is a number, a word of the formats,
// or one that every cluster has.
func (r *Redactor) wellKnown(s string) bool {
	s = lower(s)
	if len(s) <= 1 || everyCluster[s] || objectKinds[s] || grammar()[s] || r.own[s] || strings.Trim(s, "0123456789.-:/") == "" ||
		apiVersion.MatchString(s) || partOfTime.MatchString(s) {
		return true
	}
	if len(s) == 16 && s[0] == '1' && pattern([]byte(s), "hhhhhhhhhhhhhhhh") {
		return true // the time in the name of an event: no capture is read alike without
	}
	if owner, _, ok := ordinalOf(s); ok {
		return r.wellKnown(owner) // a StatefulSet's pod has its owner's name
	}
	rest, ok := strings.CutPrefix(s, "linkerd-")
	if !ok {
		return false
	}
	for _, w := range strings.Split(rest, "-") {
		if !grammar()[w] && !everyCluster[w] {
			return false
		}
	}
	return true
}

// apiVersion is the version of an API or of a program, such as v1 and v1beta2.
var apiVersion = regexp.MustCompile(`^v[0-9]+(?:(?:alpha|beta|rc)[0-9]*)?$`)

// partOfTime is a word of a time, as the names of folders hold it: 04T09,
// 20250304T092016Z, 2025-03-04T09.
var partOfTime = regexp.MustCompile(`^(?:[0-9]{2,8}|[0-9]{4}-[0-9]{2}-[0-9]{2})t[0-9]{2,6}z?$`)

// vocabulary takes the words of a metric's name or of a label's key, which
// must not be taken for names.
func (r *Redactor) vocabulary(s string) {
	for _, w := range wordsOf(lower(s)) {
		r.own[w] = true
	}
}

// ordinary says whether an original is a word of our own sentences.
func (r *Redactor) ordinary(s string) bool {
	s = lower(s)
	return prose[s] || grammar()[s] || everyCluster[s] || extensions[s] || ofReport.MatchString(s)
}

// word says whether a name is one of the formats, or of our own sentences: it is
// replaced where nothing but a name can stand.
func (r *Redactor) word(s string) bool { return r.wellKnown(s) || r.ordinary(s) }

// ofReport is how a report numbers what it says: findings, incidents, periods,
// associations.
var ofReport = regexp.MustCompile(`^[afip][0-9]{1,4}$`)

// wellKnownDomain says whether a domain name is that of a project.
func wellKnownDomain(s string) bool {
	if s == "cluster.local" || s == "linkerd.cluster.local" {
		return true
	}
	for {
		if ourDomains[s] {
			return true
		}
		_, rest, ok := strings.Cut(s, ".")
		if !ok {
			return false
		}
		s = rest
	}
}

// isDomain says whether labels are a domain name and not a file or a field.
func isDomain(labels []string) bool {
	for i, l := range labels {
		if i > 0 && (l == "svc" || l == "serviceaccount") {
			return true
		}
	}
	last := labels[len(labels)-1]
	return (topLevel[last] || delegated(last)) && strings.Trim(strings.Join(labels[:len(labels)-1], ""), "0123456789-") != ""
}
