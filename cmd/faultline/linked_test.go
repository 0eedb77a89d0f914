package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var linkedToo = flag.Bool("linked", false, "look for what could connect among all that is linked")

// connects finds what opens a connection or listens for one.
var connects = regexp.MustCompile(`\bnet\.(Dial|Listen)\w*\(|\bhttp\.(Get|Post|PostForm|Head|NewRequest\w*|ListenAndServe\w*)\(|\bhttp\.(Client|Transport|Server)\{|\.Dial(Context|Timeout)?\(`)

// ableTo are the modules among our dependencies that could connect: one sends
// metrics to a server if somebody calls its InitPush (the parser of MetricsQL is
// from the same house and counts with it), the others speak the protocol of mcp
// over HTTP as well as over a pipe, and sign in there. Nobody asks for that, and
// the linker leaves the functions out: that is what is looked at.
var ableTo = []string{"github.com/VictoriaMetrics/metrics", "github.com/modelcontextprotocol/go-sdk", "golang.org/x/oauth2"}

// sendsNothing is the one function of theirs that is linked: it makes a request
// to ask the environment whether a proxy is set, and sends none.
const sendsNothing = "github.com/modelcontextprotocol/go-sdk/oauthex.proxyConfigured"

// able is a function whose source opens a connection.
type able struct{ pkg, symbol, place string }

// Nothing in the binary opens a connection. The standard library's own dialer
// is linked all the same: net/http, whose types the engine of PromQL and the
// parser of MetricsQL mention, keeps one in a variable. So this looks at who
// could call it: the source of every package that is linked, ours and others'.
// A function of a dependency that could must not be in the binary.
func TestNothingConnects(t *testing.T) {
	if !*linkedToo {
		t.Skip("belongs to make lint: builds the program and reads every package that is linked")
	}
	list, err := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{$d := .Dir}}{{$p := .ImportPath}}{{range .GoFiles}}{{$p}}	{{$d}}	{{.}}{{"\n"}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	var found []able
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
		found = append(found, connecting(t, parts[0], parts[2], data)...)
	}
	if files < 500 {
		t.Errorf("%d files: the walk is broken", files)
	}
	excused := map[string]int{}
	var args []string
	for _, f := range found {
		i := slices.IndexFunc(ableTo, func(m string) bool { return strings.HasPrefix(f.pkg, m+"/") || f.pkg == m })
		if i < 0 || f.symbol == "" {
			t.Errorf("%s opens a connection", f.place)
			continue
		}
		excused[ableTo[i]]++
		if flag := "-gcflags=" + f.pkg + "=-l"; !slices.Contains(args, flag) { // a function that is inlined has no name
			args = append(args, flag)
		}
	}
	if len(excused) != len(ableTo) {
		t.Errorf("of the modules that could connect these were found: %v", excused)
	}
	linked := symbols(t, args)
	if !linked["github.com/VictoriaMetrics/metricsql.Parse"] || !linked["github.com/modelcontextprotocol/go-sdk/mcp.NewServer"] {
		t.Fatal("nothing can be told from the binary")
	}
	for _, f := range found {
		if linked[f.symbol] && f.symbol != sendsNothing {
			t.Errorf("%s opens a connection, and %s is linked", f.place, f.symbol)
		}
	}
}

// connecting lists the functions of a file that open a connection. What is
// outside of any function has no symbol.
func connecting(t *testing.T, pkg, name string, data []byte) (out []able) {
	if !connects.Match(data) {
		return nil
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, data, 0)
	if err != nil {
		t.Fatal(err)
	}
	for no, text := range bytes.Split(data, []byte("\n")) {
		hit := connects.Find(text)
		if hit == nil || bytes.HasPrefix(bytes.TrimSpace(text), []byte("//")) {
			continue
		}
		one := able{pkg: pkg, place: fmt.Sprintf("%s/%s:%d: %s", pkg, name, no+1, hit)}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && set.Position(f.Pos()).Line <= no+1 && set.Position(f.End()).Line > no {
				one.symbol = symbolOf(pkg, f)
			}
		}
		out = append(out, one)
	}
	return out
}

// symbolOf is the name that the linker has for a function.
func symbolOf(pkg string, f *ast.FuncDecl) string {
	if f.Recv == nil {
		return pkg + "." + f.Name.Name
	}
	switch of := f.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		if id, ok := of.X.(*ast.Ident); ok {
			return pkg + ".(*" + id.Name + ")." + f.Name.Name
		}
	case *ast.Ident:
		return pkg + "." + of.Name + "." + f.Name.Name
	}
	return ""
}

// symbols are the functions in the binary.
func symbols(t *testing.T, args []string) map[string]bool {
	binary := filepath.Join(t.TempDir(), "faultline")
	if out, err := exec.Command("go", append(append([]string{"build", "-o", binary}, args...), ".")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if parts := strings.Fields(lines.Text()); len(parts) >= 3 {
			all[strings.Join(parts[2:], " ")] = true
		}
	}
	return all
}
