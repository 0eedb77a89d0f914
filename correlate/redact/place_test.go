package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"faultline/correlate/redact"
	"faultline/parse"
)

// Names that are words of the formats go from the places of names, in every encoding,
// and stay elsewhere.
var plantedPlaces = []string{
	`[  400.1s]  INFO ThreadId(01) outbound:proxy{addr=10.4.3.2:80}:service{ns=production name=WORD port=8080}: linkerd_stack::failfast: Service entering failfast after 3s`,
	`service{ns=production name=other} logical service WORD.production.svc.cluster.local:8080: service unavailable`,
	`ns=production dial tcp: WORD.production:8080: connection refused`,
	`route HTTPRoute.production.WORD: backend Service.production.WORD:8080: service in fail-fast`,
	`spiffe://cluster.local/ns/production/sa/WORD`, `system:serviceaccount:production:WORD`,
	`WORD.production.serviceaccount.identity.linkerd.cluster.local`, `fieldPath: spec.containers{WORD}`,
	`pods/WORD`, `deployment/WORD scaled`, `deployment.apps/WORD`, `service/WORD`, `/api/v1/namespaces/production/services/WORD`,
	`{"kubernetes":{"namespace_name":"production","pod_name":"WORD-0","container_name":"WORD"}}`,
	`requests{dst_service="WORD",dst_namespace="production"} 3`, `container=WORD`, `service=WORD`, `namespace=WORD`, `k8s.container.name=WORD`,
	`namespace=production Updated production/WORD`, `namespace=production pod production/WORD-0/WORD`, `pod=WORD-6d9f7c5b8-x2k4q`, `WORD-6d9f7c5b8-x2k4q`,
	`Back-off restarting failed container WORD in pod WORD-0_production(7d3a52b7-3470-426d-93a8-e7e178eabc30)`,
	`ns=production 10.1.2.3 [production-WORD-8080] [] 10.1.2.4:80`,
}

// plantedRows are lines that begin with names, or are nothing but one: of kubectl, stern,
// a journal, and pages of objects.
var plantedRows = []string{
	"Namespace:        WORD", "Service Account:  WORD", "Node:             WORD/10.1.2.3", "Node:             WORD.example.com/", "Name:             WORD",
	`WORD   2m         Warning   Unhealthy   pod/x-0   Readiness probe failed`, `WORD   3m44s (x5 over 2h)   Normal   Pulled   pod/x-0   pulled`,
	`WORD   x-0   1/1   Running   3 (5m ago)   3h`, `WORD-0   0/1   CrashLoopBackOff   3   3h`,
	`x-0   1/1   Running   3 (5m ago)   3h   10.1.2.3   WORD   <none>   <none>`,
	`[pod/WORD-0/WORD] [   404.1s]  WARN x`, `WORD x-0 WORD [   404.1s]  WARN x`, `WORD-0 WORD time="2024-02-02T13:22:38Z" level=info`,
	`Feb 02 13:22:25 WORD kubelet[911]: E0202 13:22:25.000000 911 prober.go:111] x`, `2024-02-02T13:22:25+00:00 WORD kubelet[911]: x`,
	`var/log/pods/WORD_WORD-0_7d3a52b7-3470-426d-93a8-e7e178eabc30/WORD/0.log`,
	`var/log/containers/WORD-0_WORD_WORD-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.log`,
	`{"involvedObject":{"kind":"Pod","name":"WORD-0","namespace":"WORD"},"metadata":{"name":"WORD-0.17b0c1d2e3f4a5b6"},"source":{"host":"WORD"}}`,
	`{"ownerReferences":[{"kind":"StatefulSet","name":"WORD"}],"spec":{"nodeName":"WORD","containers":[{"name":"WORD","image":"registry.example.com/WORD/WORD:v1"}]}}`,
	`Successfully assigned WORD/x-0 to WORD`, `Container WORD failed liveness probe, will be restarted`, `Created container WORD`,
	`ID:WORD/WORD,Depth:12`, `in API group "" in the namespace "WORD"`, `pods "WORD-0" not found`, `Node WORD status is now: NodeNotReady`, `node/WORD cordoned`,
	`10.1.2.3 - WORD [02/Feb/2024:13:22:12 +0000] "GET / HTTP/1.1" 504`, `outbound:http:logical{dst=WORD.WORD:80}: x`,
	`up{job="WORD",node="WORD",customer="WORD",team="WORD",owner="WORD",cluster="WORD"}`, `{"user":"WORD","tenant":"WORD","host":"WORD"}`,
}

func TestWordsAreNamesInTheirRows(t *testing.T) {
	for _, row := range plantedRows {
		for _, word := range words {
			line := []byte(strings.ReplaceAll(row, "WORD", word))
			r := redact.New([]byte("k"), nil)
			r.Learn(line)
			got := r.Line(line)
			if left(string(got), word, row) && !strings.Contains(string(got), word+"-") { // the pseudonym of what is called like a program has its name
				t.Errorf("%s is left in\n %s", word, got)
			}
			if again := r.Line(got); string(again) != string(got) {
				t.Errorf("changes when it is redacted again:\n %s\n %s", got, again)
			}
			s := r.Searcher()
			if s.Text("line", got); len(s.Hits) > 0 {
				t.Errorf("the search finds %v in\n %s", s.Hits, got)
			}
		}
	}
}

