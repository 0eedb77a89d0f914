package prom

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// golden prints the series of a capture, a line each.
func golden(c *parse.Capture) string {
	var out strings.Builder
	for i := range c.Series {
		s := &c.Series[i]
		fmt.Fprintf(&out, "%s @%d", strings.ReplaceAll(named(c, s), nameLabel+"=", ""), s.Ref.Line)
		for j := range s.Times {
			fmt.Fprintf(&out, " %s:%s", strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%09d", s.Times[j]/1e9, s.Times[j]%1e9), "0"), "."), strconv.FormatFloat(s.Values[j], 'g', -1, 64))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

const (
	early = "1795424540580"
	late  = "1795424550580"
)

// TestForms reads small texts of each form.
func TestForms(t *testing.T) {
	const untimed, gone = "a snapshot without times", "not understood"
	for name, x := range map[string]struct {
		format, text, want string
		problems           []string
	}{
		"dump": {"tsdb-dump", "\ufeff{__name__=\"m\", a=\"é\\n\\\"}\\\\\\u00a0{\"} 1e-07 " + early + "\r\n{__name__=\"m\", a=\"é\\n\\\"}\\\\\\u00a0{\"} +Inf " + late + "\r\n{b=\"\"} -0 5\r\n",
			`"m",a="é\n\"}\\\u00a0{" @1 1795424540.58:1e-07 1795424550.58:+Inf` + "\n" + `b="" @3 0.005:-0` + "\n", nil},
		"dump apart": {"tsdb-dump", "{__name__=\"m\"} 2 2000\n{__name__=\"n\"} 1 1000\n{__name__=\"m\"} 1 1000\n{__name__=\"m\"} 2 2000\n{__name__=\"m\"} 3 2000\n{__name__=\"n\"} NaN 2000\n{__name__=\"n\"} NaN 2000\n",
			"\"m\" @1 1:1 2:2 2:3\n\"n\" @2 1:1 2:NaN\n", []string{"2 values are NaN", "1 series was not in the order", "2 samples stand there twice", "1 sample contradicts"}},
		"dump histogram": {"tsdb-dump", "{__name__=\"h\"} {count:5, sum:18.4, [-4,-2):1, (1,2]:2} 1000\n{__name__=\"m\"} 1 1000\n", "\"m\" @2 1:1\n", []string{"1 sample of native histograms"}},
		"dump cut":       {"tsdb-dump", "{__name__=\"m\"} 1 " + early + "\n{__name__=\"m\"} 2 " + late[:12], "\"m\" @1 1795424540.58:1\n", []string{"2: the last line is cut off"}},
		"dump whole":     {"tsdb-dump", "{__name__=\"m\"} 1 " + early + "\n{__name__=\"m\"} 2 " + late, "\"m\" @1 1795424540.58:1 1795424550.58:2\n", nil},
		"dump order of labels": {"tsdb-dump", "{__name__=\"m\", a=\"1\", b=\"2\"} 1 1000\n{b=\"2\", a=\"1\", __name__=\"m\"} 2 2000\n",
			"\"m\",a=\"1\",b=\"2\" @1 1:1 2:2\n", nil},
		"dump bad lines": {"tsdb-dump", strings.Repeat("{__name__=\"m\"} 1 1000\n", 60) + "{__name__=\"m\"} x 1000\n{__name__=\"m\", a=\"1\", a=\"2\"} 1 1000\n{__name__=\"m\"} 1\n\n",
			"\"m\" @1 1:1\n", []string{"61: " + gone, "62: " + gone, "63: " + gone, "59 samples stand there twice"}},
		"promql": {"promql", "{} =>\n1 @[1795423616]\nNaN @[1795423646.5]\nm{a=\"b\", c=\"d, \\\"}\"} =>\n-1.5 @[1795423616.001]\n+Inf @[1795423617]\n",
			" @1 1795423616:1 1795423646.5:NaN\n\"m\",a=\"b\",c=\"d, \\\"}\" @4 1795423616.001:-1.5 1795423617:+Inf\n", []string{"NaN"}},
		"promql instant": {"promql", "up{job=\"a\"} => 1 @[1795423616.25]\nup{job=\"b\"} => 0.5 @[1795423616.25]\n", "\"up\",job=\"a\" @1 1795423616.25:1\n\"up\",job=\"b\" @2 1795423616.25:0.5\n", nil},
		"promql scalar":  {"promql", "scalar: 5 @[1795423616.25]\n", " @1 1795423616.25:5\n", nil},
		"promql histogram": {"promql", "h =>\nCount: 5, Sum: 18.4, Buckets: [[-4,-2):1, (1,2]:2] @[1795423616]\nm =>\n1 @[1795423616]\n1 @[17954\n@[1]\n1 @[x]\n",
			"\"m\" @3 1795423616:1\n", []string{"5: " + gone, "6: " + gone, "7: " + gone, "1 sample of native histograms"}},
		"exposition": {"exposition", "# HELP m \\\\ a = {b}\n# TYPE m gauge\nm 1\nm{a=\"b\\n\\\\\\\"\",} 2\n  m { a = \"x\" , b=\"\" }\t3\n{\"o.k\", a=\"b\"} 4\n\n",
			"\"m\" @3 0:1\n\"m\",a=\"b\\n\\\\\\\"\" @4 0:2\n\"m\",a=\"x\",b=\"\" @5 0:3\n\"o.k\",a=\"b\" @6 0:4\n", []string{untimed}},
		"federate":         {"exposition", "# TYPE up untyped\nup{instance=\"a\",job=\"n\"} 1 " + early + "\n", "\"up\",instance=\"a\",job=\"n\" @2 1795424540.58:1\n", nil},
		"dump-openmetrics": {"exposition", "m{a=\"b\"} 1e+06 1795424536.921\nm{a=\"b\"} NaN 1795424546.000\nn{} 7 1795424546.000\n# EOF\n", "\"m\",a=\"b\" @1 1795424536.921:1e+06 1795424546:NaN\n\"n\" @3 1795424546:7\n", []string{"NaN"}},
		"openmetrics": {"exposition", "# TYPE m counter\n# UNIT m seconds\nm_total{a=\"b\"} 1 1795424536.5 # {trace_id=\"x # y\"} 0.5 1795424536.4\nm_total{a=\"c\"} 1 # {} 0.5\nm_created{a=\"b\"} 1.795424e9\n",
			"\"m_total\",a=\"b\" @3 1795424536.5:1\n\"m_total\",a=\"c\" @4 0:1\n\"m_created\",a=\"b\" @5 0:1.795424e+09\n", []string{"5: there is no # EOF", "2 samples", "2 exemplars"}},
		"grepped": {"exposition", "m{a=\"b\"} 1\nm{a=\"c\"} 12", "\"m\",a=\"b\" @1 0:1\n\"m\",a=\"c\" @2 0:12\n", []string{"2: the last line has no end", untimed}},
		"two exports": {"exposition", "# TYPE m gauge\nm 1\n# TYPE n gauge\nn 1\nn 1\nn 2\n# TYPE m gauge\nm 1\n# TYPE n gauge\nn 2\n# EOF\nn 2\n",
			"\"m\" @2 0:1\n\"n\" @4 0:1\n\"m\" @8 0:1\n\"n\" @10 0:2\n\"n\" @12 0:2\n", []string{"5 samples", "several exports follow one another: 3 series", "1 sample stands there twice", "1 sample contradicts"}},
		"diagnostics": {"exposition", "#\n# POD linkerd-destination-0 (1 of 3)\n# CONTAINER destination \n#\n# TYPE m gauge\nm{pod=\"x\"} 1\n#\n# POD linkerd-destination-1 (2 of 3)\n# ERROR context deadline exceeded\n#\n# POD linkerd-destination-2 (3 of 3)\n# CONTAINER destination \n#\n# TYPE m gauge\nm{pod=\"x\"} 1\nup 0\n",
			"\"m\",container=\"destination\",exported_pod=\"x\",pod=\"linkerd-destination-0\" @6 0:1\n\"m\",container=\"destination\",exported_pod=\"x\",pod=\"linkerd-destination-2\" @15 0:1\n\"up\",container=\"destination\",pod=\"linkerd-destination-2\" @16 0:0\n",
			[]string{"9: no metrics of linkerd-destination-1", "3 samples"}},
		"victoria": {"victoria", "{\"metric\":{\"__name__\":\"m\",\"a\":\"\\u00e9\\\"\"},\"values\":[1,Inf,-Inf,NaN,null,\"Infinity\",\"-Infinity\",0.333333333333],\"timestamps\":[1000,2000,3000,4000,5000,6000,7000,8000]}\n" +
			"{\"metric\":{\"__name__\":\"m\",\"a\":\"é\\\"\"},\"values\":[9,10],\"timestamps\":[9000,10000]}\n",
			"\"m\",a=\"é\\\"\" @1 1:1 2:+Inf 3:-Inf 4:NaN 5:NaN 6:+Inf 7:-Inf 8:0.333333333333 9:9 10:10\n", []string{"2 values are NaN"}},
		"victoria bad lines": {"victoria", "{\"metric\":{\"__name__\":\"m\"},\"values\":[1,true,{},3],\"timestamps\":[1000,2000,3000,\"4\"]}\n{\"metric\":{\"__name__\":\"m\"},\"values\":[1],\"timestamps\":[]}\n{\"values\":[],\"timestamps\":[]}\n{\"metric\":{},\"values\":[],\"timestamps\":[]} x\n{\"metric\":{\"a\":\"1\",\"a\":\"2\"},\"values\":[1],\"timestamps\":[1]}\n{\"metric\":{\"__name__\":\"m\"},\"values\":[1",
			"\"m\" @1 1:1\n", []string{"2: " + gone, "3: " + gone, "4: " + gone, "5: " + gone, "6: the last line is cut off", "3 samples are not understood"}},
	} {
		c := readAs(t, []byte(x.text), parse.Options{})
		t.Run(name, func(t *testing.T) {
			if got := golden(c); got != x.want || c.Sources[0].Format != x.format {
				t.Errorf("%s\n%swant\n%s", c.Sources[0].Format, got, x.want)
			}
			problems(t, c, x.problems)
		})
	}
}

// TestUntimed: what a snapshot says has no time, and covers none.
func TestUntimed(t *testing.T) {
	c := readAs(t, []byte("# TYPE up gauge\nup{pod=\"p\"} 0\n# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds{pod=\"p\",namespace=\"n\"} 1.79542453058e+09\ncontainer_spec_cpu_quota{pod=\"p\"} 20000\nm 1 "+early+"\nm 2 "+late+"\n"), parse.Options{})
	if len(c.Streams) == 0 || len(c.Facts) != 2 {
		t.Fatalf("%+v %+v", c.Streams, c.Facts)
	}
	for _, s := range c.Streams {
		if len(s.Events) > 0 || len(s.Silences) > 0 {
			t.Errorf("%+v", s)
		}
		for _, span := range s.Coverage {
			if span != (parse.Span{From: 1795424540580e6, To: 1795424550580e6}) {
				t.Errorf("covers %v", span)
			}
		}
	}
	if f := c.Facts[0]; c.Name(f.Subject) != "n/p/" || f.Time != 1795424530580e6 || f.Within != time.Second {
		t.Errorf("%+v", f)
	}
	if f := c.Facts[1]; c.Name(f.Value) != "200m" || f.Time != 0 {
		t.Errorf("%+v", f)
	}
}

// TestWallTime: each time is read as what wrote it meant.
func TestWallTime(t *testing.T) {
	for text, want := range map[string]int64{
		"1795424540580": 1795424540580e6, "1795424540": 1795424540e9, "1795424540.58": 1795424540580e6, "1.79542454058e9": 1795424540580e6,
		"-1795424540580": -1795424540580e6, "0": 0, "100000000000": 100000000000e6,
	} {
		if got, ok := wallTime([]byte(text)); !ok || got != want {
			t.Errorf("%s: %d %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", "x", "1x", "99999999999999999999", "1e30", "--1"} {
		if got, ok := wallTime([]byte(text)); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

// TestEventsOfLines: the same scrapes give the same events in every form, and
// each refers to their text.
func TestEventsOfLines(t *testing.T) {
	type at struct{ s, v int }
	scrapes := []at{{0, 1}, {10, 1}, {20, 0}, {30, 0}, {40, 1}, {50, 1}, {90, 1}, {100, 1}}
	const zero = 1795424500
	line := func(format string, scale float64) (out string) {
		for _, s := range scrapes {
			out += fmt.Sprintf(format, s.v, scale*float64(zero+s.s))
		}
		return out
	}
	var values, times []string
	for _, s := range scrapes {
		values, times = append(values, strconv.Itoa(s.v)), append(times, strconv.Itoa(zero+s.s)+"000")
	}
	start := func(s int) string { return time.Unix(zero+int64(s), 0).UTC().Format("15:04:05.000") }
	want := []failure{{"n/p", "up is 0", start(20), 10 * time.Second, 2}, {"n/p", "no sample", start(60), 20 * time.Second, 3}}
	for name, text := range map[string]string{
		"dump":             line("{__name__=\"up\", namespace=\"n\", pod=\"p\"} %d %.0f\n", 1000),
		"promql":           "up{namespace=\"n\", pod=\"p\"} =>\n" + line("%d @[%.0f]\n", 1),
		"federate":         "# TYPE up untyped\n" + line("up{namespace=\"n\",pod=\"p\"} %d %.0f\n", 1000),
		"dump-openmetrics": line("up{namespace=\"n\",pod=\"p\"} %d %.3f\n", 1) + "# EOF\n",
		"quoted":           line("{\"up\",namespace=\"n\",pod=\"p\"} %d %.3f\n", 1) + "# EOF\n",
		"windows":          strings.ReplaceAll(line("{__name__=\"up\", namespace=\"n\", pod=\"p\"} %d %.0f\n", 1000), "\n", "\r\n"),
		"victoria":         `{"metric":{"__name__":"up","namespace":"n","pod":"p"},"values":[` + strings.Join(values, ",") + `],"timestamps":[` + strings.Join(times, ",") + "]}\n",
		"victoria, spaced": `{"metric": {"__name__": "up", "namespace": "n", "pod": "p"}, "values": [` + strings.Join(values, ", ") + `], "timestamps": [` + strings.Join(times, ", ") + "]}\n",
	} {
		kept := memory{}
		c := readAs(t, []byte(text), parse.Options{Keeper: kept})
		var got []failure
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				got = append(got, failure{c.Name(e.Target), c.Name(e.Fact), time.Unix(0, int64(e.Time)).UTC().Format("15:04:05.000"), e.Lasted, e.Count})
				raw := text[e.Off : e.Off+int64(e.Len)]
				if kept[e.Off] != raw {
					t.Errorf("%s: kept %q, want %q", name, kept[e.Off], raw)
				}
				var d parse.Detail
				Formats()[slices.IndexFunc(Formats(), func(f *parse.Format) bool { return f.Name == c.Sources[0].Format })].
					Detail(parse.Unwrap(nil, []byte(raw)), &d)
				message := "2 scrapes in a row failed (up is 0)"
				if e.Count == 3 {
					message = "no sample between 2026-11-23T09:02:30Z and 2026-11-23T09:03:10Z"
				}
				if name == "windows" { // the lines do not follow one another by one byte
					message = message[:9]
					if e.Count == 2 {
						message = "the scrape failed"
					}
				}
				if !strings.HasPrefix(d.Message, message) || !strings.HasPrefix(d.RawTime, "17954245") {
					t.Errorf("%s: %q is shown as %+v", name, raw, d)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// memory keeps text by its offset.
type memory map[int64]string

func (k memory) Keep(_ uint32, off int64, text []byte) { k[off] = string(text) }

// TestStale: a mark that a series ended is no scrape.
func TestStale(t *testing.T) {
	text := ""
	for i, v := range []string{"1", "1", "1", "1", "NaN", "", "1", "1"} {
		if v != "" {
			text += fmt.Sprintf("{__name__=\"up\", pod=\"p\"} %s %d\n", v, 1795424500000+10000*i)
		}
	}
	got := readAs(t, []byte(text), parse.Options{}).Streams[0].Events
	if len(got) != 1 || got[0].Count != 2 || got[0].Time != 1795424540e9 || !math.IsNaN(readAs(t, []byte(text), parse.Options{}).Series[0].Values[4]) {
		t.Errorf("%+v", got)
	}
}
