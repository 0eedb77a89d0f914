package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/formats"
	"faultline/parse/record"
)

// Records as collectors and log stores write them; the names of their members
// are those of the tool's own page or source.
func TestEnvelopes(t *testing.T) {
	const stamp = "2024-02-02T13:22:28.553Z"
	who := said{stamp: stamp, namespace: "n", pod: "p-0", container: "c"}
	only := said{stamp: stamp}
	for name, x := range map[string]struct {
		record string
		want   said
	}{
		"docker":               {`{"log":"a line\n","stream":"stdout","time":"` + stamp + `"}`, only},
		"fluentd":              {`{"log":"a line\n","stream":"stderr","docker":{"container_id":"7"},"kubernetes":{"container_name":"c","namespace_name":"n","pod_name":"p-0","labels":{"pod":"x"}},"@timestamp":"` + stamp + `"}`, who},
		"fluent bit, cri":      {`{"date":1706880148.553,"time":"` + stamp + `","stream":"stdout","_p":"F","log":"a line","kubernetes":{"pod_name":"p-0","namespace_name":"n","container_name":"c","host":"h"}}`, who},
		"fluent bit, part":     {`{"time":"` + stamp + `","stream":"stdout","logtag":"P","log":"a line"}`, said{stamp: stamp, partial: true}},
		"fluentd, docker part": {`{"log":"a line","partial_message":"true","partial_id":"7","partial_ordinal":"1","partial_last":"false","time":"` + stamp + `"}`, said{stamp: stamp, partial: true}},
		"fluentd, last part":   {`{"log":"a line","partial_message":"true","partial_id":"7","partial_ordinal":"2","partial_last":"true","time":"` + stamp + `"}`, only},
		"vector":               {`{"file":"/var/log/pods/n_p-0_u/c/0.log","kubernetes":{"container_name":"c","pod_name":"p-0","pod_namespace":"n","pod_labels":{"pod":"x"}},"message":"a line","source_type":"kubernetes_logs","stream":"stdout","timestamp":"` + stamp + `"}`, who},
		"vector, bare":         {`{"file":"/var/log/pods/n_p-0_u/c/0.log","message":"a line","timestamp":"` + stamp + `"}`, who},
		"filebeat":             {`{"@timestamp":"` + stamp + `","@metadata":{"beat":"filebeat"},"log":{"offset":1,"file":{"path":"/x"}},"stream":"stdout","message":"a line","kubernetes":{"pod":{"name":"p-0","uid":"u"},"namespace":"n","container":{"name":"c"},"labels":{"pod":"x"}},"container":{"id":"7","runtime":"containerd"}}`, who},
		"ecs, original":        {`{"@timestamp":"` + stamp + `","event":{"original":"a line"},"orchestrator":{"namespace":"n"}}`, only},
		"elasticsearch":        {`{"_index":"i","_id":"7","_score":null,"_source":{"@timestamp":"` + stamp + `","message":"a line","kubernetes.pod_name":"p-0","kubernetes.namespace_name":"n","kubernetes.container_name":"c"}}`, who},
		"cloud logging":        {`{"insertId":"7","resource":{"type":"k8s_container","labels":{"namespace_name":"n","pod_name":"p-0","container_name":"c"}},"severity":"INFO","textPayload":"a line","timestamp":"` + stamp + `","receiveTimestamp":"2024-02-02T13:22:30Z"}`, who},
		"cloud logging, node":  {`{"jsonPayload":{"MESSAGE":"a line","SYSLOG_IDENTIFIER":"kubelet","_PID":"7"},"resource":{"type":"k8s_node","labels":{"node_name":"h"}},"timestamp":"` + stamp + `"}`, only},
		"cloud logging, agent": {`{"jsonPayload":{"message":"a line","pid":"1"},"resource":{"labels":{"namespace_name":"n","pod_name":"p-0","container_name":"c"}},"timestamp":"` + stamp + `"}`, who},
		"journald":             {`{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1706880148553000","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"kubelet","MESSAGE":"a line","PRIORITY":"6"}`, only},
		"journald, docker":     {`{"CONTAINER_NAME":"k8s_c_p-0_n_uid_0","MESSAGE":"a line","__REALTIME_TIMESTAMP":"1706880148553000"}`, who},
		"logcli":               {`{"labels":{"namespace":"n","pod":"p-0","container":"c"},"line":"a line","timestamp":"` + stamp + `"}`, who},
		"grafana explore":      {`{"line":"a line","timestamp":"1706880148553000000","date":"` + stamp + `","fields":{"namespace":"n","pod":"p-0","container":"c"}}`, who},
		"loki value":           {`["1706880148553000000","a line"]`, only},
		"loki value, metadata": {`["1706880148553000000","a line",{"pod":"p-0","namespace":"n","container":"c"}]`, who},
		"victorialogs":         {`{"_time":"` + stamp + `","_msg":"a line","_stream":"{namespace=\"n\",pod=\"p-0\",container=\"c\"}","_stream_id":"7"}`, who},
		"victorialogs, fields": {`{"_msg":"a line","_time":"` + stamp + `","kubernetes.pod_name":"p-0","kubernetes.pod_namespace":"n","kubernetes.container_name":"c"}`, who},
		"splunk":               {`{"preview":false,"offset":0,"result":{"_raw":"a line","_time":"2024-02-02T13:22:28.553+00:00","source":"/var/log/containers/p-0_n_c-0a.log","host":"h"}}`, who},
		"splunk collector":     {`{"time":1706880148.553,"host":"h","source":"/var/log/containers/p-0_n_c-0a.log","sourcetype":"kube:container:c","event":"a line"}`, who},
		"otlp":                 {`{"timeUnixNano":"1706880148553000000","body":{"stringValue":"a line"},"attributes":[{"key":"log.iostream","value":{"stringValue":"stderr"}},{"key":"k8s.pod.name","value":{"stringValue":"p-0"}},{"key":"k8s.namespace.name","value":{"stringValue":"n"}},{"key":"k8s.container.name","value":{"stringValue":"c"}}]}`, who},
		"datadog":              {`{"id":"7","type":"log","attributes":{"timestamp":"` + stamp + `","host":"h","service":"s","message":"a line","status":"info","tags":["pod_name:p-0","kube_namespace:n","kube_container_name:c"]}}`, who},
		"cloudwatch":           {`{"timestamp":1706880148553,"message":"a line","ingestionTime":1706880150000}`, only},
		"cloudwatch insights":  {`[{"field":"@timestamp","value":"` + stamp + `"},{"field":"@message","value":"a line"},{"field":"@ptr","value":"7"}]`, only},
		"container log v2":     {`{"TimeGenerated":"` + stamp + `","PodName":"p-0","PodNamespace":"n","ContainerName":"c","LogMessage":"a line","LogSource":"stdout"}`, who},
		"container log":        {`{"TimeGenerated":"` + stamp + `","ContainerID":"7","LogEntry":"a line","LogEntrySource":"stdout"}`, only},
		"stern":                {`{"message":"a line","nodeName":"h","namespace":"n","podName":"p-0","containerName":"c","timestamp":"` + stamp + `"}`, who},
		"pretty":               {"{\n  \"textPayload\": \"a line\",\n\t\"timestamp\": \"" + stamp + "\",\r\n  \"resource\": {\n    \"labels\": {\n      \"pod_name\": \"p-0\", \"namespace_name\": \"n\",\n \"container_name\": \"c\"\n    }\n  }\n}", who},
		"graylog":              {`{"version":"1.1","host":"h","short_message":"a line","timestamp":1706880148.553,"_kubernetes_pod_name":"p-0","_kubernetes_namespace_name":"n","_kubernetes_container_name":"c"}`, who},
	} {
		var p parse.Prefix
		text, ok := record.JSON.Strip([]byte(x.record), &p)
		if !ok || string(text) != "a line" || saidBy(&p) != x.want {
			t.Errorf("%s: %q %v\n got %+v\nwant %+v", name, text, ok, saidBy(&p), x.want)
		}
	}
}

