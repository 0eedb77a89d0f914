package rules

import (
	"strings"

	"faultline/correlate"
)

// The ingress, and change around it.
var (
	ingressNoEndpoints = tells(Diagnosis{
		Code: "ingress_no_endpoints", Where: correlate.AtKubernetesAPI, What: "the ingress had nobody to send to",
		Title:    "{what}{to}: {hop} had no endpoint to send to.",
		Says:     "The Service had no ready address then, its load balancer's targets were unhealthy, or the name or port in the route is wrong.",
		Evidence: "Empty upstream fields with 503, 0.0.0.1:80, Envoy's UH, HAProxy's <NOSRV> with SC, `no available server`, an ALB's `-` with forward.",
		Against:  "The same empty fields come from limits, denied locations, maintenance pages and circuit breakers.",
		Sure:     "High with words or a flag of its own, or with an empty slice; medium on empty fields; low by the status.",
		Next:     []string{"Why the pods of {target} were not ready (selector, labels, readiness); its endpoints while it happens: kubectl get endpointslices --watch.", "The load balancer's view: health check, NEG or target group, instances."},
		Never:    "Before the failfast; the controller answered; a slow application.",
		Source:   "ingress-nginx internal/ingress/controller/controller.go; traefik pkg/server/service/loadbalancer/wrr/wrr.go; the makers' manuals",
		Rivals:   []string{"configured_answer", "overload"},
	}, serverless)
	ingressReload = tells(Diagnosis{
		Code: "ingress_reload", Where: correlate.AtIngress, What: "failures around a reload or restart of the ingress",
		Title:    "{what}{to} failed within seconds of a reload of the ingress.",
		Says:     "They coincide; reloads are frequent, so a few may by chance. The old worker's connections are cut after 240 s.",
		Evidence: "Failures from 1 s before to 3 s after a reload, three times as many as chance gives.",
		Against:  "How often it reloads.",
		Sure:     "Medium from five reloads on, never high.",
		Next:     []string{"What changes the Ingress so often? Count failures with and without a reload."},
		Never:    "A reason, from one pair.",
		Source:   "ingress-nginx internal/ingress/controller/nginx.go",
		Rivals:   []string{"rollout_race"},
	}, nil)
	rolloutRace = tells(Diagnosis{
		Code: "rollout_race", Where: correlate.AtConfig, What: "pods came or went while traffic still reached them",
		Title:    "{what}{to} failed within seconds of pods of that workload coming or going.",
		Says:     "A pod that ends still stands in endpoints for a second or more, and one that says it is ready too early refuses. It stops by itself.",
		Evidence: "Refused, closed or 502 and 503 from 35 s after to 5 s before Killing, ScalingReplicaSet or SuccessfulRescale of that workload.",
		Against:  "Failures of other workloads; a node that went away.",
		Sure:     "High where three and more are all on pods that come or go, medium by workload, low by the minute.",
		Next:     []string{"Add a preStop sleep of 5 to 15 s (40 s behind Azure's gateway), with terminationGracePeriodSeconds above it plus the longest request.", "Readiness that means ready; maxUnavailable 0."},
		Never:    "The network.",
		Source:   "ingress-nginx #3639, #3335, #7097; traefik #4452",
		Rivals:   []string{"connect_refused", "upstream_closed"},
	}, rolledAsFarAsTold)
	configSyncFailed = tells(Diagnosis{
		Code: "config_sync_failed", Where: correlate.AtControlPlane, What: "the data plane runs on an old configuration",
		Title:    "The data plane does not get its configuration{times}: {words}.",
		Says:     "Changes, endpoints among them, do not arrive as long as that lasts; requests go on by what was known.",
		Evidence: "`gRPC config stream closed`, `config not received`, `Dynamic reconfiguration failed`, an admin API that does not answer.",
		Against:  "istiod ends each stream after 30 min. A pod's first minute is its start.",
		Sure:     "High on the words over more than 60 s.",
		Next:     []string{"Is the controller healthy, and the path to it ({addr}, the admin API)? Since when do changes not arrive?"},
		Never:    "Requests that fail at that moment without an address that moved.",
		Source:   "ingress-nginx internal/ingress/controller/controller.go; istio",
		Rivals:   []string{"connect_timeout"},
	}, unsynced)
)

// noServer is what HAProxy says of a backend whose last server went: no request yet.
const noServer = "has_no_server_available"

// serverless counts no line about a backend as an attempt.
func serverless(p *Pass, g *group, f *correlate.Finding) {
	if g.every(func(r *reading) bool { return strings.Contains(r.text, noServer) }) {
		f.Title = g.fill("{target} had no server left{times}.")
	}
	if g.every(func(r *reading) bool { return r.why == "health" }) {
		f.Title = g.fill("The load balancer of {targets} takes its backends for unhealthy{times}: {words}.")
		f.Detail = "It sends nothing to a backend whose health check fails, though the pods may be ready: the check has a path, a port and a firewall of its own."
		f.Next = []string{"The health check of that backend (path, port, host) against what the pod answers there: BackendConfig or readinessProbe; kubectl get endpointslices.",
			"The firewall: are the load balancer's own ranges (130.211.0.0/22 and 35.191.0.0/16 for Google) let in to the nodes and pods?"}
	}
}
