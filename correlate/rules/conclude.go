package rules

import "faultline/correlate"

// Conclude lets the rules speak over a judged case: its findings, and what the
// one that leads says of the whole.
func Conclude(c *correlate.Case) {
	c.Findings = Apply(c)
}
