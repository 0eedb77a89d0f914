package report

import (
	"fmt"
	"io"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse/bundle"
)

// WriteComparisonMarkdown writes two cases side by side for a ticket.
func WriteComparisonMarkdown(w io.Writer, c *correlate.Comparison) error {
	m := &markdown{}
	m.para("## A and B side by side")
	m.para("**%s**", prose(c.Sentence))
	m.WriteString("| | A | B | B to A | p | |\n| --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range c.Rates {
		ratio, p := "–", "–"
		if r.Ratio != nil {
			p = fmt.Sprintf("%.2g", r.Ratio.P)
			if r.Ratio.Bounded {
				ratio = fmt.Sprintf("%.2f (%.2f to %.2f)", r.Ratio.Ratio, r.Ratio.CI[0], r.Ratio.CI[1])
			}
		}
		fmt.Fprintf(m, "| %s | %d in %.1f h | %d in %.1f h | %s | %s | %s |\n", cell(prose(words.Upper(r.Of))), r.N[0], r.Hours[0], r.N[1], r.Hours[1],
			ratio, p, strings.ReplaceAll(string(r.Verdict), "_", " "))
	}
	m.WriteByte('\n')
	for _, r := range c.Rates {
		m.para("%s", prose(changeSentence(r)))
	}
	if said := stallsSentence(c.Stalls); said != "" {
		m.para("%s", prose(said))
	}
	for _, said := range precedingSentences(c) {
		m.para("%s", prose(said))
	}
	if c.Scale != nil {
		m.para("%s", prose(correlate.ScaleSentence(c.Replicas, c.Scale)))
	}
	m.para("### Periods")
	m.para("- **A**: %s\n- **B**: %s", prose(Clean(c.A.Verdict.Sentence)), prose(Clean(c.B.Verdict.Sentence)))
	m.list("### Kinds of events only in B", kindNames(c, true))
	m.list("### Kinds of events only in A", kindNames(c, false))
	m.list("### What this cannot show", append([]string{
		"before and after are one unit each: what else changed between them is not excluded"}, cleaned(c.Visible)...))
	_, err := io.WriteString(w, strings.TrimRight(m.String(), "\n")+"\n\n"+bundle.SignatureMarkdown+"\n")
	return err
}
