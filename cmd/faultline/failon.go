package main

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
)

// heldError is a check that did not hold.
type heldError struct{ what string }

func (e *heldError) Error() string { return e.what }

// failOn holds a case against --fail-on: an alarm that a pipeline can act on.
func (a *app) failOn(c *correlate.Case) error {
	for _, want := range a.flags.failOn {
		if string(c.Verdict.Code) == want {
			return &heldError{fmt.Sprintf("--fail-on %s: this is the verdict", want)}
		}
		for _, f := range c.Findings {
			if f.Rule == want || severityAtLeast(f.Severity, want) {
				return &heldError{fmt.Sprintf("--fail-on %s: %s (%s)", want, f.Title, f.Rule)}
			}
		}
	}
	return nil
}

// severityAtLeast says whether a finding is as severe as a word asks for.
func severityAtLeast(s correlate.Severity, word string) bool {
	switch word {
	case correlate.Critical.String():
		return s >= correlate.Critical
	case correlate.Warning.String():
		return s >= correlate.Warning
	case correlate.Info.String(), words.Severity(correlate.Info.String()):
		return true
	}
	return false
}

// failOnWords are the words that --fail-on takes, severities first.
func failOnWords() []string {
	known := []string{"critical", "warning", "note", "info"}
	for _, code := range []correlate.Code{correlate.BeatMatchesResync, correlate.PeriodCauseOpen, correlate.OtherBeat,
		correlate.NoBeat, correlate.Insufficient, correlate.NoFailures, correlate.Diagnosed} {
		known = append(known, string(code))
	}
	return append(known, ruleNames()...)
}

// checkFailOn refuses words that no case could ever meet.
func (f *shared) checkFailOn() error {
	known := failOnWords()
	for _, word := range f.failOn {
		if !slices.Contains(known, word) {
			return misuse("--fail-on "+strings.Join(known[:3], "|")+"|VERDICT|RULE (faultline rules)", "--fail-on %s: neither a severity, nor a verdict, nor a rule"+nearBy(word, known), word)
		}
	}
	return nil
}

// nearBy names in brackets the word that may have been meant.
func nearBy(word string, known []string) string {
	if near := words.Nearest(word, known); near != "" {
		return " (" + near + "?)"
	}
	return ""
}
