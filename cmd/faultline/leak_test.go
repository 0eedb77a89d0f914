package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"faultline/correlate/casefile"
	"faultline/parse"
)

// leak is a rewriter that leaves what one of its methods is given.
type leak struct {
	casefile.Rewriter
	names, paths, lines bool
}

func (l leak) Name(s string) string {
	if l.names {
		return s
	}
	return l.Rewriter.Name(s)
}

func (l leak) Field(key, s string) string {
	if l.names {
		return s
	}
	return l.Rewriter.Field(key, s)
}

func (l leak) Target(kind parse.Kind, s string) string {
	if l.names {
		return s
	}
	return l.Rewriter.Target(kind, s)
}

func (l leak) Path(s string) string {
	if l.paths {
		return s
	}
	return l.Rewriter.Path(s)
}

func (l leak) Line(line []byte) []byte {
	if l.lines {
		return line
	}
	return l.Rewriter.Line(line)
}

// A case in which an original is left is not written: the exit code is 3, and
// what was there stays.
func TestLeaksAreFound(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "acme-4711", "web-0.log")
	os.Mkdir(filepath.Dir(log), 0o755)
	text := "2024-02-02T13:22:28.298818Z [   369.298818s]  WARN ThreadId(01) outbound:ingress{addr=10.7.3.2:80}: linkerd_app_core::errors::respond: HTTP/1.1 request failed " +
		"error=logical service billing.shopeu.svc.cluster.local:81: service in fail-fast\n"
	if err := os.WriteFile(log, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]leak{"names": {names: true}, "paths": {paths: true}, "lines": {lines: true}, "nothing": {}} {
		out := filepath.Join(dir, name+".zip")
		os.WriteFile(out, []byte("what was there"), 0o644)
		var stderr bytes.Buffer
		a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: &stderr, stderr: &stderr, log: logrus.New()}
		a.flags.quiet, a.flags.force = true, true
		e := exporting{out: out, redact: true, keep: filepath.Join(dir, name+".map"), leaky: func(w casefile.Rewriter) casefile.Rewriter {
			l.Rewriter = w
			return l
		}}
		code := a.exit(a.export([]string{filepath.Dir(log)}, &e))
		got, _ := os.ReadFile(out)
		_, err := os.Stat(e.keep)
		if name == "nothing" {
			if code != 0 || !casefile.Is(out) || err != nil {
				t.Errorf("without a leak: exit %d, %s, %v", code, &stderr, err)
			}
			continue
		}
		if code != 3 || string(got) != "what was there" || !os.IsNotExist(err) || !strings.Contains(stderr.String(), "originals were found") {
			t.Errorf("%s are left: exit %d, %d bytes written, the map: %v: %s", name, code, len(got), err, &stderr)
		}
		if list, _ := filepath.Glob(filepath.Join(dir, ".*")); len(list) > 0 {
			t.Errorf("litter: %v", list)
		}
	}
}
