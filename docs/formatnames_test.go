package docs_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"faultline/parse/formats"
)

// ordinary are the names of formats that are everyday words of this house as
// well: tables, steps of a script, components. They are refused only where a
// format is decided upon.
var ordinary = []string{"controller", "endpoints", "events", "facts", "kubelet", "pods", "policy", "proxy"}

// Code outside parse/ asks a format what it is, never what it is called: a list
// of names is what the author of the next format cannot know of.
func TestNoFormatIsNamedOutsideParse(t *testing.T) {
	named := func(n ast.Node) (string, bool) {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return "", false
		}
		text, _ := strconv.Unquote(lit.Value)
		return text, formats.ByName(text) != nil
	}
	for _, s := range sources(t) {
		if s.test || s.pkg == "parse" || strings.HasPrefix(s.pkg, "parse/") || strings.HasPrefix(s.pkg, "fixtures") {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if text, ok := named(n); ok && !slices.Contains(ordinary, text) && s.pkg != "correlate/known" {
				t.Errorf("%s:%d names the format %q: ask parse/formats what it is", s.path, s.lines.Line(n.Pos()), text)
			}
			if decides(n) {
				ast.Inspect(n, func(in ast.Node) bool {
					if text, ok := named(in); ok {
						t.Errorf("%s:%d decides by the name %q: ask parse/formats what it is", s.path, s.lines.Line(in.Pos()), text)
					}
					return true
				})
			}
			return true
		})
	}
}

// decides says whether a comparison, a switch or a call looks at a format's
// name.
func decides(n ast.Node) bool {
	asks := func(of ...ast.Expr) bool {
		return slices.ContainsFunc(of, func(x ast.Expr) bool {
			switch x := x.(type) {
			case *ast.SelectorExpr:
				return x.Sel.Name == "Format"
			case *ast.Ident:
				return x.Name == "format"
			}
			return false
		})
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return (n.Op == token.EQL || n.Op == token.NEQ) && asks(n.X, n.Y)
	case *ast.SwitchStmt:
		return n.Tag != nil && asks(n.Tag)
	case *ast.CallExpr:
		return asks(n.Args...)
	}
	return false
}