// What programs print of themselves as JSON is no record around a line.
func TestOwnRecords(t *testing.T) {
	for _, line := range []string{
		`{"level":"info","msg":"x","time":"2024-02-02T13:22:28Z"}`, `{"level":"info","ts":1706880148.5,"caller":"a/b.go:7","msg":"x"}`,
		`{"@timestamp":"2024-02-02T13:22:28Z","level":"INFO","logger_name":"a","message":"x"}`, `{"severity":"ERROR","message":"x","time":"2024-02-02T13:22:28Z"}`,
		`{"timestamp":"[     1.043697s]","level":"WARN","fields":{"message":"x"},"target":"a","threadId":"ThreadId(1)"}`,
		`{"ts":1706880148553.1,"caller":"a.go:7","msg":"x","v":0}`, `{"message":"x"}`, `{"log":{"offset":7}}`, `{"metric":{"__name__":"up"},"values":[[1706880148,"1"]]}`,
		`{"time":"2024-02-02T13:22:29Z","remote_addr":"10.0.0.7","path":"/","status":504}`, `["1706880148","1"]`, `[1706880148.5,"1"]`, `[]`, `[{}]`, `[{"field":"x"}]`,
	} {
		var p parse.Prefix
		text, ok := record.JSON.Strip([]byte(line), &p)
		if ok && !bytes.Contains([]byte(line), []byte(`"v":0`)) || !ok && string(text) != line {
			t.Errorf("%s: %q %+v", line, text, saidBy(&p))
		}
	}
}

