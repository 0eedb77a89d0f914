package correlate

import (
	"testing"
	"time"

	"faultline/parse"
)

// beat is a process's period of ten minutes: when it started and how long after the
// ticks of that its stalls lie, in seconds; zone is the share of phases that fit.
func beat(start, late float64, zone float64) ProcessBeat {
	d := time.Duration(late * 1e9)
	return ProcessBeat{Period: 600, Start: nanos(start), Phase: nanos(start + late + 6000), Late: &d, Zone: zone, from: -5,
		Agrees: late >= -5 && late <= zone*600-5}
}

func TestWhatPeriodsCountFrom(t *testing.T) {
	const day = 1_706_832_000 // a full ten minutes
	unknown := ProcessBeat{Period: 600, Phase: parse.Time((day + 6100) * 1e9), Zone: 1}
	for name, f := range map[string]struct {
		by   []ProcessBeat
		want Hangs
	}{
		"one young process":                        {[]ProcessBeat{beat(day+100, 10, 0.05)}, HangsStarts},
		"one whose start cannot tell":              {[]ProcessBeat{beat(day+100, 10, 0.6)}, HangsOpen},
		"one whose zone is wide":                   {[]ProcessBeat{beat(day+100, 10, 0.3)}, HangsOpen},
		"one without a start":                      {[]ProcessBeat{unknown}, HangsOpen},
		"three that started apart":                 {[]ProcessBeat{beat(day+100, 10, 0.2), beat(day+250, 4, 0.2), beat(day+400, 12, 0.2)}, HangsStarts},
		"two of three":                             {[]ProcessBeat{beat(day+100, 10, 0.1), beat(day+250, 4, 0.1), beat(day+400, 300, 0.1)}, HangsStarts},
		"one of three":                             {[]ProcessBeat{beat(day+100, 10, 0.1), beat(day+250, 200, 0.1), beat(day+400, 300, 0.1)}, HangsNot},
		"all at one time, started apart":           {[]ProcessBeat{beat(day+100, 10, 0.1), beat(day+210, -100, 0.1)}, HangsCommon},
		"all on full minutes, started apart":       {[]ProcessBeat{beat(day+590, 14, 0.1), beat(day+300, 304, 0.1)}, HangsWall},
		"started together, young":                  {[]ProcessBeat{beat(day+100, 10, 0.05), beat(day+105, 8, 0.05)}, HangsStarts},
		"started together, so old that any may do": {[]ProcessBeat{beat(day+100, 40, 0.3), beat(day+130, 10, 0.3)}, HangsOpen},
		"on full minutes and on its start":         {[]ProcessBeat{beat(day+590, 13, 0.05)}, HangsEither},
		"together on full minutes and on starts":   {[]ProcessBeat{beat(day+590, 13, 0.05), beat(day+585, 18, 0.05)}, HangsEither},
	} {
		got, agree, told, p := hangs(f.by, 10*time.Minute)
		if got != f.want {
			t.Errorf("%s: %d, want %d (%d of %d, p = %.3f)", name, got, f.want, agree, told, p)
		}
	}
}
