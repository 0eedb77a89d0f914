package kubelet

import (
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
	records "faultline/parse/record"
	"faultline/parse/wrap"
)

// formed reads a text with the formats of this package, behind whatever records
// it stands in.
func formed(t *testing.T, text string) (*parse.Capture, []parse.Event) {
	t.Helper()
	c := parsetest.Read(t, parsetest.Text("x", text), Formats(), append(wrap.All(), records.All()...), parse.Options{})
	var out []parse.Event
	for i := range c.Streams {
		out = append(out, c.Streams[i].Events...)
	}
	return c, out
}

// One failed probe in every form in which it is handed over.
func TestFormsOfAnEvent(t *testing.T) {
	const event = `{"apiVersion":"v1","kind":"Event","metadata":{"name":"web-0.x","namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-0"},` +
		`"reason":"Unhealthy","message":"Readiness probe failed: HTTP probe failed with statuscode: 503","source":{"component":"kubelet","host":"n1"},` +
		`"firstTimestamp":"2024-02-09T10:00:03Z","lastTimestamp":"2024-02-09T10:10:03Z","count":2,"type":"Warning"}`
	const message = "Readiness probe failed: HTTP probe failed with statuscode: 503"
	for name, text := range map[string]string{
		"event":                  event,
		"watch":                  `{"type":"MODIFIED","object":` + event + `}`,
		"watch, spaced":          `{ "type": "MODIFIED", "object": ` + event + ` }`,
		"eventrouter":            `{"verb":"UPDATED","event":` + event + `,"old_event":` + event + `}`,
		"cloud logging":          `{"insertId":"7","jsonPayload":` + event + `,"resource":{"type":"k8s_cluster","labels":{"cluster_name":"c"}},"timestamp":"2024-02-09T10:10:04Z"}`,
		"cloud logging, array":   `[{"jsonPayload":` + event + `,"resource":{"type":"k8s_cluster"},"timestamp":"2024-02-09T10:10:04Z"}]`,
		"in a collector's log":   `{"log":"` + strings.ReplaceAll(event, `"`, `\"`) + `\n","stream":"stdout","time":"2024-02-09T10:10:04Z"}`,
		"KubeEvents, CSV":        "TimeGenerated [UTC],Computer,ObjectKind,Namespace,Name,Reason,Message,KubeEventType,SourceComponent,FirstSeen [UTC],LastSeen [UTC],Count\n\"2/9/2024, 10:11:00.000 AM\",n1,Pod,shop,web-0,Unhealthy," + message + `,Warning,kubelet,"2/9/2024, 10:00:03 AM","2/9/2024, 10:10:03 AM",2` + "\n",
		"KubeEvents, JSON":       `{"TimeGenerated":"2024-02-09T10:11:00Z","ObjectKind":"Pod","Namespace":"shop","Name":"web-0","Reason":"Unhealthy","Message":"` + message + `","KubeEventType":"Warning","SourceComponent":"kubelet","FirstSeen":"2024-02-09T10:00:03Z","LastSeen":"2024-02-09T10:10:03Z","Count":2}`,
		"custom columns":         "LASTSEEN               FIRST                  COUNT   NS     OBJ     REASON      MSG\n2024-02-09T10:10:03Z   2024-02-09T10:00:03Z   2       shop   web-0   Unhealthy   " + message + "\n",
		"custom columns, kind":   "LAST_SEEN              FIRSTSEEN              COUNT   TYPE      REASON      KIND   NAMESPACE   NAME    MESSAGE\n2024-02-09T10:10:03Z   2024-02-09T10:00:03Z   2       Warning   Unhealthy   Pod    shop        web-0   " + message + "\n",
		"a table with ISO times": "NAMESPACE   LAST SEEN              FIRST SEEN             COUNT   TYPE      REASON      OBJECT      MESSAGE\nshop        2024-02-09T10:10:03Z   2024-02-09T10:00:03Z   2       Warning   Unhealthy   pod/web-0   " + message + "\n",
	} {
		c, events := formed(t, text)
		if len(events) != 1 || c.Sources[0].Counts.Unparsed != 0 {
			t.Errorf("%s: %d events, %+v %+v", name, len(events), c.Sources[0].Counts, c.Sources[0].Problems)
			continue
		}
		e := events[0]
		probe, failure := parse.ProbeOf(e.Class)
		if e.Kind != parse.KubeletProbeFailed || probe != parse.Readiness || failure != parse.FailureHTTPStatus || e.Value != 503 || c.Name(e.Target) != "shop/web-0" || e.Count != 2 ||
			e.Time != at("2024-02-09T10:10:03.5Z") || e.Lasted != 10*time.Minute {
			t.Errorf("%s: %+v %s %v %v", name, e, c.Name(e.Target), time.Unix(0, int64(e.Time)).UTC(), e.Lasted)
		}
	}
}

