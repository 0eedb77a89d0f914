package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"faultline/correlate"
	"faultline/correlate/query"
	"faultline/parse"
	"faultline/parse/formats"
)

// shift moves all samples to a time at which captures are taken: in a capture
// the time 0 means that there is none. It is a multiple of a minute.
const shift = int64(1_700_000_040_000)

// form is one way to write the samples of all series as text. stale and nan
// say whether a reader gets back what was written of them.
type form struct {
	name  string
	write func(w io.Writer, l labels.Labels, t []int64, f []float64)
	begin string
	end   string
	comma string
	// plain formats have names of ASCII letters only; labelled ones are known
	// by their labels, as nothing else tells their lines from prose.
	plain, labelled bool
}

// forms are the export formats, as their tools print them.
var forms = []form{
	{name: "query_range JSON", begin: `{"status":"success","data":{"resultType":"matrix","result":[`, end: "]}}", comma: ",", write: matrix},
	{name: "raw range vector JSON", begin: `{"data":{"result":[`, end: `],"resultType":"matrix"},"status":"success"}`, comma: ",\n", write: matrix},
	{name: "promtool -o json", begin: "[", end: "]", comma: ",", write: matrix},
	{name: "promtool", plain: true, write: func(w io.Writer, l labels.Labels, t []int64, f []float64) {
		fmt.Fprintf(w, "%s =>\n", printed(l))
		for i := range t {
			fmt.Fprintf(w, "%s @[%s]\n", shortest(f[i]), seconds(t[i]))
		}
	}},
	{name: "tsdb dump", write: func(w io.Writer, l labels.Labels, t []int64, f []float64) {
		for i := range t {
			fmt.Fprintf(w, "%s %g %d\n", l, f[i], t[i])
		}
	}},
	{name: "openmetrics", plain: true, labelled: true, end: "# EOF\n", write: func(w io.Writer, l labels.Labels, t []int64, f []float64) {
		for i := range t {
			fmt.Fprintf(w, "%s %g %.3f\n", exposed(l), f[i], float64(t[i])/1000)
		}
	}},
	{name: "VictoriaMetrics", write: victoria},
}

func shortest(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func seconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64) }

func matrix(w io.Writer, l labels.Labels, t []int64, f []float64) {
	name, _ := json.Marshal(l.Map())
	fmt.Fprintf(w, `{"metric":%s,"values":[`, name)
	for i := range t {
		fmt.Fprintf(w, `%s[%s,"%s"]`, []string{"", ","}[min(i, 1)], seconds(t[i]), shortest(f[i]))
	}
	io.WriteString(w, "]}")
}

// printed is name{a="b"} or {"a name", a="b"}, as promtool prints it.
func printed(l labels.Labels) string {
	m := model.Metric{}
	l.Range(func(l labels.Label) { m[model.LabelName(l.Name)] = model.LabelValue(l.Value) })
	return m.String()
}

// exposed is name{a="b"}, as promtool tsdb dump-openmetrics prints it.
func exposed(l labels.Labels) string {
	text := l.MatchLabels(false, labels.MetricName).String()
	return l.Get(labels.MetricName) + text
}

func victoria(w io.Writer, l labels.Labels, t []int64, f []float64) {
	name, _ := json.Marshal(l.Map())
	fmt.Fprintf(w, `{"metric":%s,"values":[`, name)
	for i, v := range f {
		text := strconv.FormatFloat(v, 'g', -1, 64)
		switch {
		case math.IsNaN(v):
			text = "null"
		case math.IsInf(v, 1):
			text = `"Infinity"`
		case math.IsInf(v, -1):
			text = `"-Infinity"`
		}
		fmt.Fprintf(w, "%s%s", []string{"", ","}[min(i, 1)], text)
	}
	io.WriteString(w, `],"timestamps":[`)
	for i := range t {
		fmt.Fprintf(w, "%s%d", []string{"", ","}[min(i, 1)], t[i])
	}
	io.WriteString(w, "]}\n")
}

