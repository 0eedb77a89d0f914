package prom

import (
	"strings"
	"testing"

	"faultline/parse"
)

// A panel's data in the forms that the inspector offers.
func TestGrafana(t *testing.T) {
	for name, x := range map[string]struct {
		text          string
		series, total int
		metric        string
	}{
		"joined":    {"\"Time\",\"{__name__=\"\"up\"\", pod=\"\"a\"\"}\",\"{__name__=\"\"up\"\", pod=\"\"b\"\"}\"\n1706880000000,1,0\n1706880015000,,1\n", 2, 3, "up"},
		"selector":  {"\"Time\",\"up{pod=\"\"a\"\"}\"\n2024-02-02 13:20:00,1\n2024-02-02 13:20:15,0\n", 1, 2, "up"},
		"legend":    {"Time,web-0,web-1\n2024-02-02T13:20:00.000Z,1,2\n", 2, 2, ""},
		"apart":     {"sep=,\n\"Time\",\"pod\",\"Value #A\"\n2024-02-02T13:20:00.000Z,a,12\n2024-02-02T13:20:30.000Z,b,14\n", 2, 2, ""},
		"semicolon": {"\ufeffsep=;\nTime;a\n1706880000000;1\n", 1, 1, ""},
		"formatted": {"Time,a,b\n1706880000000,1,2\n1706880015000,1.5 K,2\n", 2, 3, ""},
	} {
		if !Grafana.SniffDocument([]byte(x.text)) {
			t.Errorf("%s is not recognised", name)
			continue
		}
		b := parse.NewBatch(false, false)
		if err := Grafana.Document(strings.NewReader(x.text), b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n := 0
		for _, s := range b.Series {
			n += len(s.Times)
			if got := b.Names.Text(s.Metric); x.metric != "" && got != x.metric {
				t.Errorf("%s: metric %q", name, got)
			}
			if s.Times[0] < 1706880000e9 || s.Times[0] > 1706890000e9 || int(s.Ref.Off)+int(s.Ref.Len) > len(x.text) || !strings.HasPrefix(x.text[s.Ref.Off:], "17068") && !strings.HasPrefix(x.text[s.Ref.Off:], "2024") {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if len(b.Series) != x.series || n != x.total || (name == "formatted") != (len(b.Problems) > 0) {
			t.Errorf("%s: %d series, %d samples, %v", name, len(b.Series), n, b.Problems)
		}
	}
}

// Tables of logs are none of metrics.
func TestGrafanaLookalikes(t *testing.T) {
	for _, text := range []string{"", "Time", "Time,Line\n2024-02-02T13:20:00Z,a line of a log\n", "Time,pod,Line\n2024-02-02T13:20:00Z,web-0,[ 1.0s] x\n", "timestamp,message\n1706880000000,7\n",
		"Time,a\nyesterday,1\n", "Time,a\n1706880000000,1,2\n", "time=\"2024\" level=info\n1,2\n"} {
		if Grafana.SniffDocument([]byte(text)) {
			t.Errorf("%q is taken", text)
		}
	}
}
