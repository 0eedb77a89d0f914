package correlate_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/rules"
	"faultline/parse"
	"faultline/parse/formats"
)

// Of a format that serves requests ten lines are enough for all that rests on
// what a format is: when it was captured, the lane, the need it meets, and that
// its failed requests make an incident.
func TestWhatAFormatIsReachesTheVerdict(t *testing.T) {
	all := rules.Missing(judged(t, ""))
	for _, f := range formats.All() {
		if f.Role == 0 || f.Origin == "" {
			t.Errorf("%s does not say whose words it holds, or who writes it", f.Name)
		}
		if f.Need != "" && !slices.ContainsFunc(all, func(l rules.Lack) bool { return l.Name == f.Need }) {
			t.Errorf("%s: no rule has the need %q", f.Name, f.Need)
		}
		// What is printed of others' requests, such as tap, covers no time.
		quotes := f.Role == parse.RoleAbout && f.Need == ""
		if serves := requests(f); serves != (f.Role == parse.RoleServing) && !quotes {
			t.Errorf("%s is %s; that its examples are requests that were answered is %v", f.Name, f.Role, serves)
		}
		if f.Role != parse.RoleServing {
			continue
		}
		if f.Lane == parse.LaneOther || f.Need == "" {
			t.Errorf("%s serves requests, and has lane %s and need %q", f.Name, f.Lane, f.Need)
		}
		_, examples, _ := strings.Cut(f.Doc, "\n")
		incidents := 0
		for _, example := range strings.Split(examples, "\n") {
			c := judged(t, tenOf(t, f, example))
			if len(c.Streams) != 1 || c.Streams[0].Format != f.Name {
				t.Errorf("%s: ten of its lines are %d streams: %s", f.Name, len(c.Streams), example)
				continue
			}
			if s := c.Captured(0); len(s) == 0 || s[0].To-s[0].From < parse.Time(5*time.Second) || len(c.Streams[0].Volume) == 0 {
				t.Errorf("%s: ten of its lines give no coverage: %v: %s", f.Name, s, example)
			}
			if slices.ContainsFunc(rules.Missing(c), func(l rules.Lack) bool { return l.Name == f.Need && !more(l) }) {
				t.Errorf("%s: ten of its lines do not meet the need %s: %s", f.Name, f.Need, example)
			}
			incidents += len(c.Incidents)
		}
		if incidents == 0 {
			t.Errorf("%s: none of its examples, ten times, is an incident: one should be a failed request", f.Name)
		}
	}
}

// more says whether a case holds a thing, and its report asks for more of it.
func more(l rules.Lack) bool { return slices.Equal(l.Rules, []string{rules.Report}) }

// requests says whether one of a format's examples tells of a request of its own
// that failed, which only the log of what serves requests does.
func requests(f *parse.Format) bool {
	if f.Line == nil {
		return false
	}
	b := parse.NewBatch(false, false)
	_, examples, _ := strings.Cut(f.Doc, "\n")
	for _, example := range strings.Split(examples, "\n") {
		f.Line(&parse.Line{Text: []byte(example), No: 1}, b)
	}
	return slices.ContainsFunc(b.Events, func(e parse.Event) bool {
		return e.Kind == parse.IngressResponse || e.Kind == parse.ProxyFailfastEnter || e.Kind == parse.ProxyRequestFailed
	})
}

func judged(t *testing.T, text string) *correlate.Case {
	t.Helper()
	in := parse.Input{Path: "x.log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	c, err := parse.Read(t.Context(), []parse.Input{in}, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ix := correlate.NewIndex(c)
	return correlate.Judge(ix, correlate.Options{})
}

// tenOf repeats a line with its printed time moved on a second at a time.
func tenOf(t *testing.T, f *parse.Format, example string) string {
	t.Helper()
	var out bytes.Buffer
	var last parse.Time
	for i := range 10 {
		line := regexp.MustCompile(`(\d\d:\d\d:)\d\d|(\[ +\d+)\d\.|("ts":\d{9})\d|^(\d{9})\d\.`).ReplaceAllStringFunc(example, func(had string) string {
			switch {
			case strings.HasSuffix(had, "."):
				return fmt.Sprintf("%s%d.", had[:len(had)-2], i)
			case strings.HasPrefix(had, `"ts"`):
				return fmt.Sprintf("%s%d", had[:len(had)-1], i)
			}
			return fmt.Sprintf("%s%02d", had[:len(had)-2], 10+i)
		})
		l := parse.Line{Text: []byte(line), No: 1}
		f.Line(&l, parse.NewBatch(false, false))
		if i > 0 && l.Own <= last {
			t.Errorf("%s: the time of this example cannot be moved on: %s", f.Name, example)
		}
		last = l.Own
		out.WriteString(line + "\n")
	}
	return out.String()
}
