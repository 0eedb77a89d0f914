package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"faultline/correlate"
)

// nodePage is a page of kubectl describe node whose Ready has a status.
func nodePage(status string) string {
	row := "%-16s %-9s Fri, 02 Feb 2024 12:00:00 +0000   Fri, 02 Feb 2024 12:00:40 +0000   %s\n"
	return "Name:               wk-3\nUnschedulable:      false\nConditions:\n  Type   Status   LastHeartbeatTime   LastTransitionTime   Reason   Message\n  " +
		fmt.Sprintf(row, "DiskPressure", "False", "KubeletHasNoDiskPressure") + "  " + fmt.Sprintf(row, "Ready", status, "NodeStatusUnknown") + "Capacity:\n  cpu:  4\n"
}

// nodeJSON is a Node whose Ready has a status.
func nodeJSON(status string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Node","metadata":{"name":"wk-3"},"status":{"conditions":[{"type":"MemoryPressure","status":"False","lastTransitionTime":"2024-02-02T11:00:00Z"},{"type":"Ready","status":%q,"reason":"KubeletNotReady","lastTransitionTime":"2024-02-02T12:00:00Z"}]}}`, status)
}

// deploymentJSON is one of three pods, of which so many are ready.
func deploymentJSON(ready int) string {
	return fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api","namespace":"shop"},"spec":{"replicas":3},"status":{"replicas":3,"readyReplicas":%d,"conditions":[{"type":"Available","status":"False","lastTransitionTime":"2024-02-02T12:00:00Z"}]}}`, ready)
}

