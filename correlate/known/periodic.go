package known

import "time"

const (
	five  = 5 * time.Minute
	ten   = 10 * time.Minute
	half  = 30 * time.Minute
	work  = 6 * time.Second  // what a timer waits for that is armed anew after its work
	inPod = 30 * time.Second // what a container that ends each time runs for
)

// Mechanisms with a period, as read in the sources of the programs or in their
// documentation. A row is named only where its component left a trace in the
// dump; idle limits are no periods and stand elsewhere.
var Mechanisms = []Mechanism{
	{Name: "linkerd informer resync", Period: ten, Phase: AtListEnd, Late: work, Resync: true, Component: Destination,
		Why: "linkerd's Go controllers re-deliver every cached object each 600 s, counted from each replica's own first list (linkerd2 controller/k8s/k8s.go ResyncTime, stable-2.10.2 to edge-26.8.3)"},
	{Name: "Traefik provider resync", Period: ten, Phase: AtListEnd, Late: work, Resync: true, Ingress: true, Component: "traefik",
		Why: "Traefik's Kubernetes providers resync each 600 s, counted from Traefik's own start (traefik fd5a576df pkg/provider/kubernetes/*/client.go)"},
	{Name: "kube-apiserver's own informers", Period: ten, Phase: AtListEnd, Late: work, Component: "kube-apiserver", Harmless: true,
		Why: "the API server's shared informers resync each 600 s, counted from its own start (kubernetes v1.34.1 pkg/controlplane/apiserver/config.go)"},
	{Name: "vertical-pod-autoscaler resync", Period: ten, Phase: AtListEnd, Late: work, Component: "vpa-",
		Why: "recommender, updater and admission controller resync each 600 s; the updater evicts pods (vertical-pod-autoscaler v1.8.1 pkg/*/main.go)"},
	{Name: "Flux bootstrap Kustomization", Period: ten, Phase: AtLastUse, Late: work, Component: "kustomize-controller",
		Why: "a Kustomization made by flux bootstrap is applied each 10 min after its last run (flux2 pkg/manifestgen/sync/sync.go)"},
	{Name: "Karpenter consistency scan", Period: ten, Phase: AtLastUse, Late: work, Component: "karpenter", Harmless: true,
		Why: "each node claim is checked again 10 min after its last check (karpenter v1.8.0 nodeclaim/consistency)"},
	{Name: "CronJob */10", Period: ten, Phase: AtWallClock,
		Why: "a CronJob each ten minutes starts at :00, :10, :20 of the wall clock (kubernetes v1.34.1 pkg/controller/cronjob)"},
	{Name: "CronJob each ten minutes at another minute", Period: ten, Phase: AtWallClock, AnyMinute: true,
		Why: "a schedule as 3-59/10 starts on full minutes of the wall clock (kubernetes v1.34.1 pkg/controller/cronjob)"},
	{Name: "CronJob */5", Period: five, Phase: AtWallClock,
		Why: "a CronJob each five minutes starts at :00, :05, :10 of the wall clock (kubernetes v1.34.1 pkg/controller/cronjob)"},
	{Name: "crash loop at its longest back-off", Period: five, Phase: AtEvent, Late: inPod,
		Why: "the kubelet waits 300 s at most between restarts of a container, and the container then runs for a while (kubernetes v1.34.1 pkg/kubelet)"},
	{Name: "linkerd discovery stream idle limit", Period: five, Phase: AtConnection, Late: work, Component: "linkerd-proxy",
		Why: "since 2.15 a proxy asks anew 300 s after the last message of a discovery stream: after a destination restart the fleet does so together (linkerd2 charts/linkerd-control-plane/values.yaml)"},
	{Name: "etcd compaction", Period: five, Phase: AtProcessStart, Late: work, Component: "kube-apiserver",
		Why: "the API server compacts etcd each 300 s, counted from its start (kubernetes storagebackend/config.go)"},
	{Name: "kubelet's own loops", Period: five, Phase: AtProcessStart, Late: work, Component: "kubelet",
		Why: "image collection, node status and container manager run each 300 s, for all pods of one node (kubernetes v1.34.1 pkg/kubelet/kubelet.go)"},
	{Name: "kube-controller-manager's quotas and namespaces", Period: five, Phase: AtLeader, Late: work, Component: "kube-controller-manager", Harmless: true,
		Why: "quotas and namespaces are resynced each 300 s (kubernetes v1.34.1 pkg/controller/resourcequota)"},
	{Name: "Karpenter drift and health", Period: five, Phase: AtLastUse, Late: work, Component: "karpenter",
		Why: "nodes are looked at again each 5 min after the work, and replaced (karpenter v1.8.0)"},
	{Name: "Cilium endpoint collection", Period: five, Phase: AtLeader, Late: work, Component: "cilium-operator", Harmless: true,
		Why: "the operator collects endpoints each 5 min (cilium operator/option v1.13)"},
	{Name: "kube-proxy resync", Period: 15 * time.Minute, Phase: AtListEnd, Late: work, Component: "kube-proxy",
		Why: "kube-proxy re-reads its configuration each 900 s (kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go)"},
	{Name: "CronJob */30", Period: half, Phase: AtWallClock,
		Why: "a CronJob each half hour starts at :00 and :30 of the wall clock (kubernetes v1.34.1 pkg/controller/cronjob)"},
	{Name: "hourly CronJob", Period: time.Hour, Phase: AtWallClock,
		Why: "a CronJob each hour starts at :00 of the wall clock (kubernetes v1.34.1 pkg/controller/cronjob)"},
	{Name: "linkerd discovery stream lifetime", Period: time.Hour, Phase: AtConnection, Late: work, Component: "linkerd-proxy",
		Why: "since 2.15 a proxy's discovery streams end after 3600 s, together if they began together (linkerd2 charts/linkerd-control-plane/values.yaml)"},
	{Name: "horizontal pod autoscaler", Period: 15 * time.Second, Phase: AtLeader, Component: "kube-controller-manager",
		Why: "autoscalers are evaluated each 15 s; a change of replicas makes endpoints change (kubernetes v1.34.1 podautoscaler)"},
	{Name: "linkerd policy status", Period: 10 * time.Second, Phase: AtLeader, Component: "policy", Harmless: true,
		Why: "the policy controller's leader writes statuses each 10 s (linkerd2 policy-controller/runtime args.rs)"},
	{Name: "Prometheus scrape", Period: time.Minute, Phase: AtWallClock, AnyMinute: true, Component: "prometheus", Harmless: true,
		Why: "each target is scraped each minute by default, at a phase of its own on absolute time (prometheus v0.316 scrape/target.go)"},
	{Name: "linkerd heartbeat", Period: 24 * time.Hour, Phase: AtWallClock, AnyMinute: true, Component: "linkerd-heartbeat", Harmless: true,
		Why: "the heartbeat CronJob runs once a day at the minute of the installation (linkerd2 chart heartbeat.yaml)"},
}
