package kubelet

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// inYAML prints JSON as kubectl does: keys sorted, two spaces.
func inYAML(t testing.TB, text []byte) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// same is what the JSON and the YAML of an event must agree in.
func same(events []found) (out []string) {
	for _, e := range events {
		detail := slices.Sorted(maps.Keys(e.detail))
		for i, k := range detail {
			detail[i] = k + "=" + e.detail[k]
		}
		out = append(out, fmt.Sprint(e.Kind, e.target, e.fact, e.Time, e.Lasted, e.Count, e.Value, e.Print, e.Class, e.Grain, e.Severity, e.message, e.raw, detail))
	}
	return out
}

// TestYAMLAgrees: the same objects say the same as JSON and as YAML.
func TestYAMLAgrees(t *testing.T) {
	for name, text := range map[string][]byte{
		"events": file(t, "events.json"), "pods": file(t, "pods.json"), "pod": []byte(pod1), "event": []byte(event1),
		"list": []byte(`{"apiVersion":"v1","kind":"List","items":[` + event1 + "," + pod1 + "," + event1 + "]}"),
	} {
		want := same(events(t, read(t, text), text))
		y := []byte(inYAML(t, text))
		for form, y := range map[string]string{
			"plain": string(y), "marked": "\ufeff" + string(y), "with a break": "---\n" + string(y), "commented": "# by must-gather\n" + string(y),
			"Windows": strings.ReplaceAll(string(y), "\n", "\r\n"), "outdented": strings.ReplaceAll(string(y), "\n  ", "\n"),
		} {
			if form == "outdented" && !strings.Contains(y, "items:\n- ") {
				continue
			}
			c := read(t, []byte(y))
			if got := same(events(t, c, []byte(y))); !reflect.DeepEqual(got, want) || len(c.Sources[0].Problems) > 0 {
				t.Errorf("%s, %s: %v\n got %q\nwant %q", name, form, c.Sources[0].Problems, got, want)
			}
			counted(t, c, 0)
		}
	}
}

const yamlEvent = `- apiVersion: v1
  count: 4
  eventTime: null
  firstTimestamp: "2022-03-03T04:09:23Z"
  involvedObject:
    fieldPath: spec.containers{web}
    kind: Pod
    name: web-0
    namespace: shop
  kind: Event
  lastTimestamp: "2022-03-03T04:09:30Z"
  message: 'Readiness probe failed: HTTP probe failed with statuscode:
    500'
  metadata:
    name: web-0.16d8c37329152d6b
    namespace: shop
  reason: Unhealthy
  source:
    component: kubelet
    host: n1
  type: Warning
`

