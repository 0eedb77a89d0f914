package redact_test

import (
	"strings"
	"testing"

	"faultline/correlate/redact"
)

// Words of paths that people made up go, and those of systems and interfaces stay; so does
// what only looks like a path.
func TestWordsOfPaths(t *testing.T) {
	for text, stays := range map[string]string{
		`"GET /v1/kelvorna/orders?page=2 HTTP/1.1" 504`:        `"GET /v1/`,
		`Get "http://10.1.2.3:8080/healthz/kelvorna": refused`: `:8080/healthz/`,
		`https://shop.example.com/assets/kelvorna.js`:          `/assets/`,
		`script '/srv/kelvorna/public/index.php' timed out`:    `script '/srv/`,
		`context with path [/kelvorna] threw`:                  `context with path [/`,
		`{"uri":"/m/kelvorna","status":502}`:                   `{"uri":"/m/`,
		`uri=%2Fv2%2Fkelvorna%2Fpay`:                           `uri=`,
		`:path=/acme.kelvorna.v1.Billing/Charge`:               `:path=/`,
	} {
		r := redact.New([]byte("k"), nil)
		r.Learn([]byte(text))
		got := string(r.Line([]byte(text)))
		if strings.Contains(got, "kelvorna") || !strings.HasPrefix(got, stays[:strings.IndexByte(stays, '/')+1]) && !strings.Contains(got, stays) {
			t.Errorf("%s: %s", text, got)
		}
		if again := string(r.Line([]byte(got))); again != got {
			t.Errorf("changes when it is redacted again:\n %s\n %s", got, again)
		}
	}
	for _, text := range []string{"read/write error", "1/1 kelvorna", "and/or kelvorna", "GET /healthz", "/var/run/secrets", "/api/v1/namespaces?limit=500", "</kelvorna>"} {
		r := redact.New([]byte("k"), nil)
		r.Learn([]byte(text))
		if got := string(r.Line([]byte(text))); got != text {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// What is a name in one line and a word of a path in a line before is the same name in both.
func TestPathsWaitForNames(t *testing.T) {
	lines := []string{`"GET /kelvorna/x HTTP/1.1" 504`, `service{ns=shop name=kelvorna port=80}`}
	r := redact.New([]byte("k"), nil)
	for _, l := range lines {
		r.Learn([]byte(l))
	}
	if got := string(r.Line([]byte(lines[0]))); strings.Contains(got, "/f-") {
		t.Error(got)
	}
}

// Values of a query that look drawn at random are secrets, whatever their key.
func TestRandomValuesOfQueries(t *testing.T) {
	for text, goes := range map[string]bool{"/x?k=gekKH6FRD55dTa4k": true, "/x?a=1&cart=iz4ZszzkKUh9r44k HTTP": true, "/x?id=4711&sort=createdAt": false, "/x?page=checkout-summary": false} {
		r := redact.New([]byte("k"), nil)
		if got := string(r.Line([]byte(text))); (got != text) != goes {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// A word of a path does not become what is read as the name of a pod.
func TestWordsOfPathsAreNoPods(t *testing.T) {
	folder, _, _ := strings.Cut(redact.New([]byte("k"), nil).Path("kelvorna/kubectl/events.json"), "/")
	if _, suffix, _ := strings.Cut(folder, "-"); len(suffix) == 5 || strings.Contains(folder, "kelvorna") {
		t.Error(folder)
	}
}
