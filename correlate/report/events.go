package report

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// Row is one event as other programs read it (docs/formats.md).
type Row struct {
	Time        *string           `json:"time"`
	Uncertainty *float64          `json:"uncertainty_s"`
	Kind        string            `json:"kind"`
	Source      string            `json:"source"`
	Line        uint32            `json:"line"`
	Offset      int64             `json:"offset"`
	Severity    string            `json:"severity"`
	Namespace   string            `json:"namespace"`
	Pod         string            `json:"pod"`
	Container   string            `json:"container"`
	Node        *string           `json:"node"`
	Target      string            `json:"target"`
	Message     string            `json:"message"`
	Count       uint32            `json:"count"`
	Duration    *float64          `json:"duration_s"`
	Clock       string            `json:"clock"`
	RawTime     string            `json:"raw_time"`
	Uptime      *float64          `json:"uptime_s"`
	Attrs       map[string]string `json:"attrs"`
}

// Filter chooses events. Empty fields choose all.
type Filter struct {
	Kind, Namespace, Pod string   // globs
	Sources              []string // globs of a source's path or base name
	Since, Until         parse.Time
	Others               bool // lines of no interest too
	// Near are marks; only what is within a minute of one passes, nil for all.
	Near []correlate.Mark
	// Pass is what else an event must hold to; nil asks nothing.
	Pass func(correlate.Point) bool
}

// Wants says whether an event passes.
func (f *Filter) Wants(c *correlate.Case, p correlate.Point) bool {
	e := c.At(p)
	if f.Pass != nil && !f.Pass(p) {
		return false
	}
	if !correlate.Glob(f.Kind, c.KindName(e.Kind)) || e.Kind == parse.LogOther && !f.Others {
		return false
	}
	name := c.SourceName(int(p.Stream))
	named := func(g string) bool { return correlate.Glob(g, name) || correlate.Glob(g, path.Base(name)) }
	if len(f.Sources) > 0 && !slices.ContainsFunc(f.Sources, named) {
		return false
	}
	if f.Namespace != "" || f.Pod != "" {
		who := c.Whose(p)
		if !correlate.Glob(f.Namespace, who.Namespace) || !correlate.Glob(f.Pod, who.Pod) {
			return false
		}
	}
	if f.Near != nil && !nearOne(c, f.Near, p) {
		return false
	}
	if f.Since != 0 || f.Until != 0 {
		at, _, ok := c.Wall(p)
		return ok && (f.Since == 0 || at >= f.Since) && (f.Until == 0 || at <= f.Until)
	}
	return true
}

// NewRow makes the row of an event.
func NewRow(c *correlate.Case, text Text, p correlate.Point) Row {
	e, st, who := c.At(p), &c.Streams[p.Stream], c.Whose(p)
	r := Row{Kind: c.KindName(e.Kind), Source: c.SourceName(int(p.Stream)), Line: e.Line, Offset: e.Off,
		Severity: e.Severity.String(), Namespace: who.Namespace, Pod: who.Pod, Container: who.Container, Node: optional(who.Node),
		Target: c.Name(e.Target), Count: e.Count, Clock: st.Clock.String(), Attrs: map[string]string{}}
	if at, within, ok := c.Wall(p); ok {
		s, u := Stamp(at, within), within.Seconds()
		r.Time, r.Uncertainty = &s, &u
	}
	if st.Clock == parse.ClockUptime {
		u := float64(e.Time) / 1e9
		r.Uptime = &u
	}
	if e.Lasted != 0 {
		d := e.Lasted.Seconds()
		r.Duration = &d
	}
	d, _, err := Detail(c, text, p)
	if err != nil {
		r.Attrs["unread"] = err.Error()
		return r
	}
	r.Message, r.RawTime = d.Message, d.RawTime
	switch {
	case e.Lasted == 0 && d.Lasted != 0:
		lasted := d.Lasted.Seconds()
		r.Duration = &lasted
	case e.Lasted == 0 && d.Zero:
		r.Duration = new(float64)
	}
	if e.Kind == parse.ContainerTerminated {
		r.Attrs["exit_code"] = strconv.Itoa(int(e.Value))
		if reason := parse.EndReason(e.Class).String(); reason != "" {
			r.Attrs["reason"] = reason
		}
	}
	for _, a := range d.Attrs {
		r.Attrs[a.Key] = a.Value
	}
	return r
}

