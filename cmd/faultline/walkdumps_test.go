package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// noon is when the dumps of the walks begin.
var noon = time.Date(2025, 5, 12, 12, 0, 0, 0, time.UTC)

// deployDump are the logs of an ingress whose upstream is replaced three times,
// and the API server's events: refused connections for some seconds after each.
func deployDump() map[string]string {
	var access, failed strings.Builder
	var events []map[string]any
	for s := 0; s < 3*3600; s += 20 {
		at := noon.Add(time.Duration(s) * time.Second)
		status := 200
		if since := s % 3600; since >= 1800 && since < 1860 {
			status = 502
			fmt.Fprintf(&failed, "%s [error] 31#31: *%d connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.3.7, server: shop.example, request: \"GET /cart HTTP/1.1\", upstream: \"http://10.17.5.61:8080/cart\", host: \"shop.example\"\n",
				at.Format("2006/01/02 15:04:05"), 8000+s)
		}
		fmt.Fprintf(&access, "10.0.3.7 - - [%s] \"GET /cart HTTP/1.1\" %d 157 \"-\" \"curl/8.5.0\"\n", at.Format("02/Jan/2006:15:04:05 -0700"), status)
	}
	for i := range 3 {
		at := noon.Add(time.Duration(i)*time.Hour + 1798*time.Second)
		old, fresh := fmt.Sprintf("web-6c9d7b5f4%d-q2w8r", i), fmt.Sprintf("web-6c9d7b5f4%d-q2w8r", i+1)
		for _, e := range []struct{ kind, name, reason, said string }{
			{"Deployment", "web", "ScalingReplicaSet", "Scaled up replica set web-6c9d7b5f4" + fmt.Sprint(i+1) + " from 0 to 1"},
			{"Pod", old, "Killing", "Stopping container web"},
			{"Pod", fresh, "Started", "Started container web"},
		} {
			events = append(events, map[string]any{"apiVersion": "v1", "kind": "Event", "metadata": map[string]any{"name": fmt.Sprintf("%s.%d", e.name, len(events)), "namespace": "shop"},
				"involvedObject": map[string]any{"kind": e.kind, "namespace": "shop", "name": e.name}, "reason": e.reason, "message": e.said, "type": "Normal", "count": 1,
				"firstTimestamp": at.Format(time.RFC3339), "lastTimestamp": at.Format(time.RFC3339), "source": map[string]any{"component": "kubelet"}})
		}
	}
	list, _ := json.MarshalIndent(map[string]any{"apiVersion": "v1", "kind": "EventList", "items": events}, "", " ")
	return map[string]string{"ingress/access.log": access.String(), "ingress/error.log": failed.String(), "events.json": string(list)}
}

// staleDump is the log of a proxy that dials an address, and what the control
// plane lists: another one.
func staleDump() map[string]string {
	var log strings.Builder
	log.WriteString(noon.Format(time.RFC3339Nano) + " [     0.001s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.0 (e3a3b1c) by linkerd on 2023-08-23T00:00:00Z\n")
	for i := range 12 {
		s := 600 + 97*i
		fmt.Fprintf(&log, "%s [%6d.532834s]  WARN ThreadId(01) outbound:proxy{addr=10.2.6.31:80}:service{ns=shop name=web port=80}:endpoint{addr=10.17.7.19:80}: linkerd_reconnect: Failed to connect error=endpoint 10.17.7.19:80: connect timed out after 1s error.sources=[connect timed out after 1s]\n",
			noon.Add(time.Duration(s)*time.Second).Format("2006-01-02T15:04:05.000Z"), s)
		fmt.Fprintf(&log, "%s [%6d.540112s]  INFO ThreadId(01) outbound:proxy{addr=10.2.6.31:80}:service{ns=shop name=web port=80}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=endpoint 10.17.7.19:80: connect timed out after 1s client.addr=10.17.2.9:41234\n",
			noon.Add(time.Duration(s)*time.Second).Format("2006-01-02T15:04:05.000Z"), s)
	}
	return map[string]string{"checkout-7c6f9d58b-x8k2p.linkerd-proxy.log": log.String(),
		"endpoints.txt": "NAMESPACE   IP           PORT   POD                      SERVICE\n" +
			"shop        10.17.5.61   80     web-5d9f7c6b84-k7w2m     web.shop\nshop        10.17.2.48   80     web-5d9f7c6b84-v4xbd     web.shop\n"}
}

// metricsDump is an export of Prometheus and nothing else: one of two replicas
// loses its limit on CPU time for twenty minutes, and answers 504 meanwhile.
func metricsDump() map[string]string {
	type series struct {
		Metric map[string]string `json:"metric"`
		Values [][2]any          `json:"values"`
	}
	export := func(name string, of func(pod, i int) float64) string {
		var all []series
		for pod := range 2 {
			one := series{Metric: map[string]string{"__name__": name, "namespace": "linkerd", "pod": fmt.Sprintf("linkerd-destination-6f7c9b8d5-%s", []string{"hk2vq", "tz94m"}[pod]), "container": "destination"}}
			if name == "response_total" {
				one.Metric["direction"], one.Metric["status_code"] = "outbound", "504"
			}
			total := 0.0
			for i := range 180 {
				total += of(pod, i)
				one.Values = append(one.Values, [2]any{noon.Add(time.Duration(i) * time.Minute).Unix(), fmt.Sprint(math.Round(total))})
			}
			all = append(all, one)
		}
		out, _ := json.Marshal(map[string]any{"status": "success", "data": map[string]any{"resultType": "matrix", "result": all}})
		return string(out)
	}
	bad := func(pod, i int) bool { return pod == 1 && i >= 100 && i < 120 }
	return map[string]string{
		"periods.json": export("container_cpu_cfs_periods_total", func(int, int) float64 { return 600 }),
		"throttled.json": export("container_cpu_cfs_throttled_periods_total", func(pod, i int) float64 {
			if bad(pod, i) {
				return 570
			}
			return 6
		}),
		"responses.json": export("response_total", func(pod, i int) float64 {
			if bad(pod, i) {
				return 24
			}
			return 0
		}),
	}
}
