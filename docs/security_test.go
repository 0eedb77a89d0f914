package docs

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// Each promise of security.md names the tests that hold it, and they exist.
func TestPromisesHaveTests(t *testing.T) {
	text, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	tests := map[string]bool{}
	out, err := exec.Command("git", "-C", "..", "grep", "-hE", `^func (Test|Fuzz)[A-Z]`, "--", "*_test.go").Output()
	if err != nil {
		t.Skip("no checkout: ", err)
	}
	for _, name := range named.FindAllString(string(out), -1) {
		tests[name] = true
	}
	promises := strings.Split(string(text), "\n- ")[1:]
	if len(promises) < 8 {
		t.Fatalf("only %d promises", len(promises))
	}
	for _, promise := range promises {
		promise, _, _ = strings.Cut(promise, "\n\n")
		list := named.FindAllString(promise, -1)
		if len(list) == 0 && !strings.Contains(promise, "make ") {
			t.Errorf("a promise without a test: %.80s…", promise)
		}
		for _, name := range list {
			if !tests[name] {
				t.Errorf("%s holds a promise of security.md, and is no test", name)
			}
		}
	}
}