// A field that can hold nothing but a name holds one, whatever word it is.
func TestFieldsOfNames(t *testing.T) {
	r := redact.New([]byte("k"), nil)
	for key, value := range map[string]string{"namespace": "auth", "pod": "cache-0", "container": "server", "node": "worker", "job": "gateway",
		"subject": "auth/cache-0/server", "image": "registry.example.com/data/api:v2"} {
		got := r.Field(key, value)
		for _, w := range []string{"auth", "cache", "server", "worker", "gateway", "data/", "/api"} {
			if strings.Contains(got, w) {
				t.Errorf("%s: %s: %s", key, value, got)
			}
		}
	}
	if p, s := r.Field("namespace", "auth"), r.Field("subject", "auth/cache-0"); !strings.HasPrefix(s, p+"/") {
		t.Errorf("%s is another one in %s", p, s)
	}
	if got := r.Target(parse.KubeletProbeFailed, "auth/node/worker"); strings.Contains(got, "worker") || !strings.Contains(got, "/node/") {
		t.Error(got)
	}
	for key, value := range map[string]string{"namespace": "kube-system", "container": "linkerd-proxy", "error": "server", "image": "docker.io/library/nginx:1.25", "node": ""} {
		if got := r.Field(key, value); got != value {
			t.Errorf("%s: %s: %s", key, value, got)
		}
	}
}

var words = []string{"auth", "api", "user", "login", "backend", "frontend", "profile", "notify", "gateway", "events", "admin"}

func TestWordsAreNamesInTheirPlaces(t *testing.T) {
	for _, sentence := range plantedPlaces {
		for _, word := range words {
			for _, name := range []string{"plain", "json", "twice", "percent", "entity", "cri"} {
				line := plantedEncodings[name](strings.ReplaceAll(sentence, "WORD", word))
				kept := "; " + word + " is a word"
				r := redact.New([]byte("k"), nil)
				r.Learn([]byte(line + kept))
				got := string(r.Line([]byte(line + kept)))
				rest, ok := strings.CutSuffix(got, kept)
				if !ok {
					t.Errorf("the word goes where it is none:\n %s", got)
				}
				if left(rest, word, sentence) {
					t.Errorf("%s: %s is left in\n %s", name, word, rest)
				}
				if again := string(r.Line([]byte(got))); again != got {
					t.Errorf("changes when it is redacted again:\n %s\n %s", got, again)
				}
				s := r.Searcher()
				s.Text("line", []byte(got))
				if len(s.Hits) > 0 {
					t.Errorf("the search finds %v in\n %s", s.Hits, got)
				}
				if s.Text("line", []byte(line)); len(s.Hits) == 0 {
					t.Errorf("the search finds nothing in\n %s", line)
				}
			}
		}
	}
}

// A word that is a namespace, a container and a pod's owner has the same pseudonym each time.
func TestPlacesOfACaptureAreStable(t *testing.T) {
	made := func() string {
		c := &parse.Capture{Sources: make([]parse.Source, 1), Streams: make([]parse.Stream, 1)}
		source, stream := &c.Sources[0], &c.Streams[0]
		source.Namespace, source.Pod, source.Container = "backend", "backend-0", "backend"
		stream.Namespace, stream.Pod, stream.Container = c.Names.AddString("auth"), c.Names.AddString("auth-0"), c.Names.AddString("auth")
		return fmt.Sprint(redact.New([]byte("k"), c).Map())
	}
	first := made()
	for range 50 {
		if again := made(); again != first {
			t.Fatalf("%s\n%s", first, again)
		}
	}
}

// A port behind a service that is called like a secret stays.
func TestPortsAreNoSecrets(t *testing.T) {
	const line = "backend Service.shop.auth:8080: service in fail-fast"
	r := redact.New([]byte("k"), nil)
	if got := string(r.Line([]byte(line))); !strings.HasSuffix(got, ":8080: service in fail-fast") {
		t.Error(got)
	}
}

// left says whether a word is left more often than the sentence has it by itself.
func left(text, word, sentence string) bool {
	own := strings.Count(strings.ToLower(strings.ReplaceAll(sentence, "WORD", "")), word)
	return strings.Count(strings.ToLower(text), word) > own
}

// An address that is written as bytes goes with the same pseudonym, and other lists of
// numbers stay.
func TestAddressesAsBytes(t *testing.T) {
	for line, stays := range map[string]bool{
		"dst=[10 0 0 7] refused": false, "dst=[192 168 3 4]": false, "[172, 16, 3, 4]": false, "[0 0 0 0 0 0 0 0 0 0 255 255 10 0 0 7]": false,
		"buckets [1 2 3 4]": true, "[200 404 503 504]": true, "[10 20 30]": true, "[10 20 30 40 50]": true, "[0 0 0 0]": true, "[10 0 0": true,
	} {
		r := redact.New([]byte("k"), nil)
		before := string(r.Line([]byte(strings.Replace(line, "[10 0", "[20 0", 1)))) // what is remembered of it is not used
		if got := string(r.Line([]byte(line))); (got == line) != stays {
			t.Errorf("%s: %s, after %s", line, got, before)
		}
	}
	r := redact.New([]byte("k"), nil)
	got := string(r.Line([]byte("10.0.0.7 is [10 0 0 7]")))
	plain, list, _ := strings.Cut(got, " is ")
	if strings.ReplaceAll(plain, ".", " ") != strings.Trim(list, "[]") {
		t.Error(got)
	}
}

// The domain of a cluster stays, also where something is called by a word of it.
func TestDomainsOfClustersStay(t *testing.T) {
	r := redact.New([]byte("k"), nil)
	r.Learn([]byte(`up{owner="local",team="svc"} 1`))
	if got := string(r.Line([]byte("logical service kelvorna.shop.svc.cluster.local:80: x"))); !strings.HasSuffix(got, ".svc.cluster.local:80: x") {
		t.Error(got)
	}
}