// Events writes the events that pass the filter as "table", "text", "jsonl"
// or "csv".
func Events(w io.Writer, c *correlate.Case, text Text, f Filter, form string) error {
	var write func(Row) error
	finish := func() error { return nil }
	switch form {
	case "jsonl":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		write = func(r Row) error { return enc.Encode(r) }
	case "csv":
		out := csv.NewWriter(w)
		if err := out.Write(csvHead); err != nil {
			return err
		}
		write = func(r Row) error { return out.Write(r.csv()) }
		finish = func() error { out.Flush(); return out.Error() }
	case "text":
		write = func(r Row) error { return r.writeLine(w) }
	default:
		write = func(r Row) error { return r.table(w) }
	}
	for p := range c.Timeline() {
		if f.Wants(c, p) {
			if err := write(NewRow(c, text, p)); err != nil {
				return err
			}
		}
	}
	return finish()
}

var csvHead = []string{"time", "uncertainty_s", "kind", "source", "line", "offset", "severity", "namespace", "pod", "container", "node",
	"target", "message", "count", "duration_s", "clock", "raw_time", "uptime_s", "attrs"}

// csv gives the row's fields in the order of csvHead. A cell that a
// spreadsheet would run as a formula is quoted with an apostrophe.
func (r Row) csv() []string {
	attrs, _ := json.Marshal(r.Attrs)
	out := []string{text(r.Time), number(r.Uncertainty), r.Kind, r.Source, itoa(int(r.Line)), strconv.FormatInt(r.Offset, 10),
		r.Severity, r.Namespace, r.Pod, r.Container, text(r.Node), r.Target, r.Message, itoa(int(r.Count)), number(r.Duration), r.Clock,
		r.RawTime, number(r.Uptime), string(attrs)}
	for i, s := range out {
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			out[i] = "'" + s
		}
	}
	return out
}

// table writes the row for people.
func (r Row) table(w io.Writer) error {
	at := r.Clock + " " + Clean(r.RawTime) // an age, or a day without a year
	switch {
	case r.Time != nil:
		at = *r.Time
	case r.Uptime != nil:
		at = "uptime " + number(r.Uptime)
	}
	message := r.Message
	if i := strings.IndexByte(message, '\n'); i >= 0 {
		message = message[:i]
	}
	_, err := fmt.Fprintf(w, "%-24s %-26s %-28s %-32s %s\n", at, r.Kind, shorten(Clean(r.Source)+":"+itoa(int(r.Line)), 28, true),
		shorten(Clean(r.Target), 32, false), shorten(Clean(message), 100, false))
	return err
}

// writeLine writes the row as the logs of a pod and the events about it read
// together: when, whose words, how bad, and the whole message.
func (r Row) writeLine(w io.Writer) error {
	at := r.Clock + " " + Clean(r.RawTime)
	switch {
	case r.Time != nil:
		at = *r.Time
	case r.Uptime != nil:
		at = "uptime " + number(r.Uptime)
	}
	who := strings.Trim(r.Pod+"/"+r.Container, "/")
	if who == "" {
		who = cmp.Or(r.Target, text(r.Node), path.Base(r.Source))
	}
	times := ""
	if r.Count > 1 {
		times = " (" + itoa(int(r.Count)) + " times)"
	}
	message := strings.ReplaceAll(strings.TrimRight(r.Message, "\n"), "\n", "\n"+strings.Repeat(" ", 26))
	_, err := fmt.Fprintf(w, "%-25s %-5s [%s] %s: %s%s\n", at, strings.ToUpper(r.Severity), Clean(who), r.Kind, cleanLines(message), times)
	return err
}

// cleanLines cleans a text and keeps its lines.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// shorten cuts text to a width in runes, at its beginning or its end.
func shorten(s string, width int, front bool) string {
	r := []rune(s)
	switch {
	case len(r) <= width:
		return s
	case front:
		return "…" + string(r[len(r)-width+1:])
	}
	return string(r[:width-1]) + "…"
}

func itoa(n int) string { return strconv.Itoa(n) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}
