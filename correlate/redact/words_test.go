package redact

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"faultline/parse/formats"
)

var wordIn = regexp.MustCompile(`[a-z0-9]+`)

// literals are the words of the string literals below some folders, without
// what is only documentation.
func literals(t *testing.T, globs ...string) map[string]bool {
	t.Helper()
	words := map[string]bool{}
	for _, g := range globs {
		files, err := filepath.Glob(g)
		if err != nil || len(files) == 0 {
			t.Fatal(g, err)
		}
		for _, f := range files {
			if info, err := os.Stat(f); err == nil && info.IsDir() {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(f, ".go") {
				put(words, string(text))
			} else if !strings.HasSuffix(f, "_test.go") {
				inGo(t, words, f)
			}
		}
	}
	return words
}

func put(words map[string]bool, text string) {
	for _, w := range wordIn.FindAllString(strings.ToLower(text), -1) {
		if len(w) > 1 && len(w) < 40 && strings.Trim(w, "0123456789") != "" {
			words[w] = true
		}
	}
}

func inGo(t *testing.T, words map[string]bool, path string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Skip(err) // somebody is at work there
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.KeyValueExpr:
			id, ok := n.Key.(*ast.Ident)
			return !ok || id.Name != "Doc"
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				put(words, s)
			}
		}
		return true
	})
}

// Every word of every needle stays, and the lists are those that the code's
// own strings give: UPDATE=1 writes them.
func TestWordLists(t *testing.T) {
	r := New([]byte("k"), nil)
	for _, f := range formats.All() {
		for _, needle := range f.Needles {
			for _, w := range wordIn.FindAllString(strings.ToLower(needle), -1) {
				if !r.wellKnown(w) {
					t.Errorf("%s of %s's needle %q would be replaced: run with UPDATE=1", w, f.Name, needle)
				}
			}
		}
	}
	write := func(name string, words map[string]bool) {
		var list []string
		for w := range words {
			list = append(list, w)
		}
		slices.Sort(list)
		want := strings.Join(list, "\n") + "\n"
		if had, err := os.ReadFile(name); err == nil && string(had) == want {
			return
		}
		if os.Getenv("UPDATE") == "" {
			t.Errorf("%s is not what the code's strings give: UPDATE=1 go test ./correlate/redact writes it", name)
			return
		}
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("grammar.txt", literals(t, "../../parse/*.go", "../../parse/proxy/*.go", "../../parse/controller/*.go", "../../parse/kubelet/*.go",
		"../../parse/prom/*.go", "../../parse/ingress/*.go", "../../parse/wrap/*.go", "../../parse/record/*.go", "../../parse/extra/*.go",
		"../../parse/check/*.go", "../../parse/node/*.go"))
	if os.Getenv("UPDATE") == "" {
		return // reports get new sentences all the time; without their words more is replaced, never less
	}
	write("prose.txt", literals(t, "../*.go", "../known/*.go", "../stat/*.go", "../report/*", "../rules/*.go", "../casefile/*.go", "../casefile/*.md", "covered.go", "../query/*.go", "../../cmd/faultline/*.go"))
}

// An expression is compiled when a line first needs it: all are good, and their groups
// are as many as what is said of them.
func TestExpressionsCompile(t *testing.T) {
	for _, s := range allSentences {
		if n := s.form().NumSubexp(); n != len(s.classes) {
			t.Errorf("%s: %d groups, %d classes", s.form(), n, len(s.classes))
		}
	}
	for _, s := range secrets {
		if s.form().NumSubexp() != 1 {
			t.Errorf("%s: not one group", s.form())
		}
	}
}

// What the report says of itself is of words that are no originals: an export of a dump
// in which one is a name would be refused.
func TestReportIsOfOrdinaryWords(t *testing.T) {
	r := New([]byte("k"), nil)
	for _, text := range slices.Concat(Covered, NotCovered) {
		for _, w := range strings.FieldsFunc(text, func(c rune) bool { return c >= 0x80 || !wordByte(byte(c)) }) {
			if len(w) > 1 && !r.ordinary(w) && !r.wellKnown(w) {
				t.Errorf("%s is no ordinary word: run with UPDATE=1, or say %q in others", w, text)
			}
		}
	}
}