// rows are the lines of a mixture with their times and whose they are.
func rows() (out []map[string]string) {
	begin := time.Date(2024, 2, 2, 13, 22, 0, 553145678, time.UTC)
	for i, l := range mixture() {
		out = append(out, map[string]string{"t": begin.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano), "l": l,
			"p": []string{"web-0", "linkerd-destination-7d4b9c6f5-x2k7p"}[i%2]})
	}
	return out
}

// documents are ways to file all of the lines in one JSON document.
var documents = map[string]func(rows []map[string]string) any{
	"array": func(rows []map[string]string) any {
		var out []any
		for _, r := range rows {
			out = append(out, map[string]any{"textPayload": r["l"], "timestamp": r["t"], "resource": map[string]any{"labels": map[string]string{"pod_name": r["p"]}}})
		}
		return out
	},
	"elasticsearch": func(rows []map[string]string) any {
		var out []any
		for _, r := range rows {
			out = append(out, map[string]any{"_index": "i", "_source": map[string]any{"message": r["l"], "@timestamp": r["t"], "kubernetes": map[string]any{"pod": map[string]any{"name": r["p"]}}}})
		}
		return map[string]any{"took": 7, "hits": map[string]any{"total": map[string]any{"value": len(rows)}, "hits": out}}
	},
	"loki": func(rows []map[string]string) any {
		var streams []any
		for _, pod := range []string{"web-0", "linkerd-destination-7d4b9c6f5-x2k7p"} {
			var values [][]string
			for _, r := range rows {
				if at, _ := time.Parse(time.RFC3339Nano, r["t"]); r["p"] == pod {
					values = append(values, []string{fmt.Sprint(at.UnixNano()), r["l"]})
				}
			}
			streams = append(streams, map[string]any{"stream": map[string]string{"pod": pod}, "values": values})
		}
		return map[string]any{"status": "success", "data": map[string]any{"resultType": "streams", "result": streams, "stats": map[string]any{}}}
	},
	"otlp": func(rows []map[string]string) any {
		var all []any
		for _, r := range rows {
			at, _ := time.Parse(time.RFC3339Nano, r["t"])
			all = append(all, map[string]any{
				"resource":  map[string]any{"attributes": []any{map[string]any{"key": "k8s.pod.name", "value": map[string]string{"stringValue": r["p"]}}}},
				"scopeLogs": []any{map[string]any{"logRecords": []any{map[string]any{"timeUnixNano": fmt.Sprint(at.UnixNano()), "body": map[string]string{"stringValue": r["l"]}}}}}})
		}
		return map[string]any{"resourceLogs": all}
	},
	"insights": func(rows []map[string]string) any {
		var out []any
		for _, r := range rows {
			out = append(out, []map[string]string{{"field": "@timestamp", "value": r["t"]}, {"field": "@message", "value": r["l"]}, {"field": "kubernetes.pod_name", "value": r["p"]}})
		}
		return map[string]any{"status": "Complete", "results": out}
	},
	"cloudwatch": func(rows []map[string]string) any {
		var out []any
		for _, r := range rows {
			at, _ := time.Parse(time.RFC3339Nano, r["t"])
			out = append(out, map[string]any{"timestamp": at.UnixMilli(), "message": r["l"], "logStreamName": "kube.var.log.containers." + r["p"] + "_n_c-0a.log"})
		}
		return map[string]any{"events": out, "nextForwardToken": "f/7"}
	},
}

