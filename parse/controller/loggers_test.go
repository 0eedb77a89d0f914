package controller

import (
	"testing"
	"time"

	"faultline/parse"
)

// Records as loggers of Go and Node.js write them: the time, how wide it is
// printed, the level, and the message (go-kit/log, log/slog, log15, zerolog,
// bunyan, pino, zap).
func TestLoggers(t *testing.T) {
	f := func(text, at string, grain parse.Grain, severity parse.Severity, message string) {
		t.Helper()
		v, _, l := one(t, text, "")
		if v != parse.Other || l.Severity != severity || l.Grain != grain {
			t.Errorf("%s\nverdict %d, level %s, width %d", text, v, l.Severity, l.Grain)
		}
		want, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Own - parse.Time(l.Grain.Width()/2); got != parse.Time(want.UnixNano()) {
			t.Errorf("%s\nat %s", text, time.Unix(0, int64(got)).UTC().Format(time.RFC3339Nano))
		}
		var d parse.Detail
		if detail([]byte(text), &d); d.Message != message {
			t.Errorf("%s\nsays %q", text, d.Message)
		}
	}
	f(`level=warn ts=2024-04-30T02:12:41.844179Z caller=target.go:180 msg="Adding target" key=x`, "2024-04-30T02:12:41.844179Z", parse.GrainMicro, parse.Warn, "Adding target")
	f(`ts=2024-01-19T10:50:32.001Z caller=main.go:1 level=error msg="a query failed" err="bad range"`, "2024-01-19T10:50:32.001Z", parse.GrainMilli, parse.Error, "a query failed")
	f(`caller=main.go:1 ts=2024-01-19T10:50:32.001Z level=info msg=up`, "2024-01-19T10:50:32.001Z", parse.GrainMilli, parse.Info, "up")
	f(`logger=context t=2025-04-24T19:51:48.520963849Z level=error msg="Request Completed" status=500`, "2025-04-24T19:51:48.520963849Z", parse.GrainNano, parse.Error, "Request Completed")
	f(`t=2020-04-24T19:51:48+0000 lvl=eror msg="Request error" logger=context`, "2020-04-24T19:51:48Z", parse.GrainSecond, parse.Error, "Request error")
	f(`time=2024-04-01T10:11:12.345+02:00 level=ERROR msg="upstream failed" err=x`, "2024-04-01T08:11:12.345Z", parse.GrainMilli, parse.Error, "upstream failed")
	f(`2024/04/01 10:11:12 ERROR upstream failed err=x`, "2024-04-01T10:11:12Z", parse.GrainSecond, parse.Error, "upstream failed err=x")
	f(`{"level":"error","time":"2024-07-07T10:11:12.255Z","message":"upstream refused"}`, "2024-07-07T10:11:12.255Z", parse.GrainMilli, parse.Error, "upstream refused")
	f(`{"level":"warn","time":1694567715,"message":"slow"}`, "2023-09-13T01:15:15Z", parse.GrainSecond, parse.Warn, "slow")
	f(`{"level":30,"time":1731171074631,"msg":"up","pid":657,"hostname":"h"}`, "2024-11-09T16:51:14.631Z", parse.GrainMilli, parse.Info, "up")
	f(`{"name":"api","hostname":"h1","pid":3,"level":50,"msg":"upstream 504","time":"2022-02-08T22:56:52.856Z","v":0}`, "2022-02-08T22:56:52.856Z", parse.GrainMilli, parse.Error, "upstream 504")
	f(`[2024-12-01 05:07:39.883][7][warning][config] [external/envoy/source/common/grpc/stream.cc:130] fetch timed out`, "2024-12-01T05:07:39.883Z", parse.GrainMilli, parse.Warn, "fetch timed out")
	f(`[2024-12-01 05:07:39.883][7][error][misc] it [is] gone`, "2024-12-01T05:07:39.883Z", parse.GrainMilli, parse.Error, "it [is] gone")
	f(`{"level":"info","ts":1685762331.9712,"msg":"up"}`, "2023-06-03T03:18:51.9712Z", parse.GrainMicro, parse.Info, "up")
}

// What has only some of a record is none: pairs without a time or a level, words
// behind a date.
func TestNoLoggers(t *testing.T) {
	for _, text := range []string{
		`ts=2024-01-19T10:50:32.001Z msg="no level"`, `level1=error t=2024-01-19T10:50:32Z msg=x`, `caller=main.go:1 msg="neither"`,
		`t=yesterday level=info msg=x`, `2024/04/01 10:11:12 Upstream failed`, `2024/04/01 25:11:12 ERROR upstream failed`, `time=2024-04-01T10:11:12Z took=3s msg=x`,
		`{"message":"x","time":"2024-07-07T10:11:12Z"}`, `{"message":"x","level":"info"}`,
		`[2024-12-01 05:07:39.883][7][warning]`, `[2024-12-01 05:07:39.883][7][config][warning] x`, `[yesterday at five][7][warning][config] x`, `[2024-12-01 05:07:39.883] [warning] [config] x`,
	} {
		if v, _, _ := one(t, text, ""); v != parse.NotMine {
			t.Errorf("%s: verdict %d", text, v)
		}
	}
}

// The status of an answer that failed is read from whatever a logger puts beside its
// message; a number that means something else is not.
func TestStatusBesideMessage(t *testing.T) {
	for text, want := range map[string]float64{
		`{"level":"error","ts":1685762331.9712,"msg":"call failed","status":503}`:                              503,
		`{"level":"info","ts":1685762331.9712,"msg":"done","method":"GET","code":504}`:                         504,
		`time="2024-02-02T13:22:28Z" level=error msg="catalog answered" status_code=502 url="http://catalog/"`: 502,
		`ts=2024-01-19T10:50:32.001Z level=warn msg=slow http.status="504"`:                                    504,
		`{"level":"info","ts":1685762331.9712,"msg":"loaded","code":504}`:                                      0,
		`time="2024-02-02T13:22:28Z" level=error msg="catalog answered" retries=503 status=500`:                0,
	} {
		v, b, _ := one(t, text, "")
		got := 0.0
		if v == parse.Took && len(b.Events) == 1 && b.Events[0].Kind == parse.AppCallFailed {
			got = b.Events[0].Value
		}
		if got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
