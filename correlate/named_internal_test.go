package correlate

import (
	"slices"
	"testing"

	"faultline/parse"
)

// A name that is looked up names the streams that it matches.
func TestNamedStreamsAreThoseThatMatch(t *testing.T) {
	ix := &Index{Capture: &parse.Capture{}}
	for i, who := range []Identity{{}, {Pod: "web-1", Container: "linkerd-proxy"}, {Container: "app"}, {Pod: "web.log"}, {Pod: "web-1", Container: "app"}} {
		p := []string{"a/web.log", "b/web.log", "a/odd[1].log", "web-1", ""}[i]
		ix.Sources = append(ix.Sources, parse.Source{Path: p})
		for range 2 {
			ix.Streams, ix.Who = append(ix.Streams, parse.Stream{Source: uint32(i)}), append(ix.Who, who)
		}
	}
	globs := []string{"web.log", "a/web.log", "web-1", "web-1/app", "web-1/*", "*.log", "a/odd[1].log", `a/odd\[1].log`, "odd1.log",
		"/app", "/", ".", "", "nothing", "web-1/", "*/*", "[", `\`}
	for _, glob := range globs {
		var want []int
		for s := range ix.Streams {
			if ix.matches(glob, s) {
				want = append(want, s)
			}
		}
		if got := ix.named(glob); !slices.Equal(got, want) {
			t.Errorf("%q names %v, and matches %v", glob, got, want)
		}
	}
}
