package prom

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// failure is a scrape failure as a test names it.
type failure struct {
	target, fact, time string
	lasted             time.Duration
	count              uint32
}

func failures(t *testing.T, text []byte) (out []failure, details []parse.Detail) {
	c := read(t, text)
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			if e.Kind != parse.ScrapeFailed || e.Severity != parse.Warn || e.Value != 0 || e.Print == 0 {
				t.Errorf("%+v", e)
			}
			var d parse.Detail
			Format.Detail([]byte(at(t, text, e.Off, e.Len, e.Line)), &d)
			details = append(details, d)
			out = append(out, failure{c.Name(e.Target), c.Name(e.Fact), time.Unix(0, int64(e.Time)).UTC().Format("15:04:05.000"), e.Lasted, e.Count})
		}
	}
	return out, details
}

func TestUp(t *testing.T) {
	text := file(t, "up.json")
	got, details := failures(t, text)
	perPod := map[string]int{}
	scrapes := map[string]uint32{}
	for i, f := range got {
		perPod[f.target]++
		scrapes[f.target] += f.count
		if f.fact != "up is 0" || !strings.Contains(details[i].Message, "failed") || !strings.HasPrefix(details[i].RawTime, "17954") {
			t.Errorf("%+v %+v", f, details[i])
		}
	}
	const pod = "linkerd/linkerd-destination-7d4b9c6f5-"
	want := map[string][2]int{pod + "x2k7p": {5, 11}, pod + "mv9qd": {7, 17}, pod + "zt4wl": {6, 21}}
	for p, n := range want {
		if perPod[p] != n[0] || int(scrapes[p]) != n[1] {
			t.Errorf("%s: %d failures of %d scrapes, want %v", p, perPod[p], scrapes[p], n)
		}
	}
	if len(perPod) != len(want) {
		t.Errorf("failures of %v", perPod)
	}
	if f := (failure{pod + "x2k7p", "up is 0", "09:03:40.580", 10 * time.Second, 2}); !contains(got, f) {
		t.Errorf("missing %+v in %+v", f, got)
	}
	s := read(t, text).Streams
	if len(s) != 1 || s[0].Clock != parse.ClockWall || len(s[0].Silences) > 0 || len(s[0].Coverage) != 1 ||
		s[0].Coverage[0] != (parse.Span{From: 1795424540580e6, To: 1795424920580e6}) {
		t.Errorf("stream %+v", s)
	}
}

func contains(list []failure, f failure) bool {
	for _, g := range list {
		if g == f {
			return true
		}
	}
	return false
}

func TestDown(t *testing.T) {
	up := func(labels, values string) string {
		return `{"metric":{"__name__":"up",` + labels + `},` + "\n" + `"values":[` + values + `]}`
	}
	for name, x := range map[string]struct {
		series string
		want   []failure
	}{
		"hole": {up(`"instance":"i:1"`, `[0,"1"],[10,"1"],[20,"1"],[30,"1"],`+"\n"+`[70,"1"]`),
			[]failure{{"i:1", "no sample", "00:00:40.000", 20 * time.Second, 3}}},
		"jitter": {up(`"instance":"i:1"`, `[0,"1"],[10,"1"],[20,"1"],[30,"1"],[44.9,"1"],[55,"1"]`), nil},
		"late":   {up(`"instance":"i:1"`, `[0,"1"],[10,"1"],[20,"1"],[30,"1"],[46,"1"],[56,"1"]`), []failure{{"i:1", "no sample", "00:00:40.000", 0, 1}}},
		"wild":   {up(`"instance":"i:1"`, `[0,"1"],[10,"1"],[100,"1"],[1000,"1"]`), nil},
		"both": {up(`"pod":"p","instance":"i:1"`, `[10,"0"],[20,"0"],[30,"1"],[40,"1"],[50,"0"],[60,"1"],[90,"0"]`), []failure{{"p", "up is 0", "00:00:10.000", 10 * time.Second, 2},
			{"p", "up is 0", "00:00:50.000", 0, 1}, {"p", "no sample", "00:01:10.000", 10 * time.Second, 2}, {"p", "up is 0", "00:01:30.000", 0, 1}}},
		"unsorted": {up(`"pod":"p","namespace":"n"`, `[30,"1"],[20,"0"],[10,"0"]`), []failure{{"n/p", "up is 0", "00:00:10.000", 10 * time.Second, 2}}},
		"other":    {strings.Replace(up(`"pod":"p"`, `[10,"0"],[20,"0"]`), `"up"`, `"down"`, 1), nil},
		"instant":  {`{"metric":{"__name__":"up","pod":"p"},"value":[10,"0"]}`, []failure{{"p", "up is 0", "00:00:10.000", 0, 1}}},
	} {
		got, details := failures(t, matrix(x.series))
		if len(got) != len(x.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i := range got {
			if got[i] != x.want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], x.want[i])
			}
			if hole := strings.HasPrefix(details[i].Message, "no sample"); hole != (got[i].fact == "no sample") {
				t.Errorf("%s: %+v is shown as %q", name, got[i], details[i].Message)
			}
		}
	}
	if got, _ := failures(t, file(t, "instant-matrix-example.json")); len(got) == 0 {
		t.Error("the raw samples hold failed scrapes")
	}
}