// loss is what of a series a format cannot carry, "" when it carries all.
func (f *form) loss(one loaded, all []loaded) string {
	for _, p := range one.samples {
		switch {
		case p.Type() != chunkenc.ValFloat:
			return "native histogram"
		case p.ST() != 0:
			return "start timestamp"
		case value.IsStaleNaN(p.F()):
			return "stale marker"
		}
	}
	if one.labels.Get(labels.MetricName) == "" {
		return "series without a name"
	}
	plain := true
	one.labels.Range(func(l labels.Label) {
		plain = plain && model.LegacyValidation.IsValidLabelName(l.Name) && (l.Name != labels.MetricName || model.LegacyValidation.IsValidMetricName(l.Value))
	})
	switch {
	case f.plain && !plain:
		return "name in UTF-8"
	case f.labelled && !labelled(all):
		return "file without labels"
	}
	return ""
}

// labelled says whether half of the first 400 lines have a label.
func labelled(all []loaded) bool {
	lines, with := 0, 0
	for _, one := range all {
		n := 0
		for _, p := range one.samples {
			if p.Type() == chunkenc.ValFloat {
				n++
			}
		}
		n = min(n, 400-lines)
		if lines += n; one.labels.Len() > 1 {
			with += n
		}
	}
	return 2*with >= lines
}

// exported writes all series in a form, reads that as the program does, and
// gives the program's series moved back in time.
func exported(t testing.TB, f *form, all []loaded) storage.Queryable {
	t.Helper()
	var text bytes.Buffer
	text.WriteString(f.begin)
	first := true
	for _, one := range all {
		var times []int64
		var values []float64
		for _, p := range one.samples {
			if p.Type() == chunkenc.ValFloat {
				times, values = append(times, p.T()+shift), append(values, p.F())
			}
		}
		if len(times) == 0 {
			continue // as the tools do
		}
		if !first {
			text.WriteString(f.comma)
		}
		first = false
		f.write(&text, one.labels, times, values)
	}
	text.WriteString(f.end)
	in := parse.Input{Path: "export", Size: int64(text.Len()), Rereadable: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, formats.All(), nil, parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return earlier{query.New(correlate.Judge(correlate.NewIndex(c), correlate.Options{})).Queryable()}
}

// earlier moves the samples of a store back by shift.
type earlier struct{ storage.Queryable }

func (e earlier) Querier(mint, maxt int64) (storage.Querier, error) {
	q, err := e.Queryable.Querier(mint, maxt)
	return earlierQuerier{q}, err
}

type earlierQuerier struct{ storage.Querier }

func (e earlierQuerier) Select(ctx context.Context, sorted bool, h *storage.SelectHints, m ...*labels.Matcher) storage.SeriesSet {
	return earlierSet{e.Querier.Select(ctx, sorted, h, m...)}
}

type earlierSet struct{ storage.SeriesSet }

func (e earlierSet) At() storage.Series { return earlierSeries{e.SeriesSet.At()} }

type earlierSeries struct{ storage.Series }

func (e earlierSeries) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	return &earlierIterator{e.Series.Iterator(nil)}
}

// millis is a time as the engine has it.
type millis = int64

type earlierIterator struct{ chunkenc.Iterator }

func (e *earlierIterator) Seek(t millis) chunkenc.ValueType {
	return e.Iterator.Seek(t + shift)
}
func (e *earlierIterator) At() (int64, float64) {
	t, f := e.Iterator.At()
	return t - shift, f
}
func (e *earlierIterator) AtT() int64 { return e.Iterator.AtT() - shift }

// witness is a store that notes what of the series that were selected an
// export cannot carry.
type witness struct {
	storage.Queryable
	lost map[string]string // labels to loss
	seen *map[string]bool
}

func (w witness) Querier(mint, maxt int64) (storage.Querier, error) {
	q, err := w.Queryable.Querier(mint, maxt)
	return witnessQuerier{q, w}, err
}

type witnessQuerier struct {
	storage.Querier
	w witness
}

