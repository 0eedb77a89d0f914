package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/given"
	"faultline/tui"
)

// userName is who sits before the screen.
func userName() string { return cmp.Or(os.Getenv("USER"), os.Getenv("USERNAME")) }

// saveFacts writes what was said on the screen as a facts file, which is read
// with the dump from then on.
func (a *app) saveFacts(path string, facts tui.Facts) (string, error) {
	if err := a.writeNew(path, []byte(factsFile(facts))); err != nil {
		return "", fmt.Errorf("%w; a file of another name beside the dump is read too", err)
	}
	return fmt.Sprintf("wrote %s: %s, %s", path, counted(len(facts.Anchors)+len(facts.Captured), "clocks"), counted(len(facts.Marks), "marks")), nil
}

// factsFile is a facts file. Names and texts come from logs and keyboards:
// they stand in quotes.
func factsFile(facts tui.Facts) string {
	var anchors, captured, notes, marks []string
	for _, r := range facts.Anchors {
		glob := r.Glob
		if r.Life >= 0 {
			glob += fmt.Sprintf("#%d", r.Life)
		}
		if r.Line > 0 {
			glob += fmt.Sprintf(":%d", r.Line)
		}
		anchors = append(anchors, fmt.Sprintf("%q: %q", glob, zeroSaid(r.Zero, r.Within, r.Rejected, r.By)))
	}
	for _, r := range facts.Captured {
		captured = append(captured, fmt.Sprintf("%q: %q", r.Glob, zeroSaid(r.Time, r.Within, r.Rejected, r.By)))
	}
	for _, m := range facts.Marks {
		switch {
		case m.Own:
			marks = append(marks, fmt.Sprintf("- {uptime: %s, source: %q, text: %q%s}", time.Duration(m.At), m.Source, m.Text, byWhom(m.By)))
		case m.At == 0:
			notes = append(notes, fmt.Sprintf("- %q", m.Text))
		default:
			marks = append(marks, fmt.Sprintf("- {at: %s, text: %q%s}", rfc3339(m.At), m.Text, byWhom(m.By)))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Said on the screen by %s.\n", report.Clean(cmp.Or(facts.By, "somebody")))
	for _, part := range []struct {
		key   string
		lines []string
	}{{"anchors", anchors}, {"captured_at", captured}, {"notes", notes}, {"marks", marks}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&b, "%s:\n  %s\n", part.key, strings.Join(part.lines, "\n  "))
		}
	}
	return b.String()
}

// zeroSaid is a zero as a facts file says it.
func zeroSaid(zero parse.Time, within time.Duration, rejected bool, by string) string {
	s := rfc3339(zero)
	if within > 0 {
		s += given.Within + within.String()
	}
	if rejected {
		s = given.None
	}
	if by != "" {
		s += given.By + by
	}
	return s
}

func rfc3339(t parse.Time) string { return time.Unix(0, int64(t)).UTC().Format(time.RFC3339Nano) }

// byWhom is who set a mark, as a key of its entry.
func byWhom(by string) string {
	if by == "" {
		return ""
	}
	return fmt.Sprintf(", by: %q", by)
}
