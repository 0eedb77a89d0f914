package rules_test

import "faultline/correlate"

// pastedVariants are pieces of logs as people paste them into tickets: without what
// stood before them, within a sentence, behind two tools. The look-alikes have the words
// and not the form, or the form and not the failure.
var pastedVariants = []variant{
	{"inbound_unavailable", correlate.Medium, one("```\nWARN ThreadId(01) inbound:accept{peer.addr=10.1.2.3:4084 target.addr=10.1.2.9:5005}: linkerd_timeout::failfast: HTTP Logical entering failfast after 1s\nWARN ThreadId(01) inbound:accept{peer.addr=10.1.2.3:4084 target.addr=10.1.2.9:5005}: linkerd_app_core::errors: Failed to proxy request: HTTP Logical service in fail-fast\n```\n"),
		one("```\nWARN of the proxy: inbound: entering failfast after 1s, they say\n```\n")},
	{"upstream_closed", correlate.Medium, one("two kinds of errors:\n```\nlinkerd2_app_core::errors: Failed to proxy request: connection error: Connection reset by peer (os error 104)\n```\n"), nil},
	{"destination_stream_failed", correlate.Medium, one("WARN [ 4844.177939s] proxy={bg=resolver addr=web.shop.svc.cluster.local:8084} linkerd2_proxy::control::destination::resolution Destination.Get stream error: grpc-status: Unknown, grpc-message: \"not dispatched in time\"\n"), nil},
	{"identity_unavailable", correlate.Medium, one("[     4.391229s]  INFO ThreadId(02) daemon:admin{listen.addr=0.0.0.0:4191}:accept{peer.addr=10.4.2.1:388 target.addr=10.4.5.9:4191}: linkerd2_app_core::serve: Connection closed error=unexpected error: no server certificate chain resolved\n"),
		one("[     4.391229s]  INFO ThreadId(02) daemon:admin{listen.addr=0.0.0.0:4191}:accept{peer.addr=10.4.2.1:388 target.addr=10.4.5.9:4191}: linkerd2_app_core::serve: Connection closed error=connection closed before message completed\n")},
	{"upstream_closed", correlate.Low, one("\"GET /v1/carts HTTP/1.1\" 502 157 \"-\" \"client/7.2\" 1570 1.248 [shop-web-80] [] 10.4.2.36:80, 10.4.2.36:80 0, 0 1.244, 0.004 502, 502 cc30e5d47f23e3a1\n"),
		one("\"GET /v1/carts HTTP/1.1\" 200 157 \"-\" \"client/7.2\" 1570 1.248 [shop-web-80] [] 10.4.2.36:80 157 1.244 200 cc30e5d47f23e3a1\n")},
	{"upstream_closed", correlate.High, one("Envoy's log:\n```\nPOST /login HTTP/1.1\" 503 UC 379 88 2704 - \"192.0.2.13\" \"Mozilla/5.0\" \"ce3e0e1c-d2e5-4587\" \"shop.test\" \"10.1.4.9:3000\"\n```\n"), nil},
	{"ingress_no_endpoints", correlate.Medium, one("2025-10-06T09:12:02.755578Z\tdebug\tenvoy http external/envoy/source/common/http/filter_manager.cc:1034\t[Tags: \"ConnectionId\":\"167\",\"StreamId\":\"35755\"] Preparing local reply with details no_healthy_upstream\tthread=57\n"),
		one("2025-10-06T09:12:02.755578Z\tdebug\tenvoy http external/envoy/source/common/http/filter_manager.cc:1034\t[Tags: \"ConnectionId\":\"167\",\"StreamId\":\"35755\"] Preparing local reply with details direct_response\tthread=57\n")},
	{"config_sync_failed", correlate.Low, one("[2018-06-07 23:03:37.170][16][warning][upstream] external/envoy/source/common/config/grpc_mux_impl.cc:235] gRPC config stream closed: 14, no healthy upstream\n"), nil},
	{"configured_answer", correlate.Medium, one("2020/12/04 10:47:36 [error] 13542#13542: *185825 [lua] init.lua:527: http_access_phase(): failed to parse upstream: missing upstream configuration in Route or Service, client: 198.51.100.2, server: , request: \"GET /a HTTP/2.0\", host: \"shop.test\"\n"), nil},
	{"client_closed", correlate.Medium, one("'502 Bad Gateway' caused by: readfrom tcp 10.1.0.4:56118->10.1.5.5:80: client disconnected\n"), one("'502 Bad Gateway' is what our users see\n")},
	{"webhook_failed", correlate.Medium, one("Error:\n* Internal error occurred: failed calling webhook \"hook.shop.test\": failed to call webhook: Post \"https://hook.shop.svc:443/mutate?timeout=10s\": no endpoints available for service \"hook\"\n"), one("Error:\n* the webhook was called, and all is well\n")},
	{"webhook_failed", correlate.Medium, one("If you are seeing `failed to call webhook: Post \"https://hook.shop.svc:443/mutate?timeout=10s\": context deadline exceeded` there may be a firewall.\n"), one("If you are seeing `the webhook's own dashboard page, then` there is none.\n")},
	{"tls_mismatch", correlate.Medium, one("How do I debug this message?\n\"upstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: TLS error: 268435588:SSL routines:OPENSSL_internal:PARSE_TLSEXT\"\n"), nil},
	{"dns_failure", correlate.Medium, one("upstream failure: read udp 10.2.1.8:36064->10.43.0.10:53: i/o timeout\n"), nil},
	{"etcd_slow", correlate.Medium, one("Apr 29 10:32:39 master-0 etcd[1224]: 134af6e5d3e35861 became leader at term 12256\nApr 29 10:32:43 master-0 etcd[1224]: got unexpected response error (etcdserver: request timed out)\nApr 29 10:32:44 master-0 etcd[1224]: got unexpected response error (etcdserver: request timed out)\n"),
		one("Apr 29 10:32:39 master-0 etcd[1224]: 134af6e5d3e35861 became leader at term 12256\nApr 29 10:34:17 master-0 etcd[1224]: compacted raft log at 153351744\n")},
	{"connect_refused", correlate.High, one("It fails with\n\nApr 03 23:40:56 box sh[22948]: caddy      | {\"level\":\"error\",\"ts\":1649018456.5656512,\"logger\":\"http.log.error.log0\",\"msg\":\"dial tcp 127.0.0.1:4040: connect: connection refused\",\"request\":{\"remote_addr\":\"10.30.0.1:31302\",\"proto\":\"HTTP/2.0\",\"method\":\"GET\",\"host\":\"shop.test\",\"uri\":\"/\"},\"duration\":0.0254,\"status\":502,\"err_id\":\"xxbwv\"}\n"), nil},
	{"kernel_table_full", correlate.Medium, one("obs kernel: [38775494.392631] nf_conntrack: table full, dropping packet\n"), nil},
	{"node_unhealthy", correlate.High, one("`kubectl describe nodes`:\n```\n  Ready                False   Sun, 06 Dec 2020 18:56:49 +0100   Sun, 06 Dec 2020 18:49:40 +0100   KubeletNotReady              PLEG is not healthy: pleg was last seen active 10m18.04s ago; threshold is 3m0s\n```\n"),
		one("`kubectl describe nodes`:\n```\n  DiskPressure         False   Sun, 06 Dec 2020 18:56:49 +0100   Sun, 06 Dec 2020 18:49:40 +0100   KubeletHasNoDiskPressure     kubelet has no disk pressure\n  Ready                True    Sun, 06 Dec 2020 18:56:49 +0100   Sun, 06 Dec 2020 18:49:40 +0100   KubeletReady                 kubelet is posting ready status\n```\n")},
	{"node_unhealthy", correlate.Medium, one("PLEG is not healthy: pleg was last seen active 3m3.928932625s ago; threshold is 3m0s\n"), one("We read that PLEG is not healthy: pleg was last seen active long ago, and it was not that.\n")},
	{"connect_refused", correlate.High, one("E0120 14:48:21.128199       1 proxy.go:392] can't ask: dial tcp 10.1.0.9:80: connect: connection refused\n"),
		one("E0120 14:48:21.128199       1 haproxy.go:392] can't scrape HAProxy: dial unix /var/lib/haproxy/run/haproxy.sock: connect: connection refused\n")},
}
