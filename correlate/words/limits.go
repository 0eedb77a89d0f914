package words

import "slices"

// What the evidence cannot show in any case of its kind. A reader has it from
// the first report on, so that later ones say it only when asked for everything.
const (
	StallsUnlogged = "a pop stall is logged only when it takes 100 ms or more and more than ten objects wait: no line does not mean no stall"
	SlowHandlers   = "\"slow event handlers\" is the constant text of that line; in a shared informer handlers do not run there, so it names no reason"
	ProbesAliased  = "probes run each ten seconds, so they see a period of ten minutes always at the same phase"
)

// Standing says whether a limit is one of every case of its kind.
func Standing(limit string) bool {
	return slices.Contains([]string{StallsUnlogged, SlowHandlers, ProbesAliased}, limit)
}
