package kubelet

import (
	"strings"
	"testing"

	"faultline/parse"
)

// Of a document that was cut off, what follows is said to be unread; an event that a watch
// prints again is counted by what it grew.
func TestCutAndRepeated(t *testing.T) {
	event := func(count string) string {
		return `{"kind":"Event","metadata":{"name":"web.17","namespace":"shop","uid":"u1"},"reason":"Unhealthy","type":"Warning","count":` + count +
			`,"lastTimestamp":"2024-05-01T10:00:00Z","involvedObject":{"kind":"Pod","name":"web-0","namespace":"shop"},"message":"Readiness probe failed: HTTP probe failed with statuscode: 503"}`
	}
	for text, want := range map[string]struct {
		count    uint32
		unparsed uint64
	}{
		"{\"items\":[" + event("2") + "]}":                         {2, 0},
		"{\"items\":[" + event("2") + ",\n" + event("3") + "]}":    {3, 0},
		"{\"items\":[" + event("3") + ",\n" + event("2") + "]}":    {3, 0},
		"{\"items\":[" + event("2") + ",\n" + event("3")[:90]:      {2, 1},
		"{\"items\":[" + event("2") + ",\n" + event("3")[:9] + "{": {2, 1},
	} {
		b := parse.NewBatch(false, false)
		err := api().Document(strings.NewReader(text), b)
		var n uint32
		for _, e := range b.Events {
			n += e.Count
		}
		if told := len(b.Problems) > 0 && strings.Contains(b.Problems[0].Text, "cut off"); err != nil || n != want.count || b.Counts.Unparsed != want.unparsed || told != (want.unparsed > 0) {
			t.Errorf("%s: %v, %d of %d, %d unread, %v", text, err, n, want.count, b.Counts.Unparsed, b.Problems)
		}
	}
}
