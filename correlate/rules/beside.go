package rules

import (
	"faultline/correlate"
)

// beside makes context of what stands beside the failures that count, where a
// diagnosis says why those failed: fewer failures of a kind that does not count,
// and a period of which nobody is known that keeps it.
func (p *Pass) beside(out []correlate.Finding) {
	counted := p.Failures[p.Layer]
	told := false
	for i := range out {
		f := &out[i]
		told = told || f.Diagnosis != "" && f.Severity >= correlate.Warning && f.Confidence == correlate.High && p.counts(f.Diagnosis)
	}
	if !told || len(p.Options.Failures) > 0 {
		return
	}
	for i := range out {
		f := &out[i]
		switch {
		case f.Severity != correlate.Warning:
		case f.Rule == beatRule.Name && p.Verdict.Code == correlate.OtherBeat:
			f.Severity = correlate.Info
		case f.Diagnosis != "" && 2*f.Count < counted && len(p.requests(p.sights[f.Diagnosis])) > 0 && !p.counts(f.Diagnosis):
			f.Severity = correlate.Info
			f.Detail += " They are none of those that count as failures, and fewer."
		}
	}
}

// counts says whether one of the requests that speak for a code counts as a
// failure.
func (p *Pass) counts(code string) bool {
	for _, s := range p.sights[code] {
		if p.as(s).request && correlate.IsFailure(p.At(s.Point)) {
			return true
		}
	}
	return false
}
