// Package stat holds the statistics of faultline: functions of numbers only,
// with no knowledge of logs, pods or formats.
//
// Every time is a float64 in seconds on one clock, every list of times is
// sorted ascending unless a comment says otherwise. Nothing here draws random
// numbers: the same input gives the same bits of output. A result that cannot
// be computed is reported as such (ok == false, a nil pointer or a verdict
// "insufficient"), never as NaN. Section signs (§1.8) refer to
// docs/statistics.md; thresholds were set on development data and checked
// on fresh seeds of the same generators, not on logs of many clusters.
//
// The road from raw times to a claim, in the order of the files:
//
//	onset.go        raw lines -> incident onsets, the unit of analysis
//	coverage.go     what was captured, folded at a period
//	circular.go     Rayleigh, Z²_m, H, arc and Watson-Williams on phases
//	scan.go         blind search for a period, with its global p
//	confirm.go      the same in ±1 % of a period fixed beforehand
//	fundamental.go  600 s, or a harmonic of it?
//	cyclefit.go     period and confidence interval
//	interval.go     gaps between onsets, and the 5-10 min renewal alternative
//	occupancy.go    several phases at one period
//	ticks.go        a schedule known beforehand
//	verdict.go      Judge: all of the above in one call
//	explore.go      its blind search and the renewal alternative
//
// and beside it phases against process starts (anchor.go), association
// (eca.go, local.go, lag.go, tables.go), clocks
// (clockfit.go), rates (scaleout.go, changepoint.go), covariates
// (covariate.go) and multiplicity (multiplicity.go).
package stat
