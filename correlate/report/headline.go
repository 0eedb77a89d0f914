package report

import (
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
)

// reasons are the headlines where there is not enough for an answer, by what is
// missing.
var reasons = map[correlate.Reason]string{
	correlate.NothingRead: "NOTHING RECOGNISED",
	correlate.NotCaptured: "FAILURES NOT CAPTURED",
	correlate.FilteredOut: "NOTHING PASSES THE FILTERS",
}

// Headline is the verdict in a few words, in capitals.
func Headline(c *correlate.Case) string {
	switch v := &c.Verdict; v.Code {
	case correlate.BeatMatchesResync:
		return every(c) + ", WITH THE INFORMER RESYNC"
	case correlate.OtherBeat:
		return every(c) + ", BUT NOT WITH THE INFORMER RESYNC"
	case correlate.PeriodCauseOpen:
		return every(c) + "; WHAT SETS THE PERIOD IS OPEN"
	case correlate.NoBeat:
		return "FAILURES WITHOUT A PERIOD"
	case correlate.NoFailures:
		return "NO FAILURES FOUND"
	case correlate.Diagnosed:
		return "DIAGNOSED: " + strings.ToUpper(words.Code(v.Diagnosis))
	}
	return notEnough(c)
}

// every says how often, in capitals.
func every(c *correlate.Case) string {
	return strings.ToUpper(words.Every(c.Periods[c.Verdict.Period].Nominal))
}

// notEnough is the headline where there is not enough for an answer.
func notEnough(c *correlate.Case) string {
	head := reasons[c.Verdict.Reason]
	switch {
	case c.Verdict.Reason == correlate.TooFew && len(c.Incidents) == 0:
		head = "FAILURES, BUT NONE OF THOSE THAT COUNT"
	case c.Verdict.Reason == correlate.NotCaptured && c.Seen.Served > 0:
		head = "NOT ALL COULD BE READ"
	case head == "":
		head = "NOT ENOUGH DATA"
	}
	if v := c.Verdict.Period; v >= 0 && c.Verdict.Reason == correlate.NotCaptured {
		return head + "; REPLICAS STALL " + every(c)
	}
	return head
}
