package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"faultline/correlate/casefile"
)

// A case whose hashes fit and whose tables say what the events do not: the
// value is named, and the exit code is 3.
func TestVerifyHoldsALie(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "web-0.log")
	text := "2024-02-02T13:22:28.298818Z [   369.298818s]  INFO ThreadId(01) outbound:rescue{client.addr=1.2.3.4:55}: linkerd_app_core::errors::respond: HTTP/1.1 request failed " +
		"error=logical service cart.shop.svc.cluster.local:81: service in fail-fast\n"
	if err := os.WriteFile(log, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: &out, stderr: &out, log: logrus.New()}
	c, err := a.load([]string{log})
	if err != nil || len(c.Incidents) == 0 {
		t.Fatal(err, &out)
	}
	for lie, want := range map[int]string{0: "is sound", 6: "incidents row 0, failures: stored 7, rebuilt 1"} {
		c.Incidents[0].Failures = 1 + lie
		path := filepath.Join(dir, "case.zip")
		if _, err := casefile.Write(a.ctx, path, c.Case, c.text, casefile.Options{Version: version, Judged: c.given,
			Documents: documents(c.Case, c.text, notRedacted.text)}); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		code := a.exit(a.verify([]string{path}, ""))
		if !strings.Contains(out.String(), want) || (code == 0) != (lie == 0) || code != 0 && code != 3 {
			t.Errorf("exit %d: %s, want %q", code, &out, want)
		}
	}
}

// A case that the screen wrote verifies as one of the command line does.
func TestCaseOfTheScreenVerifies(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(dir, "day")
	must(t, "synth", "-q", "-o", dump, "--hours", "1")
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, log: logrus.New()}
	c, err := a.load([]string{dump})
	if err != nil {
		t.Fatal(err)
	}
	for path, redacted := range map[string]bool{filepath.Join(dir, "plain.zip"): false, filepath.Join(dir, "redacted.zip"): true} {
		if _, err := a.exportCase(c, path, redacted); err != nil {
			t.Fatal(err)
		}
		if said, code := call(t, t.Context(), "verify", path); code != exitDone {
			t.Errorf("%s: exit %d: %s", path, code, said)
		}
	}
}
