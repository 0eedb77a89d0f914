package prom

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/wrap"
)

// Grafana is a panel's data as its inspector downloads it, or as Grafana sends it
// to a panel: data frames as JSON (frames.go), or CSV whose first column is the
// time. Joined by time, each other column is a series, whose labels
// stand in the head; apart, texts are labels and the last columns are values.
//
// Sources: grafana packages/grafana-data/src/utils/csv.ts (toCSV) and
// public/app/features/inspector (series joined by time, formatted, Excel's sep=).
var Grafana = grafana()

func grafana() *parse.Format {
	f := &parse.Format{
		Name: "grafana",
		Doc: `Data of a Grafana panel: CSV, joined by time or not, with a column of times, then series, whose labels stand in the head where the panel shows them; data frames as JSON, and answers of /api/ds/query.
"Time","{__name__=""up"", pod=""web-0""}"
1706880000000,1`,
		Origin: "Grafana, Inspect > Data > Download CSV; Inspect > JSON; /api/ds/query, since 8.0",
		Role:   parse.RoleAbout, Lane: parse.LaneOther, Evaluated: true,
		SniffDocument: func(head []byte) bool { return panelHead(head) != nil || holdsFrames(head) },
		Detail:        drawnDetail,
	}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		data, err := io.ReadAll(io.LimitReader(r, longestSeries))
		if err != nil {
			return err
		}
		if holdsFrames(data[:min(len(data), frameHead)]) {
			return frames(data, keeper{f, b})
		}
		p := panelHead(data)
		if p == nil {
			return errors.New("this is no table of a panel")
		}
		return p.read(keeper{f, b})
	}
	return f
}

// panel is a table being read.
type panel struct {
	rows  *csv.Reader
	base  int64 // of the reader in the source
	whole drawnText
	data  []byte
	head  []string
	text  []bool // columns that are labels
	all   map[string]*drawn
	in    []*drawn // in the order in which they began
}

// drawn is a series of the panel.
type drawn struct {
	labels  []label
	samples []sample
	place   place
}

// panelHead reads the head of a table, and a row of it, to see that it is one:
// a time and then a number; nil if it is none.
func panelHead(data []byte) *panel {
	rest := lex.TrimBOM(data)
	comma := byte(',')
	if bytes.HasPrefix(rest, []byte("sep=")) && len(rest) > 5 {
		comma = rest[4]
		_, rest, _ = bytes.Cut(rest, []byte{'\n'})
	}
	name := bytes.TrimLeft(rest[:min(len(rest), 8)], `"`)
	if !bytes.HasPrefix(name, []byte("Time")) && !bytes.HasPrefix(name, []byte("time")) || comma != ',' && comma != ';' {
		return nil
	}
	p := &panel{base: int64(len(data) - len(rest)), whole: data, data: rest, all: map[string]*drawn{}}
	p.rows = csv.NewReader(bytes.NewReader(rest))
	p.rows.Comma, p.rows.LazyQuotes, p.rows.FieldsPerRecord = rune(comma), true, -1
	head, err := p.rows.Read()
	if err != nil || !drawable(head) {
		return nil
	}
	at := p.rows.InputOffset()
	row, err := p.rows.Read()
	if err != nil || len(row) != len(head) {
		return nil
	}
	if _, ok := panelTime(row[0]); !ok {
		return nil
	}
	p.head, p.text = head, make([]bool, len(head))
	numbers := 0
	for i, cell := range row[1:] {
		if _, ok := value([]byte(cell)); ok {
			numbers++
		} else if p.text[i+1] = cell != "" && !strings.ContainsAny(head[i+1], `{=`); p.text[i+1] &&
			(len(cell) > 200 || strings.Contains(cell, " ")) {
			return nil // lines of a log
		}
	}
	if numbers == 0 && !strings.Contains(strings.Join(head, ","), "=") {
		return nil
	}
	p.rows = csv.NewReader(bytes.NewReader(rest[at:]))
	p.rows.Comma, p.rows.LazyQuotes, p.rows.FieldsPerRecord = rune(comma), true, -1
	p.base, p.data = p.base+at, rest[at:]
	return p
}

// panelTime reads a time in milliseconds since 1970, or as people print it: when
// it begins.
func panelTime(s string) (ns int64, ok bool) {
	var p parse.Prefix
	if !wrap.Time([]byte(s), &p) {
		return 0, false
	}
	at := p.Local
	if p.HasStamp {
		at = p.Stamp
	}
	return int64(at) - int64(p.Grain.Width()/2), true
}

// named are the labels of a column: those that its head prints, or its words.
func (p *panel) named(i int, row []string) []label {
	out, ok := selector([]byte(strings.TrimSpace(p.head[i])))
	switch {
	case !ok && isStatus(p.head[i]): // the legend of a query by status
		out = []label{{"status", p.head[i]}}
	case !ok:
		out = []label{{"series", p.head[i]}}
	}
	for j, is := range p.text {
		if is && j < len(row) && row[j] != "" {
			out = append(out, label{strings.NewReplacer(" ", "_", ".", "_", "-", "_").Replace(p.head[j]), row[j]})
		}
	}
	return out
}

// drawable says whether columns can be a panel's: a time and something else, and not
// those of requests.
func drawable(head []string) bool {
	return len(head) > 1 && strings.EqualFold(head[0], "time") && !parse.RequestColumns(head)
}

// isStatus says whether a column is named by a status of HTTP, or by a class of them.
func isStatus(name string) bool {
	if len(name) != 3 || name[0] < '1' || name[0] > '5' {
		return false
	}
	digits := name[1] >= '0' && name[1] <= '9' && name[2] >= '0' && name[2] <= '9'
	return digits || strings.EqualFold(name[1:], "xx")
}

// read puts the series into the batch.
func (p *panel) read(k keeper) error {
	first := uint32(2)
	bad, err := 0, error(nil)
	for {
		from := p.rows.InputOffset()
		row, e := p.rows.Read()
		if e != nil {
			if e != io.EOF {
				err = e
			}
			break
		}
		line, _ := p.rows.FieldPos(0)
		at, ok := panelTime(row[0])
		if !ok {
			bad++
			continue
		}
		where := place{first + uint32(line) - 1, p.base + from, int(p.rows.InputOffset() - from)}
		for i := 1; i < min(len(row), len(p.head)); i++ {
			if p.text[i] || row[i] == "" || row[i] == "undefined" || row[i] == "null" {
				continue
			}
			v, ok := value([]byte(row[i]))
			if !ok {
				bad++
				continue
			}
			p.add(i, row, sample{at: at, value: v, from: int(where.off), to: int(where.off) + where.size}, where)
		}
	}
	for _, s := range p.in {
		slices.SortStableFunc(s.samples, byTime)
		k.file(s.place, k.series(s.labels, s.samples))
		k.events(p.whole, s.labels, s.samples)
	}
	if bad > 0 {
		k.b.Problem(0, "%d cells are formatted for people, or no numbers, and were passed over: download the data unformatted", bad)
	}
	k.end()
	return err
}

// add adds a sample to the series of a column and its row's labels.
func (p *panel) add(i int, row []string, v sample, where place) {
	key := strconv.Itoa(i)
	for j, is := range p.text {
		if is && j < len(row) {
			key += "\x00" + row[j]
		}
	}
	s := p.all[key]
	if s == nil {
		s = &drawn{labels: p.named(i, row), place: where}
		p.all[key], p.in = s, append(p.in, s)
	}
	s.samples = append(s.samples, v)
}
