package redact

import (
	"bytes"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"faultline/fixtures"
)

// What the scanners in tell.go read, as regular expressions, which are what
// they are meant to be and forty times slower.
var (
	pairsForm   = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_./-]*(?: (?:By|Account|Id|ID|Catalog|Source|Name))?)(?:\\*["'])?(?:=|:)[ \t]*(?:\[?\\*["'])?([A-Za-z0-9][A-Za-z0-9_.:@/-]*)`)
	objectsForm = regexp.MustCompile(`(?i)\b(pods?|replicasets?|deployments?|statefulsets?|daemonsets?|jobs?|services?|svc|nodes?|endpoints?|endpointslices?|namespaces?|configmaps?|secrets?|hpa|ingress)(?:\.apps|\.batch)?/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`)
)

func sameAsForms(t *testing.T, line []byte) {
	t.Helper()
	for _, c := range []struct {
		form *regexp.Regexp
		scan func([]byte, func(a, b []byte))
	}{{pairsForm, pairs}, {objectsForm, objects}} {
		var got, want [][]byte
		c.scan(line, func(a, b []byte) { got = append(got, a, b) })
		for _, m := range c.form.FindAllSubmatch(line, -1) {
			want = append(want, m[1], m[2])
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%q\n gives %q\n wants %q", line, got, want)
		}
	}
}

// nothingButNames says that no detector knows what is plain.
func nothingButNames(t *testing.T, r *Redactor, line []byte) {
	t.Helper()
	for i := range line {
		if !begins(line, i) || !plain(line, i) {
			continue
		}
		if n := module(line[i:]); n > 0 {
			t.Errorf("%q at %d: a module, and plain", line, i)
		}
		for k, detect := range detectors {
			if n, _, ok := detect(line, i); ok {
				t.Errorf("%q at %d: detector %d takes %d bytes of what is plain", line, i, k, n)
			}
		}
		if n, p := r.host(line, i); n > 0 {
			t.Errorf("%q at %d: a host of %d bytes, %q, and plain", line, i, n, p)
		}
		if n := podShape(line[i:]); n > 0 {
			t.Errorf("%q at %d: a pod of %d bytes, and plain", line, i, n)
		}
	}
}

// The scanners tell what their forms say, of every line of the fixtures and of
// lines that are made to confuse them.
func TestScannersAreTheirForms(t *testing.T) {
	every, lines := 7, 100_000
	if testing.Short() {
		every, lines = 35, 20_000
	}
	r := New([]byte("k"), nil)
	for _, i := range fixtures.Incidents() {
		in, _, err := fixtures.Inputs(i.Name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range in {
			file, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(file)
			file.Close()
			if err != nil {
				t.Fatal(err)
			}
			for line := range bytes.Lines(data) {
				if n++; n%every == 0 && len(line) < 4000 {
					sameAsForms(t, line)
					nothingButNames(t, r, line)
				}
			}
		}
	}
	parts := []string{"a", "k8s", "pod", "Pods", "svc", "ns", "=", ":", "/", "\\", "\"", "'", " ", "\t", ".", "-", "_", "@", " By", " Account", "7", "f", "::", "10",
		"10.0.0.1", "fd00", "deadbeef", "linkerd", "h2", "%2F", "\\n", "\\u00e9", "\x00", "x@y.io", "ip-", "com", "-0-0-1", "00:00:00:00:00:00", "é"}
	random := rand.New(rand.NewPCG(4, 5))
	for range lines {
		var line []byte
		for range 1 + random.IntN(12) {
			line = append(line, parts[random.IntN(len(parts))]...)
		}
		sameAsForms(t, line)
		nothingButNames(t, r, line)
		if t.Failed() {
			return
		}
	}
}
