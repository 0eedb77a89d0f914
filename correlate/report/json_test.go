package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"faultline/correlate/report"
)

// contract holds the fields that other programs rely on: extend, rename nothing.
var contract = map[string]string{
	"":                   "schema version verdict environment sources events incidents periods associations findings limits",
	"verdict":            "code sentence next",
	"environment":        "component version log_level replicas cpu_limit objects evidence",
	"sources":            "path format namespace pod container bytes lines events unparsed sha256 duplicate other container_sha256 streams first last coverage clock",
	"sources.streams":    "id pod container life copy_of clock",
	"sources.clock":      "basis zero uncertainty_s anchor ambiguous_modulo_s evidence",
	"events":             "total by_kind",
	"incidents":          "id start end failures failures_by targets signature stalls probes lag_s period cycle phase_s",
	"periods":            "id of scope verdict period_s ci_s p statistic value onsets ticks hits phase anchored_to mechanisms need",
	"periods.mechanisms": "name period_s compatible phase_distance_s why",
	"associations":       "of with within_s observed expected n p p_adjusted median_lag_s verdict sentence",
}

// keys collects the fields of every object in a document, by path.
func keys(path string, v any, into map[string]map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			keys(path, x, into)
		}
	case map[string]any:
		if into[path] == nil {
			into[path] = map[string]bool{}
		}
		for k, x := range v {
			into[path][k] = true
			keys(strings.TrimPrefix(path+"."+k, "."), x, into)
		}
	}
}

func TestJSONKeepsTheContract(t *testing.T) {
	c, text := open(t, "day")
	var out bytes.Buffer
	if err := report.WriteJSON(&out, c, text, "test"); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	have := map[string]map[string]bool{}
	keys("", doc, have)
	for path, want := range contract {
		for _, k := range strings.Fields(want) {
			if !have[path][k] {
				t.Errorf("%q has no %q", path, k)
			}
		}
	}
}

func TestJSONIsTheSameEachTime(t *testing.T) {
	var first []byte
	for range 3 {
		c, text := open(t, "capture")
		var out bytes.Buffer
		if err := report.WriteJSON(&out, c, text, "test"); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out.Bytes()
		} else if !bytes.Equal(first, out.Bytes()) {
			t.Fatal("two runs differ")
		}
	}
}

func TestRowKeepsTheContract(t *testing.T) {
	c, text := open(t, "report")
	var out bytes.Buffer
	if err := report.Events(&out, c, text, report.Filter{}, "jsonl"); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("time uncertainty_s kind source line offset severity namespace pod container target message count duration_s clock raw_time uptime_s attrs")
	for line := range strings.Lines(out.String()) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		for _, k := range want {
			if _, ok := row[k]; !ok {
				t.Errorf("no %q in %s", k, line)
			}
		}
	}
}
