package correlate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// proxiesAt is a case of some proxies that fail at one rate each, at times of their
// own, over so many hours.
func proxiesAt(t *testing.T, seed uint64, proxies int, hours, perHour float64) *correlate.Case {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, uint64(proxies)))
	begin := time.Date(2024, 2, 2, 6, 0, 0, 0, time.UTC)
	var in []parse.Input
	for p := range proxies {
		var b strings.Builder
		line := func(at float64, text string) {
			fmt.Fprintf(&b, "%s [%12.6fs]  %s\n", begin.Add(time.Duration(at*1e9)).Format("2006-01-02T15:04:05.000000000Z"), 100+at, text)
		}
		line(0, "INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (d5c6cd3) by linkerd on 2023-11-01T00:00:00Z")
		for at := r.ExpFloat64() * 3600 / perHour; at < hours*3600; at += r.ExpFloat64() * 3600 / perHour {
			line(at, "INFO ThreadId(01) outbound:rescue{client.addr=}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service cart.shop:80: service in fail-fast")
		}
		line(hours*3600, "INFO ThreadId(01) linkerd_app: received shutdown")
		in = append(in, bundle.Memory(fmt.Sprintf("logs/ingress_gateway-%d_linkerd-proxy.log", p), []byte(b.String())))
	}
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return correlate.Judge(correlate.NewIndex(c), correlate.Options{})
}

// Six proxies see more incidents than two: at equal rates that is no change, and
// the same two at a tenth of the rate are one.
func TestMoreProxiesAreNoChange(t *testing.T) {
	wrong, missed := 0, 0
	for seed := range uint64(20) {
		before := proxiesAt(t, seed, 6, 8, 2)
		if c := correlate.Compare(before, proxiesAt(t, seed+100, 2, 8, 2)); c.Rates[0].Verdict == correlate.Fewer || c.Rates[0].Verdict == correlate.More {
			wrong++
			t.Logf("seed %d: %s", seed, c.Sentence)
		}
		if c := correlate.Compare(before, proxiesAt(t, seed+200, 2, 8, 0.2)); c.Answer != correlate.Better {
			missed++
		}
	}
	if wrong > 1 || missed > 1 {
		t.Errorf("of 20 pairs of equal rates %d are told apart, of 20 cures %d are not", wrong, missed)
	}
}
