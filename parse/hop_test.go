package parse_test

import (
	"testing"

	"faultline/parse"
)

func TestHopKeepsWhatItHolds(t *testing.T) {
	for _, c := range []struct {
		hop  parse.Hop
		text string
	}{
		{parse.Hop{}, ""},
		{parse.Hop{State: "UF,URX", Upstream: "10.0.0.9:80", Status: "-", Tries: 3}, "state=UF,URX upstream=10.0.0.9:80 status=- tries=3"},
		{parse.Hop{State: "upstream_prematurely", Details: "a=b", Connect: "0.004", Bytes: "0", Client: "10.1.2.3"}, "state=upstream_prematurely details=a=b connect=0.004 bytes=0 client=10.1.2.3"},
		{parse.Hop{Upstream: "10.0.0.3:80", Tries: 2, First: "10.0.0.9:80,504,0,30.001,0.001"}, "upstream=10.0.0.3:80 tries=2 first=10.0.0.9:80,504,0,30.001,0.001"},
	} {
		if got := c.hop.String(); got != c.text {
			t.Errorf("%+v is %q, want %q", c.hop, got, c.text)
		}
		if got := parse.ParseHop(c.text); got != c.hop {
			t.Errorf("%q reads as %+v, want %+v", c.text, got, c.hop)
		}
	}
	if got := (parse.Hop{Details: "no route to host"}).String(); got != "details=no_route_to_host" {
		t.Errorf("spaces: %q", got)
	}
	if got := parse.ParseHop("504, 504"); got.State != "504, 504" {
		t.Errorf("a text without keys: %+v", got)
	}
}
