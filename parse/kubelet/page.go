package kubelet

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// page is where in a page of `kubectl describe` the lines are. It is the
// batch's State, because its table of events names no object: the first lines
// of the page do.
type page struct {
	last      uint32 // the number of the latest line that was the page's
	indent    int    // of its first line
	namespace string
	name      string
	container string
	kind      string // of the object; "" is a pod
	inList    bool   // below "Containers:"
	volumes   bool   // below "Volumes:", where names are not the page's
	events    bool   // below "Events:"
	running   bool   // below "State: Running"
	limits    bool   // below "Limits:"
	init      bool   // below "Init Containers:"
	life      life
	lives     []told // of the container, whose restarts are still to come
}

// pageBreak is how many blank lines a page may hold, and rowBreak how many
// lines the output of a command may take between two rows of its table.
const (
	pageBreak = 3
	rowBreak  = 12
)

// goesOn says whether a line that follows the page's latest one, with at most
// gap lines of something else between, may still be the page's.
func (p *page) goesOn(l *parse.Line, gap int) bool {
	return p != nil && int64(l.No)-int64(p.last) <= int64(max(gap, pageBreak))
}

// between is how many lines may stand between the page's latest line and a
// row: a row that is indented as describe does it is taken to go on after a
// message of several lines.
func (p *page) between(row []byte) int {
	if p != nil && p.events && indentOf(row) == p.indent+2 {
		return rowBreak
	}
	return 0
}

// target names the page's object.
func (p *page) target() string {
	switch {
	case p.name == "":
		return ""
	case p.kind != "":
		return target(p.namespace, p.kind, p.name)
	}
	return target(p.namespace, "pod", p.name)
}

// begin starts a page with a line that can only be the first of one, or of
// what was copied out of one.
func begin(l *parse.Line, b *parse.Batch) parse.Verdict {
	indent, key, value := pair(l.Text)
	p := &page{last: l.No, indent: indent}
	switch {
	case key == "Name" && oneWord(value):
		p.name = string(value)
	case key == "State" && isState(value):
		p.indent, p.inList, p.running = max(indent-4, 0), true, string(value) == "Running"
		p.life = lifeOf(key, value)
		p.container = containerBefore(l, b)
	case key == "Last State" && isState(value):
		p.indent, p.inList = max(indent-4, 0), true
		p.life = lifeOf(key, value)
		p.container = containerBefore(l, b)
	case key == "Events" && (len(value) == 0 || string(value) == "<none>"):
		p.events = true
	default:
		if len(value) == 0 && indent > 0 && label([]byte(key)) {
			remember(b).maybe = maybe{key, l.No}
		}
		return parse.NotMine
	}
	remember(b).page = p
	return parse.Other
}

// maybe is a line of a page without its beginning that may name a container.
type maybe struct {
	name string
	line uint32
}

// containerBefore is the container whose state begins: its name stands a few
// lines before it.
func containerBefore(l *parse.Line, b *parse.Batch) string {
	if s := known(b); s != nil && s.maybe.name != "" && l.No-s.maybe.line <= rowBreak {
		return s.maybe.name
	}
	return ""
}

func isState(value []byte) bool {
	return string(value) == "Running" || string(value) == "Waiting" || string(value) == "Terminated"
}

func oneWord(b []byte) bool { return len(b) > 0 && !bytes.ContainsAny(b, blanks) }

// pair reads "Key:   value" or "Key:". Describe aligns its values, so that two
// spaces follow the colon; one space is prose.
func pair(line []byte) (indent int, key string, value []byte) {
	indent = indentOf(line)
	line = line[indent:]
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 60 || !isLetter(line[0]) || bytes.IndexByte(line[:i], '=') >= 0 {
		return indent, "", nil
	}
	value = line[i+1:]
	if len(trim(value)) > 0 && gap(value) != 0 {
		return indent, "", nil
	}
	return indent, string(line[:i]), trim(value)
}

func indentOf(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " ")) }

