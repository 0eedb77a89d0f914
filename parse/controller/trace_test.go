package controller

import (
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/parsetest"
)

// Every queue and every shape of fields.
func TestTraces(t *testing.T) {
	f := func(name, fields, want string) {
		t.Helper()
		text := `I1123 08:50:05.060456   28718 trace.go:219] Trace[1281705536]: "` + name + `" ` + fields + ` (23-Nov-2026 08:50:04.939) (total time: 120ms):`
		v, b, _ := one(t, text, "")
		if v != parse.Took || len(b.Events) != 1 {
			t.Errorf("%s\nverdict %d, %d events", text, v, len(b.Events))
		} else if got := told(b, b.Events[0]); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	const slow = "Reason:slow event handlers blocking the queue"
	f("DeltaFIFO Pop Process", "ID:emojivoto/web-7f6cf7d49b-00025,Depth:29,"+slow, "controller.pop_stall | info | target=emojivoto/web-7f6cf7d49b-00025 | fact=1281705536 | value=29 | queue=1 | lasted=120ms")
	f("DeltaFIFO Pop Process", "ID:services.policy.example.com,Depth:1022,"+slow, "controller.pop_stall | info | target=services.policy.example.com | fact=1281705536 | value=1022 | queue=1 | lasted=120ms")
	f("RealFIFO Pop Process", "ID:a/b,Depth:12,"+slow, "controller.pop_stall | info | target=a/b | fact=1281705536 | value=12 | queue=2 | lasted=120ms")
	f("RealFIFO Pop Process", "Name:x,Resource:/v1, Resource=pods,ID:a/b,Depth:12,"+slow, "controller.pop_stall | info | target=a/b | fact=1281705536 | value=12 | queue=2 | lasted=120ms")
	f("RealFIFO PopBatch Process", "ID:,Depth:1500,"+slow+",BatchSize:1000", "controller.pop_stall | info | fact=1281705536 | value=1500 | queue=3 | lasted=120ms")
	f("RealFIFO PopBatch Process", "Name:x,Resource:apps/v1, Resource=replicasets,ID:a/b,Depth:1500,"+slow+",BatchSize:1000", "controller.pop_stall | info | target=a/b | fact=1281705536 | value=1500 | queue=3 | lasted=120ms")
	f("processorListener handler", "handler:main.(*watcher).update-fm,pendingNotifications:1998", "controller.handler_stall | info | target=main.(*watcher).update-fm | fact=1281705536 | value=1998 | lasted=120ms")
	f("ThreadSafeMap Transaction Process", "Size:1000,Reason:Slow batch process due to too many items", "controller.trace | info | fact=ThreadSafeMap Transaction Process | lasted=120ms")
	f("Reflector ListAndWatch", "name:pkg/mod/k8s.io/client-go@v0.25.0/tools/cache/reflector.go:169", "controller.trace | info | target=pkg/mod/k8s.io/client-go@v0.25.0/tools/cache/reflector.go:169 | fact=Reflector ListAndWatch | lasted=120ms")
	f(`a \"quoted\" name`, "user-agent:kubectl/v1 (linux, amd64),accept:application/json, */*", `controller.trace | info | fact=a "quoted" name | lasted=120ms`)
	f("no fields", "", "controller.trace | info | fact=no fields | lasted=120ms")
}

// When a stall began, on the clock of its line. The start is printed in the
// process's own zone; header and stamp say which that is.
func TestStart(t *testing.T) {
	f := func(name, text, stamp string, clock parse.Clock, want parse.Time, lasted time.Duration) {
		t.Helper()
		v, b, l := one(t, text, stamp)
		if v != parse.Took || len(b.Events) != 1 || l.Clock != clock {
			t.Errorf("%s: verdict %d, %d events, clock %v", name, v, len(b.Events), l.Clock)
			return
		}
		const middle = parse.Time(time.Millisecond / 2)
		if e := b.Events[0]; e.Time != want+middle || e.Grain != parse.GrainMilli || e.Lasted != lasted {
			t.Errorf("%s: at %v, want %v; grain %d, %v", name, time.Duration(e.Time), time.Duration(want+middle), e.Grain, e.Lasted)
		}
	}
	const head, end = `Trace[7]: \"DeltaFIFO Pop Process\" ID:a/b,Depth:12,Reason:x (`, `) (total time: 102ms):\nTrace[7]: [102.144017ms] [102.144017ms] END`
	const bare = `Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12,Reason:x (`
	const ns = 102144017 * time.Nanosecond
	start := wall(t, "2024-02-02T13:22:28.553Z")
	logrus := func(zone, local string) string {
		return `time="2024-02-02T` + zone + `" level=info msg="` + head + local + end + `\n"`
	}
	f("utc", logrus("13:22:28Z", "02-Feb-2024 13:22:28.553"), "", parse.ClockWall, start, ns)
	f("east", logrus("14:22:28+01:00", "02-Feb-2024 14:22:28.553"), "", parse.ClockWall, start, ns)
	f("west", logrus("09:52:28-03:30", "02-Feb-2024 09:52:28.553"), "", parse.ClockWall, start, ns)
	f("over midnight", logrus("02:22:28+13:00", "03-Feb-2024 02:22:28.553"), "", parse.ClockWall, start, ns)
	f("with a stamp", logrus("14:22:28+01:00", "02-Feb-2024 14:22:28.553"), "2024-02-02T13:22:28.655400123Z", parse.ClockWall, start, ns)
	f("with a stamp far off", logrus("14:22:28+01:00", "02-Feb-2024 14:22:28.553"), "2024-02-02T15:22:28.655400123Z", parse.ClockWall, start, ns)
	f("logrus json", `{"level":"info","msg":"`+head+"02-Feb-2024 14:22:28.553"+end+`\n","time":"2024-02-02T14:22:28+01:00"}`, "", parse.ClockWall, start, ns)
	f("zap", `{"level":"info","ts":1706880148.6554,"caller":"trace/trace.go:219","msg":"`+head+"02-Feb-2024 13:22:28.553"+end+`"}`, "", parse.ClockWall, start, ns)
	f("zap in Kathmandu", `{"level":"info","ts":1706880148.6554,"msg":"`+head+"02-Feb-2024 19:07:28.553"+end+`"}`, "", parse.ClockWall, start, ns)
	f("zap in exponents", `{"level":"info","ts":1.7068801486554e+09,"msg":"`+head+"02-Feb-2024 13:22:28.553"+end+`"}`, "", parse.ClockWall, start, ns)
	f("zap with RFC 3339", `{"level":"info","ts":"2024-02-02T13:22:28.655Z","msg":"`+head+"02-Feb-2024 13:22:28.553"+end+`"}`, "", parse.ClockWall, start, ns)
	f("klog json", `{"ts":1706880148655.4001,"caller":"trace/trace.go:219","msg":"`+head+"02-Feb-2024 13:22:28.553"+end+`\n","v":0}`, "", parse.ClockWall, start, ns)
	f("klog with a stamp", `I0202 14:22:28.655400       1 trace.go:219] `+bare+`02-Feb-2024 14:22:28.553) (total time: 102ms):`, "2024-02-02T13:22:28.655400123Z", parse.ClockWall, start, 102*time.Millisecond)
	f("klog with a stamp, written late", `I0202 14:22:28.861400       1 trace.go:219] `+bare+`02-Feb-2024 14:22:28.553) (total time: 102ms):`, "2024-02-02T13:22:28.861400123Z", parse.ClockWall, start, 102*time.Millisecond)
	since, _ := lex.SinceYear(int64(start))
	f("klog", `I0202 13:22:28.655400       1 trace.go:219] `+bare+`02-Feb-2024 13:22:28.553) (total time: 102ms):`, "", parse.ClockYearless, parse.Time(since), 102*time.Millisecond)
	f("klog in a logrus writer", `time="2024-02-02T13:22:28Z" level=info msg="I0202 13:22:28.655400       1 trace.go:219] `+head+`02-Feb-2024 13:22:28.553) (total time: 102ms):"`, "", parse.ClockWall, start, 102*time.Millisecond)
	f("over new year", `I0101 00:00:00.042000       1 trace.go:219] `+bare+`31-Dec-2023 23:59:59.940) (total time: 102ms):`, "", parse.ClockYearless, parse.Time(-60*time.Millisecond), 102*time.Millisecond)
	f("over the end of February", `I0301 00:00:00.042000       1 trace.go:219] `+bare+`28-Feb-2023 23:59:59.940) (total time: 102ms):`, "", parse.ClockYearless, parse.Time(59*24*time.Hour-60*time.Millisecond), 102*time.Millisecond)
}

// A klog header names no year, the trace behind it does: that is a tie.
func TestTraceNamesTheYear(t *testing.T) {
	f := func(header, start, want string) {
		t.Helper()
		c := capture(t, []byte(header+`       1 trace.go:219] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12,Reason:x (`+start+`) (total time: 102ms):`+"\n"))
		s := &c.Streams[0]
		if s.Clock != parse.ClockYearless || len(s.Ties) != 1 || s.Ties[0].Wall != wall(t, want) || s.Ties[0].Own != s.Coverage[0].From {
			t.Errorf("%s: %+v", header, s)
		}
		_, year := lex.SinceYear(int64(s.Ties[0].Wall))
		if at := lex.InYear(int64(s.Events[0].Time), year); int64(s.Ties[0].Wall)-at < int64(100*time.Millisecond) || int64(s.Ties[0].Wall)-at > int64(102*time.Millisecond) {
			t.Errorf("%s: the event is at %s", header, time.Unix(0, at).UTC())
		}
	}
	f("I0202 13:22:28.655000", "02-Feb-2024 13:22:28.553", "2024-02-02T13:22:28.655Z")
	f("I0302 13:22:28.655000", "02-Mar-2023 13:22:28.553", "2023-03-02T13:22:28.655Z")
	f("I0302 13:22:28.655000", "02-Mar-2024 13:22:28.553", "2024-03-02T13:22:28.655Z")
	f("I1231 23:59:59.955000", "31-Dec-2024 23:59:59.853", "2024-12-31T23:59:59.955Z")
	f("I0101 00:00:00.042000", "31-Dec-2023 23:59:59.940", "2024-01-01T00:00:00.042Z")
}

// In a zone that the user gives, the tie of a trace is what its start says there.
func TestTraceInZone(t *testing.T) {
	for _, text := range []string{
		`I0202 14:22:28.655000       1 trace.go:219] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12 (02-Feb-2024 14:22:28.553) (total time: 102ms):`,
		`Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12 (02-Feb-2024 14:22:28.553) (total time: 102ms):`,
		`INFO[0012] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12 (02-Feb-2024 14:22:28.553) (total time: 102ms):`,
	} {
		in := parsetest.Text("x", text+"\n")
		in.Zone = time.FixedZone("", 3600)
		c := parsetest.Read(t, in, []*parse.Format{Format}, nil, parse.Options{})
		if s := &c.Streams[0]; len(s.Ties) != 1 || s.Ties[0].Wall != wall(t, "2024-02-02T13:22:28.655Z") {
			t.Errorf("%s: %+v", text, s.Ties)
		}
	}
}

// The own time of lines that are no traces.
func TestClock(t *testing.T) {
	f := func(text, stamp string, clock parse.Clock, want parse.Time, grain parse.Grain) {
		t.Helper()
		if _, _, l := one(t, text, stamp); l.Clock != clock || l.Own != want || l.Grain != grain {
			t.Errorf("%s: %v %d %d, want %v %d %d", text, l.Clock, l.Own, l.Grain, clock, want, grain)
		}
	}
	const logrus = `time="2024-02-02T13:22:28Z" level=info msg="x"`
	half := parse.Time(time.Second / 2)
	f(logrus, "", parse.ClockWall, wall(t, "2024-02-02T13:22:28Z")+half, parse.GrainSecond)
	f(logrus, "2024-02-02T13:22:28.000001Z", parse.ClockWall, wall(t, "2024-02-02T13:22:28.000001Z"), parse.GrainMilli)
	f(logrus, "2024-02-02T13:22:37.999Z", parse.ClockWall, wall(t, "2024-02-02T13:22:37.999Z"), parse.GrainMilli)
	f(logrus, "2024-02-02T13:22:38.001Z", parse.ClockWall, wall(t, "2024-02-02T13:22:28Z")+half, parse.GrainSecond) // too late to be its own
	f(logrus, "2024-02-02T13:22:26.999Z", parse.ClockWall, wall(t, "2024-02-02T13:22:28Z")+half, parse.GrainSecond) // no stamp is early
	f(`{"level":"info","ts":1706880148.655401,"msg":"x"}`, "2024-02-02T13:22:28.7Z", parse.ClockWall, wall(t, "2024-02-02T13:22:28.655401Z")+500, parse.GrainMicro)
	f(`W0101 00:00:01.000002       1 a.go:1] x`, "", parse.ClockYearless, parse.Time(1000002*time.Microsecond), parse.GrainMicro)
	f(`W0101 00:00:01.000002       1 a.go:1] x`, "2024-02-02T13:22:28.7Z", parse.ClockWall, wall(t, "2024-02-02T13:22:28.7Z"), parse.GrainMilli)
	f("Trace[7]: [1ms] [1ms] END", "", parse.ClockNone, 0, 0)
}
