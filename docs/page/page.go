// Package page holds pages of the documentation to what the code says, for the
// tests of the packages that a page is made from.
package page

import (
	"os"
	"strings"
	"testing"
)

// Holds fails the test unless the file at path has want between the marks from
// and to. With UPDATE=1 in the environment it writes want there instead.
func Holds(t testing.TB, path, from, to, want string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), from)
	had, after, found := strings.Cut(rest, to)
	switch {
	case !ok || !found:
		t.Fatalf("%s lost the marks %q and %q", path, from, to)
	case had == want:
	case os.Getenv("UPDATE") == "":
		t.Fatalf("%s differs from the code behind %s: UPDATE=1 go test rewrites it", path, strings.TrimSpace(from))
	default:
		if err := os.WriteFile(path, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
