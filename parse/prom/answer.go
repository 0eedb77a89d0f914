package prom

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"faultline/parse"
)

// answer is a source being read: one answer, or several after one another.
type answer struct {
	keeper
	// answers, results and errors count the envelopes, those of them that
	// hold samples, and those that say why not.
	answers, results, errors int
	kind                     string // resultType of the latest
	errorType                string
	loose                    []sample // time and value of a scalar, one after the other
	at                       parse.JSONItem
	// What could not be kept.
	nameless, bad, unsorted int
	scratch                 []sample
}

func document(f *parse.Format, r io.Reader, b *parse.Batch) error {
	a := &answer{keeper: keeper{f, b}}
	err := parse.ReadJSON(r, []string{"", "data.result", "warnings", "infos"}, a.item, a.field)
	if n := a.answers - a.results - a.errors; n > 0 && err == nil {
		b.Problem(0, "%d answers hold no samples: only those of query and query_range do", n)
	}
	for _, p := range []struct {
		n    int
		text string
	}{
		{a.nameless, "%d series of native histograms have no name and were passed over"},
		{a.bad, "%d samples are not understood and were passed over"},
		{a.unsorted, "%d series were not in the order of time and were sorted"},
	} {
		if p.n > 0 {
			b.Problem(0, p.text, p.n)
		}
	}
	a.end()
	return err
}

// field takes the values of the envelope.
func (a *answer) field(path string, raw []byte) {
	switch path {
	case "status":
		a.answers++
	case "data.resultType":
		a.results++
		a.kind = unquoted(raw)
	case "errorType":
		a.errorType = unquoted(raw) + ": "
	case "error":
		a.errors++
		a.b.Problem(0, "Prometheus answered with an error: %s%s", a.errorType, unquoted(raw))
		a.errorType = ""
	case "isPartial", "partialResponse", "data.isPartial":
		if string(raw) == "true" {
			a.b.Problem(0, "the server says that its answer is incomplete")
		}
	case "data.result":
		a.b.Problem(0, "the result is not understood: %.80s", raw)
	}
}

// unquoted is a JSON string, or another value as it stands.
func unquoted(raw []byte) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// item takes one series, a warning, or half of a scalar.
func (a *answer) item(path string, it parse.JSONItem) error {
	switch path {
	case "warnings":
		a.b.Problem(it.Line, "Prometheus warns: %s", unquoted(it.Raw))
		return nil
	case "infos":
		a.b.Problem(it.Line, "Prometheus notes: %s", unquoted(it.Raw))
		return nil
	}
	if len(it.Raw) > 0 && it.Raw[0] == '{' {
		a.element(it)
		return nil
	}
	if path == "" {
		return errors.New("the array holds something that is no series")
	}
	a.scalar(it)
	return nil
}

// scalar takes the time and then the value of a result that is no list.
func (a *answer) scalar(it parse.JSONItem) {
	if len(a.loose) == 0 {
		a.at = it
		t, ok := seconds(it.Raw)
		if !ok {
			a.bad++
		}
		a.loose = append(a.loose, sample{at: t, bad: !ok})
		return
	}
	s := a.loose[0]
	a.loose = a.loose[:0]
	v, ok := value(bytes.Trim(it.Raw, `"`))
	if a.kind == "string" || !ok {
		a.b.Problem(it.Line, "the result is text: %.200s", unquoted(it.Raw))
		return
	}
	if s.bad {
		return
	}
	s.value, s.to = v, int(it.Off-a.at.Off)+len(it.Raw)
	// The pair as it would stand in a series; its text is not needed again.
	a.file(place{line: a.at.Line, off: a.at.Off, size: s.to}, a.series(nil, []sample{s}))
}
