package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
)

// A case made of a table opens with the columns that its head or its shape told,
// whatever is between them and wherever the text stands: it follows from its
// lines, plain and redacted.
func TestTablesFollowFromTheirLines(t *testing.T) {
	t.Parallel()
	for _, sep := range []string{",", ";", "\t", "|"} {
		for _, at := range []int{0, 4} { // of the text
			if at > 0 && testing.Short() {
				continue
			}
			for _, quoted := range []bool{false, true} {
				for _, head := range []bool{true, false} {
					if !head && strings.Contains("\t|", sep) {
						continue // columns are told by their shape where commas or semicolons part them
					}
					name := fmt.Sprintf("sep %q, text %d, quoted %v, head %v", sep, at, quoted, head)
					sound(t, name+", redacted", tableOf(sep, at, quoted, head), true)
					if quoted {
						sound(t, name, tableOf(sep, at, quoted, head), false)
					}
				}
			}
		}
	}
}

// tableOf is a table of failed requests whose text is column at, with other
// columns of several words around it.
func tableOf(sep string, at int, quoted, head bool) string {
	rows := [][]string{{"@timestamp", "user_agent.original", "kubernetes.pod_name", "acme remarks"}}
	texts := []string{"message"}
	for i := range 3 {
		when := fmt.Sprintf("2024-02-02T13:2%d:33.100Z", i)
		rows = append(rows, []string{when, "Mozilla/5.0 (X11)", "web-6fd7-abcde", "said by two"})
		texts = append(texts, fmt.Sprintf("[   %d.298818s]  INFO ThreadId(01) outbound:ingress{addr=10.2.2.2:80}: linkerd_app_core::errors::respond: "+
			"HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:81: service in fail-fast", 369+60*i))
	}
	if !head {
		rows, texts = rows[1:], texts[1:]
	}
	var out strings.Builder
	for i, row := range rows {
		row = append(row[:at:at], append([]string{texts[i]}, row[at:]...)...)
		for j := range row {
			if quoted {
				row[j] = `"` + row[j] + `"`
			}
		}
		out.WriteString(strings.Join(row, sep) + "\n")
	}
	return out.String()
}

// sound exports a text, and verifies the case.
func sound(t *testing.T, name, text string, redacted bool) {
	t.Helper()
	dir := t.TempDir()
	in, zip := filepath.Join(dir, "table.csv"), filepath.Join(dir, "case.zip")
	if err := os.WriteFile(in, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: &out, stderr: &out, log: logrus.New()}
	a.flags.quiet = true
	if err := a.export([]string{in}, &exporting{out: zip, redact: redacted}); err != nil {
		t.Errorf("%s: %v: %s", name, err, &out)
		return
	}
	out.Reset()
	a.flags.quiet = false
	if err := a.verify([]string{zip}, ""); err != nil || !strings.Contains(out.String(), "from 3 events") {
		t.Errorf("%s: %v: %s", name, err, &out)
	}
}
