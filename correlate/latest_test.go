package correlate_test

import (
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// A clock without a zone is not read so that a line is later than its bundle; where
// its last line was then written as the bundle was taken, the zone is known.
func TestNothingIsLaterThanItsBundle(t *testing.T) {
	const probe = `plum-1 kubelet[1]: E0704 15:58:00.000000    1 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/web-0" podUID="x" containerName="web" probeResult="failure" output="HTTP probe failed with statuscode: 503"`
	for name, tt := range map[string]struct {
		path, at string // of the last line
		want     string
		known    bool
	}{
		"two hours ahead":     {"d_2024-07-04_1400-UTC/kubelet.log", "15:58:00", "13:58:00", true},
		"half an hour more":   {"d_2024-07-04_1400-UTC/kubelet.log", "19:28:00", "13:58:00", true},
		"quiet for a while":   {"d_2024-07-04_1400-UTC/kubelet.log", "15:20:00", "13:20:00", false},
		"in UTC":              {"d_2024-07-04_1400-UTC/kubelet.log", "13:58:00", "13:58:00", false},
		"behind":              {"d_2024-07-04_1400-UTC/kubelet.log", "08:58:00", "08:58:00", false},
		"while it is made":    {"d_2024-07-04_1400-UTC/kubelet.log", "14:03:00", "14:03:00", false},
		"the moment is local": {"d_2024-07-04_1400/kubelet.log", "15:58:00", "15:58:00", false},
		"no moment":           {"d/kubelet.log", "15:58:00", "15:58:00", false},
	} {
		line := "Jul  4 " + tt.at + " " + strings.Replace(probe, "15:58:00", tt.at, 1) + "\n"
		in := file(tt.path, line)
		in.Modified = time.Date(2024, 8, 1, 0, 0, 0, 0, time.UTC)
		c := judge(t, correlate.Options{}, in)
		p := c.Of(parse.KubeletProbeFailed)[0]
		a := c.Anchors[p.Stream]
		got := time.Unix(0, int64(c.At(p).Time+a.Zero)).UTC().Format("15:04:05")
		if got != tt.want || (a.Within < time.Minute) != tt.known {
			t.Errorf("%s: %s ±%v, %s", name, got, a.Within, a.Why)
		}
	}
}

// A node that a line names by the first label alone is the one that the cluster knows,
// if it knows only one such.
func TestNodesHaveTheirWholeName(t *testing.T) {
	const line = `Jul  4 13:58:00 plum-1 kubelet[1]: E0704 13:58:00.000000    1 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/web-0" podUID="x" containerName="web" probeResult="failure" output="HTTP probe failed with statuscode: 503"` + "\n"
	pod := func(name, node string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"` + name + `","namespace":"shop"},"spec":{"nodeName":"` + node + `","containers":[{"name":"web"}]}}` + "\n"
	}
	for name, tt := range map[string]struct{ pods, want string }{
		"known":          {pod("web-0", "plum-1.lab.example"), "plum-1.lab.example"},
		"another's":      {pod("web-0", "plum-10.lab.example"), "plum-1"},
		"two of a label": {pod("web-0", "plum-1.lab.example") + pod("web-1", "plum-1.other.example"), "plum-1"},
		"not known":      {"", "plum-1"},
	} {
		c := judge(t, correlate.Options{}, file("kubelet.log", line), file("pods.json", tt.pods))
		if got := c.Who[c.Of(parse.KubeletProbeFailed)[0].Stream].Node; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
