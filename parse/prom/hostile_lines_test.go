package prom

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// TestSniffLines: what is certainly an export is taken by one form; what
// could be something else by none.
func TestSniffLines(t *testing.T) {
	long := strings.Repeat("1,", 40<<10)
	for text, want := range map[string]string{
		"{__name__=\"m\"} 1 1795424540580\n":                                             "tsdb-dump",
		"nce=\"a\"} 1 1795\n" + strings.Repeat("{__name__=\"m\"} 1 1795424540580\n", 10): "tsdb-dump",
		"{__name__=\"m\"}\n":                     "",
		"{__name__=\"m\"} 1\n":                   "",
		"\n\nm{a=\"b\"} =>\n1 @[1795423616]\n":   "promql",
		"m =>\nCount: 5, Sum: 1 @[1795423616]\n": "promql",
		"m =>\n":                                 "",
		"m =>\nn =>\n":                           "",
		"a => 1\n":                               "",
		"if (a) => b @[1]\n":                     "",
		"const f = (x) =>\n  x + 1\n":            "",
		"m 1\n":                                  "",
		"up 1":                                   "",
		"m{a=\"b\"} 1\n":                         "exposition",
		"m{a=\"b\"} 1\nsome words\n":             "",
		"# TYPE m counter\nm 1\n":                "exposition",
		"# HELP m Of words.\nm_bucket{le=\"1\"} 1\n":                                              "exposition",
		"# TYPE m counter\nn 1\n":                                                                 "",
		"# TYPE m counter\n":                                                                      "",
		"#\n# POD p (1 of 1)\n#\n# TYPE m counter\nm 1\n":                                         "exposition",
		"# TYPE m counter\nm 1\nand then\nit said\n":                                              "",
		"# HELP wanted\necho \"hello\"\n":                                                         "",
		"{\"metric\":{\"__name__\":\"m\"},\"values\":[1],\"timestamps\":[1795424540580]}\n":       "victoria",
		"{\"metric\":{\"__name__\":\"m\"},\"timestamps\":[1795424540580],\"values\":[null]}\n":    "victoria",
		"{\"metric\":{\"__name__\":\"m\"},\"values\":[" + long:                                    "victoria",
		"{\"metric\":{\"__name__\":\"m\"},\"values\":[1,2]}\n":                                    "",
		"{\"metric\":{\"__name__\":\"m\"},\"values\":[[1,\"2\"]],\"timestamps\":[1]}\n":           "",
		"{\"metric\":{\"__name__\":5},\"values\":[1],\"timestamps\":[1]}\n":                       "",
		"{\"metric\":\"m\",\"values\":[1],\"timestamps\":[1]}\n":                                  "",
		"{\"level\":\"info\",\"metric\":{\"a\":\"b\"},\"values\":[1],\"timestamps\":[1]}\n":       "",
		"{\"time\":\"2026-11-23T09:02:10Z\",\"level\":\"info\",\"msg\":\"metric values: [1]\"}\n": "",
		"{\"metric\":{\"a\":\"b\"},\"value\":1,\"timestamp\":1795424540580}\n":                    "",
		"time=\"2026-11-23T09:02:10Z\" level=info msg=\"m{a=\\\"b\\\"} 1\"\n":                     "",
		"[     0.001s]  INFO ThreadId(01) linkerd2_proxy: release 2\n":                            "",
		"I1123 09:02:10.580549       1 main.go:1] started\n":                                      "",
		"10.1.2.3 - - [23/Nov/2026:09:02:10 +0000] \"GET / HTTP/1.1\" 504 0\n":                    "",
		"server {\n  listen 80;\n}\n":                                                             "",
		"resource \"a\" \"b\" {\n  c = 1\n}\n":                                                    "",
		"apiVersion: v1\nkind: Pod\n":                                                             "",
		"name,value\na,1\n":                                                                       "",
		"count 5\ncount 6 1795424540580\n":                                                        "",
		"":                                                                                        "", "{": "", "#": "", "# ": "", "\x00": "", "{}": "", "{} 1 1": "tsdb-dump", "=>": "", " =>\n1 @[1]": "",
	} {
		got := ""
		for _, f := range Formats() {
			if f.SniffDocument([]byte(text)) {
				got += f.Name
			}
		}
		if got != want {
			t.Errorf("%.80q: %q, want %q", text, got, want)
		}
	}
}

