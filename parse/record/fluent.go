package record

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/wrap"
)

// Fluent is what Fluent Bit and Fluentd print of their records on a console:
//
//	[0] tag: [[1706880148.655000000, {}], {"log"=>"text", "kubernetes"=>{"pod_name"=>"web-0"}}]
//	2017-11-28 11:43:13.814351757 +0900 tag: {"log":"text"}
//
// Fluent Bit before 2.1 has the time alone in the first brackets
// (fluent/fluent-bit plugins/out_stdout; fluent/fluentd lib/fluent/plugin/formatter_stdout.rb).
var Fluent = &parse.Wrapper{Name: "fluent", Doc: "stdout of Fluent Bit and Fluentd: time, tag, record", Record: true, Strip: fluent}

func fluent(line []byte, p *parse.Prefix) ([]byte, bool) {
	var o reading
	body, tag := line, []byte(nil)
	switch {
	case len(line) < 8 || line[len(line)-1] != '}' && line[len(line)-1] != ']':
		return line, false
	case line[0] == '[':
		_, n, ok := lex.Digits(line[1:])
		if !ok || !bytes.HasPrefix(line[1+n:], []byte("] ")) {
			return line, false
		}
		tag, body, ok = bytes.Cut(line[n+len("[] "):], []byte(": ["))
		open := bytes.Index(body, []byte(`, {"`))
		if !ok || open < 0 || body[len(body)-1] != ']' {
			return line, false
		}
		at, _, _ := bytes.Cut(bytes.TrimLeft(body[:open], "["), []byte{','})
		o.at(key{when, 9}, at)
		body = arrows(body[open+2 : len(body)-1])
	default:
		n, ok := wrap.Leading(line, &o.prefix)
		if !ok || n+1 >= len(line) || line[n] != ' ' && line[n] != '\t' {
			return line, false
		}
		open := bytes.IndexByte(line, '{')
		if open < n+3 {
			return line, false
		}
		tag, body = bytes.TrimRight(line[n+1:open], ": \t"), line[open:]
		o.stamped = 9
		if bytes.ContainsAny(tag, ` "=[]`) || len(tag) == 0 {
			return line, false
		}
	}
	if !o.root(body) {
		return line, false
	}
	o.path(tag)
	o.stamped = max(o.stamped, 1)
	if !o.settle() {
		return line, false
	}
	p.Else = [2][]byte{o.payload, body}
	o.onto(p)
	return o.text, true
}

// arrows puts a colon in place of Ruby's => outside of strings.
func arrows(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			n := max(lex.QuotedEnd(b[i:]), 1)
			out = append(out, b[i:i+n]...)
			i += n - 1
		case b[i] == '=' && i+1 < len(b) && b[i+1] == '>':
			out = append(out, ':')
			i++
		default:
			out = append(out, b[i])
		}
	}
	return out
}
