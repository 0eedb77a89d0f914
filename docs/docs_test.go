package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/formats"
)

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// docs/formats.md names every kind and every format, and no other kinds.
func TestFormatsPageIsWhole(t *testing.T) {
	text := page(t, "formats.md")
	kinds := map[string]bool{}
	for _, k := range parse.Kinds() {
		kinds[k.String()] = true
		if !strings.Contains(text, "| `"+k.String()+"` |") {
			t.Errorf("formats.md does not name the kind %s", k)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9]+\\.[a-z_]+)` \\|").FindAllStringSubmatch(text, -1) {
		if !kinds[m[1]] {
			t.Errorf("formats.md names the kind %s, which does not exist", m[1])
		}
	}
	for _, f := range formats.All() {
		if !strings.Contains(text, "| `"+f.Name+"` |") {
			t.Errorf("formats.md does not name the format %s", f.Name)
		}
	}
}

// What a page calls a file exists.
func TestFilesNamedInDocsExist(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	names := []string{"../README.md", "../CONTRIBUTING.md"}
	for _, pattern := range []string{"*.md", "*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		dir := strings.TrimSuffix(name, name[strings.LastIndexByte("/"+name, '/'):])
		for _, m := range link.FindAllStringSubmatch(page(t, name), -1) {
			if _, err := os.Stat(dir + m[1]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
