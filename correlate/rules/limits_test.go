package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// of is a duration in milliseconds, so many times.
func of(n int, took float64) []float64 { return slices.Repeat([]float64{took}, n) }

// lasting are stalls of a replica that took so many milliseconds, a minute apart.
func lasting(took ...[]float64) dump {
	all := slices.Concat(took...)
	return dump{log: stalls(noon, ms(all...), []int{12}, each(when, time.Minute, len(all))...)}
}

// twice is a dump of a second replica beside it, that stalls as the first does.
func twice(d dump) dump {
	other := strings.Replace(log, replica, "linkerd-destination-7d4b9c6f5-qq2rt", 1)
	return with(d, other, d[log])
}

// ramp is a counter of a replica, a sample each step from noon on, that rises by so much at
// each.
func ramp(metric, more string, step time.Duration, by ...float64) string {
	sum := 0.0
	return matrix(metric, replica, more, step, len(by)+1, func(i int, _ time.Time) string {
		if i > 0 {
			sum += by[i-1]
		}
		return fmt.Sprintf("%.3f", sum)
	})
}

// quotas are the cgroup's counters of a replica, by what is added each minute.
func quotas(periods, throttled []float64) dump {
	return dump{"a.json": ramp("container_cpu_cfs_periods_total", "", time.Minute, periods...), "b.json": ramp("container_cpu_cfs_throttled_periods_total", "", time.Minute, throttled...)}
}

// stallBorders are the limits of what stalls and series beside them say.
func stallBorders() []sayBorder {
	return []sayBorder{
		{"nine multiples", lasting(of(5, 200), of(4, 300), of(3, 250)), []string{"throttling: 9 of 12 stalls of"}, nil},
		{"eight multiples", lasting(of(4, 200), of(4, 300), of(4, 250)), nil, []string{"throttling"}},
		{"nine multiples of two replicas each", twice(lasting(of(5, 200), of(4, 300), of(3, 250))), nil, []string{"throttling"}},
		{"ten multiples of two replicas each", twice(lasting(of(5, 200), of(5, 300), of(2, 250))), []string{"throttling: 10 of 12 stalls of"}, nil},
		{"eleven stalls", lasting(of(5, 200), of(4, 300), of(2, 250)), nil, []string{"throttling"}},
		{"a twelfth of 192 ms", lasting(of(4, 200), of(4, 300), of(3, 250), of(1, 192)), []string{"throttling: 9 of 12 stalls of"}, nil},
		{"a twelfth of 191 ms", lasting(of(5, 200), of(4, 300), of(2, 250), of(1, 191)), nil, []string{"throttling"}},
		{"a share of 35 %", lasting(of(7, 200), of(7, 300), of(26, 250)), []string{"throttling: 14 of 40 stalls of"}, nil},
		{"a smaller share", lasting(of(7, 200), of(7, 300), of(27, 250)), nil, []string{"throttling"}},
		{"two multiples of three", lasting(of(6, 200), of(3, 300), of(3, 250)), []string{"throttling: 9 of 12 stalls of"}, nil},
		{"one multiple of several lengths", lasting(of(3, 199), of(3, 200), of(3, 201), of(3, 250)), nil, []string{"throttling"}},
		{"one multiple of three", lasting(of(7, 200), of(2, 300), of(3, 250)), nil, []string{"throttling"}},
		{"none beside a multiple", lasting(of(5, 200), of(4, 300), of(2, 277), of(2, 321)), []string{"throttling: 9 of 13 stalls of"}, nil},
		{"one before a multiple", lasting(of(5, 200), of(4, 300), of(3, 250), of(1, 278)), nil, []string{"throttling"}},
		{"one behind a multiple", lasting(of(5, 200), of(4, 300), of(3, 250), of(1, 320)), nil, []string{"throttling"}},
		{"eleven short ones", lasting(of(6, 100), of(5, 131)), []string{"throttling: 6 of 11 stalls took just over 100 ms (100.0, 100.0,"}, nil},
		{"half of them short", lasting(of(5, 100), of(5, 131)), nil, []string{"throttling"}},
		{"twelve short ones", lasting(of(12, 100)), nil, []string{"throttling"}},
		{"just not short", lasting(of(6, 130), of(1, 129)), nil, []string{"throttling"}},
		{"short and long", lasting(of(2, 129), of(1, 130)), []string{"throttling: 2 of 3 stalls took just over 100 ms (129.0, 129.0 ms)"}, nil},
		{"short beside counters", with(lasting(of(3, 110)), "b.json", ramp("container_cpu_cfs_throttled_periods_total", "", time.Minute, 0, 0)), nil, []string{"throttling"}},
	}
}

