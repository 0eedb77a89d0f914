// Command dist builds a release: for each platform an archive of the static
// binary with its man pages, completions and licences, and a bill of materials
// taken from what the linker recorded; for Linux packages as well; the
// manifests of Homebrew, Scoop and krew; and the checksums of all of them. The
// same commit gives the same bytes on any machine with the same Go.
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

// settings are what a release is built with.
type settings struct {
	out, version, only string
	// archives leaves the packages out, whose tool has to be fetched.
	archives bool
	// sign is a private SSH key, or empty.
	sign string
	when time.Time
}

func main() {
	var s settings
	flag.StringVar(&s.out, "o", "dist", "`folder` to write to")
	flag.StringVar(&s.version, "version", "", "version to build; empty is what git says")
	flag.StringVar(&s.only, "only", "", "build only this `os/arch`")
	flag.BoolVar(&s.archives, "archives", false, "no .deb, .rpm and .apk")
	flag.StringVar(&s.sign, "sign", "", "sign the checksums with this SSH `key`")
	flag.Parse()
	if err := s.run(); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func (s *settings) run() (err error) {
	if s.version == "" {
		if s.version, err = output("git", "describe", "--tags", "--always", "--dirty"); err != nil {
			return err
		}
	}
	if s.when, err = commitTime(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	extras, err := collect(s.version, s.when)
	if err != nil {
		return err
	}
	var sums []string
	for _, p := range platforms {
		if s.only != "" && s.only != p.os+"/"+p.arch {
			continue
		}
		lines, err := s.release(p, extras)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", p.os, p.arch, err)
		}
		sums = append(sums, lines...)
	}
	list := filepath.Join(s.out, "checksums.txt")
	if err := os.WriteFile(list, []byte(strings.Join(sums, "")), 0o644); err != nil {
		return err
	}
	if s.sign != "" {
		if _, err := output("ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", s.sign, list); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(os.Stderr, "dist: %s is NOT SIGNED: make dist SIGN=key signs it\n", list)
	}
	return s.manifests(sums)
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

// release builds one platform's archive, bill of materials and packages, and
// gives their lines for checksums.txt.
func (s *settings) release(p platform, extras []entry) ([]string, error) {
	binary := filepath.Join(s.out, "faultline-"+p.os+"-"+p.arch)
	defer os.Remove(binary)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid= -X main.version="+s.version, "-o", binary, "./cmd/faultline")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOFLAGS=-mod=readonly")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	bill, err := materials(binary, s.version, s.when)
	if err != nil {
		return nil, err
	}
	name := "faultline_" + strings.TrimPrefix(s.version, "v") + "_" + p.os + "_" + p.arch
	list := append([]entry{{p.exe(), program, 0o755}}, extras...)
	archive, err := pack(name, p.os == "windows", list, s.when)
	if err != nil {
		return nil, err
	}
	files := []entry{{name + p.suffix(), archive, 0o644}, {name + ".cdx.json", bill, 0o644}}
	if p.os == "linux" && !s.archives {
		packages, err := s.packages(name, p, list)
		if err != nil {
			return nil, err
		}
		files = append(files, packages...)
	}
	var lines []string
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(s.out, f.name), f.data, 0o644); err != nil {
			return nil, err
		}
		lines = append(lines, checksum(f))
		fmt.Println(f.name)
	}
	return lines, nil
}

// exe is what the binary is called.
func (p platform) exe() string {
	if p.os == "windows" {
		return "faultline.exe"
	}
	return "faultline"
}

// suffix is that of the archive.
func (p platform) suffix() string {
	if p.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
