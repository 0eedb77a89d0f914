package proxy

import (
	"testing"

	"faultline/parse"
)

// noise is what a proxy prints most.
var noise = []string{
	`[   366.299401s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:service{ns=shop name=cart port=80}: linkerd_pool_p2c: Updating endpoint addr=10.1.1.1:8080`,
	`[   366.299401s]  INFO ThreadId(01) inbound:server{port=8080}: hyper::proto::h2::server: http2 service errored: error from user's Service: endpoint 10.3.8.114:54096: http2 error`,
	`[   366.299401s] DEBUG ThreadId(01) outbound:accept{client.addr=10.0.0.1:5000}:proxy{addr=10.0.9.18:80}:http: linkerd_proxy_http::server: Handling as HTTP version=HTTP/1.1`,
	`[   366.299401s]  WARN ThreadId(01) identity: linkerd_app: Ignoring invalid configuration`,
}

var noiseJSON = []string{
	`{"timestamp":"[   366.299401s]","level":"INFO","fields":{"message":"Updating endpoint","addr":"10.1.1.1:8080"},"target":"linkerd_pool_p2c","spans":[{"name":"outbound"},{"addr":"10.0.9.18:80","name":"proxy"},{"ns":"shop","name":"cart","port":80,"name":"service"}],"threadId":"ThreadId(1)"}`,
	`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"http2 service errored: error from user's Service: endpoint 10.3.8.114:54096: http2 error"},"target":"hyper::proto::h2::server","spans":[{"name":"inbound"},{"port":8080,"name":"server"}],"threadId":"ThreadId(1)"}`,
}

func bench(b *testing.B, f *parse.Format, lines []string) {
	batch := parse.NewBatch(false, false)
	var text [][]byte
	for _, line := range lines {
		text = append(text, []byte(line))
	}
	total := 0
	for _, t := range text {
		total += len(t) + 1
	}
	b.SetBytes(int64(total))
	b.ReportAllocs()
	l := new(parse.Line)
	for b.Loop() {
		for _, t := range text {
			*l = parse.Line{Text: t, No: 1}
			if f.Line(l, batch) != parse.Other {
				b.Fatalf("%s", t)
			}
		}
	}
}

func BenchmarkPlain(b *testing.B) { bench(b, Format, noise) }
func BenchmarkJSON(b *testing.B)  { bench(b, Format, noiseJSON) }

func BenchmarkPolicy(b *testing.B) {
	bench(b, Policy, []string{
		`2022-10-11T23:21:06.032865Z  INFO grpc{port=8090}: linkerd_policy_controller: Created Lease resource lease=x`,
		`{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"Lease already exists"},"target":"linkerd_policy_controller"}`,
	})
}

func BenchmarkRequestFailed(b *testing.B) {
	text := []byte(`[ 73201.020196s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:rescue{client.addr=10.244.7.75:43486}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service 10.0.9.18:80: route default.http: backend Service.shop.cart:80: Service.shop.cart:80: service in fail-fast error.sources=[route default.http: backend Service.shop.cart:80: Service.shop.cart:80: service in fail-fast, service in fail-fast]`)
	b.SetBytes(int64(len(text) + 1))
	b.ReportAllocs()
	batch := parse.NewBatch(false, false)
	for b.Loop() {
		l := parse.Line{Text: text, No: 1}
		Format.Line(&l, batch)
		batch.Events = batch.Events[:0]
	}
}

// Lines of no interest cost no memory.
func TestNoiseIsFree(t *testing.T) {
	batch := parse.NewBatch(false, false)
	for _, lines := range [][]string{noise, noiseJSON} {
		for _, line := range lines {
			l, text := new(parse.Line), []byte(line)
			if n := testing.AllocsPerRun(100, func() {
				*l = parse.Line{Text: text, No: 1}
				Format.Line(l, batch)
			}); n > 0 {
				t.Errorf("%v allocations for %s", n, line)
			}
		}
	}
}
