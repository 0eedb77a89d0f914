package prom

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"faultline/parse"
)

// readAs reads a text with all formats of the package.
func readAs(t testing.TB, text []byte, o parse.Options) *parse.Capture {
	t.Helper()
	return readWith(t, text, o, Formats()...)
}

func readWith(t testing.TB, text []byte, o parse.Options, formats ...*parse.Format) *parse.Capture {
	t.Helper()
	in := parse.Input{Path: "in", Size: int64(len(text)), Rereadable: o.Keeper == nil,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, formats, nil, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	text := file(t, name)
	if !strings.HasSuffix(name, ".zst") {
		return text
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if text, err = z.DecodeAll(text, nil); err != nil {
		t.Fatal(err)
	}
	return text
}

// point is a sample in the reference: its time in ns and its value.
type point struct {
	at   int64
	bits uint64
}

func pointOf(t *testing.T, ns int64, text string) point {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return point{ns, math.Float64bits(v)}
}

var pair = regexp.MustCompile(`([\w.]+)="((?:[^"\\]|\\.)*)"`)

// canonical is a selector as the reference names series.
func canonical(t *testing.T, selector string) string {
	t.Helper()
	if was, ok := canonicals[selector]; ok {
		return was
	}
	name, rest, _ := strings.Cut(selector, "{")
	var parts []string
	if name != "" {
		parts = append(parts, fmt.Sprintf("%s=%q", nameLabel, name))
	}
	for _, m := range pair.FindAllStringSubmatch(rest, -1) {
		v, err := strconv.Unquote(`"` + m[2] + `"`)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, fmt.Sprintf("%s=%q", m[1], v))
	}
	slices.Sort(parts)
	canonicals[selector] = strings.Join(parts, ",")
	return canonicals[selector]
}

var canonicals = map[string]string{}

func named(c *parse.Capture, s *parse.Series) string {
	var parts []string
	if s.Metric != 0 {
		parts = append(parts, fmt.Sprintf("%s=%q", nameLabel, c.Name(s.Metric)))
	}
	for _, l := range s.Labels {
		parts = append(parts, fmt.Sprintf("%s=%q", c.Name(l.Key), c.Name(l.Value)))
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// The reference readers: as plain as can be, for the samples only.

func referenceDump(t *testing.T, text string, to map[string][]point) {
	for line := range strings.Lines(text) {
		i := strings.LastIndex(line, "} ")
		f := strings.Fields(line[i+2:])
		ms, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil || len(f) != 2 {
			t.Fatal(line)
		}
		key := canonical(t, line[:i+1])
		to[key] = append(to[key], pointOf(t, ms*1e6, f[0]))
	}
}

func referencePromQL(t *testing.T, text string, to map[string][]point) {
	key := ""
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if head, ok := strings.CutSuffix(line, " =>"); ok {
			key = canonical(t, head)
			continue
		}
		v, at, _ := strings.Cut(line, " @[")
		sec, err := strconv.ParseInt(strings.TrimSuffix(at, "]"), 10, 64)
		if err != nil {
			t.Fatal(line)
		}
		to[key] = append(to[key], pointOf(t, sec*1e9, v))
	}
}

func referenceExposition(t *testing.T, text string, to map[string][]point) {
	for line := range strings.Lines(text) {
		if line[0] == '#' {
			continue
		}
		i := strings.LastIndexByte(line, ' ')
		key := canonical(t, line[:i])
		to[key] = append(to[key], pointOf(t, 0, strings.TrimSpace(line[i:])))
	}
}

var notJSON = regexp.MustCompile(`([\[,])([+-]?Inf|NaN|null|"-?Infinity")`)

func referenceVictoria(t *testing.T, text string, to map[string][]point) {
	for line := range strings.Lines(text) {
		var s struct {
			Metric     map[string]string
			Values     []json.Number
			Timestamps []int64
		}
		var odd []string // what is no JSON, as it comes
		line = notJSON.ReplaceAllStringFunc(line, func(m string) string {
			odd = append(odd, strings.Trim(m[1:], `"`))
			return m[:1] + "-987654321"
		})
		if json.Unmarshal([]byte(line), &s) != nil {
			continue // the last one, which is cut off
		}
		var parts []string
		for k, v := range s.Metric {
			parts = append(parts, fmt.Sprintf("%s=%q", k, v))
		}
		slices.Sort(parts)
		key := strings.Join(parts, ",")
		for i, v := range s.Values {
			text := v.String()
			if text == "-987654321" {
				text, odd = odd[0], odd[1:]
			}
			to[key] = append(to[key], pointOf(t, s.Timestamps[i]*1e6, text))
		}
	}
}

// TestSamples compares every sample of real exports, bit by bit, with what
// the plain readers above make of them. The counts are those of wc and awk.
func TestSamples(t *testing.T) {
	const untimed, nans = "a snapshot without times", "values are NaN"
	for name, x := range map[string]struct {
		format          string
		reference       func(*testing.T, string, map[string][]point)
		series, samples int
		problems        []string
	}{
		"r60s-promtool-query-range.txt":            {"promql", referencePromQL, 3, 23, nil},
		"real-promtool-query-range.promql.txt.zst": {"promql", referencePromQL, 15, 315, nil},
		"r60s-tsdb-dump.txt.zst":                   {"tsdb-dump", referenceDump, 5824, 152023, []string{nans}},
		"real-tsdb-dump-2.42.txt.zst":              {"tsdb-dump", referenceDump, 137, 3000, []string{nans, "were sorted"}},
		"metrics-final-0.txt.zst":                  {"exposition", referenceExposition, 1759, 1759, []string{untimed}},
		"metrics-final-1.txt.zst":                  {"exposition", referenceExposition, 1715, 1715, []string{untimed}},
		"metrics-final-2.txt.zst":                  {"exposition", referenceExposition, 1797, 1797, []string{untimed}},
		"real-scrape-openmetrics.txt.zst":          {"exposition", referenceExposition, 59, 59, []string{untimed}},
		"real-scrape-promtext.txt.zst":             {"exposition", referenceExposition, 59, 59, []string{untimed}},
		"real-vm-export.jsonl.zst":                 {"victoria", referenceVictoria, 25, 15000, []string{"cut off"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := unpacked(t, name)
			want := map[string][]point{}
			x.reference(t, string(text), want)
			c := readAs(t, text, parse.Options{})
			lines := slices.Collect(bytes.Lines(text))
			if src := c.Sources[0]; src.Format != x.format || src.Counts.Lines != uint64(len(lines)) {
				t.Errorf("format %s, counts %+v of %d lines", src.Format, src.Counts, len(lines))
			}
			samples, ends := 0, make([]int, len(lines)) // where each line ends
			for i, end := 0, 0; i < len(lines); i++ {
				end += len(lines[i])
				ends[i] = end - 1
			}
			for i := range c.Series {
				samples += len(c.Series[i].Times)
				same(t, c, text, ends, &c.Series[i], want)
			}
			if len(want) != 0 {
				t.Errorf("%d series are missing", len(want))
			}
			if len(c.Series) != x.series || samples != x.samples {
				t.Errorf("%d series of %d samples, want %d of %d", len(c.Series), samples, x.series, x.samples)
			}
			problems(t, c, x.problems)
		})
	}
}

// same compares a series and takes it out of want.
func same(t *testing.T, c *parse.Capture, text []byte, ends []int, s *parse.Series, want map[string][]point) {
	t.Helper()
	key := named(c, s)
	w := want[key]
	delete(want, key)
	if len(s.Times) != len(w) || len(s.Values) != len(w) {
		t.Errorf("%s: %d samples, want %d", key, len(s.Times), len(w))
		return
	}
	slices.SortStableFunc(w, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	for i := range w {
		if got := (point{s.Times[i], math.Float64bits(s.Values[i])}); got != w[i] {
			t.Errorf("%s: sample %d is %v, want %v", key, i, got, w[i])
			return
		}
	}
	from := min(max(int(s.Ref.Off), 0), len(text))
	if no := 1 + sort.SearchInts(ends, from); s.Ref.Off != int64(from) || from+int(s.Ref.Len) > len(text) || no != int(s.Ref.Line) {
		t.Errorf("%s: line %d at %d+%d, want line %d", key, s.Ref.Line, s.Ref.Off, s.Ref.Len, no)
	}
}

// problems checks the problems of the only source.
func problems(t testing.TB, c *parse.Capture, want []string) {
	t.Helper()
	var got []string
	for _, p := range c.Sources[0].Problems {
		got = append(got, fmt.Sprintf("%d: %s", p.Line, p.Text))
	}
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		ok = strings.Contains(got[i], want[i])
	}
	if !ok {
		t.Errorf("problems %q, want %q", got, want)
	}
}

// A text quotes samples, from a page or through grep; other words in braces are
// none.
func TestQuoted(t *testing.T) {
	const ticket = "What the proxy says of it:\n\n```\n# TYPE outbound_http_errors_total counter\noutbound_http_errors_total{error=\"response timeout\"} 3\n  request_errors_total{direction=\"outbound\"} 42\n```\nand nothing else.\n"
	c := readAs(t, []byte(ticket), parse.Options{})
	if s := c.Sources[0]; len(c.Series) != 2 || s.Format != "exposition" || s.Counts.Unparsed != 0 || s.Counts.Other != s.Counts.Lines || len(s.Problems) != 1 {
		t.Errorf("%d series, %+v", len(c.Series), c.Sources[0])
	}
	for _, text := range []string{"we saw {app=\"web\"} 5 times\n", "sum(rate(x{a=\"b\"}[5m])) is 3\n", "up is 0\n", "x{a=\"b\"} and more\n", "foo 3\n", "x{} 1\n"} {
		if quotesExposition([]byte(text)) {
			t.Errorf("%q quotes a sample", text)
		}
	}
}
