package proxy

import (
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// skim passes over the lines of a proxy's plain log that say nothing of
// interest. Its words are those of [record.classify].
var skim = &parse.Skim{Head: glance, Words: []string{
	"No endpoints", "entering failfast", "Available; exit", "has recovered", "Service failed",
	" request failed", "Request failed", "Request denied", "Remote proxy error", "Received shutdown ",
	"Failed to proxy request", "Failed to connect", "Failed to resolve control-plane component",
	"unexpected error: ", "request aborted because", "router at capacity", "server overloaded",
	": release ", "linkerd2_proxy: debug ", ", starting shutdown", "Graceful shutdown did not", "set new log level",
	"Connection denied", "terminated due to policy change",
	"Could not fetch profile", "profile client died", "Error resolving ServiceProfile", ": Discovery ", "Dropping resolution",
	"not processing discovery updates", "Using default service profile",
	"Policy controller returned", "Unexpected policy controller", "policy misconfigured", "Server misconfigured",
}}

const usual = "[     0.001878s]  INFO ThreadId(01) "

// glance reads a line's uptime, level and thread. Where there is no thread, the
// target is needed to read the uptime.
func glance(l *parse.Line) parse.Glance {
	if len(l.Text) == 0 || l.Text[0] != '[' {
		return parse.Closer
	}
	if g := l.Text; len(g) > len(usual) && string(g[23:32]) == "ThreadId(" && g[32] != ')' && (g[33] == ')' || g[34] == ')') {
		if own, width, n, ok := lex.Uptime(g); ok && n == len("[     0.001878s]") && width == int64(time.Microsecond) {
			l.Own, l.Grain, l.Clock = parse.Time(own), parse.GrainMicro, parse.ClockUptime
			switch string(g[n:23]) {
			case " DEBUG ", " TRACE ":
				return parse.Never
			case "  INFO ", "  WARN ", " ERROR ":
				return parse.Rare
			}
		}
	}
	var r record
	if _, ok := r.head(l.Text); !ok || len(r.thread) == 0 {
		return parse.Closer
	}
	r.mark(l)
	if r.severity <= parse.Debug {
		return parse.Never
	}
	return parse.Rare
}
