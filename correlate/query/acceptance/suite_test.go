// Package acceptance runs Prometheus's own acceptance scripts against the
// series of a case. It is a module of its own: the scripts load their data
// through Prometheus's database, which the program must not link.
package acceptance

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"faultline/correlate/query"
)

// scripts are the test scripts of the engine's module, by name.
func scripts(t testing.TB) map[string]string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "promql/promqltest/testdata/*.test"))
	if err != nil || len(files) != 22 {
		t.Fatalf("found %d scripts, not 22: %v", len(files), err)
	}
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = string(text)
	}
	return out
}

// evaluations cuts a script so that each part ends with one evaluation.
func evaluations(script string) (out []string) {
	var part strings.Builder
	inside := false
	for _, line := range strings.SplitAfter(script, "\n") {
		line = strings.TrimLeft(line, " \t") // as the scripts are read
		if inside && (strings.TrimSpace(line) == "" || begins(line)) {
			out = append(out, part.String())
			part.Reset()
			inside = false
		}
		inside = inside || strings.HasPrefix(line, "eval ") || strings.HasPrefix(line, "eval_")
		part.WriteString(line)
	}
	if inside {
		out = append(out, part.String())
	}
	return out
}

func begins(line string) bool {
	return strings.HasPrefix(line, "eval ") || strings.HasPrefix(line, "load ") || strings.TrimSpace(line) == "clear"
}

// kept is a storage that outlives the part of a script that uses it.
type kept struct{ storage.Storage }

func (kept) Close() error { return nil }

// world makes the storages of one script: the next part goes on with the
// storage of the one before, and "clear" begins a new one.
type world struct {
	t     testing.TB // of the script
	now   storage.Storage
	fresh bool // the next open is by "clear", not by the next part
}

func (w *world) open(testing.TB) storage.Storage {
	if w.now == nil || w.fresh {
		if w.now != nil {
			w.now.Close()
		}
		w.now = promqltest.NewBuiltinTestStorage(w.t)
	}
	w.fresh = true
	return kept{w.now}
}

// loaded is everything that a storage holds, by series.
type loaded struct {
	labels  labels.Labels
	samples []chunks.Sample
}

// everything copies all samples out of a storage.
func everything(t testing.TB, s storage.Queryable) (out []loaded) {
	t.Helper()
	q, err := s.Querier(-1<<62, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, labels.MetricName, ".*"))
	for set.Next() {
		one := loaded{labels: set.At().Labels().Copy()}
		it := set.At().Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			one.samples = append(one.samples, point(kind, it))
		}
		out = append(out, one)
	}
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// inMemory is a store that holds exactly what was loaded: floats as the
// program has them, the rest as deep copies.
func inMemory(all []loaded) *query.Store {
	var series []storage.Series
	for _, one := range all {
		if s, ok := floats(one); ok {
			series = append(series, s)
			continue
		}
		series = append(series, &storage.SeriesEntry{Lset: one.labels, SampleIteratorFn: func(chunkenc.Iterator) chunkenc.Iterator {
			return storage.NewListSeriesIteratorWithCopy(copied(one.samples))
		}})
	}
	return query.NewStore(series)
}

// floats is a series as the program has it; ok is false when it holds what
// the program never has.
func floats(one loaded) (s *query.Samples, ok bool) {
	s = &query.Samples{Of: one.labels}
	for _, p := range one.samples {
		if p.Type() != chunkenc.ValFloat || p.ST() != 0 {
			return nil, false
		}
		s.Times, s.Values = append(s.Times, p.T()*1e6), append(s.Values, p.F())
	}
	return s, true
}

// copied hands out deep copies: the engine changes histograms that it is
// given.
type copied []chunks.Sample

func (c copied) Len() int                { return len(c) }
func (c copied) Get(i int) chunks.Sample { return c[i].Copy() }

// engine answers over what is behind a storage, not over the storage.
type engine struct {
	promql.QueryEngine
	behind func() storage.Queryable
}

func (e *engine) NewInstantQuery(ctx context.Context, _ storage.Queryable, o promql.QueryOpts, qs string, ts time.Time) (promql.Query, error) {
	return e.QueryEngine.NewInstantQuery(ctx, e.behind(), o, qs, ts)
}

func (e *engine) NewRangeQuery(ctx context.Context, _ storage.Queryable, o promql.QueryOpts, qs string, start, end time.Time, step time.Duration) (promql.Query, error) {
	return e.QueryEngine.NewRangeQuery(ctx, e.behind(), o, qs, start, end, step)
}

// want is how many evaluations the scripts have.
const want = 2434

func TestInMemory(t *testing.T) {
	all := scripts(t)
	total := 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			parts := evaluations(all[name])
			total += len(parts)
			w := &world{t: t}
			for i, part := range parts {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					w.fresh = false
					var store *query.Store
					e := &engine{promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery), func() storage.Queryable {
						if store == nil {
							store = inMemory(everything(t, w.now))
						}
						return store
					}}
					promqltest.RunTestWithStorage(t, part, e, w.open)
				})
			}
		})
	}
	if total != want {
		t.Errorf("%d evaluations, not %d", total, want)
	}
}
