package formats

import (
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// The log of a program that nobody knows says behind a container runtime's stamps, or in
// its objects, what it says without: also in lines that look as all others do.
func TestUnknownBehindWrappers(t *testing.T) {
	var bare, cri, docker strings.Builder
	for i := range 900 {
		level := "info"
		if i%300 == 299 {
			level = "error"
		}
		stamp := fmt.Sprintf("2024-05-01T10:%02d:%02d.%03dZ", i/60%60, i%60, i%1000)
		line := fmt.Sprintf(`{"timestamp":"%s","level":"%s","msg":"cart %d stored"}`, stamp, level, i)
		fmt.Fprintln(&bare, line)
		fmt.Fprintf(&cri, "%s stdout F %s\n", strings.Replace(stamp, "Z", "456789Z", 1), line)
		fmt.Fprintf(&docker, "{\"log\":%q,\"stream\":\"stdout\",\"time\":%q}\n", line+"\n", stamp)
	}
	for name, text := range map[string]string{"bare": bare.String(), "cri": cri.String(), "docker": docker.String()} {
		for _, piece := range []int{0, 20_000} {
			got := parsetest.Read(t, parsetest.Text("x", text), All(), Wrappers(), parse.Options{Piece: piece})
			if len(got.Streams) != 1 || got.Streams[0].Format != "app-log" || got.Sources[0].Counts.Unparsed > 0 {
				t.Errorf("%s, %d: %d streams, %+v", name, piece, len(got.Streams), got.Sources[0].Counts)
				continue
			}
			if n := len(got.Streams[0].Events); n != 3 {
				t.Errorf("%s, %d: %d lines of errors, want 3", name, piece, n)
			}
		}
	}
}
