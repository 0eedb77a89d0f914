package query

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"faultline/parse"
)

// WriteJSON writes an answer in the shape of Prometheus's API
// (/api/v1/query_range and /api/v1/query): times in seconds to the ms, values
// as text that reads back to the same bits. The notes are its infos.
// Sources: prometheus web/api/v1/json_codec.go, util/jsonutil/marshal.go.
func WriteJSON(w io.Writer, r *Result) error {
	b := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(b, `{"status":"success","data":{"resultType":"%s","result":`, r.Type)
	switch r.Type {
	case "string":
		fmt.Fprintf(b, `[%s,%s]`, seconds(int64(r.To)), quoted(r.Text))
	case "scalar":
		pair(b, r.Series[0].Times[0], r.Series[0].Values[0])
	default:
		b.WriteByte('[')
		for i, s := range r.Series {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`{"metric":{`)
			for j, l := range s.Labels {
				if j > 0 {
					b.WriteByte(',')
				}
				b.WriteString(quoted(l.Name) + ":" + quoted(l.Value))
			}
			if r.Type == "vector" {
				b.WriteString(`},"value":`)
				pair(b, s.Times[0], s.Values[0])
			} else {
				b.WriteString(`},"values":[`)
				for j := range s.Times {
					if j > 0 {
						b.WriteByte(',')
					}
					pair(b, s.Times[j], s.Values[j])
				}
				b.WriteByte(']')
			}
			b.WriteByte('}')
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	infos := r.Notes
	if r.Translated != "" {
		infos = append([]string{"evaluated as " + r.Translated}, infos...)
	}
	for i, n := range infos {
		b.WriteString([]string{`,"infos":[`, `,`}[min(i, 1)] + quoted(n))
	}
	if len(infos) > 0 {
		b.WriteByte(']')
	}
	b.WriteString("}\n")
	return b.Flush()
}

func pair(b *bufio.Writer, ns int64, v float64) {
	b.WriteString("[" + seconds(ns) + `,"` + Number(v) + `"]`)
}

// seconds writes a time as the API does: without the zeros behind the point.
func seconds(ns int64) string {
	ms := ns / milli
	out := strconv.FormatInt(ms/1000, 10)
	if r := ms % 1000; r != 0 {
		if r < 0 {
			r = -r
			if ms > -1000 {
				out = "-0"
			}
		}
		out += strings.TrimRight(fmt.Sprintf(".%03d", r), "0")
	}
	return out
}

// Number writes a value as the API does: the shortest text that reads back to
// the same bits, with an exponent below 1e-6 and from 1e21 on.
func Number(v float64) string {
	form := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		form = 'e'
	}
	return strconv.FormatFloat(v, form, -1, 64)
}

// quoted is a JSON string in which nothing acts on a terminal.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	var b strings.Builder
	for _, r := range string(text) {
		if r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// WriteCSV writes one value a row: time, value, series. A cell that a
// spreadsheet would run as a formula is quoted with an apostrophe.
func WriteCSV(w io.Writer, r *Result) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"time", "value", "series"}); err != nil {
		return err
	}
	if r.Type == "string" {
		if err := out.Write([]string{stamp(int64(r.To), time.UTC), cell(r.Text), ""}); err != nil {
			return err
		}
	}
	for _, s := range r.Series {
		name := cell(s.String())
		for i := range s.Times {
			if err := out.Write([]string{stamp(s.Times[i], time.UTC), Number(s.Values[i]), name}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// stamp writes a time to the ms, without the fraction where it is 0.
func stamp(ns int64, zone *time.Location) string {
	return at(parse.Time(ns / milli * milli)).In(zone).Format("2006-01-02T15:04:05.999Z07:00")
}

// String is the series as PromQL selects it: name{label="value"}.
func (s Series) String() string {
	b := labels.NewScratchBuilder(len(s.Labels))
	name := ""
	for _, l := range s.Labels {
		if l.Name == model.MetricNameLabel && model.LegacyValidation.IsValidMetricName(l.Value) {
			name = l.Value
			continue
		}
		b.Add(l.Name, l.Value)
	}
	text := b.Labels().String()
	if name != "" && text == "{}" {
		return name
	}
	return name + text
}

// Told are its labels but for the metric's name, as label="value".
func (s Series) Told() (out []string) {
	for _, l := range s.Labels {
		if l.Name != model.MetricNameLabel {
			out = append(out, fmt.Sprintf("%s=%q", l.Name, l.Value))
		}
	}
	return out
}

// WriteTable writes an answer for people: an instant as one value a line, a
// range as one series a line with the least, the mean, the greatest and the
// last of its values. clean makes text fit for a terminal.
func WriteTable(w io.Writer, r *Result, zone *time.Location, clean func(string) string) error {
	b := bufio.NewWriter(w)
	if r.Translated != "" {
		fmt.Fprintf(b, "= %s\n", clean(r.Translated))
	}
	when := stamp(int64(r.From), zone)
	if r.Step > 0 {
		when += " to " + stamp(int64(r.To), zone) + ", every " + promDuration(r.Step)
	}
	fmt.Fprintf(b, "%s: %d series\n", when, len(r.Series))
	switch {
	case r.Type == "string":
		fmt.Fprintln(b, clean(r.Text))
	case r.Step == 0 && r.Type != "matrix":
		for _, s := range r.Series {
			fmt.Fprintf(b, "%12s  %s\n", short(s.Values[0]), clean(s.String()))
		}
	case len(r.Series) > 0:
		fmt.Fprintf(b, "%12s %12s %12s %12s %7s  series\n", "least", "mean", "greatest", "last", "points")
		for _, s := range r.Series {
			least, mean, most := summary(s.Values)
			last := math.NaN()
			if n := len(s.Values); n > 0 {
				last = s.Values[n-1]
			}
			fmt.Fprintf(b, "%12s %12s %12s %12s %7d  %s\n", short(least), short(mean), short(most), short(last), len(s.Values), clean(s.String()))
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(b, "note: %s\n", clean(n))
	}
	return b.Flush()
}

// short is a value in at most six digits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// summary is of the values that are numbers; NaN when there are none.
func summary(values []float64) (least, mean, most float64) {
	least, most = math.NaN(), math.NaN()
	sum, n := 0.0, 0
	for _, v := range values {
		if v != v {
			continue
		}
		if n == 0 || v < least {
			least = v
		}
		if n == 0 || v > most {
			most = v
		}
		sum += v
		n++
	}
	return least, sum / float64(n), most
}
