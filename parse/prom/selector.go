package prom

import (
	"bytes"
	"slices"
	"strings"

	"faultline/parse/lex"
)

// nameEnd is where a metric's or a label's name ends: [a-zA-Z_:][a-zA-Z0-9_:]*
// (common/model/metric.go, IsValidLegacyMetricName).
func nameEnd(b []byte) int {
	i := 0
	for i < len(b) {
		c := b[i]
		if c|0x20-'a' > 25 && c != '_' && c != ':' && (i == 0 || c-'0' > 9) {
			break
		}
		i++
	}
	return i
}

// selectorEnd is where `name{a="b"}` ends, without reading it; 0 when its
// brace is not closed.
func selectorEnd(b []byte) int {
	i := nameEnd(b)
	j := i + blankEnd(b[i:])
	if j >= len(b) || b[j] != '{' {
		return i
	}
	for i = j + 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = quoteEnd(b, i+1)
		case '}':
			return i + 1
		}
	}
	return 0
}

func quoteEnd(b []byte, i int) int {
	for ; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

func blankEnd(b []byte) int {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i
}

// selector reads `name{a="b", c="d"}`, `name`, `{__name__="m"}` or
// `{"a name", c="d"}`, which must be all of b. Values are quoted as Go quotes
// them (labels.Labels.String, model.Metric.String) or with the three escapes
// of the exposition format, which are a part of those
// (prometheus/docs/content/docs/instrumenting/exposition_formats.md,
// model/textparse/promlex.l).
func selector(b []byte) (out []label, ok bool) {
	n := nameEnd(b)
	if n > 0 {
		out = append(out, label{nameLabel, string(b[:n])})
	}
	b = b[n:]
	b = b[blankEnd(b):]
	if len(b) == 0 {
		return out, n > 0
	}
	if b[0] != '{' {
		return nil, false
	}
	for b = b[1:]; ; {
		b = b[blankEnd(b):]
		if len(b) > 0 && b[0] == '}' {
			return out, len(bytes.Trim(b[1:], blanks)) == 0 && unique(out)
		}
		l, rest, ok := oneLabel(b)
		if !ok {
			return nil, false
		}
		out = append(out, l)
		b = rest[blankEnd(rest):]
		if len(b) > 0 && b[0] == ',' {
			b = b[1:]
		} else if len(b) == 0 || b[0] != '}' {
			return nil, false
		}
	}
}

// oneLabel reads `a="b"`, `"a"="b"`, or a metric's name in quotes.
func oneLabel(b []byte) (l label, rest []byte, ok bool) {
	n := nameEnd(b)
	key := b[:n]
	quoted := n == 0
	if quoted {
		if key, n, ok = lex.Quoted(b); !ok {
			return l, nil, false
		}
	}
	b = b[n:]
	b = b[blankEnd(b):]
	if len(b) == 0 || b[0] != '=' {
		return label{nameLabel, string(key)}, b, quoted
	}
	b = b[1:]
	b = b[blankEnd(b):]
	value, n, ok := lex.Quoted(b)
	if !ok {
		return l, nil, false
	}
	return label{string(key), string(value)}, b[n:], true
}

// unique sorts labels and says whether no key stands twice.
func unique(labels []label) bool {
	slices.SortFunc(labels, func(a, b label) int { return strings.Compare(a.key, b.key) })
	for i := 1; i < len(labels); i++ {
		if labels[i].key == labels[i-1].key {
			return false
		}
	}
	return true
}

// token takes what stands up to the next blank.
func token(b []byte) (word, rest []byte) {
	b = b[blankEnd(b):]
	i := 0
	for i < len(b) && b[i] != ' ' && b[i] != '\t' {
		i++
	}
	return b[:i], b[i:]
}
