package report

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// Source is a source as other programs read it. A pasted source is several:
// each run of lines, and the prose around them.
type Source struct {
	Path            string      `json:"path"`
	Format          string      `json:"format"`
	Namespace       string      `json:"namespace"`
	Pod             string      `json:"pod"`
	Container       string      `json:"container"`
	Node            *string     `json:"node"`
	Life            *string     `json:"life"`
	Bundle          *string     `json:"bundle"`
	Bytes           int64       `json:"bytes"`
	Lines           uint64      `json:"lines"`
	Events          uint64      `json:"events"`
	Unparsed        uint64      `json:"unparsed"`
	SHA256          string      `json:"sha256"`
	Duplicate       uint64      `json:"duplicate"`
	DuplicateOf     *string     `json:"duplicate_of"`
	Other           uint64      `json:"other"`
	ContainerSHA256 *string     `json:"container_sha256"`
	Streams         []Stream    `json:"streams"`
	First           *string     `json:"first"`
	Last            *string     `json:"last"`
	Coverage        [][2]string `json:"coverage"`
	Clock           Clock       `json:"clock"`
	Problems        []Problem   `json:"problems"`
}

// Stream is one life of one process in a source.
type Stream struct {
	ID        int     `json:"id"`
	Pod       string  `json:"pod"`
	Container string  `json:"container"`
	Node      *string `json:"node"`
	Instance  *string `json:"instance"`
	Life      int     `json:"life"`
	CopyOf    *int    `json:"copy_of"`
	Clock     Clock   `json:"clock"`
	// Serves says whether requests pass through what wrote it, so that its
	// coverage is that of the failures; Span is from its first line to its last,
	// Holes what of it counts as not captured. Both are of a clock on the wall.
	Serves bool        `json:"serves"`
	Span   *[2]string  `json:"span"`
	Holes  [][2]string `json:"holes"`
}

// Hole is a stretch that counts as not captured although logs go on behind it.
type Hole struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Length  float64  `json:"length_s"`
	Nothing bool     `json:"nothing_was_running"`
	Sources []string `json:"sources"`
	Streams []int    `json:"streams"`
}

// holesOf lists the holes on the wall clock, in the order of time.
func holesOf(c *correlate.Case) []Hole {
	out := []Hole{}
	for _, h := range c.Holes() {
		if !h.Clock.OnWall() {
			continue
		}
		one := Hole{From: Stamp(h.From, 0), To: Stamp(h.To, 0), Length: h.Lasts().Seconds(), Nothing: h.All, Sources: []string{},
			Streams: h.Streams}
		for _, s := range h.Streams {
			if path := c.SourceName(s); !slices.Contains(one.Sources, path) {
				one.Sources = append(one.Sources, path)
			}
		}
		out = append(out, one)
	}
	return out
}

// stamps prints both ends of a span.
func stamps(s parse.Span, within time.Duration) [2]string {
	return [2]string{Stamp(s.From, within), Stamp(s.To, within)}
}

// Clock says what a stream's times count from and how well that is known.
type Clock struct {
	Basis       string     `json:"basis"`
	Zero        *string    `json:"zero"`
	Uncertainty *float64   `json:"uncertainty_s"`
	Anchor      string     `json:"anchor"`
	NotAfter    *string    `json:"not_after"`
	Ambiguous   *float64   `json:"ambiguous_modulo_s"`
	Why         string     `json:"why"`
	Evidence    []Evidence `json:"evidence"`
}

// Evidence is a line that proves something.
type Evidence struct {
	Source string  `json:"source"`
	Line   uint32  `json:"line"`
	Node   *string `json:"node"`
}

// Problem is a line that could not be read.
type Problem struct {
	Line uint32 `json:"line"`
	Text string `json:"text"`
}

// Sources lists what was read.
func Sources(c *correlate.Case) []Source {
	out := make([]Source, 0, len(c.Capture.Sources))
	for i := range c.Capture.Sources {
		out = append(out, sourcesOf(c, i)...)
	}
	return out
}

