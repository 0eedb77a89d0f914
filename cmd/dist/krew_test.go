package main

import (
	"os"
	"strings"
	"testing"
)

// Every placeholder of the manifest is filled in from a release's checksums.
func TestKrewIsFilledIn(t *testing.T) {
	template, err := os.ReadFile("../../docs/packaging/krew.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var sums []string
	for _, p := range platforms {
		suffix := ".tar.gz"
		if p.os == "windows" {
			suffix = ".zip"
		}
		name := "faultline_1.2.3_" + p.os + "_" + p.arch
		sums = append(sums, checksum(entry{name + suffix, []byte(name), 0o644}), checksum(entry{name + ".cdx.json", nil, 0o644}))
	}
	got := krew(string(template), "v1.2.3", sums)
	if strings.Contains(got, "VERSION") || strings.Contains(got, "SHA256_") {
		t.Errorf("a placeholder is left:\n%s", got)
	}
	for _, p := range platforms {
		sum, _, _ := strings.Cut(checksum(entry{"", []byte("faultline_1.2.3_" + p.os + "_" + p.arch), 0o644}), " ")
		if at := strings.Index(got, "v1.2.3/faultline_1.2.3_"+p.os+"_"+p.arch); at < 0 || !strings.Contains(got[at:min(at+200, len(got))], "sha256: "+sum) {
			t.Errorf("%s/%s has not its sum", p.os, p.arch)
		}
	}
}