// An event in the log of the component that recorded it.
func TestOccurred(t *testing.T) {
	for _, line := range []string{
		`I0202 13:22:30.553000       1 event.go:307] "Event occurred" object="shop/web-0" fieldPath="spec.containers{web}" kind="Pod" apiVersion="v1" type="Warning" reason="BackOff" message="Back-off restarting"`,
		`I0202 13:22:30.553000       1 event.go:278] Event(v1.ObjectReference{Kind:"Pod", Namespace:"shop", Name:"web-0", UID:"u", APIVersion:"v1", ResourceVersion:"7", FieldPath:""}): type: 'Warning' reason: 'BackOff' Back-off restarting`,
	} {
		c, events := formed(t, line)
		if len(events) != 1 || events[0].Kind != parse.K8sEvent || c.Name(events[0].Target) != "shop/web-0" || reasonIn(c.Name(events[0].Fact)) != "BackOff" || events[0].Severity != parse.Warn {
			t.Errorf("%s: %+v", line, events)
		}
		var d parse.Detail
		logDetail([]byte(line), &d)
		if d.Message != "Back-off restarting" {
			t.Errorf("%s: %+v", line, d)
		}
	}
	for _, line := range []string{`I0202 13:22:30.553000       1 event.go:307] "Event occurred"`, `I0202 13:22:30.553000       1 event.go:278] Event(nothing)`, `I0202 13:22:30.553000       1 other.go:7] "Event occurred" object="a/b" kind="Pod" reason="x"`} {
		if _, events := formed(t, line); len(events) != 0 {
			t.Errorf("%s: %+v", line, events)
		}
	}
}

// A part of a page names its container and why it ended.
func TestStateWithoutItsPage(t *testing.T) {
	c, events := formed(t, "  linkerd-proxy:\n    Container ID:   containerd://5f\n    Image:          proxy:2\n    State:          Running\n      Started:      Tue, 24 Feb 2026 08:14:22 +0000\n"+
		"    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n      Started:      Sat, 14 Feb 2026 13:27:44 +0000\n      Finished:     Tue, 24 Feb 2026 08:14:05 +0000\n")
	n := 0
	for _, e := range events {
		if c.Name(e.Fact) != "linkerd-proxy" {
			t.Errorf("%+v: %q", e, c.Name(e.Fact))
		}
		if e.Kind == parse.ContainerTerminated {
			n++
			if e.Value != 137 || parse.EndReason(e.Class) != parse.EndOOMKilled {
				t.Errorf("%+v", e)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d ends in %+v", n, events)
	}
}

// Tables of other things are none of events.
func TestOtherColumns(t *testing.T) {
	for _, text := range []string{"NAME   READY   REASON\nweb-0   1/1   none\n", "REASON MESSAGE\nshort   table\n", "POD REASON FOR THE MESSAGE\nweb-0 is old\n",
		"LASTSEEN   OBJ     REASON      MSG\n\n\n\n\n\n\n\n\n\n\n\n\n\nten       lines     Behind      it\n"} {
		if c, events := formed(t, text); len(events) != 0 {
			t.Errorf("%q: %+v %+v", text, events, c.Sources[0])
		}
	}
}
