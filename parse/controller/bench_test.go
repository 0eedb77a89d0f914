package controller

import (
	"testing"

	"faultline/parse"
)

// noise is what a destination controller prints most, by carrier.
var noise = map[string][]string{
	"logrus": {
		`time="2024-02-02T13:22:28Z" level=debug msg="Updating EndpointSlice for emojivoto/web" addr=":8086" component=service-publisher ns=emojivoto svc=web`,
		`time="2024-02-02T13:22:28Z" level=debug msg="Sending profile update: retry_budget:{retry_ratio:0.2 min_retries_per_second:10 ttl:{seconds:10}} endpoint:{addr:{ip:{ipv4:183304450} port:8080}}" addr=":8086" component=endpoint-profile-translator remote="10.1.1.1:5000"`,
		`time="2024-02-02T13:22:28Z" level=debug msg="Dest token: \"{\\\"ns\\\":\\\"ingress\\\",\\\"nodeName\\\":\\\"ip-10-0-0-1.eu-west-1.compute.internal\\\",\\\"pod\\\":\\\"ingress-nginx-controller-1\\\"}\"" addr=":8086" component=server`,
		`time="2024-02-02T13:22:28Z" level=info msg="starting admin server on :9996"`,
	},
	"json": {
		`{"addr":":8086","component":"service-publisher","level":"debug","msg":"Updating EndpointSlice for emojivoto/web","ns":"emojivoto","svc":"web","time":"2024-02-02T13:22:28Z"}`,
		`{"level":"info","ts":1706880148.655401,"caller":"x/y.go:12","msg":"Reconciling \"web\"","controller":"deployment"}`,
	},
	"klog": {
		`I1123 09:00:21.309540   18133 reflector.go:325] Listing and observing *v1.Pod from /go/pkg/mod/k8s.io/client-go@v0.29.0/tools/cache/reflector.go:229`,
		`I1123 09:00:21.309540   18133 garbagecollector.go:549] "Processing item" item="[v1/Pod, namespace: shop, name: web-0, uid: 1]" virtual=false`,
	},
}

func BenchmarkNoise(b *testing.B) {
	for _, carrier := range []string{"logrus", "json", "klog"} {
		b.Run(carrier, func(b *testing.B) {
			var text [][]byte
			total := 0
			for _, line := range noise[carrier] {
				text = append(text, []byte(line))
				total += len(line) + 1
			}
			b.SetBytes(int64(total))
			b.ReportAllocs()
			batch := parse.NewBatch(false, false)
			l := new(parse.Line)
			for b.Loop() {
				for _, t := range text {
					*l = parse.Line{Text: t, No: 1}
					if Format.Line(l, batch) != parse.Other {
						b.Fatalf("%s", t)
					}
				}
			}
		})
	}
}

func BenchmarkStall(b *testing.B) {
	text := []byte(`time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[1398023451]: [102.144017ms] [102.144017ms] END\n"`)
	b.SetBytes(int64(len(text) + 1))
	b.ReportAllocs()
	for b.Loop() {
		batch := parse.NewBatch(false, false)
		l := parse.Line{Text: text, No: 1}
		Format.Line(&l, batch)
	}
}

// Lines of no interest cost no memory.
func TestNoiseIsFree(t *testing.T) {
	batch := parse.NewBatch(false, false)
	for carrier, lines := range noise {
		for _, line := range lines {
			l, text := new(parse.Line), []byte(line)
			if n := testing.AllocsPerRun(100, func() {
				*l = parse.Line{Text: text, No: 1}
				Format.Line(l, batch)
			}); n > 0 {
				t.Errorf("%s: %v allocations for %s", carrier, n, line)
			}
		}
	}
}