// minutes is what a replica's counter rose by each minute: more in those in which a burst begins.
func minutes(n int, usual, burst float64) []float64 {
	out := of(n, usual)
	for i := range out {
		if i > 0 && i%20 == 0 {
			out[i] = burst
		}
	}
	return out
}

// changedAt are the same numbers but for one.
func changedAt(list []float64, i int, to float64) []float64 {
	out := slices.Clone(list)
	out[i] = to
	return out
}

// cpuBeside is the CPU of a replica beside its stalls.
func cpuBeside(step time.Duration, by []float64, at ...time.Time) dump {
	return dump{"pods.json": podsJSON(replica), log: stalls(noon, ms(1000), []int{40}, at...), "c.json": ramp("process_cpu_seconds_total", "", step, by...)}
}

// minutesAt are times so many minutes after noon.
func minutesAt(n ...float64) (out []time.Time) {
	for _, m := range n {
		out = append(out, after(60*m))
	}
	return out
}

// goroutinesBeside are samples of a replica's goroutines, and its stalls.
func goroutinesBeside(step time.Duration, at []time.Time, values ...int) dump {
	return dump{"pods.json": podsJSON(replica), log: stalls(noon, ms(1000), []int{40}, at...),
		"g.json": matrix("go_goroutines", replica, "", step, len(values), func(i int, _ time.Time) string { return fmt.Sprint(values[i]) })}
}

