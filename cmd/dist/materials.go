package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// component is a module in a CycloneDX 1.5 document
// (cyclonedx.org/docs/1.5/json).
type component struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
}

// materials lists the modules that the linker put into a binary.
func materials(binary, version string, when time.Time) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	parts := []component{{"library", "stdlib", strings.TrimPrefix(info.GoVersion, "go"), "pkg:golang/stdlib@" + strings.TrimPrefix(info.GoVersion, "go")}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		parts = append(parts, component{"library", m.Path, m.Version, "pkg:golang/" + m.Path + "@" + m.Version})
	}
	doc := map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
		"metadata": map[string]any{
			"timestamp": when.Format(time.RFC3339),
			"component": component{"application", "faultline", version, "pkg:golang/faultline@" + version},
		},
		"components": parts,
	}
	return json.MarshalIndent(doc, "", "  ")
}

// module is what `go list -m` says of one.
type module struct{ Path, Version, Dir string }

// licences collects the licence of every module that the binary is made of.
func licences() ([]byte, error) {
	list, err := output("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/faultline")
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for path := range strings.Lines(list) {
		used[strings.TrimSpace(path)] = true
	}
	raw, err := exec.Command("go", "list", "-m", "-json", "all").Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m all: %w", err)
	}
	var b bytes.Buffer
	for d := json.NewDecoder(bytes.NewReader(raw)); d.More(); {
		var m module
		if err := d.Decode(&m); err != nil {
			return nil, err
		}
		if !used[m.Path] || m.Version == "" {
			continue
		}
		text, err := licence(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		fmt.Fprintf(&b, "== %s %s\n\n%s\n\n", m.Path, m.Version, bytes.TrimSpace(text))
	}
	return b.Bytes(), nil
}

// licence reads the licence file of a module, and its notice if it has one.
func licence(dir string) (text []byte, err error) {
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			text = append(append(text, data...), '\n')
		}
	}
	if len(text) == 0 {
		return nil, fmt.Errorf("no licence in %s", dir)
	}
	return text, nil
}
