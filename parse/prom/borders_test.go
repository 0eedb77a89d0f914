package prom

import (
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
)

// The parts of a line end where their grammar ends them: what each reads of texts at its borders.
func TestBorders(t *testing.T) {
	said := func(v any, ok bool) string {
		if !ok {
			return "-"
		}
		return fmt.Sprint(v)
	}
	for what, c := range map[string]struct {
		read func(text string) string
		of   map[string]string
	}{
		"seconds": {func(s string) string { return said(seconds([]byte(s))) }, map[string]string{
			"1": "1000000000", "-1.5": "-1500000000", "1e3": "1000000000000", "1e-9": "1", "1.9e-9": "1", "4e9": "4000000000000000000", "4.000000001e9": "-",
			"4000000001": "-", "3999999999.999999999": "3999999999999999999", "0.4000000000000000001": "400000000", "40000000000000000000000e-20": "400000000000",
			"400000000000000000e-15": "400000000000", "399999999999999999.9e-9": "399999999999999999", "0e999": "0", "0e1000": "-", "0e-999": "0", "0e-1000": "-",
			"": "-", "-": "-", ".": "-", ".5": "500000000", "1.2.3": "-", "e3": "-", "1e": "-", "1x": "-", "9.9": "9900000000", "1E+2": "100000000000"}},
		"value": {func(s string) string { return said(value([]byte(s))) }, map[string]string{
			"0": "0", "909": "909", "999999999999999": "9.99999999999999e+14", "1234567890123456": "1.234567890123456e+15", "-5": "-5", "5.25": "5.25", "5:": "-", "5/": "-", "": "-", "NaN": "NaN", "+Inf": "+Inf", "9": "9"}},
		"millis": {func(s string) string { return said(millis([]byte(s))) }, map[string]string{
			"0": "0", "9": "9000000", "-90": "-90000000", "4000000000000": "4000000000000000000", "4000000000001": "-", "000000000000009": "9000000", "0000000000000009": "-", "": "-", "-": "-", "1:": "-", "1/": "-"}},
		"wall time": {func(s string) string { return said(wallTime([]byte(s))) }, map[string]string{
			"100000000000": "100000000000000000", "99999999999": "-", "3999999999": "3999999999000000000", "-100000000000": "-100000000000000000", "-3999999999": "-3999999999000000000"}},
		"name": {func(s string) string { return s[:nameEnd([]byte(s))] }, map[string]string{
			"az_:AZ09-": "az_:AZ09", "9a": "", "a9": "a9", "a:b": "a:b", "a/": "a", "a;": "a", "[": "", "{": "", "@": "", "`": "", "a`": "a", "": ""}},
		"selector": {func(s string) string { return s[:selectorEnd([]byte(s))] }, map[string]string{
			`a{b="}"} 1`: `a{b="}"}`, `a {} 1`: `a {}`, "a 1": "a", "a": "a", "a ": "a", `a{b="\"}"}`: `a{b="\"}"}`, `a{b="\`: "", `a{b="c"`: "", "{}": "{}", "": ""}},
		"labels": {func(s string) string { return said(selector([]byte(s))) }, map[string]string{
			`a`: "[{__name__ a}]", `a{}`: "[{__name__ a}]", `{}`: "[]", "": "-", `a{b="c"}`: "[{__name__ a} {b c}]", `{"a",b="c",}`: "[{__name__ a} {b c}]", `a{b="c" d="e"}`: "-", `a{b="c"`: "-", `a{b="c"} x`: "-",
			`a{b="c",b="d"}`: "-", `a{b=c}`: "-", `a{b}`: "-", `a{"b"="c"}  `: "[{__name__ a} {b c}]", `a x`: "-", "a ": "[{__name__ a}]"}},
		"dump": {func(s string) string {
			d, ok := dumpLine([]byte(s))
			return said(fmt.Sprint(d.value, d.at, d.histogram), ok)
		}, map[string]string{
			"{} 1 5": "1 5000000 false", "{} 5": "-", "{}": "-", "{} ": "-", "{}1 5": "-", "{} {} 5": "0 5000000 true", "{} { 5": "-", "{} } 5": "-", "{}  5": "-", "a 1 5": "-", "{} {a} x": "-"}},
		"exposition": {func(s string) string {
			d, ok := exposed([]byte(s))
			return said(fmt.Sprintf("%v %v %s %v %v", d.value, d.at, d.stamp, d.histogram, d.exemplar), ok)
		}, map[string]string{
			"a 1": "1 0  false false", "a 1 5": "1 5000000000 5 false false", "a 1 # {}": "1 0  false true", "a 1 #": "-", "a 1 # x": "-", "a 1 5 6": "-", "a 1 x": "-", "a": "-", "{} {": "-", "{} {}": "0 0  true false",
			"a {b=\"c\"} {}": "0 0  true false", `a{b="c"}  {x}`: "0 0  true false", `a{b="c"} }{`: "-", "{": "-", "a 1 5 # {}": "1 5000000000 5 false true"}},
		"announced": {func(s string) string { return said(announces([]byte(s))) }, map[string]string{
			"# TYPE a counter": "a", "# TYPE a stateset": "a", "# TYPE a kind": "-", "# HELP a": "a", "# HELP a text": "a", "# HELP ": "-", "# TYPE  counter": "-", `# TYPE "a.b" gauge`: "a.b", "# UNIT a s": "-", "#": "-"}},
		"belongs": {func(s string) string { return fmt.Sprint(belongs(s, map[string]bool{"a": true, "": true})) }, map[string]string{
			"a": "true", "a_sum": "true", "a_bucket": "true", "a_sums": "false", "_sum": "false", "b_sum": "false", "a_gcount": "true", "sum": "false"}},
		"quoted": {func(s string) string { return fmt.Sprint(quotesExposition([]byte(s))) }, map[string]string{
			`a{b="c"} 1`: "true", `a{} 1`: "false", `{b="c"} 1`: "false", `{a="b",b="c"} 1`: "false", `{"a",b="c"} 1`: "false", "x\n" + `a{b="c"} 1` + "\n": "true", `a{b="c"} x`: "false", `a{b=""}`: "false", `ab{x="`: "false"}},
		"heads": {func(s string) string {
			var out []string
			for _, line := range headLines([]byte(s), 2) {
				out = append(out, string(line))
			}
			return strings.Join(out, "|")
		}, map[string]string{"a\nb\nc\n": "a|b", "a": "a", "a\nb": "a", "\n \n a\t\r\nb\n": "a|b", "": "", "\n\nx": "x"}},
		"status": {func(s string) string { return fmt.Sprint(isStatus(s)) }, map[string]string{
			"100": "true", "599": "true", "509": "true", "090": "false", "600": "false", "5xx": "true", "5XX": "true", "5x0": "false", "50x": "false", "50": "false", "5000": "false", "50/": "false", "50:": "false", "5/0": "false", "5:0": "false", "0xx": "false", "6xx": "false", "": "false"}},
		"numbers": {func(s string) string {
			var out []string
			for _, x := range numbers([]byte(s), 100) {
				out = append(out, fmt.Sprint(x.value, "@", x.at, " ", x.from, "-", x.to, " ", x.bad))
			}
			return strings.Join(out, "|")
		}, map[string]string{
			"[1, 2\t,\n3\r]": "1@1000000 101-102 false|2@2000000 104-105 false|3@3000000 108-109 false", "[]": "", "[1": "1@1000000 101-102 false", `["5",x]`: "5@5000000 101-104 false|0@0 105-106 true", "": "",
			"[9000000000000,9000000000001,-9000000000000,-9000000000001]": "9e+12@9000000000000000000 101-114 false|9.000000000001e+12@9000000000001000000 115-128 true|-9e+12@-9000000000000000000 129-143 false|-9.000000000001e+12@-9000000000001000000 144-158 true"}},
	} {
		for text, want := range c.of {
			if got := c.read(text); got != want {
				t.Errorf("%s of %q: %q, want %q", what, text, got, want)
			}
		}
	}
}

// A head may hold a few lines that are no samples, to a tenth of those that are, and a long run
// of them ends the search.
func TestSniffBorders(t *testing.T) {
	for what, c := range map[string]struct {
		sniff     func([]byte) bool
		head      string
		good, bad string
		most      int // of bad ones behind 150 good ones
	}{
		"dump":       {Dump.SniffDocument, "", "{__name__=\"a\"} 1 5\n", "{__name__=\"a\"} 1 0\n", 15},
		"exposition": {Exposition.SniffDocument, "# TYPE a gauge\n", "a 1\n", "a 1 x\n", 15},
		"many":       {Exposition.SniffDocument, "# TYPE a gauge\n" + strings.Repeat("a 1\n", 70), "a 1\n", "a 1 x\n", 20},
	} {
		for _, bad := range []int{0, c.most, c.most + 1} {
			text := c.head + strings.Repeat(c.good, 150) + strings.Repeat(c.bad, bad)
			if got := c.sniff([]byte(text)); got != (bad <= c.most) {
				t.Errorf("%s with %d: %v", what, bad, got)
			}
		}
	}
	for text, want := range map[string]bool{"a{b=\"c\"} 1\nb 1\n": true, "a{b=\"c\"} 1\nb 1\nc 1\n": false, "a 1\n": false, "{b=\"c\"} 1\n": false, "{\"a\",b=\"c\"} 1\n": true} {
		if got := Exposition.SniffDocument([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Frames stand six levels deep at most, and each is found where it stands.
func TestFramesWithin(t *testing.T) {
	for text, want := range map[string]string{
		`[[[[[{"a":1}]]]]]`:              "5:{\"a\":1}",
		`[[[[[[{"a":1}]]]]]]`:            "",
		` `:                              "",
		`"x"`:                            "",
		`{"a":{"b":[{"c":1}, {"d":2}]}}`: `0:{"a":{"b":[{"c":1}, {"d":2}]}} 5:{"b":[{"c":1}, {"d":2}]} 11:{"c":1} 20:{"d":2}`,
		`[{"a":1},`:                      `1:{"a":1}`,
	} {
		var got []string
		within([]byte(text), 0, deepestFrame, func(raw []byte, off int) bool {
			got = append(got, fmt.Sprintf("%d:%s", off, raw))
			return false
		})
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", text, got)
		}
	}
	for text, want := range map[string]string{
		"":                                 "",
		"\n1706880000000":                  "no sample for a while before 2024-02-02T13:20:00Z",
		", 1706880000000, 1706880060000":   "no sample between 2024-02-02T13:20:00Z and 2024-02-02T13:21:00Z",
		"1706880000000,1706880060000":      "2 scrapes in a row failed (up is 0)",
		"100000000000":                     "100000000000",
		"100000000001":                     "the scrape failed (up is 0)",
		"1706880000000,0\n1706880060000,0": "2 scrapes in a row failed (up is 0)",
		"2024-02-02T13:20:00Z;0":           "the scrape failed (up is 0)",
	} {
		var d parse.Detail
		drawnDetail([]byte(text), &d)
		if d.Message != want {
			t.Errorf("%q: %q, want %q", text, d.Message, want)
		}
	}
}

// What the text behind an event shows, in each form, with an end and without one.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"[":                              "[",
		"946684800000":                   "no sample for a while before 2000-01-01T00:00:00Z",
		" 1706880000000 1706880060000":   "no sample between 2024-02-02T13:20:00Z and 2024-02-02T13:21:00Z",
		",1706880000000,1706880060000":   "2 scrapes in a row failed (up is 0)",
		"[1706880000000":                 "the scrape failed (up is 0)",
		"0 @[1706880000]0 @[1706880060]": "2 scrapes in a row failed (up is 0)",
		"@[1706880000]0 @[1706880060]":   "no sample between 2024-02-02T13:20:00Z and 2024-02-02T13:21:00Z",
		"0 @[1706880000":                 "0 @[1706880000",
		`up{pod="a"} 0 1706880000000`:    "the scrape failed (up is 0)",
		`p{pod="a"} 1 1706880000000`:     "no sample for a while before 2024-02-02T13:20:00Z",
		`__name__="up"} 1 1706880000000`: "no sample for a while before 2024-02-02T13:20:00Z",
		`up`:                             "up",
		`up{pod="a"} x`:                  `up{pod="a"} x`,
	} {
		var d parse.Detail
		lineDetail([]byte(text), &d)
		if d.Message != want {
			t.Errorf("%q: %q, want %q", text, d.Message, want)
		}
	}
	for text, want := range map[string]string{
		"":                                     "",
		"[1706880000,\"0\"]":                   "the scrape failed (up is 0)",
		"[1706880000,\"0\"],[1706880060,\"0\"": "the scrape failed (up is 0)",
		"1706880000,\"1\"],[1706880060,\"1\"]": "no sample between 2024-02-02T13:20:00Z and 2024-02-02T13:21:00Z",
	} {
		var d parse.Detail
		detail([]byte(text), &d)
		if d.Message != want {
			t.Errorf("%q: %q, want %q", text, d.Message, want)
		}
	}
}
