package ingress

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// summary is what a line tells, in one text.
func summary(t testing.TB, line string) string {
	f, v, l, b := verdicts(t, line, parse.Prefix{})
	if f == nil {
		return "nobody's"
	}
	var s strings.Builder
	s.WriteString(f.Name)
	switch v {
	case parse.Malformed:
		return f.Name + " malformed"
	case parse.Other:
		s.WriteString(" other")
	}
	if l.Clock != parse.ClockNone {
		fmt.Fprintf(&s, " %s/%v", time.Unix(0, int64(l.Own)-int64(l.Grain.Width())/2).UTC().Format(time.RFC3339Nano), l.Grain.Width())
	}
	for _, e := range b.Events {
		fmt.Fprintf(&s, "\n\t%s %v after %v at %q: %v, %s", e.Kind, e.Value, e.Lasted, b.Names.Text(e.Target), parse.CauseOf(e.Class), b.Names.Text(e.Fact))
		if e.Class&parse.ClassGRPC != 0 {
			s.WriteString(" grpc")
		}
	}
	return s.String()
}

// Each line of testdata/products stands before what it tells. UPDATE=1 writes
// what it tells now.
func TestProducts(t *testing.T) {
	files, err := filepath.Glob("testdata/products/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no products", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		for raw := range strings.Lines(string(data)) {
			line := strings.TrimSuffix(raw, "\n")
			switch {
			case strings.HasPrefix(line, "\t"):
			case line == "", strings.HasPrefix(line, "# "):
				out.WriteString(raw)
			default:
				out.WriteString(raw + "\t" + strings.ReplaceAll(summary(t, line), "\n", "\n\t") + "\n")
			}
		}
		if bytes.Equal(out.Bytes(), data) {
			continue
		}
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, got := strings.Split(string(data), "\n"), strings.Split(out.String(), "\n")
		for i := range min(len(want), len(got)) {
			if want[i] != got[i] {
				t.Errorf("%s:%d\n got %s\nwant %s", file, i+1, got[i], want[i])
				break
			}
		}
	}
}

// products are the lines of testdata/products.
func productLines(t testing.TB) (out []string) {
	files, _ := filepath.Glob("testdata/products/*.txt")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "# ") {
				out = append(out, line)
			}
		}
	}
	return out
}
