package casefile

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// Whatever numbers a capture holds, it is judged before anybody loses patience,
// and the case of it opens as what it was.
func TestHostileNumbers(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 9))
		j := odd(t)
		if seed%2 == 0 {
			j = demo(t, "report", correlate.Options{})
		}
		for range 1 + r.IntN(6) {
			upset(r, j.Capture)
		}
		for i := range j.Streams {
			in := j.Streams[i].Events
			for k := 1; k < len(in); k++ {
				in[k].Time = max(in[k].Time, in[k-1].Time)
			}
		}
		j.Case = correlate.Judge(correlate.NewIndex(j.Capture), j.options)
		path := filepath.Join(t.TempDir(), "a.zip")
		write(t, path, j, Options{})
		again, f := reopen(t, path)
		if err := f.Verify(again.Case, "test", nil, func(d Difference) { t.Errorf("seed %d: %s", seed, d) }); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// upset sets a number of a capture to one that nobody would think of.
func upset(r *rand.Rand, c *parse.Capture) {
	wild := func(v int64) int64 {
		const year = int64(365 * 24 * time.Hour)
		all := []int64{math.MaxInt64, math.MinInt64, 0, -1, v + year*r.Int64N(250), v - year*r.Int64N(50), r.Int64() - r.Int64()}
		return all[r.IntN(len(all))]
	}
	at := func(v parse.Time) parse.Time { return parse.Time(wild(int64(v))) }
	s := &c.Streams[r.IntN(len(c.Streams))]
	switch r.IntN(7) {
	case 0, 1:
		if len(s.Events) > 0 {
			e := &s.Events[r.IntN(len(s.Events))]
			e.Time, e.Count, e.Value = at(e.Time), r.Uint32(), math.Float64frombits(r.Uint64())
		}
	case 2:
		if len(s.Coverage) > 0 {
			p := &s.Coverage[r.IntN(len(s.Coverage))]
			p.From, p.To = at(p.From), at(p.To)
		}
	case 3:
		s.Silences = append(s.Silences, parse.Span{From: at(0), To: at(0)})
	case 4:
		s.Ties = append(s.Ties, parse.Tie{Own: at(0), Wall: at(0)})
	case 5:
		s.Clock = parse.Clock(r.IntN(int(parse.ClockYearless) + 1))
	case 6:
		for i := range c.Series {
			for k := range c.Series[i].Times {
				c.Series[i].Times[k] = wild(c.Series[i].Times[k])
			}
		}
	}
}
