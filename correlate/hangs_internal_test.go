package correlate

import (
	"testing"
	"time"

	"faultline/parse"
)

// tenMinutes is a process's period of ten minutes: when it started and how long after the
// ticks of that its stalls lie, in seconds; zone is the share of phases that fit.
func tenMinutes(start, late float64, zone float64) ProcessPeriod {
	d := time.Duration(late * 1e9)
	return ProcessPeriod{Period: 600, Start: nanos(start), Phase: nanos(start + late + 6000), Late: &d, Zone: zone, from: -5,
		Agrees: late >= -5 && late <= zone*600-5, on: []float64{start + late + 6000, start + late + 6600}}
}

func TestWhatPeriodsCountFrom(t *testing.T) {
	const day = 1_706_832_000 // a full ten minutes
	unknown := ProcessPeriod{Period: 600, Phase: parse.Time((day + 6100) * 1e9), Zone: 1, on: []float64{day + 6100}}
	for name, f := range map[string]struct {
		by   []ProcessPeriod
		want Hangs
	}{
		"one young process":                        {[]ProcessPeriod{tenMinutes(day+100, 10, 0.05)}, HangsStarts},
		"one whose start cannot tell":              {[]ProcessPeriod{tenMinutes(day+100, 10, 0.6)}, HangsOpen},
		"one whose zone is wide":                   {[]ProcessPeriod{tenMinutes(day+100, 10, 0.3)}, HangsOpen},
		"one without a start":                      {[]ProcessPeriod{unknown}, HangsOpen},
		"three that started apart":                 {[]ProcessPeriod{tenMinutes(day+100, 10, 0.2), tenMinutes(day+250, 4, 0.2), tenMinutes(day+400, 12, 0.2)}, HangsStarts},
		"two of three":                             {[]ProcessPeriod{tenMinutes(day+100, 10, 0.1), tenMinutes(day+250, 4, 0.1), tenMinutes(day+400, 300, 0.1)}, HangsStarts},
		"one of three":                             {[]ProcessPeriod{tenMinutes(day+100, 10, 0.1), tenMinutes(day+250, 200, 0.1), tenMinutes(day+400, 300, 0.1)}, HangsNot},
		"all at one time, started apart":           {[]ProcessPeriod{tenMinutes(day+100, 10, 0.1), tenMinutes(day+210, -100, 0.1)}, HangsCommon},
		"all on full minutes, started apart":       {[]ProcessPeriod{tenMinutes(day+590, 14, 0.1), tenMinutes(day+300, 304, 0.1)}, HangsWall},
		"started together, young":                  {[]ProcessPeriod{tenMinutes(day+100, 10, 0.05), tenMinutes(day+105, 8, 0.05)}, HangsStarts},
		"started together, so old that any may do": {[]ProcessPeriod{tenMinutes(day+100, 40, 0.3), tenMinutes(day+130, 10, 0.3)}, HangsOpen},
		"on full minutes and on its start":         {[]ProcessPeriod{tenMinutes(day+590, 13, 0.05)}, HangsEither},
		"together on full minutes and on starts":   {[]ProcessPeriod{tenMinutes(day+590, 13, 0.05), tenMinutes(day+585, 18, 0.05)}, HangsEither},
	} {
		got, agree, told, p := hangs(f.by, 10*time.Minute)
		if got != f.want {
			t.Errorf("%s: %d, want %d (%d of %d, p = %.3f)", name, got, f.want, agree, told, p)
		}
	}
}

// Whether processes stall at one time is asked where each was seen: a period that is
// measured badly says nothing of hours in which it was not.
func TestAtOneTime(t *testing.T) {
	const day = 1_706_832_000
	of := func(from, period float64, n int, se float64) ProcessPeriod {
		b := ProcessPeriod{Period: period, Phase: nanos(from), se: se, jitter: se}
		for i := range n {
			b.on = append(b.on, from+600*float64(i))
		}
		return b
	}
	long := of(day+100, 600, 60, 0.01)
	for name, f := range map[string]struct {
		by   []ProcessPeriod
		want bool
	}{
		"one":                        {[]ProcessPeriod{long}, false},
		"two":                        {[]ProcessPeriod{long, of(day+105, 600, 50, 0.01)}, true},
		"two, half a minute apart":   {[]ProcessPeriod{long, of(day+130, 600, 50, 0.01)}, false},
		"eleven seconds apart":       {[]ProcessPeriod{long, of(day+111, 600, 50, 0.01)}, false},
		"three, within ten together": {[]ProcessPeriod{long, of(day+106, 600, 50, 0.01), of(day+94, 600, 50, 0.01)}, false},
		"one that began late, its period measured from a few": {[]ProcessPeriod{long, of(day+100+50*600, 599.6, 5, 0.4)}, true},
		"seen after the other ended, by a period that tells":  {[]ProcessPeriod{long, of(day+115+70*600, 600, 20, 0.01)}, false},
		"and its error allows for that":                       {[]ProcessPeriod{of(day+100, 600, 60, 0.2), of(day+112+70*600, 600, 20, 0.2)}, true},
		"so long after that nothing can be told":              {[]ProcessPeriod{of(day+100, 600, 60, 0.2), of(day+100+200*600, 600, 20, 0.2)}, false},
	} {
		if got := atOneTime(f.by); got != f.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
