package ingress

import (
	"slices"
	"testing"
	"time"

	"faultline/parse"
)

type example struct {
	line string
	want want
}

func cases() []example {
	return slices.Concat(nginxCases, envoyCases, traefikCases, accessCases, hostCases, complaintCases, apacheCases, squidCases)
}

func TestEvents(t *testing.T) {
	for _, c := range cases() {
		c.want.check(t, c.line)
	}
}

var nginxCases = []example{
	// kubernetes/ingress-nginx#9443, controller 1.5
	{`108.162.227.25 - - [08/Mar/2023:16:02:45 +0000] "GET / HTTP/1.1" 504 562 "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36" 1100 14.998 [pc-dev-example-web-service-80] [] 192.168.215.1:80, 192.168.215.1:80, 192.168.215.1:80 0, 0, 0 5.000, 5.000, 5.000 504, 504, 504 a7c98d98ac870f64981a997cd2f373a1`,
		want{format: Nginx, status: 504, end: "2023-03-08T16:02:45Z", grain: parse.GrainSecond, lasted: 14998 * time.Millisecond,
			target: "pc-dev-example-web-service-80", fact: "504",
			detail: map[string]string{"remote_addr": "108.162.227.25", "method": "GET", "path": "/", "status": "504", "request_time": "14.998",
				"upstream_addr": "192.168.215.1:80, 192.168.215.1:80, 192.168.215.1:80", "upstream_response_time": "5.000, 5.000, 5.000",
				"upstream_status": "504, 504, 504", "req_id": "a7c98d98ac870f64981a997cd2f373a1",
				"http_user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"}}},
	// ingress-nginx 0.24: the alternative upstream, no id; another zone
	{`10.0.0.1 - [10.0.0.1] - alice [02/Feb/2024:14:22:29 +0130] "POST /a?b=c HTTP/2.0" 502 160 "https://shop.example.com/" "curl/8.5.0" 87 0.004 [shop-web-http] [canary-web-http] 10.1.0.9:80 : 10.1.0.10:80 0 : 150 0.001 : 0.003 502 : 502`,
		want{format: Nginx, status: 502, end: "2024-02-02T12:52:29Z", grain: parse.GrainSecond, lasted: 4 * time.Millisecond, target: "shop-web-http", fact: "502", cause: parse.CauseUpstream,
			detail: map[string]string{"remote_user": "alice", "proxy_alternative_upstream_name": "canary-web-http", "http_referer": "https://shop.example.com/",
				"upstream_response_length": "0 : 150", "body_bytes_sent": "160"}}},
	// ingress-nginx 0.9 to 0.20 (nielsbasjes/logparser#51): no alternative, no id, IPv6
	{`2001:db8::7 - [203.0.113.9, 2001:db8::7] - - [29/Jul/2018:10:00:00 -0700] "GET /x HTTP/1.1" 503 19 "-" "-" 100 5.001 [default-web-80] [2001:db8:1::9]:8080, [2001:db8:1::a]:8080 0, 19 5.000, 0.001 504, 503`,
		want{format: Nginx, status: 503, end: "2018-07-29T17:00:00Z", grain: parse.GrainSecond, lasted: 5001 * time.Millisecond, target: "default-web-80", fact: "503", cause: parse.CauseUpstream,
			detail: map[string]string{"remote_addr": "2001:db8::7", "upstream_addr": "[2001:db8:1::9]:8080, [2001:db8:1::a]:8080", "upstream_status": "504, 503"}}},
	// ingress-nginx without endpoints (rootfs/etc/nginx/lua/balancer.lua): nothing was asked
	{`10.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/2.0" 503 190 "-" "curl/8.5.0" 30 0.000 [shop-web-80] [] - - - - 5d1b`,
		want{format: Nginx, status: 503, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, target: "shop-web-80", cause: parse.CauseNoEndpoints, detail: map[string]string{"cause_class": "no_endpoints"}}},
	{`10.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/2.0" 500 190 "-" "curl/8.5.0" 30 0.000 [shop-web-80] [] - - - - 5d1b`,
		want{format: Nginx, status: 500, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, target: "shop-web-80"}},
	// a group of which no server could be chosen keeps its name (ngx_http_upstream_module, $upstream_addr)
	{`10.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 502 150 "-" "curl/8.5.0" 30 0.000 [] [] 10.1.0.9:80, backends 0, 0 0.001, 0.000 502, 502 5d1b`,
		want{format: Nginx, status: 502, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, target: "backends", fact: "502", cause: parse.CauseNoEndpoints}},
	// combined (github.com: armesto, nginx 1.11.5 in docker) and F5's ingress: nothing but the forwarders
	{`192.168.99.1 - - [12/Nov/2016:09:47:13 +0000] "GET / HTTP/1.1" 502 173 "-" "curl/7.43.0" "-"`,
		want{format: Nginx, status: 502, end: "2016-11-12T09:47:13Z", grain: parse.GrainSecond, detail: map[string]string{"http_user_agent": "curl/7.43.0", "http_x_forwarded_for": ""}}},
	// nginx-gateway-fabric, tests/results: combined
	{`10.138.0.61 - - [30/Jan/2026:18:16:02 +0000] "GET /coffee HTTP/1.1" 502 150 "-" "-"`,
		want{format: Nginx, status: 502, end: "2026-01-30T18:16:02Z", grain: parse.GrainSecond}},
	// a time without its zone, and as Python's http.server and Werkzeug print it; a day of one digit
	{`127.0.0.1 - - [02/Feb/2024 13:22:29] "GET /cart HTTP/1.1" 504 -`,
		want{format: Nginx, status: 504, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, detail: map[string]string{"method": "GET", "path": "/cart"}}},
	{`127.0.0.1 - - [02/Feb/2024:13:22:29] "GET / HTTP/1.1" 504 11`,
		want{format: Nginx, status: 504, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond}},
	{`127.0.0.1 - - [2/Feb/2024:13:22:29 +0100] "GET / HTTP/1.1" 504 11 "-" "curl/8.5.0"`,
		want{format: Nginx, status: 504, end: "2024-02-02T12:22:29Z", grain: parse.GrainSecond, detail: map[string]string{"http_user_agent": "curl/8.5.0"}}},
	// BunkerWeb puts the site before the client, and its id where identd's name stands
	{`shop.test 10.0.0.4 - 95386da81aa13b6ab3ce9c989e1e470e - [02/Feb/2024:13:22:29 +0000] "GET /cart HTTP/1.1" 504 43 "-" "curl/8.5.0"`,
		want{format: Nginx, status: 504, target: "shop.test", end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, detail: map[string]string{"path": "/cart", "host": "shop.test"}}},
	// $request_time between the size and the referer
	{`10.0.0.4 - - [02/Feb/2024:13:22:29 +0000] "GET /cart HTTP/1.1" 504 160 5.001 "-" "curl/8.5.0"`,
		want{format: Nginx, status: 504, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, lasted: 5001 * time.Millisecond, detail: map[string]string{"request_time": "5.001"}}},
	// Zoraxy
	{`[2024-02-02 13:22:29.638136] [router:host-http] [origin:shop.test] [client: 10.0.0.4] [useragent: curl/8.5.0 (x)] GET /cart?a=b 502`,
		want{format: Nginx, status: 502, target: "shop.test", end: "2024-02-02T13:22:29.638136Z", grain: parse.GrainMicro, detail: map[string]string{"path": "/cart?a=b", "method": "GET", "status": "502"}}},
	// common log format, no header; quotes and a backslash escaped by nginx, and by Apache
	{`- - - [02/Feb/2024:13:22:29 +0000] "GET /\x22x\x22 HTTP/1.1" 500 -`,
		want{format: Nginx, status: 500, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, detail: map[string]string{"path": `/\x22x\x22`}}},
	{`10.0.0.1 - - [02/Feb/2024:13:22:29 +0000] "GET / HTTP/1.1" 504 0 "-" "a \"b\" [c] 504" 1 2.000 [n-s-80] [] 10.0.0.9:80 0 2.000 504 id`,
		want{format: Nginx, status: 504, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, lasted: 2 * time.Second, target: "n-s-80", fact: "504",
			detail: map[string]string{"http_user_agent": `a \"b\" [c] 504`}}},
	// JSON as in ingress-nginx's documentation of log-format-upstream
	{`{"time": "2024-02-02T13:22:29+00:00", "remote_addr": "10.0.0.7", "x_forwarded_for": "10.0.0.7", "request_id": "5d1b", "remote_user": "", "bytes_sent": 160, "request_time": 5.001, "status": 504, "vhost": "shop.example.com", "request_proto": "HTTP/1.1", "path": "/a\"b", "request_query": "", "request_length": 87, "duration": 5.001,"method": "GET", "http_referrer": "", "http_user_agent": "curl \u263a" }`,
		want{format: Nginx, status: 504, end: "2024-02-02T13:22:29Z", grain: parse.GrainSecond, lasted: 5001 * time.Millisecond, target: "shop.example.com",
			detail: map[string]string{"path": `/a"b`, "http_user_agent": "curl ☺", "vhost": "shop.example.com", "request_time": "5.001"}}},
	// values without quotes, and a time with milliseconds
	{`{"msec":1706880149.553,"time_local":"02/Feb/2024:13:22:29 +0000","status":503,"request_time":0.000,"proxy_upstream_name":"shop-web-80","upstream_addr":"-","upstream_status":-,"upstream_response_time":-}`,
		want{format: Nginx, status: 503, end: "2024-02-02T13:22:29.553Z", grain: parse.GrainMilli, target: "shop-web-80", cause: parse.CauseNoEndpoints}},
}

