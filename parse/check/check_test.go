package check

import (
	"strings"
	"testing"

	"faultline/parse"
)

// What a check says: its name, how it ended and the first line of why.
func TestCheck(t *testing.T) {
	const text = `linkerd-identity
----------------
√ 'linkerd-config' config map exists
√ certificate config is valid
‼ issuer cert is valid for at least 60 days
    issuer certificate will expire on 2024-06-19T23:16:07Z
    see https://linkerd.io/2.13/checks/#l5d-identity-issuer-cert-not-expiring-soon for hints
× control plane proxies are healthy
    The "linkerd-proxy" container in the "linkerd-destination-x" pod is not ready
‼ control plane and cli versions match
    control plane running edge-24.3.1 but cli running stable-2.13.6
Status check results are ×
× 
× 3 apples
    indented prose`
	b := parse.NewBatch(false, false)
	var verdicts strings.Builder
	for i, s := range strings.Split(text, "\n") {
		verdicts.WriteByte("-otm"[line(&parse.Line{Text: []byte(s), No: uint32(i + 1)}, b)])
	}
	// '-' not its line, 'o' known, 't' an event.
	if got, want := verdicts.String(), "--ootoototoo---"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var got []string
	for _, e := range b.Events {
		got = append(got, e.Severity.String()+" "+b.Names.Text(e.Target)+": "+b.Names.Text(e.Fact))
	}
	want := []string{
		"warn issuer cert is valid for at least 60 days: issuer certificate will expire on 2024-06-19T23:16:07Z",
		`error control plane proxies are healthy: The "linkerd-proxy" container in the "linkerd-destination-x" pod is not ready`,
		"warn control plane and cli versions match: control plane running edge-24.3.1 but cli running stable-2.13.6",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	if len(b.Facts) != 1 || b.Names.Text(b.Facts[0].Value) != "edge-24.3.1" {
		t.Errorf("%+v", b.Facts)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("× a b\n    c\n")
	f.Fuzz(func(t *testing.T, text string) {
		b := parse.NewBatch(false, false)
		for i, s := range strings.Split(text, "\n") {
			if strings.TrimSpace(s) == "" {
				continue
			}
			line(&parse.Line{Text: []byte(s), No: uint32(i + 1)}, b)
			var d parse.Detail
			detail([]byte(s), &d)
		}
	})
}
