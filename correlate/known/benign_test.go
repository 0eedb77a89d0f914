package known

import "testing"

// Each harmless line is known, and its look-alikes that do harm are not.
func TestBenign(t *testing.T) {
	told := map[string]bool{}
	for text, want := range map[string]string{
		`Failed to connect error=connect to 127.0.0.1:8086 refused`:                                          "own container not up yet",
		`inbound: Connection closed error=connection closed before message completed`:                        "client hung up",
		`Completed; retrying with a backoff`:                                                                 "stream came to its end",
		`DNS refinement timed out`:                                                                           "DNS refinement",
		`Connection closed error=read header from client timeout`:                                            "probe on a kept connection",
		`release 2.210.4 (ab12) by linkerd on 2023-11-02T00:00:00Z`:                                          "release of the proxy",
		`policy:controller{addr=p.linkerd:8090}: Failed to connect error=refused`:                            "order of the start",
		`dst:controller{addr=d.linkerd:8086}: Adding endpoint addr=10.1.2.3:8086`:                            "replica of the control plane replaced",
		`HTTP/1.1 request failed error=connect error server.addr=10.1.2.3:4191`:                              "scrape of a pod that is gone",
		`http: TLS handshake error from 10.1.2.3:5000: EOF`:                                                  "TLS handshake of a health check",
		`failed to retrieve replicaset shop/web-7d4b9c6f5 not found`:                                         "owner of a pod not found",
		`failed to find LINKERD2_PROXY_INBOUND_LISTEN_ADDR environment variable in any container`:            "endpoint without a proxy container",
		`context token for a using old token format`:                                                         "old token",
		`problem connecting with gateway`:                                                                    "gateway probe below the threshold",
		`watch of *v1.Endpoints ended with: an error on the server`:                                          "watch ended",
		`ID:a/b,Depth:12,Reason:slow event handlers blocking the queue`:                                      "slow event handlers",
		`kubectl: Waited for 1.2s due to client-side throttling`:                                             "a tool throttled itself",
		`Node a status is now: NodeHasSufficientMemory`:                                                      "recovery of a node",
		`TaintManagerEviction pod/a Cancelling deletion of Pod shop/a`:                                       "eviction called off",
		`Warning ProbeWarning Readiness probe warning: Probe terminated redirects`:                           "probe that only warns",
		`A IN web.shop.svc.cluster.local.svc.cluster.local. udp 50 false 512 NXDOMAIN`:                       "name tried with a search suffix",
		`‼ cli is up-to-date`:                                                                                "check that warns of a version",
		`*7 SSL_do_handshake() failed (SSL: wrong version) while SSL handshaking, client: a.b`:               "scanner at the TLS port",
		`[warn] 7#7: *9 an upstream response is buffered to a temporary file /tmp/1`:                         "response kept in a file",
		`[warn] delaying request, excess: 0.5, by zone "one"`:                                                "request delayed by its limit",
		`upstream sent duplicate header line: "A: b", previous value: "A: c", ignored`:                       "header sent twice",
		`[info] 7#7: *9 client prematurely closed connection`:                                                "client gave up at nginx",
		`Error obtaining Endpoints for Service "shop/web": no object matching key "shop/web" in local store`: "Ingress without a Service",
		`DeltaAggregatedResources gRPC config stream closed: 0`:                                              "istiod's streams renewed",
		`statusDetails client_disconnected_before_any_response`:                                              "client cancelled at a load balancer",
		`Failed to connect error=connect to 10.1.2.3:8086 refused`:                                           "",
		`http: TLS handshake error from 10.1.2.3:5000: remote error: bad certificate`:                        "",
		`HTTP/1.1 request failed error=connection closed before message completed`:                           "",
		`HTTP/1.1 request failed error=connect error server.addr=10.1.2.3:8080`:                              "",
		`panic: runtime error: index out of range`:                                                           "",
		`[error] 7#7: *9 upstream prematurely closed connection`:                                             "",
		`limiting requests, excess: 20.5 by zone "one"`:                                                      "",
		`Waited for 9.2s due to client-side throttling, request: GET:https://10.0.0.1`:                       "",
		`Node a status is now: NodeHasDiskPressure`:                                                          "",
		`A IN web.shop.svc.cluster.local. udp 50 false 512 NXDOMAIN`:                                         "",
		`endpoint{addr=10.1.2.3:80}: Adding endpoint`:                                                        "",
		`statusDetails backend_timeout`:                                                                      "",
		`SSL_do_handshake() failed (SSL: error) while SSL handshaking to upstream, client: 10.1.2.3`:         "",
	} {
		h, ok := BenignLine(text)
		if h.Name != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, h.Name, want)
		}
		told[h.Name] = true
	}
	for _, h := range Benign {
		if h.Why == "" || h.Source == "" || !told[h.Name] {
			t.Errorf("%q is not whole, or has no example here", h.Name)
		}
	}
}
