package kubelet

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"faultline/parse"
)

// A kubelet's log is read the same in pieces of any size, side by side: also where a piece
// ends within the output of a probe, and where a page of kubectl describe stands in it.
func TestLogInPieces(t *testing.T) {
	var log strings.Builder
	for i := range 40 {
		head := func(level, place string) string {
			return fmt.Sprintf("%s0507 11:%02d:37.133005    3782 %s] ", level, i, place)
		}
		fmt.Fprintf(&log, "%s\"Probe failed\" probeType=\"Readiness\" pod=\"shop/web-%d\" podUID=\"u\" containerName=\"web\" probeResult=\"failure\" output=<\n", head("I", "prober.go:107"), i)
		fmt.Fprintf(&log, "\tCan't reach %d\n\tno answer\n >\n", i)
		fmt.Fprintf(&log, "%s\"SyncLoop (probe)\" probe=\"readiness\" status=\"not ready\" pod=\"shop/web-%d\"\n", head("I", "kubelet.go:2643"), i)
		fmt.Fprintf(&log, "%s\"RemoveContainer\" containerID=\"c%d\"\n", head("I", "scope.go:117"), i)
		fmt.Fprintf(&log, "%s\"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"app\\\" with CrashLoopBackOff: \\\"back-off 5m0s restarting failed container=app pod=web-%d_shop(u)\\\"\" pod=\"shop/web-%d\" podUID=\"u\"\n",
			head("E", "pod_workers.go:1298"), i, i)
		if i == 25 {
			log.WriteString("Name:         web-25\nNamespace:    shop\nEvents:\n  Type     Reason     Age    From     Message\n  ----     ------     ----   ----     -------\n" +
				"  Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 500\n")
		}
	}
	data := log.String()
	read := func(piece, workers int) *parse.Capture {
		in := parse.Input{Path: "kubelet.log", Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}
		c, err := parse.Read(context.Background(), []parse.Input{in}, Formats(), nil, parse.Options{Piece: piece, Workers: workers}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	whole := read(len(data)+1, 1)
	if n := whole.Events(); n != 3*40+1 {
		t.Fatalf("%d events", n)
	}
	for _, piece := range []int{1, 7, 50, 100, 333, 1000, 2500, len(data) / 2, len(data) - 1} {
		for workers := 1; workers <= 3; workers++ {
			c := read(piece, workers)
			if !reflect.DeepEqual(c.Sources, whole.Sources) {
				t.Fatalf("pieces of %d: %+v, want %+v", piece, c.Sources, whole.Sources)
			}
			var got, want []string
			for _, k := range []struct {
				*parse.Capture
				to *[]string
			}{{c, &got}, {whole, &want}} {
				for _, s := range k.Streams {
					*k.to = append(*k.to, fmt.Sprint(s.Format, s.FirstLine, s.LastLine, s.Lines, s.Coverage))
					for _, e := range s.Events {
						target, fact := k.Name(e.Target), k.Name(e.Fact)
						e.Target, e.Fact = 0, 0
						*k.to = append(*k.to, fmt.Sprintf("%+v %s %s", e, target, fact))
					}
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("pieces of %d, %d workers:\n%s\nwant\n%s", piece, workers, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}
