package correlate_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/formats"
)

// file is an input held in memory.
func file(name, text string) parse.Input {
	return parse.Input{Path: name, Size: int64(len(text)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// read reads inputs.
func read(t testing.TB, in ...parse.Input) *parse.Capture {
	t.Helper()
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// judge reads and judges inputs.
func judge(t testing.TB, o correlate.Options, in ...parse.Input) *correlate.Case {
	t.Helper()
	return correlate.Judge(correlate.NewIndex(read(t, in...)), o)
}

// made is a synthetic case as inputs, in the order of their names.
func made(t testing.TB, c synth.Config) ([]parse.Input, *synth.Truth) {
	t.Helper()
	files := synth.Memory{}
	truth, err := synth.Generate(c, files)
	if err != nil {
		t.Fatal(err)
	}
	var in []parse.Input
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		in = append(in, parse.Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	}
	return in, truth
}

func config(scenario string, seed uint64, set func(*synth.Config)) synth.Config {
	c := synth.Default(scenario)
	c.Seed = seed
	if set != nil {
		set(&c)
	}
	return c
}

// what the answer to each planted truth must be.
var answers = map[string]struct {
	code   correlate.Code
	linked correlate.Linked
}{
	"resync":   {correlate.BeatMatchesResync, correlate.Associated},
	"unlinked": {correlate.OtherBeat, correlate.NotAssociated},
	"poisson":  {correlate.NoBeat, correlate.NotAssociated},
	"office":   {correlate.NoBeat, correlate.NotAssociated},
	"watch":    {correlate.NoBeat, correlate.Associated},
	"cron":     {correlate.OtherBeat, correlate.NotAssociated},
}

func TestPlantedTruth(t *testing.T) {
	forms := []struct {
		name string
		set  func(*synth.Config)
	}{
		{"plain", nil},
		{"stamped", func(c *synth.Config) { c.Timestamps, c.Anchors = true, false }},
		{"selector", func(c *synth.Config) { c.Timestamps, c.Prefix, c.JSON = true, true, true }},
		{"restarts", func(c *synth.Config) { c.Restarts = true }},
	}
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for scenario, want := range answers {
		for _, form := range forms {
			for seed := uint64(1); seed <= seeds; seed++ {
				t.Run(scenario+"/"+form.name, func(t *testing.T) {
					t.Parallel()
					in, truth := made(t, config(scenario, seed, form.set))
					c := judge(t, correlate.Options{}, in...)
					if c.Verdict.Code != want.code {
						t.Errorf("seed %d: %s, want %s: %s", seed, c.Verdict.Code, want.code, c.Verdict.Sentence)
					}
					if len(c.Associations) != 1 || c.Associations[0].Verdict != want.linked {
						t.Errorf("seed %d: %+v, want %s", seed, c.Associations, want.linked)
					}
					if c.Stalls != len(truth.Stalls) {
						t.Errorf("seed %d: %d stalls, planted %d", seed, c.Stalls, len(truth.Stalls))
					}
					failures := 0
					for _, i := range truth.Incidents {
						failures += i.Failures
					}
					if got := c.Failures[parse.ProxyRequestFailed]; got != failures {
						t.Errorf("seed %d: %d failed requests, planted %d", seed, got, failures)
					}
				})
			}
		}
	}
}

func TestResyncPeriodWithinASecond(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		in, _ := made(t, config("resync", seed, nil))
		c := judge(t, correlate.Options{}, in...)
		s, _, ok := c.Periods[c.Verdict.Period].Seconds()
		if !ok || s < 599 || s > 601 {
			t.Errorf("seed %d: period %.2f s, want 600 ± 1", seed, s)
		}
	}
}

// A day on which no request failed: but probes did, and that is not denied.
func TestQuietDay(t *testing.T) {
	in, _ := made(t, config("quiet", 1, nil))
	c := judge(t, correlate.Options{}, in...)
	if c.Verdict.Code != correlate.Insufficient || c.Verdict.Reason != correlate.TooFew || len(c.Seen.ByStatus) > 0 || !strings.Contains(c.Verdict.Sentence, "failed probes") {
		t.Errorf("%s: %s", c.Verdict.Code, c.Verdict.Sentence)
	}
}

// Every anchor's interval must hold the truth, whatever it was made from.
func TestAnchorsHoldTheTruth(t *testing.T) {
	for _, form := range []func(*synth.Config){
		nil,
		func(c *synth.Config) { c.Timestamps, c.Anchors = true, false },
		func(c *synth.Config) { c.Timestamps, c.Prefix, c.Restarts = true, true, true },
		func(c *synth.Config) { c.Restarts = true },
	} {
		in, truth := made(t, config("resync", 5, form))
		c := judge(t, correlate.Options{}, in...)
		checked := 0
		for s := range c.Streams {
			if c.Streams[s].Clock != parse.ClockUptime || !c.Anchors[s].Placed() {
				continue
			}
			for _, p := range truth.Proxies {
				if p.Pod != c.Who[s].Pod && !strings.Contains(c.Capture.Sources[c.Streams[s].Source].Path, p.Pod) {
					continue
				}
				checked++
				zero := p.Lives[c.Streams[s].Life].Start.UnixNano()
				if off := time.Duration(int64(c.Anchors[s].Zero) - zero); off.Abs() > c.Anchors[s].Within {
					t.Errorf("%s life %d: zero is off by %s, said ±%s (%s)", p.Pod, c.Streams[s].Life, off, c.Anchors[s].Within, c.Anchors[s].Why)
				}
			}
		}
		if checked < 4 {
			t.Errorf("only %d proxies were anchored", checked)
		}
	}
}

// Without an anchor a proxy stays on its own clock, and the case says what
// would anchor it.
func TestNoAnchor(t *testing.T) {
	in, _ := made(t, config("resync", 1, func(c *synth.Config) { c.Anchors = false }))
	c := judge(t, correlate.Options{}, in...)
	for _, i := range c.Incidents {
		if i.Clock.OnWall() {
			t.Fatalf("%s is on the wall clock without an anchor", i.ID)
		}
	}
	if len(c.Missing) == 0 || !strings.Contains(c.Missing[0], "kubectl logs --timestamps") {
		t.Errorf("missing: %q", c.Missing)
	}
	if len(c.Associations) != 1 || c.Associations[0].Verdict != correlate.TooLittle {
		t.Errorf("a link was claimed across clocks: %+v", c.Associations)
	}
}

func TestGivenAnchorWins(t *testing.T) {
	in, truth := made(t, config("resync", 1, func(c *synth.Config) { c.Anchors = false }))
	p := truth.Proxies[1]
	o := correlate.Options{Anchors: []correlate.AnchorRule{{Glob: "*" + p.Pod + "*", Life: -1, Zero: parse.Time(p.Lives[0].Start.UnixNano())}}}
	c := judge(t, o, in...)
	for s := range c.Streams {
		if strings.Contains(c.Capture.Sources[c.Streams[s].Source].Path, p.Pod) && c.Anchors[s].Basis != correlate.Given {
			t.Errorf("%s stands on %s", p.Pod, c.Anchors[s].Basis)
		}
	}
}
