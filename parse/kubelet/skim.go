package kubelet

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// logSkim passes over the lines of a kubelet's log that say nothing of interest: those of
// its own files that hold none of the words.
var logSkim = &parse.Skim{Head: glance, Words: []string{msgFailed, msgErrored, msgSync, msgOld, msgPLEG, msgNotReady, msgSandbox,
	msgUnsynced}}

// msgUnsynced begins what the kubelet says of a pod that it cannot bring up.
const msgUnsynced = "Error syncing pod"

// glance reads a line's head. A line behind an output that is not closed is read.
func glance(l *parse.Line, b *parse.Batch) parse.Glance {
	if s := known(b); s != nil && s.output != nil {
		return parse.Closer
	}
	k, _, ok := lex.KlogHeader(l.Text)
	if !ok {
		return parse.Closer
	}
	file, _, _ := bytes.Cut(k.Caller, []byte{':'})
	if !callers[string(file)] {
		return parse.Closer
	}
	r := record{since: k.Since, yearless: true}
	r.clock(l)
	return parse.Rare
}
