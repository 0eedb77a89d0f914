// Package docs_test holds the house to its own rules: which way imports point,
// where heavy dependencies enter, how long things may get, and that every
// exported name says what it is. docs/architecture.md has the reasons.
package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// order is the river: a package may import only what stands before it.
var order = []string{
	"parse/lex", "parse", "parse/parsetest", "parse/tsdb", "parse/bundle", "parse/wrap", "parse/record", "parse/proxy", "parse/controller", "parse/app", "parse/check", "parse/node", "parse/kubelet", "parse/prom", "parse/ingress", "parse/given", "parse/extra", "parse/formats",
	"correlate/aside", "correlate/words", "correlate/stat", "correlate/known", "correlate", "correlate/query", "correlate/alert", "correlate/rules", "correlate/redact", "correlate/casefile", "correlate/shard", "correlate/report",
	"tui/unasked", "tui/chart", "tui",
	"fixtures/synth", "fixtures", "docs", "cmd/mcp", "cmd/faultline", "cmd/dist", "docs/page",
}

// doors says where a dependency may be imported, tests aside.
var doors = map[string][]string{
	"github.com/klauspost/compress": {"parse/bundle", "correlate/casefile"},
	"github.com/prometheus":         {"correlate/query", "correlate/alert", "parse/tsdb"},
	"github.com/VictoriaMetrics":    {"correlate/query"},
	"github.com/parquet-go":         {"correlate/casefile"},
	"github.com/charmbracelet":      {"tui", "tui/chart", "tui/unasked"},
	"github.com/muesli/termenv":     {"tui", "tui/chart"},
	"github.com/mattn/go-runewidth": {"tui/chart"},
	"github.com/ulikunitz/xz":       {"parse/bundle"},
	"go.yaml.in/yaml/v3":            {"parse/kubelet", "parse/given", "correlate/alert"},
	"golang.org/x/net/publicsuffix": {"correlate/redact"},
	"golang.org/x/sys":              {"correlate/aside"},
	"golang.org/x/text":             {"parse/bundle"},
	"gonum.org/v1/gonum":            {"correlate/stat"},
	// The SDK is for clients and servers on the network too; of that nothing is
	// used, and nothing of it can be reached (cmd/faultline/linked_test.go).
	"github.com/modelcontextprotocol/go-sdk": {"cmd/mcp"},
	"github.com/google/jsonschema-go":        {"cmd/mcp"},
	"github.com/spf13":                       {"cmd/faultline"},
	"github.com/sirupsen/logrus":             {"cmd/faultline", "fixtures/synth"},
}

// stdlibOnly packages import nothing but the standard library and ours.
var stdlibOnly = []string{"parse/lex", "parse", "parse/wrap", "parse/record", "parse/proxy", "parse/controller", "parse/app", "parse/check", "parse/node", "parse/prom", "parse/ingress"}

const (
	maxFile = 500
	maxFunc = 80
)

// source is one file of ours.
type source struct {
	pkg, path string
	test      bool
	*ast.File
	lines *token.File
	set   *token.FileSet
}

func sources(t *testing.T) (out []source) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != ".." {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
				return filepath.SkipDir // a module of its own, of tests only
			}
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		out = append(out, source{filepath.ToSlash(filepath.Dir(rel)), rel, strings.HasSuffix(rel, "_test.go"), f, set.File(f.Pos()), set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("found only %d files: the walk is broken", len(out))
	}
	return out
}

func TestImportsPointDownTheRiver(t *testing.T) {
	for _, s := range sources(t) {
		at := slices.Index(order, s.pkg)
		if at < 0 {
			t.Errorf("%s: package %s has no place in the order", s.path, s.pkg)
			continue
		}
		for _, spec := range s.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(path, "faultline/"); ok {
				if to := slices.Index(order, ours); !s.test && (to < 0 || to >= at) {
					t.Errorf("%s imports %s, which stands below it", s.path, ours)
				}
				continue
			}
			if s.test || !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
				continue
			}
			if slices.Contains(stdlibOnly, s.pkg) {
				t.Errorf("%s imports %s: this package keeps to the standard library", s.path, path)
			}
			known := false
			for door, allowed := range doors {
				if strings.HasPrefix(path, door) {
					known = true
					if !slices.Contains(allowed, s.pkg) {
						t.Errorf("%s imports %s, whose door is %v", s.path, path, allowed)
					}
				}
			}
			if !known {
				t.Errorf("%s imports %s, which has no door", s.path, path)
			}
		}
	}
}