// jobJSON is a pod of which one container has ended, and a proxy runs or another does.
func jobJSON(other string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"report-28","namespace":"shop"},"status":{"phase":"Running","startTime":"2024-02-02T12:00:00Z","containerStatuses":[{"name":"report","restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed","startedAt":"2024-02-02T12:00:01Z","finishedAt":"2024-02-02T12:01:00Z"}}},{"name":%q,"restartCount":0,"state":{"running":{"startedAt":"2024-02-02T12:00:01Z"}}}]}}`, other)
}

// ingressPage is a page of an ingress whose backend has a health.
func ingressPage(health string) string {
	return "Name:             shop\nNamespace:        shop\nRules:\n  Host          Path  Backends\n  shop.example  /     web:80 (10.8.0.4:8080)\nAnnotations:      ingress.kubernetes.io/backends: {\"k8s1-shop-web-80\":\"" + health + "\",\"k8s1-other-80\":\"HEALTHY\"}\nEvents:           <none>\n"
}

const (
	nodesHead   = "NAME     STATUS                     ROLES    AGE    VERSION\n"
	workHead    = "NAMESPACE   NAME   READY   UP-TO-DATE   AVAILABLE   AGE\n"
	podsHead    = "NAME                  READY   STATUS     RESTARTS      AGE\n"
	vizHead     = "NAME   MESHED   SUCCESS      RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99   TCP_CONN\n"
	servicePage = "NAMESPACE   NAME   ENDPOINTS   AGE\n"
)

// shownVariants are states that a table, a page or an object shows.
var shownVariants = []variant{
	{"node_unhealthy", correlate.High, one(nodesHead + "wk-2     Ready                      <none>   200d   v1.31.2\nwk-3     NotReady,SchedulingDisabled   <none>   200d   v1.31.2\n"),
		one(nodesHead + "wk-2     Ready                      <none>   200d   v1.31.2\nwk-3     Ready,SchedulingDisabled   <none>   200d   v1.31.2\n")},
	{"node_unhealthy", correlate.High, one(nodePage("Unknown")), one(nodePage("True"))},
	{"node_unhealthy", correlate.High, dump{"n.json": nodeJSON("False")}, dump{"n.json": nodeJSON("True")}},
	{"empty_target", correlate.Medium, one(workHead + "shop        api    0/3     3            0           30d\n"), one(workHead + "shop        api    0/0     0            0           30d\nshop        web    2/3     3            2           30d\n")},
	{"empty_target", correlate.Medium, one("NAMESPACE   NAME   READY   AGE\nshop        db     0/1     30d\n"), one("NAMESPACE   NAME   READY   AGE\nshop        db     1/1     30d\n")},
	{"empty_target", correlate.Medium, one("NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\nagent   3         3         0       3            0           <none>          9d\n"),
		one("NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\nagent   3         3         3       3            3           <none>          9d\n")},
	{"empty_target", correlate.Medium, dump{"d.json": deploymentJSON(0)}, dump{"d.json": deploymentJSON(1)}},
	{"empty_target", correlate.Medium, one("Name:                   api\nNamespace:              shop\nSelector:               app=api\nReplicas:               3 desired | 3 updated | 3 total | 0 available | 3 unavailable\nStrategyType:           RollingUpdate\n"),
		one("Name:                   api\nNamespace:              shop\nSelector:               app=api\nReplicas:               0 desired | 0 updated | 0 total | 0 available | 0 unavailable\nStrategyType:           RollingUpdate\n")},
	{"empty_target", correlate.Medium, dump{"e.txt": servicePage + "shop        web    <none>      30d\n", "p.log": proxyLog("web", "", noon)}, dump{"e.txt": servicePage + "shop        web    10.0.0.4:80   30d\n", "p.log": proxyLog("web", "", noon)}},
	{"crash_loop", correlate.High, one(podsHead + "api-7b9c5d6f8-q2w4e   0/1     Running    37 (2m ago)   3h\n"), one(podsHead + "api-7b9c5d6f8-q2w4e   1/1     Running    37 (2m ago)   3h\napi-7b9c5d6f8-z2w4e   0/1     Running    3 (2d ago)    3d\n")},
	{"sidecar_order", correlate.Medium, one(podsHead + "report-28-q2w4e       1/2     NotReady   0             3h\n"), one(podsHead + "report-28-q2w4e       2/2     Running    0             3h\n")},
	{"sidecar_order", correlate.Medium, dump{"p.json": jobJSON("linkerd-proxy")}, dump{"p.json": jobJSON("upload")}},
	{"ingress_no_endpoints", correlate.Medium, one(ingressPage("UNHEALTHY")), one(ingressPage("HEALTHY"))},
	{"ingress_no_endpoints", correlate.Medium, dump{"i.json": `{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"shop","namespace":"shop","annotations":{"ingress.kubernetes.io/backends":"{\"k8s1-shop-web-80\":\"UNHEALTHY\"}"}}}`},
		dump{"i.json": `{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"shop","namespace":"shop","annotations":{"ingress.kubernetes.io/backends":"{\"k8s1-shop-web-80\":\"HEALTHY\"}"}}}`}},
	{"upstream_5xx", correlate.Medium, one(vizHead + "api       2/2    61.30%   8.2rps           1ms         950ms        1000ms         11\n"), one(vizHead + "api       2/2    99.90%   8.2rps           1ms         950ms        1000ms         11\n")},
	{"crash_loop", correlate.High, one("2024-02-02 12:00:00,100 INFO started\nException in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n"),
		one("2024-02-02 12:00:00,100 INFO started with -XX:+ExitOnOutOfMemoryError\n")},
	{"crash_loop", correlate.Medium, one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Normal   Killing   pod/web-1   Container web failed liveness probe, will be restarted\n"),
		one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Normal   Killing   pod/web-1   Stopping container web\n")},
	{"proxy_not_ready", correlate.High, one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Normal   Killing   pod/web-1   Init container linkerd-proxy failed startup probe, will be restarted\n"), nil},
}

// What a dump shows is not denied, where it says of no request that it failed.
func TestShownIsNotDenied(t *testing.T) {
	fine := nginxAccess(600, "200", "0.010", "10.1.0.9:80", "10", "200") + nginxAccess(5, "200", "0.010", "10.1.0.9:80", "10", "200")
	for name, x := range map[string]struct {
		dump dump
		code correlate.Code
		says string
	}{
		"an empty service":       {dump{"a.log": fine, "e.txt": servicePage + "shop        api    <none>      3d\n"}, correlate.NoFailures, "No ready endpoint of shop/api"},
		"a lease":                {dump{"a.log": fine, "e.txt": servicePage + "kube-system   kube-scheduler   <none>      3d\n"}, correlate.NoFailures, ""},
		"a pod that is not well": {dump{"a.log": fine, "p.txt": podsHead + "api-7b9c5d6f8-q2w4e   0/1     Running    0             3h\n"}, correlate.Insufficient, "1 pod that runs and is not ready"},
		"a pod that starts":      {dump{"a.log": fine, "p.txt": podsHead + "api-7b9c5d6f8-q2w4e   0/1     Running    0             30s\n"}, correlate.NoFailures, ""},
		"an unreached target": {dump{"a.log": fine, "u.json": `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"cart","instance":"10.42.0.5:8080"},"values":[[1706875200,"1"],[1706875260,"0"],[1706875320,"1"]]}]}}`},
			correlate.Insufficient, "1 target that Prometheus could not scrape"},
	} {
		c := judged(t, x.dump.inputs()...)
		if c.Verdict.Code != x.code || !strings.Contains(c.Verdict.Sentence, x.says) {
			t.Errorf("%s: %s %q;%s", name, c.Verdict.Code, c.Verdict.Sentence, titles(c))
		}
	}
}
