package prom

import (
	"bytes"
	"io"

	"faultline/parse"
)

// Exposition is what a program shows of its metrics, and what others write in
// the same grammar: /metrics in the format of Prometheus or OpenMetrics,
// /federate, `promtool tsdb dump-openmetrics`, and the answers of several
// pods as `linkerd diagnostics` prints them.
//
//	# TYPE up untyped
//	up{instance="127.0.0.1:1"} 1 1795424536921
//
// Sources: prometheus docs/content/docs/instrumenting/exposition_formats.md
// and model/textparse/promparse.go (times in ms), the OpenMetrics 1.0
// specification (times in seconds, exemplars, "# EOF"),
// cmd/promtool/tsdb.go formatSeriesSetOpenMetrics, web/federate.go,
// linkerd2 cli/cmd/diagnostics_controller_metrics.go and
// diagnostics_proxy_metrics.go (the lines that name a pod).
//
// common/expfmt (0.73.1) agrees on every sample of a single export, but its
// readers stop at the first line that they do not understand and at the first
// family of a second export, do not say on which line a sample stands, and
// need 0.7 s for the 7 kB of a real OpenMetrics export.
var Exposition = exposition()

func exposition() *parse.Format {
	f := &parse.Format{
		Name: "exposition",
		Doc: `Metrics as programs show them: /metrics of Prometheus or OpenMetrics, /federate, promtool tsdb dump-openmetrics, linkerd diagnostics.
# TYPE endpoint_updates_queue_overflow counter
endpoint_updates_queue_overflow{service="web.emojivoto.svc.cluster.local:80"} 214`,
		Origin: "Prometheus text format 0.0.4, OpenMetrics 1.0",
		Role:   parse.RoleAbout, Lane: parse.LaneOther,
		Needles:       []string{"# TYPE ", "# HELP "},
		SniffDocument: sniffExposition,
		Quoted:        quotesExposition,
		Detail:        lineDetail,
	}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		x := &exporter{table: newTable(f, b, newLines(r, parse.MaxLine)), typed: map[string]bool{}}
		err := x.each(x.line)
		if x.fractions && !x.eof && err == nil {
			b.Problem(x.in.no, "there is no # EOF: the export may be cut off")
		}
		x.finish()
		return err
	}
	return f
}

// exporter is an exposition being read.
type exporter struct {
	*table
	typed     map[string]bool // families that this part said the type of
	latest    string          // of them
	fractions bool            // times are as only OpenMetrics has them
	eof       bool            // the last line was "# EOF"
}

func (x *exporter) line(line []byte) bool {
	if line[0] == '#' {
		x.comment(line)
		return true
	}
	if x.eof {
		x.next()
	}
	d, ok := exposed(line)
	if !ok || !x.take(&d, line) {
		return false
	}
	x.fractions = x.fractions || bytes.IndexByte(d.stamp, '.') >= 0
	if !x.in.ended && len(d.stamp) == 0 {
		x.b.Problem(x.in.no, "the last line has no end: its value may be cut short")
	}
	return true
}

// next begins another export, of the same pod unless the text says another.
func (x *exporter) next() {
	x.part++
	x.eof, x.latest = false, ""
	x.typed = map[string]bool{} // clearing one that was once large takes long
}

// comment reads a line that begins with #.
func (x *exporter) comment(line []byte) {
	if string(line) == "# EOF" {
		x.eof = true
		return
	}
	if x.eof {
		x.next()
	}
	word, rest := token(line[1:])
	first, rest := token(rest)
	switch string(word) {
	case "TYPE":
		family := string(first)
		if x.typed[family] && family != x.latest {
			x.next() // or the same, whose families are not in one place
		}
		x.typed[family], x.latest = true, family
	case "POD":
		// "# POD linkerd-destination-7d4b9c6f5-x2k7p (1 of 3)"
		if word, rest = token(rest); len(word) > 1 && word[0] == '(' && bytes.HasPrefix(rest, []byte(" of ")) {
			x.next()
			x.setWhose([]label{{"pod", string(first)}})
		}
	case "CONTAINER":
		if len(x.whose) == 1 {
			x.setWhose([]label{x.whose[0], {"container", string(first)}})
		}
	case "ERROR", "ERROR:":
		if len(x.whose) > 0 {
			x.b.Problem(x.in.no, "no metrics of %s: %.200q", x.whose[0].value, line)
		}
	}
}

// setWhose says whom the series that follow are about.
func (x *exporter) setWhose(labels []label) {
	x.whose = labels
	x.byText, x.last = map[string]said{}, said{}
}

// secondsBelow tells seconds from milliseconds: as seconds it is in the year
// 5138, as milliseconds in 1973.
const secondsBelow = int64(100e9)

// exposed takes a line with a sample apart: "name{labels} value [time]
// [# exemplar]".
func exposed(line []byte) (d sampleLine, ok bool) {
	n := selectorEnd(line)
	if n == 0 {
		return d, false
	}
	d.selector, line = line[:n], line[n:]
	if n := blankEnd(line); n < len(line) && line[n] == '{' { // a native histogram
		end := bytes.LastIndexByte(line, '}')
		d.histogram = end > n
		return d, d.histogram && d.selector[len(d.selector)-1] == '}'
	}
	word, line := token(line)
	if d.value, ok = value(word); !ok {
		return d, false
	}
	word, rest := token(line)
	if len(word) > 0 && word[0] != '#' {
		if d.at, ok = wallTime(word); !ok {
			return d, false
		}
		d.stamp = word
		word, rest = token(rest)
	}
	if d.exemplar = string(word) == "#"; d.exemplar {
		rest = rest[blankEnd(rest):]
		return d, len(rest) > 0 && rest[0] == '{'
	}
	return d, len(word) == 0
}

// wallTime reads a time in milliseconds, or in seconds as OpenMetrics has them.
func wallTime(b []byte) (ns int64, ok bool) {
	if ns, ok = millis(b); ok && (ns >= secondsBelow*1e6 || ns <= -secondsBelow*1e6) {
		return ns, true
	}
	return seconds(b)
}
