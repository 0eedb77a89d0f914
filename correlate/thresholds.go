package correlate

import (
	"fmt"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
)

// Threshold is a number that decides, with the section of docs/statistics.md that
// it belongs to and why it is what it is.
type Threshold struct {
	Section, Decides, Value, Why string
}

// Thresholds are the numbers that a verdict depends on; docs/statistics.md §1.8 is
// made from them.
func Thresholds() []Threshold {
	return []Threshold{
		{"1.8", "a period is strong", fmt.Sprintf("p ≤ %g after Holm, Rbar ≥ 0.5, interval test p ≤ 0.01", stat.StrongP), "0 of 400 nulls each, in ten kinds"},
		{"1.8", "a period is supported", fmt.Sprintf("p ≤ %g after Holm, Rbar ≥ 0.5, interval test p ≤ 0.05; or several phases", stat.SupportedP), "the same"},
		{"1.8", "a period can be tested", "5 onsets over 5 periods", "fewer make no p below the thresholds"},
		{"1.8e", "a comb among strays is a period", fmt.Sprintf("p ≤ %g for three looks and the list, a quarter of the onsets", stat.LockP), "nothing else confirms it"},
		{"1.8f", "a process's stalls have a period", fmt.Sprintf("p ≤ %g over the list, 4 cycles", lockP), "the phase is only used, not claimed"},
		{"1.8f", "a period counts from a start", fmt.Sprintf("%s before to %s after its tick, and 2 standard errors", early, known.PhaseTolerance), "starts are known to a second or two; a first list takes up to a minute"},
		{"1.8f", "starts tell", fmt.Sprintf("most processes agree, unrelated phases would with p ≤ %g", phaseChance), "one process alone has a zone of 6 to 10 %"},
		{"1.8f", "ticks are common", fmt.Sprintf("within %g s, of starts more than %g s apart", commonArc, apartArc), "a job's pods start within seconds"},
		{"1.8f", "incidents follow a period", fmt.Sprintf("p ≤ %g for the list twice, %d of them, %g of all beyond chance", followP, minFollow, followShare), "3 of 220 rivals, 188 of 200 resyncs in an audit with other seeds"},
		{"1.8f", "incidents keep one phase", fmt.Sprintf("%g of them on one comb", onePhaseShare), "then cycles decide"},
		{"1.8f", "cycles belong together", fmt.Sprintf("p ≤ %g in blocks of %s", cyclesP, time.Duration(block)*time.Second), "load is even within a block"},
		{"1.8f", "and stay away without a stall", fmt.Sprintf("at most %g of the incidents at ticks without one", withoutShare), "two timers of one phase meet in either kind of cycle"},
		{"1.8f", "another period is said", fmt.Sprintf("at most %g of the incidents may follow the stalls", openShare), "else the cause is open"},
		{"1.8f", "no period is said", fmt.Sprintf("at most %.2g of the incidents may follow the stalls", denyShare), "else the data do not suffice"},
		{"1.8g", "a target is steady", fmt.Sprintf("alone %d times, %d times as often as others, %g of its runs", steadyRuns, steadyOutlier, steadyAlone), "incidents hit several targets, noise hits one"},
		{"1.8g", "or stands out from others that are alone too", fmt.Sprintf("alone %d times among %d others, no period by any test, stalls not followed (p > %g)", plainRuns, plainOthers, togetherP), "a hot target of a resync has the period, or follows the stalls"},
		{"2", "failures and stalls are linked", fmt.Sprintf("p ≤ %g after Holm, %g of the incidents beyond chance, %d of them", linkP, linkShare, minLinked), "0 of 369 nulls"},
		{"5", "rates differ", fmt.Sprintf("p ≤ %g", changeP), "over all changes found"},
		{"6", "incidents come when busy", fmt.Sprintf("p ≤ %g after Holm, AUC ≥ %g", loadP, loadArea), "the circular shift cannot go below one over the cycles"},
	}
}
