package main

import (
	"strconv"
	"strings"
)

// plantedFile is a source of one format. Each row stands once for each text
// that is planted; TEXT is where the text goes, T a number of seconds that
// grows.
type plantedFile struct {
	path, head, row, between, tail string
	write                          func(text string) string // TEXT, as this format's writer writes it
}

func asIs(s string) string { return strings.NewReplacer("\n", " ", "\x1b", "\x1b").Replace(s) }

// inJSON is text within a string of JSON.
func inJSON(s string) string {
	q := quotedJSON(s)
	return q[1 : len(q)-1]
}

// inGo is text within a string as Go quotes it, and logrus.
func inGo(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] }

func inLabel(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
}

func inCSV(s string) string { return strings.ReplaceAll(asIs(s), `"`, `""`) }

// inYAML is text within quotes of YAML.
func inYAML(s string) string { return inJSON(s) }

// noSpace is text where a blank ends the field.
func noSpace(s string) string {
	return strings.NewReplacer(" ", "+", `"`, "%22", "\x1b", "%1B", "\n", "%0A", "\\", "%5C", "<", "%3C", ">", "%3E").Replace(s)
}

const plantedProxy = `[   T.000001s]  INFO ThreadId(01) outbound:rescue{client.addr=10.44.1.1:37159}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=`

