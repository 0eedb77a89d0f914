package ingress

import "faultline/parse"

// others are lines that are known and no failure.
var others = map[string]*parse.Format{
	`10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "" 400 0 "-" "-"`:                                                                               Nginx,
	`10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "-" 408 0 "-" "-" "-"`:                                                                          Nginx,
	`10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "\x16\x03\x01\x00\xEE" 400 150 "-" "-" 0 0.100 [] [] - - - - a`:                                 Nginx,
	`10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "PRI * HTTP/2.0" 200 504 "504" "504"`:                                                           Nginx,
	`10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 000 0 "-" "-"`:                                                                 Nginx,
	`2024/02/02 13:22:29 [error] 31#31: *7 upstream timed out (110: Connection timed out) while proxying upgraded connection, client: 1.2.3.4`: Nginx,
	`2024/02/02 13:22:29 [error] 31#31: *7 connect() failed (111: Connection refused) while resolving, resolver: 10.0.0.10:53`:                 Nginx,
	`{"time_iso8601":"2024-02-02T13:22:29+00:00","status":200,"request_time":0.001,"remote_addr":"1.2.3.4"}`:                                   Nginx,
	`[2024-02-02T13:22:28.553Z] "GET / HTTP/2" 0 - http2.remote_reset - "-" 0 0 0 - "192.168.0.24" "Mozilla/5.0" "9f69" "auth.kubefrog.fr" "10.0.0.159:8080" outbound|80||keycloak.auth.svc.cluster.local 10.0.1.244:35794 10.0.1.244:8443 192.168.0.24:8459 auth.kubefrog.fr Proxy`: Envoy,
	`[2020-05-19T19:53:38.151Z] "- - -" 0 - "-" "-" 2279 3059 63 - "-" "-" "-" "-" "1.2.3.4:443" PassthroughCluster 10.0.0.93:37018 1.2.3.4:443 10.0.0.93:39849 - -`:                                                                                                                 Envoy,
	`{"start_time":"2022-09-10T14:27:14.956Z","response_code":0,"response_flags":"-","duration":5303,"path":null,"authority":null}`:                                                                                                                                                  Envoy,
	`10.255.0.2 - - [02/Oct/2019:02:47:34 +0000] "GET /influxdb/query?q=SHOW%20DATABASES HTTP/1.1" 200 109 "-" "-" 1 "influxdb@docker" "http://10.0.10.158:8086" 6ms`:                                                                                                                Traefik,
	`10.0.0.1 - - [02/Oct/2019:02:47:34 +0000] "GET / HTTP/1.1" 0 0 "-" "-" 1 "a@docker" "http://10.0.10.158:8086" 6ms`:                                                                                                                                                              Traefik,
	`{"DownstreamStatus":0,"Duration":38786475932,"OriginStatus":0,"RequestHost":"tdc","StartUTC":"2024-03-07T10:00:00.1Z","level":"info","msg":"","time":"2024-03-07T10:00:38Z"}`:                                                                                                   Traefik,
	`10.42.0.1:43682 - - [2022-08-23T20:28:23.049685223Z] "GET /ping HTTP/1.1" 200`:                                                                                                                                                                                                  Access,
	`10.42.0.1:43682 - - [2022-08-23T20:28:23.049685223Z] "GET /ping HTTP/1.1"`:                                                                                                                                                                                                      Access,
	`{"client.addr":"127.0.0.1:51764","client.id":"-","host":"t","method":"GET","processing_ns":"836068","status":200,"timestamp":"2021-11-01T21:54:28.844393794Z","total_ns":"4225011","uri":"http://t/","version":"HTTP/2.0"}`:                                                     Access,
}