// TestSniffOthers: the logs and exports of the other packages are not ours.
func TestSniffOthers(t *testing.T) {
	n := 0
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, filepath.Join("..", "prom")) {
			return err
		}
		text, err := os.ReadFile(path)
		text = text[:min(len(text), 64<<10)]
		for _, f := range Formats()[1:] {
			if f.SniffDocument(text) {
				t.Errorf("%s is taken for %s", path, f.Name)
			}
		}
		n++
		return err
	})
	if err != nil || n < 50 {
		t.Errorf("%d files, %v", n, err)
	}
}

// TestHostile: texts made to break the readers are read in time, and what is
// read of them is in order.
func TestHostile(t *testing.T) {
	const n = 200_000
	dump := "{__name__=\"up\", pod=\"p\"} 1 1795424540580\n"
	announced := "# TYPE m gauge\nm 1\n"
	var apart, differ strings.Builder
	for i := range n {
		fmt.Fprintf(&apart, "{__name__=\"up\", pod=\"p%d\"} 0 %d\n", i%7, 1795424540580+(n-i)%9973)
		fmt.Fprintf(&differ, "{__name__=\"up\", pod=\"p\"} %d 1795424540580\n", i)
	}
	for name, text := range map[string]string{
		"out of order":  apart.String(),
		"one time":      differ.String(),
		"failed":        strings.Repeat("{__name__=\"up\", pod=\"p\"} 0 1795424540580\n", n),
		"long line":     dump + "{__name__=\"m\", a=\"" + strings.Repeat("x", 3<<20) + "\"} 1 1795424540580\n" + dump,
		"no end":        dump + strings.Repeat("{a=\"", n),
		"many labels":   dump + "{" + strings.Repeat("a=\"b\",", 100_000) + "} 1 1795424540580\n",
		"escapes":       dump + "{a=\"" + strings.Repeat("\\", 99_999) + "\"} 1 1795424540580\n",
		"types":         announced + strings.Repeat("# TYPE a gauge\n# TYPE b gauge\n", n),
		"many types":    announced + apart.String()[:0] + manyTypes(n),
		"pods":          announced + strings.Repeat("# POD p (1 of 9)\nm 1\n", n),
		"ends":          announced + strings.Repeat("# EOF\n", n),
		"blank":         announced + strings.Repeat("\n \t\r\n", n),
		"nul":           announced + strings.Repeat("\x00", n),
		"not text":      announced + strings.Repeat("m{a=\"\xff\xfe\"} 1\n", 1000),
		"victoria":      `{"metric":{"__name__":"up"},"values":[1],"timestamps":[1]}` + "\n" + `{"metric":{"__name__":"up"},"values":` + strings.Repeat("[", n) + "\n" + strings.Repeat(`{"metric":`, n) + "\n" + `{"metric":{"a":"b"},"values":[` + strings.Repeat(`"`, n) + "\n",
		"no timestamps": `{"metric":{"__name__":"up"},"values":[1],"timestamps":[1]}` + "\n" + `{"metric":{"__name__":"up"},"values":[` + strings.Repeat("1,", n),
	} {
		began := time.Now()
		c := readAs(t, []byte(text), parse.Options{Keeper: memory{}})
		if d := time.Since(began); d > time.Minute {
			t.Errorf("%s: took %v", name, d)
		}
		sound(t, []byte(text), c)
		if c.Sources[0].Format == "" {
			t.Errorf("%s: not recognised: %+v", name, c.Sources[0].Problems)
		}
	}
}

func manyTypes(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "# TYPE m%d gauge\n", i)
	}
	return out.String() + strings.Repeat("# TYPE a gauge\n# TYPE b gauge\n", n)
}

