package controller

import (
	"testing"

	"faultline/parse/parsetest"
)

// A line that is cut off anywhere is read as far as it goes.
func TestCuts(t *testing.T) {
	parsetest.Cuts(t, Format,
		`{"level":"info","ts":1795423805.0743463,"msg":"Trace[7]: \"RealFIFO Pop Process\" ID:,Depth:1 (23-Nov-2026 08:50:04.953) (total time: 1ms):"}`,
		`{"level":"error","msg":"watch of *v1.Endpoints ended with: an error on the server","error":"x","time":"2024-02-02T13:22:28Z"}`,
		`I1123 08:50:05.060456   28718 trace.go:219] Trace[7]: "x" a:b, c:d,e:f (23-Nov-2026 08:50:04.939) (total time: 120ms):`,
		"Trace[7]: [1ms] [1ms] END", `time="2024-02-02T13:22:28Z" level=warning msg="failed to retrieve replicaset a/b"`,
		`I0202 13:22:28.553000       1 httplog.go:132] "HTTP" verb="GET" URI="/api/v1/pods" latency="1.2s" userAgent="a/b" srcIP="10.0.0.1:80" resp=504`,
		"INFO[0001] starting up addr=\"10.0.0.1:80\"", "2024-02-02T13:22:28.553Z\tERROR\tcontroller/a.go:12\tReconciler error\t{\"controller\": \"web\", \"error\": \"x\"}",
		"2024-02-02 13:22:28.553 [INFO] a.b: starting", "E0202 13:22:28.553000       1 reflector.go:140] Failed to watch *v1.Pod: Get \"https://10.96.0.1:443/api/v1/pods\": dial tcp 10.96.0.1:443: i/o timeout",
		`failed calling webhook "a.linkerd.io": failed to call webhook: Post "https://linkerd-proxy-injector.linkerd.svc:443/?timeout=10s": context deadline exceeded`)
}
