package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is one change of a file: what stands there, and what in its place.
type mutant struct {
	file      string
	line      int
	was, then string
}

func (m mutant) String() string { return fmt.Sprintf("%s:%d: %s -> %s", m.file, m.line, m.was, m.then) }

// edit is a piece of text in place of some bytes of a file. Of those at one place the
// closing ones come first, then in order.
type edit struct {
	at, end, order int
	text           string
}

// mutator finds the mutants of a file, and writes it with a switch at each.
type mutator struct {
	fset    *token.FileSet
	info    *types.Info
	pkg     *types.Package
	source  []byte
	base    int
	mutants *[]mutant
	edits   []edit
}

// The mutants are those that gremlins makes unless it is told otherwise: comparisons turned
// around and moved by the equal case, and + - * / % ++ -- and signs turned into their
// opposites.
var comparisons = map[token.Token][3]string{
	token.EQL: {"Eq", "!=", ""}, token.NEQ: {"Eq", "==", ""},
	token.LSS: {"Less", ">=", "<="}, token.LEQ: {"Most", ">", "<"}, token.GTR: {"More", "<=", ">="}, token.GEQ: {"Least", "<", ">"},
}

var sums = map[token.Token][2]string{
	token.ADD: {"Add", "-"}, token.SUB: {"Sub", "+"}, token.MUL: {"Mul", "/"}, token.QUO: {"Div", "*"}, token.REM: {"Rem", "*"},
}

// file is the text of a file with a switch at each mutant.
func (m *mutator) file(f *ast.File) []byte {
	m.base = m.fset.File(f.Pos()).Base()
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			ast.Inspect(fn.Body, m.visit)
		}
	}
	slices.SortStableFunc(m.edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
	var out []byte
	at := 0
	for _, e := range m.edits {
		out = append(append(out, m.source[at:e.at]...), e.text...)
		at = e.end
	}
	return append(out, m.source[at:]...)
}

func (m *mutator) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.CONST
	case *ast.ArrayType: // its length must stay a constant
		return false
	case *ast.BinaryExpr:
		m.binary(n)
	case *ast.UnaryExpr:
		if name, ok := m.call("Neg", n, n.X); ok && n.Op == token.SUB {
			m.around(n, fmt.Sprintf("%s(%d,", name, m.add(n, n.OpPos, "-", "+")), ")")
			m.replace(n.OpPos, 1, "")
		}
	case *ast.IncDecStmt:
		if !m.number(n.X) {
			break
		}
		op, not := "+=", "--"
		if n.Tok == token.DEC {
			op, not = "-=", "++"
		}
		m.replace(n.TokPos, 2, fmt.Sprintf(" %s mutantStep(%d, %s)", op, m.add(n, n.TokPos, n.Tok.String(), not), m.text(n.X)))
	}
	return true
}

func (m *mutator) binary(n *ast.BinaryExpr) {
	constant := m.info.Types[n].Value != nil
	if c, ok := comparisons[n.Op]; ok && !constant {
		number := m.add(n, n.OpPos, n.Op.String(), c[1])
		if c[2] == "" {
			m.around(n, fmt.Sprintf("mutantEq(%d,", number), ")")
			return
		}
		m.add(n, n.OpPos, n.Op.String(), c[2])
		m.around(n, fmt.Sprintf("mutant%s(%d,", c[0], number), ")")
		m.replace(n.OpPos, len(n.Op.String()), ",")
	}
	if s, ok := sums[n.Op]; ok {
		if name, ok := m.call(s[0], n, n.X, n.Y); ok {
			m.around(n, fmt.Sprintf("%s(%d,", name, m.add(n, n.OpPos, n.Op.String(), s[1])), ")")
			m.replace(n.OpPos, 1, ",")
		}
	}
}

// call names the function in place of a sum: with its type where the operands are constants
// that have none. No name is there for sums of text and of type parameters.
func (m *mutator) call(name string, n ast.Expr, operands ...ast.Expr) (string, bool) {
	if !m.number(n) {
		return "", false
	}
	if slices.ContainsFunc(operands, func(e ast.Expr) bool { return !m.untyped(e) }) {
		return "mutant" + name, true
	}
	known := true
	of := types.TypeString(m.info.Types[n].Type, func(p *types.Package) string {
		if known = known && p == m.pkg; known {
			return ""
		}
		return p.Name()
	})
	return fmt.Sprintf("mutant%s[%s]", name, of), known && !strings.HasPrefix(of, "untyped")
}

func (m *mutator) number(e ast.Expr) bool {
	t := m.info.Types[e].Type
	if _, parameter := t.(*types.TypeParam); parameter || t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsFloat) != 0
}

// untyped is whether an expression is made of constants without a type.
func (m *mutator) untyped(e ast.Expr) bool {
	name := func(id *ast.Ident) bool {
		c, ok := m.info.Uses[id].(*types.Const)
		if !ok {
			return false
		}
		b, ok := c.Type().(*types.Basic)
		return ok && b.Info()&types.IsUntyped != 0
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return m.untyped(e.X)
	case *ast.UnaryExpr:
		return m.untyped(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.SHL || e.Op == token.SHR {
			return m.untyped(e.X)
		}
		return m.untyped(e.X) && m.untyped(e.Y)
	case *ast.Ident:
		return name(e)
	case *ast.SelectorExpr:
		return name(e.Sel)
	}
	return false
}

func (m *mutator) text(n ast.Node) string {
	return string(m.source[int(n.Pos())-m.base : int(n.End())-m.base])
}

// add numbers a mutant. It is shown by the line that it changes, as it is there.
func (m *mutator) add(n ast.Node, op token.Pos, was, then string) int {
	p := m.fset.Position(op)
	text := m.text(n)
	at := int(op) - int(n.Pos())
	*m.mutants = append(*m.mutants, mutant{filepath.Base(p.Filename), p.Line, strings.Join(strings.Fields(text), " "),
		strings.Join(strings.Fields(text[:at]+"«"+then+"»"+text[at+len(was):]), " ")})
	return len(*m.mutants) - 1
}

func (m *mutator) around(n ast.Node, before, after string) {
	m.edits = append(m.edits, edit{int(n.Pos()) - m.base, int(n.Pos()) - m.base, len(m.edits), before},
		edit{int(n.End()) - m.base, int(n.End()) - m.base, -len(m.edits) - 2, after})
}

func (m *mutator) replace(at token.Pos, n int, text string) {
	m.edits = append(m.edits, edit{int(at) - m.base, int(at) - m.base + n, len(m.edits), text})
}
