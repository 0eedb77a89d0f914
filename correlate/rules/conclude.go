package rules

import (
	"slices"

	"faultline/correlate"
)

// Conclude lets the rules speak over a judged case: its findings, what they say
// of each incident, and, where no beat is claimed, the verdict.
func Conclude(c *correlate.Case) {
	c.Findings = Apply(c)
	if len(c.Findings) == 0 {
		return
	}
	lead := &c.Findings[0]
	if lead.Diagnosis != "" && (lead.Severity >= correlate.Warning || !slices.Contains(harmless, lead.Diagnosis)) && lead.Confidence > correlate.Low {
		c.Verdict.Diagnosis = lead.Diagnosis
	}
	switch c.Verdict.Code {
	case correlate.Insufficient, correlate.NoBeat, correlate.NoFailures:
		if c.Verdict.Diagnosis != "" && !slices.Contains(open, lead.Diagnosis) {
			said := lead.Title
			if c.Verdict.Code != correlate.NoFailures {
				said += " " + c.Verdict.Sentence
			}
			c.Verdict.Code, c.Verdict.Sentence = correlate.Diagnosed, said
		}
		if c.Verdict.Diagnosis != "" && len(lead.Next) > 0 {
			c.Verdict.Next = lead.Next[0]
		}
	}
}

// open are the codes that say what was seen and not why: they leave a verdict
// as it is.
var open = []string{"failfast_unexplained", "no_endpoints", "tcp_failfast", "quality"}

// harmless are the codes of what fails no request: they lead no verdict.
var harmless = []string{"pod_termination", "rbac_denied", "telemetry_client", "not_meshed", "mixed_proxies", "control_plane_rollout"}
