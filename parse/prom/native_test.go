package prom

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A native histogram is found under the names of a classic one: cumulated, with every
// boundary of any of its samples, and in the order of time.
func TestNative(t *testing.T) {
	c := read(t, matrix(`{"metric":{"__name__":"h","pod":"a"},"histograms":[`+
		`[20,{"count":"9","sum":"30.5","buckets":[[3,"-0.5","0.5","1"],[0,"1","2","3"],[0,"4","8","5"]]}],`+
		`[10,{"count":"4","sum":"7","buckets":[[0,"2","4","3"],[0,"1","2","1"]]}]]}`))
	var got []string
	for i := range c.Series {
		s := &c.Series[i]
		var of []string
		for _, l := range s.Labels {
			of = append(of, c.Name(l.Key)+"="+c.Name(l.Value))
		}
		at := make([]int64, len(s.Times))
		for k := range s.Times {
			at[k] = s.Times[k] / 1e9
		}
		got = append(got, fmt.Sprint(c.Name(s.Metric), of, at, s.Values))
	}
	want := []string{
		"h_count[pod=a] [10 20] [4 9]", "h_sum[pod=a] [10 20] [7 30.5]",
		"h_bucket[le=0.5 pod=a] [10 20] [0 1]", "h_bucket[le=2 pod=a] [10 20] [1 4]", "h_bucket[le=4 pod=a] [10 20] [4 4]",
		"h_bucket[le=8 pod=a] [10 20] [4 9]", "h_bucket[le=+Inf pod=a] [10 20] [4 9]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Of a histogram with more boundaries than are kept the count and the sum are.
func TestNativeOfManyBuckets(t *testing.T) {
	for n, want := range map[int]int{400: 403, 401: 3} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,[0,"%d","%d","1"]`, i, i+1)
		}
		c := read(t, matrix(`{"metric":{"__name__":"h"},"histograms":[[1,{"count":"1","sum":"1","buckets":[`+b.String()[1:]+`]}]]}`))
		if len(c.Series) != want {
			t.Errorf("%d buckets: %d series, want %d", n, len(c.Series), want)
		}
	}
}
