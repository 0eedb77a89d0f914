// Package docs holds the pages of the documentation, for whoever reads them
// without a browser or a repository.
package docs

import (
	"embed"
	"io/fs"
)

//go:embed *.md
var files embed.FS

// Pages gives the pages by the names of their files.
func Pages() map[string]string {
	out := map[string]string{}
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		panic(err) // of a pattern that is a constant
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it was listed just now
		}
		out[name] = string(text)
	}
	return out
}
