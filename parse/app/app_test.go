package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
	"faultline/parse/wrap"
)

func read(t *testing.T, text string, piece int) *parse.Capture {
	t.Helper()
	return parsetest.Read(t, parsetest.Text("x", text), []*parse.Format{Server, Format}, wrap.All(), parse.Options{Piece: piece})
}

// said lists the events: line, target, status, and whether they have a time.
func said(c *parse.Capture) string {
	var out []string
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			if e.Kind == parse.AppCallFailed {
				out = append(out, fmt.Sprintf("%d %s %v %t", e.Line, c.Name(e.Target), e.Value, e.Time != 0))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// A failed call is one event, whatever the language, with whom it was to.
func TestCalls(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"go":        {"2025/11/03 09:14:02 no catalog: Get \"http://catalog:8080/v1\": dial tcp 10.43.17.9:8080: connect: connection refused\n", "1 10.43.17.9:8080 0 true"},
		"grpc":      {"2025/11/03 09:14:02 rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 10.43.17.9:50051: connect: connection refused\"\n", "1 10.43.17.9:50051 0 true"},
		"bare":      {"Get \"http://catalog:8080/v1\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)\n", "1 catalog:8080 0 false"},
		"spring":    {"2025-11-03T09:14:05.331Z ERROR 1 --- [           main] c.s.cart.Flags    : I/O error on GET request for \"http://flags:8888/x\": Connection refused\n\njava.net.ConnectException: Connection refused\n\tat java.base/sun.nio.ch.Net.connect0(Native Method)\nCaused by: java.net.ConnectException: Connection refused\n\t... 21 more\n", "1 flags:8888 0 true"},
		"logback":   {"09:14:05.331 [main] ERROR c.s.cart.Client - request failed\njava.net.ConnectException: Connection refused (Connection refused)\n\tat java.base/java.net.PlainSocketImpl.socketConnect(Native Method)\n", "2  0 false"},
		"log4j":     {"2025-11-03 09:14:05,331 [pool-1] WARN  c.s.Cart - Connect to flags/10.43.17.9:8080 failed: Connection refused\n", "1 10.43.17.9:8080 0 true"},
		"java read": {"2025-11-03 09:14:05,331 [pool-1] WARN  c.s.Cart - java.net.SocketTimeoutException: Read timed out\n", "1  0 true"},
		"python": {"2025-11-03 09:14:02,331 ERROR app no flags\nTraceback (most recent call last):\n  File \"/x/connection.py\", line 174, in _new_conn\nConnectionRefusedError: [Errno 111] Connection refused\n\n" +
			"requests.exceptions.ConnectionError: HTTPConnectionPool(host='flags', port=8080): Max retries exceeded with url: /v1 (Caused by NewConnectionError('x: [Errno 111] Connection refused'))\n", "4 flags:8080 0 true"},
		"urllib3":         {"WARNING:urllib3.connectionpool:Retrying after connection broken by 'NewConnectionError('x: Failed to establish a new connection: [Errno 111] Connection refused')': /v1\n", "1  0 false"},
		"requests":        {"2025-11-03 09:14:02,331 ERROR app HTTPConnectionPool(host='flags', port=8080): Read timed out. (read timeout=5)\n", "1 flags:8080 0 true"},
		"faraday":         {"Faraday::ConnectionFailed: Failed to open TCP connection to flags:8080 (Connection refused - connect(2) for \"flags\" port 8080)\n", "1 flags:8080 0 false"},
		"syslog":          {"Nov  3 09:14:02 cart-1 cartd[7]: connect ECONNREFUSED 10.43.17.9:8080\n", "1 10.43.17.9:8080 0 true"},
		"syslog, ranked":  {"<131>Nov  3 09:14:02 cart-1 cartd[7]: connect ECONNREFUSED 10.43.17.9:8080\n", "1 10.43.17.9:8080 0 true"},
		"not none":        {"2025-11-03T09:14:02Z WARN connection refused count=0, then connection refused\n", "1  0 true"},
		"klog, cut":       {"1103 09:14:02.331123       1 reflector.go:147] failed to list *v1.Pod: dial tcp 10.43.17.9:443: i/o timeout\n", "1 10.43.17.9:443 0 true"},
		"klog, cut more":  {"03 09:14:02.331123       1 reflector.go:147] failed to list *v1.Pod: dial tcp 10.43.17.9:443: i/o timeout\n", "1 10.43.17.9:443 0 false"},
		"klog, cut date":  {" 09:14:02.331123       1 reflector.go:147] failed to list *v1.Pod: dial tcp 10.43.17.9:443: i/o timeout\n", "1 10.43.17.9:443 0 false"},
		"klog, cut all":   {"09:14:02.331123       1 reflector.go:147] failed to list *v1.Pod: dial tcp 10.43.17.9:443: i/o timeout\n", "1 10.43.17.9:443 0 false"},
		"two days":        {"2025-11-03 09:14:02 INFO up\n05/06/2025 09:14:03 ERROR connect ECONNREFUSED 10.43.17.9:8080\n2025-11-03 09:14:04 INFO up\n", "2 10.43.17.9:8080 0 false"},
		"aiohttp":         {"ERROR:cart:Cannot connect to host flags:8080 ssl:default [Connect call failed ('10.43.17.9', 8080)]\n", "1 flags:8080 0 false"},
		"node":            {"Error: connect ECONNREFUSED 10.43.17.9:8080\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {\n  errno: -111\n}\n", "1 10.43.17.9:8080 0 false"},
		"node dns":        {"Error: getaddrinfo ENOTFOUND flags.shop.svc\n", "1 flags.shop.svc 0 false"},
		"dotnet":          {"fail: Shop.Cart.FlagClient[0]\n      System.Net.Http.HttpRequestException: Connection refused (flags:8080)\n       ---> System.Net.Sockets.SocketException (111): Connection refused\n", "2 flags:8080 0 false"},
		"serilog":         {"[09:14:02 ERR] Could not load flags\nSystem.Net.Http.HttpRequestException: Response status code does not indicate success: 503 (Service Unavailable).\n", "2  503 false"},
		"rust":            {"2025-11-03T09:14:02.331123Z ERROR cart::flags: error sending request for url (http://flags:8080/v1): tcp connect error: Connection refused (os error 111)\n", "1 flags:8080 0 true"},
		"ruby":            {"E, [2025-11-03T09:14:02.331123 #1] ERROR -- : Errno::ECONNREFUSED: Failed to open TCP connection to flags:8080 (Connection refused - connect(2) for \"flags\" port 8080)\n", "1 flags:8080 0 true"},
		"php":             {"[2025-11-03 09:14:02] production.ERROR: cURL error 7: Failed to connect to flags port 8080: Connection refused\n", "1 flags:8080 0 true"},
		"php.ini":         {"[03-Nov-2025 09:14:02 UTC] PHP Warning:  file_get_contents(http://flags:8080/v1): failed to open stream: Connection refused in /a.php on line 2\n", "1 flags:8080 0 true"},
		"curl":            {"+ curl http://flags:8080\ncurl: (7) Failed to connect to flags port 8080 after 1 ms: Connection refused\n+ sleep 5\ncurl: (52) Empty reply from server\n", "2 flags:8080 0 false, 4  0 false"},
		"wget":            {"wget: can't connect to remote host (10.43.17.9): Connection refused\n", "1 10.43.17.9 0 false"},
		"stamped":         {"2025-11-03T09:14:02.331123001Z could not reach http://localhost:4140: connection refused\n", "1 localhost:4140 0 true"},
		"envoy":           {"2025-11-03 09:14:02,331 WARN cart 503 from http://flags:8080: upstream connect error or disconnect/reset before headers. reset reason: connection timeout\n", "1 flags:8080 0 true"},
		"answer":          {"$ curl -i http://web.test\nHTTP/1.1 503 Service Unavailable\ncontent-length: 19\nserver: envoy\n\nno healthy upstream\n", "6  503 false"},
		"answers":         {"< HTTP/2 503 \n< content-type: text/plain\nHTTP/1.0 502 Bad Gateway\n{\"message\":\"name resolution failed\"}\n", "1  503 false, 4  502 false"},
		"no answer":       {"HTTP/1.1 200 OK\nno healthy upstreams were found by anybody\n", ""},
		"bodies":          {"No server is available to handle this request.\n{\"message\":\"failure to get a peer from the ring-balancer\"}\n", "1  0 false, 2  0 false"},
		"quoted":          {"> Exception : [503 Service Unavailable] during [POST] to [http://flags:8080/v1] : [upstream connect error or disconnect/reset before headers. reset reason: overflow]\n", "1 flags:8080 503 false"},
		"feign":           {"2025-02-17 10:12:33.120 ERROR 1 --- [exec-4] c.s.Cart : call failed\nfeign.FeignException$ServiceUnavailable: [503 Service Unavailable] during [POST] to [http://flags/v1] [Flags#get(X)]: [no healthy upstream]\n", "2 flags 503 true"},
		"pino":            {`{"level":50,"time":1706880142331,"pid":7,"hostname":"cart-0","err":{"code":"ECONNREFUSED","message":"connect ECONNREFUSED 10.43.17.9:8080"},"msg":"no flags"}` + "\n", "1 10.43.17.9:8080 0 true"},
		"ecs":             {`{"@timestamp":"2025-11-03T09:14:02.331Z","log.level":"ERROR","message":"Connect to flags:8080 failed: Connection refused","ecs.version":"1.6.0"}` + "\n", "1 flags:8080 0 true"},
		"serilog j":       {`{"@t":"2025-11-03T09:14:02.3311230Z","@mt":"no flags","@l":"Error","@x":"System.Net.Http.HttpRequestException: Connection refused (flags:8080)"}` + "\n", "1 flags:8080 0 true"},
		"a status":        {`{"time":1706880142331,"level":50,"name":"cart","msg":"no flags","statusCode":503,"url":"http://flags:8080/v1"}` + "\n", "1 flags:8080 503 true"},
		"a status within": {`{"timestamp":"2025-11-03T09:14:02Z","level":"INFO","message":"call","response":{"status":504}}` + "\n", "1  504 true"},
		"pino-http":       {`{"level":30,"time":1706880142331,"pid":7,"req":{"method":"GET","url":"/v1"},"res":{"statusCode":503},"msg":"request completed"}` + "\n", "1  503 true"},
		"otel's name":     {`{"timestamp":"2025-11-03T09:14:02Z","severity":"ERROR","message":"call","attributes":{"http.response.status_code":502}}` + "\n", "1  502 true"},
		"a code":          {`{"@timestamp":"2025-11-03T09:14:02.331Z","log.level":"ERROR","message":"catalog answered","code":"503"}` + "\n", "1  503 true"},
		"a reason":        {`{"timestamp":"2025-11-03T09:14:02Z","level":"WARN","message":"retry","status":"503 SERVICE_UNAVAILABLE"}` + "\n", "1  503 true"},
		"without a level": {`{"timestamp":"2025-11-03T09:14:02Z","status":503,"error":"Service Unavailable","path":"/v1"}` + "\n", "1  503 true"},
		"grpc java": {"2025-11-03 09:14:02,331 ERROR 1 --- [exec-3] c.e.Orders : call failed\nio.grpc.StatusRuntimeException: UNAVAILABLE: io exception\n\tat io.grpc.stub.ClientCalls.x(ClientCalls.java:268)\n" +
			"Caused by: io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: stock.shop.svc.cluster.local/10.96.14.20:9090\n", "2 10.96.14.20:9090 0 true"},
		"go tls":     {"2025-11-03T09:14:02Z ERROR edge: Get \"https://api.test/v1\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid\n", "1 api.test 0 true"},
		"java tls":   {"2025-11-03 09:14:05,331 [pool-1] WARN  c.s.Cart - https://api.test/v1: PKIX path building failed: unable to find valid certification path\n", "1 api.test 0 true"},
		"python tls": {"2025-11-03 09:14:02,331 ERROR app HTTPSConnectionPool(host='api.test', port=443): [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed\n", "1 api.test:443 0 true"},
		"node tls":   {"Error: unable to verify the first certificate\n    at TLSSocket.onConnectSecure (node:_tls_wrap:1550:34)\n", "1  0 false"},
		"ztunnel":    {"2025-11-03T09:14:02.331123Z\terror\taccess\tconnection complete\tsrc.addr=10.20.1.4:41220 src.identity=\"spiffe://cluster.local/ns/shop/sa/cart\" dst.addr=10.20.2.9:15008 dst.service=\"web.shop.svc.cluster.local\" direction=\"inbound\" duration=\"0ms\" error=\"connection closed due to policy rejection: allow policies exist, but none allowed\"\n", "1 web.shop.svc.cluster.local 0 true"},
		"identity":   {"2025-11-03T09:14:02.331123Z ERROR proxy: spiffe://cluster.local/ns/shop/sa/web at http://web.shop:80: Connection refused (os error 111)\n", "1 web.shop:80 0 true"},
		"body":       {"2025-11-03 09:14:02,331 WARN cart http://flags:8080 said <h1>504 Gateway Time-out</h1>\n", "1 flags:8080 504 true"},
	} {
		for _, piece := range []int{0, 1, 60} {
			got := said(read(t, c.text, piece))
			if got != c.want {
				t.Errorf("%s, pieces of %d: %q, want %q", name, piece, got, c.want)
			}
		}
	}
}

// What only speaks of errors, what is of the calling side, and what is no line of
// a log is no failed call.
func TestNoCalls(t *testing.T) {
	for _, text := range []string{
		"We see connection refused for ten seconds after each rollout.",
		"Error handling: connection refused is retried three times",
		"error reading the page when the connection refused to close",
		"2025-11-03T09:14:02Z INFO connection refused count=0",
		"2025-11-03T09:14:02Z INFO timeouts: 0, upstream connect error count 0",
		"2025-11-03T09:14:02Z DEBUG no healthy upstream metric = 0",
		"2025-11-03T09:14:02Z INFO listening on :8080",
		"2025/11/03 09:14:02 http: TLS handshake error from 10.0.0.9:4444: read: connection reset by peer",
		"2025-11-03 09:14:02,331 WARN o.a.c.c.C.[Tomcat] org.apache.catalina.connector.ClientAbortException: java.io.IOException: Connection reset by peer",
		"retries: { on: [\"connection refused\", \"ECONNRESET\"] }",
		"- `dial tcp: connection refused` means that nobody listens",
		"    retry_on: connection refused",
		`{"timestamp":"2025-11-03T09:14:02Z","level":"INFO","message":"loaded","code":503}`,
		`{"timestamp":"2025-11-03T09:14:02Z","level":"ERROR","message":"loaded","count":503,"status":"5031","port":504}`,
		`{"timestamp":"2025-11-03T09:14:02Z","level":"ERROR","message":"read","status":"503 items"}`,
		`{"timestamp":"2025-11-03T09:14:02Z","level":"ERROR","message":"read","status":503.5}`,
		`{"timestamp":"2025-11-03T09:14:02Z","level":"INFO","message":"read","status":200}`,
	} {
		if got := said(read(t, text+"\n", 0)); got != "" {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// An error of a program is never passed over, and its level and time are read.
func TestErrors(t *testing.T) {
	for text, want := range map[string]int{
		"2025-11-03 09:14:02,331 ERROR cart - cannot open the ledger":                                                   1,
		"2025-11-03T09:14:02.331Z ERROR 1 --- [  main] c.s.Cart : cannot open the ledger":                               1,
		"[2025-11-03 09:14:02] production.CRITICAL: cannot open the ledger":                                             1,
		"E, [2025-11-03T09:14:02.331123 #1] ERROR -- : cannot open the ledger":                                          1,
		"2025-11-03 09:14:02,331 INFO cart - opened the ledger after an ERROR of yesterday":                             0,
		"2025-11-03 09:14:02,331 no error was found":                                                                    0,
		"I have no idea what this is":                                                                                   0,
		`{"timestamp":"2025-11-03T09:14:02Z","level":"error","message":"cannot open the ledger"}`:                       1,
		`{"time":1706880142331,"level":50,"name":"cart","msg":"cannot open the ledger"}`:                                1,
		`{"@timestamp":"2025-11-03T09:14:02.331Z","log":{"level":"ERROR"},"message":"cannot open the ledger"}`:          1,
		`{"asctime":"2025-11-03 09:14:02,331","levelname":"CRITICAL","message":"cannot open the ledger"}`:               1,
		`{"@timestamp":"2025-11-03T09:14:02.331Z","@level":"error","@message":"cannot open the ledger"}`:                1,
		`{"version":"1.1","host":"cart","short_message":"cannot open the ledger","timestamp":1706880142.3,"level":3}`:   1,
		`{"timestamp":"2025-11-03T09:14:02Z","level":"info","message":"opened the ledger after an error of yesterday"}`: 0,
		`{"timestamp":"2025-11-03T09:14:02Z","message":"no level, no error"}`:                                           0,
	} {
		c, n := read(t, text+"\n", 0), 0
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				if e.Kind == parse.LogOther && e.Severity >= parse.Error && e.Time != 0 {
					n++
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d errors, want %d", text, n, want)
		}
	}
}

// The line is shown as it was read.
func TestDetail(t *testing.T) {
	var d parse.Detail
	Format.Detail([]byte("2025-11-03 09:14:02,331 ERROR cart - dial tcp 10.43.17.9:8080: connect: connection refused"), &d)
	if d.RawTime != "2025-11-03 09:14:02,331" || !strings.HasPrefix(d.Message, "ERROR cart") || len(d.Attrs) != 1 || d.Attrs[0].Value != "10.43.17.9:8080" {
		t.Errorf("%+v", d)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte("2025-11-03 09:14:02,331 ERROR cart - dial tcp 10.43.17.9:8080: connect: connection refused"))
	f.Add([]byte("E, [2025-11-03T09:14:02.331123 #1] ERROR -- : (://"))
	f.Add([]byte("System.Net.Http.HttpRequestException: Connection refused (flags:8080)"))
	f.Fuzz(func(t *testing.T, line []byte) {
		b := parse.NewBatch(false, false)
		l := parse.Line{No: 1, Text: line, Len: uint32(len(line))}
		if len(strings.TrimSpace(string(line))) == 0 {
			return
		}
		if v := Format.Line(&l, b); v == parse.Took && len(b.Events) != 1 {
			t.Errorf("%d events of %q", len(b.Events), line)
		}
		var d parse.Detail
		Format.Detail(line, &d)
	})
}
