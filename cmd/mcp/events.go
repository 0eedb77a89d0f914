package mcp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/stat"
	"faultline/parse"
)

// Filter chooses events, as the flags of `faultline events` do.
type Filter struct {
	Kind      string `json:"kind,omitempty" jsonschema:"only kinds that match this glob, such as proxy.*"`
	Source    string `json:"source,omitempty" jsonschema:"only sources whose path or base name matches this glob"`
	Namespace string `json:"namespace,omitempty" jsonschema:"only of this namespace (glob)"`
	Pod       string `json:"pod,omitempty" jsonschema:"only of this pod (glob)"`
	Since     string `json:"since,omitempty" jsonschema:"only from this time on (RFC 3339)"`
	Until     string `json:"until,omitempty" jsonschema:"only up to this time (RFC 3339)"`
	All       bool   `json:"all,omitempty" jsonschema:"lines that are known and of no interest too, as log.other"`
}

// of makes the filter of the report.
func (f *Filter) of() (out report.Filter, err error) {
	from, to, err := stretch(f.Since, f.Until)
	out = report.Filter{Kind: f.Kind, Namespace: f.Namespace, Pod: f.Pod, Since: from, Until: to, Others: f.All}
	if f.Source != "" {
		out.Sources = []string{f.Source}
	}
	return out, err
}

// EventsIn is what events takes.
type EventsIn struct {
	Filter
	Page
}

// Events is a page of the timeline.
type Events struct {
	Events []report.Row   `json:"events"`
	Kinds  map[string]int `json:"kinds" jsonschema:"the kinds that this dump has, where nothing passed the filter"`
	More
}

// checkEvery is after how many events a call looks whether it was cancelled.
const checkEvery = 4096

var eventsTool = ask("events", "The merged timeline, event by event",
	"One event a row on one clock, with its uncertainty, source and line. Filters are those of `faultline events`.", "events",
	func(ctx context.Context, d *Dump, in *EventsIn) (*Events, error) {
		f, err := in.of()
		if err != nil {
			return nil, err
		}
		from, err := in.number()
		if err != nil {
			return nil, err
		}
		out, r := &Events{Events: []report.Row{}, Kinds: map[string]int{}}, newRoom(&in.Size)
		at := 0
		for p := range d.Timeline() {
			if at++; at%checkEvery == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if at <= from || !f.Wants(d.Case, p) {
				continue
			}
			row := report.NewRow(d.Case, d.Text, p)
			if !r.has(row) {
				out.at(strconv.Itoa(at - 1))
				break
			}
			out.Events = append(out.Events, row)
		}
		if len(out.Events) == 0 && from == 0 {
			for k, n := range d.ByKind {
				out.Kinds[d.KindName(k)] = n
			}
		}
		return out, nil
	})

// TimelineIn is what timeline takes.
type TimelineIn struct {
	Filter
	Bucket string `json:"bucket,omitempty" jsonschema:"how long a bucket is, such as 10s, 1m or 1h; a thirtieth of the whole, rounded up, unless given"`
	By     string `json:"by,omitempty" jsonschema:"what a lane is: kind (unless given), pod, namespace, source, target or severity"`
	Page
}

// Bucket is a stretch of time with how many events each lane has.
type Bucket struct {
	Start string         `json:"start"`
	Lanes map[string]int `json:"lanes"`
	// Captured is a share from 0 to 1.
	Captured *float64 `json:"captured" jsonschema:"the share of it in which logs of proxies were captured: where it is below 1, no failures do not mean that none happened; null: not known"`
}

// Timeline is a page of buckets; those without an event are left out.
type Timeline struct {
	Bucket  float64  `json:"bucket_s"`
	Buckets []Bucket `json:"buckets" jsonschema:"in the order of time; buckets without any event are not listed"`
	Placed  int      `json:"events"`
	Without int      `json:"without_time" jsonschema:"events that pass the filter and have no wall time; events lists them"`
	More
}

var timelineTool = ask("timeline", "Counts by bucket and lane",
	"How many events there were when, by kind or another lane, with the share of each bucket that was captured at all.", "buckets",
	func(ctx context.Context, d *Dump, in *TimelineIn) (*Timeline, error) {
		f, err := in.of()
		if err != nil {
			return nil, err
		}
		lane, err := laneOf(d.Case, in.By)
		if err != nil {
			return nil, err
		}
		t := tallied{f: &f, lane: lane}
		if err := t.span(ctx, d.Case); err != nil {
			return nil, err
		}
		if err := t.size(in.Bucket); err != nil {
			return nil, err
		}
		if err := t.count(ctx, d.Case); err != nil {
			return nil, err
		}
		out := &Timeline{Bucket: t.bucket.Seconds(), Buckets: []Bucket{}, Placed: t.placed, Without: t.without}
		return out, fill(&out.More, &in.Page, t.buckets(wallCoverage(d.Case)), &out.Buckets)
	})

