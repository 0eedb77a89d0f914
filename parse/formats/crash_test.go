package formats

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A crash belongs to the process in whose log it stands, with its text, its
// place and the lines of its trace, and at the time of the line before it; any
// cut of the source gives the same.
func TestCrashes(t *testing.T) {
	const warn = "[   100.500000s]  WARN ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s\n"
	const later = "[   160.500000s]  WARN ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s\n"
	const info = "time=\"2024-05-24T12:29:12Z\" level=info msg=\"caches synced\"\n"
	const policy = "2024-05-24T12:29:12.000000Z  INFO servers: kubert::errors: stream failed error=x\n"
	for name, c := range map[string]struct{ text, want string }{
		"rust in two lines": {warn + "thread 'main' panicked at linkerd/app/core/src/control.rs:118:49:\n`period` must be non-zero.\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n" + later,
			"proxy 2 proxy.crashed linkerd/app/core/src/control.rs:118:49 `period` must be non-zero. 100.5"},
		"rust in one line": {warn + "thread 'proxy' panicked at 'cancel sender lost', /usr/local/cargo/tower/src/cache.rs:1:2\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/x/library/std/src/panicking.rs:1:2\n" + later,
			"proxy 2 proxy.crashed /usr/local/cargo/tower/src/cache.rs:1:2 cancel sender lost 100.5"},
		"rust with a number":    {warn + "thread 'main' (7) panicked at src/a.rs:1:2:\nx y z\n" + later, "proxy 2 proxy.crashed src/a.rs:1:2 x y z 100.5"},
		"rust at the beginning": {"thread 'main' panicked at src/a.rs:1:2:\nx\n" + warn + later, "proxy 1 proxy.crashed src/a.rs:1:2 x 100.5"},
		"policy": {policy + "thread 'tokio-runtime-worker' panicked at policy-controller/k8s/status/src/index.rs:1:2:\nClaims watch must not be dropped\n" + policy,
			"policy 2 controller.crashed policy-controller/k8s/status/src/index.rs:1:2 Claims watch must not be dropped 1.7165537520000005e+09"},
		"go": {info + "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x18bfde1]\n\ngoroutine 3519 [running]:\ngithub.com/x/y.(*server).do(0xc0, {0x1, 0x7})\n\t/build/server.go:470 +0x1e1\ncreated by z\n",
			"controller 2 controller.crashed /build/server.go:470 runtime error: invalid memory address or nil pointer dereference 1.7165537525e+09"},
		"go, fatal":     {info + "fatal error: concurrent map read and map write\n\ngoroutine 9 [running]:\n" + info, "controller 2 controller.crashed  concurrent map read and map write 1.7165537525e+09"},
		"logrus, fatal": {info + "time=\"2024-05-24T12:29:13Z\" level=fatal msg=\"Failed to initialize K8s API: x\"\n", "controller 2 controller.crashed  Failed to initialize K8s API: x 1.7165537535e+09"},
	} {
		for _, piece := range []int{0, 97} {
			got := parsetest.Read(t, parsetest.Text("x", c.text), All(), Wrappers(), parse.Options{Piece: piece})
			var crashes []string
			for i := range got.Streams {
				for _, e := range got.Streams[i].Events {
					if e.Kind == parse.ProxyCrashed || e.Kind == parse.ControllerCrashed {
						at := fmt.Sprint(float64(e.Time) / 1e9)
						if piece > 0 { // a cut may separate a crash from its text
							crashes = append(crashes, e.Kind.String()+" "+at)
							continue
						}
						crashes = append(crashes, fmt.Sprint(got.Streams[i].Format, " ", e.Line, " ", e.Kind, " ", got.Name(e.Target), " ", got.Name(e.Fact), " ", at))
					}
				}
			}
			want := c.want
			if piece > 0 {
				words := strings.Fields(want)
				want = words[2] + " " + words[len(words)-1]
			}
			if !slices.Equal(crashes, []string{want}) || piece == 0 && (len(got.Streams) != 1 || got.Sources[0].Counts.Unparsed > 0) {
				t.Errorf("%s, %d: %q, want %q; %d streams, %+v", name, piece, crashes, want, len(got.Streams), got.Sources[0].Problems)
			}
		}
	}
}

// What only mentions a panic is none.
func TestNoCrash(t *testing.T) {
	for _, text := range []string{"http: panic serving 10.0.0.1:5000: x", "thread 'main' finished", "panic: ", "a panic: x", "goroutine 1 [running]:", "thread 'x panicked at y"} {
		if _, ok := parse.ReadCrash([]byte(text)); ok {
			t.Errorf("%q", text)
		}
	}
}
