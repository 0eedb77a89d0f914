package controller

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	log "github.com/sirupsen/logrus"

	"faultline/parse"
)

// carriers write a record as the real libraries do.
var carriers = map[string]log.Formatter{
	"text": &log.TextFormatter{FullTimestamp: true, DisableColors: true},
	"json": &log.JSONFormatter{},
}

func written(t testing.TB, f log.Formatter, at time.Time, level log.Level, message string, fields log.Fields) string {
	t.Helper()
	logger := log.New()
	logger.Out = io.Discard
	text, err := f.Format(&log.Entry{Logger: logger, Data: fields, Time: at, Level: level, Message: message})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}

// randomText is text with everything in it that quoting has to deal with.
func randomText(r *rand.Rand, n int) string {
	const alphabet = "ab \"\\\n\t\x00\x1b\x7fü€😀\u2028':=,[]{}<>&"
	runes := []rune(alphabet)
	var b strings.Builder
	for range r.IntN(n + 1) {
		b.WriteRune(runes[r.IntN(len(runes))])
	}
	return b.String()
}

var levels = map[log.Level]parse.Severity{log.TraceLevel: parse.Trace, log.DebugLevel: parse.Debug, log.InfoLevel: parse.Info,
	log.WarnLevel: parse.Warn, log.ErrorLevel: parse.Error, log.FatalLevel: parse.Fatal, log.PanicLevel: parse.Fatal}

// The parser reads the message, level and time that logrus wrote, whatever the
// message holds.
func TestReadsWhatLogrusWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		message := "m" + randomText(r, 40) // logrus leaves an empty one out
		at := time.Unix(r.Int64N(4e9), 0).In(time.FixedZone("", (r.IntN(105)-48)*900))
		fields := log.Fields{"component": randomText(r, 9), "addr": ":8086", "n": r.IntN(9)}
		for level, severity := range levels {
			for name, f := range carriers {
				text := written(t, f, at, level, message, fields)
				got, ok := read([]byte(text))
				if !ok || string(got.message) != message || got.severity != severity || got.stamp.Unix != at.UnixNano() {
					t.Fatalf("%s: %s\n got %q %v %d, want %q %v %d", name, text, got.message, got.severity, got.stamp.Unix, message, severity, at.UnixNano())
				}
				if name == "text" && string(got.field("addr")) != ":8086" {
					t.Fatalf("%s: addr=%q", text, got.field("addr"))
				}
			}
		}
	}
	// Bytes that are no UTF-8 survive the text; JSON has no way to hold them.
	text := written(t, carriers["text"], time.Unix(1, 0), log.InfoLevel, "a\xff\xfeb", nil)
	if got, ok := read([]byte(text)); !ok || string(got.message) != "a\xff\xfeb" {
		t.Errorf("%s: %q", text, got.message)
	}
}

// Fields come back as well, whatever they hold, and those that share a name with
// a record's own are told from it.
func TestReadsFieldsThatLogrusWrote(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	at := time.Date(2024, 2, 2, 13, 22, 28, 0, time.UTC)
	for range 2000 {
		fields := log.Fields{"level": randomText(r, 5), "time": randomText(r, 5), "msg": `a "quoted" message`,
			"err": fmt.Errorf("x: %w", errors.New(randomText(r, 9))), "empty": "", "n": r.Uint32(), "ok": true}
		for range r.IntN(5) {
			fields[strings.Repeat("k", 1+r.IntN(3))+[]string{".", "-", "_", "/"}[r.IntN(4)]+"x"] = randomText(r, 20)
		}
		want := make(map[string]string)
		for k, v := range fields {
			if k == "level" || k == "time" || k == "msg" {
				k = "fields." + k
			}
			want[k] = fmt.Sprint(v)
		}
		for name, f := range carriers {
			text := written(t, f, at, log.ErrorLevel, "endpoint update queue full; aborting stream", fields)
			rec, ok := read([]byte(text))
			if !ok || string(rec.message) != "endpoint update queue full; aborting stream" || rec.severity != parse.Error {
				t.Fatalf("%s: %s\n got %q", name, text, rec.message)
			}
			got := make(map[string]string)
			rec.each(func(k, v []byte) bool { got[string(k)] = string(v); return true })
			for _, own := range []string{"level", "time", "msg"} {
				delete(got, own)
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%s: %s\n got %q\nwant %q", name, text, got, want)
			}
		}
	}
}

