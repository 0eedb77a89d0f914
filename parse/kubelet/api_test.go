package kubelet

import (
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

func at(s string) parse.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return parse.Time(t.UnixNano())
}

const event1 = `{"apiVersion":"v1","kind":"Event","count":4,"eventTime":null,"firstTimestamp":"2022-03-03T04:09:23Z","lastTimestamp":"2022-03-03T04:09:30Z",
"involvedObject":{"kind":"Pod","name":"web-0","namespace":"shop","fieldPath":"spec.containers{web}"},"metadata":{"name":"web-0.16d8c37329152d6b","namespace":"shop"},
"reason":"Unhealthy","message":"Readiness probe failed: HTTP probe failed with statuscode: 500","type":"Warning","source":{"component":"kubelet","host":"n1"}}`

func TestEvent(t *testing.T) {
	const first = "2022-03-03T04:09:23.181825387Z"
	e := one(t, event1)
	if e.Time != at("2022-03-03T04:09:30.5Z") || e.Grain != parse.GrainSecond || e.Count != 4 || e.Value != 500 || e.target != "shop/web-0" ||
		e.Time-parse.Time(e.Lasted) != at(first) {
		t.Errorf("%+v lasted %v", e, e.Lasted)
	}
	for k, want := range map[string]string{"first": first, "from": "kubelet, n1", "object": "pod/web-0", "reason": "Unhealthy",
		"type": "Warning", "probe": "readiness", "failure": "http_status", "http_status": "500"} {
		if e.detail[k] != want {
			t.Errorf("%s is %q, want %q", k, e.detail[k], want)
		}
	}
	if row := one(t, "Warning Unhealthy 5m kubelet Readiness probe failed: HTTP probe failed with  statuscode: 500"); row.Print != e.Print {
		t.Error("the row of the same event has another print")
	}
}

