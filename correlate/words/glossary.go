package words

import (
	"fmt"
	"slices"
	"strings"
)

// Term is a word of the reports with one plain sentence on what it means.
type Term struct {
	Name string
	// Also are other forms of it: a plural, a symbol, what others call it.
	Also []string
	// Means is one plain sentence.
	Means string
}

// Glossary is every term that a report or a screen uses without saying what it
// means, in the order of the alphabet. docs/glossary.md and `faultline explain`
// are made from it.
var Glossary = []Term{
	{"anchor", []string{"anchors", "zero"}, "What ties a clock that counts from a start to the wall clock: a stamp, a pod's start, a metric, or a time that you give."},
	{"association", []string{"associated", "not_associated"}, "That incidents follow stalls more often than chance would have it; it does not say that one makes the other."},
	{"AUC", nil, "How often a cycle with an incident is the busier of two, of which the other has none: 0.5 is chance, 1 always."},
	{"beat_matches_resync", nil, "A verdict: failures follow stalls that come each time an informer resyncs, counted from the start of each replica."},
	{"burst", []string{"bursts"}, "Stalls that come close together, taken as one; where it begins is its onset."},
	{"by chance", []string{"chance", "expected"}, "How many would be found if the two had nothing to do with each other; it is computed from how often each comes."},
	{"clock", []string{"clocks", "uptime", "age"}, "What a log's times count from: the wall clock, the start of a process (uptime), or the moment that it was captured (age)."},
	{"confidence", []string{"how sure", "high", "medium", "low"}, "How well the evidence of a finding tells it from what looks alike: high, medium or low."},
	{"coverage", []string{"captured", "exposure"}, "When a process was captured, so that what it did would be in the dump; silence outside of it means nothing."},
	{"cycle", []string{"cycles"}, "The stretch from one tick of a period to the next."},
	{"diagnosed", nil, "A verdict: something failed, the leading finding says why, and no period is claimed."},
	{"evidence", []string{"proof", "against"}, "The lines and samples that a finding rests on, each by its file and line; what speaks against it is named beside it."},
	{"failfast", []string{"fail-fast"}, "linkerd-proxy answers 503 or 504 by itself once it had no ready endpoint for a while, three seconds as a rule."},
	{"failure", []string{"failures", "symptom", "symptoms"}, "A failed request at the outermost layer that was captured; symptoms are what a proxy says beside it, and stand in where no request was captured."},
	{"finding", []string{"findings"}, "What a rule has to say of a case, with its evidence, what speaks against it, what looks alike, and the next step."},
	{"H", []string{"H test"}, "A test of a period that also finds several phases or narrow ones; larger is more periodic (de Jager 1989)."},
	{"incident", []string{"incidents"}, "Failures of which each comes within a minute of the one before."},
	{"informer", []string{"informers"}, "A controller's cache of Kubernetes objects, which the API server keeps up to date."},
	{"insufficient", []string{"not enough data"}, "A verdict: too little was captured, or too few failures, to say whether they have a period."},
	{"lag", []string{"lags"}, "How long before an incident the nearest burst of stalls began."},
	{"lead", []string{"leads"}, "A period that was searched for and not tested: worth a look, and no verdict."},
	{"mechanism", []string{"mechanisms", "fits"}, "Something known to come with a period, such as a resync or a CronJob; it fits where its period and its phase do."},
	{"mixed", nil, "A signature: the failures of one incident have more than one reason."},
	{"no_answer", nil, "A signature: the proxy failed fast, and neither an answer of the controller nor a failed connection was logged before."},
	{"no_beat", []string{"failures without a period"}, "A verdict: enough failures were captured to test the periods, and they have none of them."},
	{"no_endpoints", nil, "A signature: the controller had answered that the target has no endpoints before the proxy failed fast."},
	{"no_failures", []string{"no failures found"}, "A verdict: the logs of what serves requests were captured over a stretch, and nothing failed in them."},
	{"onset", []string{"onsets"}, "When an incident or a burst of stalls begins; periods are tested on onsets, not on every failure."},
	{"other_beat", nil, "A verdict: failures have a period, and it is not that of the informer resync."},
	{"p", []string{"p-value"}, "The chance of seeing as much or more if there were nothing to see; reports say it as \"about 3 in a million\"."},
	{"period", []string{"periods", "period of", "beat"}, "How long it takes from one time that something comes to the next, such as ten minutes."},
	{"period_cause_open", nil, "A verdict: failures have a period, and nothing that was captured tells whose it is."},
	{"phase", []string{"phases"}, "How far into its cycle something comes, counted from a process's start or from the wall clock: 8 m 08 s past each ten minutes."},
	{"R", []string{"Rbar"}, "How closely onsets keep one phase, from 0 (any phase) to 1 (all at one)."},
	{"readiness", []string{"ready", "readiness probe", "probe", "probes"}, "Whether a pod may be sent requests: the kubelet asks its readiness probe, and while that fails the pod is no endpoint."},
	{"replica", []string{"replicas"}, "One pod of a controller that runs several times; each has its own start, and so its own phase."},
	{"resync", []string{"resyncs", "informer resync"}, "An informer hands every object of its cache on once more, in linkerd's controllers each ten minutes counted from the start of each replica."},
	{"rival", []string{"rivals"}, "A diagnosis that fits what was captured as well."},
	{"severity", []string{"critical", "warning", "note", "info"}, "How much a finding matters: critical fails requests now, a warning can, a note is context; JSON calls a note info."},
	{"signature", []string{"signatures"}, "What preceded the failures of an incident: no_endpoints, no_answer, unreachable, mixed, or unknown."},
	{"source", []string{"sources", "stream"}, "A file, or a part of one, that was read; one source can hold the streams of several processes."},
	{"stall", []string{"stalls", "pop stall", "DeltaFIFO"}, "A controller took 100 ms or more to hand one object of an informer's queue on while more than ten waited; it logs only such."},
	{"supported", []string{"strong", "not_supported"}, "How a test of a period came out: strong, supported, not supported, or insufficient; the thresholds stand in docs/statistics.md."},
	{"target", []string{"targets"}, "The service, object or address that something happened to."},
	{"tick", []string{"ticks", "hit", "hits"}, "A moment at which something with a period is due; it is hit when something came then."},
	{"unreachable", nil, "A signature: endpoints were known, and connecting to them failed."},
	{"verdict", []string{"verdicts"}, "What a report says first: whether failures have a period and whose, what they were diagnosed as, or that too little was captured to tell."},
	{"z", []string{"Rayleigh"}, "A test of one phase: larger is more periodic; onsets at any phase make it about 1 (Mardia and Jupp 2000)."},
}

// Find gives the term of a name in any of its forms; ok is false for none.
func Find(name string) (t Term, ok bool) {
	for _, exact := range []bool{true, false} {
		for _, t := range Glossary {
			if slices.ContainsFunc(append([]string{t.Name}, t.Also...), func(s string) bool {
				return s == name || !exact && strings.EqualFold(s, name)
			}) {
				return t, true
			}
		}
	}
	return Term{}, false
}

// GlossaryPage is the glossary as docs/glossary.md has it.
func GlossaryPage() string {
	var b strings.Builder
	for _, t := range Glossary {
		name := t.Name
		if strings.Contains(name, "_") {
			name = "`" + name + "`"
		}
		fmt.Fprintf(&b, "**%s**", name)
		if also := slices.DeleteFunc(slices.Clone(t.Also), func(s string) bool { return s == t.Name+"s" }); len(also) > 0 {
			fmt.Fprintf(&b, " (%s)", strings.Join(also, ", "))
		}
		fmt.Fprintf(&b, ": %s\n\n", t.Means)
	}
	return b.String()
}
