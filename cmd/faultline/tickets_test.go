package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// Tickets as people write them, each with the answer of somebody who knows:
// what must lead, what the first step must name, and that no more is offered
// beside it than a reader can look at. A dump in which nothing failed gets none.
func TestTickets(t *testing.T) {
	for name, want := range map[string]struct{ leads, next string }{
		"499.log":              {"client_closed", "shop-slow-80"},
		"alb-504.log":          {"upstream_timeout", "10.40.12.7:8080"},
		"appgw.json":           {"upstream_timeout", "10.9.0.4:80"},
		"conntrack.txt":        {"kernel_table_full", "nf_conntrack_max"},
		"dns.log":              {"dns_failure", "CoreDNS"},
		"envoy-ut.log":         {"upstream_timeout", "report.bi"},
		"etcd.log":             {"etcd_slow", "wal_fsync"},
		"gclb.json":            {"keepalive_race", "keep-alive"},
		"grpc-reset.log":       {"upstream_closed", "log"},
		"haproxy-sh.log":       {"upstream_timeout", "be_orders"},
		"healthy.log":          {"", "ingress"},
		"ingress-keepalive.md": {"upstream_closed", "10.12.3.8:3000"},
		"istio-nc.md":          {"no_route", "new.shop.svc.cluster.local"},
		"istio-uf.md":          {"connect_refused", "10.28.4.19:8080"},
		"java-sidecar.log":     {"connect_refused", "config.infra:8888"},
		"k3s.log":              {"etcd_slow", "etcd"},
		"linkerd-cert.log":     {"certificate_expiry", "issuer"},
		"nginx-110.txt":        {"connect_timeout", "10.1.7.22:8000"},
		"no-live.txt":          {"breaker_open", "before it"},
		"node-econnreset.log":  {"upstream_closed", "users.shop"},
		"oom.txt":              {"oom_killed", "memory"},
		"python-urllib3.log":   {"connect_refused", "catalog.shop:80"},
		"rollout.txt":          {"", "--failure"},
		"traefik-dial.log":     {"connect_timeout", "10.42.1.17:8080"},
		"webhook.txt":          {"webhook_failed", "caBundle"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("../../fixtures/tickets", name)
			var r struct {
				Verdict struct {
					Diagnosis string
					Next      string
				}
				Findings []struct{ Diagnosis, Severity, Title string }
				Missing  []string
			}
			if err := json.Unmarshal([]byte(must(t, "analyze", "-o", "json", path)), &r); err != nil {
				t.Fatal(err)
			}
			if r.Verdict.Diagnosis != want.leads || !strings.Contains(r.Verdict.Next, want.next) {
				t.Errorf("leads with %q, next %q; want %q and %q in it", r.Verdict.Diagnosis, r.Verdict.Next, want.leads, want.next)
			}
			others := 0
			for _, f := range r.Findings {
				if f.Severity != "info" && f.Diagnosis != want.leads {
					others++
				}
			}
			if most := 3; others > most || want.leads == "" && others > 0 {
				t.Errorf("%d other findings: %+v", others, r.Findings)
			}
			// Nobody is asked for the logs of a mesh that is not there.
			if asked := strings.Contains(strings.Join(r.Missing, " "), "linkerd"); asked && readsServing[name] {
				t.Errorf("asks for linkerd: %q", r.Missing)
			}
			if text := must(t, "analyze", path); readsServing[name] && strings.Contains(text, "controller") {
				t.Errorf("speaks of a controller:\n%s", text)
			}
		})
	}
}

// readsServing are the tickets of ingresses, load balancers and other meshes.
var readsServing = map[string]bool{"499.log": true, "alb-504.log": true, "appgw.json": true, "envoy-ut.log": true, "gclb.json": true, "haproxy-sh.log": true,
	"healthy.log": true, "ingress-keepalive.md": true, "istio-nc.md": true, "istio-uf.md": true, "nginx-110.txt": true, "no-live.txt": true, "traefik-dial.log": true}
