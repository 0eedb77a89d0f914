package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/teststorage"

	"faultline/correlate/query"
)

// BenchmarkRange evaluates a rate over a million samples: 100 series of
// 10,000, over our store and over the engine's own.
func BenchmarkRange(b *testing.B) {
	const series, samples, scrape = 100, 10_000, 15_000
	own := teststorage.New(b)
	var ours []storage.Series
	app := own.Appender(context.Background())
	for i := range series {
		l := labels.FromStrings(labels.MetricName, "requests_total", "pod", fmt.Sprintf("web-%d", i))
		s := &query.Samples{Of: l}
		for j := range samples {
			t, v := int64(j)*scrape+int64(i)*37, float64(j*(i+1))
			s.Times, s.Values = append(s.Times, t*1e6), append(s.Values, v)
			if _, err := app.Append(0, l, t, v); err != nil {
				b.Fatal(err)
			}
		}
		ours = append(ours, s)
	}
	if err := app.Commit(); err != nil {
		b.Fatal(err)
	}
	end := time.UnixMilli(samples * scrape)
	for _, expr := range []string{"sum(rate(requests_total[5m]))", "requests_total", "max_over_time(requests_total[10m])"} {
		for name, q := range map[string]storage.Queryable{"ours": query.NewStore(ours), "prometheus": own} {
			b.Run(expr+"/"+name, func(b *testing.B) {
				ng := promqltest.NewTestEngine(b, false, 0, 1<<30)
				for b.Loop() {
					r, err := ng.NewRangeQuery(context.Background(), q, nil, expr, time.UnixMilli(0), end, 30*time.Second)
					if err != nil {
						b.Fatal(err)
					}
					if res := r.Exec(context.Background()); res.Err != nil || len(res.Value.(promql.Matrix)) == 0 {
						b.Fatal(res.Err)
					}
					r.Close()
				}
			})
		}
	}
}

// BenchmarkLoad reads an answer of Prometheus of about 100 MB into a case
// that can be queried, and the same bytes into the API's types.
func BenchmarkLoad(b *testing.B) {
	var text bytes.Buffer
	text.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[`)
	for i := range 400 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"metric":{"__name__":"requests_total","pod":"web-%d"},"values":[`, i)
		for j := range 9000 {
			if j > 0 {
				text.WriteByte(',')
			}
			fmt.Fprintf(&text, `[%d.%03d,"%g"]`, 1_700_000_000+j*15, i*2+1, float64(j*(i+1))/3)
		}
		text.WriteString("]}")
	}
	text.WriteString("]}}")
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		for b.Loop() {
			engineOf(b, text.Bytes())
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		for b.Loop() {
			var a struct {
				Status string
				Data   struct {
					ResultType string
					Result     model.Matrix
				}
			}
			if err := json.Unmarshal(text.Bytes(), &a); err != nil || len(a.Data.Result) != 400 {
				b.Fatal(err)
			}
		}
	})
}
