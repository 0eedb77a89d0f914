package kubelet

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
)

// endpoints1 is what kubectl get endpointslices,endpoints -o json prints.
const endpoints1 = `{"apiVersion":"v1","kind":"List","items":[
{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","metadata":{"name":"web-1","namespace":"shop","labels":{"kubernetes.io/service-name":"web"},
 "annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2024-02-02T13:22:20Z"}},
 "endpoints":[{"addresses":["10.0.0.2"],"conditions":{"ready":true}},{"addresses":["10.0.0.1"],"conditions":{}},{"addresses":["10.0.0.3"],"conditions":{"ready":false,"serving":true,"terminating":true}}],
 "ports":[{"name":"http","port":8080},{"name":"admin","port":4191}]},
{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","metadata":{"name":"web-2","namespace":"shop","ownerReferences":[{"kind":"Service","name":"web"}],
 "annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2024-02-02T13:22:25Z"}},
 "endpoints":[{"addresses":["10.0.0.4"],"conditions":{"ready":true}},{"addresses":[]}],"ports":[{"port":8080}]},
{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","metadata":{"name":"gone","namespace":"shop"},"endpoints":null,"ports":null},
{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web","namespace":"shop"},
 "subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"notReadyAddresses":[{"ip":"10.0.0.3"}],"ports":[{"port":8080}]}]},
{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"none","namespace":"shop"}}
]}`

func TestEndpoints(t *testing.T) {
	want := []string{
		"shop/gone endpointslices shop/gone ready=0 notready=0 @0",
		"shop/none endpoints shop/none ready=0 notready=0 @0",
		"shop/web endpointslices_addresses shop/web:4191 10.0.0.1 10.0.0.2 @1706880140",
		"shop/web endpoints_addresses shop/web:8080 10.0.0.1 10.0.0.2 @0",
		"shop/web endpointslices_addresses shop/web:8080 10.0.0.1 10.0.0.2 10.0.0.4 @1706880145",
		"shop/web endpoints shop/web:8080 ready=2 notready=1 @0",
		"shop/web endpointslices shop/web:4191 ready=2 notready=1 @1706880140",
		"shop/web endpointslices shop/web:8080 ready=3 notready=1 @1706880145",
	}
	slices.Sort(want)
	for name, text := range map[string]string{"json": endpoints1, "yaml": inYAML(t, []byte(endpoints1)),
		"without kinds": strings.NewReplacer(`"kind":"EndpointSlice",`, "", `"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"`, `"apiVersion":"v1","metadata":{"name":"web"`).Replace(endpoints1)} {
		c := read(t, []byte(text))
		var got []string
		for _, f := range c.Facts {
			got = append(got, fmt.Sprintf("%s %s %s @%d", c.Name(f.Subject), c.Name(f.Key), c.Name(f.Value), f.Time/1e9))
			if line := text[f.Ref.Off : f.Ref.Off+int64(f.Ref.Len)]; f.Ref.Line != uint32(1+strings.Count(text[:f.Ref.Off], "\n")) || !strings.Contains(line, "shop") {
				t.Errorf("%s: %+v points at %q", name, f, line)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || len(c.Sources[0].Problems) > 0 || c.Sources[0].Format != "k8s" {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, c.Sources[0].Problems, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	many := `{"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"m"},"subsets":[{"addresses":[` + strings.Repeat(`{"ip":"1.1.1.1"},`, 999) + `{"ip":"1.1.1.2"}],"ports":[{"port":1},{"port":1}]},5]}`
	if c := read(t, []byte(many)); len(c.Facts) != 0 || len(c.Sources[0].Problems) != 1 {
		t.Errorf("%v %v", c.Facts, c.Sources[0].Problems)
	}
	c := read(t, []byte(strings.Replace(many, ",5]", "]", 1)))
	f := facts(c, FactEndpointsAddresses)["/m"]
	if v := c.Name(f.Value); !strings.HasSuffix(v, " and 800 more") || c.Name(facts(c, FactEndpoints)["/m"].Value) != "/m:1 ready=1000 notready=0" {
		t.Errorf("%q", v)
	}
}

// livesPage tells of the pod of pod1.
const livesPage = `Name:         web-0
Namespace:    shop
Init Containers:
  init:
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
      Started:      Fri, 02 Feb 2024 13:16:20 +0100
      Finished:     Fri, 02 Feb 2024 13:16:21 +0100
    Ready:          True
    Restart Count:  0
Containers:
  linkerd-proxy:
    State:          Running
      Started:      Fri, 02 Feb 2024 13:16:22 +0100
    Last State:     Terminated
      Reason:       OOMKilled
      Message:      it was too large
      Exit Code:    137
      Started:      Thu, 01 Feb 2024 01:00:00 +0100
      Finished:     Fri, 02 Feb 2024 07:16:19 -0500
    Ready:          True
    Restart Count:  2
  web:
    State:          Running
      Started:      Fri, 02 Feb 2024 12:16:23 +0000
    Ready:          True
    Restart Count:  0
  sick:
    State:          Waiting
      Reason:       CrashLoopBackOff
    Restart Count:  9
Events:          <none>
`

// TestLives: the containers of a page and of the API's JSON have the same
// starts and ends.
func TestLives(t *testing.T) {
	brief := func(text string) (out []string) {
		c := read(t, []byte(text))
		for _, e := range events(t, c, []byte(text)) {
			if e.Kind == parse.ContainerCrashLoop { // JSON without a time of the pod does not tell since when
				continue
			}
			out = append(out, fmt.Sprint(e.Kind, e.target, e.fact, e.Time, e.Grain, e.Value, e.Severity, e.Print, e.Count))
		}
		for i := range c.Streams {
			if c.Streams[i].Clock != parse.ClockWall {
				t.Errorf("stream on %q", c.Streams[i].Clock)
			}
		}
		return out
	}
	if got, want := brief(livesPage), brief(pod1); !slices.Equal(got, want) || len(want) != 4 {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for cut, want := range map[string]int{"Last State": 1, "Finished:     Fri, 02 Feb 2024 07": 2, "Restart Count:  2": 3} {
		if got := brief(livesPage[:strings.Index(livesPage, cut)]); len(got) != want {
			t.Errorf("before %q: %q", cut, got)
		}
	}
	node := "Name:               n1\nRoles:              <none>\nCreationTimestamp:  Thu, 01 Feb 2024 01:00:00 +0100\nCapacity:\n  cpu:  4\nEvents:\n  Type    Reason        Age    From     Message\n" +
		"  Normal  NodeNotReady  2m30s  node-controller  Node n1 status is now: NodeNotReady\n"
	if e := one(t, node); e.target != "/node/n1" || reasonIn(e.fact) != "NodeNotReady" {
		t.Errorf("%+v", e)
	}
	deployment := "Name:                   web\nNamespace:              shop\nCreationTimestamp:      Thu, 01 Feb 2024 01:00:00 +0100\nReplicas:               3 desired | 3 updated\nStrategyType:           RollingUpdate\nPod Template:\n  Containers:\n   web:\n    Image:  x:1\nEvents:\n" +
		"  Normal  ScalingReplicaSet  2m30s  deployment-controller  Scaled up replica set web-5c9 to 3\n"
	if e := one(t, deployment); e.target != "shop/deployment/web" || e.Value != 3 {
		t.Errorf("%+v", e)
	}
}