// sourcesOf gives the rows of one source.
func sourcesOf(c *correlate.Case, i int) []Source {
	src := &c.Capture.Sources[i]
	whole := Source{Path: src.Path, Format: src.Format, Bytes: src.Bytes, SHA256: hex.EncodeToString(src.SHA256[:]),
		Lines: src.Counts.Lines, Unparsed: src.Counts.Unparsed, Other: src.Counts.Other, Events: src.Counts.Events,
		Streams: []Stream{}, Coverage: [][2]string{}, Problems: []Problem{}, Bundle: optional(c.Bundles[i])}
	whole.owner(c.Owners[i])
	whole.Duplicate = min(c.Duplicate[i], whole.Events)
	whole.Events -= whole.Duplicate
	if src.ContainerSHA256 != nil {
		s := hex.EncodeToString(src.ContainerSHA256)
		whole.ContainerSHA256 = &s
	}
	for _, p := range src.Problems {
		whole.Problems = append(whole.Problems, Problem{p.Line, p.Text})
	}
	var mine []int
	for s := range c.StreamsOf(uint32(i)) {
		mine = append(mine, s)
	}
	if !src.Pasted {
		whole.fill(c, mine)
		return []Source{whole}
	}
	whole.Format = "text"
	whole.Clock = Clock{Anchor: "none", Evidence: []Evidence{}}
	out := []Source{whole}
	// Every line that a format took is in a run: between them are prose, and
	// what was not understood.
	out[0].Events, out[0].Duplicate = 0, 0
	left := src.Counts.Events
	for _, s := range mine {
		run := runOf(c, s, whole.SHA256)
		left -= min(run.Events+run.Duplicate, left)
		ends := min(left, run.Other, endsOf(&c.Streams[s]))
		run.Events, run.Other, left = run.Events+ends, run.Other-ends, left-ends
		out[0].Lines -= min(run.Lines, out[0].Lines)
		out = append(out, run)
	}
	out[0].Unparsed = min(out[0].Unparsed, out[0].Lines)
	out[0].Other = out[0].Lines - out[0].Unparsed
	return out
}

// endsOf is how many events have their exact duration, which traces tell in a
// line of its own that is a part of the event.
func endsOf(st *parse.Stream) (n uint64) {
	for i := range st.Events {
		switch e := &st.Events[i]; e.Kind {
		case parse.ControllerPopStall, parse.ControllerTrace:
			if e.Lasted%time.Millisecond != 0 {
				n++
			}
		}
	}
	return n
}

// runOf is the row of one run of lines in a pasted source.
func runOf(c *correlate.Case, s int, sum string) Source {
	st := &c.Streams[s]
	run := Source{Path: c.SourceName(s), Format: st.Format, Lines: st.Lines, SHA256: sum, Coverage: [][2]string{}, Problems: []Problem{}}
	last := uint32(0)
	for i := range st.Events {
		if st.Events[i].Line == last || st.Events[i].Kind == parse.LogOther {
			continue
		}
		last = st.Events[i].Line
		if c.Repeats(s, i) {
			run.Duplicate++
		} else {
			run.Events++
		}
	}
	run.Events = min(run.Events, run.Lines)
	run.Duplicate = min(run.Duplicate, run.Lines-run.Events)
	run.Other = run.Lines - run.Events - run.Duplicate
	run.fill(c, []int{s})
	return run
}

// fill adds what a source's streams say.
func (r *Source) fill(c *correlate.Case, streams []int) {
	r.Clock = Clock{Anchor: "none", Evidence: []Evidence{}}
	var most uint64
	var from, to parse.Time
	for _, s := range streams {
		st := &c.Streams[s]
		who := c.Who[s]
		one := Stream{ID: s, Pod: who.Pod, Container: who.Container, Node: optional(who.Node),
			Instance: optional(who.Instance.String()), Life: st.Life, Clock: clockOf(c, s), Serves: c.Serves(s), Holes: [][2]string{}}
		if of := c.CopyOf[s]; of >= 0 {
			one.CopyOf = &of
		}
		a := &c.Anchors[s]
		if n := len(st.Coverage); a.Placed() && n > 0 {
			span := stamps(parse.Span{From: st.Coverage[0].From + a.Zero, To: st.Coverage[n-1].To + a.Zero}, a.Within)
			one.Span = &span
			for _, q := range c.Silent(s) {
				one.Holes = append(one.Holes, stamps(q, a.Within))
			}
		}
		r.Streams = append(r.Streams, one)
		if st.Lines > most {
			most = st.Lines
			r.Clock = one.Clock
			r.owner(who)
			r.DuplicateOf = nil
			if of := c.CopyOf[s]; of >= 0 {
				name := c.SourceName(of)
				r.DuplicateOf = &name
			}
		}
		if !a.Placed() {
			continue
		}
		for _, cov := range c.Captured(s) { // without the silences that lie in holes
			r.Coverage = append(r.Coverage, stamps(cov, a.Within))
		}
		for _, cov := range st.Coverage {
			if from == 0 || cov.From+a.Zero < from {
				from = cov.From + a.Zero
			}
			to = max(to, cov.To+a.Zero)
		}
	}
	if from != 0 {
		f, t := Stamp(from, time.Millisecond), Stamp(to, time.Millisecond)
		r.First, r.Last = &f, &t
	}
}

