package kubelet

import (
	"bytes"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// columns are those of a table of events whose head names them: what
// `kubectl get events -o custom-columns=…` prints, and tables with times in
// place of ages.
type columns struct {
	last   uint32 // line of the latest row
	starts []int
	names  []string
}

// columnNames are what people call the columns, without spaces and underscores.
var columnNames = map[string]string{
	"LASTSEEN": "last", "LAST": "last", "TIME": "last", "TIMESTAMP": "last", "LASTTIMESTAMP": "last", "LASTTIME": "last", "WHEN": "last", "CREATED": "last",
	"FIRSTSEEN": "first", "FIRST": "first", "FIRSTTIMESTAMP": "first", "EVENTTIME": "last", "CREATIONTIMESTAMP": "last",
	"COUNT": "count", "TIMES": "count", "TYPE": "type", "LEVEL": "type", "REASON": "reason", "MSG": "message", "MESSAGE": "message", "NOTE": "message",
	"OBJECT": "object", "OBJ": "object", "NAME": "object", "POD": "object", "INVOLVED": "object", "INVOLVEDOBJECT": "object", "REGARDING": "object",
	"KIND": "kind", "OBJKIND": "kind", "NAMESPACE": "namespace", "NS": "namespace", "SOURCE": "from", "COMPONENT": "from", "FROM": "from",
	"HOST": "host", "SUBOBJECT": "part",
}

// columnsOf reads the head of such a table, nil when a line is none.
func columnsOf(line []byte) *columns {
	if len(line) == 0 || line[0] < 'A' || line[0] > 'Z' || !bytes.Contains(line, []byte("REASON")) ||
		bytes.ToUpper(line)[len(line)-1] != line[len(line)-1] {
		return nil
	}
	c := &columns{}
	has := map[string]bool{}
	for at := 0; at < len(line); {
		end := gapFrom(line, at)
		name := columnNames[strings.NewReplacer(" ", "", "_", "", "-", "").Replace(string(line[at:end]))]
		c.starts, c.names = append(c.starts, at), append(c.names, name)
		has[name] = true
		for at = end; at < len(line) && (line[at] == ' ' || line[at] == '\t'); at++ {
		}
	}
	if !has["reason"] || !has["message"] || !has["last"] && !has["object"] {
		return nil
	}
	return c
}

// gapFrom is where a column's title that begins at i ends: before two spaces or
// a tab.
func gapFrom(line []byte, i int) int {
	for ; i < len(line); i++ {
		if line[i] == '\t' || line[i] == ' ' && (i+1 == len(line) || line[i+1] == ' ') {
			break
		}
	}
	return i
}

// cells cuts a row at the columns, or where its spaces were collapsed at the
// words.
func (c *columns) cells(line []byte) map[string][]byte {
	out := map[string][]byte{}
	for i, at := range c.starts {
		if at > 0 && (at >= len(line) || line[at-1] != ' ' && line[at-1] != '\t') {
			return nil
		}
		end := len(line)
		if i+1 < len(c.starts) {
			end = min(c.starts[i+1], len(line))
		}
		if v := trim(line[at:end]); c.names[i] != "" && string(v) != "<none>" {
			out[c.names[i]] = v
		}
	}
	return out
}

// row reads a row of the table.
func (c *columns) row(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.No-c.last > rowBreak {
		return parse.NotMine
	}
	cell := c.cells(l.Text)
	if cell == nil || !isWord(cell["reason"]) || len(cell["message"]) == 0 {
		return parse.NotMine
	}
	c.last = l.No
	from := cell["from"]
	s := said{reason: cell["reason"], from: from, message: cell["message"], part: cell["part"], kind: cell["type"]}
	e := s.event(b)
	if n, _, ok := lex.Digits(cell["count"]); ok {
		e.Count = uint32(min(max(n, 1), 1<<31))
	}
	about(&e, c.target(cell), b)
	last, ok := readMoment(string(cell["last"]))
	first, okFirst := readMoment(string(cell["first"]))
	switch {
	case !ok && okFirst:
		last, ok = first, true
		fallthrough
	case ok:
		e.Time, e.Grain = last.at, last.grain
		if okFirst {
			e.Lasted = max(0, last.since(first))
		}
		l.Own, l.Grain, l.Clock = e.Time, e.Grain, parse.ClockWall
	default:
		c.aged(cell, &e, l)
	}
	b.Add(e)
	return parse.Took
}

// aged gives an event the ages of its row.
func (c *columns) aged(cell map[string][]byte, e *parse.Event, l *parse.Line) {
	last, ok := readAge(cell["last"])
	if !ok {
		return
	}
	e.Time, e.Grain = last.time(), last.grain()
	if first, ok := readAge(cell["first"]); ok {
		e.Lasted = time.Duration(max(0, e.Time-first.time()))
	}
	l.Own, l.Grain, l.Clock = e.Time, e.Grain, parse.ClockAge
}

// target names the object: "pod/web-0", or a name and perhaps a kind.
func (c *columns) target(cell map[string][]byte) string {
	kind, name := string(cell["kind"]), string(cell["object"])
	if k, n, ok := strings.Cut(name, "/"); ok {
		kind, name = k, n
	}
	if _, ok := hexTime([]byte(name)); ok { // the event's own name
		name = name[:strings.LastIndexByte(name, '.')]
	}
	if kind == "" {
		kind = "pod"
	}
	if name == "" {
		return ""
	}
	return target(string(cell["namespace"]), kind, name)
}

// untimed reads a row that lost its times in a paste: a reason, an object and
// the message of a probe, or that message alone.
func untimed(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := undecorated(l.Text)
	if word, rest := next(text); isType(word) {
		text = trim(rest)
	}
	if probe, said := probeOf(text); probe != parse.ProbeUnknown && unmistakable(said) {
		b.Add(unhealthy(text).event(b))
		return parse.Took
	}
	if v := bareMessage(l, text, b); v != parse.NotMine {
		return v
	}
	if reason, rest := next(text); isWord(reason) {
		if s, _, ok := messageOf(trim(rest)); ok && string(s.reason) == string(reason) {
			return bareMessage(l, trim(rest), b)
		}
	}
	reason, rest := next(text)
	object, rest := next(rest)
	kind, name, ok := strings.Cut(string(object), "/")
	if !ok {
		var word []byte
		word, rest = next(rest)
		kind, name, ok = string(object), string(word), isKind(object)
	}
	if probe, _ := probeOf(trim(rest)); probe == parse.ProbeUnknown || !ok || string(reason) != "Unhealthy" || name == "" {
		return parse.NotMine
	}
	e := said{reason: reason, message: trim(rest)}.event(b)
	e.Target = b.Names.AddString(target("", kind, name))
	b.Add(e)
	return parse.Took
}

// unmistakable says whether how a probe failed is told in words that are the
// kubelet's: any sentence may begin like its message.
func unmistakable(text []byte) bool {
	f, _ := failureOf(text)
	return f != parse.FailureExec && f != parse.FailureOther || bytes.HasPrefix(text, []byte(`command "`)) && bytes.HasSuffix(text, []byte("timed out"))
}
