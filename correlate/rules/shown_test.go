package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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

// routeJSON is an HTTPRoute whose backends are found or not.
func routeJSON(resolved string) string {
	return fmt.Sprintf(`{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"shop","namespace":"shop"},"status":{"parents":[{"conditions":[{"type":"ResolvedRefs","status":%q,"reason":"BackendNotFound","message":"Service shop/gone not found","lastTransitionTime":"2024-02-02T12:00:00Z"}]}]}}`, resolved)
}

// servicePageOf is a page of kubectl describe service with endpoints.
func servicePageOf(endpoints string) string {
	return "Name:                     api\nNamespace:                shop\nSelector:                 app=api\nType:                     ClusterIP\nPort:                     http  80/TCP\nEndpoints:                " + endpoints + "\nSession Affinity:         None\nEvents:                   <none>\n"
}

// measured is the answer of Prometheus for one series, a sample a minute from noon on.
func measured(metric, labels string, values ...float64) dump {
	return dump{"m.json": answerOf(seriesOf(metric, labels, values...))}
}

// measuredTwo is that for two series of one object, each at one value after nought.
func measuredTwo(metric, other, labels string, v, w float64) dump {
	return dump{"m.json": answerOf(seriesOf(metric, labels, 0, v, v), seriesOf(other, labels, 0, w, w))}
}