// seriesBorders are the limits of what CPU and goroutines beside stalls say.
func seriesBorders() []sayBorder {
	const wave = "storm: The CPU of a destination replica is"
	crowd := []time.Time{after(179.5), after(359.5), after(539.5)} // each of them across a minute
	crowded := func(n int) []float64 {                             // eight minutes of fourteen touch no stall
		out := of(n, 1.875)
		for _, i := range []int{2, 3, 5, 6, 8, 9} {
			out[i] = 15
		}
		return out
	}
	edge := []time.Time{after(20*60 - 1), after(40*60 - 1), after(60*60 - 1)}
	before, behind := of(70, 1.875), of(70, 1.875)
	for _, i := range []int{20, 40, 60} {
		before[i-1], behind[i] = 15, 15
	}
	flat := func(n, top int, at ...int) []int {
		out := slices.Repeat([]int{400}, n)
		for _, i := range at {
			out[i] = top
		}
		return out
	}
	return []sayBorder{
		{"three times the CPU", cpuBeside(time.Minute, minutes(200, 1.875, 5.625), bursts...), []string{wave + " 3 times as high while it stalls: 0.09 cores, 0.03"}, nil},
		{"less than that", cpuBeside(time.Minute, minutes(200, 1.875, 5.5), bursts...), nil, []string{"storm"}},
		{"a twentieth of a core more", cpuBeside(time.Minute, minutes(200, 0.9375, 4), bursts...), []string{wave}, nil},
		{"less than a twentieth more", cpuBeside(time.Minute, minutes(200, 0.9375, 3.875), bursts...), nil, []string{"storm"}},
		{"no CPU elsewhere", cpuBeside(time.Minute, minutes(200, 0, 15), bursts...), nil, []string{"storm"}},
		{"three bursts with samples", cpuBeside(time.Minute, minutes(61, 1.875, 15), bursts...), []string{wave + " 8 times"}, nil},
		{"two bursts with samples", cpuBeside(time.Minute, minutes(59, 1.875, 15), bursts[:6]...), nil, []string{"storm"}},
		{"eight samples elsewhere", cpuBeside(time.Minute, crowded(14), crowd...), []string{wave + " 8 times"}, nil},
		{"seven samples elsewhere", cpuBeside(time.Minute, crowded(13), crowd...), nil, []string{"storm"}},
		{"a sample each two minutes", cpuBeside(2*time.Minute, minutes(101, 3.75, 30), minutesAt(40, 80, 120, 160, 200)...), []string{wave + " 8 times"}, nil},
		{"fewer samples", cpuBeside(2*time.Minute+time.Second, minutes(101, 3.75, 30), minutesAt(40, 80, 120, 160, 200)...), nil, []string{"storm"}},
		{"up to the burst", cpuBeside(time.Minute, before, edge...), []string{wave + " 8 times"}, nil},
		{"before the burst", cpuBeside(time.Minute, before, minutesAt(20, 40, 60)...), nil, []string{"storm"}},
		{"from its end on", cpuBeside(time.Minute, behind, edge...), []string{wave + " 8 times"}, nil},
		{"one of twenty as high elsewhere", cpuBeside(time.Minute, changedAt(minutes(70, 1.875, 15), 5, 15), bursts[:9]...), []string{wave}, nil},
		{"as high for a tenth of the time", cpuBeside(time.Minute, slices.Concat(of(7, 15), minutes(70, 1.875, 15)[7:]), bursts[:9]...), nil, []string{"storm"}},
		{"half as high for a tenth of the time", cpuBeside(time.Minute, slices.Concat(of(7, 8.4375), minutes(70, 1.875, 15)[7:]), bursts[:9]...), []string{wave}, nil},
		{"a counter that began anew", with(cpuBeside(time.Minute, nil, bursts[:9]...), "c.json", ramp("process_cpu_seconds_total", "", time.Minute, changedAt(minutes(70, 1.875, 15), 30, -20)...)), []string{wave + " 8 times"}, nil},
		{"of another pod", with(cpuBeside(time.Minute, nil, bursts...), "c.json", strings.Replace(ramp("process_cpu_seconds_total", "", time.Minute, minutes(200, 1.875, 15)...), replica, "linkerd-destination-7d4b9c6f5-qq2rt", 1)), nil, []string{"storm"}},
		{"300 goroutines more", goroutinesBeside(time.Minute, minutesAt(2, 6), flat(7, 700, 2, 6)...), []string{"storm: Goroutines jump from 400 to 700 when 1 replica stalls"}, nil},
		{"299 goroutines more", goroutinesBeside(time.Minute, minutesAt(2, 6), flat(7, 699, 2, 6)...), nil, []string{"storm"}},
		{"at the second stall alone", goroutinesBeside(time.Minute, minutesAt(2, 6), flat(7, 700, 6)...), []string{"storm: Goroutines jump from 400 to 700"}, nil},
		{"one sample at the stalls", goroutinesBeside(time.Minute, minutesAt(2), flat(7, 700, 2)...), nil, []string{"storm"}},
		{"four samples elsewhere", goroutinesBeside(time.Minute, minutesAt(2, 5), flat(6, 700, 2, 5)...), nil, []string{"storm"}},
		{"10 s before the stalls", goroutinesBeside(10*time.Second, []time.Time{after(119)}, flat(30, 700, 11)...), []string{"storm: Goroutines jump from 400 to 700"}, nil},
		{"longer before the stalls", goroutinesBeside(10*time.Second, minutesAt(2), flat(30, 700, 11)...), nil, []string{"storm"}},
		{"10 s behind the stalls", goroutinesBeside(10*time.Second, []time.Time{after(119)}, flat(30, 700, 13)...), []string{"storm: Goroutines jump from 400 to 700"}, nil},
		{"longer behind the stalls", goroutinesBeside(10*time.Second, []time.Time{after(119)}, flat(30, 700, 14)...), nil, []string{"storm"}},
	}
}

// quotaBorders are the limits of what the cgroup's counters say.
func quotaBorders() []sayBorder {
	const ran = "throttling: The CPU quota of " + replica + " ran out in up to "
	steady := of(60, 600)
	once := changedAt(of(60, 0), 30, 300)
	other := func(d dump, was, is string) dump {
		return with(d, "b.json", strings.ReplaceAll(d["b.json"], was, is))
	}
	return []sayBorder{
		{"half as much again in five minutes", quotas(steady, slices.Concat(of(30, 300), of(30, 100))), []string{ran + "33 % of its periods of 100 ms."}, nil},
		{"more than that in five minutes", quotas(steady, slices.Concat(of(29, 300), of(31, 100))), []string{ran + "33 % of its periods of 100 ms, in up to 50 % over five minutes."}, nil},
		{"five minutes of it", quotas(steady, slices.Concat(of(25, 60), of(5, 600), of(30, 60))), []string{ran + "18 % of its periods of 100 ms, in up to 100 % over five minutes."}, nil},
		{"four minutes of it", quotas(steady, slices.Concat(of(25, 60), of(4, 600), of(31, 60))), []string{ran + "16 % of its periods of 100 ms, in up to 82 % over five minutes."}, nil},
		{"a hundred periods in five minutes", quotas(of(60, 20), changedAt(of(60, 2), 30, 20)), []string{ran + "12 % of its periods of 100 ms, in up to 28 % over five minutes."}, nil},
		{"fewer in five minutes", quotas(of(60, 19), changedAt(of(60, 2), 30, 19)), []string{ran + "12 % of its periods of 100 ms."}, nil},
		{"too little of it", quotas(steady, once), nil, []string{"throttling"}},
		{"of another pod", other(quotas(steady, of(60, 300)), replica, "linkerd-destination-7d4b9c6f5-qq2rt"), nil, []string{"throttling"}},
		{"of another container", other(quotas(steady, of(60, 300)), `"container":"destination"`, `"container":"policy"`), nil, []string{"throttling"}},
	}
}

