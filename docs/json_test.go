package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// outputs are the JSON that the program writes, each with the type that is its
// whole. What another module's shape has (query) is in words on the page.
var outputs = []struct{ what, pkg, root string }{
	{"`analyze -o json`", "correlate/report", "Report"},
	{"`sources -o json`: a list of Source, see above", "correlate/report", "Source"},
	{"`events -o jsonl`: an object a line", "correlate/report", "Row"},
	{"`events -o timesketch`: an object a line", "correlate/report", "sketched"},
	{"`compare -o json`", "correlate/report", "comparison"},
	{"`compare A B C… -o json`", "correlate/report", "series"},
	{"`formats -o json`: a list", "cmd/faultline", "described"},
	{"`rules -o json`: a list", "cmd/faultline", "rule"},
	{"`version -o json`", "cmd/faultline", "build"},
	{"`manifest.json` in a case", "correlate/casefile", "Manifest"},
	{"`shard plan -o plan.json`", "correlate/shard", "Plan"},
}

// docs/json.md has every field of every JSON output with its type, as the code
// has it, and says of each what it is. UPDATE=1 writes fields and types, and
// keeps what is said.
func TestJSONPageIsWhole(t *testing.T) {
	const begin = "<!-- fields -->\n"
	doc := page(t, "json.md")
	head, old, ok := strings.Cut(doc, begin)
	if !ok {
		t.Fatal("no place for the fields")
	}
	said := map[string]string{}
	section := ""
	for line := range strings.Lines(old) {
		if name, ok := strings.CutPrefix(line, "### "); ok {
			section = strings.TrimSpace(name)
		}
		if m := regexp.MustCompile("^\\| `([^`]+)` \\| [^|]* \\| (.*) \\|\n").FindStringSubmatch(line); m != nil {
			said[section+"."+m[1]] = m[2]
		}
	}
	var out strings.Builder
	out.WriteString(head + begin)
	seen := map[string]bool{}
	fields := 0
	for _, o := range outputs {
		fmt.Fprintf(&out, "\n## %s\n", o.what)
		types := structs(t, filepath.Join("..", filepath.FromSlash(o.pkg)))
		if types[o.root] == nil {
			t.Fatalf("%s has no type %s", o.pkg, o.root)
		}
		for queue := []string{o.root}; len(queue) > 0; queue = queue[1:] {
			name := queue[0]
			title := name
			if prefix := filepath.Base(o.pkg); prefix != "report" {
				title = prefix + "." + title
			}
			if seen[o.pkg+"."+name] {
				continue
			}
			seen[o.pkg+"."+name] = true
			fmt.Fprintf(&out, "\n### %s\n\n| field | type | |\n| --- | --- | --- |\n", title)
			for _, f := range types[name].Fields.List {
				key, omit := tag(f)
				if key == "" {
					t.Errorf("%s.%s has a field without a name in JSON", o.pkg, name)
					continue
				}
				kind, inner := typeName(f.Type, types)
				queue = append(queue, inner...)
				if omit {
					kind += ", or left out"
				}
				text := said[title+"."+key]
				if text == "" {
					t.Errorf("json.md: %s.%s is not described", title, key)
				}
				fmt.Fprintf(&out, "| `%s` | %s | %s |\n", key, kind, text)
				fields++
			}
		}
	}
	if fields < 180 {
		t.Errorf("found only %d fields: the walk is broken", fields)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("json.md", []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if doc != out.String() {
		t.Error("docs/json.md is not what the code says: UPDATE=1 go test ./docs")
	}
}

// structs are the struct types of a package by name.
func structs(t *testing.T, dir string) map[string]*ast.StructType {
	t.Helper()
	out := map[string]*ast.StructType{}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %d files", dir, err, len(names))
	}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					out[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	return out
}

// tag is a field's name in JSON, and whether it may be left out.
func tag(f *ast.Field) (name string, omit bool) {
	if f.Tag == nil {
		return "", false
	}
	text, _ := strconv.Unquote(f.Tag.Value)
	name, rest, _ := strings.Cut(reflect.StructTag(text).Get("json"), ",")
	return name, strings.Contains(rest, "omit")
}

// typeName is a Go type as JSON has it, and the structs in it.
func typeName(x ast.Expr, types map[string]*ast.StructType) (name string, inner []string) {
	switch x := x.(type) {
	case *ast.StarExpr:
		name, inner = typeName(x.X, types)
		return name + " or null", inner
	case *ast.ArrayType:
		name, inner = typeName(x.Elt, types)
		if id, ok := x.Elt.(*ast.Ident); ok && id.Name == "byte" {
			return "base64", nil
		}
		if n, ok := x.Len.(*ast.BasicLit); ok {
			return n.Value + " × " + name, inner
		}
		return "list of " + name, inner
	case *ast.MapType:
		name, inner = typeName(x.Value, types)
		return "object of " + name, inner
	case *ast.SelectorExpr:
		switch x.Sel.Name {
		case "Time":
			return "time", nil
		case "Duration":
			return "ns", nil
		}
		return x.Sel.Name, nil
	case *ast.Ident:
		switch {
		case types[x.Name] != nil:
			return x.Name, []string{x.Name}
		case strings.HasPrefix(x.Name, "int"), strings.HasPrefix(x.Name, "uint"):
			return "integer", nil
		case strings.HasPrefix(x.Name, "float"):
			return "number", nil
		case x.Name == "bool":
			return "true, false", nil
		}
		return "string", nil
	}
	return "?", nil
}
