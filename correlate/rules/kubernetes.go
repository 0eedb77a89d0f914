package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
	"faultline/parse"
)

// Kubernetes: the API server, its store, nodes.
var (
	webhookFailed = tells(Diagnosis{
		Code: "webhook_failed", Where: correlate.AtControlPlane, What: "the API server could not call an admission webhook",
		Title:    "The API server could not call the webhook {webhook}{times}: {words}.",
		Says:     "Failing open (linkerd's default, Ignore) the pods that are created then run without a proxy, and nobody says so; failing closed they are not created.",
		Evidence: "`failed calling webhook`, `failing open`, `failing closed`, FailedCreate with it.",
		Against:  "Several services at once that the API server does not reach: its own way to them. Another webhook's name is its owner's matter.",
		Sure:     "High.",
		Next:     []string{"From the API server's host (control plane node) to that service's address: kube-proxy, security group; the caBundle against the injector's secret and certificate; then restart those pods, which run without a proxy.", "failurePolicy of the MutatingWebhookConfiguration."},
		Never:    "An empty log of the injector, as a good sign.",
		Source:   "linkerd2 charts values, values-ha; k8s.io/apiserver pkg/admission/plugin/webhook",
		Rivals:   []string{"apiserver_unreachable", "tls_mismatch"},
	}, hooked)
	apiServerSlow = tells(Diagnosis{
		Code: "apiserver_slow", Where: correlate.AtKubernetesAPI, What: "the API server answered late, or with 504 or 429",
		Title:    "The API server answered late or not at all{times}: {words}.",
		Says:     "Controllers see the world late while that lasts. In a trace the step that took the time says where: the store, a big answer, or a webhook.",
		Evidence: "Status 504 or 429 of its log, `http: Handler timeout`, `request did not complete`, traces of 10 s.",
		Against:  "A trace of a second is no fault. Time in etcd3 is the store's, in a webhook the webhook's.",
		Sure:     "High on the status, medium by traces.",
		Next:     []string{"Which client LISTs large collections (limit, resourceVersion=0), and where the time went: etcd, serialising, a webhook; API priority and fairness of the API server."},
		Never:    "The mesh; a trace of 1 s alone.",
		Source:   "k8s.io/apiserver pkg/server/filters/timeout.go",
		Rivals:   []string{"etcd_slow", "webhook_failed"},
	}, nil)
	apiServerUnreachable = tells(Diagnosis{
		Code: "apiserver_unreachable", Where: correlate.AtNetwork, What: "a client cannot reach the API server",
		Title:    "The API server could not be reached{times}: {words}.",
		Says:     "Watches stop and caches are not filled meanwhile; a container that waits for its caches is not ready. One pod or node alone is its own network, all of them the API server.",
		Evidence: "`dial tcp A:443` refused or timed out in client-go's or kube-rs' own lines, `Failed to watch`, `Failed to initialize K8s API`, a failfast to the first address of the service network.",
		Against:  "Without an address it is a name. Another service that times out in the same seconds is the network.",
		Sure:     "High.",
		Next:     []string{"Make the same dial to {addr} from that node: kube-proxy or IPVS, the CNI, iptables of the mesh (skip-outbound-ports 443 as a test); DNS if a name stands there.", "One pod, one node, or all?"},
		Never:    "Nothing was answered before the failfast.",
		Source:   "client-go tools/cache/reflector.go; linkerd2 #8235, #7363, #5679",
		Rivals:   []string{"dns_failure", "connect_timeout"},
	}, nil)
	etcdSlow = tells(Diagnosis{
		Code: "etcd_slow", Where: correlate.AtKubernetesAPI, What: "the store behind the API server is slow",
		Title:    "etcd was slow{times}: {words}.",
		Says:     "Writes and leases fail in several components at once while that lasts.",
		Evidence: "`etcdserver: request timed out`, `leader changed`, `took too long` from 1 s on, k3s' `Slow SQL`.",
		Against:  "`took too long` of 100 ms is printed by healthy ones.",
		Sure:     "High where two clients see it or it lasts over 30 s, medium on `took too long`.",
		Next:     []string{"The latency of etcd's disk (wal_fsync), its size, compaction and defragmentation; who else wrote then."},
		Never:    "Throttling; the mesh.",
		Source:   "etcd server/etcdserver/api/v3rpc/rpctypes",
		Rivals:   []string{"apiserver_slow"},
	}, stored)
	rbacDenied = tells(Diagnosis{
		Code: "rbac_denied", Where: correlate.AtConfig, What: "a component may not read what it asks for", Mild: true,
		Title:    "A component may not read what it asks for{times}: {words}.",
		Says:     "Right after an upgrade the chart and the image are of two releases. Lookups of owners are for labels only and fail no request; EndpointSlices and Services are what traffic needs.",
		Evidence: "`is forbidden: User … cannot VERB resource`.",
		Against:  "That no request failed by it.",
		Sure:     "High.",
		Next:     []string{"The ClusterRole (RBAC) of that release: was the chart upgraded with the image?"},
		Never:    "The reason of a 504, without that link.",
		Source:   "linkerd2 #14653; k8s.io/apiserver",
	}, nil)
	nodeUnhealthy = tells(Diagnosis{
		Code: "node_unhealthy", Where: correlate.AtNode, What: "a node is gone or under pressure",
		Title:    "A node is gone or under pressure: {nodes}{words}.",
		Says:     "Its pods stay endpoints until the grace is over, 40 s and more, and whoever dials them waits that long.",
		Evidence: "NodeNotReady, NodeHasDiskPressure, Evicted, `PLEG is not healthy`.",
		Against:  "NodeHasNoDiskPressure and NodeHasSufficientMemory are printed at each start of a kubelet.",
		Sure:     "High.",
		Next:     []string{"That node: {nodes}kubectl describe node, its kubelet and kernel log; not pod by pod."},
		Never:    "Pod by pod.",
		Source:   "kubernetes v1.34.1 pkg/controller/nodelifecycle; #126287",
		Rivals:   []string{"node_stall"},
	}, nodeOfPods)
	nodeStall = tells(Diagnosis{
		Code: "node_stall", Where: correlate.AtNode, What: "symptoms of unrelated pods of one node in the same seconds",
		Title:    "{what} of unrelated workloads of one node failed in the same seconds: {targets}.",
		Says:     "What they share is the node: its CPU, disk, kernel or runtime.",
		Evidence: "Three and more workloads of one node with timeouts within 30 s, others fine; the kernel's `soft lockup`.",
		Against:  "One busy neighbour.",
		Sure:     "High on the kernel's own word, medium with the nodes known, else low.",
		Next:     []string{"That node ({node}): kernel log (soft lockup, hung tasks), kubelet, iostat, CPU, containerd."},
		Never:    "Advice for each application.",
		Source:   "Linux kernel/watchdog.c",
		Rivals:   []string{"probe_timeout", "node_unhealthy"},
	}, nil)
	kernelTableFull = tells(Diagnosis{
		Code: "kernel_table_full", Where: correlate.AtNode, What: "a table of one node's kernel is full: new connections vanish, old ones live",
		Title:    "A table of a node's kernel was full{times}: {words}.",
		Says:     "New connections from or to that node are dropped without a word; those that exist live on.",
		Evidence: "`nf_conntrack: table full`, `neighbor table overflow`, `Possible SYN flooding`, `Cannot assign requested address`.",
		Against:  "SYN flooding once in a load test.",
		Sure:     "High with timeouts or lost names within a minute, or a program's own word; medium by the kernel's word alone, or by the metric.",
		Next:     []string{"nf_conntrack_max of that node against nf_conntrack_count (kube-proxy conntrack.maxPerCore), gc_thresh3 for neighbours; who opens so many connections: keep-alive."},
		Never:    "Pod by pod; a slow application.",
		Source:   "Linux net/netfilter/nf_conntrack_core.c",
		Rivals:   []string{"connect_timeout"},
	}, full)
	kubeProxyStale = tells(Diagnosis{
		Code: "kube_proxy_stale", Where: correlate.AtNode, What: "one node's Service rules are old",
		Title:    "kube-proxy could not write its rules{times}: {words}.",
		Says:     "Connections to a Service's address from that node go to pods that are gone.",
		Evidence: "`Failed to execute iptables-restore`, `Sync failed`, repeated over a minute.",
		Against:  "One failed sync is tried again in 30 s. Meshed HTTP does not use these rules.",
		Sure:     "High on repeated words over more than a minute, else low.",
		Next:     []string{"kube-proxy's log on that node, who holds the xtables lock; restart it, and compare its rules with the slices."},
		Never:    "The destination.",
		Source:   "kubernetes #104234, #121726",
		Rivals:   []string{"stale_endpoint"},
	}, unwritten)
	telemetryClient = tells(Diagnosis{
		Code: "telemetry_client", Where: correlate.AtObserver, What: "the proxy's own telemetry or tooling failed, and no user's request", Mild: true,
		Title:    "The proxy's own telemetry failed{times}{to}; no request of a user did.",
		Says:     "Tracing, tap and metrics are calls of the proxy's own. They cost nothing but the telemetry.",
		Evidence: "Spans of tracing, tap or opentelemetry; ports 4317, 14268, 4190.",
		Against:  "A user's request to the same address.",
		Sure:     "High by the span, medium by namespace.",
		Next:     []string{"Mesh the collector, or skip its port."},
		Never:    "An incident; endpoints that could not be connected to.",
		Source:   "linkerd2-proxy linkerd/app/src/lib.rs",
	}, nil)
	mixedProxiesRule = tells(Diagnosis{
		Code: "mixed_proxies", Where: correlate.AtObserver, What: "proxies of different release lines fail with different codes", Mild: true,
		Title:    "Proxies of {words} answer the same failure with different statuses.",
		Says:     "A failfast is 503 to 2.10 and 504 since, in gRPC 14 to 2.16 and 4 since: compare codes within one line.",
		Evidence: "Releases on both sides of 2.11 or 2.17 in the proxies' own logs.",
		Against:  "One line of releases.",
		Sure:     "High.",
		Next:     []string{"Compare within one line of releases: linkerd check --proxy."},
		Never:    "New 504s.",
		Source:   "linkerd2-proxy linkerd/app/core/src/errors/respond.rs, #3302",
	}, nil)
)