// A document gives the events of the lines in it, however it is printed, in
// whatever order, cut at any byte by its reader; and the text of each is found
// again at its offset.
func TestDocuments(t *testing.T) {
	want := told(readText(t, strings.Join(mixture(), "\n")+"\n"))
	for name, make := range documents {
		for _, newest := range []bool{false, true} {
			lines := rows()
			if newest {
				slices.Reverse(lines)
			}
			flat, err1 := json.Marshal(make(lines))
			pretty, err2 := json.MarshalIndent(make(lines), "", "  ")
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			for form, data := range map[string][]byte{"flat": flat, "pretty": pretty, "bom": append([]byte("\ufeff"), flat...), "crlf": bytes.ReplaceAll(pretty, []byte("\n"), []byte("\r\n"))} {
				c := readText(t, string(data))
				if got := told(c); !slices.Equal(got, want) {
					t.Errorf("%s %s, newest first %v: %d events, want %d; %+v", name, form, newest, len(got), len(want), c.Sources[0])
					continue
				}
				check(t, c, name+" "+form, data)
			}
		}
	}
}

func check(t *testing.T, c *parse.Capture, name string, data []byte) {
	t.Helper()
	n := c.Sources[0].Counts
	if n.Lines != n.Events+n.Other+n.Unparsed {
		t.Errorf("%s: %+v", name, n)
	}
	for i := range c.Streams {
		st := &c.Streams[i]
		if c.Name(st.Pod) == "" {
			t.Errorf("%s: no pod", name)
		}
		for _, e := range st.Events {
			text := parse.EventText(formats.ByName(st.Format), c.Sources[0].Wrappers, data[e.Off:e.Off+int64(e.Len)], e.Print)
			if !slices.Contains(mixture(), string(text)) {
				t.Errorf("%s: line %d: %s", name, e.Line, text)
			}
			if want := uint32(bytes.Count(data[:e.Off], []byte{'\n'})) + 1; e.Line != want {
				t.Errorf("%s: line %d, not %d", name, e.Line, want)
			}
		}
	}
}

// Documents one after the other, as `kubectl logs` of an exporter has them.
func TestDocumentsInLines(t *testing.T) {
	want := told(readText(t, strings.Join(mixture(), "\n")+"\n"))
	var out bytes.Buffer
	for _, r := range rows() {
		data, err := json.Marshal(documents["otlp"]([]map[string]string{r}))
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(data, '\n'))
	}
	if got := told(readText(t, out.String())); !slices.Equal(got, want) {
		t.Errorf("%d events of %d", len(got), len(want))
	}
}

// Tables with a head: the columns in any order, whatever is between them.
func TestHeads(t *testing.T) {
	want := told(readText(t, strings.Join(mixture(), "\n")+"\n"))
	r := rand.New(rand.NewPCG(7, 7))
	for _, names := range [][3]string{{"@timestamp", "message", "kubernetes.pod.name"}, {"Date", "Message", "pod_name"}, {"_time", "_raw", "kubernetes.pod_name"},
		{"TimeGenerated [UTC]", "LogMessage", "PodName"}, {"timestamp", "textPayload", "resource.labels.pod_name"}, {"Time", "Line", "pod"}, {"timestamp", "jsonPayload.message", "labels.pod"}} {
		for _, sep := range []string{",", ";", "\t"} {
			for _, head := range []string{"", "sep=" + sep + "\n", "\ufeff"} {
				columns := []string{"t", "l", "p", "u"}
				title := map[string]string{"t": names[0], "l": names[1], "p": names[2], "u": "user_agent.original"}
				r.Shuffle(4, func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
				var b strings.Builder
				b.WriteString(head)
				row := func(m map[string]string) {
					for i, c := range columns {
						if i > 0 {
							b.WriteString(sep)
						}
						if v := m[c]; c == "l" || strings.ContainsAny(v, sep+`"`) {
							b.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
						} else {
							b.WriteString(v)
						}
					}
					b.WriteString("\n")
				}
				row(title)
				for _, m := range rows() {
					m["u"] = "Mozilla/5.0 (X11; Linux x86_64)"
					if strings.Contains(names[0], "UTC") {
						at, _ := time.Parse(time.RFC3339Nano, m["t"])
						m["t"] = at.Format("1/2/2006, 3:04:05.000 PM")
					}
					row(m)
				}
				c := readText(t, b.String())
				if got := told(c); !slices.Equal(got, want) || c.Sources[0].Counts.Unparsed != 0 || c.Name(c.Streams[0].Pod) == "" {
					t.Errorf("%v %q %q %v: %d events of %d, %+v", names, sep, head, columns, len(got), len(want), c.Sources[0])
				}
			}
		}
	}
}

// A cell of several lines is one row, wherever a piece of the file ends; a quote
// that nobody closes takes no more than its row.
func TestCellsOfSeveralLines(t *testing.T) {
	var b strings.Builder
	b.WriteString("Date,Message\n")
	for i := range 40 {
		fmt.Fprintf(&b, "2024-02-02T13:22:%02d.700Z,\"I0202 13:22:%02d.655456       1 trace.go:236] Trace[%d]: \"\"DeltaFIFO Pop Process\"\" ID:a/b,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:%02d.553) (total time: 102ms):\nTrace[%d]: [102.144017ms] [102.144017ms] END\"\n", i, i, i, i, i)
		if i == 20 {
			b.WriteString("2024-02-02T13:22:20.900Z,\"a quote that is left open\n")
		}
	}
	data := b.String()
	for _, piece := range []int{1, 100, 500, 1 << 20} {
		in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}
		c, err := parse.Read(t.Context(), []parse.Input{in}, formats.All(), formats.Wrappers(), parse.Options{Piece: piece}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := c.Sources[0].Counts; c.Events() != 40 || n.Events != 80 || n.Lines != 82 {
			t.Errorf("piece %d: %d events, %+v", piece, c.Events(), n)
		}
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				if e.Lasted != 102144017 {
					t.Errorf("piece %d: line %d lasted %v", piece, e.Line, e.Lasted)
				}
			}
		}
	}
}

