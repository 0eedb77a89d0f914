package formats

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A table with a request in each row is an access log, whose columns are known by
// their names.
func TestTableOfRequests(t *testing.T) {
	const head = "time,method,path,status,duration_ms,upstream\n"
	const rows = "2024-02-02T13:20:00Z,GET,/a,200,12,10.42.3.9:80\n2024-02-02T13:20:04Z,GET,/a,504,60001,10.42.3.9:80\n2024-02-02T13:20:09Z,POST,/b,503,3,-\n"
	semicolons := strings.NewReplacer(",", ";")
	for name, text := range map[string]string{"commas": head + rows, "semicolons": semicolons.Replace(head + rows), "quotes": head + strings.ReplaceAll(rows, "GET", `"GET"`)} {
		for _, piece := range []int{0, 60} {
			c := parsetest.Read(t, parsetest.Text("x.csv", text), All(), Wrappers(), parse.Options{Piece: piece})
			var got []string
			for i := range c.Streams {
				for _, e := range c.Streams[i].Events {
					got = append(got, fmt.Sprintf("%d %s %v %s", e.Line, e.Kind, e.Value, e.Lasted))
				}
			}
			if want := []string{"3 ingress.response 504 1m0.001s", "4 ingress.response 503 3ms"}; !slices.Equal(got, want) || c.Sources[0].Counts.Unparsed > 0 {
				t.Errorf("%s, pieces of %d: %q, want %q; %+v", name, piece, got, want, c.Sources[0].Counts)
			}
		}
	}
}
