package ingress

import (
	"fmt"
	"testing"
	"time"
)

// What HAProxy says of its servers has no time in its own log: it happened between
// the lines around it, and not at the beginning of time.
func TestNoticeBetweenRequests(t *testing.T) {
	const (
		down   = "[WARNING]  (8) : Server web/pod1 is DOWN, reason: Layer4 timeout, check duration: 2000ms. 1 active and 0 backup servers left.\n"
		served = "198.51.100.7:41000 [02/Feb/2024:13:22:3%d.250] fe web/pod1 0/0/0/3/3 503 71 - - ---- 6/6/3/3/0 0/0 \"GET / HTTP/1.1\"\n"
	)
	for text, want := range map[string]string{
		down + fmt.Sprintf(served, 1) + fmt.Sprintf(served, 4): "31 31 34",
		fmt.Sprintf(served, 1) + down + fmt.Sprintf(served, 4): "31 31 34",
		fmt.Sprintf(served, 1) + fmt.Sprintf(served, 4) + down: "31 34 34",
		down: "0",
	} {
		for _, piece := range []int{0, 1, 90} {
			c := read(t, []byte(text), piece)
			got := ""
			for i := range c.Streams {
				for _, e := range c.Streams[i].Events {
					if e.Time == 0 {
						got += " 0"
						continue
					}
					got += time.Unix(0, int64(e.Time)).UTC().Format(" 5")
				}
			}
			if got != " "+want {
				t.Errorf("pieces of %d: %q, want %q: %s", piece, got, want, text)
			}
		}
	}
}
