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
