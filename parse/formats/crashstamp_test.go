package formats

import (
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A crash whose own line has a stamp before it was then, and not when the line before
// it was, which may be hours older; any cut of the source gives the same.
func TestCrashAtItsOwnStamp(t *testing.T) {
	const first, later, day = "01:00:00.1", "09:12:41", "2024-05-06T"
	stamped := func(before func(at, text string) string, log, crash string) string {
		lines := []string{before(first, log), before(later, crash), before(later, "goroutine 9 [running]:"), before(later, "main.main()"), ""}
		return strings.Join(lines, "\n")
	}
	kubectl := func(at, text string) string { return day + at + "Z " + text }
	cri := func(at, text string) string { return day + at + "Z stderr F " + text }
	docker := func(at, text string) string {
		return `{"log":"` + strings.ReplaceAll(text, `"`, `\"`) + `\n","stream":"stderr","time":"` + day + at + `Z"}`
	}
	prefixed := func(at, text string) string { return "[pod/cart-7d9f8c6b5-x2x4q/cart] " + day + at + "Z " + text }
	const logrus, zap = `time="2024-05-06T01:00:00Z" level=info msg="starting"`, `{"level":"info","ts":1714957200.1,"msg":"listening"}`
	const panicked = "thread 'main' panicked at src/buffer.rs:88:9:"
	const proxy = "[     0.001s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (85db2fc) by linkerd on 2023-10-20T17:14:37Z"
	for name, text := range map[string]string{
		"kubectl --timestamps": stamped(kubectl, logrus, "fatal error: concurrent map read and map write"),
		"CRI":                  stamped(cri, zap, "panic: assignment to entry in nil map"),
		"docker":               stamped(docker, zap, "panic: assignment to entry in nil map"),
		"kubectl --prefix":     stamped(prefixed, "listening on :8080", "panic: assignment to entry in nil map"),
		"nothing before":       kubectl(later, "panic: assignment to entry in nil map") + "\n",
		"a proxy's uptime":     strings.Join([]string{kubectl(first, proxy), kubectl(later, panicked), kubectl(later, "Full"), ""}, "\n"),
	} {
		for _, piece := range []int{0, 61, 150} {
			got := parsetest.Read(t, parsetest.Text("x", text), All(), Wrappers(), parse.Options{Piece: piece})
			crashes := 0
			for _, s := range got.Streams {
				for _, e := range s.Events {
					if e.Kind != parse.ProxyCrashed && e.Kind != parse.ControllerCrashed {
						continue
					}
					crashes++
					at := time.Unix(0, int64(e.Time)).UTC()
					want := time.Date(2024, 5, 6, 9, 12, 41, 0, time.UTC)
					if s.Clock != parse.ClockWall || at.Sub(want).Abs() > time.Second || e.Grain.Width() > time.Second {
						t.Errorf("%s, pieces of %d: on a %s clock at %s, to %s; want %s", name, piece, s.Clock, at, e.Grain.Width(), want)
					}
				}
			}
			if crashes != 1 {
				t.Errorf("%s, pieces of %d: %d crashes", name, piece, crashes)
			}
		}
	}
	journal := "May 06 10:00:00 node-3 systemd[1]: Started app.\nMay 06 10:12:41 node-3 app[123]: panic: assignment to entry in nil map\n"
	got := parsetest.Read(t, parsetest.Text("x", journal), All(), Wrappers(), parse.Options{})
	for _, s := range got.Streams {
		for _, e := range s.Events {
			if at := time.Duration(e.Time) % (24 * time.Hour); s.Clock != parse.ClockYearless || at.String() != "10h12m41.5s" {
				t.Errorf("journald: %s at %s", s.Clock, at)
			}
		}
	}
}