func answerOf(series ...string) string {
	return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`
}

func seriesOf(metric, labels string, values ...float64) string {
	var samples []string
	for i, v := range values {
		samples = append(samples, fmt.Sprintf(`[%d,"%.0f"]`, noon.Unix()+int64(60*i), v))
	}
	return fmt.Sprintf(`{"metric":{"__name__":%q,%s},"values":[%s]}`, metric, labels, strings.Join(samples, ","))
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
	{"pod_not_started", correlate.High, one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Warning   FailedCreate   replicaset/web-1   Error creating: admission webhook \"check.example\" denied the request: no latest tag\n"), nil},
	{"pod_not_started", correlate.High, one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Warning   FailedCreate   job/webhook   Error creating: pods \"webhook-1\" is forbidden: violates PodSecurity \"baseline:latest\": privileged (webhook-server must not)\n"), nil},
	{"webhook_failed", correlate.High, one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Warning   FailedCreate   replicaset/web-1   Error creating: Internal error occurred: failed calling webhook \"check.example\": connection refused\n"),
		one("LAST SEEN   TYPE     REASON    OBJECT      MESSAGE\n3m          Warning   FailedCreate   job/webhook   Error creating: admission webhook \"check.example\" denied the request: no latest tag\n")},
	{"crash_loop", correlate.Medium, one("2024-02-02 12:00:00,100 ERROR [http-1] c.e.A - failed: java.lang.OutOfMemoryError: Java heap space\n2024-02-02 12:00:03,100 INFO [http-2] c.e.A - served 200\n"), nil},
	{"policy_denied", correlate.High, one("1706875202.123    312 10.0.0.5 TCP_DENIED/403 4512 CONNECT api.shop:443 - HIER_NONE/- text/html\n"),
		one("1706875202.123    312 10.0.0.5 TCP_DENIED/407 4512 CONNECT api.shop:443 - HIER_NONE/- text/html\n")},
	{"certificate_expiry", correlate.High, one("2024-05-01T10:00:01.123456Z 203.0.113.9 51001 443 TLSv1.3 TLS_AES_128_GCM_SHA256 0.005 \"CN=x\" 2023-05-01T10:00:00Z/2024-04-01T10:00:00Z 123 Failed:ClientCertExpired TID_abd\n"),
		one("2024-05-01T10:00:01.123456Z 203.0.113.9 51001 443 TLSv1.3 TLS_AES_128_GCM_SHA256 0.005 \"CN=x\" 2023-05-01T10:00:00Z/2024-04-01T10:00:00Z 123 Failed:ClientCertUntrusted TID_abd\n")},
	{"pod_not_started", correlate.Medium, one(podsHead + "api-7b9c5d6f8-q2w4e   0/1     Pending    0             3h\n"), one(podsHead + "api-7b9c5d6f8-q2w4e   0/1     Pending    0             30s\n")},
	{"crash_loop", correlate.High, one(podsHead + "api-7b9c5d6f8-q2w4e   0/1     Error      5 (2m ago)    13m\n"), one(podsHead + "report-28-q2w4e       0/1     Error      0             3d\n")},
	{"invalid_resource", correlate.High, dump{"r.json": routeJSON("False")}, dump{"r.json": routeJSON("True")}},
	{"ingress_no_endpoints", correlate.Medium, dump{"t.json": `{"TargetHealthDescriptions":[{"Target":{"Id":"10.0.1.5","Port":8080},"TargetHealth":{"State":"unhealthy","Reason":"Target.Timeout"}}]}`},
		dump{"t.json": `{"TargetHealthDescriptions":[{"Target":{"Id":"10.0.1.5","Port":8080},"TargetHealth":{"State":"healthy"}}]}`}},
	{"empty_target", correlate.Medium, one(servicePageOf("<none>")), one(servicePageOf("10.0.0.4:8080,10.0.0.5:8080"))},
	{"breaker_open", correlate.High, one("ENDPOINT           STATUS      OUTLIER CHECK   CLUSTER\n10.20.31.7:8080    UNHEALTHY   FAILED          outbound|8080||web.shop.svc.cluster.local\n"),
		one("ENDPOINT           STATUS      OUTLIER CHECK   CLUSTER\n10.20.31.7:8080    HEALTHY     OK              outbound|8080||web.shop.svc.cluster.local\n")},
	{"config_sync_failed", correlate.Medium, one("NAME         CLUSTER      CDS      LDS      EDS           RDS      ECDS       ISTIOD                  VERSION\nweb-1.shop   Kubernetes   SYNCED   SYNCED   STALE (12m)   SYNCED   NOT SENT   istiod-55f8b9bb5-abcde  1.21.0\n"),
		one("NAME         CLUSTER      CDS      LDS      EDS           RDS      ECDS       ISTIOD                  VERSION\nweb-1.shop   Kubernetes   SYNCED   SYNCED   SYNCED (2m)   SYNCED   NOT SENT   istiod-55f8b9bb5-abcde  1.21.0\n")},
	{"breaker_open", correlate.High, one("2024-02-02T12:00:00Z ERROR cart: CircuitBreaker 'inventory' is OPEN and does not permit further calls\n"), one("2024-02-02T12:00:00Z INFO cart: CircuitBreaker 'inventory' changed state from OPEN to HALF_OPEN\n")},
	{"overload", correlate.High, one("2024-02-02 12:00:31.123 ERROR 1 --- [exec-3] o.h.e.jdbc.spi.SqlExceptionHelper : HikariPool-1 - Connection is not available, request timed out after 30000ms.\n"), nil},
	{"kernel_table_full", correlate.High, one("2024-02-02T12:00:01Z ERROR client: Get \"http://10.2.0.9:8080/x\": dial tcp 10.2.0.9:8080: connect: cannot assign requested address\n"), nil},
	{"no_route", correlate.High, one("2024-02-02T12:00:01Z ERROR client: GET https://api.example/nope: 404 {\"message\":\"no Route matched with those values\"}\n"), nil},
	{"crash_loop", correlate.Medium, measured("kube_pod_container_status_restarts_total", `"pod":"api-1"`, 3, 4, 5, 6), measured("kube_pod_container_status_restarts_total", `"pod":"api-1"`, 3, 3, 4, 4)},
	{"empty_target", correlate.Medium, measuredTwo("kube_deployment_status_replicas_available", "kube_deployment_spec_replicas", `"namespace":"shop","deployment":"api"`, 0, 3),
		measuredTwo("kube_deployment_status_replicas_available", "kube_deployment_spec_replicas", `"namespace":"shop","deployment":"api"`, 0, 0)},
	{"node_unhealthy", correlate.Medium, measured("kube_node_status_condition", `"node":"wk-3","condition":"DiskPressure","status":"true"`, 0, 0, 1, 1), measured("kube_node_status_condition", `"node":"wk-3","condition":"DiskPressure","status":"false"`, 1, 1, 1, 1)},
	{"connect_refused", correlate.Medium, measured("envoy_cluster_upstream_cx_connect_fail", `"envoy_cluster_name":"shop_web"`, 0, 3, 9, 9),
		measuredTwo("envoy_cluster_upstream_cx_connect_fail", "envoy_cluster_upstream_cx_connect_timeout", `"envoy_cluster_name":"shop_web"`, 9, 9)},
	{"connect_refused", correlate.Medium, measured("istio_requests_total", `"response_code":"503","response_flags":"UF","destination_service_name":"web"`, 0, 3, 9, 9), measured("istio_requests_total", `"response_code":"200","response_flags":"UF","destination_service_name":"web"`, 0, 3, 9, 9)},
	{"ingress_no_endpoints", correlate.Medium, measured("istio_requests_total", `"response_code":"503","response_flags":"UH","destination_service_name":"web"`, 0, 3, 9, 9), measured("istio_requests_total", `"response_code":"503","response_flags":"UH","destination_service_name":"web"`, 9, 9, 9, 9)},
	{"upstream_5xx", correlate.Medium, measured("istio_requests_total", `"response_code":"503","response_flags":"-","destination_service_name":"web"`, 0, 3, 9, 9), measured("istio_requests_total", `"response_code":"503","response_flags":"UO","destination_service_name":"web"`, 0, 3, 9, 9)},
	{"upstream_5xx", correlate.Medium, measured("response_total", `"status_code":"503","direction":"inbound","deployment":"web"`, 0, 3, 9, 9), measured("response_total", `"status_code":"503","direction":"outbound","deployment":"web"`, 0, 3, 9, 9)},
	{"certificate_expiry", correlate.Medium, measured("certmanager_certificate_expiration_timestamp_seconds", `"name":"linkerd-identity-issuer"`, 1706875000, 1706875000, 1706875000), measured("certmanager_certificate_expiration_timestamp_seconds", `"name":"linkerd-identity-issuer"`, 1706975000, 1706975000, 1706975000)},
	{"dns_failure", correlate.Medium, measured("coredns_dns_responses_total", `"rcode":"SERVFAIL"`, 0, 40, 80), measured("coredns_dns_responses_total", `"rcode":"NXDOMAIN"`, 0, 40, 80)},
	{"ingress_no_endpoints", correlate.Medium, measured("haproxy_backend_active_servers", `"proxy":"be_web"`, 2, 0, 0), measured("haproxy_backend_active_servers", `"proxy":"be_web"`, 2, 1, 1)},
	{"webhook_failed", correlate.Medium, measured("apiserver_admission_webhook_rejection_count", `"error_type":"calling_webhook_error","name":"a.b"`, 0, 2, 5), measured("apiserver_admission_webhook_rejection_count", `"error_type":"no_error","name":"a.b"`, 0, 2, 5)},
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
		"a pod that failed":      {dump{"a.log": fine, "p.txt": podsHead + "report-28-q2w4e   0/1     ContainerStatusUnknown   0   3h\nreport-28-x2w4e   0/1     Error   0   3h\n"}, correlate.Insufficient, "2 pods that are listed as failed"},
		"some replicas":          {dump{"a.log": fine, "p.txt": workHead + "shop        web    2/3     3            2           30d\n"}, correlate.Insufficient, "1 workload of which not all pods are ready"},
		"a failed job":           {dump{"a.log": fine, "p.txt": "LAST SEEN   TYPE      REASON                 OBJECT      MESSAGE\n9m          Warning   BackoffLimitExceeded   job/mig-1   Job has reached the specified backoff limit\n"}, correlate.Insufficient, "1 job that failed for good"},
		"a job listed as failed": {dump{"a.log": fine, "p.txt": "NAME       STATUS     COMPLETIONS   DURATION   AGE\nmig-1      Failed     0/1           5h         5h\nbackup-2   Running    0/1           12s        12s\n"}, correlate.Insufficient, "1 job that failed for good"},
		"jobs of an old kubectl": {dump{"a.log": fine, "p.txt": "NAME       COMPLETIONS   DURATION   AGE\nmig-1      0/1           5h         5h\n"}, correlate.NoFailures, ""},
		"a new deployment":       {dump{"a.log": fine, "p.txt": workHead + "shop        web    0/3     3            0           3s\n"}, correlate.NoFailures, ""},
		"a new node":             {dump{"a.log": fine, "p.txt": nodesHead + "wk-3     NotReady   <none>   12s   v1.31.2\n"}, correlate.NoFailures, ""},
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

// A failed probe that the kubelet's log and an event both tell is one, and a webhook says
// what became of what it was asked about.
func TestToldOnce(t *testing.T) {
	line := kubeletLine(1, "I", "prober.go:107", `"Probe failed" probeType="Liveness" pod="shop/web-0" podUID="e65" containerName="web" probeResult="failure" output="Get \"http://10.2.0.3:8080/live\": context deadline exceeded"`)
	told := func(count int, lasts time.Duration) string {
		return event("shop", "web-0", "Unhealthy", `Liveness probe failed: Get "http://10.2.0.3:8080/live": context deadline exceeded`, noon.Add(lasts), count)
	}
	for name, x := range map[string]struct {
		dump dump
		says string
	}{
		"once":              {dump{"k.log": line, "e.json": told(1, time.Second)}, "1 probe of"},
		"an event of more":  {dump{"k.log": line, "e.json": told(3, time.Second)}, "3 probes of"},
		"minutes later":     {dump{"k.log": line, "e.json": told(1, 20*time.Minute)}, "2 probes of"},
		"lines of more":     {dump{"k.log": line + strings.ReplaceAll(line, "12:00:01", "12:00:02"), "e.json": told(1, time.Second)}, "2 probes of"},
		"the event alone":   {dump{"e.json": told(4, time.Second)}, "4 probes of"},
		"another container": {dump{"k.log": strings.ReplaceAll(line, "shop/web-0", "shop/web-1"), "e.json": told(1, time.Second)}, "2 probes of"},
	} {
		c := judged(t, x.dump.inputs()...)
		if !slices.ContainsFunc(c.Findings, func(f correlate.Finding) bool {
			return f.Diagnosis == "probe_timeout" && strings.HasPrefix(f.Title, x.says)
		}) {
			t.Errorf("%s: not %q;%s", name, x.says, titles(c))
		}
	}
	for policy, says := range map[string]string{"open": "", "closed": "It fails closed"} {
		c := judged(t, one("W0202 12:00:06.179244       1 dispatcher.go:170] Failed calling webhook, failing "+policy+" linkerd-proxy-injector.linkerd.io: failed calling webhook \"linkerd-proxy-injector.linkerd.io\": Post \"https://x\": EOF\n").inputs()...)
		if len(c.Findings) == 0 || !strings.Contains(c.Findings[0].Title, "failing "+policy) || !strings.Contains(c.Findings[0].Detail, says) || (c.Findings[0].Facets["policy"] == "Fail") != (says != "") {
			t.Errorf("failing %s;%s", policy, titles(c))
		}
	}
}

// Of two counters of passed-on answers the finding names the same one each time.
func TestCountersInOneOrder(t *testing.T) {
	inbound := seriesOf("response_total", `"status_code":"503","direction":"inbound","deployment":"web"`, 0, 3, 9)
	route := seriesOf("outbound_http_route_request_statuses_total", `"http_status":"503","error":"","parent_name":"web"`, 0, 3, 9)
	d := dump{"m.json": answerOf(inbound, route)}
	for range 8 {
		c := judged(t, d.inputs()...)
		i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == "upstream_5xx" })
		if i < 0 || c.Findings[i].Facets["metric"] != "outbound_http_route_request_statuses_total" || len(c.Findings[i].Evidence) != 2 {
			t.Fatalf("%s", titles(c))
		}
	}
}
