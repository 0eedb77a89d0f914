package correlate

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"faultline/correlate/stat"
)

// Whatever a span covers, each hour of the day gets what counting it minute by
// minute gives, across the changes of a zone's offset too.
func TestCapturedHours(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, name := range []string{"UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Skip(err)
		}
		for range 40 {
			begin := float64(r.Int64N(2_000_000_000)/60*60) - 3_000_000*60
			s := stat.Span{Start: begin, End: begin + float64(60*r.Int64N(60*24*3))}
			var got, want [24]Hour
			capturedHours(&got, s, zone)
			for at := s.Start; at < s.End; at += 60 {
				want[time.Unix(int64(at), 0).In(zone).Hour()].Captured += 60.0 / 3600
			}
			for h := range want {
				if math.Abs(got[h].Captured-want[h].Captured) > 1e-6 {
					t.Fatalf("%s %v: hour %d has %v, want %v", name, s, h, got[h].Captured, want[h].Captured)
				}
			}
		}
	}
}