func (q witnessQuerier) Select(ctx context.Context, sorted bool, h *storage.SelectHints, m ...*labels.Matcher) storage.SeriesSet {
	look := q.Querier.Select(ctx, true, h, m...)
	for look.Next() {
		if l := q.w.lost[look.At().Labels().String()]; l != "" {
			(*q.w.seen)[l] = true
		}
	}
	return q.Querier.Select(ctx, sorted, h, m...)
}

// both evaluates a query over what was loaded and over what was exported. If
// the export cannot carry what the query needs, the answer is the former's,
// so that the script goes on.
type both struct {
	promql.QueryEngine
	exact    func() witness
	exported func() storage.Queryable
}

func (b *both) NewInstantQuery(ctx context.Context, _ storage.Queryable, o promql.QueryOpts, qs string, ts time.Time) (promql.Query, error) {
	return b.choose(func(s storage.Queryable) (promql.Query, error) {
		return b.QueryEngine.NewInstantQuery(ctx, s, o, qs, ts)
	})
}

func (b *both) NewRangeQuery(ctx context.Context, _ storage.Queryable, o promql.QueryOpts, qs string, start, end time.Time, step time.Duration) (promql.Query, error) {
	return b.choose(func(s storage.Queryable) (promql.Query, error) {
		return b.QueryEngine.NewRangeQuery(ctx, s, o, qs, start, end, step)
	})
}

func (b *both) choose(ask func(storage.Queryable) (promql.Query, error)) (promql.Query, error) {
	w := b.exact()
	q, err := ask(w)
	if err != nil {
		return nil, err
	}
	before := len(*w.seen)
	q.Exec(context.Background())
	q.Close()
	if len(*w.seen) > before || len(*w.seen) > 0 {
		return ask(w)
	}
	return ask(b.exported())
}

// TestExports runs the scripts over each export format. An evaluation that
// selects nothing that the format cannot carry must hold; testdata/exports.md
// keeps the count of the others, by what is lost.
func TestExports(t *testing.T) {
	all := scripts(t)
	var table strings.Builder
	reasons := []string{"native histogram", "start timestamp", "stale marker", "series without a name", "name in UTF-8", "file without labels"}
	fmt.Fprintf(&table, "| format | carried and equal | %s |\n|---|---:|%s\n", strings.Join(reasons, " | "), strings.Repeat("---:|", len(reasons)))
	for i := range forms {
		f := &forms[i]
		count := map[string]int{}
		t.Run(f.name, func(t *testing.T) {
			for _, name := range slices.Sorted(maps.Keys(all)) {
				t.Run(name, func(t *testing.T) { script(t, f, all[name], count) })
			}
		})
		fmt.Fprintf(&table, "| %s | %d |", f.name, count[""])
		for _, r := range reasons {
			fmt.Fprintf(&table, " %d |", count[r])
		}
		table.WriteString("\n")
		total := 0
		for _, n := range count {
			total += n
		}
		if total != want {
			t.Errorf("%s: %d evaluations, not %d", f.name, total, want)
		}
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("testdata/exports.md", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/exports.md")
	if err != nil || string(golden) != table.String() {
		t.Errorf("testdata/exports.md (%v) is not what was found:\n%s", err, table.String())
	}
}

func script(t *testing.T, f *form, text string, count map[string]int) {
	w := &world{t: t}
	for i, part := range evaluations(text) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			w.fresh = false
			var exact, through storage.Queryable
			lost, seen := map[string]string{}, map[string]bool{}
			e := &both{QueryEngine: promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)}
			e.exact = func() witness {
				if exact == nil {
					data := everything(t, w.now)
					exact, through = inMemory(data), exported(t, f, data)
					for _, one := range data {
						lost[one.labels.String()] = f.loss(one, data)
					}
				}
				return witness{exact, lost, &seen}
			}
			e.exported = func() storage.Queryable { return through }
			promqltest.RunTestWithStorage(t, part, e, w.open)
			reason := ""
			for r := range seen {
				if reason == "" || r < reason {
					reason = r
				}
			}
			count[reason]++
		})
	}
}