// line reads a line within a page.
func (p *page) line(l *parse.Line, b *parse.Batch) parse.Verdict {
	indent, key, value := pair(l.Text)
	if key == "Name" && (indent <= p.indent && !p.volumes || p.events) {
		return begin(l, b)
	}
	if p.events {
		return begin(l, b) // only rows follow, and perhaps the next page
	}
	if p.backends(l, b) || nodeCondition(l, p.name, b) || p.replicas(key, value, b) || p.endpoints(l, key, value, b) {
		p.last = l.No
		return parse.Took
	}
	if key == "" {
		// Labels, mounts, conditions and tolerations go on over several lines.
		text := l.Text[indent:]
		if indent < p.indent+2 || len(text) == 0 || text[0] == '[' || has(text, "time=") {
			return parse.NotMine
		}
		p.last = l.No
		return parse.Other
	}
	p.last = l.No
	return p.pair(l, b, indent, key, value)
}

// pair takes what a line of the page says.
func (p *page) pair(l *parse.Line, b *parse.Batch, indent int, key string, value []byte) parse.Verdict {
	limits := p.limits
	p.limits = false
	if indent <= p.indent {
		p.kindOf(key, value)
	}
	switch key {
	case "Namespace":
		if indent <= p.indent && oneWord(value) {
			p.namespace = string(value)
		}
	case "Containers", "Init Containers", "Ephemeral Containers":
		p.inList, p.container, p.init = true, "", key == "Init Containers"
		p.life, p.lives = life{}, nil
	case "Conditions", "QoS Class":
		p.inList = false
	case "Volumes":
		p.inList, p.volumes = false, true
	case "Events":
		p.events = true
	case "Node":
		return p.node(l, b, indent, value)
	case "State", "Last State":
		p.running = key == "State" && string(value) == "Running"
		p.life = lifeOf(key, value)
	case "Reason", "Exit Code", "Finished", "Restart Count":
		return p.lived(l, b, key, value)
	case "Limits":
		p.limits = true
	case "Started", "Image":
		return p.fact(l, b, key, value)
	case "cpu":
		if limits && p.inList && len(value) > 0 {
			b.Fact(l, p.subject(b), parse.FactCPULimit, string(value), 0, 0)
			return parse.Took
		}
	default:
		if p.inList && len(value) == 0 && label([]byte(key)) && indent <= p.indent+2 {
			p.container, p.running = key, false
			p.life, p.lives = life{}, nil
		}
		p.limits = limits && key == "memory"
	}
	return parse.Other
}

// node states on which node the pod runs: "plum-node-1/10.0.0.7".
func (p *page) node(l *parse.Line, b *parse.Batch, indent int, value []byte) parse.Verdict {
	node, _, _ := bytes.Cut(value, []byte{'/'})
	if indent > p.indent || !oneWord(node) || p.kind != "" || p.name == "" || node[0] == '<' {
		return parse.Other
	}
	b.Fact(l, b.Names.AddString(parse.Subject(p.namespace, p.name, "")), parse.FactNode, string(node), 0, 0)
	return parse.Took
}

// fact states what the page says of its container. Pages hold whole seconds
// of the zone of whoever printed them.
func (p *page) fact(l *parse.Line, b *parse.Batch, key string, value []byte) parse.Verdict {
	if !p.inList || p.kind != "" {
		return parse.Other
	}
	if key == "Image" {
		if !oneWord(value) {
			return parse.Other
		}
		b.Fact(l, p.subject(b), parse.FactImage, string(value), 0, 0)
		return parse.Took
	}
	at, n, ok := lex.RFC1123Z(value)
	if !ok || n != len(value) {
		return parse.Other
	}
	v := p.began(l, b, at)
	if !p.running {
		return v
	}
	b.Fact(l, p.subject(b), parse.FactStartedAt, string(value), parse.Time(at.Unix), time.Duration(at.Width)/2)
	return parse.Took
}

func (p *page) subject(b *parse.Batch) parse.Name {
	return b.Names.AddString(parse.Subject(p.namespace, p.name, p.container))
}
