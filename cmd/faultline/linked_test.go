package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// connects finds what opens a connection or listens for one.
var connects = regexp.MustCompile(`\bnet\.(Dial|Listen)\w*\(|\bhttp\.(Get|Post|PostForm|Head|NewRequest\w*|ListenAndServe\w*)\(|\bhttp\.(Client|Transport|Server)\{|\.Dial(Context|Timeout)?\(`)

// pushes is the one file among our dependencies that could: it sends metrics
// to a server if somebody calls its InitPush. The parser of MetricsQL is from
// the same house and counts with that package; nobody pushes, and the linker
// leaves the functions out.
const pushes = "github.com/VictoriaMetrics/metrics/push.go"

// Nothing in the binary opens a connection. The standard library's own dialer
// is linked all the same: net/http, whose types the engine of PromQL and the
// parser of MetricsQL mention, keeps one in a variable. So this looks at who
// could call it: the source of every package that is linked, ours and others'.
func TestNothingConnects(t *testing.T) {
	if testing.Short() {
		t.Skip("reads every package that is linked")
	}
	list, err := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{$d := .Dir}}{{$p := .ImportPath}}{{range .GoFiles}}{{$p}}	{{$d}}	{{.}}{{"\n"}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, excused := 0, false
	for line := range strings.Lines(string(list)) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if len(parts) != 3 {
			continue
		}
		data, err := os.ReadFile(filepath.Join(parts[1], parts[2]))
		if err != nil {
			t.Fatal(err)
		}
		files++
		name := parts[0] + "/" + parts[2]
		for no, text := range bytes.Split(data, []byte("\n")) {
			switch found := connects.Find(text); {
			case found == nil || bytes.HasPrefix(bytes.TrimSpace(text), []byte("//")):
			case name == pushes:
				excused = true
			default:
				t.Errorf("%s:%d: %s", name, no+1, found)
			}
		}
	}
	if files < 500 || !excused {
		t.Errorf("%d files, the known one among them: %v: the walk is broken", files, excused)
	}
	binary := filepath.Join(t.TempDir(), "faultline")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	linked, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(linked, []byte("VictoriaMetrics/metricsql.Parse")) || bytes.Contains(linked, []byte("VictoriaMetrics/metrics.InitPush")) {
		t.Error("what pushes metrics is linked, or nothing can be told from the binary")
	}
}
