package kubelet

import (
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
)

const (
	anEvent = `"involvedObject": {"kind": "Pod", "name": "web-0", "namespace": "shop"}, "lastTimestamp": "2025-03-04T09:15:21Z", "metadata": {"name": "web-0.1", "namespace": "shop"}, "reason": "Unhealthy", "message": "Readiness probe failed: HTTP probe failed with statuscode: 503", "type": "Warning"`
	aYAML   = "involvedObject:\n  kind: Pod\n  name: web-0\n  namespace: shop\nkind: Event\nlastTimestamp: \"2025-03-04T09:15:21Z\"\nmessage: 'Readiness probe failed: HTTP probe failed with statuscode: 503'\nmetadata:\n  name: web-0.1\n  namespace: shop\nreason: Unhealthy\ntype: Warning\n"
)

func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

// An object of the API is read whatever its first key is, alone or in a list
// that says its kind before or behind its items.
func TestFormsOfAnObject(t *testing.T) {
	items := "- action: Binding\n  apiVersion: v1\n" + indented(aYAML, "  ")
	for name, text := range map[string]string{
		"JSON, sorted":               `{"action": "Binding", "apiVersion": "v1", "kind": "Event", ` + anEvent + `}`,
		"JSON, no apiVersion":        `{` + anEvent + `}`,
		"JSON, an exporter's":        `{"metadata": {"name": "web-0.1"}, ` + strings.Replace(anEvent, `"metadata": {"name": "web-0.1", "namespace": "shop"}, `, "", 1) + `}`,
		"JSON, an array":             `[{"apiVersion": "v1", "kind": "Event", ` + anEvent + `}]`,
		"JSON, items first":          `{"items": [{` + anEvent + `}], "kind": "EventList", "apiVersion": "v1", "metadata": {}}`,
		"JSON, kind first":           `{"kind": "EventList", "items": [{` + anEvent + `}]}`,
		"YAML, sorted":               "action: Binding\napiVersion: v1\neventTime: null\n" + aYAML,
		"YAML, a document":           "---\napiVersion: v1\n" + aYAML,
		"YAML, a list":               "apiVersion: v1\nitems:\n" + items + "kind: List\nmetadata: {}\n",
		"YAML, items first":          "items:\n" + items + "kind: EventList\nmetadata: {}\n",
		"YAML, items without a kind": "items:\n- action: Binding\n" + strings.Replace(indented(aYAML, "  "), "  kind: Event\n", "", 1) + "kind: EventList\nmetadata: {}\n",
	} {
		c := read(t, []byte(text))
		if c.Events() != 1 || c.Sources[0].Format != "k8s" || len(c.Sources[0].Problems) > 0 {
			t.Errorf("%s: %d events as %q, problems %v", name, c.Events(), c.Sources[0].Format, c.Sources[0].Problems)
		}
	}
}

func TestOneEndpointSlice(t *testing.T) {
	for _, text := range []string{
		`{"addressType": "IPv4", "apiVersion": "discovery.k8s.io/v1", "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": true}}], "kind": "EndpointSlice", "metadata": {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}}, "ports": [{"port": 80}]}`,
		"addressType: IPv4\napiVersion: discovery.k8s.io/v1\nendpoints:\n- addresses:\n  - 10.0.0.1\n  conditions:\n    ready: true\nkind: EndpointSlice\nmetadata:\n  labels:\n    kubernetes.io/service-name: web\n  name: web-x\n  namespace: shop\nports:\n- port: 80\n",
	} {
		c := read(t, []byte(text))
		if f, ok := facts(c, "endpointslices")["shop/web"]; !ok {
			t.Errorf("no endpoints: %v", c.Sources[0].Problems)
		} else if got := c.Name(f.Value); !strings.Contains(got, "ready=1") {
			t.Errorf("%q", got)
		}
	}
}

