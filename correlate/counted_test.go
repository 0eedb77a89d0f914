package correlate_test

import (
	"strings"
	"testing"

	"faultline/correlate"
)

// Failed requests that only metrics tell of are said with what is known of them: one
// sample of a counter has no time, the answer of a query counts nothing.
func TestFailedRequestsOfMetrics(t *testing.T) {
	const page = "# TYPE response_total counter\nresponse_total{status_code=\"200\"} 900\nresponse_total{status_code=\"503\"} 71\nresponse_total{status_code=\"504\"} 12\n"
	matrix := func(labels, values string) string {
		return `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{` + labels + `},"values":[` + values + `]}]}}`
	}
	for name, c := range map[string]struct{ text, want string }{
		"one scrape":         {page, "83 failed requests counted since the process started, at unknown times (503 ×71, 504 ×12)"},
		"a counter's answer": {matrix(`"__name__":"http_requests_total","code":"503"`, `[1709300000,"2"],[1709300060,"9"]`), "7 failed requests that metrics count"},
		"without a name":     {matrix(`"status_code":"503"`, `[1709300000,"0"],[1709300060,"7"]`), "1 series of a query by status that is above zero (503 up to 7)"},
		"columns by status":  {"\"Time\",\"503\",\"504\"\n\"2024-03-01 13:00:00\",\"0\",\"1\"\n\"2024-03-01 13:01:00\",\"4\",\"0\"\n", "2 series of a query by status that are above zero (503 up to 4, 504 up to 1)"},
		"never above zero":   {matrix(`"status_code":"503"`, `[1709300000,"0"],[1709300060,"0"]`), ""},
		"none failed":        {"# TYPE response_total counter\nresponse_total{status_code=\"200\"} 900\nresponse_total{status_code=\"503\"} 0\n", ""},
		"a bucket":           {"# TYPE x_bucket counter\nx_bucket{status=\"503\",le=\"1\"} 7\nx_sum{status=\"503\"} 3.5\n", ""},
		"another status":     {matrix(`"status":"Running"`, `[1709300000,"503"]`), ""},
	} {
		seen := judge(t, correlate.Options{}, file("x", c.text)).Seen
		var said []string
		for _, b := range seen.Beside {
			said = append(said, b.Text())
		}
		if got := strings.Join(said, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
