package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Every placeholder of a manifest is filled in from a release's checksums, with
// the sum of the archive beside it.
func TestManifestsAreFilledIn(t *testing.T) {
	var sums []string
	for _, p := range platforms {
		name := "faultline_1.2.3_" + p.os + "_" + p.arch
		for _, suffix := range []string{p.suffix(), ".cdx.json", ".deb"} {
			sums = append(sums, checksum(entry{name + suffix, []byte(name + suffix), 0o644}))
		}
	}
	for _, file := range templates {
		template, err := os.ReadFile("../../docs/packaging/" + file)
		if err != nil {
			t.Fatal(err)
		}
		got := filled(string(template), "v1.2.3", sums)
		if strings.Contains(got, "VERSION") || strings.Contains(got, "SHA256_") || strings.HasPrefix(got, "#") {
			t.Errorf("%s: a placeholder is left:\n%s", file, got)
		}
		for _, p := range platforms {
			archive := "faultline_1.2.3_" + p.os + "_" + p.arch + p.suffix()
			sum, _, _ := strings.Cut(checksum(entry{"", []byte(archive), 0o644}), " ")
			at := strings.Index(got, "v1.2.3/"+archive)
			if at < 0 {
				if strings.Contains(string(template), "VERSION_"+p.os+"_"+p.arch) {
					t.Errorf("%s: the archive of %s/%s is not named", file, p.os, p.arch)
				}
				continue
			}
			if !strings.Contains(got[at:min(at+200, len(got))], sum) {
				t.Errorf("%s: %s/%s has not its sum", file, p.os, p.arch)
			}
		}
		if strings.HasSuffix(file, ".json") && !json.Valid([]byte(got)) {
			t.Errorf("%s: not JSON", file)
		}
	}
}
