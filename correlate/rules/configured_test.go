package rules_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// envoyLog are requests to shop/pay that Envoy failed with a flag.
func envoyLog(status int, flag, details string, took int) string {
	return repeat(12, 7, func(after int) string {
		return envoyAccess(after, strconv.Itoa(status), flag, details, strconv.Itoa(took), "10.1.2.3:8080", "outbound|8080||pay.shop.svc.cluster.local")
	})
}

// envoyConfig is a page of Envoy's configuration, pretty-printed or in one line.
func envoyConfig(cluster string) string {
	return `{
 "configs": [
  {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
   "dynamic_active_clusters": [{"cluster": {"name": "` + cluster + `",
      "connect_timeout": "10s",
      "circuit_breakers": {"thresholds": [{"max_connections": 100, "max_pending_requests": 50, "max_requests": 4294967295}]},
      "outlier_detection": {"consecutive_5xx": 5, "base_ejection_time": "30s"}}}]},
  {"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
   "dynamic_route_configs": [{"route_config": {"name": "8080", "virtual_hosts": [{"name": "any:8080", "routes": [
      {"route": {"cluster": "` + cluster + `",
        "timeout": "15s",
        "retry_policy": {"num_retries": 2, "retry_host_predicate": [{"name": "previous_hosts"}]}},
       "name": "default"}]}]}}]}
 ]
}
`
}

// What somebody set is named on the finding that turns on it, with its line; what is
// set of another service, or means no limit, is not.
func TestKnobsAreNamed(t *testing.T) {
	const pay, other = "outbound|8080||pay.shop.svc.cluster.local", "outbound|8080||cart.shop.svc.cluster.local"
	for name, tt := range map[string]struct {
		log, page string
		says      string
		line      uint32
	}{
		"its timeout":         {envoyLog(504, "UT", "response_timeout", 15001), envoyConfig(pay), "timeout 15s; num_retries 2", 11},
		"in one line":         {envoyLog(504, "UT", "response_timeout", 15001), strings.ReplaceAll(envoyConfig(pay), "\n", ""), "timeout 15s; num_retries 2", 1},
		"another's":           {envoyLog(504, "UT", "response_timeout", 15001), envoyConfig(other), "", 0},
		"its circuit breaker": {envoyLog(503, "UO", "overflow", 1), envoyConfig(pay), "max_connections 100; max_pending_requests 50", 6},
		"by the clusters' page": {envoyLog(503, "UO", "overflow", 1), pay + "::default_priority::max_connections::77\n" + pay + "::10.1.2.3:8080::health_flags::healthy\n" +
			pay + "::10.1.2.3:8080::rq_error::0\n" + pay + "::added_via_api::true\n", "default_priority max_connections 77", 1},
		"of no service": {envoyLog(503, "UO", "overflow", 1), envoyConfig("10.1.2.3"), "", 0},
	} {
		c := judged(t, dump{"envoy.log": tt.log, "page": tt.page}.inputs()...)
		f := c.Findings[0]
		if f.Facets["configured"] != tt.says || strings.Contains(f.Detail, "Envoy's own pages") != (tt.says != "") {
			t.Errorf("%s: %s says %q, want %q", name, f.Rule, f.Facets["configured"], tt.says)
		}
		if last := f.Evidence[len(f.Evidence)-1].Ref; tt.says != "" && (c.Sources[last.Source].Path != "page" || last.Line != tt.line || last.Len == 0) {
			t.Errorf("%s: %s:%d is cited, want line %d", name, c.Sources[last.Source].Path, last.Line, tt.line)
		}
	}
}

// A finding of istioctl analyze stands on the finding about the service of that name.
func TestAnalyzedIsNamed(t *testing.T) {
	for object, want := range map[string]bool{"VirtualService shop/pay": true, "VirtualService mail/pay": false, "Service shop/payment": false} {
		c := judged(t, dump{"envoy.log": envoyLog(504, "UT", "response_timeout", 15001),
			"analyze": "Error [IST0101] (" + object + ") Referenced host not found: \"gone\"\n"}.inputs()...)
		if got := strings.Contains(c.Findings[0].Detail, "istioctl analyze found IST0101"); got != want {
			t.Errorf("%s: %s", object, c.Findings[0].Detail)
		}
	}
}

