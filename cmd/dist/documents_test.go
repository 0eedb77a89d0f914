package main

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// A page of a package leads to nothing that is not in the package.
func TestDocumentsLeadToEachOther(t *testing.T) {
	list, err := documents("../..")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range list {
		for name := e.name; name != "."; name = path.Dir(name) { // a page may lead to a folder
			there[name] = true
		}
	}
	links, pages := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`), 0
	for _, e := range list {
		if path.Ext(e.name) != ".md" {
			continue
		}
		pages++
		for _, m := range links.FindAllStringSubmatch(string(e.data), -1) {
			if to := path.Join(path.Dir(e.name), m[1]); !there[to] {
				t.Errorf("%s leads to %s, which is not packed", e.name, to)
			}
		}
		if to := places(e.name); len(to) != 1 || !strings.HasSuffix(to[0].Dst, "/"+e.name) {
			t.Errorf("%s goes to %v", e.name, to)
		}
	}
	if pages < 40 {
		t.Errorf("%d pages", pages)
	}
}