// hostCases are lines of the common log format with a host or a user before its
// time, or a host behind it.
var hostCases = []example{
	// Apache's vhost_combined, with and without a port
	{`shop.example:443 198.51.100.7 - - [04/Jul/2024:09:20:46 +0200] "GET /cart HTTP/1.1" 503 329 "-" "curl/8.5.0"`,
		want{format: Nginx, status: 503, end: "2024-07-04T07:20:46Z", grain: parse.GrainSecond, target: "shop.example:443",
			detail: map[string]string{"remote_addr": "198.51.100.7", "host": "shop.example:443", "path": "/cart"}}},
	{`shop.example 2001:db8::9 - alice [04/Jul/2024:09:20:46 -0700] "GET / HTTP/1.1" 502 12`,
		want{format: Nginx, status: 502, end: "2024-07-04T16:20:46Z", grain: parse.GrainSecond, target: "shop.example", detail: map[string]string{"remote_user": "alice"}}},
	// who asked as identd tells it
	{`127.0.0.1 ident7 carol [10/Oct/2023:13:55:36 -0700] "GET /a.gif HTTP/1.0" 504 2326`,
		want{format: Nginx, status: 504, end: "2023-10-10T20:55:36Z", grain: parse.GrainSecond, detail: map[string]string{"remote_user": "carol", "remote_addr": "127.0.0.1"}}},
	// APISIX's default
	{`10.20.0.9 - - [16/Sep/2023:11:35:34 +0000] shop.example "POST /orders HTTP/1.1" 504 167 30.004 "-" "okhttp/4.9.3" 10.9.3.6:8106 504 30.000 "http://shop.example"`,
		want{format: Nginx, status: 504, end: "2023-09-16T11:35:34Z", grain: parse.GrainSecond, lasted: 30004 * time.Millisecond, target: "shop.example", fact: "504",
			detail: map[string]string{"upstream_addr": "10.9.3.6:8106", "upstream_status": "504", "request_time": "30.004"}}},
	// HAProxy with the host that was asked before its timers, and no client
	{`-:22422 [22/May/2023:02:22:22.222] www~ shop/web-2 shop.example 0/0/0/18/18 503 200 - - ---- 222/222/2/0/0 0/0 "OPTIONS /api HTTP/1.1"`,
		want{format: HAProxy, status: 503, end: "2023-05-22T02:22:22.24Z", grain: parse.GrainMilli, lasted: 18 * time.Millisecond, target: "shop", fact: "----", cause: parse.CauseUpstream}},
}

