package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse/bundle"
)

// WriteMarkdown writes the case for a ticket, as GitHub and Jira read it: no image, and
// of HTML only what unfolds a finding. What comes from a log neither formats, links nor mentions.
func WriteMarkdown(w io.Writer, c *correlate.Case, text Text, s Style, template string) error {
	whole := newDocument(c, text, s, false)
	most := ticketSize
	if s.Verbose {
		most = ticketMost
	}
	m := ticket(whole, s.Verbose, template)
	for level := 0; level <= leanest && utf8.RuneCountInString(m.String()) > most; level++ {
		m = ticket(whole.lean(level), false, template)
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// ticket writes a document as a page or as a form.
func ticket(d *document, verbose bool, template string) *markdown {
	m := &markdown{d: d, verbose: verbose}
	if template == "" {
		m.report()
	} else {
		m.form(template)
	}
	m.WriteString("\n" + bundle.SignatureMarkdown + "\n")
	return m
}

// markdown collects a page.
type markdown struct {
	strings.Builder
	d       *document
	verbose bool
}

func (m *markdown) para(format string, args ...any) { fmt.Fprintf(m, format+"\n\n", args...) }

func (m *markdown) report() {
	m.para("## %s", prose(m.d.Headline))
	m.answer()
	m.list("### Notes", m.d.Notes)
	m.findings("###")
	m.incidents("###")
	m.periods("###")
	m.evidence("###")
	m.list("### What is missing", m.d.Missing)
	m.list("### "+m.d.UnexplainedTitle, m.d.Unexplained)
	m.list("### What this cannot show", m.d.Limits)
	m.lines()
}

// answer is the three sentences and what stands beside them.
func (m *markdown) answer() {
	for _, said := range m.d.Sentences() {
		m.para("%s", prose(said))
	}
	m.next()
	m.facts()
}

func (m *markdown) facts() {
	m.WriteString("| | |\n| --- | --- |\n")
	for _, f := range m.d.Facts {
		fmt.Fprintf(m, "| **%s** | %s |\n", f.Label, cell(prose(f.Text)))
	}
	m.WriteByte('\n')
}

// findings are a line each that a reader of the ticket can unfold.
func (m *markdown) findings(level string) {
	if len(m.d.Findings) == 0 {
		return
	}
	m.para("%s Findings", level)
	for _, f := range m.d.Findings {
		fmt.Fprintf(m, "<details>\n<summary>\n\n%s **%s** %s\n\n</summary>\n\n", f.ID, f.Severity, prose(f.Title))
		m.para("%s", prose(f.Detail))
		fmt.Fprintf(m, "- confidence %s\n", f.Confidence)
		for _, part := range []struct {
			label string
			items []string
		}{{"evidence", f.Evidence}, {"against", f.Against}, {"next", f.Next}} {
			if len(part.items) > 0 {
				fmt.Fprintf(m, "- %s: %s\n", part.label, prose(strings.Join(part.items, "; ")))
			}
		}
		if f.Query != "" {
			fmt.Fprintf(m, "- query: %s\n", code(f.Query))
		}
		m.WriteString("\n</details>\n\n")
	}
	if m.d.MoreFindings > 0 {
		m.para("%s: `analyze -v` has all of them.", words.Count(m.d.MoreFindings, "more finding", "more findings"))
	}
}

// few is how many incidents fit into a ticket.
const few = 10

func (m *markdown) incidents(level string) {
	rows := m.d.Incidents
	total := len(rows) + m.d.More
	if total == 0 {
		return
	}
	title := fmt.Sprintf("Incidents (%d)", total)
	if len(rows) > few && !m.verbose {
		rows = most(rows, few)
		title = fmt.Sprintf("Incidents (the %d largest of %d)", len(rows), total)
	}
	m.para("%s %s", level, title)
	m.WriteString("| | start | failures | signature | stalls | lag | target |\n| --- | --- | ---: | --- | ---: | ---: | --- |\n")
	for _, r := range rows {
		target := ""
		if r.Target != "" {
			target = cell(code(r.Target))
		}
		if r.Others > 0 {
			target += fmt.Sprintf(" and %d more", r.Others)
		}
		fmt.Fprintf(m, "| %s | %s | %d | %s | %d | %s | %s |\n", r.ID, r.Start, r.Failures, r.Signature, r.Stalls, dash(r.Lag), target)
	}
	m.WriteByte('\n')
}

// most keeps the rows with the most failures, in their order.
func most(rows []incidentRow, n int) (out []incidentRow) {
	for limit := 1; ; limit++ {
		out = nil
		for _, r := range rows {
			if r.Failures >= limit {
				out = append(out, r)
			}
		}
		if len(out) <= n {
			break
		}
		rows = out
	}
	if len(out) == 0 { // all of them alike
		out = rows[:n]
	}
	return out
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (m *markdown) periods(level string) {
	if len(m.d.Periods)+len(m.d.Associations) == 0 {
		return
	}
	m.para("%s Periods", level)
	for i, b := range m.d.Periods {
		if i == 4 && !m.verbose {
			fmt.Fprintf(m, "- and %d more\n", len(m.d.Periods)-i)
			break
		}
		fmt.Fprintf(m, "- %s: %s\n", b.ID, prose(b.Text))
		if b.Fits != "" {
			fmt.Fprintf(m, "  - fits: %s\n", prose(b.Fits))
		}
	}
	for _, l := range m.d.Leads {
		fmt.Fprintf(m, "- ? %s\n", prose(l))
	}
	for _, l := range m.d.Associations {
		fmt.Fprintf(m, "- failures and stalls are %s\n", prose(l))
	}
	m.WriteByte('\n')
}

func (m *markdown) evidence(level string) {
	if len(m.d.Cited) == 0 {
		return
	}
	m.para("%s Evidence (%s)", level, m.d.CitedOf)
	var b strings.Builder
	for _, k := range m.d.Cited {
		fmt.Fprintf(&b, "%s\n    %s\n", k.Place, k.Line)
	}
	m.para("%s", block(b.String()))
}

func (m *markdown) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.para("%s", title)
	for _, s := range items {
		fmt.Fprintf(m, "- %s\n", prose(s))
	}
	m.WriteByte('\n')
}

func (m *markdown) lines() {
	m.WriteString("Lines read: " + prose(m.d.Lines) + ".")
	if m.d.Trouble != "" {
		m.WriteString(" " + words.Upper(prose(m.d.Trouble)) + ".")
	}
	m.WriteByte('\n')
}