// stored is sure where two clients were told so, or it went on.
func stored(p *Pass, g *group, f *correlate.Finding) {
	clients, lasted := g.tellers(func(r *reading) bool { return r.sure == correlate.High })
	if clients < 2 && lasted <= parse.Time(30*time.Second) {
		f.Confidence = min(f.Confidence, correlate.Medium)
	}
}

// full is sure where connections or names were lost within a minute, or a program met
// it itself: a table may be full without anybody who asks for more.
func full(p *Pass, g *group, f *correlate.Finding) {
	lost := slices.Concat(p.sights["connect_timeout"], p.sights["dns_failure"])
	p.sort(lost)
	beside := laned(lost)
	f.Confidence = correlate.Medium
	if slices.ContainsFunc(g.list, func(s sight) bool {
		return p.as(s).sure == correlate.High && (p.At(s.Point).Kind != parse.K8sEvent || len(beside.near(s, time.Minute, time.Minute)) > 0)
	}) {
		f.Confidence = correlate.High
	}
}

// unwritten is sure only where it goes on: a rewrite of the rules that failed once
// is tried again 30 s later.
func unwritten(p *Pass, g *group, f *correlate.Finding) {
	if n := len(g.list); n < 2 || g.list[n-1].at-g.list[0].at < parse.Time(time.Minute) {
		f.Confidence = correlate.Low
	}
}

