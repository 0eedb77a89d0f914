package rules

import (
	"slices"
	"testing"
)

// What is listed has no case to fill its places from: none may be left.
func TestListingsHaveNoPlaces(t *testing.T) {
	for _, r := range All() {
		texts := []string{r.Doc, r.Explain()}
		if d := r.Diagnosis; d != nil {
			texts = append(texts, d.What, d.Evidence, d.Against, d.Sure, d.Never)
		}
		for _, n := range texts {
			if found := blank.FindString(n); found != "" {
				t.Errorf("%s lists %s: %s", r.Name, found, n)
			}
		}
	}
	for _, page := range []string{Page(), DiagnosesPage()} {
		if found := blank.FindString(page); found != "" {
			t.Errorf("a page has %s", found)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Why has {target} no endpoints?":                                               "Why has the target no endpoints?",
		"Ask: linkerd diagnostics endpoints {target} --destination-pod POD, {target}":  "Ask: linkerd diagnostics endpoints TARGET --destination-pod POD, the target",
		"Its log; and kubectl describe node {node}.":                                   "Its log; and kubectl describe node NODE.",
		"That node: {nodes}kubectl describe node. {delivered}":                         "That node: kubectl describe node.",
		"The log of linkerd-proxy at {addr}: kubectl logs POD, then that of {target}.": "The log of linkerd-proxy at the address: kubectl logs POD, then that of the target.",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := written("{a} of {b}.", true, func(place string) string { return "{" + place + "}" }); got != "{a} of {b}." {
		t.Errorf("what is filled in is filled again: %q", got)
	}
	g := &group{}
	if got, want := g.fill("Ask {target}: linkerd diagnostics endpoints {target} -o json"), "Ask the target: linkerd diagnostics endpoints TARGET -o json"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if texts := plainly([]string{"a {target}", "b"}); !slices.Equal(texts, []string{"a the target", "b"}) {
		t.Error(texts)
	}
}
