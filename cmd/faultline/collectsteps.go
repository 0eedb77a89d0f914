package main

import (
	"fmt"
	"strings"
)

// script is a POSIX shell script being written.
type script struct{ b strings.Builder }

func (s *script) line(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }
func (s *script) blank()                          { s.b.WriteByte('\n') }

// comment prints text that must not end the comment.
func (s *script) comment(text string) {
	s.line("# %s", strings.NewReplacer("\n", " ", "\r", " ").Replace(text))
}

// word quotes a word for the shell, whatever is in it.
func word(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// step is one thing that is gathered.
type step struct {
	// name is that of the rules' Need, also those that the same command answers.
	name string
	also []string
	// what it gathers, and about how much that is.
	what, size string
	print      func(s *script, o *collectOptions)
}

// destinations selects the pods of linkerd's destination controller.
const destinations = "linkerd.io/control-plane-component=destination"

// steps in the order of the script: what disappears first comes first.
var steps = []step{
	{"controller-logs", nil, "the log of every destination replica, and of its life before a restart", "About 1 to 20 MB a replica.", controllerLogs},
	{"proxy-logs", nil, "the proxies of the namespaces whose requests fail", "About 0.1 to 5 MB a pod.", proxyLogs},
	{"ingress-logs", nil, "the ingress controllers and gateways: theirs is the outermost layer", "About 1 to 100 MB a pod.", ingressLogs},
	{"application-logs", nil, "what was called: every container of the namespaces whose requests fail", "About 1 to 100 MB a pod.", applicationLogs},
	{"events", nil, "events, which the API server keeps for an hour only", "About 1 kB an event.", func(s *script, _ *collectOptions) {
		s.line("kubectl get events --all-namespaces -o json > kubectl/events.json")
	}},
	{"pods", nil, "pods: starts, restarts, images, CPU limits", "About 10 kB a pod.", func(s *script, o *collectOptions) {
		if !o.elsewhere {
			s.line("kubectl get pods --namespace=\"$control\" -o json > kubectl/pods-control-plane.json")
		}
		o.each(s, "kubectl get pods --namespace=\"$ns\" -o json > \"kubectl/pods-$ns.json\"")
	}},
	{"nodes", nil, "nodes: addresses, conditions", "About 20 kB a node.", func(s *script, _ *collectOptions) {
		s.line("kubectl get nodes -o json > kubectl/nodes.json")
	}},
	{"endpointslices", nil, "EndpointSlices, with when they last changed", "About 2 kB a service.", func(s *script, o *collectOptions) {
		o.each(s, "kubectl get endpointslices.discovery.k8s.io --namespace=\"$ns\" -o json > \"kubectl/endpointslices-$ns.json\"")
	}},
	{"diagnostics", nil, "what each replica answers, one after the other: they should agree", "About 0.1 kB an address and replica.", diagnostics},
	{"versions", nil, "versions", "About 1 kB.", func(s *script, o *collectOptions) {
		s.line("linkerd version > kubectl/linkerd-version.txt")
		s.line("kubectl version -o json > kubectl/version.json")
		s.line("kubectl get deployments --namespace=\"$control\" -o json > kubectl/deployments-control-plane.json")
	}},
	{"servers", nil, "Server resources: each costs work at every resync", "About 1 kB a Server.", func(s *script, _ *collectOptions) {
		s.line("kubectl get servers.policy.linkerd.io --all-namespaces -o json > kubectl/servers.json")
	}},
	{"metrics-process", []string{"metrics-caches", "metrics-cpu", "metrics-up", "metrics-grpc", "metrics-queues", "metrics-load"},
		"metrics, as raw samples: nothing is averaged away", "About 20 bytes a sample: 5 to 50 MB.", metrics},
}

// begin prints what every script begins with.
func (o *collectOptions) begin(s *script) {
	s.line("#!/bin/sh")
	s.comment("Gathers a case for faultline. Read it before you run it: it only reads from")
	s.comment("the cluster and writes into a new folder, whose size is estimated at each step.")
	s.comment("Logs may hold names and addresses; faultline export --redact hides them.")
	s.line("set -u")
	s.line("control=%s", word(o.control))
	s.line("dir=case-$(date -u +%%Y%%m%%dT%%H%%M%%SZ)")
	s.line("mkdir -p \"$dir/logs\" \"$dir/kubectl\" \"$dir/metrics\" && cd \"$dir\" || exit 1")
	s.line("before=$(date -u +%%Y-%%m-%%dT%%H:%%M:%%SZ)")
}

// end dates the case.
func (o *collectOptions) end(s *script) {
	s.blank()
	s.comment("When it was taken, by this machine's clock: ages count from then. Add what only")
	s.comment("you know: versions, changes (upgrades, scaling), see faultline's README.")
	s.line("after=$(date -u +%%Y-%%m-%%dT%%H:%%M:%%SZ)")
	s.line("printf 'captured_at: [%%s, %%s]\\n' \"$before\" \"$after\" > faultline.yaml")
	s.line("echo \"$dir\"")
}

// each runs a command for each namespace, as $ns.
func (o *collectOptions) each(s *script, command string) {
	if len(o.namespaces) == 0 {
		s.comment("No namespace was given (-n NS): this asks about all of them.")
		s.line("for ns in $(kubectl get namespaces -o jsonpath='{.items[*].metadata.name}'); do")
	} else {
		var names []string
		for _, ns := range o.namespaces {
			names = append(names, word(ns))
		}
		s.line("for ns in %s; do", strings.Join(names, " "))
	}
	for _, line := range strings.Split(command, "\n") {
		s.line("  %s", line)
	}
	s.line("done")
}

// eachPod runs commands for each pod of the given namespaces, as $ns and $pod. Logs of
// every pod there is are too much: without a namespace it says which would be read.
func (o *collectOptions) eachPod(s *script, which, commands string) {
	if len(o.namespaces) == 0 {
		s.comment("No namespace was given: name the ones whose requests fail with -n NS, then this is")
		s.comment("kubectl logs --timestamps --prefix --tail=-1 " + which + " of each of their pods.")
		return
	}
	o.each(s, `for pod in $(kubectl get pods --namespace="$ns" -o name); do`+"\n"+commands+"done")
}

func controllerLogs(s *script, _ *collectOptions) {
	s.comment("With a selector kubectl prints ten lines unless it is told --tail=-1.")
	s.line("for pod in $(kubectl get pods --namespace=\"$control\" -l %s -o name); do", destinations)
	s.line("  name=${pod#pod/}")
	s.line("  kubectl logs --namespace=\"$control\" \"$pod\" -c destination --timestamps --prefix --tail=-1 > \"logs/$name.destination.log\"")
	s.line("  kubectl logs --namespace=\"$control\" \"$pod\" -c destination --timestamps --prefix --tail=-1 --previous > \"logs/$name.destination.previous.log\" 2>/dev/null || rm -f \"logs/$name.destination.previous.log\"")
	s.line("done")
}

// proxyLogs asks the sidecars of every mesh: of the one that is not there nothing
// is left behind.
func proxyLogs(s *script, o *collectOptions) {
	s.comment("The stamp before each line places the proxy's own clock, which counts from its start.")
	o.eachPod(s, "-c linkerd-proxy", `  for container in linkerd-proxy istio-proxy; do
    log="logs/$ns.${pod#pod/}.$container"
    `+both("$ns", "$pod", "-c $container")+`
  done
`)
}

// ingressLogs finds what answers from outside by the labels that the charts of
// ingress-nginx, Traefik, HAProxy, Contour, Kong, Emissary and Istio give.
func ingressLogs(s *script, _ *collectOptions) {
	s.line("for labels in 'app.kubernetes.io/name in (ingress-nginx,traefik,haproxy-ingress,kubernetes-ingress,contour,envoy,kong,emissary-ingress)' 'istio in (ingressgateway)'; do")
	s.line("  kubectl get pods --all-namespaces -l \"$labels\" -o jsonpath='{range .items[*]}{.metadata.namespace} {.metadata.name}{\"\\n\"}{end}'")
	s.line("done | while read -r ns pod; do")
	s.line("  log=\"logs/$ns.$pod.ingress\"")
	s.line("  %s", both("$ns", "$pod", "--all-containers"))
	s.line("done")
	s.comment("One under other labels:")
	s.comment(`kubectl logs --namespace=NS POD --all-containers --timestamps --prefix --tail=-1 > "logs/NS.POD.ingress.log"`)
}

func applicationLogs(s *script, o *collectOptions) {
	o.eachPod(s, "--all-containers", `  log="logs/$ns.${pod#pod/}"
  `+both("$ns", "$pod", "--all-containers")+`
`)
}

// both reads a pod's log and that of its life before a restart into $log, and
// leaves no empty file where there is none.
func both(ns, pod, which string) string {
	one := func(more, file string) string {
		return fmt.Sprintf(`kubectl logs --namespace="%s" "%s" %s --timestamps --prefix --tail=-1%s > "%s" 2>/dev/null || rm -f "%[5]s"`, ns, pod, which, more, file)
	}
	return one("", "$log.log") + "; " + one(" --previous", "$log.previous.log")
}

func diagnostics(s *script, o *collectOptions) {
	s.line(": > kubectl/authorities.txt")
	o.each(s, `kubectl get services --namespace="$ns" -o jsonpath='{range .items[*]}{.metadata.name}.{.metadata.namespace}.svc.cluster.local:{.spec.ports[0].port}{"\n"}{end}' >> kubectl/authorities.txt`)
	s.line("for pod in $(kubectl get pods --namespace=\"$control\" -l %s -o name); do", destinations)
	s.line("  echo \"${pod#pod/}\"")
	s.line("  xargs linkerd diagnostics endpoints --linkerd-namespace \"$control\" --destination-pod \"${pod#pod/}\" < kubectl/authorities.txt")
	s.line("done > kubectl/diagnostics-endpoints.txt")
}

// pack are the metrics that rules decide on, by the rules' Need, and the file
// that they go to.
var pack = []struct{ need, file, selector string }{
	{"metrics-process", "process_start_time_seconds", `process_start_time_seconds{namespace="%s"}`},
	{"metrics-up", "up", `up{namespace="%s"}`},
	{"metrics-process", "go_goroutines", `go_goroutines{namespace="%s"}`},
	{"metrics-caches", "cache_size", `{__name__=~".+_cache_size",namespace="%s"}`},
	{"metrics-load", "subscribers", `{__name__=~"ip_port_subscribers|workload_subscribers|endpoints_subscribers",namespace="%s"}`},
	{"metrics-queues", "queue_overflow", `{__name__=~".+_queue_overflow(_total)?",namespace="%s"}`},
	{"metrics-queues", "informer_lag", `{__name__=~".+_informer_lag_seconds_bucket",namespace="%s"}`},
	{"metrics-grpc", "grpc_server", `{__name__=~"grpc_server_(started_total|handled_total|handling_seconds_sum|handling_seconds_count)",namespace="%s"}`},
	{"metrics-cpu", "cpu", `{__name__=~"container_cpu_cfs_(throttled_)?periods_total|container_spec_cpu_quota|process_cpu_seconds_total",namespace="%s"}`},
}

// wants says whether a script gathers what a need asks for.
func (o *collectOptions) wants(need string) bool { return o.steps == nil || o.steps[need] }

func metrics(s *script, o *collectOptions) {
	s.comment("PROM is a Prometheus that this machine reaches, such as")
	s.comment("kubectl port-forward --namespace=linkerd-viz service/prometheus 9090")
	s.line("prom=${PROM:-http://localhost:9090}")
	if o.from.IsZero() {
		s.line("end=$(date -u +%%Y-%%m-%%dT%%H:%%M:%%SZ)")
		s.line("window=%dh", hoursAsked)
	} else {
		s.comment("An hour around the incidents of the case.")
		s.line("end=%s", stamp(o.to))
		s.line("window=%dm", int(o.to.Sub(o.from).Minutes()))
	}
	s.line("raw() {")
	s.line("  curl -fsS -G \"$prom/api/v1/query\" --data-urlencode \"query=$2[$window]\" --data-urlencode \"time=$end\" -o \"metrics/$1.json\"")
	s.line("}")
	for _, m := range pack {
		if !o.wants(m.need) {
			continue
		}
		s.line("raw %s %s", m.file, word(fmt.Sprintf(m.selector, inString(o.control))))
	}
	if !o.wants("metrics-load") {
		return
	}
	for i, ns := range o.namespaces { // how busy they are, and which requests fail
		s.line("raw requests-%d %s", i+1, word(fmt.Sprintf(`{__name__=~"request_total|outbound_http_errors_total",namespace="%s"}`, inString(ns))))
	}
}

// inString quotes a name for a string of PromQL.
func inString(name string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
}