// What Fluent Bit and Fluentd print on a console.
func TestFluent(t *testing.T) {
	who := said{stamp: "2024-02-02T13:22:28.553Z", namespace: "n", pod: "p-0", container: "c"}
	for _, line := range []string{
		`[0] kube.var.log.containers.p-0_n_c-0a.log: [[1706880148.553000000, {}], {"log"=>"a => \"b\"", "stream"=>"stdout"}]`,
		`[12] kube.x: [1706880148.553000000, {"log"=>"a => \"b\"", "kubernetes"=>{"pod_name"=>"p-0", "namespace_name"=>"n", "container_name"=>"c"}}]`,
		`2024-02-02 14:22:28.553000000 +0100 kubernetes.var.log.containers.p-0_n_c-0a.log: {"log":"a => \"b\"","stream":"stdout"}`,
		"2024-02-02T13:22:28.553Z\tkube.x\t" + `{"log":"a => \"b\"","kubernetes":{"pod_name":"p-0","namespace_name":"n","container_name":"c"}}`,
	} {
		var p parse.Prefix
		text, ok := record.Fluent.Strip([]byte(line), &p)
		if !ok || string(text) != `a => "b"` || saidBy(&p) != who {
			t.Errorf("%s: %q %v %+v", line, text, ok, saidBy(&p))
		}
	}
}

// No record takes bytes that are not its own, and none is written into.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{`{"log":"x\n","stream":"stdout","time":"2024-02-02T13:22:28Z"}`, `["1706880148553000000","x",{"pod":"p"}]`, "a,message\n1,\"x\ny\"", `[0] t: [[1706880148.5, {}], {"log"=>"x"}]`,
		`{"result":{"attributes":{"jsonPayload":{"object":{"reason":"x","message":"y","regarding":{}}}}}}`, `{"attributes":[{"key":"pod","value":{"stringValue":"x"}}],"body":{"stringValue":"y"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		had := string(data)
		for _, w := range record.All() {
			var p parse.Prefix
			rest, ok := w.Strip(data, &p)
			if !ok && (string(rest) != had || p.HasStamp || p.Pod != nil) {
				t.Errorf("%s %q: %q %+v", w.Name, data, rest, p)
			}
			if w.Head != nil {
				if made := w.Head(bytes.Split(data, []byte{'\n'})); made != nil {
					made.Strip(data, &p)
					made.Open(data, nil)
				}
			}
			if w.Items != nil {
				if items := w.Items(data); items != nil {
					last := int64(-1)
					items(bytes.NewReader(data), func(it parse.Item) error {
						if it.Off < last || !bytes.Equal(data[it.Off:it.Off+int64(len(it.Raw))], it.Raw) {
							t.Errorf("%q: item at %d is %q", data, it.Off, it.Raw)
						}
						last = it.Off
						return nil
					})
				}
			}
		}
		if string(data) != had {
			t.Fatal("the record was written into")
		}
	})
}
