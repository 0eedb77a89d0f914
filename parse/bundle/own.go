package bundle

import (
	"io"
	"os"
	"path/filepath"
	"regexp"

	"faultline/parse"
)

// A report that lies in the folder it was made of would be read as one more
// dump: the lines that it quotes would be counted twice. So what faultline
// writes says whose it is, and is passed over.

// The entry that a case begins with, and what stands in it.
const (
	CaseName = "faultline.case"
	CaseText = "This is a case of faultline: see README.md.\n"
)

// Signature ends a report as text; SignatureMarkdown one as Markdown, where a
// definition that nothing refers to is not shown (CommonMark 0.31.2, 4.7).
const (
	Signature         = "faultline.report/v1"
	SignatureMarkdown = "[//]: # (" + Signature + ")"
)

// ownHead is how many bytes of a file tell whose it is, ownTail how many at
// its end.
const (
	ownHead = 512
	ownTail = 2048
)

// owned are the beginnings of what faultline writes.
var owned = []struct {
	what string
	re   *regexp.Regexp
}{
	{"a case", regexp.MustCompile(`^PK\x03\x04.{26}` + regexp.QuoteMeta(CaseName))},
	{"a case", regexp.MustCompile(`^` + regexp.QuoteMeta(CaseText[:len(CaseText)-1]))},
	{"a report", regexp.MustCompile(`^\{\s*"schema": ?"faultline\.(report|compare|alerts)/`)},
	{"a report", regexp.MustCompile(`^<!doctype html>\n<html lang="en">\n(?s:.*)<meta name="generator" content="faultline`)},
	{"a plan", regexp.MustCompile(`^\{\s*"schema": ?"faultline\.shard/`)},
	{"a list of sources", regexp.MustCompile(`^\[\n  \{\n    "path": "(?:[^"\\]|\\.)*",\n    "format": "[a-z0-9_-]*",\n    "namespace": `)},
	{"a timeline", regexp.MustCompile(`^\{"time":(?:null|"[^"]*"),"uncertainty_s":[^,]*,"kind":"`)},
	{"a timeline", regexp.MustCompile(`^time,uncertainty_s,kind,source,line,offset,severity,`)},
	{"a timeline", regexp.MustCompile(`^\{"message":"(?:[^"\\]|\\.)*","timestamp":\d+,"datetime":"[^"]*","timestamp_desc":"[^"]*, as [^"]*","uncertainty_s":`)},
	{"the answer to a query", regexp.MustCompile(`^time,value,series\n`)},
	{"the truth of a synthetic case", regexp.MustCompile(`^\{\n "scenario": "[a-z0-9-]*",\n "seed": `)},
	{"a map of pseudonyms", regexp.MustCompile(`^\{\n "(?:[^"\\]|\\.)*": "(?:(?:ns|svc|app|pod|node|ctr|obj|host|f)-[b-z2-9-]+|REDACTED|2(?:4\d|5[0-5])\.\d+\.\d+\.\d+|2001:db8:[0-9a-f:]+)[^"]*",?\n`)},
	{"a picture", regexp.MustCompile(`^<svg [^>]*role="img" font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace"`)},
}

// Own says what of faultline's a file is by its first and last bytes, such as
// "a report"; "" for anything else. tail may be nil.
func Own(head, tail []byte) string {
	head = head[:min(len(head), ownHead)]
	for _, o := range owned {
		if o.re.Match(head) {
			return o.what
		}
	}
	if signed.Match(tail) {
		return "a report"
	}
	return ""
}

// signed is how the last section of a report begins, or its last line.
var signed = regexp.MustCompile(`\n(?:\x1b\[[12]m)?(?:Lines \(` + regexp.QuoteMeta(Signature) + `\)(?:\x1b\[0m)?\n[^\x00]*|` +
	regexp.QuoteMeta(Signature) + `(?:\x1b\[0m)?\s*|` + regexp.QuoteMeta(SignatureMarkdown) + `\s*)$`)

// OwnFile says what of faultline's is at a path; "" for anything else, and
// where there is nothing. A folder that holds a case is one.
func OwnFile(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if info.IsDir() {
		mark, err := os.ReadFile(filepath.Join(path, CaseName))
		if err != nil {
			return ""
		}
		return Own(mark, nil)
	}
	if !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	return ownOf(f, info.Size())
}

// ownOf looks at both ends of a file.
func ownOf(f io.ReaderAt, size int64) string {
	head, tail := make([]byte, ownHead), make([]byte, ownTail)
	n, _ := f.ReadAt(head, 0)
	m, _ := f.ReadAt(tail, max(size-ownTail, 0))
	return Own(head[:n], tail[:m])
}

// own is an input that is not read again.
func own(path, what string) parse.Input {
	return parse.Input{Path: filepath.ToSlash(path), Size: -1, Own: what}
}