// owner says whose a source is. A source of several machines is of none.
func (r *Source) owner(who correlate.Identity) {
	r.Namespace, r.Pod, r.Container = who.Namespace, who.Pod, who.Container
	r.Node, r.Life = optional(who.Node), optional(who.Instance.String())
}

func clockOf(c *correlate.Case, s int) Clock {
	a := &c.Anchors[s]
	k := Clock{Basis: c.Streams[s].Clock.String(), Anchor: a.Basis.String(), Why: a.Why, Evidence: evidence(c, a.Proof)}
	if a.NotAfter != 0 {
		at := Stamp(a.NotAfter, time.Second)
		k.NotAfter = &at
	}
	if !a.Placed() {
		if a.Why == "" {
			k.Why = "nothing in the dump says when its zero was"
		}
		if a.Modulo > 0 {
			k.Ambiguous = secondsOf(a.Modulo)
		}
		return k
	}
	u := a.Within.Seconds()
	k.Uncertainty = &u
	if k.Basis != "wall" {
		z := Stamp(a.Zero, a.Within)
		k.Zero = &z
	}
	return k
}

func evidence(c *correlate.Case, refs []parse.Ref) []Evidence {
	out := []Evidence{}
	for _, r := range refs {
		out = append(out, Evidence{c.Capture.Sources[r.Source].Path, r.Line, optional(c.NodeOf(r))})
	}
	return out
}

// WriteSources writes the list as "table", behind the contents of a bundle, or
// as "json".
func WriteSources(w io.Writer, c *correlate.Case, form string) error {
	list := Sources(c)
	if form == "json" {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(list)
	}
	if err := writeContents(w, c, list); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\tFORMAT\tLINES\tEVENTS\tREPEATED\tOTHER\tUNPARSED\tCLOCK\tANCHOR\tWITHIN\tFIRST\tLAST")
	for _, s := range list {
		format, within := s.Format, ""
		if format == "" {
			format = "(not recognised)"
		}
		if s.Format == "" && s.Bytes == 0 && len(s.Problems) == 0 {
			format = "(empty)"
		}
		if s.Clock.Uncertainty != nil && s.Clock.Basis != "wall" {
			within = "±" + time.Duration(*s.Clock.Uncertainty*1e9).Round(10*time.Millisecond).String()
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", Clean(s.Path), format, s.Lines, s.Events, s.Duplicate,
			s.Other, s.Unparsed, s.Clock.Basis, s.Clock.Anchor, within, text(s.First), text(s.Last))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	writeBounds(w, list)
	return writeProblems(w, list)
}

// writeBounds says which clocks rest on when a file was written, for that time
// is a bound on one side only, and a copy of the file has another.
func writeBounds(w io.Writer, list []Source) {
	first := true
	for _, s := range list {
		if s.Clock.NotAfter == nil {
			continue
		}
		if first {
			fmt.Fprintln(w)
			first = false
		}
		fmt.Fprintf(w, "%s: %s\n", Clean(s.Path), Clean(s.Clock.Why))
	}
}

// writeProblems lists the lines that were not understood, the first few of
// each source.
func writeProblems(w io.Writer, list []Source) error {
	for _, s := range list {
		most := 5
		if s.Format == "" {
			most = 2 // what it looks like, and a line
		}
		for i, p := range s.Problems {
			if i == most {
				fmt.Fprintf(w, "%s: and more\n", Clean(s.Path))
				break
			}
			at := ""
			if p.Line > 0 {
				at = ":" + itoa(int(p.Line))
			}
			if _, err := fmt.Fprintf(w, "%s%s: %s\n", Clean(s.Path), at, Clean(p.Text)); err != nil {
				return err
			}
		}
	}
	return nil
}
