package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/query"
	"faultline/parse"
	"faultline/parse/formats"
)

// began is when the samples that are given to Prometheus begin, s.
const began = int64(1_700_000_000)

// differs says why the numbers of another version may differ.
var differs = map[string]string{
	"avg_over_time(temperature[10m])": "2.42 adds up before it divides; since 3.0 sums are compensated",
}

// asked of both, over the same samples.
var interop = []string{
	"requests_total", "temperature", "rate(requests_total[5m])", "increase(requests_total[10m])", "irate(requests_total[5m])",
	"delta(temperature[10m])", "deriv(temperature[10m])", "resets(requests_total[1h])", "changes(temperature[10m])",
	"sum by (pod) (rate(requests_total[5m]))", "max_over_time(temperature[10m])", "min_over_time(temperature[10m])",
	"sum_over_time(temperature[10m])", "count_over_time(temperature[10m])", "quantile_over_time(0.9, temperature[10m])",
	"avg_over_time(temperature[10m])", "avg by (pod) (temperature)", "stddev_over_time(temperature[10m])", "last_over_time(temperature[10m])",
	"predict_linear(temperature[30m], 3600)", "histogram_quantile(0.9, sum by (le) (rate(lag_seconds_bucket[5m])))",
	"topk(2, temperature)", "requests_total / on (pod) temperature", "requests_total offset 7m", "max_over_time(rate(requests_total[5m])[30m:1m])",
	"absent(nothing)", "label_replace(temperature, \"x\", \"$1\", \"pod\", \"web-(.)\")", "temperature > 20", "temperature and on (pod) requests_total > 1000",
	"timestamp(temperature)", "round(temperature, 0.5)", "-temperature ^ 2", "quantile by () (0.3, temperature)", "stdvar(temperature)",
}

// input is OpenMetrics text: no sample lies on a whole second, as a window
// that begins on a sample holds it in 2.x and does not in 3.x.
func input() string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	write := func(name, typ, labels string, value func(i int, pod int) any) {
		fmt.Fprintf(&b, "# TYPE %s %s\n", strings.TrimSuffix(name, "_total"), typ)
		for pod := range 3 {
			at := began*1000 + int64(pod)*3_137 + 11
			for i := range 480 {
				if !(pod == 1 && i > 200 && i < 240) { // a hole
					fmt.Fprintf(&b, "%s{pod=\"web-%d\"%s} %v %.3f\n", name, pod, labels, value(i, pod), float64(at)/1000)
				}
				at += 15_000 + int64(r.IntN(3)) - 1
				if at%1000 == 0 {
					at++
				}
			}
		}
	}
	total := [3]float64{}
	write("requests_total", "counter", "", func(i, pod int) any {
		total[pod] += float64(r.IntN(100)) / 7
		if i == 300 && pod == 2 {
			total[pod] = 0
		}
		return total[pod]
	})
	write("temperature", "gauge", "", func(i, _ int) any {
		if i == 77 {
			return "NaN"
		}
		return 20 + r.NormFloat64()*5
	})
	for k, le := range []string{"0.5", "1", "10", "+Inf"} {
		write("lag_seconds_bucket", "unknown", fmt.Sprintf(",le=%q", le), func(i, _ int) any { return i * (k + 1) })
	}
	b.WriteString("# EOF\n")
	// A family must stand in one place.
	return strings.ReplaceAll(b.String(), "# TYPE lag_seconds_bucket unknown\n", "")
}

// TestPrometheus asks a real Prometheus and us the same of the same samples,
// which it exported: the numbers must be the same to the last bit.
func TestPrometheus(t *testing.T) {
	for _, tool := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := t.TempDir()
	in, data := filepath.Join(dir, "in.om"), filepath.Join(dir, "data")
	if err := os.WriteFile(in, []byte(input()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("promtool", "tsdb", "create-blocks-from", "openmetrics", in, data).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	base, stop := serve(t, dir, data)
	from, to := began+600, began+7000
	form := url.Values{"query": {`{__name__=~".+"}[3h]`}, "time": {fmt.Sprint(to + 1000)}}
	raw := fetch(t, base+"/api/v1/query?"+form.Encode())
	theirs := map[string]string{}
	for _, expr := range interop {
		form := url.Values{"query": {expr}, "start": {fmt.Sprint(from)}, "end": {fmt.Sprint(to)}, "step": {"60"}}
		theirs[expr] = canonical(t, fetch(t, base+"/api/v1/query_range?"+form.Encode()))
	}
	stop()
	dump, err := exec.Command("promtool", "tsdb", "dump", data).Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, export := range map[string][]byte{"raw JSON": raw, "tsdb dump": dump} {
		t.Run(name, func(t *testing.T) {
			e := engineOf(t, export)
			same := 0
			for _, expr := range interop {
				r, err := e.Range(context.Background(), expr, parse.Time(from*1e9), parse.Time(to*1e9), time.Minute)
				if err != nil {
					t.Errorf("%s: %v", expr, err)
					continue
				}
				var b bytes.Buffer
				if err := query.WriteJSON(&b, r); err != nil {
					t.Fatal(err)
				}
				switch ours := canonical(t, b.Bytes()); {
				case ours == theirs[expr]:
					same++
				case differs[expr] != "":
					t.Logf("%s differs: %s", expr, differs[expr])
				default:
					t.Errorf("%s:\n%.300s\nPrometheus:\n%.300s", expr, ours, theirs[expr])
				}
			}
			t.Logf("%d of %d are the same to the last bit", same, len(interop))
		})
	}
}

// serve starts Prometheus on a free port of the loopback.
func serve(t *testing.T, dir, data string) (base string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("prometheus", "--config.file="+config, "--storage.tsdb.path="+data, "--storage.tsdb.retention.time=100y", "--web.listen-address="+addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() {
		if cmd.ProcessState == nil {
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
		}
	}
	t.Cleanup(stop)
	for range 100 {
		if r, err := http.Get("http://" + addr + "/-/ready"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return "http://" + addr, stop
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Prometheus does not get ready")
	return "", stop
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v: %s", err, text)
	}
	return text
}

// canonical is an answer with its series in the order of their labels. The
// values stay the text that they are.
func canonical(t *testing.T, text []byte) string {
	t.Helper()
	var a struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range a.Data.Result {
		metric, _ := json.Marshal(s.Metric)
		values, _ := json.Marshal(s.Values)
		lines = append(lines, string(metric)+" "+string(values))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func engineOf(t testing.TB, export []byte) *query.Engine {
	t.Helper()
	in := parse.Input{Path: "export", Size: int64(len(export)), Rereadable: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(export)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, formats.All(), nil, parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return query.New(correlate.Judge(correlate.NewIndex(c), correlate.Options{}))
}
