package main

import (
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/lex"
	"faultline/tui"
)

// shared are the flags that several verbs have.
type shared struct {
	anchors, captured []string
	periods           []time.Duration
	since, until      string
	tz, color         string
	namespace, pod    string
	match, failure    []string
	quiet, verbose    bool
	strict, force     bool
	sources, failOn   []string
	kind, near, facts string
	all               bool // of events: log.other too
	memory            string
}

func (f *shared) add(s *pflag.FlagSet) {
	s.StringArrayVar(&f.anchors, "anchor", nil, "`GLOB[#LIFE]=TIME`: the wall time of a source's zero, or GLOB:LINE=TIME: when that line happened; RFC 3339, or 13:22:32 on the one day that fits; GLOB is a path or pod/container")
	s.StringArrayVar(&f.captured, "captured-at", nil, "`[SOURCE=]TIME`: when a dump whose times are ages was taken")
	s.DurationSliceVar(&f.periods, "period", nil, "test this `period` too, for a controller with another resync")
	s.StringArrayVar(&f.match, "match", nil, "`NAME=REGEX`: lines that match are events user.NAME, named groups their attributes")
	s.StringArrayVar(&f.failure, "failure", nil, "`KIND[,status=S]`: what counts as a failed request (ingress.response,status=5xx)")
	s.StringArrayVar(&f.sources, "source", nil, "`GLOB=key:value,…`: what the sources are (format, namespace, pod, container, zone, log_format); GLOB alone: only their events")
	s.StringVar(&f.facts, "facts", "", "a `file` of what only you know, as a faultline.yaml beside the dump")
	s.StringSliceVar(&f.failOn, "fail-on", nil, "exit 3 on findings of this `severity` (critical, warning, note), of this rule, or on this verdict")
	s.StringVar(&f.since, "since", "", "only from this `time` on, or this long before the last event (2h, 2d, 1w)")
	s.StringVar(&f.until, "until", "", "only up to this `time`")
	s.StringVar(&f.tz, "tz", "UTC", "`zone` of the times in the text report: Europe/Berlin, +02:00")
	s.StringVar(&f.color, "color", "auto", "`when` to use colour: auto, always, never")
	s.StringVarP(&f.namespace, "namespace", "n", "", "only failures and events of this namespace (`glob`)")
	s.StringVar(&f.pod, "pod", "", "only failures and events of this pod (`glob`)")
	s.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no warnings")
	s.BoolVarP(&f.verbose, "verbose", "v", false, "the whole report, and diagnostics on stderr")
	s.StringVar(&f.memory, "max-memory", "", "use at most this `size` of memory: reading ends there, and says so (exit 3); by itself half of what there is, 4GiB at most")
	s.BoolVar(&f.force, "force", false, "-o may replace a file that faultline did not write; never one that is read")
	s.BoolVar(&f.strict, "strict", false, "exit 1 if any input was not read or not recognised")
}

// options are the judgement's options.
func (f *shared) options() (o correlate.Options, err error) {
	for _, s := range f.anchors {
		r, ok := correlate.ParseAnchor(s)
		if !ok {
			return o, misuse("--anchor 'ingress-*.log=2024-02-02T13:16:19Z'", "--anchor %s: not GLOB[#LIFE]=TIME or GLOB:LINE=TIME with a time such as 2024-02-02T13:22:32Z or 13:22:32", s)
		}
		o.Anchors = append(o.Anchors, r)
	}
	for _, s := range f.captured {
		r, ok := correlate.ParseCapture(s)
		if !ok {
			return o, misuse("--captured-at 2024-02-02T13:40:00Z", "--captured-at %s: not [SOURCE=]TIME with a time such as 2024-02-02T13:40:00Z or 13:40:00", s)
		}
		o.Captured = append(o.Captured, r)
	}
	for _, p := range f.periods {
		if !correlate.PeriodInRange(p) {
			return o, misuse("--period 60s", "--period %s: outside 1s to 168h", p)
		}
	}
	o.Periods = f.periods
	for _, g := range []string{f.namespace, f.pod} {
		if _, err := path.Match(g, ""); err != nil {
			return o, misuse("-n 'shop-*'", "%q: not a glob", g)
		}
	}
	o.Namespace, o.Pod = f.namespace, f.pod
	if err := f.checkFailOn(); err != nil {
		return o, err
	}
	for _, s := range f.failure {
		r, err := correlate.ParseFailure(s)
		if err != nil {
			return o, misuse("--failure ingress.response,status=502", "--failure: %w", err)
		}
		o.Failures = append(o.Failures, r)
	}
	return o, nil
}