// laneOf gives the lane of an event.
func laneOf(c *correlate.Case, by string) (func(p correlate.Point) string, error) {
	switch by {
	case "", "kind":
		return func(p correlate.Point) string { return c.KindName(c.At(p).Kind) }, nil
	case "pod":
		return func(p correlate.Point) string { return c.Whose(p).Pod }, nil
	case "namespace":
		return func(p correlate.Point) string { return c.Whose(p).Namespace }, nil
	case "source":
		return func(p correlate.Point) string { return c.SourceName(int(p.Stream)) }, nil
	case "target":
		return func(p correlate.Point) string { return c.Name(c.At(p).Target) }, nil
	case "severity":
		return func(p correlate.Point) string { return c.At(p).Severity.String() }, nil
	}
	return nil, errors.New("by: one of kind, pod, namespace, source, target, severity")
}

// wallCoverage is when proxies were captured, nil where it is not known.
func wallCoverage(c *correlate.Case) stat.Coverage {
	for _, g := range c.ByClock() {
		if g.Clock.OnWall() {
			return g.Coverage
		}
	}
	return nil
}

// tallied counts events into buckets.
type tallied struct {
	f               *report.Filter
	lane            func(correlate.Point) string
	bucket          time.Duration
	first, last     parse.Time
	placed, without int
	counts          map[int64]map[string]int
}

// walk visits the events that pass the filter and have a wall time.
func (t *tallied) walk(ctx context.Context, c *correlate.Case, visit func(p correlate.Point, at parse.Time)) error {
	n := 0
	t.without = 0
	for p := range c.Timeline() {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !t.f.Wants(c, p) {
			continue
		}
		if at, _, ok := c.Wall(p); ok {
			visit(p, at)
		} else {
			t.without++
		}
	}
	return nil
}

func (t *tallied) span(ctx context.Context, c *correlate.Case) error {
	return t.walk(ctx, c, func(_ correlate.Point, at parse.Time) {
		if t.placed++; t.placed == 1 {
			t.first = at
		}
		t.last = at
	})
}

// size sets how long a bucket is.
func (t *tallied) size(asked string) error {
	if asked != "" {
		d, err := time.ParseDuration(asked)
		if err != nil || d < time.Millisecond {
			return errors.New("bucket: a length such as 10s, 1m or 1h is expected")
		}
		t.bucket = d
	} else {
		t.bucket = niceBucket(time.Duration(t.last-t.first) / 30)
	}
	if n := int64(t.last-t.first) / int64(t.bucket); n > 100_000 {
		return fmt.Errorf("bucket: %d buckets are too many; %s would do", n, niceBucket(time.Duration(t.last-t.first)/1000))
	}
	return nil
}

// niceBucket is a length that people count in, no shorter than d.
func niceBucket(d time.Duration) time.Duration {
	for _, nice := range []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute,
		5 * time.Minute, 10 * time.Minute,
		30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour} {
		if d <= nice {
			return nice
		}
	}
	day := 24 * time.Hour
	return (d + day - 1) / day * day
}

func (t *tallied) count(ctx context.Context, c *correlate.Case) error {
	t.counts = map[int64]map[string]int{}
	return t.walk(ctx, c, func(p correlate.Point, at parse.Time) {
		i := int64(math.Floor(float64(at) / float64(t.bucket)))
		if t.counts[i] == nil {
			t.counts[i] = map[string]int{}
		}
		t.counts[i][t.lane(p)] += max(int(c.At(p).Count), 1)
	})
}

// buckets are those that hold an event, in order.
func (t *tallied) buckets(covered stat.Coverage) (out []Bucket) {
	var at []int64
	for i := range t.counts {
		at = append(at, i)
	}
	slices.Sort(at)
	for _, i := range at {
		from := parse.Time(i * int64(t.bucket))
		b := Bucket{Start: report.Stamp(from, time.Millisecond), Lanes: t.counts[i]}
		if len(covered) > 0 {
			share := shareOf(covered, float64(from)/1e9, t.bucket.Seconds())
			b.Captured = &share
		}
		out = append(out, b)
	}
	return out
}

// shareOf is how much of a stretch is covered, to a thousandth.
func shareOf(c stat.Coverage, from, length float64) float64 {
	var sum float64
	for _, s := range c {
		sum += max(0, min(s.End, from+length)-max(s.Start, from))
	}
	return math.Round(sum/length*1000) / 1000
}

// shown is a path as the ids of an answer have it: what is no UTF-8 is replaced,
// as JSON does, and what would act is written out.
func shown(path string) string {
	return report.Clean(strings.Map(func(r rune) rune { return r }, path))
}

// sourceOf finds the source of a path, or of its end where that is of one only.
func sourceOf(c *correlate.Case, path string) (index int, err error) {
	if i := strings.LastIndex(path, "#L"); i > 0 { // a run of a pasted file
		if rest := strings.Trim(path[i:], "#L-0123456789"); rest == "" {
			path = path[:i]
		}
	}
	found, n := -1, 0
	for i := range c.Capture.Sources {
		switch p := c.Capture.Sources[i].Path; {
		case p == path:
			return i, nil
		case shown(p) == path, strings.HasSuffix(p, "/"+path):
			found = i
			n++
		}
	}
	if n == 1 {
		return found, nil
	}
	if n > 1 {
		return 0, fmt.Errorf("at: %d sources end in that path; give it whole, as sources has it", n)
	}
	return 0, errors.New("at: no source has that path; sources lists them")
}