// sound checks what holds of whatever was read.
func sound(t *testing.T, text []byte, c *parse.Capture) {
	t.Helper()
	n := c.Sources[0].Counts
	if n.Lines != uint64(bytes.Count(text, []byte{'\n'})) && n.Lines != uint64(bytes.Count(text, []byte{'\n'}))+1 || n.Lines != n.Events+n.Other+n.Unparsed {
		t.Errorf("%+v of %d lines", n, bytes.Count(text, []byte{'\n'}))
	}
	lineAt := func(off int64) int { return 1 + bytes.Count(text[:off], []byte{'\n'}) }
	for i := range c.Streams {
		for j, e := range c.Streams[i].Events {
			if e.Off < 0 || e.Off+int64(e.Len) > int64(len(text)) || j < 50 && lineAt(e.Off) != int(e.Line) || e.Lasted < 0 || e.Count == 0 {
				t.Fatalf("%+v", e)
			}
			if j < 1000 {
				var d parse.Detail
				for _, f := range Formats() {
					if f.Name == c.Streams[i].Format {
						f.Detail(parse.Unwrap(nil, text[e.Off:e.Off+int64(e.Len)]), &d)
					}
				}
				if d.Message == "" {
					t.Errorf("%+v", e)
				}
			}
		}
	}
	for i, s := range c.Series {
		if s.Ref.Off < 0 || s.Ref.Off+int64(s.Ref.Len) > int64(len(text)) || i < 50 && lineAt(s.Ref.Off) != int(s.Ref.Line) || len(s.Times) != len(s.Values) || len(s.Times) == 0 {
			t.Fatalf("%+v", s.Ref)
		}
		for j := 1; j < len(s.Times); j++ {
			if s.Times[j] < s.Times[j-1] || s.Times[j] == s.Times[j-1] && math.Float64bits(s.Values[j]) == math.Float64bits(s.Values[j-1]) {
				t.Fatalf("sample %d: %d %d", j, s.Times[j-1], s.Times[j])
			}
		}
	}
}

// FuzzLines reads anything with each form, recognised or not.
func FuzzLines(f *testing.F) {
	for i, text := range []string{
		"{__name__=\"up\", pod=\"p\"} 1 1000\n{__name__=\"up\", pod=\"p\"} 0 11000\n{__name__=\"up\", pod=\"p\"} NaN 21000\n{__name__=\"up\", pod=\"p\"} 1 31000\n{__name__=\"up\", pod=\"p\"} 1 91000\n{a=\"\\u00e9\"} {count:1} 5\n",
		"up{pod=\"p\"} =>\n1 @[1]\n1 @[11]\n1 @[21]\n1 @[31]\n0 @[91.5]\nscalar: 5 @[1]\nm => 1 @[1]\nm => Count: 5 @[1]\n",
		"# POD p (1 of 2)\n# CONTAINER c \n# TYPE up gauge\nup 0 1795424540580\nup 1 1795424540\nup{a=\"b\\n\"} 1 1795424540.5 # {a=\"b\"} 1\n# ERROR x\n# EOF\nprocess_start_time_seconds 5\ncontainer_spec_cpu_quota{pod=\"p\"} -1\n{\"a b\"} 1\n",
		`{"metric":{"__name__":"up","pod":"p"},"values":[1,0,null,"Infinity",-Inf,0],"timestamps":[1000,11000,21000,31000,41000,2000]}` + "\n",
	} {
		f.Add([]byte(text), uint8(i+1))
	}
	f.Fuzz(func(t *testing.T, text []byte, which uint8) {
		form := *Formats()[int(which)%len(Formats())]
		if which%2 == 0 { // else only what is recognised
			form.SniffDocument = func([]byte) bool { return true }
		}
		c := readWith(t, text, parse.Options{Keeper: memory{}}, &form)
		if form.Name != Format.Name {
			sound(t, text, c)
		}
		form.Detail(text, &parse.Detail{})
		for _, g := range Formats() {
			g.SniffDocument(text)
		}
	})
}
