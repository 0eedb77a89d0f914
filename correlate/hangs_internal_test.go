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
		Agrees: late >= -5 && late <= zone*600-5}
}

func TestWhatPeriodsCountFrom(t *testing.T) {
	const day = 1_706_832_000 // a full ten minutes
	unknown := ProcessPeriod{Period: 600, Phase: parse.Time((day + 6100) * 1e9), Zone: 1}
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
