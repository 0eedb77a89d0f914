package report_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// constants are the values of the string constants of a type, as a source file
// of package correlate declares them: one that is added there is in the list.
func constants(t *testing.T, path, of string) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == of {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
		return true
	})
	if len(out) == 0 {
		t.Fatalf("%s declares no %s", path, of)
	}
	return out
}

// Every code of a verdict and every reason of one without an answer has a golden
// file of its text, Markdown and HTML.
func TestEveryCodeHasAGolden(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range examples(t) {
		c, _ := e.concluded(t)
		b, err := os.ReadFile("testdata/" + e.name + ".golden")
		if err != nil {
			t.Error(err)
		}
		for _, form := range []string{"==== text\n", "==== md\n", "==== html\n"} {
			if !strings.Contains(string(b), form) {
				t.Errorf("%s has no %q", e.name, form)
			}
		}
		seen[string(c.Verdict.Code)], seen[string(c.Verdict.Reason)] = true, true
	}
	for _, code := range append(constants(t, "../verdict.go", "Code"), constants(t, "../nofailures.go", "Reason")...) {
		if !seen[code] {
			t.Errorf("no golden file shows %s; examples wants a case of it", code)
		}
	}
}

// before are the lines that give an incident each of the signatures, by what a
// proxy logs before it fails fast.
var before = map[correlate.Signature]string{
	correlate.NoEndpoints: absent,
	correlate.NoAnswer:    "",
	correlate.Unreachable: "linkerd_reconnect: Failed to connect error=endpoint 10.1.1.1:8080: Connection refused (os error 111)",
}

// log is a proxy's of so many incidents of a signature, each a thousand seconds
// after the other at uneven times; stamped, as kubectl logs --timestamps prints it.
func log(sig correlate.Signature, incidents int, stamped bool) parse.Input {
	var all strings.Builder
	for i := range incidents {
		at := 60 + float64(i)*1000 + float64(i*397%977)
		switch sig {
		case correlate.Mixed:
			all.WriteString(failfast(absent, at) + failfast("", at+4))
		case correlate.SignatureUnknown:
			all.WriteString(fmt.Sprintf(outbound+"linkerd_app_core::errors::respond: HTTP/1.1 request failed error=connection closed before message completed\n", at, " INFO"))
		default:
			all.WriteString(failfast(before[sig], at))
		}
	}
	if !stamped {
		return file("web-6d5f-abcde.linkerd-proxy.log", all.String())
	}
	var out strings.Builder
	for _, l := range strings.SplitAfter(strings.TrimSuffix(all.String(), "\n"), "\n") {
		at, err := strconv.ParseFloat(strings.TrimSpace(l[1:strings.IndexByte(l, 's')]), 64)
		if err != nil {
			panic(err)
		}
		out.WriteString(time.Unix(1706866920, 0).UTC().Add(time.Duration(at*1e9)).Format(time.RFC3339Nano) + " " + l)
	}
	return file("web-6d5f-abcde.linkerd-proxy.log", out.String()+"\n")
}

// The first screen of every signature, on the wall clock and on the proxy's own,
// of one incident and of a thousand, is in one golden file in all three forms.
func TestEverySignatureHasAGolden(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	seen := map[string]bool{}
	for sig := correlate.SignatureUnknown; sig <= correlate.Mixed; sig++ {
		for _, many := range []int{1, 1000} {
			for _, stamped := range []bool{false, true} {
				if testing.Short() && many > 1 && !stamped { // a thousand on a clock of their own, as the rest of the golden, only in full
					continue
				}
				e := example{in: []parse.Input{log(sig, many, stamped)}}
				if sig == correlate.SignatureUnknown {
					rule, err := correlate.ParseFailure("proxy.request_failed")
					if err != nil {
						t.Fatal(err)
					}
					e.options.Failures = []correlate.FailureRule{rule}
				}
				c, text := e.concluded(t)
				where := fmt.Sprintf("%s, %d, wall clock %v", sig, many, stamped)
				if len(c.Incidents) != many {
					t.Errorf("%s: %d incidents", where, len(c.Incidents))
					continue
				}
				if got := c.Incidents[0].Signature; got != sig || c.Incidents[0].Clock.OnWall() != stamped {
					t.Errorf("%s: the first is %s, on the wall clock %v", where, got, c.Incidents[0].Clock.OnWall())
				}
				seen[c.Incidents[0].Signature.String()] = true
				said := inForms(firstScreens(t, c, text))
				speaksPlainly(t, "report of "+where, said)
				all.WriteString("######## " + where + "\n" + said)
			}
		}
	}
	if testing.Short() {
		goldenHas(t, "signatures", strings.Split(all.String(), "######## ")[1:])
	} else {
		golden(t, "signatures", all.String())
	}
	if n := len(seen); n != int(correlate.Mixed)+1 {
		t.Errorf("%d signatures of %d", n, correlate.Mixed+1)
	}
}

// firstScreens are the first screens of a case in each form.
func firstScreens(t *testing.T, c *correlate.Case, text report.Text) (plain, md, html string) {
	t.Helper()
	plain, md, html = written(t, c, text)
	firstScreen(t, c, plain)
	plain, _, _ = strings.Cut(plain, "\nmissing ")
	plain, _, _ = strings.Cut(plain, "\nFindings")
	md, _, _ = strings.Cut(md, "\n###")
	return plain, md, header(html)
}

// goldenHas holds parts of a golden file against it, each with its title.
func goldenHas(t *testing.T, name string, parts []string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if !strings.Contains(string(want), "######## "+part) {
			title, _, _ := strings.Cut(part, "\n")
			t.Errorf("%s: differs from what is said; UPDATE=1 go test ./correlate/report takes it", title)
		}
	}
}