// What is not of the API is left to others.
func TestNoObjects(t *testing.T) {
	for _, text := range []string{
		"level: info\nmsg: apiVersion: v1\n", `{"level":"info","msg":"apiVersion"}`, `{"name":"x","value":1}`,
		"# HELP x y\nx 1\n", "items:\n- one\n- two\n", "[   0.1s] INFO x\n", `{"configs":[{"name":"apiVersion"}]}`,
	} {
		if c := read(t, []byte(text)); c.Sources[0].Format == "k8s" {
			t.Errorf("%q is taken for an object of the API", text)
		}
	}
	for _, text := range []string{"null\n", "null", "[]", "{}\n"} {
		if c := read(t, []byte(text)); c.Sources[0].Counts.Unparsed > 0 || len(c.Sources[0].Problems) > 0 {
			t.Errorf("%q: %+v %v", text, c.Sources[0].Counts, c.Sources[0].Problems)
		}
	}
	nodes := `{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"n1"}},{"metadata":{"name":"n2"}}]}`
	if c := read(t, []byte(nodes)); !strings.Contains(fmt.Sprint(c.Sources[0].Problems), `2 objects of the kind "Node"`) {
		t.Errorf("%v", c.Sources[0].Problems)
	}
}

const auditJSON = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"%s","stage":"%s","requestURI":"/x","verb":"%s","user":{"username":"%s"},"objectRef":{"resource":"%s","namespace":"shop","name":"web","subresource":"%s"},"responseStatus":{"code":%d},"requestReceivedTimestamp":"2025-03-04T09:15:21.401000Z","stageTimestamp":"2025-03-04T09:15:22.410000Z"}` + "\n"

// An audit log tells who changed what, and which requests failed; what is
// changed all the time is known and passed over.
func TestAudit(t *testing.T) {
	for name, f := range map[string]struct {
		stage, verb, user, resource, part string
		code                              int
		want                              string // target, "" for no event
	}{
		"an edit":           {"ResponseComplete", "patch", "alice", "deployments", "", 200, "shop/deployment/web"},
		"a scale":           {"ResponseComplete", "update", "alice", "deployments", "scale", 200, "shop/deployment/web"},
		"a pod":             {"ResponseComplete", "delete", "system:serviceaccount:kube-system:x", "pods", "", 200, "shop/web"},
		"a failure":         {"ResponseComplete", "get", "system:node:n1", "configmaps", "", 500, "shop/configmaps/web"},
		"too many":          {"ResponseComplete", "list", "system:apiserver", "pods", "", 429, "shop/web"},
		"forbidden":         {"ResponseComplete", "create", "bob", "services", "", 403, "shop/service/web"},
		"a read":            {"ResponseComplete", "get", "alice", "pods", "", 200, ""},
		"an earlier stage":  {"RequestReceived", "patch", "alice", "deployments", "", 0, ""},
		"a lease":           {"ResponseComplete", "update", "system:node:n1", "leases", "", 200, ""},
		"a status":          {"ResponseComplete", "patch", "system:node:n1", "pods", "status", 200, ""},
		"a conflict":        {"ResponseComplete", "update", "alice", "deployments", "", 409, ""},
		"a failed lease":    {"ResponseComplete", "update", "system:node:n1", "leases", "", 504, "shop/leases/web"},
		"a watch that ends": {"ResponseComplete", "watch", "system:apiserver", "pods", "", 200, ""},
	} {
		c := read(t, fmt.Appendf(nil, auditJSON, "id", f.stage, f.verb, f.user, f.resource, f.part, f.code))
		got := ""
		for _, s := range c.Streams {
			for _, e := range s.Events {
				if got = c.Name(e.Target); e.Kind != parse.K8sAudit || e.Value != float64(f.code) || e.Lasted.Seconds() < 1 {
					t.Errorf("%s: %v %v %v", name, e.Kind, e.Value, e.Lasted)
				}
			}
		}
		if got != f.want || c.Sources[0].Counts.Unparsed > 0 {
			t.Errorf("%s: %q, want %q; %v", name, got, f.want, c.Sources[0].Problems)
		}
	}
}
