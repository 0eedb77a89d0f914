package rules_test

import (
	"slices"
	"testing"

	"faultline/correlate"
	"faultline/correlate/rules"
	"faultline/correlate/stat"
)

// What is said of a period is as sure as the period is strong, and never sure
// where whose it is stays open.
func TestPeriodsAreSaidAsSurelyAsTheyAreStrong(t *testing.T) {
	c, _, _ := made(t, "resync", 1003)
	if c.Verdict.Code != correlate.BeatMatchesResync {
		t.Fatal(c.Verdict.Sentence)
	}
	at := c.Verdict.Period
	for _, f := range []struct {
		code    correlate.Code
		verdict stat.Verdict
		sure    correlate.Confidence
		onsets  int
	}{
		{correlate.BeatMatchesResync, stat.Strong, correlate.High, 9},
		{correlate.BeatMatchesResync, stat.Strong, correlate.High, 6},
		{correlate.BeatMatchesResync, stat.Strong, correlate.Medium, 5},
		{correlate.BeatMatchesResync, stat.Supported, correlate.Medium, 9},
		{correlate.OtherBeat, stat.Strong, correlate.High, 9},
		{correlate.OtherBeat, stat.Supported, correlate.Medium, 9},
		{correlate.PeriodCauseOpen, stat.Strong, correlate.Low, 9},
		{correlate.PeriodCauseOpen, stat.Supported, correlate.Low, 9},
		{correlate.NoBeat, stat.NotSupported, correlate.Medium, 9},
		{correlate.Insufficient, stat.Insufficient, correlate.High, 9},
	} {
		c.Verdict.Code, c.Periods[at].Verdict, c.Periods[at].Onsets = f.code, f.verdict, f.onsets
		if c.Verdict.Period = at; f.code == correlate.NoBeat || f.code == correlate.Insufficient {
			c.Verdict.Period = -1
		}
		rules.Conclude(c)
		i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Rule == "beat" })
		if i < 0 {
			t.Fatalf("%s: nothing is said of a period", f.code)
		}
		if got := c.Findings[i].Confidence; got != f.sure {
			t.Errorf("%s of a period that is %s: %s, want %s", f.code, f.verdict, got, f.sure)
		}
	}
}
