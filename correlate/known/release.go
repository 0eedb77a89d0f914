package known

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
)

// Release is a release of linkerd: stable A.B.C, or edge-A.B.C, whose A is a
// year and B a month. The zero Release is none.
type Release struct {
	Edge    bool
	A, B, C int
}

var releaseText = regexp.MustCompile(`(?:^|[^0-9.])(?:(edge|stable)-|v)?(\d{1,2})\.(\d{1,2})\.(\d{1,3})(?:$|[^0-9.]|\.(?:$|[^0-9]))`)

// ParseRelease reads the first release in a text, such as "stable-2.14.8",
// "2.14.8", "edge-24.2.2" or an image with one of these as its tag. A bare
// number is a stable release if it begins with 2, an edge if with a year.
func ParseRelease(text string) (r Release, ok bool) {
	m := releaseText.FindStringSubmatch(text)
	if m == nil {
		return r, false
	}
	r.A, _ = strconv.Atoi(m[2])
	r.B, _ = strconv.Atoi(m[3])
	r.C, _ = strconv.Atoi(m[4])
	r.Edge = m[1] == "edge" || m[1] == "" && r.A >= 18
	if r.Edge && (r.A < 18 || r.B < 1 || r.B > 12) || !r.Edge && r.A != 2 {
		return Release{}, false
	}
	return r, true
}

// String is the release as linkerd names it, without "stable-".
func (r Release) String() string {
	if r.Edge {
		return fmt.Sprintf("edge-%d.%d.%d", r.A, r.B, r.C)
	}
	return fmt.Sprintf("%d.%d.%d", r.A, r.B, r.C)
}

// Compare orders releases in time. A stable release is as new as the edge that
// its minor version was cut from (linkerd2's release notes), so patches of an
// older minor version order before it.
func (r Release) Compare(o Release) int {
	if r.Edge == o.Edge {
		return r.within(o)
	}
	a, b := r, o
	if !a.Edge {
		a = a.cut()
	}
	if !b.Edge {
		b = b.cut()
	}
	return a.within(b)
}

func (r Release) within(o Release) int {
	return cmp.Or(cmp.Compare(r.A, o.A), cmp.Compare(r.B, o.B), cmp.Compare(r.C, o.C))
}

// cuts are the edges that the minor versions were cut from; of those before
// 2.15 and of 2.20 the month is right, and no fix below lies within it.
var cuts = map[int]Release{
	10: {true, 21, 3, 1}, 11: {true, 21, 9, 5}, 12: {true, 22, 8, 2}, 13: {true, 23, 4, 1}, 14: {true, 23, 8, 2},
	15: {true, 24, 2, 4}, 16: {true, 24, 8, 2}, 17: {true, 24, 11, 8}, 18: {true, 25, 4, 4}, 19: {true, 25, 10, 7}, 20: {true, 26, 6, 1},
}

func (r Release) cut() Release {
	if e, ok := cuts[r.B]; ok {
		return e
	}
	if r.B < 10 {
		return Release{true, 18, 1, 1}
	}
	return Release{true, 26, 7, 1}
}

// AtLeast says whether r has what came with a stable release and with an edge.
// Backports are why both are needed: 2.14.9 has what edge-24.1.1 has.
func (r Release) AtLeast(stable, edge Release) bool {
	switch {
	case r.Edge:
		return r.within(edge) >= 0
	case stable != (Release{}) && r.B >= stable.B:
		return r.within(stable) >= 0
	}
	return r.Compare(edge) >= 0
}

// Before says whether r is older than a minor version, 2.minor.0.
func (r Release) Before(minor int) bool {
	if !r.Edge {
		return r.B < minor
	}
	return r.within(Release{B: minor}.cut()) < 0
}

// proxies are releases of linkerd2-proxy by the linkerd release that ships
// them (linkerd2's .proxy-version per tag), the oldest first.
var proxies = []struct {
	minor, patch int
	of           Release
}{
	{138, 0, Release{A: 2, B: 10}}, {161, 0, Release{A: 2, B: 11}}, {185, 0, Release{A: 2, B: 12}}, {197, 1, Release{A: 2, B: 13}},
	{207, 0, Release{A: 2, B: 14}}, {221, 0, Release{A: 2, B: 15}}, {246, 0, Release{A: 2, B: 16}}, {268, 0, Release{A: 2, B: 17}},
	{294, 0, Release{A: 2, B: 18}}, {326, 0, Release{A: 2, B: 19}}, {359, 0, Release{A: 2, B: 20}},
}

var proxyText = regexp.MustCompile(`^v?2\.(\d{3})\.(\d+)`)

// ReleaseOfProxy is the minor release of linkerd that shipped a proxy, such as
// "2.210.4"; ok is false for proxies older than 2.10's.
func ReleaseOfProxy(version string) (r Release, ok bool) {
	m := proxyText.FindStringSubmatch(version)
	if m == nil {
		return r, false
	}
	minor, _ := strconv.Atoi(m[1])
	for _, p := range proxies {
		if minor >= p.minor {
			r, ok = p.of, true
		}
	}
	return r, ok
}
