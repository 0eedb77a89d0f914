package words

// Signature says what preceded failures, by the contract's name of it, as what
// stands behind "most of them"; "" where nothing is known.
func Signature(name string) string {
	return map[string]string{
		"no_endpoints": `after the controller answered "no endpoints"`,
		"no_answer":    "with no answer logged before",
		"unreachable":  "after known endpoints could not be reached",
		"mixed":        "after different answers",
	}[name]
}

// Outcome says the same where no controller of a mesh is in play: how the
// requests ended, as a load balancer or an ingress wrote it down.
func Outcome(name string) string {
	return map[string]string{
		"no_endpoints": "for want of an endpoint",
		"no_answer":    "without an answer in time",
		"unreachable":  "at endpoints that could not be reached",
		"mixed":        "for different reasons",
	}[name]
}

// Preceded says the same of some incidents, as a clause of its own.
func Preceded(name string) string {
	return map[string]string{
		"no_endpoints": `the target had no endpoints`,
		"no_answer":    "no answer was logged",
		"unreachable":  "known endpoints could not be reached",
		"mixed":        "more than one reason",
		"unknown":      "what preceded was not captured",
	}[name]
}

// Sure says a confidence as an adverb, by the contract's name of it.
func Sure(confidence string) string {
	return map[string]string{"high": "very sure", "medium": "fairly sure", "low": "not sure"}[confidence]
}

// Severity is how severe a finding is as a word of a colleague's, by the
// contract's name of it.
func Severity(name string) string {
	return map[string]string{"critical": "critical", "warning": "warning", "info": "note"}[name]
}

// Symptom names what a proxy logs of requests that fail where the requests
// themselves are not in the log, by the contract's name of its kind.
func Symptom(kind string) (one, many string) {
	if s, ok := map[string][2]string{
		"proxy.failfast_enter": {"failfast", "failfasts"},
		"proxy.no_endpoints":   {`"no endpoints" answer`, `"no endpoints" answers`},
	}[kind]; ok {
		return s[0], s[1]
	}
	return kind + " event", kind + " events"
}

// Tested says how the test of a period came out, by the contract's name of it.
func Tested(verdict string) string {
	return map[string]string{"insufficient": "too few to tell of a period", "not_supported": "no period found"}[verdict]
}
