package prom

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

func read(t testing.TB, text []byte) *parse.Capture {
	t.Helper()
	return readIn(t, text, Format)
}

func readIn(t testing.TB, text []byte, f *parse.Format) *parse.Capture {
	t.Helper()
	in := parse.Input{Path: "in", Size: int64(len(text)), Rereadable: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, []*parse.Format{f}, nil, parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// matrix wraps the series of an answer.
func matrix(series string) []byte {
	return []byte(`{"status":"success","data":{"resultType":"matrix","result":[` + series + `]}}`)
}

// at checks that a place lies in the text, and gives what stands there.
func at(t testing.TB, text []byte, off int64, n, line uint32) string {
	t.Helper()
	if off < 0 || off+int64(n) > int64(len(text)) {
		t.Fatalf("%d+%d lies outside %d bytes", off, n, len(text))
	}
	if got := 1 + bytes.Count(text[:off], []byte{'\n'}); got != int(line) {
		t.Errorf("line %d, want %d", line, got)
	}
	return string(text[off : off+int64(n)])
}

// result is a series as encoding/json reads it.
type result struct {
	Metric map[string]string
	Values [][2]json.RawMessage
	Value  []json.RawMessage
}

func (r *result) pairs() (out [][2]json.RawMessage) {
	if len(r.Value) == 2 {
		out = append(out, [2]json.RawMessage{r.Value[0], r.Value[1]})
	}
	return append(out, r.Values...)
}

func results(t *testing.T, text []byte) (out []result) {
	var answer struct{ Data struct{ Result []result } }
	if text[0] == '[' {
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data.Result
}

// TestSeries compares every sample of real exports with what encoding/json
// and exact arithmetic make of them.
func TestSeries(t *testing.T) {
	for _, name := range []string{"up.json", "process_start_time_seconds.json", "cpu_quota.json", "go_goroutines.json", "promtool.json",
		"victoria.json", "vector.json", "instant-vector-example.json", "instant-matrix-example.json", "cfs_throttle_ratio.json"} {
		text := file(t, name)
		c := read(t, text)
		c.Series = slices.DeleteFunc(c.Series, func(s parse.Series) bool { return strings.Contains(c.Name(s.Metric), "_native_") }) // TestNative's
		var want []result
		for _, r := range results(t, text) {
			if len(r.pairs()) > 0 {
				want = append(want, r)
			}
		}
		if len(c.Series) != len(want) || c.Sources[0].Format != "prom" {
			t.Fatalf("%s: %d series, want %d", name, len(c.Series), len(want))
		}
		for i := range c.Series {
			compare(t, name, c, text, &c.Series[i], &want[i])
		}
	}
}

func compare(t *testing.T, name string, c *parse.Capture, text []byte, s *parse.Series, want *result) {
	t.Helper()
	if raw := at(t, text, s.Ref.Off, s.Ref.Len, s.Ref.Line); raw[0] != '{' || raw[len(raw)-1] != '}' {
		t.Errorf("%s: a series stands at %.60s", name, raw)
	}
	if c.Name(s.Metric) != want.Metric["__name__"] {
		t.Errorf("%s: metric %q", name, c.Name(s.Metric))
	}
	delete(want.Metric, "__name__")
	var keys []string
	for _, l := range s.Labels {
		keys = append(keys, c.Name(l.Key))
		if v := c.Name(l.Value); v != want.Metric[c.Name(l.Key)] {
			t.Errorf("%s: %s=%q", name, c.Name(l.Key), v)
		}
	}
	if !slices.Equal(keys, slices.Sorted(maps.Keys(want.Metric))) {
		t.Errorf("%s: labels %v", name, keys)
	}
	if len(s.Times) != len(want.pairs()) || len(s.Values) != len(s.Times) {
		t.Fatalf("%s: %d samples, want %d", name, len(s.Times), len(want.pairs()))
	}
	for i, p := range want.pairs() {
		sec, _ := new(big.Rat).SetString(string(p[0]))
		ns := sec.Mul(sec, big.NewRat(1e9, 1))
		if !ns.IsInt() || ns.Num().Int64() != s.Times[i] {
			t.Errorf("%s: time %s is %d", name, p[0], s.Times[i])
		}
		v, err := strconv.ParseFloat(strings.Trim(string(p[1]), `"`), 64)
		if err != nil || math.Float64bits(v) != math.Float64bits(s.Values[i]) {
			t.Errorf("%s: value %s is %v", name, p[1], s.Values[i])
		}
	}
}

func TestLabels(t *testing.T) {
	c := read(t, matrix(`{"metric":{"z":"\u00e9\n\"q\"","__name__":"m","a":"","b":"{\\},["},"values":[[1,"1e3"],[2,"NaN"],[3,"+Inf"],[4,"-Inf"],[5,7],[6.5,"0x10p0"]]}`))
	s := c.Series[0]
	var got []string
	for _, l := range s.Labels {
		got = append(got, c.Name(l.Key)+"="+c.Name(l.Value))
	}
	if want := []string{"a=", `b={\},[`, "z=é\n\"q\""}; !slices.Equal(got, want) || c.Name(s.Metric) != "m" {
		t.Errorf("labels %q", got)
	}
	if v := s.Values; len(v) != 6 || v[0] != 1000 || !math.IsNaN(v[1]) || !math.IsInf(v[2], 1) || !math.IsInf(v[3], -1) || v[4] != 7 || v[5] != 16 {
		t.Errorf("values %v", v)
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1e9, "1795424540.580": 1795424540580e6, "1795424540.58": 1795424540580e6, "1.79542454058e9": 1795424540580e6,
		"1795424540580e-3": 1795424540580e6, "0.000000001": 1, "0.0000000019": 1, "-1.5": -1500e6, "1e0": 1e9, "00001.50": 1500e6,
		"1795424540.123456789": 1795424540123456789, "1795424540.1234567899999999999999": 1795424540123456789, "0e999": 0, "1.5E+1": 15e9, "1e-900": 0,
	} {
		if got, ok := seconds([]byte(text)); !ok || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", ".", "e9", "1e", "1e9999", "1x", "1..2", "1e20", "99999999999", "123456789012345678901234567890", "NaN", "null", `"1"`, "1 2", "--1"} {
		if got, ok := seconds([]byte(text)); ok {
			t.Errorf("%q was read as %d", text, got)
		}
	}
	for _, v := range []float64{0, 1, 123456789012345, 1.5, 1e300, -2, 5e-324} {
		if got, ok := value([]byte(strconv.FormatFloat(v, 'f', -1, 64))); !ok || got != v {
			t.Errorf("%v was read as %v", v, got)
		}
	}
}

// TestProblems: what is not kept is said.
func TestProblems(t *testing.T) {
	for name, x := range map[string]struct {
		text    string
		series  int
		problem []string
	}{
		"error":       {string(file(t, "error-bad-query.json")), 0, []string{"bad_data: 1:10: parse error: unclosed left parenthesis"}},
		"marked":      {"\ufeff" + string(matrix(`{"metric":{"__name__":"up"},"values":[[1,"0"]]}`)), 1, nil},
		"empty":       {string(file(t, "empty-matrix.json")), 0, nil},
		"names":       {string(file(t, "metric-names.json")), 0, []string{"holds no samples"}},
		"histograms":  {string(file(t, "vector.json")), 269, nil},
		"rates":       {string(matrix(`{"metric":{"pod":"a"},"histograms":[[1,{"count":"1","sum":"2"}]]}`)), 0, []string{"1 series of native histograms has no name"}},
		"no buckets":  {string(matrix(`{"metric":{"__name__":"h"},"histograms":[[1,{"count":"1","sum":"2","buckets":[[0,"1","2"]]}],[2,{}],[3,5],{}]}`)), 0, []string{"4 samples"}},
		"scalar":      {string(file(t, "scalar.json")), 1, nil},
		"text":        {`{"status":"success","data":{"resultType":"string","result":[1,"5"]}}`, 0, []string{"the result is text: 5"}},
		"warnings":    {`{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["a store was away"],"infos":["note"]}`, 0, []string{"a store was away", "note"}},
		"partial":     {`{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[]}}`, 0, []string{"incomplete"}},
		"two":         {string(matrix(`{"metric":{},"values":[[1,"1"]]}`)) + "\n" + `{"status":"error","errorType":"timeout","error":"late"}`, 1, []string{"timeout: late"}},
		"sorted keys": {`{"data":{"result":[{"metric":{},"values":[[1,"1"]]}],"resultType":"matrix"},"status":"success"}`, 1, nil},
		"samples":     {string(matrix(`{"metric":{},"values":[[1,"1"],[2],[],5,null,["3","3"],[4,null],[5,"x"],[6,"6",7],{"a":[1]},[1e30,"1"],[8,"8"]]}`)), 1, []string{"10 samples"}},
		"no metric":   {string(matrix(`{"values":[[1,"1"]]}`)), 0, []string{"without a metric"}},
		"null":        {string(matrix(`{"metric":null,"values":null}`)), 0, []string{"1 sample "}},
		"metric":      {string(matrix(`{"metric":{"a":5,"b":"c"},"values":[[1,"1"]]}`)), 1, []string{"1 sample "}},
		"unsorted":    {string(matrix(`{"metric":{},"values":[[2,"2"],[1,"1"]]}`)), 1, []string{"was sorted"}},
		"result":      {`{"status":"success","data":{"resultType":"matrix","result":null}}`, 0, nil},
		"truncated":   {string(matrix(`{"metric":{},"values":[[1,"1"]]},{"metric":{},"values":[[1,"1"]]}`))[:120], 1, []string{"ends in the middle"}},
		"bare":        {`[{"metric":{},"values":[[1,"1"]]},5]`, 1, []string{"no series"}},
		"nul":         {`{"status":"success","data":{"resultType":"matrix","result":["` + "\x00", 0, []string{"invalid character"}},
		"deep":        {string(matrix(`{"metric":{},"values":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`)), 0, []string{"exceeded max depth"}},
	} {
		c := read(t, []byte(x.text))
		var got []string
		for _, p := range c.Sources[0].Problems {
			got = append(got, p.Text)
		}
		if len(c.Series) != x.series || len(got) != len(x.problem) || c.Sources[0].Format != "prom" {
			t.Errorf("%s: %d series, problems %q", name, len(c.Series), got)
			continue
		}
		for i := range got {
			if !strings.Contains(got[i], x.problem[i]) {
				t.Errorf("%s: problem %q, want %q", name, got[i], x.problem[i])
			}
		}
	}
	if v := read(t, file(t, "scalar.json")).Series[0]; v.Times[0] != 1795424220693e6 || v.Values[0] != 1 {
		t.Errorf("scalar: %+v", v)
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]bool{
		`{"status":"success","data":{"resultType":"matrix"`: true, "\n [ {\n\"metric\": {}, \"values\": []": true,
		`{"apiVersion":"v1","items":[]}`: false, `[{"a":1}]`: false, `{"status":"ok","data":{}}`: false, `{"status":503,"msg":"data error"}`: false,
		"": false, "[": false, "{": false, `{"`: false, "up 1": false, `{"data":[1,2]}`: false, `{"data":{"result":[{"metric":{`: true,
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}

func TestSpacing(t *testing.T) {
	const s = int64(time.Second)
	for name, x := range map[string]struct {
		times   []int64
		want    Spacing
		stepped bool
	}{
		"none":      {nil, Spacing{}, false},
		"one":       {[]int64{5}, Spacing{}, false},
		"two":       {[]int64{0, 15 * s}, Spacing{15 * time.Second, 15 * time.Second, false}, false},
		"grid":      {[]int64{0, 10 * s, 20 * s, 30 * s}, Spacing{10 * time.Second, 10 * time.Second, true}, true},
		"grid hole": {[]int64{0, 10 * s, 20 * s, 30 * s, 70 * s}, Spacing{10 * time.Second, 10 * time.Second, true}, true},
		"raw":       {[]int64{0, 10 * s, 20*s + 1e6, 30 * s}, Spacing{10 * time.Second, time.Millisecond, true}, false},
		"same":      {[]int64{7, 7, 7}, Spacing{}, false},
		"wild":      {[]int64{0, 1 * s, 5 * s, 20 * s, 21 * s}, Spacing{time.Second, time.Second, false}, false},
	} {
		if got := SpacingOf(x.times); got != x.want || got.Stepped() != x.stepped {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