func TestYAMLDocuments(t *testing.T) {
	list := func(items ...string) string {
		return "apiVersion: v1\nitems:\n" + strings.Join(items, "") + "kind: List\nmetadata:\n  resourceVersion: \"\"\n"
	}
	single := strings.ReplaceAll(strings.TrimPrefix(yamlEvent, "- "), "\n  ", "\n")
	bomb := "- apiVersion: v1\n  kind: Event\n  involvedObject: {name: a}\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := range 12 {
		bomb += fmt.Sprintf("  a%d: &a%[1]d [*a%[2]d,*a%[2]d,*a%[2]d,*a%[2]d,*a%[2]d,*a%[2]d,*a%[2]d,*a%[2]d]\n", i+1, i)
	}
	deep := "- kind: Event\n  involvedObject: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n"
	blocks := "- kind: Event\n  involvedObject:\n"
	for i := range 500 {
		blocks += strings.Repeat(" ", 4+i) + "a:\n"
	}
	for name, x := range map[string]struct {
		text             string
		events, problems int
	}{
		"list":        {list(yamlEvent, yamlEvent), 2, 0},
		"indented":    {"apiVersion: v1\nitems:\n  " + strings.TrimRight(strings.ReplaceAll(yamlEvent, "\n", "\n  "), " ") + "kind: List\n", 1, 0},
		"single":      {single, 1, 0},
		"documents":   {single + "---\n" + list(yamlEvent) + "---\n" + single + "...\n", 3, 0},
		"empty":       {"apiVersion: v1\nitems: []\nkind: List\n", 0, 0},
		"flow":        {"apiVersion: v1\nitems: [{kind: Event, involvedObject: {name: a}, lastTimestamp: \"2022-03-03T04:09:30Z\"}]\nkind: List\n", 1, 0},
		"bare time":   {list(strings.Replace(yamlEvent, `"2022-03-03T04:09:30Z"`, "2022-03-03T04:09:30Z", 1)), 1, 0},
		"comments":    {list("# one\n"+yamlEvent, "# two\n\n", yamlEvent), 2, 0},
		"others":      {list("- apiVersion: v1\n  kind: Namespace\n", yamlEvent), 1, 1},
		"broken":      {list(yamlEvent, "- kind: Event\n  a: [\n", yamlEvent), 2, 1},
		"text":        {list(yamlEvent, "- just text\n", "- 5\n", yamlEvent), 2, 2},
		"bomb":        {list(bomb, yamlEvent), 1, 1},
		"itself":      {list("- kind: Event\n  involvedObject: &a [*a]\n", yamlEvent), 1, 1},
		"deep":        {list(deep, yamlEvent), 1, 1},
		"blocks":      {list(blocks, yamlEvent), 1, 1},
		"nul":         {list("- kind: Event\n  a: \x00\n", yamlEvent), 1, 1},
		"tabs":        {list("- kind: Event\n\ta: b\n", yamlEvent), 1, 1},
		"odd keys":    {list("- {? [a] : b, kind: Event}\n", yamlEvent), 1, 1},
		"one alias":   {list(strings.Replace(yamlEvent, "name: web-0\n", "name: &n web-0\n", 1) + "  other: *n\n"), 1, 0},
		"cut off":     {list(yamlEvent, yamlEvent)[:len(list(yamlEvent))+200], 1, 1},
		"after it":    {list(yamlEvent) + "---\nError from server: x y\n", 1, 1},
		"huge":        {list("- kind: Event\n  a: "+strings.Repeat("x", maxYAML)+"\n", yamlEvent), 1, 1},
		"no kinds":    {list(strings.Replace(strings.Replace(yamlEvent, "  kind: Event\n", "", 1), "apiVersion: v1\n  ", "", 1)), 1, 0},
		"odd numbers": {list(strings.Replace(yamlEvent, "count: 4", "count: 0x4", 1), strings.Replace(yamlEvent, "count: 4", "count: .inf", 1), yamlEvent), 1, 2},
	} {
		before := time.Now()
		c := read(t, []byte(x.text))
		got := events(t, c, []byte(x.text))
		if len(got) != x.events || len(c.Sources[0].Problems) != x.problems || c.Sources[0].Format != "k8s" {
			t.Errorf("%s: %d events as %q, problems %v", name, len(got), c.Sources[0].Format, c.Sources[0].Problems)
		}
		for _, e := range got {
			if name != "flow" && (e.Value != 500 || e.detail["http_status"] != "500" || e.target != "shop/web-0") {
				t.Errorf("%s: %+v %v", name, e.Event, e.detail)
			}
		}
		if d := time.Since(before); d > time.Minute {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// TestYAMLPlaces: events point at the lines that tell them.
func TestYAMLPlaces(t *testing.T) {
	text := inYAML(t, []byte(pod1))
	for _, e := range events(t, read(t, []byte(text)), []byte(text)) {
		if !strings.HasPrefix(strings.TrimSpace(e.text), "- ") || !strings.Contains(e.text, "name: "+e.fact) || strings.Count(e.text, "name: ") != 1 {
			t.Errorf("%s: %q", e.fact, e.text)
		}
	}
	c := read(t, []byte("apiVersion: v1\nkind: List\nitems:\n"+yamlEvent+"- a: [\n"+yamlEvent))
	if p := c.Sources[0].Problems; len(p) != 1 || p[0].Line != 25 {
		t.Errorf("%v", p)
	}
}

func TestIsYAML(t *testing.T) {
	for head, want := range map[string]bool{
		"apiVersion: v1\nkind: List\n": true, "---\napiVersion: v1\n": true, "# c\n\nkind: Pod\napiVersion: v1\n": true, "items:\n- apiVersion: v1\n": true,
		"metadata:\n  name: x\n": false, "time=\"x\"\napiVersion: v1\n": false, "Name:   x\n": false, "": false, "kind: of strange\n": false, "apiVersion=1": false,
	} {
		if isYAML([]byte(head)) != want {
			t.Errorf("%q: %v", head, !want)
		}
	}
}

// What nobody needs of an object is not read, and moves nothing of what is: events, facts
// and their places are the same with it and without, whatever stands in it.
func TestUnneededKeys(t *testing.T) {
	pod := func(managed, env string) string {
		return "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n" + managed + "    name: web-0\n    namespace: shop\n  spec:\n    containers:\n    -" + env +
			" image: example/web:1\n      name: web\n    nodeName: n1\n  status:\n    containerStatuses:\n    - name: web\n      restartCount: 0\n      state:\n        running:\n          startedAt: \"2024-02-02T13:22:00Z\"\n"
	}
	said := func(text string) (out []string) {
		c := read(t, []byte(text))
		for _, f := range c.Facts {
			out = append(out, fmt.Sprint(c.Name(f.Subject), " ", c.Name(f.Key), " ", c.Name(f.Value)))
		}
		for _, e := range events(t, c, []byte(text)) {
			out = append(out, e.text)
		}
		if len(c.Sources[0].Problems) > 0 {
			t.Errorf("%v: %s", c.Sources[0].Problems, text)
		}
		return out
	}
	want := said(pod("", ""))
	if len(want) < 4 {
		t.Fatal(want)
	}
	for _, managed := range []string{"", "    managedFields:\n    - apiVersion: v1\n      manager: kubelet\n\n    - fieldsV1:\n        k: {\"f:x\":\n          {}}\n",
		"    managedFields:\n      - x: \"\n      - never: closed\n", "    managedFields: []\n"} {
		for _, env := range []string{"", " env:\n      - name: A\n        value: |\n          name: no\n      args:\n      - x\n     ", " volumeMounts:\n        - mountPath: /x\n     "} {
			if env != "" {
				env = strings.TrimSuffix(env, "     ") + "     "
			}
			if got := said(pod(managed, env)); !slices.Equal(got, want) {
				t.Errorf("%q, %q:\n%q\nwant\n%q", managed, env, got, want)
			}
		}
	}
}
