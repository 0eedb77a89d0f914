// Package prom reads the samples of metrics: what Prometheus answers and
// promtool prints, dumps of its database, what programs expose, and exports
// of VictoriaMetrics. It keeps every series, and makes events of what the
// series named "up" say about scrapes that failed.
//
// [Format] is the JSON of /api/v1/query_range and /api/v1/query, and
// promtool's bare array of the same series; the others are read line by line.
//
//	{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},"values":[[1795424540.58,"1"]]}]}}
//
// Sources: prometheus web/api/v1/api.go and json_codec.go,
// common/model/value.go (samples), cmd/promtool/main.go (the bare array).
package prom

import (
	"bytes"
	"io"
	"slices"

	"faultline/parse"
	"faultline/parse/lex"
)

// Formats are all formats of this package.
func Formats() []*parse.Format {
	return []*parse.Format{Format, PromQL, Dump, Exposition, Victoria, Grafana}
}

// Format is the answer of a Prometheus, or of a server that speaks its API.
var Format = format()

func format() *parse.Format {
	f := &parse.Format{
		Name: "prom",
		Doc: `Answers of Prometheus as JSON (/api/v1/query_range, /api/v1/query, promtool query range -o json).
{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","pod":"web-0"},"values":[[1795424540.58,"1"]]}]}}`,
		Origin: "Prometheus HTTP API, since 2.0",
		Role:   parse.RoleAbout, Lane: parse.LaneOther, Evaluated: true,
		Needles:       []string{`"values":[[`, `"resultType"`, `"errorType"`},
		SniffDocument: sniff,
		Detail:        detail,
	}
	f.Document = func(r io.Reader, b *parse.Batch) error { return document(f, r, b) }
	return f
}

// sniff says whether a source begins as an answer does: with one of the keys
// of its envelope, or as an array of series.
func sniff(head []byte) bool {
	const blanks = " \t\r\n"
	head = bytes.TrimLeft(head, blanks)
	if len(head) == 0 {
		return false
	}
	bare := head[0] == '['
	if bare {
		head = bytes.TrimLeft(head[1:], blanks)
	}
	rest, ok := bytes.CutPrefix(head, []byte{'{'})
	if !ok {
		return false
	}
	name, _, ok := lex.Quoted(bytes.TrimLeft(rest, blanks))
	if !ok {
		return false
	}
	if isStreams(head) {
		return false
	}
	holds := func(text string) bool { return bytes.Contains(head, []byte(text)) }
	start := head[:min(len(head), 64)]
	switch key := string(name); {
	case bare:
		return key == "metric" && holds(`"value`)
	case key == "status":
		said := bytes.Contains(start, []byte(`"success"`)) || bytes.Contains(start, []byte(`"error"`))
		return said && (holds(`"data"`) || holds(`"error"`))
	case slices.Contains([]string{"data", "warnings", "infos", "errorType", "error", "isPartial"}, key):
		return holds(`"resultType"`) || holds(`"errorType"`) || holds(`"result"`) && holds(`"metric"`)
	}
	return false
}

// isStreams says whether the answer is Loki's, whose envelope is the same and
// which holds lines of logs (Loki HTTP API, query_range).
func isStreams(head []byte) bool {
	_, rest, ok := bytes.Cut(head, []byte(`"resultType"`))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, ": \t\r\n"), []byte(`"streams"`))
}