func init() { mixedProxiesRule.Apply = mixedProxies }

// borders are the minor releases at which the status of a failure changed.
var borders = []int{11, 17}

// mixedProxies holds the releases that the proxies print against each other.
func mixedProxies(p *Pass) []correlate.Finding {
	var lines []named
	var proof []parse.Ref
	seen := map[known.Release]bool{}
	for _, f := range p.fact(parse.FactVersion) {
		version, ok := strings.CutPrefix(p.Name(f.Value), "proxy ")
		if !ok {
			continue
		}
		if r, ok := known.ReleaseOfProxy(version); ok && !seen[r] {
			seen[r] = true
			lines = append(lines, named{name: r.String()})
			proof = append(proof, f.Ref)
		}
	}
	for _, b := range borders {
		before, since := false, false
		for r := range seen {
			before, since = before || r.Before(b), since || !r.Before(b)
		}
		if !before || !since {
			continue
		}
		f := mixedProxiesRule.Diagnosis.finding(correlate.Info, correlate.High)
		f.Count, f.Evidence = len(lines), refs(proof...)
		f.Title = fmt.Sprintf("Proxies of %s answer the same failure with different statuses.", some(lines, 4))
		return []correlate.Finding{f}
	}
	return nil
}

// nodeOfPods says of events about a pod that it is the pod's node: the pod is alive
// somewhere, or was sent away.
func nodeOfPods(p *Pass, g *group, f *correlate.Finding) {
	switch {
	case len(g.targets) == 0, g.every(func(r *reading) bool { return !r.ofPod }):
		return
	case !g.every(func(r *reading) bool { return r.ofPod }):
		nodeAndPods(p, g, f)
		return
	}
	who := clean(some(g.targets, 2))
	if node := g.node(); node != "" && node != top(g.targets) {
		who += " (" + clean(node) + ")"
	}
	f.Title = g.fill("The node of the " + number(len(g.targets), "pod", "pods") + " " + who + " is gone or under pressure: {words}.")
	f.Next = []string{"Which node that is: kubectl get pods -o wide; then kubectl describe node, its kubelet and kernel log; not pod by pod."}
}

