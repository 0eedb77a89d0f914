package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// judged is a capture, what it was judged as, and its lines.
type judged struct {
	*correlate.Case
	text    Text
	options correlate.Options
}

func judge(t testing.TB, in []parse.Input, o correlate.Options, matches ...parse.Match) judged {
	t.Helper()
	text := bundle.NewText()
	t.Cleanup(text.Close)
	c, err := parse.Read(context.Background(), in, parse.WithMatches(formats.All(), matches), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Matches = matches
	return judged{correlate.Judge(correlate.NewIndex(c), o), text, o}
}

func demo(t testing.TB, name string, o correlate.Options) judged {
	t.Helper()
	in, _, err := fixtures.Inputs(name)
	if err != nil {
		t.Fatal(err)
	}
	return judge(t, in, o)
}

// odd is a folder of everything that is hard to keep: bytes that are no UTF-8,
// metrics with NaN, kinds of the user, facts, ages, a zone.
func odd(t testing.TB) judged {
	t.Helper()
	metrics := `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a\"b","pod":"web-0","zé":"<&>"},"values":[[1706880000,"1"],[1706880015,"NaN"],[1706880030,"0"],[1706880045,"+Inf"]]}]}}`
	log := "2024-02-02T13:22:28.298746Z [   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=}: linkerd_stack::failfast: Service entering failfast after 3s\n" +
		"2024-02-02T13:22:28.298818Z [   369.298818s]  INFO ThreadId(01) outbound:ingress{addr=}:rescue{client.addr=1.2.3.4:55}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service a\xff\xfeb\U0010ff41.yyyy.svc.cluster.local:81: route default.http: backend Service.yyyy.x:81: service in fail-fast\n" +
		"2024-02-02T13:22:30.298818Z [   371.298818s]  INFO ThreadId(01) something: target=\xc3\x28 OOM\x00\n"
	in := []parse.Input{bundle.Memory("a/web-0.log", []byte(log)), bundle.Memory("m.json", []byte(metrics)),
		bundle.Memory("nothing.txt", []byte("what is this\n")), bundle.Memory("empty", nil),
		bundle.Memory("faultline.yaml", []byte("notes: [the gateway was drained]\nmarks: [{at: 2024-02-02T13:22:28Z, text: first alert}]\n"))}
	in[0].Modified = time.Date(2024, 2, 2, 14, 0, 0, 5, time.UTC)
	in[0].Zone = time.FixedZone("UTC", 0)
	m, err := parse.ParseMatch(`oom=target=(?P<target>\S+) OOM`)
	if err != nil {
		t.Fatal(err)
	}
	return judge(t, in, correlate.Options{Periods: []time.Duration{77 * time.Second}}, m)
}

func write(t testing.TB, path string, j judged, o Options) *Manifest {
	t.Helper()
	o.Judged = j.options
	if o.Version == "" {
		o.Version = "test"
	}
	m, err := Write(context.Background(), path, j.Case, j.text, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// reopen opens a case and judges it as it says.
func reopen(t testing.TB, path string) (judged, *File) {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return judged{correlate.Judge(correlate.NewIndex(f.Capture), f.Manifest.Options()), f, f.Manifest.Options()}, f
}

// plain is a capture without what may differ: the numbers of names.
func plain(c *parse.Capture) any {
	names := func(n parse.Name) string { return c.Name(n) }
	var events, labels [][]any
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			target, fact := names(e.Target), names(e.Fact)
			e.Target, e.Fact = 0, 0
			events = append(events, []any{e, target, fact})
		}
	}
	streams := append([]parse.Stream(nil), c.Streams...)
	for i := range streams {
		s := &streams[i]
		labels = append(labels, []any{names(s.Namespace), names(s.Pod), names(s.Container)})
		s.Events, s.Namespace, s.Pod, s.Container = nil, 0, 0, 0
	}
	facts := append([]parse.Fact(nil), c.Facts...)
	for i := range facts {
		f := &facts[i]
		labels = append(labels, []any{names(f.Subject), names(f.Key), names(f.Value)})
		f.Subject, f.Key, f.Value = 0, 0, 0
	}
	series := append([]parse.Series(nil), c.Series...)
	for i := range series {
		s := &series[i]
		labels = append(labels, []any{names(s.Metric)})
		for _, l := range s.Labels {
			labels = append(labels, []any{names(l.Key), names(l.Value)})
		}
		s.Metric, s.Labels = 0, nil
		for _, v := range s.Values {
			labels = append(labels, []any{math.Float64bits(v)})
		}
		s.Values = nil
	}
	sources := append([]parse.Source(nil), c.Sources...)
	for i := range sources {
		for _, w := range sources[i].Wrappers {
			labels = append(labels, []any{w.Name})
		}
		sources[i].Wrappers = nil
		if z := sources[i].Zone; z != nil {
			labels = append(labels, []any{z.String()})
			sources[i].Zone = nil
		}
		sources[i].Modified = sources[i].Modified.UTC()
	}
	return []any{sources, streams, facts, series, events, labels, matchesOf(c.Matches)}
}

func cases(t *testing.T) map[string]judged {
	return map[string]judged{"odd": odd(t), "report": demo(t, "report", correlate.Options{Marks: []correlate.Mark{
		{At: 1706880148e9, Text: "first alert"}, {At: 371e9, Source: "report.txt#0", Own: true, Text: "odd"}}}),
		"capture": demo(t, "capture", correlate.Options{Periods: []time.Duration{time.Minute}})}
}

// What was read comes back as it was, every line too; exported again it is the
// same file, byte by byte; and what was judged follows from it.
func TestLossless(t *testing.T) {
	all := cases(t)
	if !testing.Short() {
		all["day"] = demo(t, "day", correlate.Options{})
	}
	for name, j := range all {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			first, second := filepath.Join(dir, "a.zip"), filepath.Join(dir, "b.zip")
			write(t, first, j, Options{Arguments: []string{"export", "-"}})
			again, f := reopen(t, first)
			if a, b := plain(j.Capture), plain(again.Capture); !reflect.DeepEqual(a, b) {
				for i, x := range a.([]any) {
					if y := b.([]any)[i]; !reflect.DeepEqual(x, y) {
						t.Errorf("part %d: %.600v\nwant %.600v", i, y, x)
					}
				}
				t.Fatal("the capture differs")
			}
			n := 0
			for i := range j.Streams {
				for k := range j.Streams[i].Events {
					e := &j.Streams[i].Events[k]
					want, _ := j.text.Line(j.Capture, j.Streams[i].Ref(e))
					got, err := f.Line(f.Capture, again.Streams[i].Ref(&again.Streams[i].Events[k]))
					if err != nil || !bytes.Equal(got, want) {
						t.Fatalf("line %d: %q %v, want %q", e.Line, got, err, want)
					}
					n++
				}
			}
			if n == 0 {
				t.Error("no events")
			}
			if a, b := sayings(j), sayings(again); a != b {
				t.Errorf("judged otherwise:\n%s\nwant\n%s", b, a)
			}
			write(t, second, again, Options{Origin: f.Manifest, Arguments: []string{"something else"}})
			x, _ := os.ReadFile(first)
			y, _ := os.ReadFile(second)
			if !bytes.Equal(x, y) {
				t.Errorf("exported again: %d bytes, want %d", len(y), len(x))
			}
			err := f.Verify(again.Case, "test", nil, func(d Difference) { t.Error(d) })
			if err != nil {
				t.Error(err)
			}
			t.Logf("%d events, %d bytes", n, len(x))
		})
	}
}

// sayings is everything that was judged.
func sayings(j judged) string {
	out, err := json.Marshal([]any{j.Verdict, j.Incidents, j.Anchors, j.Associations, j.Limits, j.Missing, j.Leads, j.Who, j.CopyOf, j.Marks()})
	if err != nil {
		return err.Error()
	}
	return string(out)
}
