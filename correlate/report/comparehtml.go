package report

import (
	_ "embed"
	"html/template"
	"io"

	"faultline/correlate"
)

var (
	//go:embed compare.html
	compareHTML     string
	compareTemplate = template.Must(template.New("compare").Parse(headHTML + compareHTML))
)

// compareSheet is what compare.html shows.
type compareSheet struct {
	Policy  template.HTMLAttr
	Style   template.CSS
	Columns []string
	Rows    [][]string
	Steps   []compareStep
	Limits  []string
}

// compareStep is one case beside the one before it, in sentences.
type compareStep struct {
	Names     [2]string
	Sentence  string
	Sentences []string
	New, Gone []string
}

// WriteSeriesHTML writes two cases or more as one page of the kind that
// [WriteHTML] writes: a table, and what each step shows. There is one path more
// than there are steps.
func WriteSeriesHTML(w io.Writer, paths []string, steps []*correlate.Comparison) error {
	page := compareSheet{Policy: pagePolicy(), Style: template.CSS(pageCSS), Limits: cleaned(seriesLimits(steps))}
	all := seriesOf(paths, steps)
	rows := all.table()
	page.Columns, page.Rows = rows[0], rows[1:]
	for _, step := range steps {
		one := compareStep{Names: step.Names, Sentence: step.Sentence, New: kindNames(step, true), Gone: kindNames(step, false)}
		for _, r := range step.Rates {
			one.Sentences = append(one.Sentences, changeSentence(r))
		}
		if said := stallsSentence(step.Stalls); said != "" {
			one.Sentences = append(one.Sentences, said)
		}
		one.Sentences = cleaned(append(one.Sentences, precedingSentences(step)...))
		page.Steps = append(page.Steps, one)
	}
	return compareTemplate.Execute(w, page)
}
