package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// logged is when the log of one proxy was captured, hours.
type logged struct{ from, to float64 }

// evenly is a capture in which each proxy fails at the same rate all the time: each
// of its incidents is followed by another within minutes with a chance.
func evenly(seed uint64, perHour, clump float64, proxies []logged) (in []parse.Input) {
	for p, l := range proxies {
		r := rand.New(rand.NewPCG(seed, uint64(p)))
		var at []float64
		for h := l.from; ; {
			if h += r.ExpFloat64() / (perHour * (1 - clump)); h >= l.to {
				break
			}
			for t := h; t < l.to; t += (120 + 600*r.Float64()) / 3600 {
				at = append(at, t)
				if r.Float64() >= clump {
					break
				}
			}
		}
		in = append(in, file(fmt.Sprintf("shop_web-%d_linkerd-proxy.log", p), logOf(l, at)))
	}
	return in
}

// logOf is a stamped log with failures at some hours, from its first to its last line.
func logOf(l logged, hours []float64) string {
	var b []byte
	line := func(h float64, text string) {
		at := time.Date(2024, 2, 6, 0, 0, 0, int(h*3600e9), time.UTC)
		b = append(append(at.AppendFormat(b, "2006-01-02T15:04:05.000000000Z"), ' '), text...)
	}
	line(l.from, failed(1, "web", "no route"))
	for _, h := range slices.Sorted(slices.Values(hours)) {
		line(h, failed(1+3600*(h-l.from), "web", failFast))
	}
	line(l.to, failed(1+3600*(l.to-l.from), "web", "no route"))
	return string(b)
}

// equalRates are captures in which nothing changed, however they were made.
var equalRates = map[string]struct {
	perHour, clump float64
	a, b           []logged
}{
	"as long":        {1.5, 0, same(3, 0, 8), same(3, 24, 32)},
	"proxies added":  {1.5, 0, same(2, 0, 6), same(6, 24, 30)},
	"half as long":   {1.5, 0, same(3, 0, 8), same(3, 24, 28)},
	"staggered logs": {1.5, 0, []logged{{0, 10}, {5, 10}, {8, 10}}, []logged{{24, 34}, {24, 29}}},
	"a replaced pod": {1.5, 0, []logged{{0, 10}, {0, 4}, {4.01, 10}}, []logged{{24, 34}, {30, 34}}},
	"clumps":         {1.5, 0.5, same(3, 0, 10), same(3, 24, 34)},
	"clumps of days": {0.5, 0.5, same(2, 0, 60), same(2, 60, 120)},
}

func same(n int, from, to float64) (out []logged) {
	for range n {
		out = append(out, logged{from, to})
	}
	return out
}

// Nothing is said to have changed where nothing did: of each kind in no more than a
// twentieth of the captures.
func TestEqualRates(t *testing.T) {
	n := 4 * *worlds
	for name, k := range equalRates {
		t.Run(name, func(t *testing.T) {
			since, compared := 0, 0
			for i := range n {
				seed := *fromSeed + uint64(2*i)
				a := judge(t, correlate.Options{}, evenly(seed, k.perHour, k.clump, k.a)...)
				b := judge(t, correlate.Options{}, evenly(seed+1, k.perHour, k.clump, k.b)...)
				if len(a.Since) > 0 {
					since++
				}
				if v := correlate.Compare(a, b).Rates[0].Verdict; v == correlate.Fewer || v == correlate.More {
					compared++
				}
			}
			t.Logf("of %d: since %d, compare %d", n, since, compared)
			if limit := 1 + n/20; since > limit || compared > limit {
				t.Errorf("of %d captures without a change, %d have one and %d pairs differ", n, since, compared)
			}
		})
	}
}