// stalling are two replicas by when they started and when each stalls, in seconds after noon.
func stalling(start, other float64, first, second []float64) dump {
	at := func(list []float64) (out []time.Time) {
		for _, s := range list {
			out = append(out, after(s))
		}
		return out
	}
	d := twice(dump{log: stalls(after(start), ms(300), []int{40}, at(first)...)})
	for name := range d {
		if name != log {
			d[name] = stalls(after(other), ms(300), []int{40}, at(second)...)
		}
	}
	return d
}

// replicaBorders are the limits of what stalls of several replicas say.
func replicaBorders() []sayBorder {
	five := []float64{2000, 3100, 4500, 6000, 7300}
	plus := func(list []float64, by float64) (out []float64) {
		for _, s := range list {
			out = append(out, s+by)
		}
		return out
	}
	far := []float64{8000, 8600, 9700, 10300, 11100}
	const joint = "replicas: Replicas that started apart stall within 2 s of each other in "
	return []sayBorder{
		{"2 s apart", stalling(0, 300, five, plus(five, 2)), []string{joint + "5 of 5 bursts"}, nil},
		{"2 s before", stalling(0, 300, five, plus(five, -2)), []string{joint + "5 of 5 bursts"}, nil},
		{"more than 2 s apart", stalling(0, 300, five, plus(five, 2.001)), nil, []string{"replicas"}},
		{"more than 2 s before", stalling(0, 300, five, plus(five, -2.001)), nil, []string{"replicas"}},
		{"four bursts", stalling(0, 300, five[:4], five[:4]), nil, []string{"replicas"}},
		{"half of the bursts", stalling(0, 300, slices.Concat(five, far), five), []string{joint + "5 of 10 bursts"}, nil},
		{"less than half", stalling(0, 300, slices.Concat(five, far, []float64{12500}), five), nil, []string{"replicas"}},
		{"started together", stalling(0, 0, five, five), nil, []string{"replicas"}},
		{"started a period apart", stalling(150, 750, five, five), nil, []string{"replicas"}},
		{"before the other's log begins", stalling(0, 5000, five, five), nil, []string{"replicas"}},
	}
}

// scaledAt is an event of a change, and a proxy's failures from half a second after noon
// to half a second after a minute.
func scaledAt(seconds float64) dump {
	return dump{"p.log": proxyLog("web", "", after(0.4999), after(60.4999)),
		"k.json": event("shop", webPod, "ScalingReplicaSet", "Scaled up replica set web-5d4f8 to 3", after(seconds), 1)}
}

// changeBorders are the limits of what is told beside failures.
func changeBorders() []sayBorder {
	const told = "changed: 1 change in the quarter of an hour before"
	return []sayBorder{
		{"a quarter of an hour before", scaledAt(-900), []string{told}, nil},
		{"longer before", scaledAt(-901), nil, []string{"changed"}},
		{"with the last failure", scaledAt(60), []string{told}, nil},
		{"behind the last failure", scaledAt(61), nil, []string{"changed"}},
	}
}

// ran are lines of a controller that starts, with its release, some minutes after noon.
func ran(minute float64, release string) string {
	return fmt.Sprintf("time=%q level=info msg=\"running version stable-%s\"\n", at(60*minute, "2006-01-02T15:04:05Z"), release)
}

// heldFor is a proxy that fails three seconds after it asked, while a controller stalls for
// some milliseconds.
func heldFor(took float64) dump {
	return dump{"pods.json": podsJSON(replica), log: stalls(noon, ms(took), []int{40}, after(1000)), "p.log": proxyLog("web", "", after(1002.5))}
}