var plantedFiles = []plantedFile{
	{path: "proxy.log", row: plantedProxy + "TEXT\n", write: asIs},
	{path: "proxy.json", row: `{"timestamp":"[   T.000001s]","level":"INFO","fields":{"message":"HTTP/1.1 request failed","error":"TEXT"},"target":"linkerd_app_core::errors::respond","spans":[{"name":"outbound"}],"threadId":"ThreadId(1)"}` + "\n", write: inJSON},
	{path: "stamped.log", row: "2024-02-02T13:CLOCK.298818Z " + plantedProxy + "TEXT\n", write: asIs},
	{path: "prefix.log", row: "[pod/«pod»/«ctr»] " + plantedProxy + "TEXT\n", write: asIs},
	{path: "stern.log", row: "«ns» «setpod» «ctr» " + plantedProxy + "TEXT\n", write: asIs},
	{path: "stern-colour.log", row: "\x1b[38;5;2m«pod»\x1b[0m \x1b[36m«ctr»\x1b[0m " + plantedProxy + "TEXT\n", write: asIs},
	{path: "cri.log", row: "2024-02-02T13:CLOCK.298818Z stderr F " + plantedProxy + "TEXT\n", write: asIs},
	{path: "docker.log", row: `{"log":"` + plantedProxy + `TEXT\n","stream":"stderr","time":"2024-02-02T13:CLOCK.298818Z"}` + "\n", write: inJSON},
	{path: "journal.log", row: "Feb 02 13:CLOCK «node» «ctr»[412]: " + plantedProxy + "TEXT\n", write: asIs},
	{path: "fluentbit.json", row: `{"date":1706880000.5,"log":"` + plantedProxy + `TEXT","kubernetes":{"pod_name":"«pod»","namespace_name":"«ns»","container_name":"«ctr»","host":"«node»","docker_id":"«id»","pod_id":"«uid»","labels":{"app":"«app»","team":"«team»"}}}` + "\n", write: inJSON},
	{path: "loki.json", head: `{"status":"success","data":{"resultType":"streams","result":[`, row: `{"stream":{"namespace":"«ns»","pod":"«pod»","container":"«ctr»","node_name":"«node»"},"values":[["SECONDS000000000","` + plantedProxy + `TEXT"]]}`, between: ",", tail: "]}}\n", write: inJSON},
	{path: "hits.json", head: `{"hits":{"hits":[`, row: `{"_source":{"@timestamp":"2024-02-02T13:CLOCK.298Z","message":"` + plantedProxy + `TEXT","kubernetes":{"pod":{"name":"«pod»"},"namespace":"«ns»","node":{"name":"«node»"}},"host":{"name":"«h:node»"}}}`, between: ",", tail: "]}}\n", write: inJSON},
	{path: "gcp.json", row: `{"textPayload":"` + plantedProxy + `TEXT","resource":{"type":"k8s_container","labels":{"pod_name":"«pod»","namespace_name":"«ns»","container_name":"«ctr»","cluster_name":"«obj»","project_id":"«team»"}},"timestamp":"2024-02-02T13:CLOCK.298Z"}` + "\n", write: inJSON},
	{path: "table.csv", head: "timestamp,pod,namespace,message\n", row: `2024-02-02T13:CLOCK.298Z,«pod»,«ns»,"` + plantedProxy + `TEXT"` + "\n", write: inCSV},
	{path: "destination.log", row: `time="2024-02-02T13:CLOCKZ" level=error msg="failed to retrieve replicaset from indexer «ns»/«app»-7d9c5b8f6d: TEXT"` + "\n", write: inGo},
	{path: "destination.json", row: `{"level":"error","msg":"failed to retrieve replicaset from indexer: TEXT","time":"2024-02-02T13:CLOCKZ","component":"endpoints-watcher","addr":":8086"}` + "\n", write: inJSON},
	{path: "klog.log", row: `E0202 13:CLOCK.298818       1 reflector.go:147] k8s.io/client-go/informers/factory.go:150: Failed to watch *v1.Pod: failed to retrieve replicaset TEXT` + "\n", write: asIs},
	{path: "zap.log", row: `{"level":"error","ts":SECONDS.5,"logger":"controller","msg":"failed to retrieve object","error":"TEXT"}` + "\n", write: inJSON},
	{path: "policy.log", row: `2024-02-02T13:CLOCK.298818Z  WARN watch{namespace=«ns» name=«svc»}: kubert::errors: stream failed error=TEXT` + "\n", write: asIs},
	{path: "kubelet.log", row: `E0202 13:CLOCK.298818    1234 prober.go:107] "Probe failed" probeType="Readiness" pod="«ns»/«pod»" podUID="«uid»" containerName="«ctr»" probeResult="failure" output="TEXT"` + "\n", write: inGo},
	{path: "kubelet.json", row: `{"ts":SECONDS000.5,"caller":"prober/prober.go:107","msg":"Probe failed","v":1,"probeType":"Liveness","pod":{"name":"«pod»","namespace":"«ns»"},"podUID":"«uid»","containerName":"«ctr»","probeResult":"failure","output":"TEXT"}` + "\n", write: inJSON},
	{path: "events.json", head: `{"apiVersion":"v1","kind":"List","items":[`, row: `{"apiVersion":"v1","kind":"Event","count":1,"firstTimestamp":"2024-02-02T13:CLOCKZ","lastTimestamp":"2024-02-02T13:CLOCKZ","involvedObject":{"kind":"Pod","name":"«pod»","namespace":"«ns»","uid":"«uid»","fieldPath":"spec.containers{«ctr»}"},"message":"Readiness probe failed: TEXT","metadata":{"name":"«setpod».17aff6be4348bc2f","namespace":"«m:ns»","labels":{"team":"«team»"}},"reason":"Unhealthy","source":{"component":"kubelet","host":"«node»"},"type":"Warning"}`, between: ",", tail: "]}\n", write: inJSON},
	{path: "events.yaml", head: "apiVersion: v1\nkind: List\nitems:\n", row: "- apiVersion: v1\n  kind: Event\n  count: 1\n  firstTimestamp: \"2024-02-02T13:CLOCKZ\"\n  lastTimestamp: \"2024-02-02T13:CLOCKZ\"\n  involvedObject:\n    kind: Pod\n    name: «pod»\n    namespace: «ns»\n  message: \"Back-off restarting: TEXT\"\n  metadata:\n    name: x.17aff6be4348bc2f\n    namespace: «ns»\n  reason: BackOff\n  source:\n    component: kubelet\n    host: «node»\n  type: Warning\n", write: inYAML},
	{path: "events.txt", head: "NAMESPACE   LAST SEEN   TYPE      REASON      OBJECT          MESSAGE\n", row: "«ns»   10s         Warning   Unhealthy   pod/«pod»   Readiness probe failed: TEXT\n", write: asIs},
	{path: "describe.txt", head: "Name:         «setpod»\nNamespace:    «ns»\nNode:         «node»/«ip»\nStart Time:   Fri, 02 Feb 2024 13:02:10 +0000\nLabels:       team=«team»\n              app.kubernetes.io/instance=«app»\nStatus:       Running\nIP:           «ip»\nControlled By:  StatefulSet/«c:app»\nService Account:  «svc»\nContainers:\n  «ctr»:\n    Container ID:   containerd://«id»\n    Image:          «host»/«obj»:v1.2\n    State:          Running\n      Started:      Fri, 02 Feb 2024 13:02:10 +0000\n    Ready:          True\n    Restart Count:  0\n    Environment:\n      DB_PASSWORD:  «SECRET»\nEvents:\n  Type     Reason     Age                  From     Message\n  ----     ------     ----                 ----     -------\n",
		row: "  Warning  Unhealthy  18s (x15 over 5m8s)  kubelet  Liveness probe failed: TEXT\n", write: asIs},
	{path: "nginx-access.log", row: `«ip» - «user» [02/Feb/2024:13:CLOCK +0000] "GET /x?TEXT HTTP/1.1" 504 160 "-" "curl" 305 3.003 [«ns»-«svc»-80] [] 10.9.8.1:80 0 3.000 504 «id»` + "\n", write: noSpace},
	{path: "nginx-agent.log", row: `«ip» - - [02/Feb/2024:13:CLOCK +0000] "GET / HTTP/1.1" 504 160 "https://«host»/x" "TEXT" 305 3.003 [a-b-80] [] 10.9.8.1:80 0 3.000 504 abc` + "\n", write: func(s string) string { return strings.ReplaceAll(asIs(s), `"`, `\x22`) }},
	{path: "nginx-error.log", row: `2024/02/02 13:CLOCK [error] 31#31: *5 upstream timed out (110: Connection timed out) while reading response header from upstream, client: «ip», server: «host», request: "GET /x?TEXT HTTP/1.1", upstream: "http://«u:ip»:80/", host: "«h:host»"` + "\n", write: noSpace},
	{path: "ingress.json", row: `{"time":"2024-02-02T13:CLOCK+00:00","remote_addr":"«ip»","remote_user":"«user»","request":"GET /x?TEXT HTTP/1.1","status":"504","upstream_addr":"«u:ip»:80","proxy_upstream_name":"«ns»-«svc»-80","request_time":"3.003","host":"«host»"}` + "\n", write: func(s string) string { return inJSON(noSpace(s)) }},
	{path: "envoy.log", row: `[2024-02-02T13:CLOCK.123Z] "GET /x?TEXT HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0 - "«ip»" "curl" "«uid»" "«svc».«ns».svc.cluster.local" "-" outbound|80||«s:svc».«s:ns».svc.cluster.local - «d:ip»:80 «e:ip»:1 «sni:host» default` + "\n", write: noSpace},
	{path: "envoy.json", row: `{"start_time":"2024-02-02T13:CLOCK.123Z","method":"GET","path":"/x?TEXT","protocol":"HTTP/1.1","response_code":503,"response_flags":"UF","response_code_details":"upstream_reset_before_response_started","upstream_transport_failure_reason":"delayed_connect_error:_111","upstream_cluster":"httproute/«ns»/«route»/rule/0","upstream_host":"«ip»:80","authority":"«host»","duration":3,"route_name":"«r:route»","requested_server_name":"«sni:host»","x_forwarded_for":"«x:ip»","user_agent":"curl","request_id":"«uid»"}` + "\n", write: func(s string) string { return inJSON(noSpace(s)) }},
	{path: "traefik.json", row: `{"ClientAddr":"«ip»:3808","ClientHost":"«c:ip»","ClientUsername":"«user»","DownstreamStatus":502,"Duration":3000000000,"OriginStatus":502,"RequestAddr":"«host»","RequestHost":"«h:host»","RequestMethod":"GET","RequestPath":"/x?TEXT","RequestProtocol":"HTTP/1.1","RouterName":"«ns»-«route»-0123456789@kubernetescrd","ServiceAddr":"«s:ip»:8080","ServiceName":"«s:ns»-«svc»-8080@kubernetes","StartUTC":"2024-02-02T13:CLOCK.123Z","entryPointName":"web","level":"info","msg":"","time":"2024-02-02T13:CLOCKZ"}` + "\n", write: func(s string) string { return inJSON(noSpace(s)) }},
	{path: "traefik.log", row: `«ip» - «user» [02/Feb/2024:13:CLOCK +0000] "GET /x?TEXT HTTP/1.1" 502 11 "-" "curl" 12 "«ns»-«route»-0123456789@kubernetescrd" "http://«s:ip»:8080" 3001ms` + "\n", write: noSpace},
	{path: "haproxy.log", row: `Feb  2 13:CLOCK «node» haproxy[14]: «ip»:43608 [02/Feb/2024:13:CLOCK.083] «a:obj»~ «b:obj»/«setpod» 0/0/3/-1/3004 504 198 - - sH-- 17/17/11/0/0 0/0 {«host»|curl} "GET /x?TEXT HTTP/1.1"` + "\n", write: noSpace},
	{path: "haproxy-down.log", row: `Feb  2 13:CLOCK «node» haproxy[14]: Server be_«a:obj»/«b:obj» is DOWN, reason: Layer4 timeout, info: "TEXT", check duration: 2001ms. 0 active and 0 backup servers left.` + "\n", write: asIs},
	{path: "alb.log", row: `h2 2024-02-02T13:CLOCK.352228Z app/«obj»/0123456789abcdef «ip»:12653 «t:ip»:31130 -1 -1 -1 504 - 49 202 "GET https://«host»:443/x?TEXT HTTP/2.0" "curl" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/«t:obj»/f138b1630cf46114 "Root=1-64087a16-082edb6208fd63d3010207cb" "«sni:host»" "arn:aws:acm:eu-west-1:123456789012:certificate/«c:obj»" 2 2024-02-02T13:CLOCK.285000Z "forward" "-" "-" "«t:ip»:31130" "-" "-" "-"` + "\n", write: noSpace},
	{path: "gcplb.json", row: `{"httpRequest":{"latency":"30.001412s","remoteIp":"«ip»","requestMethod":"GET","requestSize":"512","requestUrl":"https://«host»/x?TEXT","responseSize":"447","serverIp":"«s:ip»","status":502,"userAgent":"curl/8.5.0"},"insertId":"1abc","jsonPayload":{"@type":"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry","statusDetails":"backend_timeout","remoteIp":"«ip»"},"logName":"projects/«team»/logs/requests","resource":{"labels":{"backend_service_name":"«svc»","forwarding_rule_name":"«f:obj»","project_id":"«team»","url_map_name":"«u:obj»","zone":"global"},"type":"http_load_balancer"},"severity":"WARNING","timestamp":"2024-02-02T13:CLOCK.599Z"}` + "\n", write: func(s string) string { return inJSON(noSpace(s)) }},
	{path: "apache.log", row: `«ip» - «user» [02/Feb/2024:13:CLOCK +0000] "GET /x?TEXT HTTP/1.1" 503 299 "https://«host»/x" "curl"` + "\n", write: noSpace},
	{path: "apache-error.log", row: `[Fri Feb 02 13:CLOCK.123456 2024] [proxy:error] [pid 7:tid 140] (111)Connection refused: AH00957: HTTP: attempt to connect to «ip»:8080 («host») failed` + "\n"},
	{path: "caddy.json", row: `{"level":"error","ts":SECONDS.9736793,"logger":"http.log.error","msg":"TEXT","request":{"remote_ip":"«ip»","remote_port":"28484","client_ip":"«c:ip»","proto":"HTTP/1.1","method":"GET","host":"«host»","uri":"/","headers":{"User-Agent":["curl"],"X-Customer":["«team»"],"Authorization":["Bearer «SECRET»"],"Cookie":["sid=«t:SECRET»"]}},"duration":3.001237397,"status":502,"err_id":"7h19aqc3g","err_trace":"reverseproxy.statusError (reverseproxy.go:1267)"}` + "\n", write: inJSON},
	{path: "up.json", head: `{"status":"success","data":{"resultType":"matrix","result":[`, row: `{"metric":{"__name__":"up","job":"«ns»/«svc»","instance":"«ip»:9090","pod":"«pod»","namespace":"«n:ns»","node":"«node»","exported_namespace":"«x:ns»","exported_instance":"«i:node»","dst_namespace":"«d:ns»","dst_deployment":"«app»","dst_service":"«d:svc»","dst_serviceaccount":"«a:svc»","authority":"«b:svc».«b:ns».svc.cluster.local:80","customer_name":"«team»","label_team":"«l:team»","tenant":"«t:team»","target_ip":"«t:ip»","replicaset":"«r:app»-7d9c5b8f6d","cluster":"«obj»","persistentvolumeclaim":"«p:obj»","uid":"«uid»","id":"/kubepods/burstable/pod«i:uid»/«id»","image":"«host»/«img:obj»:v1","secret":"«SECRET»","created_by_name":"«cb:app»","workload_ns":"«w:ns»","backend_name":"«be:svc»","parent_namespace":"«pn:ns»","text":"TEXT"},"values":[[SECONDS,"1"]]}`, between: ",", tail: "]}}\n", write: inJSON},
	{path: "metrics.txt", head: "# HELP response_total x\n# TYPE response_total counter\n", row: `response_total{direction="outbound",authority="«svc».«ns».svc.cluster.local:80",dst_namespace="«d:ns»",dst_pod="«pod»",dst_service="«d:svc»",client_id="«c:svc».«c:ns».serviceaccount.identity.linkerd.cluster.local",target_addr="«ip»:80",status_code="503",team="«team»",note="TEXT"} 1 SECONDS000` + "\n", write: inLabel},
	{path: "promtool.txt", row: `response_total{dst_namespace="«d:ns»", instance="«ip»:4191", job="«svc»", pod="«pod»", status_code="503", customer="«team»", note="TEXT"} =>` + "\n1 @[SECONDS]\n", write: inLabel},
	{path: "tsdb.txt", row: `{__name__="response_total", namespace="«d:ns»", service="«svc»", node="«node»", status_code="503", note="TEXT"} 1 SECONDS000` + "\n", write: inLabel},
	{path: "victoria.jsonl", row: `{"metric":{"__name__":"response_total","namespace":"«ns»","pod":"«pod»","deployment":"«app»","status_code":"503","note":"TEXT"},"values":[1],"timestamps":[SECONDS000]}` + "\n", write: inJSON},
	{path: "grafana.csv", head: "", row: `"Time","{namespace=""«ns»"", pod=""«pod»"", note=""TEXT""}"` + "\n2024-02-02 13:CLOCK,1\n", write: func(s string) string { return inCSV(inLabel(s)) }},
	{path: "audit.log", row: `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"«uid»","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/«ns»/pods/«pod»?fieldManager=TEXT","verb":"delete","user":{"username":"«user»","uid":"«u:uid»","groups":["«team»"]},"impersonatedUser":{"username":"«i:user»"},"sourceIPs":["«ip»"],"userAgent":"kubectl/v1.27.4","objectRef":{"resource":"pods","namespace":"«ns»","name":"«pod»","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":500},"requestReceivedTimestamp":"2024-02-02T13:CLOCK.123456Z","stageTimestamp":"2024-02-02T13:CLOCK.129456Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding \"«rb:obj»\" of ClusterRole \"«cr:obj»\" to ServiceAccount \"«sa:svc»/«sa:ns»\""}}` + "\n", write: func(s string) string { return inJSON(noSpace(s)) }},
	{path: "pods.txt", head: "NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE   IP   NODE   NOMINATED NODE   READINESS GATES\n", row: "«ns»   «pod»   1/1   Running   3 (5m ago)   3h   «ip»   «node»   <none>   <none>\n"},
	{path: "endpoints.txt", head: "NAMESPACE   NAME   ENDPOINTS   AGE\n", row: "«ns»   «svc»   «ip»:80,«j:ip»:80   3h\n"},
	{path: "slices.json", head: `{"apiVersion":"v1","kind":"List","items":[`, row: `{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","endpoints":[{"addresses":["«ip»"],"conditions":{"ready":false},"hostname":"«h:node»","nodeName":"«node»","targetRef":{"kind":"Pod","name":"«pod»","namespace":"«ns»","uid":"«uid»"}}],"metadata":{"name":"«svc»-x2k4q","namespace":"«ns»","labels":{"kubernetes.io/service-name":"«svc»","team":"«team»"},"annotations":{"note":"TEXT"},"creationTimestamp":"2024-02-02T13:CLOCKZ"},"ports":[{"port":80}]}`, between: ",", tail: "]}\n", write: inJSON},
	{path: "pods.json", head: `{"apiVersion":"v1","kind":"List","items":[`, row: `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"«setpod»","namespace":"«ns»","uid":"«uid»","labels":{"team":"«team»","app.kubernetes.io/instance":"«app»"},"annotations":{"note":"TEXT"},"ownerReferences":[{"kind":"ReplicaSet","name":"«o:app»-7d9c5b8f6d","uid":"«o:uid»","controller":true}],"creationTimestamp":"2024-02-02T12:00:00Z"},"spec":{"nodeName":"«node»","serviceAccountName":"«svc»","containers":[{"name":"«ctr»","image":"«host»/«img:obj»:v1","args":["--password","«SECRET»"],"env":[{"name":"DB_PASSWORD","value":"«e:SECRET»"}]}]},"status":{"phase":"Running","podIP":"«ip»","hostIP":"«h:ip»","startTime":"2024-02-02T12:59:50Z","containerStatuses":[{"name":"«ctr»","image":"«host»/«img:obj»:v1","imageID":"x@sha256:«id»","containerID":"containerd://«c:id»","restartCount":2,"ready":true,"state":{"running":{"startedAt":"2024-02-02T13:00:00Z"}},"lastState":{"terminated":{"exitCode":1,"reason":"Error","message":"TEXT","startedAt":"2024-02-02T12:59:00Z","finishedAt":"2024-02-02T12:59:50Z","containerID":"containerd://«l:id»"}}}]}}`, between: ",", tail: "]}\n", write: inJSON},
	{path: "nodes.json", head: `{"apiVersion":"v1","kind":"List","items":[`, row: `{"apiVersion":"v1","kind":"Node","metadata":{"name":"«node»","uid":"«uid»","labels":{"kubernetes.io/hostname":"«h:node»"}},"spec":{"providerID":"aws:///eu-west-1a/i-«id»"},"status":{"addresses":[{"type":"InternalIP","address":"«ip»"},{"type":"Hostname","address":"«h:node»"}],"conditions":[{"type":"Ready","status":"Unknown","reason":"NodeStatusUnknown","message":"TEXT","lastHeartbeatTime":"2024-02-02T13:CLOCKZ","lastTransitionTime":"2024-02-02T13:CLOCKZ"}]}}`, between: ",", tail: "]}\n", write: inJSON},
	{path: "dmesg.log", row: "Feb 02 13:CLOCK «node» kernel: Memory cgroup out of memory: Killed process 4711 («ctr») total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:1\n"},
	{path: "oom.log", row: "Feb 02 13:CLOCK «node» kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=«id»,mems_allowed=0,oom_memcg=/kubepods/burstable/pod«uid»,task_memcg=/kubepods/burstable/pod«uid»/«m:id»,task=«ctr»,pid=4711,uid=0\n"},
	{path: "check.txt", head: "linkerd-existence\n-----------------\n", row: "× control plane pods are ready\n    TEXT\n    see https://linkerd.io/2.14/checks/#l5d-x for hints\n", write: asIs},
	{path: "tap.txt", row: "req id=1:K proxy=out src=«ip»:1 dst=«j:ip»:80 tls=true :method=GET :authority=«svc».«ns»:80 :path=/x?TEXT\nrsp id=1:K proxy=out src=«ip»:1 dst=«j:ip»:80 tls=true :status=503 latency=3000µs\n", write: noSpace},
	{path: "istio.txt", row: "Error [IST0101] (VirtualService «ns»/«obj») Referenced host not found: \"«svc»\" TEXT\n", write: asIs},
	{path: "clusters.txt", row: "outbound|80||«svc».«ns».svc.cluster.local::«ip»:80::health_flags::/failed_eds_health\noutbound|80||«svc».«ns».svc.cluster.local::«ip»:80::rq_error::7\noutbound|80||«svc».«ns».svc.cluster.local::«ip»:80::hostname::«h:node»\n"},
	{path: "note.md", row: "TEXT\n\n", write: asIs},
	{path: "prose.txt", row: "Hello, this is what we saw at «team», says «person»:\n\n    " + plantedProxy + "TEXT\n\nand so on.\n", write: asIs},
	{path: "apiserver.log", row: `I0202 13:CLOCK.298818       1 httplog.go:132] "HTTP" verb="GET" URI="/api/v1/namespaces/«ns»/pods/«pod»?TEXT" latency="1m0.001s" userAgent="kubectl" audit-ID="«uid»" srcIP="«ip»:51234" resp=504` + "\n", write: func(s string) string { return inGo(noSpace(s)) }},
	{path: "webhook.log", row: `W0202 13:CLOCK.298818       1 dispatcher.go:205] Failed calling webhook, failing open «obj».«host»: failed calling webhook "«obj».«host»": failed to call webhook: Post "https://«svc».«ns».svc:443/mutate?timeout=10s": context deadline exceeded TEXT` + "\n", write: asIs},
}
