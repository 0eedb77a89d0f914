package wrap

import (
	"testing"

	"faultline/parse"
)

// What is copied from Datadog has a time, the service and the text, with tabs; a
// line of syslog has none.
func TestDatadog(t *testing.T) {
	for line, want := range map[string]string{
		"Feb 24 14:17:17.882\tparcel-widget\t[1036820.441287s]  WARN x": "parcel-widget|[1036820.441287s]  WARN x",
		"Feb 24 14:17:17.882 \tweb\t text":                              "web|text",
		"Feb 24 14:17:17 wk-2 kernel: x":                                "",
		"Feb 24 14:17:17.882\ttwo words\ttext":                          "",
		"Feb 24 14:17:17.882\tweb":                                      "",
		"x":                                                             "",
	} {
		var p parse.Prefix
		rest, ok := Datadog.Strip([]byte(line), &p)
		got := ""
		if ok {
			got = string(p.Container) + "|" + string(rest)
		}
		if got != want || ok != p.HasSince {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