// probedOften is a probe of a pod that failed, so often.
func probedOften(n int) dump {
	return dump{"e.json": event("shop", webPod, "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused", after(3000), n)}
}

// ups are scrapes of a replica, of which some failed.
func ups(n, failed int) dump {
	return dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}), "u.json": matrix("up", replica, "", 10*time.Second, n, func(i int, _ time.Time) string {
		return map[bool]string{true: "0", false: "1"}[i%7 == 0 && i < 7*failed]
	})}
}

// burstOf are two stalls of a replica with a silence between, the first of a whole cache.
func burstOf(silence time.Duration) dump {
	return dump{"pods.json": podsJSON(replica), log: stalls(noon, ms(200), []int{140, 90}, when, when.Add(200*time.Millisecond+silence)),
		"c.json": matrix("pod_cache_size", replica, "", time.Minute, 200, constant("141"))}
}

// lifetimes are streams of a replica, by how long those that ended lived in all.
func lifetimes(seconds, ended float64) dump {
	return dump{"a.json": ramp("grpc_server_handling_seconds_sum", `,"grpc_method":"Get"`, time.Minute, 0, seconds), "b.json": ramp("grpc_server_handling_seconds_count", `,"grpc_method":"Get"`, time.Minute, 0, ended)}
}

// qualityBorders are the limits of what is said of a dump itself.
func qualityBorders() []sayBorder {
	failing := func(at time.Time) dump {
		return dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...), "p.log": proxyLog("web", "", at)}
	}
	quarter := noon.Add(4*time.Hour + 15*time.Minute - 100*time.Microsecond)
	often := with(dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...)}, "u.json", matrix("up", replica, "", 10*time.Second, 1400, func(i int, at time.Time) string {
		return map[bool]string{true: "0", false: "1"}[near(at) || i%12 == 0]
	}))
	ticket := strings.Repeat("This is what was seen.\n", 20) + "\n" + stalls(noon, ms(300), []int{40}, when) + "\nAnd of the proxy:\n\n" +
		"[   900.000000s]  WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}: linkerd_stack::failfast: Service entering failfast after 3s\n" +
		"[   900.000100s]  INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:80: route default.http: backend default.service: service in fail-fast\n"
	return []sayBorder{
		{"watches that break longer apart", watchesBroke(0, 60.1, 120.2), nil, []string{"policy_stalled"}},
		{"stalls 10 s apart", burstOf(10 * time.Second), []string{"stall: The one burst of stalls begins at the depth of a whole cache: pod (1)"}, nil},
		{"stalls longer apart", burstOf(10*time.Second + time.Millisecond), nil, []string{"stall: begins at the depth"}},
		{"four pods are no list of all", dialledAt(4, 0, 30, 60), []string{"connect_timeout"}, []string{"stale_endpoint"}},
		{"a pod and no log at all", dump{"pods.json": podsJSON(replica)}, nil, []string{"quality"}},
		{"a log twice", dump{"a.log": stalls(noon, uneven, []int{40}, bursts...), "b.log": stalls(noon, uneven, []int{40}, bursts...)}, []string{"quality: stand in several files and are counted once"}, nil},
		{"within a quarter of an hour of the last line", failing(quarter.Add(-time.Millisecond)), nil, []string{"quality: come", "quality: comes"}},
		{"a quarter of an hour after the last line", failing(quarter), []string{"quality: 1 of 1 incident on the wall clock comes more than 15 minutes after"}, nil},
		{"one incident in a ticket", dump{"ticket.txt": ticket}, []string{"implied_start: with the stalls at 12:30:00.000, the proxy started between 2024-02-02 12:15:00.000 and 12:15:03.000 UTC, 14m57s before"}, nil},
		{"five of a hundred scrapes", ups(100, 5), []string{"holes: 5 of 100 scrapes of the destination failed"}, nil},
		{"five of more scrapes", ups(101, 5), nil, []string{"holes"}},
		{"four scrapes", ups(60, 4), nil, []string{"holes"}},
		{"less than a third of the scrapes that failed", often, nil, []string{"holes: fall within"}},
		{"streams that live for 10 s", lifetimes(30, 3), []string{"ratio: grpc_server_handling_seconds of Get is no latency"}, nil},
		{"streams that live for less", lifetimes(29, 3), nil, []string{"ratio"}},
		{"streams that did not end", lifetimes(30, 0), nil, []string{"ratio"}},
		{"a ticket that asks for a metric", dump{"a.log": strings.Repeat("We looked at grpc_server_handling_seconds_sum too.\n", 9) + "\n" + stalls(noon, ms(300), []int{40}, when)}, []string{"ratio"}, nil},
		{"a ticket that asks for another", dump{"a.log": strings.Repeat("We looked at ip_port_subscribers too.\n", 9) + "\n" + stalls(noon, ms(300), []int{40}, when)}, nil, []string{"ratio"}},
		{"an init container that ended well", dump{"pod.json": ended("shop", webPod, "linkerd-init", 0, "Completed")}, nil, []string{"init_network_failed", "crash_loop"}},
	}
}

