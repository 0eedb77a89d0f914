package rules

import (
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/extra"
)

// knobsOf are the settings of Envoy that a diagnosis turns on, by its code: as its
// admin pages name them (envoy api/envoy/config/{cluster,route}/v3).
var knobsOf = map[string][]string{
	"upstream_timeout": {"timeout", "per_try_timeout", "num_retries", "max_stream_duration"},
	"route_timeout":    {"timeout", "per_try_timeout", "num_retries", "max_stream_duration"},
	"client_closed":    {"timeout", "per_try_timeout", "num_retries"},
	"connect_timeout":  {"connect_timeout", "num_retries"},
	"connect_refused":  {"num_retries", "retry_on"},
	"upstream_closed":  {"idle_timeout", "num_retries", "retry_on"},
	"keepalive_race":   {"idle_timeout", "num_retries", "retry_on"},
	"idle_cut":         {"idle_timeout", "timeout"},
	"overload":         {"max_connections", "max_pending_requests", "max_requests", "max_retries"},
	"breaker_open": {"consecutive_5xx", "consecutive_gateway_failure", "base_ejection_time", "max_ejection_percent",
		"health_flags"},
}

const (
	// mostKnobs is how many settings a finding names: a page is never dumped.
	mostKnobs = 4
	// unlimited is what Istio sets where no limit is meant.
	unlimited = "4294967295"
)

// configured names on each finding what somebody set of what it turns on, where a
// page of Envoy's that is about its target says so.
func (p *Pass) configured(out []correlate.Finding) {
	said := map[string][]parse.Fact{} // by the service
	for _, fact := range slices.Concat(p.fact(extra.FactKnob), p.fact(extra.FactHost)) {
		if of := serviceOf(p.Name(fact.Subject)); of != "" {
			said[of] = append(said[of], fact)
		}
	}
	for i := range out {
		f := &out[i]
		of := serviceOf(f.Facets["target"])
		var knobs []string
		var proof []parse.Ref
		for _, key := range knobsOf[f.Diagnosis] {
			for _, fact := range said[of] {
				set, ok := knobSet(p.Name(fact.Value), key)
				if !ok || slices.Contains(knobs, set) || len(knobs) == mostKnobs {
					continue
				}
				knobs, proof = append(knobs, set), append(proof, fact.Ref)
			}
		}
		if len(knobs) == 0 {
			continue
		}
		f.Facets["configured"] = strings.Join(knobs, "; ")
		f.Detail += " Envoy's own pages say of " + of + ": " + f.Facets["configured"] + "."
		cite(f, proof[0])
	}
}

// analyzed names on each finding what istioctl analyze says of the objects that have
// the name of its target.
func (p *Pass) analyzed(out []correlate.Finding) {
	for _, pt := range p.Of(parse.CheckFailed) {
		e := p.At(pt)
		object := strings.SplitN(p.Name(e.Target), "/", 3) // namespace, kind, name
		code := p.Name(e.Fact)
		if p.Streams[pt.Stream].Format != extra.Analyze.Name || len(object) < 3 {
			continue
		}
		for i := range out {
			f := &out[i]
			if f.Diagnosis == "" || serviceOf(f.Facets["target"]) != object[2]+"."+object[0] {
				continue
			}
			f.Detail += " istioctl analyze found " + code + " in " + object[1] + " " + object[0] + "/" + object[2] + "."
			cite(f, p.Ref(pt))
		}
	}
}

// knobSet reads a setting, "timeout 15s", or one of a host, "10.0.0.7:8080
// health_flags /failed_outlier_check".
func knobSet(value, key string) (string, bool) {
	words := strings.Fields(value)
	if len(words) < 2 || words[len(words)-2] != key || words[len(words)-1] == unlimited {
		return "", false
	}
	return strings.Join(words, " "), true
}

// serviceOf is the service that a cluster, a virtual host or a target is of:
// "outbound|80||web.shop.svc.cluster.local" and "web.shop:80" are web.shop. An
// address is none.
func serviceOf(name string) string {
	if at := strings.LastIndexByte(name, '|'); at >= 0 {
		name = name[at+1:]
	}
	name, _, _ = strings.Cut(name, ":")
	if namespace, service, ok := strings.Cut(name, "/"); ok {
		name = service + "." + namespace
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 || strings.Trim(labels[1], "0123456789") == "" || labels[0] == "" {
		return ""
	}
	return labels[0] + "." + labels[1]
}
