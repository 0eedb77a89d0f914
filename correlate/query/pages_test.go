package query

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
)

// Pages of metrics that name no target get the labels of the pod whose they are
// by their path, and the time at which their bundle was taken; those that name
// one keep what they say.
func TestPagesOfPods(t *testing.T) {
	const page = "# TYPE depth gauge\ndepth 7\n# TYPE up gauge\nup{pod=\"other\"} 1\n"
	at := "b-2025-03-04T09-20-00Z/"
	c, err := parse.Read(context.Background(), []parse.Input{
		text(at+"pods", "NAMESPACE   NAME                  READY   STATUS    RESTARTS   AGE\nshop        web-5c6d7f8b9-qq2rr   2/2     Running   0          3h\nshop        api-5c6d7f8b9-x2k4q   2/2     Running   0          3h\n"),
		text(at+"metrics/web-5c6d7f8b9-qq2rr.txt", page), text(at+"metrics-api-5c6d7f8b9-x2k4q-proxy.prom", strings.Replace(page, "7", "8", 1)),
	}, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := New(correlate.Judge(correlate.NewIndex(c), correlate.Options{}))
	for expr, want := range map[string]string{
		"depth":                            "__name__=depth container=proxy namespace=shop pod=api-5c6d7f8b9-x2k4q __name__=depth namespace=shop pod=web-5c6d7f8b9-qq2rr ",
		`up`:                               "__name__=up pod=other ",
		`depth{pod="web-5c6d7f8b9-qq2rr"}`: "__name__=depth namespace=shop pod=web-5c6d7f8b9-qq2rr ",
	} {
		r, err := e.Range(context.Background(), expr, 0, 0, time.Second)
		if err != nil {
			t.Fatal(expr, err)
		}
		got := ""
		for _, s := range r.Series {
			for _, l := range s.Labels {
				got += l.Name + "=" + l.Value + " "
			}
			if first := time.Unix(0, s.Times[0]).UTC().Format(time.RFC3339); first != "2025-03-04T09:20:00Z" {
				t.Errorf("%s: at %s", expr, first)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
}

// text is an input that was copied long after its bundle was taken.
func text(path, data string) parse.Input {
	return parse.Input{Path: path, Size: int64(len(data)), Rereadable: true, Modified: time.Unix(1_800_000_000, 0),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}
}
