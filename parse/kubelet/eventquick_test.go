package kubelet

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// What is read quickly is what encoding/json reads, and nothing but events is.
func TestQuickEvents(t *testing.T) {
	keys := []string{"kind", "Kind", "type", "reason", "message", "note", "count", "deprecatedCount", "involvedObject", "regarding", "source", "metadata",
		"series", "eventTime", "firstTimestamp", "lastTimestamp", "spec", "apiVersion", "na\\u006de", "REASON", "name", "namespace", "fieldPath", "component", "host", "uid", "lastObservedTime", "Series"}
	values := []string{`"Event"`, `"Pod"`, `"a \"word\""`, `null`, `3`, `-1`, `1.5`, `1234567890123456789012`, `true`, `[]`, `[{"kind":"Event"}]`, `"\u00e9"`, `"\ud800x"`, `"\ud83d\ude00\udc00"`, `"é"`, "\"\xff\"", `{}`, ` "spaced" `}
	r := rand.New(rand.NewPCG(9, 9))
	var object func(depth int) string
	object = func(depth int) string {
		var list []string
		for range r.IntN(6) {
			value := values[r.IntN(len(values))]
			if depth > 0 && r.IntN(3) == 0 {
				value = object(depth - 1)
			}
			list = append(list, fmt.Sprintf(`"%s": %s`, keys[r.IntN(len(keys))], value))
		}
		return "{" + strings.Join(list, ",\n ") + "}"
	}
	quick := 0
	for range 60_000 {
		raw := object(2)
		if r.IntN(2) == 0 {
			raw = `{"kind":"Event","involvedObject":` + object(0) + `,` + strings.TrimPrefix(object(1), "{")
			raw = strings.ReplaceAll(raw, ",}", "}")
		}
		if !json.Valid([]byte(raw)) {
			continue
		}
		got, ok := quickEvent([]byte(raw))
		if !ok {
			continue
		}
		quick++
		var head shape
		var want event
		if err := json.Unmarshal([]byte(raw), &head); err != nil || head.kind() != "Event" {
			t.Fatalf("%s: is %q, %v", raw, head.kind(), err)
		}
		if err := json.Unmarshal([]byte(raw), &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s:\n%+v, want %+v, %v", raw, got, want, err)
		}
	}
	if quick < 3000 {
		t.Errorf("only %d events were read quickly", quick)
	}
}
