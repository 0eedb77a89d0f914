package report

import (
	"testing"
	"time"

	"faultline/parse"
)

// A range over two years names both, and one within a year names it once.
func TestBetweenYears(t *testing.T) {
	for _, x := range []struct{ from, to, want string }{
		{"2024-12-31T23:59:59Z", "2025-01-03T12:30:00Z", " from 23:59 on 31 December 2024 to 12:30 UTC on 3 January 2025"},
		{"2025-01-01T23:59:59Z", "2025-01-03T12:30:00Z", " from 23:59 on 1 January to 12:30 UTC on 3 January 2025"},
	} {
		at := func(s string) parse.Time {
			m, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return parse.Time(m.UnixNano())
		}
		p := &page{Style: Style{Zone: time.UTC}}
		if got := p.between(at(x.from), at(x.to)); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}
