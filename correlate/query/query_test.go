package query

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
)

// files are the inputs of a case, by path.
type files map[string]string

func (f files) engine(t testing.TB, o correlate.Options) *Engine {
	t.Helper()
	var in []parse.Input
	for _, path := range []string{"a", "b", "c", "log"} {
		text, ok := f[path]
		if !ok {
			continue
		}
		in = append(in, parse.Input{Path: path, Size: int64(len(text)), Rereadable: true, Modified: time.Unix(1_700_009_999, 0),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
	}
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return New(correlate.Judge(correlate.NewIndex(c), o))
}

const t0 = int64(1_700_000_040) // s, a whole minute

// matrix is the answer of a range query: one series, values by the second.
func matrix(name, labels string, step int64, values ...any) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"metric":{"__name__":%q%s},"values":[`, name, labels)
	first := true
	for i, v := range values {
		if v == nil {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		fmt.Fprintf(&b, `[%d,"%v"]`, t0+int64(i)*step, v)
	}
	return b.String() + "]}"
}

func answer(series ...string) string {
	return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`
}

func TestRangeFollowsTheData(t *testing.T) {
	e := files{"a": answer(matrix("x", "", 30, 1, 2, 3, nil, nil, 6))}.engine(t, correlate.Options{})
	r, err := e.Range(context.Background(), "x", 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r.Step != 30*time.Second || r.From != parse.Time(t0*1e9) || r.To != parse.Time((t0+150)*1e9) {
		t.Errorf("from %d to %d every %s", r.From, r.To, r.Step)
	}
	// A hole of two steps is a hole: nothing is carried over it.
	if got := fmt.Sprint(r.Series[0].Values); got != "[1 2 3 6]" {
		t.Error(got)
	}
	wants(t, r.Notes, "grid of 30s", "hold for 30s", "periods below 1m cannot be seen", "1 hole in the samples, the longest 1m30s after 2023-11-14T22:15:00Z")
}

func wants(t *testing.T, notes []string, parts ...string) {
	t.Helper()
	all := strings.Join(notes, "\n")
	for _, p := range parts {
		if !strings.Contains(all, p) {
			t.Errorf("no note says %q; there are:\n%s", p, all)
		}
	}
}

func TestDishonestQuestionsAreRefused(t *testing.T) {
	derived := `{"metric":{"pod":"a"},"values":[[1700000040,"1"],[1700000070,"2"],[1700000100,"3"]]}`
	e := files{"a": answer(matrix("x", "", 30, 1, 2, 3, 4), matrix("job:x:rate5m", "", 30, 1, 2, 3, 4), derived,
		matrix("s", `,"quantile":"0.9"`, 30, 1, 2, 3, 4), matrix("h_bucket", `,"le":"1"`, 30, 1, 2, 3, 4))}.engine(t, correlate.Options{})
	for expr, want := range map[string]string{
		"rate(x[45s])":                                               "fewer than two steps",
		"rate(job:x:rate5m[5m])":                                     "result of an expression already",
		"rate(faultline_result[5m])":                                 "result of an expression already",
		"rate(rate(x[2m])[5m:30s])":                                  "rate over rate",
		"histogram_quantile(0.9, x)":                                 "no buckets",
		"quantile_over_time(0.5, s[5m])":                             "holds quantiles already",
		"quantile(0.9, histogram_quantile(0.9, rate(h_bucket[2m])))": "quantile of quantiles",
		"increase((x)[20s:15s])":                                     "fewer than two steps",
	} {
		_, err := e.Range(context.Background(), expr, 0, 0, 0)
		var no *Error
		if !errors.As(err, &no) || !strings.Contains(no.Msg, want) || no.Hint == "" {
			t.Errorf("%s: %v", expr, err)
		}
	}
	// What is honest is answered.
	for _, expr := range []string{"rate(x[1m])", "deriv(job:x:rate5m[5m])", "histogram_quantile(0.9, rate(h_bucket[2m]))", "max_over_time(rate(x[2m])[5m:30s])", "faultline_result", "max(s)"} {
		if _, err := e.Range(context.Background(), expr, 0, 0, 0); err != nil {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func TestTheSameSeriesInTwoFiles(t *testing.T) {
	coarse, fine := answer(matrix("x", "", 60, 1, 3, 5)), answer(matrix("x", "", 30, 1, 2, 3, 4, 5))
	later := answer(strings.ReplaceAll(matrix("x", "", 30, nil, nil, nil, nil, 5, 6, 7), "null", "0"))
	e := files{"a": coarse, "b": fine, "c": later}.engine(t, correlate.Options{})
	r, err := e.Range(context.Background(), "x", 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Series[0].Values); got != "[1 2 3 4 5 6 7]" {
		t.Error(got)
	}
	wants(t, r.Notes, "1 series stands in other files with other steps")
}

const uptimeLog = `2023-11-14T22:14:00.000000000Z [     0.000000s]  INFO ThreadId(01) linkerd2_proxy: release 2.14.8
2023-11-14T22:14:10.000000000Z [    10.000000s]  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}: linkerd_stack::failfast: Service entering failfast after 3s
2023-11-14T22:16:10.000000000Z [   130.000000s]  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}: linkerd_stack::failfast: Service entering failfast after 3s
2023-11-14T22:24:00.000000000Z [   600.000000s]  INFO ThreadId(01) linkerd2_proxy: bye
`

func TestLogsAreCounters(t *testing.T) {
	e := files{"log": uptimeLog, "a": answer(matrix("x", "", 30, 10, 10, 10, 10, 10, 10, 10, 10))}.engine(t, correlate.Options{})
	end := parse.Time((t0 + 360) * 1e9) // 22:20:00
	r, err := e.Instant(context.Background(), `sum(increase(faultline_events_total{kind="proxy.failfast_enter"}[5m] anchored)) + max(x) * 0`, parse.Time((t0+180)*1e9))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Series) != 1 || r.Series[0].Values[0] != 2 {
		t.Errorf("%+v", r.Series)
	}
	r, err = e.Instant(context.Background(), `round(sum(increase(faultline_events_total{kind="proxy.failfast_enter"}[5m])))`, end)
	if err != nil || len(r.Series) != 1 || r.Series[0].Values[0] != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	// What was not captured has no samples.
	r, err = e.Instant(context.Background(), `faultline_events_total`, parse.Time((t0+900)*1e9))
	if err != nil || len(r.Series) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	wants(t, r.Notes, "placed within")
	r, err = e.Range(context.Background(), "max(faultline_incident)", 0, 0, 10*time.Second)
	if err != nil || len(r.Series) != 1 || len(r.Series[0].Values) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestErrorsPointAtThePlace(t *testing.T) {
	_, _, err := read("sum(rate(x[5m]) by (pod)")
	var no *Error
	if !errors.As(err, &no) {
		t.Fatal(err)
	}
	line, carets := no.Pointer(strings.ToUpper)
	if line != "SUM(RATE(X[5M]) BY (POD)" || carets != strings.Repeat(" ", 16)+"^^" {
		t.Errorf("%q\n%q: %s", line, carets, no)
	}
}

func TestLimits(t *testing.T) {
	var values []any
	for i := range 2000 {
		values = append(values, i)
	}
	e := files{"a": answer(matrix("x", "", 1, values...))}.engine(t, correlate.Options{})
	from, to := parse.Time(t0*1e9), parse.Time((t0+86400)*1e9)
	before := runtime.NumGoroutine()
	if _, err := e.Range(context.Background(), "x", from, to, time.Second); err == nil || !strings.Contains(err.Error(), "86401 points") {
		t.Error(err)
	}
	e.Limits.Samples = 10_000
	if _, err := e.Instant(context.Background(), "sum_over_time(sum_over_time(x[1d:1s])[1d:1s])", to); err == nil || !strings.Contains(err.Error(), "samples") {
		t.Error(err)
	}
	e.Limits = Limits{50 * time.Millisecond, math.MaxInt32, 11_000, 1_000_000, 1_000_000_000}
	if _, err := e.Instant(context.Background(), "max_over_time(max_over_time(vector(1)[4h:1s])[4h:1s])", to); err == nil || !strings.Contains(err.Error(), "not done after 50ms") {
		t.Error(err)
	}
	for _, expr := range []string{"max_over_time(vector(1)[10y:1ms])", "max_over_time(max_over_time(vector(1)[12d:1s])[1s:1s])", "max_over_time(vector(1)[5m*1000000000:1ms])",
		"max_over_time(max_over_time(vector(1)[20h:1s])[20h:1s])", "max_over_time(quantile_over_time(0.5, vector(1)[4h:1s])[4h:1s])"} {
		if _, err := e.Instant(context.Background(), expr, to); err == nil || !strings.Contains(err.Error(), "subquery") && !strings.Contains(err.Error(), "evaluations over windows") {
			t.Errorf("%s: %v", expr, err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := e.Instant(ctx, "x", to); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// What is written in the API's shape is read back to the same bits, and
// written again to the same bytes.
func TestJSONRoundTrip(t *testing.T) {
	values := []any{0.1, 1e-7, 1e21, math.MaxFloat64, 5e-324, "+Inf", "-Inf", math.Copysign(0, -1), 1.0 / 3}
	e := files{"a": answer(matrix("x", `,"l":"\u202e\u0007\"é"`, 15, values...))}.engine(t, correlate.Options{})
	var last string
	for range 3 {
		r, err := e.Range(context.Background(), "x", 0, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		r.Notes = nil
		var b bytes.Buffer
		if err := WriteJSON(&b, r); err != nil || !json.Valid(b.Bytes()) {
			t.Fatal(err, b.String())
		}
		if last != "" && b.String() != last {
			t.Fatalf("%s\nis not\n%s", b.String(), last)
		}
		last = b.String()
		if strings.ContainsRune(last, '\u202e') {
			t.Error("the text turns around")
		}
		e = files{"a": last}.engine(t, correlate.Options{})
	}
}

// Every query of the pack parses, and its metrics are looked for.
func TestPack(t *testing.T) {
	e := files{"a": answer(matrix("ip_port_subscribers", `,"pod":"p"`, 15, 1, 2, 3))}.engine(t, correlate.Options{})
	seen := map[string]bool{}
	for _, n := range Pack() {
		if seen[n.Name] || n.Doc == "" {
			t.Errorf("%s is there twice, or has no doc", n.Name)
		}
		seen[n.Name] = true
		r, err := e.Range(context.Background(), "@"+n.Name, 0, 0, 0)
		if err != nil {
			t.Errorf("@%s: %v", n.Name, err)
			continue
		}
		if r.Translated != n.Expr {
			t.Errorf("@%s does not show what it is", n.Name)
		}
	}
	if r, _ := e.Range(context.Background(), "@subscribers", 0, 0, 0); r == nil || len(r.Series) != 1 {
		t.Error("@subscribers found nothing")
	}
	if _, err := e.Range(context.Background(), "@nothing", 0, 0, 0); err == nil {
		t.Error("@nothing is a query")
	}
}

// The program must not link Prometheus's database.
func TestNoDatabase(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip(err)
	}
	for _, pkg := range strings.Fields(string(out)) {
		switch pkg {
		case "github.com/prometheus/prometheus/tsdb", "github.com/prometheus/prometheus/tsdb/wlog", "github.com/prometheus/prometheus/tsdb/index":
			t.Errorf("%s is linked", pkg)
		}
	}
}

func FuzzExpr(f *testing.F) {
	for _, n := range Pack() {
		f.Add(n.Expr)
	}
	for _, s := range []string{`x`, `rate(x[1m])`, `WITH (a = x) a default 0`, `x[5m] @ 1e15`, `{a="b" or c="d"}`, "sum(\xff)", `x offset 1e300`, `max_over_time(x[1d:1s])`, `label_set(x, "a", "$1")`, `-x^-1`, `x[1.5m]`} {
		f.Add(s)
	}
	e := files{"a": answer(matrix("x", `,"le":"1","pod":"a"`, 30, 1, 2, "NaN", 4)), "log": uptimeLog}.engine(f, correlate.Options{})
	e.Limits = Limits{200 * time.Millisecond, 100_000, 100, 10_000, 10_000_000}
	f.Fuzz(func(t *testing.T, expr string) {
		for _, ask := range []func() (*Result, error){
			func() (*Result, error) { return e.Range(context.Background(), expr, 0, 0, 0) },
			func() (*Result, error) { return e.Instant(context.Background(), expr, 0) },
		} {
			r, err := ask()
			if err != nil {
				var no *Error
				if !errors.As(err, &no) {
					t.Fatalf("%T: %v", err, err)
				}
				no.Pointer(strings.ToLower)
				continue
			}
			var b bytes.Buffer
			if err := WriteJSON(&b, r); err != nil || !json.Valid(b.Bytes()) {
				t.Fatalf("%v: %s", err, b.String())
			}
			if r.Translated != "" && r.Translated[0] != '@' {
				if _, err := promQL.ParseExpr(r.Translated); err != nil {
					t.Fatalf("translated to %s: %v", r.Translated, err)
				}
			}
		}
	})
}
