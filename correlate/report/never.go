package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
)

// served are counters of requests whose series name the target and how it went:
// linkerd's proxy (linkerd2-proxy app/core/src/metrics.rs), ingress-nginx
// (internal/ingress/metric/collectors/socket.go), Istio's standard metrics.
var served = []struct {
	metric               string
	name, space, outcome []string // labels, the first that is there
}{
	{"response_total", []string{"dst_service"}, []string{"dst_namespace"}, []string{"status_code"}},
	{"outbound_http_route_request_statuses_total", []string{"parent_name"}, []string{"parent_namespace"}, []string{"http_status"}},
	{"nginx_ingress_controller_requests", []string{"exported_service", "service"}, []string{"exported_namespace", "namespace"}, []string{"status"}},
	{"istio_requests_total", []string{"destination_service_name"}, []string{"destination_service_namespace"}, []string{"response_code"}},
}

// never names the targets whose requests were counted and of which none failed,
// those with most requests first; "" where no counter tells. That a target is
// not among the failures shows nothing: it may not have been called.
func never(c *correlate.Case) string {
	if len(c.Incidents) == 0 {
		return ""
	}
	answered, failed := map[string]float64{}, map[string]bool{}
	for i := range c.Incidents {
		for _, t := range c.Incidents[i].Targets {
			name, _, _ := strings.Cut(words.Target(t.Name), ":")
			failed[name] = true
		}
	}
	for i := range c.Series {
		s := &c.Series[i]
		label := func(names []string) string {
			for _, n := range names {
				for _, l := range s.Labels {
					if c.Name(l.Key) == n {
						return c.Name(l.Value)
					}
				}
			}
			return ""
		}
		for _, of := range served {
			if c.Name(s.Metric) != of.metric {
				continue
			}
			name, outcome := label(of.name), label(of.outcome)
			grown := growth(s.Values)
			if name == "" || outcome == "" || grown == 0 {
				continue
			}
			if space := label(of.space); space != "" {
				name += "." + space
			}
			if answered[name] += grown; outcome[0] == '5' || outcome == "0" {
				failed[name] = true
			}
		}
	}
	var names []string
	for name := range answered {
		if !failed[name] {
			names = append(names, Clean(name))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(answered[b], answered[a]), cmp.Compare(a, b)) })
	return shortened(names)
}

// shortened are the first of some names and how many more there are, "" of none.
func shortened(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 0:
		return ""
	case n > most:
		return fmt.Sprintf("%s and %d more: requests were counted, and none failed", strings.Join(names[:most], ", "), n-most)
	}
	return words.List(names) + ": requests were counted, and none failed"
}

// growth is how much a counter grew, resets left out.
func growth(values []float64) (sum float64) {
	last := math.NaN()
	for _, v := range values {
		if v > last {
			sum += v - last
		}
		if !math.IsNaN(v) {
			last = v
		}
	}
	return sum
}

// reportersZone offers the zone that the sources print, where the times are
// shown in UTC and all sources that print one agree on another; "" otherwise.
func reportersZone(c *correlate.Case, shown *time.Location) string {
	ahead, seen := int64(0), false
	for i := range c.Sources {
		s := &c.Sources[i]
		at := s.Zones.Ahead
		switch {
		case s.Zone != nil && s.Zone != time.UTC && shown.String() == "UTC":
			return "the logs are in " + s.Zone.String() + ": --tz shows it"
		case s.Zones.Lines == 0:
			continue
		case s.Zones.Split || seen && at != ahead:
			return ""
		}
		ahead, seen = at, true
	}
	hours := ahead / int64(time.Hour)
	if !seen || hours == 0 || ahead%int64(time.Hour) != 0 || shown.String() != "UTC" {
		return ""
	}
	return fmt.Sprintf("the logs print %+03d:00, which --tz Etc/GMT%+d shows", hours, -hours)
}
