package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"faultline/parse"
)

// FailureRule is a kind of event that counts as a failed request, where the
// user says so instead of taking what the tool is about by itself.
type FailureRule struct {
	// Kind is a kind's name in the contract, or "user.NAME".
	Kind string
	// Status are the ranges of HTTP statuses that count, none for all.
	Status [][2]int
}

// ParseFailure reads "KIND[,status=S]…", where S is a status, a range
// "500-504" or a class "5xx".
func ParseFailure(s string) (r FailureRule, err error) {
	parts := strings.Split(s, ",")
	r.Kind = strings.TrimSpace(parts[0])
	if !knownKind(r.Kind) {
		return r, fmt.Errorf("%q is no kind of event", r.Kind)
	}
	for _, p := range parts[1:] {
		key, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		span, valid := statuses(value)
		if !ok || key != "status" || !valid {
			return r, fmt.Errorf("%q is not status=504, status=500-504 or status=5xx", p)
		}
		r.Status = append(r.Status, span)
	}
	return r, nil
}

func knownKind(name string) bool {
	if user, ok := strings.CutPrefix(name, "user."); ok {
		return user != ""
	}
	return slices.ContainsFunc(parse.Kinds(), func(k parse.Kind) bool { return k.String() == name })
}

// statuses reads "504", "500-504" or "5xx".
func statuses(s string) (span [2]int, ok bool) {
	lo, hi, ranged := strings.Cut(s, "-")
	if len(s) == 3 && strings.EqualFold(s[1:], "xx") {
		lo, hi, ranged = s[:1]+"00", s[:1]+"99", true
	}
	if !ranged {
		hi = lo
	}
	a, errA := strconv.Atoi(lo)
	b, errB := strconv.Atoi(hi)
	return [2]int{a, b}, errA == nil && errB == nil && 100 <= a && a <= b && b <= 599
}

// holds says whether an event's status is one of those that count.
func (r *FailureRule) holds(e *parse.Event) bool {
	return len(r.Status) == 0 || slices.ContainsFunc(r.Status, func(s [2]int) bool {
		return e.Value >= float64(s[0]) && e.Value <= float64(s[1])
	})
}

// failures are the points that count as failed requests.
func (c *Placed) failures() (out []Point) {
	o := &c.Options
	if len(o.Failures) == 0 {
		requests := c.requests()
		out = make([]Point, 0, len(requests))
		for _, p := range requests {
			if isFailure(c.At(p)) {
				out = append(out, p)
			}
		}
		return c.once(out)
	}
	var rules [256][]FailureRule // by kind
	for k := range rules {
		for _, r := range o.Failures {
			if name := c.KindName(parse.Kind(k)); name != "" && name == r.Kind {
				rules[k] = append(rules[k], r)
			}
		}
	}
	for s := range c.Streams {
		for i := range c.Streams[s].Events {
			e := &c.Streams[s].Events[i]
			if slices.ContainsFunc(rules[e.Kind], func(r FailureRule) bool { return r.holds(e) }) && !c.Repeats(s, i) {
				out = append(out, Point{uint32(s), uint32(i)})
			}
		}
	}
	return c.once(out)
}

// IsFailure says whether an event counts as a failed request where no rule of
// the user's says what does. It does not ask whether another event tells of the
// same request.
func IsFailure(e *parse.Event) bool {
	return (e.Kind == parse.ProxyRequestFailed || e.Kind == parse.IngressResponse) && isFailure(e)
}

// isFailure says whether a failed request is one of those the tool is about: a
// gateway timeout, or a 503 for which the mesh or the ingress found no
// upstream to ask.
func isFailure(e *parse.Event) bool {
	switch cause := parse.CauseOf(e.Class); {
	case e.Value == 504:
		return true
	case e.Kind == parse.ProxyRequestFailed:
		return e.Value == 503 || e.Value == 0 && cause == parse.CauseFailfast
	case e.Value == 503:
		return cause == parse.CauseNoEndpoints || cause == parse.CauseFailfast || cause == parse.CauseLoadshed ||
			cause == parse.CauseConnectRefused || cause == parse.CauseConnectTimeout
	}
	return false
}

// outermost is the layer at which failures are counted: the client's log where
// one was captured, else the proxies' failed requests, else another kind that
// the user named, else the symptoms that stand in for them. One failed request
// shows in every layer it passes, so layers are never added up.
func outermost(c *Placed, groups []*Group) parse.Kind {
	o := &c.Options
	seen := map[parse.Kind]bool{}
	symptom := parse.ProxyNoEndpoints
	for _, g := range groups {
		for _, m := range g.Failures {
			seen[c.At(m.Point).Kind] = true
		}
		if len(g.Failfast) > 0 {
			symptom = parse.ProxyFailfastEnter
		}
	}
	order := []parse.Kind{parse.IngressResponse, parse.ProxyRequestFailed}
	var others []parse.Kind
	for k := range seen {
		if !slices.Contains(order, k) {
			others = append(others, k)
		}
	}
	named := func(k parse.Kind) int {
		return slices.IndexFunc(o.Failures, func(r FailureRule) bool { return r.Kind == c.KindName(k) })
	}
	slices.SortFunc(others, func(a, b parse.Kind) int { return cmp.Compare(named(a), named(b)) })
	for _, k := range append(order, others...) {
		if seen[k] {
			return k
		}
	}
	if len(o.Failures) > 0 {
		return parse.KindNone // the user said what counts, and there is none
	}
	return symptom
}