// matches are the kinds of events that the user defines.
func (f *shared) matches() (out []parse.Match, err error) {
	for _, s := range f.match {
		m, err := parse.ParseMatch(s)
		if err != nil {
			return nil, misuse(`--match 'oom=OOMKilled (?P<target>\S+)'`, "--match: %w", err)
		}
		out = append(out, m)
	}
	return out, nil
}

// cut resolves --since and --until; a duration counts back from the last event.
func (f *shared) cut(ix *correlate.Index, o *correlate.Options) error {
	var err error
	if o.Since, err = moment("since", f.since, ix, o); err != nil {
		return err
	}
	o.Until, err = moment("until", f.until, ix, o)
	return err
}

func moment(flag, s string, ix *correlate.Index, o *correlate.Options) (parse.Time, error) {
	if s == "" {
		return 0, nil
	}
	if st, n, ok := lex.RFC3339([]byte(s)); ok && n == len(s) && st.Zoned {
		return parse.Time(st.Unix), nil
	}
	d, ok := span(s)
	if !ok {
		return 0, misuse("--"+flag+" 2024-02-02T13:00:00Z", "--%s %s: neither a time in RFC 3339 nor a duration", flag, s)
	}
	last, ok := ix.Last(o)
	if !ok {
		return 0, fmt.Errorf("--%s %s: no event has a wall time to count back from", flag, s)
	}
	return last - parse.Time(d), nil
}

// span reads a duration as Go prints it, with days and weeks before: 2d, 1w,
// 1d12h.
func span(s string) (d time.Duration, ok bool) {
	for _, unit := range []struct {
		letter string
		of     time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		if head, tail, has := strings.Cut(s, unit.letter); has {
			n, err := strconv.ParseFloat(head, 64)
			if err != nil || !(n >= 0 && n <= 10_000) { // NaN is neither
				return 0, false
			}
			d += time.Duration(n * float64(unit.of))
			if s = tail; s == "" {
				return d, true
			}
		}
	}
	rest, err := time.ParseDuration(s)
	return d + rest, err == nil && rest >= 0
}

// zoneOf is a zone by its name, or by how far it is ahead of UTC, as logs print
// it: +02:00.
func zoneOf(name string) (*time.Location, error) {
	if at, err := time.Parse("-07:00", name); err == nil {
		_, ahead := at.Zone()
		return time.FixedZone(name, ahead), nil
	}
	return time.LoadLocation(name)
}

// style is how the text report looks on this terminal.
func (a *app) style() (report.Style, error) {
	zone, err := zoneOf(a.flags.tz)
	if err != nil {
		return report.Style{}, misuse("--tz Europe/Berlin, or +02:00", "--tz %s: unknown zone", a.flags.tz)
	}
	s := report.Style{Verbose: a.flags.verbose, Zone: zone, Command: a.name}
	switch a.flags.color {
	case "always":
		s.Color = true
	case "auto":
		s.Color = terminal(a.stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	case "never":
	default:
		return s, misuse("--color auto|always|never", "--color %s: not known", a.flags.color)
	}
	return s, nil
}

// terminal says whether a stream is a terminal. Another device, such as
// /dev/null, is none.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && tui.IsTerminal(f)
}
