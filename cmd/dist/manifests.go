package main

import (
	"os"
	"path/filepath"
	"strings"
)

// templates are the manifests of package managers that download the archives.
var templates = []string{"krew.yaml", "faultline.rb", "faultline.json"}

// manifests fills in every template of docs/packaging.
func (s *settings) manifests(sums []string) error {
	for _, name := range templates {
		template, err := os.ReadFile(filepath.Join("docs/packaging", name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(s.out, name), []byte(filled(string(template), s.version, sums)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// filled is a template with the version, and with the checksums of the archives
// from lines of checksums.txt; a platform that was not built keeps its
// placeholder. Comments at its head are for who edits it, and left out.
func filled(template, version string, sums []string) string {
	for strings.HasPrefix(template, "#") {
		_, template, _ = strings.Cut(template, "\n")
	}
	bare := strings.TrimPrefix(version, "v")
	fill := []string{"faultline_VERSION", "faultline_" + bare, "BARE_VERSION", bare, "VERSION", version}
	for _, line := range sums {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		for _, p := range platforms {
			if at := p.os + "_" + p.arch; strings.HasSuffix(name, at+p.suffix()) {
				fill = append(fill, "SHA256_"+at, sum)
			}
		}
	}
	return strings.NewReplacer(fill...).Replace(template)
}