// apacheCases are of httpd's error log (modules/proxy).
var apacheCases = []example{
	{`[Tue Apr 14 14:27:52.605084 2020] [proxy:error] [pid 56:tid 7] (111)Connection refused: AH00957: HTTP: attempt to connect to 10.0.0.3:8080 (10.0.0.3) failed`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 503, end: "2020-04-14T14:27:52.605084Z", grain: parse.GrainMicro, target: "10.0.0.3:8080",
			fact: "AH00957: HTTP: attempt to connect to 10.0.0.3:8080 (10.0.0.3) failed", cause: parse.CauseConnectRefused, detail: map[string]string{"errno": "111", "cause_class": "connect_refused"}}},
	{`[Tue Apr 14 14:27:52.605084 2020] [proxy_http:error] [pid 9:tid 140] (70007)The timeout specified has expired: [client 10.2.3.4:1234] AH01102: error reading status line from remote server app:8080`,
		want{format: Nginx, kind: parse.ProxyRequestFailed, status: 504, end: "2020-04-14T14:27:52.605084Z", grain: parse.GrainMicro, target: "app:8080",
			fact: "AH01102: error reading status line from remote server app:8080", cause: parse.CauseTimeout, detail: map[string]string{"client": "10.2.3.4:1234"}}},
	{`[Tue Apr  4 14:27:52 2020] [error] (110)Connection timed out: proxy: HTTP: attempt to connect to 10.0.0.3:8080 (app) failed`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 503, end: "2020-04-04T14:27:52Z", grain: parse.GrainSecond, target: "10.0.0.3:8080",
			fact: "proxy: HTTP: attempt to connect to 10.0.0.3:8080 (app) failed", cause: parse.CauseConnectTimeout}},
	{`[Tue Apr 14 14:27:52.605084 2020] [proxy:error] [pid 56] AH00959: ap_proxy_connect_backend disabling worker for (10.0.0.3) for 60s`,
		want{format: Nginx, kind: parse.ProxyBreaker, end: "2020-04-14T14:27:52.605084Z", grain: parse.GrainMicro, target: "10.0.0.3",
			fact: "AH00959: ap_proxy_connect_backend disabling worker for (10.0.0.3) for 60s", cause: parse.CauseBreaker}},
	{`[Tue Apr 14 14:27:52.605084 2020] [mpm_event:error] [pid 1:tid 1] AH00484: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting`,
		want{format: Nginx, kind: parse.ProxyOverloaded, end: "2020-04-14T14:27:52.605084Z", grain: parse.GrainMicro,
			fact: "AH00484: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting", cause: parse.CauseLoadshed}},
}

