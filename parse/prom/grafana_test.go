package prom

import (
	"slices"
	"strconv"
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

// Each column is a series of a row's words, and a short row ends early.
func TestPanelsWhole(t *testing.T) {
	for text, want := range map[string]string{
		"Time,pod,zone name,b\n1706880000000,a,y,1\n1706880015000,a,,2\n1706880030000,a\n": "\"b\",pod=\"a\",zone_name=\"y\" @2 1706880000:1\n\"b\",pod=\"a\" @3 1706880015:2\n",
		"Time,5xx\n1706880000000,1\n": "status=\"5xx\" @2 1706880000:1\n",
	} {
		c := readIn(t, []byte(text), Grafana)
		if got := golden(c); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{
		"sep=;\nTime;a\n1706880000000;1\n": true, "sep=": false, "sep=,": false, "sep=|\nTime|a\n1706880000000|1\n": false,
		"Time\n1706880000000\n": false, "Time,a,b\n1706880000000,x,y\n": false, "Time,a=,b\n1706880000000,,\n": true,
		"Time,a,b\n1706880000000," + strings.Repeat("x", 200) + ",1\n": true, "Time,a,b\n1706880000000," + strings.Repeat("x", 201) + ",1\n": false,
	} {
		if got := Grafana.SniffDocument([]byte(text)); got != want {
			t.Errorf("%.40q: %v", text, got)
		}
	}
}

// Tables of logs are none of metrics.
func TestGrafanaLookalikes(t *testing.T) {
	for _, text := range []string{"", "Time", "Time,Line\n2024-02-02T13:20:00Z,a line of a log\n", "Time,pod,Line\n2024-02-02T13:20:00Z,web-0,[ 1.0s] x\n", "timestamp,message\n1706880000000,7\n",
		"Time,a\nyesterday,1\n", "time,method,path,status,duration_ms\n2024-02-02T13:20:00Z,GET,/a,504,60001\n", "Time,Status,Bytes,Duration\n1706880000000,504,160,60.001\n", "Time,a\n1706880000000,1,2\n", "time=\"2024\" level=info\n1,2\n"} {
		if Grafana.SniffDocument([]byte(text)) {
			t.Errorf("%q is taken", text)
		}
	}
}

const twoFrames = `{"results":{"A":{"status":200,"frames":[
 {"schema":{"refId":"A","fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number","labels":{"__name__":"up","pod":"web-1","namespace":"shop"}}]},
  "data":{"values":[[1706880000000,1706880015000,1706880030000,1706880045000,1706880060000,1706880120000],[1,0,0,1,null,1]]}},
 {"schema":{"fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number","labels":{},"config":{"displayNameFromDS":"p99"}},{"name":"x","type":"string"}]},
  "data":{"values":[[1706880000000,1706880015000],[0.5,"NaN"],["a","b"]]}}]}}}`

// Data frames, as Grafana's API and its inspector give them.
func TestFrames(t *testing.T) {
	one := `[{"schema":{"name":"up","fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number"}]},"data":{"values":[[1706880000000],[3]]}}]`
	for name, x := range map[string]struct {
		text, names string
		events      []string
	}{
		"api":     {twoFrames, "up{namespace=shop,pod=web-1}×5 {series=p99}×1", []string{"2 scrapes in a row failed (up is 0)", "no sample between 2024-02-02T13:20:45Z and 2024-02-02T13:22:00Z"}},
		"array":   {one, "{series=up}×1", nil},
		"frame":   {one[1 : len(one)-1], "{series=up}×1", nil},
		"swapped": {`{"schema":{"fields":[{"name":"v","type":"number"},{"name":"t","type":"time"}]},"data":{"values":[[1,2],[1706880015000,1706880000000]]}}`, "{series=v}×2", nil},
	} {
		if !Grafana.SniffDocument([]byte(x.text)) {
			t.Errorf("%s is not recognised", name)
		}
		c := readIn(t, []byte(x.text), Grafana)
		var names, said []string
		for _, s := range c.Series {
			var labels []string
			for _, l := range s.Labels {
				labels = append(labels, c.Name(l.Key)+"="+c.Name(l.Value))
			}
			names = append(names, c.Name(s.Metric)+"{"+strings.Join(labels, ",")+"}×"+strconv.Itoa(len(s.Times)))
		}
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				var d parse.Detail
				Grafana.Detail([]byte(at(t, []byte(x.text), e.Off, e.Len, e.Line)), &d)
				said = append(said, d.Message)
			}
		}
		if got := strings.Join(names, " "); got != x.names || !slices.Equal(said, x.events) {
			t.Errorf("%s: %s, %q", name, got, said)
		}
	}
	for _, text := range []string{`{"schema":{"fields":[{"name":"Time","type":"time"},{"name":"Line","type":"string"}]},"data":{"values":[[1],["x"]]}}`, `{"schema":"number"}`, `[{"type":"time"}]`} {
		if Grafana.SniffDocument([]byte(text)) {
			t.Errorf("%s is taken", text)
		}
	}
}

// A failed scrape of a table is an event on its rows.
func TestGrafanaUp(t *testing.T) {
	text := []byte("Time,\"{__name__=\"\"up\"\", pod=\"\"a\"\"}\"\n1706880000000,1\n1706880015000,0\n1706880030000,0\n1706880045000,1\n1706880060000,1\n1706880120000,1\n")
	c := readIn(t, text, Grafana)
	var said []string
	for _, e := range c.Streams[0].Events {
		var d parse.Detail
		Grafana.Detail([]byte(at(t, text, e.Off, e.Len, e.Line)), &d)
		said = append(said, d.Message)
	}
	if want := []string{"2 scrapes in a row failed (up is 0)", "no sample between 2024-02-02T13:21:00Z and 2024-02-02T13:22:00Z"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
}

func FuzzGrafana(f *testing.F) {
	f.Add([]byte(twoFrames))
	f.Add([]byte("Time,\"{__name__=\"\"up\"\"}\"\n1706880000000,1\n1706880015000,0\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !Grafana.SniffDocument(text) {
			return
		}
		c := readIn(t, text, Grafana)
		for _, s := range c.Series {
			at(t, text, s.Ref.Off, s.Ref.Len, s.Ref.Line)
		}
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				Grafana.Detail([]byte(at(t, text, e.Off, e.Len, e.Line)), &parse.Detail{})
			}
		}
		Grafana.Detail(text, &parse.Detail{})
	})
}
