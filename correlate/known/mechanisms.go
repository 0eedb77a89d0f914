// Package known is what took days to find out, as data: the things in a mesh
// that have a period, with where each was read. Facts only, no code that
// decides.
package known

import "time"

// Phase is what a mechanism's beat is tied to.
type Phase uint8

// The anchors of a beat.
const (
	AtProcessStart Phase = iota // start of the process + k·period
	AtWallClock                 // multiples of the period on the wall clock
	AtLastUse                   // per object: no common phase
)

// Mechanism is one thing that happens periodically.
type Mechanism struct {
	Name   string
	Period time.Duration
	Phase  Phase
	// Drift is how much later each beat may be than the period says, as a
	// share of the time since the start.
	Drift float64
	// Resync says that it is a client-go informer resync.
	Resync bool
	// Ingress says that an ingress does it, and no controller of the mesh.
	Ingress bool
	// Component whose process start the phase counts from; "" for any.
	Component string
	// Why is one sentence on where the period comes from.
	Why string
}

// Mechanisms with a period, as read in the sources of the programs
// (linkerd2, traefik, kubernetes, client-go; versions in docs/formats.md).
var Mechanisms = []Mechanism{
	{Name: "linkerd informer resync", Period: 10 * time.Minute, Phase: AtProcessStart, Drift: 1e-3, Resync: true, Component: "destination",
		Why: "linkerd's Go controllers re-deliver every cached object each 600 s, counted from each replica's own start (controller/k8s/k8s.go ResyncTime)"},
	{Name: "Traefik provider resync", Period: 10 * time.Minute, Phase: AtProcessStart, Drift: 1e-3, Resync: true, Ingress: true, Component: "traefik",
		Why: "Traefik's Kubernetes providers resync each 600 s, counted from Traefik's own start (pkg/provider/kubernetes/*/client.go)"},
	{Name: "CronJob */10", Period: 10 * time.Minute, Phase: AtWallClock,
		Why: "a CronJob each ten minutes starts at :00, :10, :20 of the wall clock"},
	{Name: "proxy metrics eviction", Period: 10 * time.Minute, Phase: AtLastUse,
		Why: "linkerd-proxy drops metrics idle for 600 s (linkerd/app/src/env.rs METRICS_RETAIN_IDLE); it fails no request"},
	{Name: "etcd compaction", Period: 5 * time.Minute, Phase: AtProcessStart,
		Why: "the API server compacts etcd each 300 s, counted from its start"},
	{Name: "CronJob */5", Period: 5 * time.Minute, Phase: AtWallClock,
		Why: "a CronJob each five minutes starts at :00, :05, :10 of the wall clock"},
	{Name: "event spam filter", Period: 5 * time.Minute, Phase: AtLastUse,
		Why: "client-go's event filter lets one repeated event through each 300 s: a step in what is recorded, not in what happens"},
	{Name: "CronJob */30", Period: 30 * time.Minute, Phase: AtWallClock,
		Why: "a CronJob each half hour starts at :00 and :30 of the wall clock"},
	{Name: "hourly CronJob", Period: time.Hour, Phase: AtWallClock,
		Why: "a CronJob each hour starts at :00 of the wall clock"},
	{Name: "Kubernetes controllers' own loops", Period: 5 * time.Minute, Phase: AtProcessStart,
		Why: "kube-controller-manager resyncs quotas and namespaces each 300 s, the kubelet reports a node's status and collects images, each from its own start"},
	{Name: "kube-proxy resync", Period: 15 * time.Minute, Phase: AtProcessStart,
		Why: "kube-proxy re-reads its configuration each 900 s, counted from its start"},
	{Name: "horizontal pod autoscaler", Period: 15 * time.Second, Phase: AtProcessStart,
		Why: "kube-controller-manager evaluates autoscalers each 15 s; a change of replicas makes endpoints change"},
	{Name: "linkerd policy status", Period: 10 * time.Second, Phase: AtProcessStart,
		Why: "the policy controller's leader writes statuses each 10 s (policy-controller/runtime args.rs)"},
	{Name: "certificate renewal", Period: 60480 * time.Second, Phase: AtLastUse,
		Why: "each proxy renews its certificate after 0.7 of its lifetime, 16.8 h of 24 h, counted from its own start (identity-client certify.rs)"},
	{Name: "linkerd heartbeat", Period: 24 * time.Hour, Phase: AtWallClock,
		Why: "the heartbeat CronJob runs once a day at the minute of the installation"},
	{Name: "linkerd control stream lifetime", Period: time.Hour, Phase: AtLastUse,
		Why: "since 2.15 a proxy's discovery streams end after 3600 s, each counted from its own start"},
}

// Periods is the list of periods that are tested, fixed before any data is
// looked at: each has a mechanism above.
var Periods = []time.Duration{10 * time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour}

// PhaseTolerance is how far a beat's phase may be from a mechanism's and still
// be said to fit it: a resync is followed by work, a CronJob by a pod start.
const PhaseTolerance = 30 * time.Second

// RandomGaps are what comes again at random intervals: no beat, though the
// mean looks like one.
var RandomGaps = []struct {
	Name     string
	From, To time.Duration
	Why      string
}{
	{"watch timeout", 5 * time.Minute, 10 * time.Minute,
		"client-go ends each watch after a time drawn between 5 and 10 minutes (reflector.go minWatchTimeout)"},
	{"kube-rs watch timeout", 290 * time.Second, 295 * time.Second,
		"the policy controller's watches end after 290 to 295 s"},
}
