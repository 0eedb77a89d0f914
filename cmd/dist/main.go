// Command dist builds the release archives: one static binary a platform, with
// its man pages, completions and licences, a list of checksums, and a bill of
// materials taken from what the linker recorded. The same commit gives the
// same bytes on any machine with the same Go.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// platform is an operating system and an architecture as Go names them.
type platform struct{ os, arch string }

var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

func main() {
	out := flag.String("o", "dist", "`folder` to write to")
	version := flag.String("version", "", "version to build; empty is what git says")
	only := flag.String("only", "", "build only this `os/arch`")
	flag.Parse()
	if err := run(*out, *version, *only); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(out, version, only string) error {
	if version == "" {
		said, err := output("git", "describe", "--tags", "--always", "--dirty")
		if err != nil {
			return err
		}
		version = said
	}
	when, err := commitTime()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	extras, err := collect(version, when)
	if err != nil {
		return err
	}
	var sums []string
	for _, p := range platforms {
		if only != "" && only != p.os+"/"+p.arch {
			continue
		}
		lines, err := release(out, version, p, extras, when)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", p.os, p.arch, err)
		}
		sums = append(sums, lines...)
	}
	if err := os.WriteFile(filepath.Join(out, "checksums.txt"), []byte(strings.Join(sums, "")), 0o644); err != nil {
		return err
	}
	template, err := os.ReadFile("docs/packaging/krew.yaml")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "krew.yaml"), []byte(krew(string(template), version, sums)), 0o644)
}

// krew fills in the manifest of the kubectl plugin from lines of checksums; a
// platform that was not built keeps its placeholder.
func krew(template, version string, sums []string) string {
	fill := []string{"faultline_VERSION", "faultline_" + strings.TrimPrefix(version, "v"), "VERSION", version}
	for _, line := range sums {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		for _, p := range platforms {
			if at := p.os + "_" + p.arch; strings.HasSuffix(name, at+".tar.gz") || strings.HasSuffix(name, at+".zip") {
				fill = append(fill, "SHA256_"+at, sum)
			}
		}
	}
	_, manifest, _ := strings.Cut(template, "apiVersion:") // what stands before it is for us
	return strings.NewReplacer(fill...).Replace("apiVersion:" + manifest)
}

// commitTime is what every entry of an archive is dated with: that of the
// commit, or SOURCE_DATE_EPOCH (reproducible-builds.org).
func commitTime() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		var err error
		if text, err = output("git", "log", "-1", "--format=%ct"); err != nil {
			return time.Time{}, err
		}
	}
	sec, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(sec, 0).UTC(), err
}

// release builds one platform's archive and bill of materials, and gives their
// lines for checksums.txt.
func release(out, version string, p platform, extras []entry, when time.Time) ([]string, error) {
	binary := filepath.Join(out, "faultline-"+p.os+"-"+p.arch)
	defer os.Remove(binary)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid= -X main.version="+version, "-o", binary, "./cmd/faultline")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOFLAGS=-mod=readonly")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	bill, err := materials(binary, version, when)
	if err != nil {
		return nil, err
	}
	name := "faultline_" + strings.TrimPrefix(version, "v") + "_" + p.os + "_" + p.arch
	exe := "faultline"
	if p.os == "windows" {
		exe += ".exe"
	}
	list := append([]entry{{exe, program, 0o755}}, extras...)
	archive, err := pack(name, p.os == "windows", list, when)
	if err != nil {
		return nil, err
	}
	suffix := ".tar.gz"
	if p.os == "windows" {
		suffix = ".zip"
	}
	var lines []string
	for _, f := range []entry{{name + suffix, archive, 0o644}, {name + ".cdx.json", bill, 0o644}} {
		if err := os.WriteFile(filepath.Join(out, f.name), f.data, 0o644); err != nil {
			return nil, err
		}
		lines = append(lines, checksum(f))
	}
	fmt.Println(name + suffix)
	return lines, nil
}

func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
