package correlate_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/fixtures/synth"
	"faultline/parse"
)

var (
	worlds   = flag.Int("worlds", 3, "synthetic worlds of each scenario in TestVerdicts")
	fromSeed = flag.Uint64("seed", 1000, "first seed of TestVerdicts; 0 takes one from the clock")
	only     = flag.String("scenarios", "poisson,office,watch,quiet,unlinked,cron,deploys,anytimer,shared,resync", "scenarios of TestVerdicts")
	table    = flag.String("table", "", "file that TestVerdicts writes its table to")
)

// outcome counts what was said of the worlds of one scenario.
type outcome struct {
	right, wrong, open, withheld, links int
	fits, inside, modulo, own           int // clocks that nothing anchors
	loads, busier                       int
	periods, held                       int // intervals of a resync's period, and those that hold it
}

// world is one cell of the grid, drawn by its seed.
func world(scenario string, seed uint64) synth.Config {
	r := rand.New(rand.NewPCG(seed, 99))
	return config(scenario, seed, func(c *synth.Config) {
		c.Hours = []float64{0.7, 2, 4, 4, 6, 6, 10, 10, 14, 14, 24, 168}[r.IntN(12)]
		c.Replicas = 1 + r.IntN([]int{4, 4, 4, 10}[r.IntN(4)])
		c.Proxies = 2 + r.IntN(4)
		c.Resyncs = r.IntN(2) == 0
		c.Steady = []float64{0, 0, 5, 30}[r.IntN(4)]
		c.Timestamps = r.IntN(2) == 0
		c.Anchors = c.Timestamps || r.IntN(4) > 0
		c.Gaps = r.IntN(3) == 0
		c.Old = r.IntN(2) == 0
		c.Restarts = r.IntN(4) == 0
		c.Start = c.Start.Add(time.Duration(2*60+r.IntN(60)) * time.Minute)
	})
}

// count files an answer as true, false or withheld, and says whether it was false.
func (o *outcome) count(scenario string, c *correlate.Case) (wrong bool) {
	claim := c.Verdict.Code == correlate.BeatMatchesResync || c.Verdict.Code == correlate.OtherBeat
	open := c.Verdict.Code == correlate.PeriodCauseOpen
	periodic := scenario == "resync" || scenario == "unlinked" || scenario == "cron" || scenario == "anytimer" || scenario == "shared"
	switch {
	case c.Verdict.Code == correlate.BeatMatchesResync && scenario != "resync", (claim || open) && !periodic,
		scenario == "resync" && (c.Verdict.Code == correlate.OtherBeat || c.Verdict.Code == correlate.NoBeat):
		o.wrong++
		wrong = true
	case claim == periodic:
		o.right++
	case open:
		o.open++
	default:
		o.withheld++
	}
	for _, a := range c.Associations {
		linked := scenario == "resync" || scenario == "watch" || scenario == "deploys" || scenario == "shared"
		if a.Verdict == correlate.Associated && !linked {
			o.links++
			wrong = true
		}
	}
	for _, l := range c.Load {
		if l.Verdict != correlate.LoadTooShort {
			o.loads++
		}
		if l.Verdict == correlate.Busier {
			o.busier++
		}
	}
	return wrong
}

// measure counts the intervals of resync periods that hold the truth: a tick comes
// 0.05 to 0.2 s late, drawn evenly.
func (o *outcome) measure(scenario string, c *correlate.Case) {
	if scenario == "shared" {
		return // the stalls are two timers'
	}
	for i := range c.Periods {
		p := &c.Periods[i]
		_, ci, ok := p.Seconds()
		if ok && ci[1] > 0 && p.Nominal == 10*time.Minute && (p.Of == correlate.Stalls || scenario == "resync") {
			o.periods++
			if ci[0] <= 600.125 && 600.125 <= ci[1] {
				o.held++
			}
		}
	}
}

// fit compares the clocks that were fitted with the truth, and returns those
// whose interval misses it.
func (o *outcome) fit(c *correlate.Case, truth *synth.Truth) (missed []string) {
	for s := range c.Streams {
		a := &c.Anchors[s]
		if c.Streams[s].Clock != parse.ClockUptime || a.Independent() {
			continue
		}
		o.own++
		if a.Modulo > 0 {
			o.modulo++
		}
		for _, p := range truth.Proxies {
			if a.Basis != correlate.Fitted || !strings.Contains(c.Capture.Sources[c.Streams[s].Source].Path, p.Pod) {
				continue
			}
			o.fits++
			off := time.Duration(int64(a.Zero) - p.Lives[c.Streams[s].Life].Start.UnixNano())
			if off.Abs() <= a.Within {
				o.inside++
			} else {
				missed = append(missed, fmt.Sprintf("%s: off by %s, said ±%s: %s", p.Pod, off, a.Within, a.Why))
			}
		}
	}
	return missed
}