var complaintCases = []example{
	// kubernetes/ingress-nginx#9443
	{`2023/03/08 16:02:40 [error] 31#31: *569 upstream timed out (110: Operation timed out) while connecting to upstream, client: 108.162.227.25, server: dev-aws.example.com, request: "GET / HTTP/1.1", upstream: "http://192.168.215.1:80/", host: "dev-aws.example.com"`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 504, end: "2023-03-08T16:02:40Z", grain: parse.GrainSecond, target: "192.168.215.1:80",
			fact: "upstream timed out (110: Operation timed out) while connecting to upstream", cause: parse.CauseConnectTimeout,
			detail: map[string]string{"client": "108.162.227.25", "host": "dev-aws.example.com", "upstream": "http://192.168.215.1:80/", "request": "GET / HTTP/1.1", "process": "31#31", "connection": "569"}}},
	// glibc words it otherwise than musl; nothing behind the message
	{`2024/03/02 21:10:02 [error] 1#1: *43 upstream timed out (110: Connection timed out) while reading response header from upstream`,
		want{format: Nginx, kind: parse.ProxyRequestFailed, status: 504, end: "2024-03-02T21:10:02Z", grain: parse.GrainSecond,
			fact: "upstream timed out (110: Connection timed out) while reading response header from upstream", cause: parse.CauseTimeout}},
	// github.com: armesto, nginx 1.11.5
	{`2016/11/12 09:47:13 [error] 5#5: *26 no live upstreams while connecting to upstream, client: 192.168.99.1, server: service1.armesto.local, request: "GET / HTTP/1.1", upstream: "http://service1/", host: "192.168.99.100:8000"`,
		want{format: Nginx, kind: parse.ProxyNoEndpoints, status: 502, end: "2016-11-12T09:47:13Z", grain: parse.GrainSecond, target: "service1",
			fact: "no live upstreams while connecting to upstream", cause: parse.CauseBreaker}},
	// kubernetes/ingress-nginx#5734 and, for a TCP service, #6919
	{`2020/06/17 15:42:54 [error] 37#37: *248 connect() failed (111: Connection refused) while connecting to upstream, client: 46.101.51.208, server: aqua.yasreeb.online, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:8181/", host: "aqua.yasreeb.online"`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 502, end: "2020-06-17T15:42:54Z", grain: parse.GrainSecond, target: "127.0.0.1:8181",
			fact: "connect() failed (111: Connection refused) while connecting to upstream", cause: parse.CauseConnectRefused}},
	{`2021/03/02 05:32:30 [error] 37#37: *271101 connect() failed (111: Connection refused) while connecting to upstream, client: 172.26.148.242, server: 0.0.0.0:9009, upstream: "172.26.144.225:9009", bytes from/to client:0/0, bytes from/to upstream:0/0`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 502, end: "2021-03-02T05:32:30Z", grain: parse.GrainSecond, target: "172.26.144.225:9009",
			fact: "connect() failed (111: Connection refused) while connecting to upstream", cause: parse.CauseConnectRefused}},
	{`2021/03/02 05:32:30 [crit] 37#37: *2 connect() to unix:/tmp/a.sock failed (2: No such file or directory) while connecting to upstream, client: ::1, server: a, request: "GET / HTTP/1.1", upstream: "http://unix:/tmp/a.sock:/", host: "a"`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 502, end: "2021-03-02T05:32:30Z", grain: parse.GrainSecond, target: "unix:/tmp/a.sock",
			fact: "connect() to unix:/tmp/a.sock failed (2: No such file or directory) while connecting to upstream", cause: parse.CauseConnectRefused}},
	{`2024/05/07 12:00:01 [error] 31#31: *1023 connect() to unix:/run/php/fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream, client: 10.0.0.7, server: shop.example, request: "GET /cart HTTP/1.1", upstream: "fastcgi://unix:/run/php/fpm.sock:", host: "shop.example"`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 502, end: "2024-05-07T12:00:01Z", grain: parse.GrainSecond, target: "unix:/run/php/fpm.sock",
			fact: "connect() to unix:/run/php/fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream", cause: parse.CauseLoadshed}},
	{`2024/05/07 12:00:01 [crit] 31#31: *9 connect() to 127.0.0.1:8000 failed (13: Permission denied) while connecting to upstream, client: 10.0.0.7, server: _, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:8000/", host: "a"`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 502, end: "2024-05-07T12:00:01Z", grain: parse.GrainSecond, target: "127.0.0.1:8000",
			fact: "connect() to 127.0.0.1:8000 failed (13: Permission denied) while connecting to upstream", cause: parse.CauseOther}},
	{`2021/03/02 05:32:30 [error] 37#37: *2 connect() failed (113: No route to host) while connecting to upstream, client: 10.0.0.1, server: _`,
		want{format: Nginx, kind: parse.ProxyConnectFailed, status: 502, end: "2021-03-02T05:32:30Z", grain: parse.GrainSecond, target: "_",
			fact: "connect() failed (113: No route to host) while connecting to upstream", cause: parse.CauseNoRouteToHost}},
}

