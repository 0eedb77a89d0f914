package ingress

import (
	"testing"

	"faultline/parse"
)

// good are the lines that most of a log is made of.
var good = []struct {
	name string
	*parse.Format
	line string
}{
	{"ingress-nginx", Nginx, `108.162.227.25 - - [08/Mar/2023:16:02:45 +0000] "GET /api/v1/items?page=2 HTTP/2.0" 200 562 "https://shop.example.com/items" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36" 1100 0.017 [shop-web-80] [] 192.168.215.1:80 562 0.016 200 a7c98d98ac870f64981a997cd2f373a1`},
	{"combined", Nginx, `108.162.227.25 - - [08/Mar/2023:16:02:45 +0000] "GET /api/v1/items?page=2 HTTP/1.1" 200 562 "-" "curl/8.5.0"`},
	{"error", Nginx, `2023/03/08 16:02:40 [warn] 31#31: *569 a client request body is buffered to a temporary file /tmp/client-body/0000000001, client: 108.162.227.25, server: dev-aws.example.com, request: "POST / HTTP/1.1", host: "dev-aws.example.com"`},
	{"nginx-json", Nginx, `{"time": "2024-02-02T13:22:29+00:00", "remote_addr": "10.0.0.7", "x_forwarded_for": "10.0.0.7", "request_id": "5d1b", "remote_user": "", "bytes_sent": 160, "request_time": 5.001, "status": 200, "vhost": "shop.example.com", "request_proto": "HTTP/1.1", "path": "/a", "request_query": "", "request_length": 87, "duration": 5.001,"method": "GET", "http_referrer": "", "http_user_agent": "curl" }`},
	{"istio", Envoy, `[2022-08-28T01:25:55.244Z] "POST /paymentAuth HTTP/1.1" 200 DI via_upstream - "-" 326 51 10007 2 "-" "Java/1.8.0_111-internal" "ae00c14e-409c-94b1-8cfb-951a89411246" "payment" "10.10.10.171:80" outbound|80||payment.sock-shop.svc.cluster.local 10.10.10.229:36752 172.20.93.36:80 10.10.10.229:52932 - -`},
	{"envoy", Envoy, `[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"`},
	{"envoy-json", Envoy, `{"path":"/","response_code":200,"method":"GET","upstream_cluster":"outbound|80||envoydummy.chapter11.svc.cluster.local","user_agent":"curl/7.86.0-DEV","connection_termination_details":null,"authority":"envoydummy.chapter11","x_forwarded_for":null,"upstream_transport_failure_reason":null,"downstream_local_address":"10.98.203.175:80","bytes_received":0,"response_code_details":"via_upstream","upstream_service_time":"3","request_id":"4b39f4ca-ffe3-9c6a-a202-0650b0eea8ef","route_name":"default","response_flags":"-","protocol":"HTTP/1.1","start_time":"2022-12-15T03:49:38.504Z","duration":12,"upstream_host":"10.0.0.1:80","downstream_remote_address":"172.17.0.8:52180","bytes_sent":19}`},
	{"traefik", Traefik, `10.255.0.2 - - [02/Oct/2019:02:47:34 +0000] "GET /influxdb/query?q=SHOW%20DATABASES HTTP/1.1" 200 109 "-" "-" 1 "influxdb@docker" "http://10.0.10.158:8086" 6ms`},
	{"traefik-json", Traefik, `{"ClientAddr":"192.0.2.1:63261","ClientHost":"192.0.2.1","DownstreamContentSize":15,"DownstreamStatus":200,"Duration":30000184335,"OriginContentSize":15,"OriginStatus":200,"RequestHost":"sub.example.com","RequestMethod":"GET","RequestPath":"/dav.php/calendars/","RouterName":"https-bk@docker","ServiceName":"bk-bk@docker","ServiceURL":"http://172.29.0.2:8111","StartUTC":"2024-12-29T11:42:47.503803974Z","level":"info","msg":"","time":"2024-12-29T12:43:17+01:00"}`},
	{"linkerd", Access, `10.42.0.63:51160 traffic.booksapp.serviceaccount.identity.linkerd.cluster.local - [2022-08-23T20:28:20.301798187Z] "GET http://webapp:7000/authors/104 HTTP/2.0" 200`},
	{"linkerd-json", Access, `{"client.addr":"10.42.0.70:32996","client.id":"traffic.booksapp.serviceaccount.identity.linkerd.cluster.local","host":"webapp:7000","method":"GET","processing_ns":"39826","request_bytes":"","response_bytes":"19627","status":200,"timestamp":"2022-08-23T20:33:42.321746212Z","total_ns":"14441135","trace_id":"","uri":"http://webapp:7000/","user_agent":"Go-http-client/1.1","version":"HTTP/2.0"}`},
}

// Lines that are no failure are passed over without an allocation.
func TestNothingAllocated(t *testing.T) {
	for _, g := range good {
		b := parse.NewBatch(false, false)
		text := []byte(g.line)
		l := &parse.Line{}
		if n := testing.AllocsPerRun(100, func() {
			*l = parse.Line{Text: text}
			if v := g.Line(l, b); v != parse.Other {
				t.Fatalf("%s: %d", g.name, v)
			}
			for _, f := range Formats() { // nor by those whose it is not
				if f != g.Format && f.Line(l, b) != parse.NotMine {
					t.Fatalf("%s takes %s", f.Name, g.name)
				}
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", g.name, n)
		}
	}
}

func BenchmarkGood(b *testing.B) {
	for _, g := range good {
		b.Run(g.name, func(b *testing.B) {
			batch := parse.NewBatch(false, false)
			text := []byte(g.line)
			b.SetBytes(int64(len(text) + 1))
			b.ReportAllocs()
			l := &parse.Line{}
			for b.Loop() {
				*l = parse.Line{Text: text}
				g.Line(l, batch)
			}
		})
	}
}

// BenchmarkFailed reads lines that are all failures.
func BenchmarkFailed(b *testing.B) {
	for _, c := range []example{nginxCases[0], envoyCases[0], traefikCases[0], accessCases[0]} {
		b.Run(c.want.format.Name, func(b *testing.B) {
			batch := parse.NewBatch(false, false)
			text := []byte(c.line)
			b.SetBytes(int64(len(text) + 1))
			for b.Loop() {
				c.want.format.Line(&parse.Line{Text: text}, batch)
				batch.Events = batch.Events[:0]
			}
		})
	}
}

// BenchmarkRead reads a source of good lines whole, with every format asked
// that stands before.
func BenchmarkRead(b *testing.B) {
	for _, g := range []int{0, 4, 7} {
		b.Run(good[g].name, func(b *testing.B) {
			var text []byte
			for len(text) < 8<<20 {
				text = append(append(text, good[g].line...), '\n')
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if c := read(b, text, 0); c.Sources[0].Counts.Unparsed > 0 {
					b.Fatal(c.Sources[0].Problems)
				}
			}
		})
	}
}