// Nothing of ours opens a connection.
func TestNoNetwork(t *testing.T) {
	for _, s := range sources(t) {
		for _, spec := range s.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if !s.test && (path == "net" || strings.HasPrefix(path, "net/")) {
				t.Errorf("%s imports %s", s.path, path)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.lines.LineCount(); n > maxFile {
			t.Errorf("%s: %d lines, at most %d", s.path, n, maxFile)
		}
		for _, d := range s.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.lines.Line(f.End()) - s.lines.Line(f.Pos()) + 1; n > maxFunc {
				t.Errorf("%s: %s has %d lines, at most %d", s.path, f.Name.Name, n, maxFunc)
			}
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.Name.Name == "main" {
			continue
		}
		for _, d := range s.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					t.Errorf("%s: %s has no doc comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, &s, d)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	x := d.Recv.List[0].Type
	if star, ok := x.(*ast.StarExpr); ok {
		x = star.X
	}
	id, ok := x.(*ast.Ident)
	// heap.Interface and sort.Interface say enough.
	return ok && id.IsExported()
}

func undocumented(t *testing.T, s *source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
				t.Errorf("%s: type %s has no doc comment", s.path, spec.Name.Name)
			}
		case *ast.ValueSpec:
			if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s: %s has no doc comment", s.path, spec.Names[0].Name)
			}
		}
	}
}

// widest is how many columns a line of code may have. A string may reach beyond:
// cut in two it could not be searched for.
const widest = 140

func TestColumns(t *testing.T) {
	quoted := regexp.MustCompile("\"(?:\\\\.|[^\"\\\\\\n])*\"|`[^`]*`")
	for _, s := range sources(t) {
		data, err := os.ReadFile(filepath.Join("..", s.path))
		if err != nil {
			t.Fatal(err)
		}
		bare := quoted.ReplaceAllStringFunc(string(data), func(text string) string { return strings.Repeat("\n", strings.Count(text, "\n")) })
		for n, line := range strings.Split(bare, "\n") {
			if !s.test && !strings.HasPrefix(line, "//\t") && len([]rune(line)) > widest {
				t.Errorf("%s:%d: %d columns without its strings, at most %d", s.path, n+1, len([]rune(line)), widest)
			}
		}
	}
}

// branchesMost is how many ways a function may have through it (McCabe 1976).
const branchesMost = 20

// manyBranches are the functions that have more, with how many: most are flat
// lists, one case a row of a grammar or of a specification, and harder to check in
// parts. It may get shorter.
var manyBranches = map[string]int{
	"correlate/casefile/guard.go checkChunk":    23,
	"correlate/copies.go compare":               23,
	"correlate/copies.go sharing":               21,
	"correlate/mechanisms.go anchored":          26,
	"correlate/nofailures.go filteredOut":       22,
	"correlate/ownperiods.go hangs":             22,
	"correlate/query/expansion.go until":        23,
	"correlate/query/notes.go look":             21,
	"correlate/redact/assigned.go valueAfter":   23,
	"correlate/redact/detect.go host":           26,
	"correlate/redact/detect.go inet6":          22,
	"correlate/redact/detect.go mail":           21,
	"correlate/redact/tell.go objects":          22,
	"correlate/report/events.go Wants":          21,
	"correlate/rules/facts.go findReleases":     23,
	"correlate/rules/meaning.go controlled":     31,
	"correlate/rules/meaning.go proxied":        31,
	"parse/given/rule.go rule":                  21,
	"parse/ingress/aws.go cause":                26,
	"parse/ingress/dialects.go apacheDirective": 27,
	"parse/ingress/haproxy.go terminated":       32,
	"parse/ingress/layout.go read":              21,
	"parse/ingress/traefik.go ownTraefik":       23,
	"parse/kubelet/page.go pair":                24,
	"parse/kubelet/sniff.go isYAML":             23,
	"parse/kubelet/yaml.go line":                22,
	"parse/lex/stamp.go KlogHeader":             22,
	"parse/newest.go descends":                  24,
	"parse/piece.go line":                       21,
	"parse/record/table.go strip":               24,
	"parse/sniff.go sniff":                      23,
	"parse/wrap/when.go slashed":                25,
	"tui/findings.go view":                      21,
	"tui/model.go Update":                       28,
}

func TestBranches(t *testing.T) {
	found := map[string]int{}
	for _, s := range sources(t) {
		for _, d := range s.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && !s.test {
				name := s.path + " " + f.Name.Name
				found[name] = max(found[name], branches(f))
			}
		}
	}
	for name, n := range found {
		if most := max(branchesMost, manyBranches[name]); n > most {
			t.Errorf("%s branches %d times, at most %d", name, n, most)
		}
	}
	for name, most := range manyBranches {
		if found[name] < most {
			t.Errorf("%s branches %d times only, not %d: take it down in the list", name, found[name], most)
		}
	}
}

func branches(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if x.List != nil {
				n++
			}
		case *ast.CommClause:
			if x.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}
