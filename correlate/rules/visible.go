package rules

import (
	"fmt"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
	"faultline/parse"
)

// visibilityRule says which messages the release could have printed at all.
var visibilityRule = &Rule{
	Name: "visibility",
	Doc: `Could this release have printed that line at this log level?
A message that is new after an upgrade may have been silent before (klog went to /dev/null until 2.14.6, 2.10's client-go has no such trace), and one that is absent may be unable to show (log level warn; a resync since client-go 0.36).`,
	Needs: []*Need{VersionFacts, ControllerLogs},
	Apply: visibility,
}

func visibility(p *Pass) (out []correlate.Finding) {
	level, levelRef := p.logLevel()
	stalls := p.Of(parse.ControllerPopStall)
	for _, u := range p.upgrades() {
		was, why := known.PopStalls(u.from, level)
		is, _ := known.PopStalls(u.Release, level)
		if is != known.Visible || was == known.Visible || was == known.Unknown {
			continue
		}
		f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
			Title:    fmt.Sprintf("Pop-stall lines that are new since the upgrade from %s to %s are a change of visibility, no evidence of a regression.", u.from, u.Release),
			Detail:   fmt.Sprintf("%s could not print them: %s. %s can. It resynced each 10 min as well; what changed since is the work done at each.", u.from, why, u.Release),
			Evidence: refs(u.ref), Next: []string{"Compare what both releases can show: failed requests, probes, metrics; not these lines."}}
		f.Evidence = append(f.Evidence, p.lines(stalls[:min(len(stalls), 2)]...)...)
		out = append(out, f)
	}
	r, ok := p.current()
	if !ok || len(stalls) > 0 || !ControllerLogs.has(p) {
		return out
	}
	if v, why := known.PopStalls(r.Release, level); v == known.Silent || v == known.Debug {
		f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
			Title:    fmt.Sprintf("That no stall is logged shows nothing: %s does not print them at log level %s.", r.Release, orInfo(level)),
			Detail:   words.Upper(why) + ".",
			Evidence: refs(r.ref), Query: `rate(process_cpu_seconds_total{namespace="linkerd",component="destination"}[1m])`,
			Next: []string{"Look at go_goroutines, *_informer_lag_seconds and up == 0 instead."}}
		if level != "" {
			f.Evidence = append(f.Evidence, refs(levelRef)...)
		}
		out = append(out, f)
	}
	return out
}

func orInfo(level string) string {
	if level == "" {
		return "info"
	}
	return level
}

// statusRule says where 503 became 504.
var statusRule = &Rule{
	Name: "status",
	Doc: `Did the status of the same failure change, or hide?
A failfast was 503 until 2.10 and is 504 since 2.11, so "new 504s" after that upgrade must be compared with old 503s. A failed gRPC request is HTTP 200 with the error in grpc-status, and no dashboard of 5xx shows it.`,
	Needs: []*Need{ProxyLogs, VersionFacts},
	Apply: status,
}

func status(p *Pass) (out []correlate.Finding) {
	for _, u := range p.upgrades() {
		if u.from.Before(11) == u.Release.Before(11) {
			continue
		}
		failfast := known.Statuses[0]
		old, now := failfast.Of(u.from)[0], failfast.Of(u.Release)[0]
		out = append(out, correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
			Title:    fmt.Sprintf("A failfast is HTTP %d with %s and HTTP %d with %s: compare the new %ds with the %ds from before.", old, u.from, now, u.Release, now, old),
			Detail:   "linkerd-proxy answers a failfast with 503 until 2.10 and with 504 since 2.11, so that 504s are new after this upgrade does not show that failures are. So does a connect timeout. It is the release of each proxy that decides, and proxies are upgraded when their pods restart.",
			Evidence: refs(u.ref), Query: `sum by (status_code) (rate(response_total{classification="failure",direction="outbound"}[5m]))`,
			Next: []string{fmt.Sprintf("Count %ds and %ds together, before and after the upgrade.", old, now)}})
	}
	var hidden []correlate.Point
	n := 0
	for _, pt := range p.Of(parse.ProxyRequestFailed) {
		if e := p.At(pt); e.Class&parse.ClassGRPC != 0 {
			n++
			if len(hidden) < 3 {
				hidden = append(hidden, pt)
			}
		}
	}
	if n > 0 {
		out = append(out, correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
			Title:    fmt.Sprintf("%s failed behind HTTP 200: the error is in grpc-status only.", words.Upper(words.Count(n, "gRPC request", "gRPC requests"))),
			Detail:   "A count of 5xx does not hold them.",
			Evidence: p.lines(hidden...), Query: `sum by (grpc_status) (rate(response_total{classification="failure"}[5m]))`,
			Next: []string{"Count failures by classification, not by HTTP status."}})
	}
	return out
}