// Changes shortly before the first failures are told, whoever tells of them: those of
// long before, those that failed and those of the controllers' daily work are not.
func TestChangesAreTold(t *testing.T) {
	audit := func(user, verb, resource, name string, code int, before time.Duration) string {
		at := noon.Add(-before).Format("2006-01-02T15:04:05.000000Z")
		return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"%s-%s-%d","stage":"ResponseComplete","requestURI":"/x","verb":"%s",`+
			`"user":{"username":"%s"},"objectRef":{"resource":"%s","namespace":"shop","name":"%s"},"responseStatus":{"code":%d},"requestReceivedTimestamp":"%s","stageTimestamp":"%s"}`+"\n",
			verb, name, before, verb, user, resource, name, code, at, at)
	}
	object := func(kind, rest string) string {
		return `{"apiVersion":"v1","kind":"` + kind + `","metadata":{"name":"pay","namespace":"shop"` + rest + "}\n"
	}
	at := func(before time.Duration) string { return noon.Add(-before).Format(time.RFC3339) }
	for name, tt := range map[string]struct{ text, want string }{
		"a person's patch":     {audit("alice", "patch", "deployments", "pay", 200, 5*time.Minute), "patch of shop/deployment/pay at 2024-02-02 11:55:00"},
		"one long before":      {audit("alice", "patch", "deployments", "pay", 200, 25*time.Minute), ""},
		"one that was refused": {audit("alice", "patch", "deployments", "pay", 403, 5*time.Minute), ""},
		"a controller's pod":   {audit("system:serviceaccount:kube-system:replicaset-controller", "create", "pods", "pay-1", 201, 5*time.Minute), ""},
		"a configuration":      {audit("ci", "update", "configmaps", "pay", 200, time.Minute), "update of shop/configmaps/pay"},
		"an event":             {event("shop", "pay", "ScalingReplicaSet", "Scaled up replica set pay-1 to 1", noon.Add(-time.Minute), 1), "Scaled up replica set pay-1 to 1"},
		"another event":        {event("shop", "pay", "Pulled", "Container image present", noon.Add(-time.Minute), 1), ""},
		"a replica set":        {object("ReplicaSet", `,"creationTimestamp":"`+at(2*time.Minute)+`","ownerReferences":[{"kind":"Deployment","name":"pay"}]}`), "shop/replicaset/pay made for a rollout of pay"},
		"a bare replica set":   {object("ReplicaSet", `,"creationTimestamp":"`+at(2*time.Minute)+`"}`), ""},
		"a deployment":         {object("Deployment", `},"status":{"conditions":[{"type":"Progressing","status":"True","reason":"ReplicaSetUpdated","lastUpdateTime":"`+at(time.Minute)+`"}]}`), "rollout: ReplicaSetUpdated"},
		"one not available":    {object("Deployment", `},"status":{"conditions":[{"type":"Available","status":"False","lastTransitionTime":"`+at(time.Minute)+`"}]}`), "ceased to be Available"},
		"an autoscaler":        {object("HorizontalPodAutoscaler", `},"status":{"lastScaleTime":"`+at(time.Minute)+`"}`), "shop/horizontalpodautoscaler/pay scaled"},
		"a node":               {object("Node", `},"status":{"conditions":[{"type":"Ready","status":"Unknown","lastTransitionTime":"`+at(time.Minute)+`"}]}`), "ceased to be Ready"},
		"a node without need":  {object("Node", `},"status":{"conditions":[{"type":"MemoryPressure","status":"False","lastTransitionTime":"`+at(time.Minute)+`"}]}`), ""},
	} {
		c := judged(t, dump{"envoy.log": envoyLog(504, "UT", "response_timeout", 15001), "x": tt.text}.inputs()...)
		got := ""
		for i := range c.Findings {
			if f := &c.Findings[i]; f.Rule == "changed" {
				got = f.Title
				if len(f.Evidence) == 0 || i == 0 {
					t.Errorf("%s: it leads, or proves nothing", name)
				}
			}
		}
		if (got != "") != (tt.want != "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