var traefikCases = []example{
	// traefik 2.0, github.com (02/Oct/2019)
	{`10.255.0.2 - - [02/Oct/2019:02:47:34 +0000] "GET /portainer HTTP/1.1" 504 15 "-" "-" 2 "portainer@docker" "http://10.255.0.141:9000" 29970ms`,
		want{format: Traefik, status: 504, end: "2019-10-02T02:48:03.97Z", grain: parse.GrainSecond, lasted: 29970 * time.Millisecond, target: "portainer@docker", cause: parse.CauseConnectTimeout,
			detail: map[string]string{"ClientHost": "10.255.0.2", "DownstreamStatus": "504", "RouterName": "portainer@docker", "ServiceURL": "http://10.255.0.141:9000",
				"Duration": "29970ms", "RequestCount": "2", "method": "GET", "path": "/portainer"}}},
	// traefik 3, github.com (21/Jun/2026)
	{`86.250.65.182 - - [21/Jun/2026:21:03:59 +0000] "GET /dozzle/ HTTP/3.0" 504 15 "-" "-" 20760 "https-0-ueuosv4cq32p3zybvy8i24ju-monitoring-nginx@docker" "http://192.168.96.5:8888" 30003ms`,
		want{format: Traefik, status: 504, end: "2026-06-21T21:04:29.003Z", grain: parse.GrainSecond, lasted: 30003 * time.Millisecond,
			target: "https-0-ueuosv4cq32p3zybvy8i24ju-monitoring-nginx@docker", cause: parse.CauseConnectTimeout}},
	// no router, behind other proxies, an agent with quotes that Traefik does not escape
	{`203.0.113.9, 10.0.0.1 - bob [30/Aug/2026:21:23:02 +0200] "POST /api?"x" HTTP/1.1" 502 11 "https://a/ "b"" "a "b" 1 "c@d" "e" 1ms" 8460 "-" "-" 3ms`,
		want{format: Traefik, status: 502, end: "2026-08-30T19:23:02.003Z", grain: parse.GrainSecond, lasted: 3 * time.Millisecond,
			detail: map[string]string{"ClientHost": "203.0.113.9, 10.0.0.1", "ClientUsername": "bob", "RequestCount": "8460", "path": `/api?"x"`}}},
	{`10.0.0.1 - - [30/Aug/2026:19:23:02 +0000] "POST /api HTTP/2.0" 500 11 "http://r" "agent \"x\"" 9 - "http://[2001:db8::1]:8080" 0ms`,
		want{format: Traefik, status: 500, end: "2026-08-30T19:23:02Z", grain: parse.GrainSecond, target: "[2001:db8::1]:8080", cause: parse.CauseUpstream,
			detail: map[string]string{"request_Referer": "http://r", "request_User-Agent": `agent \"x\"`}}},
	// traefik 1: a frontend, a backend
	{`172.20.48.154 - - [12/Sep/2017:15:10:41 +0000] "GET /p HTTP/1.1" 503 19 - "Mozilla/5.0" 155025 "Host-a-docker-localhost-0" - 0ms`,
		want{format: Traefik, status: 503, end: "2017-09-12T15:10:41Z", grain: parse.GrainSecond, target: "Host-a-docker-localhost-0", cause: parse.CauseBreaker,
			detail: map[string]string{"request_User-Agent": "Mozilla/5.0"}}},
	// JSON: xavier-hernandez/goaccess-for-nginxproxymanager#108, with the status of a failure
	{`{"ClientAddr":"192.0.2.1:63261","ClientHost":"192.0.2.1","ClientPort":"63261","ClientUsername":"-","DownstreamContentSize":15,"DownstreamStatus":504,"Duration":30000184335,"OriginContentSize":15,"OriginDuration":30000000000,"OriginStatus":504,"Overhead":184335,"RequestAddr":"sub.example.com","RequestContentSize":366,"RequestCount":17348,"RequestHost":"sub.example.com","RequestMethod":"REPORT","RequestPath":"/dav.php/calendars/","RequestPort":"-","RequestProtocol":"HTTP/2.0","RequestScheme":"https","RetryAttempts":0,"RouterName":"https-bk@docker","ServiceAddr":"172.29.0.2:8111","ServiceName":"bk-bk@docker","ServiceURL":"http://172.29.0.2:8111","StartLocal":"2024-12-29T12:42:47.503803974+01:00","StartUTC":"2024-12-29T11:42:47.503803974Z","entryPointName":"https","level":"info","msg":"","request_User-Agent":"Mozilla/5.0 \"x\"","time":"2024-12-29T12:43:17+01:00"}`,
		want{format: Traefik, status: 504, end: "2024-12-29T11:43:17.503988309Z", lasted: 30000184335, target: "bk-bk@docker", fact: "504", cause: parse.CauseConnectTimeout,
			detail: map[string]string{"OriginStatus": "504", "ServiceURL": "http://172.29.0.2:8111", "request_User-Agent": `Mozilla/5.0 "x"`, "RequestHost": "sub.example.com"}}},
	// few fields kept (accessLog.fields), and traefik#13442's error
	{`{"DownstreamStatus":502,"OriginError":"dial tcp 10.0.0.9:80: connect: connection refused","RequestHost":"gateway-probe.redi.lab","RouterName":"gateway-file-probe@file","entryPointName":"traefik","level":"info","msg":"","time":"2026-06-29T10:21:39Z"}`,
		want{format: Traefik, status: 502, end: "2026-06-29T10:21:39Z", grain: parse.GrainSecond, target: "gateway-file-probe@file",
			fact: "dial_tcp_10.0.0.9:80:_connect:_connection_refused", cause: parse.CauseConnectRefused}},
}