func TestFacts(t *testing.T) {
	const pod = "linkerd/linkerd-destination-7d4b9c6f5-"
	text := file(t, "process_start_time_seconds.json")
	c := read(t, text)
	// When the processes really started (truth/timeline.txt of the capture).
	truth := map[string]string{"x2k7p": "09:02:10.580549694", "mv9qd": "09:02:23.596920661", "zt4wl": "09:02:36.606322266"}
	if len(c.Facts) != 3 {
		t.Fatalf("%d facts", len(c.Facts))
	}
	for _, f := range c.Facts {
		name := strings.TrimSuffix(strings.TrimPrefix(c.Name(f.Subject), pod), "/destination")
		started, err := time.Parse(time.RFC3339Nano, "2026-11-23T"+truth[name]+"Z")
		early := started.Sub(time.Unix(0, int64(f.Time)))
		if err != nil || early < 0 || early > f.Within || c.Name(f.Key) != parse.FactProcess || int64(f.Time)%1e7 != 0 {
			t.Errorf("%s: %d is %v early, within %v", c.Name(f.Subject), f.Time, early, f.Within)
		}
		if at(t, text, f.Ref.Off, f.Ref.Len, f.Ref.Line); !strings.HasPrefix(c.Name(f.Value), "17954245") {
			t.Errorf("value %q", c.Name(f.Value))
		}
	}
	c = read(t, file(t, "cpu_quota.json"))
	limits := map[string]string{}
	for _, f := range c.Facts {
		limits[c.Name(f.Subject)] = c.Name(f.Key) + " " + c.Name(f.Value)
	}
	for name, want := range map[string]string{"x2k7p": "none", "mv9qd": "150m", "zt4wl": "100m"} {
		if got := limits[pod+name+"/destination"]; got != "cpu_limit "+want {
			t.Errorf("%s: %q", name, got)
		}
	}
	restarted := matrix(`{"metric":{"__name__":"process_start_time_seconds","pod":"p"},"values":[[1,"5.25"],[2,"5.25"],[3,"NaN"],[4,"7.5"],[5,"-1"],[6,"5.25"]]},
		{"metric":{"__name__":"process_start_time_seconds"},"values":[[1,"5.25"]]}`)
	if c := read(t, restarted); len(c.Facts) != 3 || c.Facts[0].Time != 5250e6 || c.Facts[1].Time != 7500e6 || c.Name(c.Facts[2].Subject) != "//" || len(c.Sources[0].Problems) != 1 {
		t.Errorf("%+v %v", c.Facts, c.Sources[0].Problems)
	}
}

func FuzzDocument(f *testing.F) {
	for _, name := range []string{"up.json", "process_start_time_seconds.json", "error-bad-query.json", "scalar.json", "promtool.json"} {
		f.Add(file(f, name))
	}
	f.Add(matrix(`{"metric":{"__name__":"up","a":"\u00e9"},"values":[[1e3,"0"],[5,"NaN"],[7.5,7],[9,"1"],[11,"1"],[13,"1"],[99,"0"]],"histograms":[[1,{}]]}`))
	f.Add([]byte(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[-5,"0"]}]},"warnings":["x"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := read(t, text)
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				var d parse.Detail
				Format.Detail([]byte(at(t, text, e.Off, e.Len, e.Line)), &d)
				if e.Lasted < 0 || e.Count == 0 || d.Message == "" {
					t.Errorf("%+v %+v", e, d)
				}
			}
		}
		for _, s := range c.Series {
			at(t, text, s.Ref.Off, s.Ref.Len, s.Ref.Line)
			for i := 1; i < len(s.Times); i++ {
				if s.Times[i] < s.Times[i-1] {
					t.Errorf("times fall: %v", s.Times)
				}
			}
		}
		Format.Detail(text, &parse.Detail{})
	})
}

func BenchmarkMatrix(b *testing.B) {
	text := file(b, "up.json")
	i, j := strings.Index(string(text), `{"metric"`), strings.LastIndex(string(text), `]}}`)
	one := string(text[i:j])
	long := one[:strings.LastIndex(one, "]")] + strings.Repeat(`,[1706868000.5,"12345.25"]`, 5000) + "]}"
	for _, bench := range []struct {
		name string
		text []byte
	}{
		{"short", matrix(one + strings.Repeat(","+one, 500))},
		{"long", matrix(long + strings.Repeat(","+long, 50))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.text)))
			for b.Loop() {
				read(b, bench.text)
			}
		})
		b.Run(bench.name+"/encoding/json", func(b *testing.B) { // no events, no places, no hash: only the samples
			b.SetBytes(int64(len(bench.text)))
			for b.Loop() {
				var a struct {
					Data struct {
						Result []struct {
							Metric map[string]string
							Values [][2]any
						}
					}
				}
				if err := json.Unmarshal(bench.text, &a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
