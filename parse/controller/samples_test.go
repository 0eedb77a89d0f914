package controller

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// stall is a trace as its text says it, in the words of the file itself.
type stall struct {
	id, name, key string
	depth         int
	start         string
	lasted        time.Duration
}

var (
	heads = regexp.MustCompile(`Trace\[(\d+)\]: "((?:Delta|Real)FIFO [A-Za-z ]+)" (?:Name:[^,]*,)?(?:Resource:.*,)?ID:([^,]*),Depth:(\d+),.* \((\d\d-\w{3}-\d{4} [\d:.]+)\) \(total time: \d+ms\):`)
	ends  = regexp.MustCompile(`Trace\[(\d+)\]: \[([^\]]+)\] \[[^\]]+\] END`)
)

// stallsOf finds the stalls of a log with two regular expressions, whatever
// carries them: an oracle that knows nothing of lines.
func stallsOf(log string) (out []stall) {
	log = strings.NewReplacer(`\"`, `"`, `\n`, "\n").Replace(log)
	lasted := map[string]time.Duration{}
	for _, m := range ends.FindAllStringSubmatch(log, -1) {
		lasted[m[1]], _ = time.ParseDuration(m[2])
	}
	for _, m := range heads.FindAllStringSubmatch(log, -1) {
		depth, _ := strconv.Atoi(m[4])
		out = append(out, stall{m[1], m[2], m[3], depth, m[5], lasted[m[1]]})
	}
	return out
}

// Real traces in every carrier: client-go 0.27.4, 0.29.0 and 0.36.6.
func TestSamples(t *testing.T) {
	counts := map[string]int{
		"real-0.27.4-shared-throttled-logrus.log":     6,
		"real-0.27.4-unshared-klog.log":               19,
		"real-0.27.4-unshared-logrus.log":             19,
		"real-0.27.4-unshared-logruswriter.log":       38, // each of 19 twice: raw, and through logrus
		"real-0.27.4-unshared-watchburst-klog-v4.log": 28,
		"real-0.27.4-unshared-zap.log":                19,
		"real-0.29.0-unshared-klog-v4.log":            19,
		"real-0.36.6-RealFIFO-PopBatch-klog.log":      3,
	}
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) != len(counts) {
		t.Fatal(files, err)
	}
	for _, path := range files {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := stallsOf(string(log))
		if len(want) != counts[filepath.Base(path)] {
			t.Errorf("%s: the oracle finds %d stalls", path, len(want))
		}
		var got []stall
		c := capture(t, log)
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				if e.Kind == parse.ControllerPopStall {
					got = append(got, as(c, &c.Streams[i], &e))
				}
			}
		}
		if sorted(got) != sorted(want) {
			t.Errorf("%s:\n got %s\nwant %s", path, sorted(got), sorted(want))
		}
		// What is not read are the lines of the experiment itself.
		if n := c.Sources[0].Counts.Unparsed + c.Sources[0].Counts.Prose; n != uint64(strings.Count(string(log), "#EXP")) {
			t.Errorf("%s: %d lines were not understood: %v", path, n, c.Sources[0].Problems)
		}
	}
}

// as is an event as the text would say it.
func as(c *parse.Capture, st *parse.Stream, e *parse.Event) stall {
	queue := map[Queue]string{DeltaFIFO: "DeltaFIFO Pop Process", RealFIFO: "RealFIFO Pop Process", RealFIFOMany: "RealFIFO PopBatch Process"}[Queue(e.Class)]
	at := int64(e.Time) - int64(time.Millisecond/2)
	if st.Clock == parse.ClockYearless {
		at = lex.InYear(at, 2026)
	}
	return stall{c.Name(e.Fact), queue, c.Name(e.Target), int(e.Value), time.Unix(0, at).UTC().Format("02-Jan-2006 15:04:05.000"), e.Lasted}
}

func sorted(s []stall) string {
	var lines []string
	for _, x := range s {
		lines = append(lines, strings.Join([]string{x.id, x.name, x.key, strconv.Itoa(x.depth), x.start, x.lasted.String()}, " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// What else the samples hold.
func TestSampleKinds(t *testing.T) {
	for path, want := range map[string]map[string]int{
		"real-0.29.0-unshared-klog-v4.log":       {"controller.pop_stall": 19, "controller.resync": 2},
		"real-0.36.6-RealFIFO-PopBatch-klog.log": {"controller.pop_stall": 3, "controller.trace": 1},
	} {
		log, err := os.ReadFile("testdata/" + path)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		c := capture(t, log)
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				got[e.Kind.String()]++
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

// A trace over several lines: its steps and its end belong to it, wherever
// they stand, and a trace without an end keeps the total of its head.
func TestTraceOverLines(t *testing.T) {
	const head = `I1122 08:58:32.111260       1 trace.go:205] Trace[1926275561]: "Reflector ListAndWatch" name:x.go:169 (22-Nov-2022 08:58:21.197) (total time: 10913ms):`
	const step = "Trace[1926275561]: ---\"Objects listed\" error:<nil> 10912ms (08:58:32.110)"
	const nested = `Trace[1926275561]:   ["cacher list" audit-id:1 2ms (08:58:21.197)]`
	const end = "Trace[1926275561]: [10.913396443s] [10.913396443s] END"
	f := func(lasted time.Duration, unparsed uint64, lines ...string) {
		t.Helper()
		c := capture(t, []byte(strings.Join(lines, "\n")+"\n"))
		if n := c.Sources[0].Counts; n.Unparsed != unparsed || len(c.Streams) != 1 || len(c.Streams[0].Events) != 1 || c.Streams[0].Events[0].Lasted != lasted {
			t.Errorf("%s:\n%+v %+v", strings.Join(lines, "\n"), n, c.Streams)
		}
	}
	const exact, total = 10913396443, 10913 * time.Millisecond
	f(exact, 0, head, step, nested, end)
	f(exact, 0, head, end, "")
	f(exact, 0, head, strings.ReplaceAll(head, "1926275561]: \"Reflector", "5]: ---\"")[:60]+`Trace[5]: ---"x" 1ms (08:58:21.197)`, "  "+end)
	f(total, 0, head, step)
	f(total, 0, head)
	f(total, 0, head, "Trace[5]: [1s] [1s] END")
	f(total, 1, head, "Trace[1926275561]: \"cut")
	f(exact, 0, end, head, end) // the first end is of a trace before the log began
	f(exact, 0, `time="2022-11-22T08:58:32Z" level=info msg="`+strings.ReplaceAll(head, `"`, `\"`)+`\n`+strings.ReplaceAll(step, `"`, `\"`)+`\n`+end+`\n"`)
	f(exact, 0, `time="2022-11-22T08:58:32Z" level=info msg="`+strings.ReplaceAll(head, `"`, `\"`)+`"`, `time="2022-11-22T08:58:32Z" level=info msg="`+strings.ReplaceAll(step, `"`, `\"`)+`"`,
		`time="2022-11-22T08:58:32Z" level=info msg="`+end+`"`)
}