var accessCases = []example{
	// linkerd.io, "HTTP Access Logging", with statuses of failures
	{`10.42.0.63:51160 traffic.booksapp.serviceaccount.identity.linkerd.cluster.local - [2022-08-23T20:28:20.301798187Z] "GET http://webapp:7000/authors/104 HTTP/2.0" 504`,
		want{format: Access, status: 504, end: "2022-08-23T20:28:20.301798187Z", target: "webapp:7000",
			detail: map[string]string{"client.addr": "10.42.0.63:51160", "client.id": "traffic.booksapp.serviceaccount.identity.linkerd.cluster.local", "uri": "http://webapp:7000/authors/104", "version": "HTTP/2.0"}}},
	{`[2001:db8::1]:43682 - - [2022-08-23T20:28:23.049685Z] "GET /ping"x" HTTP/1.1" 503`,
		want{format: Access, status: 503, end: "2022-08-23T20:28:23.049685Z", grain: parse.GrainMicro}},
	{`{"client.addr":"10.42.0.70:32996","client.id":"traffic.booksapp.serviceaccount.identity.linkerd.cluster.local","host":"webapp:7000","method":"GET","processing_ns":"39826","request_bytes":"","response_bytes":"19627","status":504,"timestamp":"2022-08-23T20:33:42.321746212Z","total_ns":"3014441135","trace_id":"","uri":"http://webapp:7000/","user_agent":"Go-http-client/1.1","version":"HTTP/2.0"}`,
		want{format: Access, status: 504, end: "2022-08-23T20:33:45.336187347Z", lasted: 3014441135, target: "webapp:7000",
			detail: map[string]string{"user_agent": "Go-http-client/1.1", "total_ns": "3014441135", "method": "GET"}}},
}