// nodeAndPods names the nodes of events of which others are about their pods.
func nodeAndPods(p *Pass, g *group, f *correlate.Finding) {
	var nodes []string
	pods := map[string]bool{}
	for _, s := range g.list {
		switch who := p.targetOf(s); {
		case who == "":
		case p.as(s).ofPod:
			pods[who] = true
		case !slices.Contains(nodes, who):
			nodes = append(nodes, who)
		}
	}
	if len(nodes) == 0 || len(pods) == 0 {
		return
	}
	who := clean(nodes[0][strings.LastIndexByte(nodes[0], '/')+1:])
	if more := len(nodes) - 1; more > 0 {
		who += " and " + words.Count(more, "other node", "other nodes")
	}
	f.Title = g.fill(who + " is gone or under pressure, as events of " + words.Count(len(pods), "pod", "pods") + " say too: {words}.")
	f.Next = []string{"kubectl describe node " + who + ", its kubelet and kernel log; not pod by pod."}
}

// hooked says what a webhook that was not reached let through or refused: without its
// answer an injector's pods get no proxy, and one that fails closed keeps all out.
func hooked(p *Pass, g *group, f *correlate.Finding) {
	name := first(g.webhook(), top(g.targets))
	injects := name == "" || strings.Contains(name, "linkerd") || strings.Contains(name, "injector")
	closed := slices.ContainsFunc(g.list, func(s sight) bool { return refused(p.as(s).text) || p.At(s.Point).Kind == parse.K8sEvent })
	what := "what is created"
	if injects {
		what = "the pods that are created"
	}
	switch {
	case closed:
		f.Facets["policy"] = "Fail"
		f.Detail = "It fails closed: " + what + " or changed meanwhile is refused, so that no new pod comes in place of one that goes."
	case !injects:
		f.Detail = "Failing open, " + what + " meanwhile is not checked; failing closed (failurePolicy Fail) it is refused. No request of a client fails by it directly."
	default:
		return
	}
	if !injects {
		f.Next[0] = "From the API server's host (control plane node) to that webhook's service: its endpoints, kube-proxy, security group, NetworkPolicy; the caBundle against its certificate."
	}
}

// refused says whether the words are of a request that was not let through.
func refused(text string) bool {
	return strings.HasPrefix(text, "failing closed") || strings.HasPrefix(text, "Error from server") || strings.Contains(text, "Error creating: ")
}
