package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// A proxy without stamps is placed by the access log of the ingress before it,
// for both tell of the same requests; a comb of them, which fits at every
// period, and the failures of others are not.
func TestRequestsPlaceAProxy(t *testing.T) {
	zero := time.Date(2024, 2, 2, 12, 0, 0, 300e6, time.UTC)
	logs := func(at, answered []float64) []parse.Input {
		var proxy, nginx strings.Builder
		proxy.WriteString(release)
		for _, s := range at {
			fmt.Fprintf(&proxy, "[%13.6fs]  INFO ThreadId(01) outbound:proxy{addr=10.7.9.114:80}:rescue{client.addr=10.7.3.40:43978}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service 10.7.9.114:80: service in fail-fast error.sources=[service in fail-fast]\n", s)
		}
		for _, s := range answered {
			fmt.Fprintf(&nginx, "10.0.0.1 - - [%s] \"GET /cart HTTP/1.1\" 504 160 \"-\" \"curl/8\" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 504 5a401812d3491489148c16a589f9e84c\n",
				zero.Add(time.Duration(s*1e9)).Format("02/Jan/2006:15:04:05 -0700"))
		}
		return []parse.Input{file("proxy.log", proxy.String()), file("access.log", nginx.String())}
	}
	r := rand.New(rand.NewPCG(3, 9))
	for range 20 {
		var bursts, comb, other []float64
		for at, k := 100.0, 0; len(bursts) < 30; k++ {
			at += 60 + r.ExpFloat64()*300
			for range 1 + r.IntN(5) {
				bursts = append(bursts, at+r.Float64()*5)
			}
			comb = append(comb, 100+float64(k)*300)
			other = append(other, 100+r.Float64()*9000)
		}
		for name, f := range map[string]struct {
			in   []parse.Input
			want correlate.Basis
		}{
			"the same requests":    {logs(sorted(bursts), sorted(bursts)), correlate.Fitted},
			"a comb on a comb":     {logs(comb, comb), correlate.None},
			"the requests of some": {logs(sorted(other), sorted(bursts)), correlate.None},
			"too few":              {logs(sorted(bursts)[:3], sorted(bursts)[:3]), correlate.None},
		} {
			c := judge(t, correlate.Options{}, f.in...)
			for s := range c.Streams {
				if c.Streams[s].Clock != parse.ClockUptime {
					continue
				}
				a := c.Anchors[s]
				if a.Basis != f.want {
					t.Errorf("%s: %s (%s)", name, a.Basis, a.Why)
				}
				if off := time.Duration(int64(a.Zero) - zero.UnixNano()); a.Placed() && off.Abs() > a.Within {
					t.Errorf("%s: off by %s, said ±%s", name, off, a.Within)
				}
			}
		}
	}
}

func sorted(v []float64) []float64 {
	v = append([]float64(nil), v...)
	slices.Sort(v)
	return v
}