var squidCases = []example{
	{`1714989901.512  60012 10.0.0.9 TCP_MISS/504 4012 GET http://api.example:8080/v1?a=b - HIER_DIRECT/203.0.113.9 text/html`,
		want{format: Squid, status: 504, end: "2024-05-06T10:05:01.512Z", grain: parse.GrainMilli, lasted: 60012 * time.Millisecond, target: "api.example:8080",
			cause: parse.CauseTimeout, fact: "TCP_MISS", detail: map[string]string{"method": "GET", "path": "http://api.example:8080/v1?a=b", "status": "504", "peer": "203.0.113.9"}}},
	{`1714989901.512      3 10.0.0.9 NONE_NONE/503 0 CONNECT api.example:443 alice HIER_NONE/- -`,
		want{format: Squid, status: 503, end: "2024-05-06T10:05:01.512Z", grain: parse.GrainMilli, lasted: 3 * time.Millisecond, target: "api.example:443",
			cause: parse.CauseDNS, fact: "NONE_NONE", detail: map[string]string{"user": "alice", "method": "CONNECT"}}},
	{`1714989901.512  30001 10.0.0.9 TCP_MISS_ABORTED/000 0 GET http://api.example/v1 - HIER_DIRECT/203.0.113.9 -`,
		want{format: Squid, status: 0, end: "2024-05-06T10:05:01.512Z", grain: parse.GrainMilli, lasted: 30001 * time.Millisecond, target: "api.example",
			cause: parse.CauseClientClosed, fact: "TCP_MISS_ABORTED"}},
}