// known anchors the first proxy of some worlds in which nothing does.
func known(cell synth.Config, truth *synth.Truth) (o correlate.Options) {
	if p := truth.Proxies[0]; !cell.Anchors && cell.Seed%2 == 0 {
		for i, l := range p.Lives {
			o.Anchors = append(o.Anchors, correlate.AnchorRule{Glob: "*" + p.Pod + "*", Life: i, Zero: parse.Time(l.Start.UnixNano())})
		}
	}
	return o
}

// TestVerdicts judges a grid of worlds with a known truth. By default a few
// of each; `make verdicts` judges thousands with fresh seeds.
func TestVerdicts(t *testing.T) {
	seed := *fromSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1e9
	}
	t.Logf("first seed %d", seed)
	scenarios := strings.Split(*only, ",")
	results := map[string]*outcome{}
	var mu sync.Mutex
	t.Run("grid", func(t *testing.T) {
		for _, s := range scenarios {
			results[s] = &outcome{}
			for part := range 4 {
				t.Run(s, func(t *testing.T) {
					t.Parallel()
					for i := part; i < *worlds; i += 4 {
						cell := world(s, seed+uint64(i))
						in, truth := made(t, cell)
						c := judge(t, known(cell, truth), in...)
						mu.Lock()
						for _, m := range results[s].fit(c, truth) {
							t.Logf("seed %d: clock of %s", seed+uint64(i), m)
						}
						results[s].measure(s, c)
						if results[s].count(s, c) {
							t.Errorf("seed %d: %s, %+v", seed+uint64(i), c.Verdict.Sentence, c.Associations)
						}
						if v := c.Verdict.Code; testing.Verbose() && s == "resync" && (v == correlate.NoBeat || v == correlate.Insufficient) {
							t.Logf("seed %d withheld: %s", seed+uint64(i), c.Verdict.Sentence)
						}
						mu.Unlock()
					}
				})
			}
		}
	})
	var out strings.Builder
	fmt.Fprintf(&out, "| scenario | worlds | true | cause open | withheld | false period | false association |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, s := range scenarios {
		o := results[s]
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d | %d |\n", s, *worlds, o.right, o.open, o.withheld, o.wrong, o.links)
	}
	fmt.Fprintf(&out, "\n| scenario | clocks without an anchor | fitted | of these inside | known modulo a period | loads tested | \"busier\" | resync periods | of these held |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, s := range scenarios {
		o := results[s]
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", s, o.own, o.fits, o.inside, o.modulo, o.loads, o.busier, o.periods, o.held)
	}
	t.Logf("\n%s", out.String())
	if *table != "" {
		if err := intoPage(*table, fmt.Sprintf(page1, seed, *worlds)+out.String()); err != nil {
			t.Fatal(err)
		}
	}
}

// intoPage writes the tables over those of a page, and keeps its next sections.
func intoPage(path, text string) error {
	had, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if at := strings.Index(string(had), "\n## "); at >= 0 {
		text += string(had[at:])
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

const page1 = `# What was claimed, and what was true

Made by ` + "`make verdicts`" + `, first seed %d, %d worlds of each scenario: 40 minutes to a
week, 1 to 10 replicas up to three days old, 2 to 5 proxies, with and without stamps,
anchors, restarts and holes in the capture; beside half of them resyncs that do no harm, and
beside half a target that fails all the time. The first four and ` + "`deploys`" + ` have no period; only
that of ` + "`resync`" + ` is a resync's, and to say it of another counts as false. *Cause open* is
that there is a period and whose it is cannot be told; *withheld* is "not enough data", or
another's period that was not found. A false period is one where there is none, a resync that
is none, or one that is denied; a false association is failures associated with stalls that
they have nothing to do with.

The second table is about clocks, load and lengths. In a third of the worlds no proxy has an
anchor, in half of these one is then given. *Inside* are fitted clocks whose interval
holds the truth. "Busier" is true in all scenarios but ` + "`poisson`" + `, where each is false. *Held*
are intervals of a resync's period, of one process's stalls or of failures, that hold it.

`
