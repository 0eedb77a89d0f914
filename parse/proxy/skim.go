package proxy

import (
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// skim passes over the lines of a proxy's plain log that say nothing of
// interest.
var skim = &parse.Skim{Head: glance, Words: phrases(func(*message) bool { return true })}

const usual = "[     0.001878s]  INFO ThreadId(01) "

// glance reads a line's uptime, level and thread. Where there is no thread, the
// target is needed to read the uptime.
func glance(l *parse.Line, _ *parse.Batch) parse.Glance {
	if len(l.Text) == 0 || l.Text[0] != '[' {
		return parse.Closer
	}
	if g := l.Text; len(g) > len(usual) && string(g[23:32]) == "ThreadId(" && g[32] != ')' && (g[33] == ')' || g[34] == ')') {
		if own, width, n, ok := lex.Uptime(g); ok && n == len("[     0.001878s]") && width == int64(time.Microsecond) {
			l.Own, l.Grain, l.Clock = parse.Time(own), parse.GrainMicro, parse.ClockUptime
			switch string(g[n:23]) {
			case " DEBUG ", " TRACE ":
				return parse.Never
			case "  INFO ", "  WARN ":
				return parse.Rare
			case " ERROR ":
				return parse.Closer
			}
		}
	}
	var r record
	if _, ok := r.head(l.Text); !ok || len(r.thread) == 0 {
		return parse.Closer
	}
	if r.severity >= parse.Error {
		return parse.Closer // it is kept, whatever it says
	}
	r.mark(l)
	if r.severity <= parse.Debug {
		return parse.Never
	}
	return parse.Rare
}