// absentAt is a target that is answered to have no endpoints at half a second after a time,
// and what its EndpointSlice or an event of its pod says.
func absentAt(seconds float64, name, text string) dump {
	return dump{"p.log": proxyLog("web", noEndpoints, after(seconds)), name: text}
}

// targetBorders are the limits of what is held against an answer that there are no endpoints.
func targetBorders() []sayBorder {
	const half = 1000.4999
	const stale = "target: had ready endpoints, unchanged since before the onset"
	event := func(s float64) string { return killed("shop", webPod, s) }
	return []sayBorder{
		{"changed two minutes before", absentAt(half, "s.json", slices1(after(880), true)), []string{"target: were changing at the onset"}, []string{stale}},
		{"changed longer before", absentAt(half, "s.json", slices1(after(879), true)), []string{stale}, nil},
		{"changed 10 s behind", absentAt(half, "s.json", slices1(after(1010), true)), []string{"target: were changing at the onset"}, []string{stale}},
		{"changed longer behind", absentAt(half, "s.json", slices1(after(1011), true)), nil, []string{"target: were changing", stale}},
		{"a pod stopped two minutes before", absentAt(half, "k.json", event(880)), []string{"target: were changing at the onset"}, nil},
		{"a pod stopped longer before", absentAt(half, "k.json", event(879)), nil, []string{"target: were changing"}},
		{"a pod stopped 10 s behind", absentAt(half, "k.json", event(1010)), []string{"target: were changing at the onset"}, nil},
		{"a pod stopped longer behind", absentAt(half, "k.json", event(1011)), nil, []string{"target: were changing"}},
	}
}

// lookupBorders are the limits of what a stall holds, and of what probes are recorded.
func lookupBorders() []sayBorder {
	return []sayBorder{
		{"held for half of its wait", heldFor(1500), []string{"discovery_no_answer"}, []string{"failfast_unexplained"}},
		{"held for less", heldFor(1499), []string{"failfast_unexplained"}, []string{"discovery_no_answer"}},
		{"26 probes", probedOften(26), []string{"probes: 1 probe failure was counted more than 25 times"}, nil},
		{"25 probes", probedOften(25), nil, []string{"probes"}},
	}
}

// failedLocks are what a controller says of etcd, some seconds apart.
func failedLocks(apart ...float64) dump {
	d := dump{"a.log": ran(0, "2.14.10")}
	for _, s := range apart {
		d["a.log"] += fmt.Sprintf("time=%q level=error msg=\"error retrieving resource lock kube-system/a: etcdserver: request timed out\"\n", at(s, "2006-01-02T15:04:05Z"))
	}
	return d
}

// watchesBroke are watches of the policy controller that broke, each of another resource.
func watchesBroke(seconds ...float64) dump {
	text := ""
	for i, s := range seconds {
		text += fmt.Sprintf("%s  INFO %s: kubert::errors: stream failed error=watch stream failed: Error reading events stream\n", at(s, "2006-01-02T15:04:05.000000Z"), []string{"services", "pods", "servers", "httproutes"}[i%4])
	}
	return one(text)
}