// strangers are lines of other programs, and text.
var strangers = []string{
	"x", "{", "[", "-", `"`, "{}", "[]", `" 504 `, " ", "ACCESS ", "ACCESS [",
	"[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=}: linkerd_stack::failfast: Service entering failfast after 3s",
	`time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12"`,
	`I0202 13:22:29.060456       7 controller.go:190] "Backend successfully reloaded"`,
	`W0202 13:22:29.060456       7 controller.go:1131] Service "default/web" does not have any active Endpoint.`,
	"  Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet            Readiness probe failed: HTTP probe failed with statuscode: 500",
	`istio_requests_total{response_code="503",response_flags="UH"} 12 1706880149553`,
	`# HELP nginx_ingress_controller_requests The total number of client requests`,
	`{"level":"info","msg":"504","time":"2024-02-02T13:22:28Z"}`,
	`{"timestamp":"[  1443.529894s]","level":"INFO","fields":{"message":"x"},"target":"linkerd_app","threadId":"ThreadId(1)"}`,
	`{"ts":1795423805053.7676,"caller":"trace/trace.go:219","msg":"Trace[1]","v":0}`,
	`{"level":"error","msg":"request failed","status":504,"request_time":5.1,"remote_addr":"10.0.0.1","time":"2024-02-02T13:22:28Z"}`,
	`{"status":504,"request_time":5.1,"time":"2024-02-02T13:22:28Z"}`,
	`{"DownstreamStatus":504,"time":"2024-02-02T13:22:28Z"}`,
	`{"a":{"DownstreamStatus":504,"RouterName":"a"},"time":"2024-02-02T13:22:28Z"}`,
	`{"labels":{"response_flags":"UH","response_code":"503"},"start_time":"2024-02-02T13:22:28Z"}`,
	`{"text":"set \"response_flags\" to UH","start_time":"2024-02-02T13:22:28Z"}`,
	`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"response_flags":"UH"},"value":[1,"1"]}]}}`,
	`{"client.addr":{"x_ns":1}`[:14],
	`127.0.0.1 - - [] "GET / HTTP/1.1" 504 11 "-" "-" 200 "a@b" "http://10.42.0.12:81" 312ms`,
	`127.0.0.1 - - [02/Feb/2024:13:22:29 +0000] GET / HTTP/1.1 504 11`,
	`127.0.0.1 - - [02/Fex/2024:13:22:29 +0000] "GET / HTTP/1.1" 504 11`,
	`127.0.0.1 - - [02/Feb/2024:13:22:29.5] "GET / HTTP/1.1" 504 11`,
	`127.0.0.1 - - [32/Feb/2024 13:22:29] "GET / HTTP/1.1" 504 -`,
	`127.0.0.1 - - [32/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 504 11`,
	`127.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 504 eleven`,
	`2024-02-02T13:22:29Z 127.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 504 11`, // a wrapper's business
	`[pod/a/b] 127.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 504 11`,
	`2024-02-02T13:22:29.5+00:00 10.42.0.1:43682 - - [2022-08-23T20:28:23.049685223Z] "GET /ping HTTP/1.1" 504`,
	`2024-02-02T13:22:28.553Z [2024-02-02T13:22:28.553Z] "GET / HTTP/1.1" 504 UT 0 0 0 -`,
	`2024/02/02 13:22:29 http: TLS handshake error from 10.0.0.1:5: EOF`, // Go's log
	`2024/02/02 13:22:29 [error] no live upstreams`,
	`2024/02/02 13:22:29 [INFO] 31#31: upstream timed out`,
	`2024/13/02 13:22:29 [error] 31#31: upstream timed out`,
	`[2019-10-14 10:56:06.963][326][debug][router] [external/envoy/source/common/router/router.cc:332] [C523429] "GET / HTTP/1.1" 504 UT`,
	`[2019-10-14T10:56:06.963] "GET / HTTP/1.1" 504 UT 0 0 0 -`, // no zone
	`[2019-10-14T10:56:06.963Z] "GET / HTTP/1.1" 504`,
	`[2019-10-14T10:56:06.963Z] "GET / HTTP/1.1" 504 12 ms`,
	`[2019-10-14T10:56:06.963Z] GET / 504 UT`,
	`[2019-10-14T10:56:06.963Z] "message" - see 504`,
	"2023-10-12T08:08:15.270118Z\tdebug\tenvoy pool external/envoy/source/common/conn_pool/conn_pool_base.cc:265\t[C107599] using existing\tthread=25",
	`10.42.0.1:43682 - - [2022-08-23T20:28:23.049685223Z] "GET /ping HTTP/1.1" 504 12 "-"`,
	`10.42.0.1 - - [2022-08-23T20:28:23Z] "GET /ping HTTP/1.1" 504`,
	`10.42.0.1:43682 - - [2022-08-23T20:28:23+01:00] "GET /ping HTTP/1.1" 504`,
	"Dear all, since the upgrade \"it\" 504 times failed with upstream timed out (110: Operation timed out).",
}