// A trace comes back from logrus with its key, depth, start and duration.
func TestReadsTracesThatLogrusWrote(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	names := map[string]Queue{"DeltaFIFO Pop Process": DeltaFIFO, "RealFIFO Pop Process": RealFIFO, "RealFIFO PopBatch Process": RealFIFOMany}
	for range 3000 {
		key := strings.Map(func(c rune) rune {
			if c == ',' || c == '\n' || c == '(' {
				return '-'
			}
			return c
		}, "ns/"+randomText(r, 20))
		key = strings.TrimSpace(key)
		depth := 11 + r.IntN(5000)
		lasted := 100*time.Millisecond + time.Duration(r.Int64N(int64(70*time.Second)))
		start := time.Unix(1706880148+r.Int64N(1e8), r.Int64N(1000)*1e6).In(time.FixedZone("", (r.IntN(105)-48)*900))
		for name, queue := range names {
			message := fmt.Sprintf("Trace[%d]: %q ID:%s,Depth:%d,Reason:slow event handlers blocking the queue (%s) (total time: %dms):\nTrace[%[1]d]: [%[7]v] [%[7]v] END\n",
				7, name, key, depth, start.Format("02-Jan-2006 15:04:05.000"), lasted.Milliseconds(), lasted)
			for carrier, f := range carriers {
				text := written(t, f, start.Add(lasted), log.InfoLevel, message, nil)
				v, b, l := one(t, text, "")
				if v != parse.Took || len(b.Events) != 1 || l.Clock != parse.ClockWall {
					t.Fatalf("%s: %s\nverdict %d", carrier, text, v)
				}
				e := b.Events[0]
				if b.Names.Text(e.Target) != key || e.Value != float64(depth) || e.Lasted != lasted || Queue(e.Class) != queue ||
					int64(e.Time) != start.UnixNano()+int64(time.Millisecond/2) {
					t.Fatalf("%s: %s\n%+v %q", carrier, text, e, b.Names.Text(e.Target))
				}
			}
		}
	}
}

// Copies of a trace share a print, whatever carries them; other traces do not.
func TestPrintsOfCopies(t *testing.T) {
	const message = "Trace[7]: \"DeltaFIFO Pop Process\" ID:a/b,Depth:12,Reason:x (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[7]: [102.144017ms] [102.144017ms] END\n"
	at := time.Date(2024, 2, 2, 13, 22, 28, 0, time.UTC)
	head, _, _ := strings.Cut(message, "\n")
	print := func(text string) uint32 {
		_, b, _ := one(t, text, "")
		return b.Events[0].Print
	}
	want := print(written(t, carriers["text"], at, log.InfoLevel, message, nil))
	for _, text := range []string{
		written(t, carriers["json"], at.Add(time.Second), log.InfoLevel, message, nil),
		"I0202 13:22:28.655400       1 trace.go:219] " + head,
		written(t, carriers["text"], at, log.InfoLevel, "I0202 13:22:28.655400       1 trace.go:219] "+head, nil),
	} {
		if got := print(text); got != want {
			t.Errorf("%s: %x, want %x", text, got, want)
		}
	}
	for _, other := range []string{strings.ReplaceAll(message, "[7]", "[8]"), strings.ReplaceAll(message, ".553", ".554")} {
		if print(written(t, carriers["text"], at, log.InfoLevel, other, nil)) == want {
			t.Errorf("%s has the print of another", other)
		}
	}
}

// Any line: no panic, the line is left alone, and an event is a whole one.
func FuzzLine(f *testing.F) {
	for _, s := range []string{
		`time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:x (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[1398023451]: [102.144017ms] [102.144017ms] END\n"`,
		`{"level":"info","ts":1795423805.0743463,"msg":"Trace[7]: \"RealFIFO Pop Process\" ID:,Depth:1 (23-Nov-2026 08:50:04.953) (total time: 1ms):"}`,
		`I1123 08:50:05.060456   28718 trace.go:219] Trace[7]: "x" a:b, c:d,e:f (23-Nov-2026 08:50:04.939) (total time: 120ms):`,
		"Trace[7]: [1ms] [1ms] END", "I1123 08:50:05    2871 a.b:1] ", `time="2024-02-02T13:22:28Z" level=warning msg="failed to retrieve replicaset a/b"`,
	} {
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, stamped bool) {
		before, stamp := string(text), ""
		if stamped {
			stamp = "2024-02-02T13:22:28.553Z"
		}
		v, b, l := one(t, before, stamp)
		if v != parse.Took && len(b.Events)+len(b.Facts) > 0 || len(b.Events) > 1 {
			t.Errorf("%q: verdict %d, %d events", text, v, len(b.Events))
		}
		for _, e := range b.Events {
			if (e.Kind < parse.ControllerPopStall || e.Kind > parse.ControllerStarted) && e.Kind != parse.K8sEvent && e.Kind != parse.ProxyNoEndpoints && e.Kind != parse.IngressReload || e.Value < 0 || l.Clock == parse.ClockNone {
				t.Errorf("%q: %+v", text, e)
			}
			if name := b.Names.Text(e.Target); utf8.ValidString(before) && !utf8.ValidString(name) && !strings.Contains(before, `\`) {
				t.Errorf("%q: target %q", text, name)
			}
		}
		var d parse.Detail
		detail(text, &d)
		if string(text) != before {
			t.Errorf("%q was changed to %q", before, text)
		}
	})
}