// dialledAt are connections to an address that timed out, at some seconds, and a list of
// pods at others.
func dialledAt(pods int, seconds ...float64) dump {
	var items []string
	for i := range pods {
		items = append(items, fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"pay-%d","namespace":"shop"},"spec":{"containers":[{"name":"pay"}]},"status":{"podIP":"10.0.9.%d","phase":"Running"}}`, i, i+1))
	}
	d := gateLog()
	for _, s := range seconds {
		d["p.log"] += strings.Join(strings.SplitAfter(gateLog(sayGate{int(1000 * s), unreached("connect timed out after 1s")})["p.log"], "\n")[1:], "")
	}
	return with(d, "pods.json", `{"apiVersion":"v1","kind":"List","items":[`+strings.Join(items, ",")+`]}`)
}

// How sure a finding is depends on what stands near it, and on how long it goes on.
func TestSureBorders(t *testing.T) {
	answered := func(pod string, seconds float64) dump {
		return dump{"e.json": event("linkerd", pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", after(seconds), 1), log: stalls(noon, ms(200), []int{140})}
	}
	for _, x := range []struct {
		name, code string
		dump       dump
		want       correlate.Confidence
	}{
		{"less than a minute after the start", "controller_starting", answered(replica, 59), correlate.High},
		{"a minute after the start", "controller_starting", answered(replica, 60), correlate.Medium},
		{"ten seconds before the start", "controller_starting", answered(replica, -10), correlate.High},
		{"longer before the start", "controller_starting", answered(replica, -11), correlate.Medium},
		{"of another pod", "controller_starting", answered("linkerd-destination-7d4b9c6f5-qq2rt", 20), correlate.Medium},
		{"etcd for 31 s", "etcd_slow", failedLocks(10, 41), correlate.High},
		{"etcd for 30 s", "etcd_slow", failedLocks(10, 40), correlate.Medium},
		{"a controller ended by an error", "controller_crash", dump{"pod.json": ended("linkerd", replica, "destination", 1, "Error")}, correlate.Medium},
		{"a controller ended otherwise", "crash_loop", dump{"pod.json": ended("linkerd", replica, "destination", 3, "Error")}, correlate.High},
		{"an init container ended by an error", "init_network_failed", dump{"pod.json": ended("shop", webPod, "linkerd-init", 1, "Error")}, correlate.High},
		{"watches that break for more than two minutes", "policy_stalled", watchesBroke(0, 40, 80, 120.1), correlate.Medium},
		{"watches that break for two minutes", "policy_stalled", watchesBroke(0, 40, 80, 120), correlate.Low},
		{"watches that break a minute apart", "policy_stalled", watchesBroke(0, 60), correlate.Low},
		{"three dials in a minute", "stale_endpoint", dialledAt(5, 0, 30, 60), correlate.High},
		{"three dials in less", "stale_endpoint", dialledAt(5, 0, 30, 59), correlate.Medium},
		{"two dials in a minute", "stale_endpoint", dialledAt(5, 0, 60), correlate.Medium},
		{"closed as its pod went", "rollout_race", with(with(refusedWeb(100), "k.json", killed("shop", webPod, 100)), "e.log", nginxError(100, "upstream prematurely closed connection while reading response header from upstream")), correlate.High},
		{"an answer of nobody at once", "configured_answer", one(envoyAccess(1, "500", "-", "-", "0", "-", "-")), correlate.Medium},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := judged(t, x.dump.inputs()...)
			i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == x.code })
			if i < 0 || c.Findings[i].Confidence != x.want {
				t.Errorf("not %s;%s", x.want, titles(c))
			}
		})
	}
}

// releaseBorders are what the releases that a dump names say.
func releaseBorders() []sayBorder {
	stalled := stalls(noon, ms(300), []int{40}, bursts...) // it says 2.14.8
	nameless := strings.ReplaceAll(stalled, "running version", "running")
	ticket := func(says string) string {
		return strings.Repeat("This is what was seen.\n", 20) + says + "\n\n" + strings.ReplaceAll(stalls(noon, ms(300), []int{40}, when), "running version", "running")
	}
	pod := func(release string) string {
		return strings.ReplaceAll(podsJSON(replica+release[3:]), "stable-2.14.8", "stable-"+release)
	}
	const was, none, calm = "status: A failfast is HTTP 503 with 2.10.2 and HTTP 504 with 2.11.1", "versions: 2.14.8 has none of the fixes", "versions: 2.14.10 has the fixes"
	return []sayBorder{
		{"two in their order", dump{"d.log": ran(0, "2.10.2") + ran(60, "2.11.1")}, []string{was}, nil},
		{"one twice", dump{"d.log": ran(0, "2.11.1") + ran(60, "2.11.1")}, nil, []string{"status"}},
		{"a downgrade", dump{"faultline.yaml": "changes: [{at: 2024-02-02T13:55:00Z, what: downgrade, from: 2.11.1, to: 2.10.2}]\n"}, []string{"status: A failfast is HTTP 504 with 2.11.1 and HTTP 503 with 2.10.2"}, nil},
		{"another change", dump{"faultline.yaml": "changes: [{at: 2024-02-02T13:55:00Z, what: scale, from: 2.11.1, to: 2.10.2}]\n"}, nil, []string{"status"}},
		{"the later one", dump{"a.log": ran(60, "2.14.10"), "b.log": stalled}, []string{calm}, []string{none}},
		{"the earlier one", dump{"a.log": ran(-60, "2.14.10"), "b.log": stalled}, []string{none}, []string{calm}},
		{"what is stated", dump{"a.log": nameless, "faultline.yaml": "versions: [{component: destination, version: 2.14.10}]\n"}, []string{calm}, []string{none}},
		{"of the control plane", dump{"a.log": nameless, "faultline.yaml": "versions: [{component: control-plane, version: 2.14.10}]\n"}, []string{calm}, []string{none}},
		{"of a controller", dump{"a.log": nameless, "faultline.yaml": "versions: [{component: controller, version: 2.14.10}]\n"}, []string{calm}, []string{none}},
		{"of linkerd", dump{"a.log": nameless, "faultline.yaml": "versions: [{component: linkerd, version: 2.14.10}]\n"}, []string{calm}, []string{none}},
		{"of another", dump{"a.log": nameless, "faultline.yaml": "versions: [{component: ingress, version: 2.14.10}]\n"}, nil, []string{"versions"}},
		{"an image", dump{"a.log": nameless, "pods.json": strings.ReplaceAll(podsJSON(replica), "cr.l5d.io/linkerd/", "mirror.example/stable-2.14.9/linkerd/")}, []string{none}, []string{"visibility"}},
		{"the log's before a stated one", dump{"a.log": stalled, "faultline.yaml": "versions: [{component: destination, version: 2.14.10}]\n"}, []string{none}, []string{calm}},
		{"what a ticket says", dump{"a.log": ticket("We are running linkerd stable-2.14.10 in this cluster.")}, []string{calm}, []string{none}},
		{"what a ticket says of an upgrade", dump{"a.log": ticket("We upgraded from 2.10.2 to 2.11.1 last week.")}, []string{was}, nil},
		{"what a ticket says of a scale", dump{"a.log": ticket("We scaled the controller from 2 to 3.")}, nil, []string{"versions", "status"}},
		{"images of two pods", dump{"a.json": pod("2.10.2"), "b.json": pod("2.11.1")}, nil, []string{"status"}},
		{"an image and a log", dump{"a.json": pod("2.10.2"), "b.log": ran(0, "2.11.1")}, nil, []string{"status"}},
	}
}

// sayBorder is a dump that lies just on one side of a limit: what is said, and what is not.
type sayBorder struct {
	name         string
	dump         dump
	says, silent []string
}

// What stalls, series and times beside each other say is held to its limits.
func TestLimits(t *testing.T) {
	for _, x := range slices.Concat(stallBorders(), seriesBorders(), quotaBorders(), replicaBorders(), changeBorders(), releaseBorders(), lookupBorders(), qualityBorders(), targetBorders()) {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			hold(t, judged(t, x.dump.inputs()...), x.says, x.silent)
		})
	}
}

// A queue that goes down between two stalls tells how long an object takes: hundreds of
// them within a second, each between 10 µs and a millisecond.
func TestDrained(t *testing.T) {
	for _, x := range []struct {
		gone int
		took time.Duration
		want string
	}{
		{100, 100 * time.Millisecond, "From depth 5000 to 4900 took 100ms, 1ms an object"}, {100, 101 * time.Millisecond, ""}, {99, 90 * time.Millisecond, ""}, {-100, 90 * time.Millisecond, ""},
		{1000, 10 * time.Millisecond, "From depth 5000 to 4000 took 10ms, 10µs an object"}, {1001, 10 * time.Millisecond, ""}, {2000, time.Second, "From depth 5000 to 3000 took 1s, 500µs an object"}, {2000, 1001 * time.Millisecond, ""},
	} {
		d := dump{log: stalls(noon, ms(110), []int{5000, 5000 - x.gone}, when, when.Add(110*time.Millisecond+x.took))}
		said := ""
		for _, f := range judged(t, d.inputs()...).Findings {
			if f.Rule == "stall" {
				_, said, _ = strings.Cut(f.Detail, "objects. ")
			}
		}
		if said == "" != (x.want == "") || !strings.HasPrefix(said, x.want) {
			t.Errorf("%d in %s: %q", x.gone, x.took, said)
		}
	}
}
