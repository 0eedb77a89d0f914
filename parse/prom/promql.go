package prom

import (
	"bytes"
	"io"

	"faultline/parse"
)

// PromQL is how promtool prints the answer to a query unless it is asked for
// JSON:
//
//	up{instance="127.0.0.1:1", job="nodes"} =>
//	1 @[1795423616]
//	0 @[1795423646.5]
//
// The answer at one instant has "up{…} => 1 @[1795423616]", and a number
// "scalar: 1 @[1795423616]".
//
// Sources: prometheus cmd/promtool/main.go (promqlPrinter), common
// model/value.go and value_float.go (String of SampleStream, Sample, Scalar,
// SamplePair), model/metric.go (Metric.String, labels with %q),
// model/time.go (Time.String, in seconds), value_histogram.go.
var PromQL = promQL()

func promQL() *parse.Format {
	f := &parse.Format{
		Name: "promql",
		Doc: `What promtool query range and query instant print.
ip_port_subscribers{namespace="linkerd", pod="linkerd-destination-0"} =>
99 @[1795423616]`,
		Origin: "promtool query, since Prometheus 2.0",
		Role:   parse.RoleAbout, Lane: parse.LaneOther, Evaluated: true,
		Needles:       []string{" @["},
		SniffDocument: sniffPromQL,
		Detail:        lineDetail,
	}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		p := &printed{table: newTable(f, b, newLines(r, parse.MaxLine))}
		p.hole = func(text []byte) int { return max(0, bytes.IndexByte(text, '@')) }
		err := p.each(p.line)
		p.finish()
		return err
	}
	return f
}

// printed is the print of an answer being read.
type printed struct {
	*table
	of   *subject // of the series being read, nil when it is not known
	head place    // of the line that names it
}

func (p *printed) line(line []byte) bool {
	if head, ok := bytes.CutSuffix(line, []byte(" =>")); ok && selectorEnd(head) == len(head) {
		p.of, p.head = p.find(head), place{p.in.no, p.in.off, len(line)}
		return p.of != nil
	}
	s, text := p.of, line
	switch head, rest, ok := cutSample(line); {
	case ok && string(head) == "scalar:":
		s, text = p.subjectOf(nil), rest
	case ok:
		if s = p.find(head); s == nil {
			return false
		}
		text = rest
	}
	if s == nil {
		return false
	}
	value, at, ok := pairLine(text)
	if !ok {
		if histogramLine(text) {
			p.histograms++
			return true
		}
		return false
	}
	first := s.timed == nil
	p.add(s, at, value, place{p.in.no, p.in.off + int64(len(line)-len(text)), len(text)}, text)
	if first && s == p.of { // the series begins with the line that names it
		from := p.head
		from.size = int(p.in.off-from.off) + len(line)
		s.timed.place = from
	}
	return true
}

// cutSample cuts "up{…} => 1 @[1]" and "scalar: 1 @[1]".
func cutSample(line []byte) (head, rest []byte, ok bool) {
	const scalar = "scalar: "
	if bytes.HasPrefix(line, []byte(scalar)) {
		return line[:len(scalar)-1], line[len(scalar):], true
	}
	n := selectorEnd(line)
	if n == 0 {
		return nil, nil, false
	}
	rest, ok = bytes.CutPrefix(line[n:], []byte(" => "))
	return line[:n], rest, ok
}

// pairLine reads "99 @[1795423616]".
func pairLine(b []byte) (v float64, at int64, ok bool) {
	word, rest := token(b)
	if v, ok = value(word); !ok {
		return 0, 0, false
	}
	at, ok = stamped(rest)
	return v, at, ok
}

// stamped reads " @[1795423616]".
func stamped(b []byte) (at int64, ok bool) {
	b, ok = bytes.CutPrefix(b, []byte(" @["))
	if !ok || len(b) == 0 || b[len(b)-1] != ']' {
		return 0, false
	}
	return seconds(b[:len(b)-1])
}

// histogramLine says whether a line is the value of a native histogram:
// "Count: 5, Sum: 18.4, Buckets: […] @[1795423616]". At an instant promtool
// 2.42 prints none at all: " @[0]".
func histogramLine(b []byte) bool {
	i := bytes.LastIndex(b, []byte(" @["))
	if i < 0 || !bytes.HasPrefix(b, []byte("Count: ")) {
		return false
	}
	_, ok := stamped(b[i:])
	return ok
}

// sniffPromQL says whether a head begins as an answer does.
func sniffPromQL(head []byte) bool {
	lines := headLines(head, 2)
	if len(lines) == 0 {
		return false
	}
	if selected, ok := bytes.CutSuffix(lines[0], []byte(" =>")); ok {
		if _, ok = selector(selected); !ok || len(lines) < 2 {
			return false
		}
		_, _, ok = pairLine(lines[1])
		return ok || histogramLine(lines[1])
	}
	selected, rest, ok := cutSample(lines[0])
	if !ok {
		return false
	}
	if _, _, ok = pairLine(rest); !ok && !histogramLine(rest) {
		return false
	}
	_, ok = selector(selected)
	return ok || string(selected) == "scalar:"
}