func TestEventTimes(t *testing.T) {
	for name, x := range map[string]struct {
		json, time string
		lasted     time.Duration
		grain      parse.Grain
		count      uint32
	}{
		"once, named":           {`"metadata":{"name":"a.16d8c37329152d6b"},"firstTimestamp":"2022-03-03T04:09:23Z","lastTimestamp":"2022-03-03T04:09:23Z"`, "2022-03-03T04:09:23.181825387Z", 0, parse.GrainNano, 1},
		"name far off":          {`"metadata":{"name":"a.16d8c37329152d6b"},"firstTimestamp":"2022-03-03T05:09:23Z","lastTimestamp":"2022-03-03T05:09:24Z"`, "2022-03-03T05:09:24.5Z", time.Second, parse.GrainSecond, 1},
		"zone":                  {`"firstTimestamp":"2022-03-03T05:09:23+01:00","lastTimestamp":"2022-03-03T05:09:23+01:00"`, "2022-03-03T04:09:23.5Z", 0, parse.GrainSecond, 1},
		"series":                {`"firstTimestamp":null,"lastTimestamp":null,"eventTime":"2022-03-03T04:09:23.181825Z","series":{"count":3,"lastObservedTime":"2022-03-03T04:10:23.181825Z"}`, "2022-03-03T04:10:23.1818255Z", time.Minute, parse.GrainMicro, 3},
		"event time":            {`"eventTime":"2022-03-03T04:09:23.181825Z"`, "2022-03-03T04:09:23.1818255Z", 0, parse.GrainMicro, 1},
		"event time and a name": {`"metadata":{"name":"a.16d8c37329152d6b"},"eventTime":"2022-03-03T04:09:23.181725Z"`, "2022-03-03T04:09:23.1817255Z", 0, parse.GrainMicro, 1},
		"deprecated":            {`"deprecatedFirstTimestamp":"2022-03-03T04:09:23Z","deprecatedLastTimestamp":"2022-03-03T04:09:33Z","deprecatedCount":2`, "2022-03-03T04:09:33.5Z", 10 * time.Second, parse.GrainSecond, 2},
		"backwards":             {`"firstTimestamp":"2022-03-03T04:09:23Z","lastTimestamp":"2022-03-03T04:09:13Z","count":-4`, "2022-03-03T04:09:13.5Z", 0, parse.GrainSecond, 1},
		"many":                  {`"lastTimestamp":"2022-03-03T04:09:13Z","count":99999999999`, "2022-03-03T04:09:13.5Z", 0, parse.GrainSecond, 1<<32 - 1},
	} {
		e := one(t, `{"kind":"Event","regarding":{"kind":"Node","name":"n1"},"reason":"Foo","note":" bar\nbaz","reportingController":"c",`+x.json+`}`)
		if e.Time != at(x.time) || e.Lasted != x.lasted || e.Grain != x.grain || e.Count != x.count {
			t.Errorf("%s: %v lasted %v grain %d count %d", name, time.Unix(0, int64(e.Time)).UTC(), e.Lasted, e.Grain, e.Count)
		}
		if e.Kind != parse.K8sEvent || e.fact != "Foo" || e.target != "/node/n1" || e.message != "bar" || e.detail["from"] != "c" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

const pod1 = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop"},
"spec":{"containers":[{"name":"linkerd-proxy","image":"proxy:2","resources":{"limits":{"cpu":"500m"}}},{"name":"web","image":"web:1","resources":{"limits":{"cpu":1}}}],
        "initContainers":[{"name":"init","image":"init:1"}]},
"status":{"initContainerStatuses":[{"name":"init","state":{"terminated":{"exitCode":0,"startedAt":"2024-02-02T12:16:20Z","finishedAt":"2024-02-02T12:16:21Z"}}}],
 "containerStatuses":[
  {"name":"linkerd-proxy","restartCount":2,"state":{"running":{"startedAt":"2024-02-02T12:16:22Z"}},
   "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"2024-02-01T00:00:00Z","finishedAt":"2024-02-02T12:16:19Z"}}},
  {"name":"web","restartCount":0,"state":{"running":{"startedAt":"2024-02-02T12:16:23Z"}}},
  {"name":"sick","restartCount":9,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{}}]}}`

func TestPod(t *testing.T) {
	c := read(t, []byte(pod1))
	type short struct {
		kind  parse.Kind
		fact  string
		time  string
		value float64
		sev   parse.Severity
	}
	want := []short{
		{parse.ContainerStarted, "linkerd-proxy", "2024-02-01T00:00:00.5Z", 1, parse.Warn},
		{parse.ContainerTerminated, "linkerd-proxy", "2024-02-02T12:16:19.5Z", 137, parse.Warn},
		{parse.ContainerStarted, "linkerd-proxy", "2024-02-02T12:16:22.5Z", 2, parse.Warn},
		{parse.ContainerStarted, "web", "2024-02-02T12:16:23.5Z", 0, parse.Info},
	}
	got := events(t, c, []byte(pod1))
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d: %v", len(got), len(want), c.Sources[0].Problems)
	}
	for i, e := range got {
		if g := (short{e.Kind, e.fact, time.Unix(0, int64(e.Time)).UTC().Format(time.RFC3339Nano), e.Value, e.Severity}); g != want[i] || e.target != "shop/web-0" {
			t.Errorf("event %d: %+v, want %+v", i, g, want[i])
		}
		if !strings.HasPrefix(e.text, `{"name":"`+e.fact+`"`) {
			t.Errorf("event %d points at %q", i, e.text)
		}
	}
	if d := got[1]; d.detail["reason"] != "OOMKilled" || d.detail["restarts"] != "2" || d.detail["exit_code"] != "137" {
		t.Errorf("detail %v", d.detail)
	}
	cpu, image, started := facts(c, parse.FactCPULimit), facts(c, parse.FactImage), facts(c, parse.FactStartedAt)
	if c.Name(cpu["shop/web-0/linkerd-proxy"].Value) != "500m" || c.Name(cpu["shop/web-0/web"].Value) != "1" || len(image) != 3 ||
		len(started) != 2 || started["shop/web-0/web"].Time != at("2024-02-02T12:16:23Z") {
		t.Errorf("facts: %v %v %v", cpu, image, started)
	}
	if c := read(t, file(t, "pods.json")); c.Events() != 3 || len(facts(c, parse.FactStartedAt)) != 3 || len(facts(c, parse.FactImage)) != 3 {
		t.Errorf("captured pods: %d events, %d facts", c.Events(), len(c.Facts))
	}
}

// TestManyContainers: a pod that cannot be costs no more than one that can.
func TestManyContainers(t *testing.T) {
	status := `{"name":"a","state":{"running":{"startedAt":"2024-02-02T12:16:22Z"}}}`
	text := []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"status":{"containerStatuses":[` + strings.Repeat(status+",\n", 100000) + status + `]}}`)
	c := read(t, text)
	got := events(t, c, text)
	if len(got) != maxContainers || len(c.Sources[0].Problems) != 1 || got[maxContainers-1].Line != maxContainers {
		t.Errorf("%d events, %v", len(got), c.Sources[0].Problems)
	}
}

// TestDocuments: lists, single objects, mixtures and several documents.
func TestDocuments(t *testing.T) {
	list := func(items ...string) string {
		return `{"apiVersion":"v1","items":[` + strings.Join(items, ",\n") + `],"kind":"List","metadata":{}}`
	}
	for name, x := range map[string]struct {
		text             string
		events, problems int
	}{
		"marked":    {"\ufeff" + list(event1) + "\n" + event1, 2, 0},
		"mixed":     {list(event1, pod1, event1), 6, 0},
		"appended":  {list(event1) + "\n" + list(pod1) + "\n" + event1, 6, 0},
		"singles":   {event1 + pod1 + "\n" + event1, 6, 0},
		"lines":     {strings.ReplaceAll(event1, "\n", "") + "\n" + strings.ReplaceAll(event1, "\n", "") + "\n", 2, 0},
		"raw":       {`{"kind":"EventList","apiVersion":"v1","metadata":{},"items":[` + event1 + `]}`, 1, 0},
		"exported":  {strings.Replace(event1, `"apiVersion":"v1","kind":"Event",`, "", 1), 1, 0},
		"others":    {list(event1, `{"kind":"ConfigMap"}`, `{"kind":"ConfigMap"}`, `{"kind":"Namespace"}`), 1, 2},
		"empty":     {list(), 0, 0},
		"null":      {`{"apiVersion":"v1","items":null,"kind":"List"}`, 0, 0},
		"error":     {`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"forbidden"}`, 0, 1},
		"truncated": {list(event1, event1)[:len(event1)+200], 1, 1},
		"no items":  {`{"apiVersion":"v1","items":[`, 0, 1},
		"no array":  {`{"apiVersion":"v1","items":{"a":1}}`, 0, 1},
		"types":     {list(`{"kind":"Event","involvedObject":{"name":5}}`, `{"kind":7}`, `"x"`, `[]`, `null`, event1), 1, 5},
		"no time":   {list(`{"kind":"Event","involvedObject":{},"lastTimestamp":"0001-01-01T00:00:00Z"}`, event1), 1, 1},
		"garbage":   {event1 + "\nError from server", 1, 1},
		"numbers":   {list(strings.Replace(event1, `"count":4`, `"count":1e999`, 1), event1), 1, 1},
		"deep":      {`{"apiVersion":"v1","items":[{"kind":"Event","involvedObject":` + strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000) + `}]}`, 0, 1},
		"nul":       {list("\x00", event1), 0, 1},
		"pod types": {list(strings.Replace(pod1, `"restartCount":2`, `"restartCount":"2"`, 1), `{"kind":"Pod","status":5}`, `{"kind":"Pod","spec":null,"status":null}`), 1, 2},
	} {
		c := read(t, []byte(x.text))
		got := events(t, c, []byte(x.text))
		if len(got) != x.events || len(c.Sources[0].Problems) != x.problems || c.Sources[0].Format != "k8s" {
			t.Errorf("%s: %d events as %q, problems %v", name, len(got), c.Sources[0].Format, c.Sources[0].Problems)
		}
		for _, e := range got {
			if e.Kind == parse.KubeletProbeFailed && !strings.HasSuffix(e.text, `"host":"n1"}}`) {
				t.Errorf("%s: an event's text is %q", name, e.text)
			}
		}
	}
}

// TestCoverage: containers that started long ago do not stretch the time that
// a dump of events covers.
func TestCoverage(t *testing.T) {
	c := read(t, []byte(pod1+event1+strings.Replace(event1, "04:09:30Z", "06:09:30Z", 1)))
	if len(c.Streams) != 1 {
		t.Fatalf("%d streams", len(c.Streams))
	}
	s := c.Streams[0]
	want := parse.Span{From: at("2022-03-03T04:09:30.5Z"), To: at("2022-03-03T06:09:30.5Z")}
	if len(s.Coverage) != 1 || s.Coverage[0] != want || s.Clock != parse.ClockWall || len(s.Silences) > 0 {
		t.Errorf("%+v", s)
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]bool{
		event1: true, "\n " + pod1: true, `{"apiVersion":"v1","kind":"Pod"}`: true,
		`{"status":"success","data":{"resultType":"matrix","result":[]}}`:    false,
		`{"level":"info","msg":"\"apiVersion\" \"involvedObject\""}`:         false,
		`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata"}`: false,
		`[{"metric":{}}]`: false, "": false, "{": false, `{"`: false, `{"kind"`: false, "Name:  x": false,
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("%.40q: %v", head, got)
		}
	}
}
