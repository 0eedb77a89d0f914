package ingress

import (
	"time"

	"faultline/parse"
)

var envoyCases = []example{
	// Istio, wpgao: sock-shop (28/Aug/2022)
	{`[2022-08-28T01:25:55.204Z] "POST /orders HTTP/1.1" 504 UT upstream_response_timeout - "-" 232 24 1004 - "-" "-" "b02ea4a2-b834-95a6-b5be-78db31fabf28" "orders" "10.10.10.229:80" outbound|80||orders.sock-shop.svc.cluster.local 10.10.10.155:49808 172.20.11.100:80 10.10.10.155:55974 - -`,
		want{format: Envoy, status: 504, end: "2022-08-28T01:25:56.208Z", grain: parse.GrainMilli, lasted: 1004 * time.Millisecond,
			target: "outbound|80||orders.sock-shop.svc.cluster.local", fact: "UT", cause: parse.CauseTimeout,
			detail: map[string]string{"method": "POST", "path": "/orders", "protocol": "HTTP/1.1", "response_code_details": "upstream_response_timeout",
				"bytes_received": "232", "bytes_sent": "24", "duration": "1004", "request_id": "b02ea4a2-b834-95a6-b5be-78db31fabf28", "authority": "orders",
				"upstream_host": "10.10.10.229:80", "upstream_local_address": "10.10.10.155:49808", "downstream_local_address": "172.20.11.100:80",
				"downstream_remote_address": "10.10.10.155:55974", "cause_class": "timeout"}}},
	// the same request one hop out: the upstream answered so
	{`[2022-08-28T01:25:55.173Z] "POST /orders HTTP/1.1" 504 - via_upstream - "-" 0 26 1058 1057 "10.10.10.217" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/104.0.0.0 Safari/537.36" "a8cb6589-4fd1-9b2c-abef-f049cd1f6beb" "sockshop.com" "10.10.10.155:8079" inbound|8079|| 127.0.0.6:36185 10.10.10.155:8079 10.10.10.217:0 outbound_.80_._.front-end.sock-shop.svc.cluster.local default`,
		want{format: Envoy, status: 504, end: "2022-08-28T01:25:56.231Z", grain: parse.GrainMilli, lasted: 1058 * time.Millisecond, target: "sockshop.com", fact: "via_upstream", cause: parse.CauseUpstream,
			detail: map[string]string{"x_forwarded_for": "10.10.10.217", "upstream_service_time": "1057", "upstream_cluster": "inbound|8079||", "route_name": "default",
				"requested_server_name": "outbound_.80_._.front-end.sock-shop.svc.cluster.local"}}},
	// Istio: no endpoints, no cluster
	{`[2022-01-20T22:38:26.354Z] "GET / HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0 - "192.168.0.3" "curl/7.68.0" "069c37c4-bead-49ae-8ef3-fe9fdca1602b" "app.test.com" "-" outbound|80||my-app.default.svc.cluster.local - 10.244.0.233:80 192.168.0.3:43900 - my-app`,
		want{format: Envoy, status: 503, end: "2022-01-20T22:38:26.354Z", grain: parse.GrainMilli, target: "outbound|80||my-app.default.svc.cluster.local", fact: "UH", cause: parse.CauseNoEndpoints}},
	{`[2025-05-25T04:53:18.841Z] "GET /api/users HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0 - "" "beegoServer" "63377970-9d0f-4591-a4d4-039b4321863d" "forum.forum-services:80" "-" outbound|80||forum.forum-services.svc.cluster.local - 10.10.200.72:80 :0 - default`,
		want{format: Envoy, status: 503, end: "2025-05-25T04:53:18.841Z", grain: parse.GrainMilli, target: "outbound|80||forum.forum-services.svc.cluster.local", fact: "UH", cause: parse.CauseNoEndpoints,
			detail: map[string]string{"user_agent": "beegoServer", "x_forwarded_for": ""}}},
	{`[2021-12-13T20:48:12.759Z] "GET /status/200 HTTP/1.1" 503 NC cluster_not_found - "-" 0 0 0 - "-" "curl/7.80.0-DEV" "2d14c097-84b3-93ab-aaa0-4d5c1f85ba91" "httpbin.localhost" "-" - - 10.244.1.14:80 10.244.1.18:40586 - default`,
		want{format: Envoy, status: 503, end: "2021-12-13T20:48:12.759Z", grain: parse.GrainMilli, target: "httpbin.localhost", fact: "NC", cause: parse.CauseNoRoute}},
	// Istio: refused, reset (istio#45802), IPv6
	{`[2026-08-17T04:59:08.906Z] "GET / HTTP/1.1" 503 UF upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111} - "delayed_connect_error:_111" 0 152 0 - "-" "GoogleHC/1.0" "b8b3448c-05f3-4f65-aed2-9e63c89cc662" "10.4.0.5" "10.4.0.5:8080" inbound|8080|| - 10.4.0.5:8080 35.191.227.195:48158 - default`,
		want{format: Envoy, status: 503, end: "2026-08-17T04:59:08.906Z", grain: parse.GrainMilli, target: "10.4.0.5", fact: "UF", cause: parse.CauseConnectRefused,
			detail: map[string]string{"upstream_transport_failure_reason": "delayed_connect_error:_111"}}},
	{`[2023-07-05T08:00:00.000Z] "GET /v1/status HTTP/1.1" 503 UC upstream_reset_before_response_started{connection_termination} - "-" 0 95 0 - "10.90.16.220" "Apache-HttpClient/4.5.1 (Java/1.8.0_372)" "3a7cbcc1-af72-47fb-bbac-a7672951f50f" "health.abc.com" "10.80.47.192:8181" outbound|80||health-api.production.svc.cluster.local 10.80.45.233:37132 10.80.45.233:80 10.80.46.220:59375 - -`,
		want{format: Envoy, status: 503, end: "2023-07-05T08:00:00Z", grain: parse.GrainMilli, target: "outbound|80||health-api.production.svc.cluster.local", fact: "UC", cause: parse.CauseIO}},
	{`[2024-05-29T02:46:11.488Z] "GET / HTTP/1.1" 503 UF upstream_reset_before_response_started{connection_timeout} - "-" 0 152 0 - "-" "curl/8.7.1" "b79e6275-8b8f-99a5-8dc2-d1875964f12e" "xr-light:8001" "[2406:da24:8:c202:7327::5]:8001" inbound|8001|| - [2406:da24:8:c202:7327::5]:8001 [2406:da24:8:c200:6d38::17]:35780 outbound_.8001_._.xr-light.xrl-dev.svc.cluster.local default`,
		want{format: Envoy, status: 503, end: "2024-05-29T02:46:11.488Z", grain: parse.GrainMilli, target: "xr-light:8001", fact: "UF", cause: parse.CauseConnectTimeout,
			detail: map[string]string{"upstream_host": "[2406:da24:8:c202:7327::5]:8001"}}},
	// Istio: attempts that all failed, and attempts that all took too long
	{`[2025-10-19T20:28:26.282Z] "GET /flaky HTTP/1.1" 500 URX via_upstream - "-" 0 20 118 117 "10.244.0.1" "curl/8.7.1" "f4f0ecba-03f3-95cc-8e89-c3e54a4c10e1" "localhost" "10.244.0.133:8080" outbound|80|v1|booking-service.default.svc.cluster.local 10.244.0.9:47780 10.244.0.9:8080 10.244.0.1:22803 - -`,
		want{format: Envoy, status: 500, end: "2025-10-19T20:28:26.4Z", grain: parse.GrainMilli, lasted: 118 * time.Millisecond, target: "outbound|80|v1|booking-service.default.svc.cluster.local", fact: "URX", cause: parse.CauseUpstream}},
	{`[2026-09-01T10:00:00.000Z] "GET /slow HTTP/2" 504 URX,UT upstream_per_try_timeout - "-" 0 24 6004 - "-" "curl" "id" "backend" "-" outbound|80||backend.ns.svc.cluster.local - 10.0.0.1:80 10.0.0.2:1 - -`,
		want{format: Envoy, status: 504, end: "2026-09-01T10:00:06.004Z", grain: parse.GrainMilli, lasted: 6004 * time.Millisecond, target: "outbound|80||backend.ns.svc.cluster.local", fact: "URX,UT", cause: parse.CauseTimeout}},
	// Istio before 1.7: the mixer's status and the failure, in quotes
	{`[2020-05-19T19:53:38.151Z] "GET / HTTP/1.1" 503 UF,URX "-" "TLS error: 268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER" 0 91 61 - "-" "curl/7.58.0" "a-b" "httpbin.org" "10.0.4.13:80" outbound|80||httpbin.org - 1.2.3.4:80 10.0.0.93:39849 - default`,
		want{format: Envoy, status: 503, end: "2020-05-19T19:53:38.212Z", grain: parse.GrainMilli, lasted: 61 * time.Millisecond, target: "outbound|80||httpbin.org", fact: "UF,URX", cause: parse.CauseTLS,
			detail: map[string]string{"upstream_transport_failure_reason": "TLS error: 268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER"}}},
	// Envoy's default, its documentation's example with a failure; Emissary's word before it
	{`[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 504 UT 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"`,
		want{format: Envoy, status: 504, end: "2016-04-15T20:17:00.536Z", grain: parse.GrainMilli, lasted: 226 * time.Millisecond, target: "locations", fact: "UT", cause: parse.CauseTimeout}},
	{`ACCESS [2018-11-01T20:17:00.310Z] "GET / HTTP/1.1" 503 UO 0 57 0 - "-" "a "b" "c" d" "id" "locations" "-"`,
		want{format: Envoy, status: 503, end: "2018-11-01T20:17:00.31Z", grain: parse.GrainMilli, target: "locations", fact: "UO", cause: parse.CauseLoadshed,
			detail: map[string]string{"user_agent": `a "b" "c" d`, "request_id": "id", "authority": "locations"}}},
	// more strings than the default has
	{`[2016-04-15T20:17:00.310Z] "POST /a HTTP/2" 504 UT 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0" "locations" "10.0.2.1:80" "my trace" "x"`,
		want{format: Envoy, status: 504, end: "2016-04-15T20:17:00.536Z", grain: parse.GrainMilli, lasted: 226 * time.Millisecond, target: "locations", fact: "UT", cause: parse.CauseTimeout,
			detail: map[string]string{"upstream_host": "10.0.2.1:80", "user_agent": "nsq2http", "upstream_cluster": ""}}},
	// the details alone (github.com: envoy response flags, 20/Jul/2024)
	{`[2024-07-20T07:09:48.470Z] "GET /no-healthy-upstream HTTP/1.1" 503 UH no_healthy_upstream 0 19 0 - "-" "curl/8.4.0" "2f22e5c6-2387-49b8-96c4-7b3a1678dbb0" "localhost:8000" "-"`,
		want{format: Envoy, status: 503, end: "2024-07-20T07:09:48.47Z", grain: parse.GrainMilli, target: "localhost:8000", fact: "UH", cause: parse.CauseNoEndpoints,
			detail: map[string]string{"response_code_details": "no_healthy_upstream"}}},
	// a custom format, of which only the beginning is known
	{`[2024-07-20T07:09:48.470Z] "GET / HTTP/1.1" 504 DT duration=12`,
		want{format: Envoy, status: 504, end: "2024-07-20T07:09:48.47Z", grain: parse.GrainMilli, fact: "DT", cause: parse.CauseTimeout}},
	// JSON: Istio (book, chapter 11, 15/Dec/2022)
	{`{"path":"/","response_code":503,"method":"GET","upstream_cluster":"outbound|80||envoydummy.chapter11.svc.cluster.local","user_agent":"curl/7.86.0-DEV","connection_termination_details":null,"authority":"envoydummy.chapter11","x_forwarded_for":null,"upstream_transport_failure_reason":null,"downstream_local_address":"10.98.203.175:80","bytes_received":0,"requested_server_name":null,"response_code_details":"no_healthy_upstream","upstream_service_time":null,"request_id":"4b39f4ca-ffe3-9c6a-a202-0650b0eea8ef","route_name":"default","upstream_local_address":null,"response_flags":"UH","protocol":"HTTP/1.1","start_time":"2022-12-15T03:49:38.504Z","duration":12,"upstream_host":null,"downstream_remote_address":"172.17.0.8:52180","bytes_sent":19}`,
		want{format: Envoy, status: 503, end: "2022-12-15T03:49:38.516Z", grain: parse.GrainMilli, lasted: 12 * time.Millisecond, target: "outbound|80||envoydummy.chapter11.svc.cluster.local", fact: "UH", cause: parse.CauseNoEndpoints,
			detail: map[string]string{"response_flags": "UH", "path": "/", "upstream_host": "", "request_id": "4b39f4ca-ffe3-9c6a-a202-0650b0eea8ef"}}},
	// Envoy Gateway (aibrix, 21/Aug/2025)
	{`{":authority":"localhost:8888","bytes_received":0,"bytes_sent":19,"connection_termination_details":null,"downstream_local_address":"127.0.0.1:10080","downstream_remote_address":"127.0.0.1:47350","duration":0,"method":"POST","protocol":"HTTP/1.1","requested_server_name":null,"response_code":503,"response_code_details":"no_healthy_upstream","response_flags":"UH","route_name":"original_route","start_time":"2025-08-21T03:23:19.513Z","upstream_cluster":"original_destination_cluster","upstream_host":null,"upstream_local_address":null,"upstream_transport_failure_reason":null,"user-agent":"curl/8.7.1","x-envoy-origin-path":"/v1/chat/completions","x-envoy-upstream-service-time":null,"x-forwarded-for":"10.244.0.34","x-request-id":"34137566-5a0d-4835-878e-bfebcb2e67fd"}`,
		want{format: Envoy, status: 503, end: "2025-08-21T03:23:19.513Z", grain: parse.GrainMilli, target: "original_destination_cluster", fact: "UH", cause: parse.CauseNoEndpoints,
			detail: map[string]string{"x-request-id": "34137566-5a0d-4835-878e-bfebcb2e67fd"}}},
	// Contour (projectcontour/contour#624): everything in quotes
	{`{"upstream_cluster":"default/hello-world/8080/da39a3ee5e","downstream_remote_address":"1.2.3.4:49286","path":"/?abc=123","authority":"hello.test.foo.bar","protocol":"HTTP/2","upstream_service_time":"-","@timestamp":"2019-04-25T06:31:07.162Z","upstream_local_address":"-","duration":"15001","downstream_local_address":"10.220.3.107:443","response_code":"504","user_agent":"curl/7.54.0","response_flags":"UT","method":"GET","request_id":"b4ecadf1","upstream_host":"10.141.181.15:8080","x_forwarded_for":"1.2.3.4","requested_server_name":"hello.test.foo.bar","bytes_received":"0","uber_trace_id":"-","bytes_sent":"24"}`,
		want{format: Envoy, status: 504, end: "2019-04-25T06:31:22.163Z", grain: parse.GrainMilli, lasted: 15001 * time.Millisecond, target: "default/hello-world/8080/da39a3ee5e", fact: "UT", cause: parse.CauseTimeout}},
	// keys as other people write them, long flags, epochs
	{`{"startTime":"1706880149.553","responseCode":504,"responseFlagsLong":"UpstreamRetryLimitExceeded,UpstreamRequestTimeout","requestId":"a","duration":5000,"upstreamCluster":null,"reqAuthority":"a\/b"}`,
		want{format: Envoy, status: 504, end: "2024-02-02T13:22:34.553Z", grain: parse.GrainMilli, lasted: 5 * time.Second, target: "a/b", fact: "UpstreamRetryLimitExceeded,UpstreamRequestTimeout", cause: parse.CauseTimeout}},
	{`{"time": "2024-02-02T13:22:28.553Z", "response.code": 503, "response.flags": "-", "response.code.details": "via_upstream", "authority": "a" , "nested": {"a": [1, "}"]} }`,
		want{format: Envoy, status: 503, end: "2024-02-02T13:22:28.553Z", grain: parse.GrainMilli, target: "a", fact: "via_upstream", cause: parse.CauseUpstream}},
}
