package extra

import "testing"

func TestDiagnostics(t *testing.T) {
	for text, want := range map[string]bool{
		`{"fully_qualified_name":"web.shop.svc.cluster.local","dst_overrides":[]}`:                                            true,
		"{\n \"protocol\": {\"Kind\": {\"Http1\": {}}},\n \"labels\": {\"group\": \"policy.linkerd.io\", \"name\": \"x\"}\n}": true,
		`{"protocol":"HTTP/1.1","method":"GET","status":504}`:                                                                 false,
		`{"fully_qualified_name":"a person's"}`:                                                                               false,
		`fully_qualified_name retry_budget`:                                                                                   false,
	} {
		if got := diagnostics().SniffDocument([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
