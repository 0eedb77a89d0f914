package record

import (
	"bytes"
	"unicode/utf8"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/wrap"
)

// reading is what a record says, as its members are gone through.
type reading struct {
	prefix  parse.Prefix
	text    []byte
	payload []byte // what the program wrote, where that is an object
	event   []byte // an Event of the Kubernetes API
	rank    int    // of the text, 1 above its key's; 0 while there is none
	stamped int    // of the time, in the same way
	owners  [4]int // of pod, namespace, container, node
	file    parse.Prefix
	strong  bool // the text is under a name that no program gives its own
	leveled bool // as a program's own record is
	msg     bool // the text is under the name that loggers of Go give it
	part    bool // one of several
	last    bool // of them
	depth   int
}

// deepest bounds how far objects within objects are followed.
const deepest = 5

// object calls each for the members of the JSON object that b is, and says
// whether it is a whole one. Values are given as they stand.
func object(b []byte, each func(key, value []byte)) bool {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return false
	}
	b = b[1 : len(b)-1]
	for len(b) > 0 && (b[0] > ' ' && b[0] < utf8.RuneSelf || len(bytes.TrimSpace(b)) > 0) {
		// Member wants to see what ends a bare value.
		key, value, n, ok := lex.Member(b[:len(b)+1])
		if !ok {
			return false
		}
		each(key, value)
		b = b[min(n, len(b)):]
	}
	return true
}

// enter goes one object deeper, and says whether that may be.
func (o *reading) enter() bool { o.depth++; return o.depth <= deepest }

// root reads the members of the record itself, or of an object that holds it.
func (o *reading) root(b []byte) (whole bool) {
	if o.enter() {
		var event eventKeys
		whole = object(b, func(name, value []byte) {
			k := known(name)
			event.see(name)
			switch {
			case value[0] == '{':
				o.inner(name, k, value)
			case value[0] == '[':
				o.list(k, value)
			case k.is == text:
				o.say(name, k, value)
			case k.is == when:
				o.at(k, value)
			case string(name) == "host": // as often the one that was asked for
			default:
				o.about(k, value)
			}
		})
		if whole && event.all() && o.event == nil {
			o.event = b
		}
	}
	o.depth--
	return whole
}

// say takes the text of the line.
func (o *reading) say(name []byte, k key, value []byte) {
	if value[0] != '"' || o.rank != 0 && o.rank <= int(k.rank)+1 {
		return
	}
	o.rank, o.text = int(k.rank)+1, lex.Unquote(value)
	o.msg = string(name) == "msg"
	o.strong = k.rank == 0 || name[0] == '_' || string(name) == "MESSAGE"
}

// unzoned is how much worse a time without its zone is than one with.
const unzoned = 100

// at takes a time.
func (o *reading) at(k key, value []byte) {
	var p parse.Prefix
	if !wrap.Time(lex.Unquote(value), &p) {
		return
	}
	rank := int(k.rank) + 1
	if !p.HasStamp {
		rank += unzoned
	}
	if o.stamped == 0 || rank < o.stamped {
		o.stamped = rank
		timed(&o.prefix, &p)
	}
}

// inner reads a member that is an object.
func (o *reading) inner(name []byte, k key, value []byte) {
	switch {
	case k.is == envelope || string(name) == "_source": // of Elasticsearch
		o.root(value)
	case k.is == text || k.is == payload:
		o.structured(name, k, value)
	case k.is == owner || k.is == labels || k.is == stream || k.is == origin:
		o.whose(name, value)
	case k.is >= pod && k.is <= node && string(name) != "host":
		o.named(k, value)
	}
}

// structured reads what a program wrote as an object. OpenTelemetry has the
// value of a body within one that names its type.
func (o *reading) structured(name []byte, k key, value []byte) {
	if o.enter() {
		var event eventKeys
		rank, own := -1, false
		var said []byte
		object(value, func(inner, v []byte) {
			event.see(inner)
			switch m := known(inner); {
			case m.is == level && k.is == payload:
				own = true
			case string(inner) == "stringValue" && v[0] == '"':
				said, rank = v, int(k.rank)
			case m.is == text && v[0] == '"' && (rank < 0 || int(m.rank) < rank):
				said, rank = v, int(m.rank)
			}
		})
		if event.all() && o.event == nil {
			o.event = value
		}
		if k.is == payload {
			o.payload = value
		}
		if own && said != nil {
			o.rank, o.text, o.strong = 1, value, true
		} else if said != nil {
			o.say(name, key{text, uint8(rank)}, said)
			o.strong = true
		} else if k.is == payload && o.rank == 0 {
			o.rank, o.text, o.strong = int(k.rank)+10, value, true
		}
	}
	o.depth--
}

// whose reads an object that says whose line it is. A pod's own labels are
// anybody's words.
func (o *reading) whose(name, b []byte) {
	if o.enter() {
		object(b, func(inner, value []byte) {
			k := known(inner)
			switch {
			case value[0] != '{' && value[0] != '[':
				o.about(k, value)
			case value[0] == '[':
				o.list(k, value)
			case k.is >= pod && k.is <= node:
				o.named(k, value)
			case string(name) == "resource" || k.is == owner || k.is == envelope:
				o.whose(inner, value)
			}
		})
	}
	o.depth--
}

// named reads the name of what is an object with more than a name.
func (o *reading) named(k key, b []byte) {
	object(b, func(inner, value []byte) {
		if string(inner) == "name" && value[0] == '"' {
			o.about(key{k.is, 0}, value)
		}
	})
}

// about takes what is said of the line besides its text and time.
func (o *reading) about(k key, value []byte) {
	v := lex.Unquote(value)
	if len(v) == 0 || string(value) == "null" {
		return
	}
	switch k.is {
	case pod, namespace, container, node:
		o.own(k, v)
	case stream:
		if v[0] == '{' {
			o.labels(v)
		} else {
			o.prefix.Stream = v
		}
	case labels:
		o.labels(v)
	case mark:
		o.part = o.part || v[0] == 'P' && (len(v) == 1 || v[1] == ':')
	case unended:
		o.part = o.part || string(v) == "true"
	case ended:
		o.last = o.last || string(v) == "true"
	case origin:
		o.path(v)
	case level:
		o.leveled = true
	}
}

// own takes the name of a pod, a namespace or a container.
func (o *reading) own(k key, v []byte) {
	i := int(k.is - pod)
	if had := o.owners[i]; had != 0 && had <= int(k.rank)+1 || len(v) > 253 || bytes.ContainsAny(v, " \n/") {
		return
	}
	o.owners[i] = int(k.rank) + 1
	switch k.is {
	case pod:
		o.prefix.Pod = v
	case namespace:
		o.prefix.Namespace = v
	case node:
		o.prefix.Node = v
	case container:
		if c, p, ns, ok := dockerName(v); ok {
			o.file = parse.Prefix{Container: c, Pod: p, Namespace: ns}
			o.owners[i] = 0
		} else {
			o.prefix.Container = v
		}
	}
}

// cutAt is the length of the parts into which docker cuts a line (moby
// daemon/logger/copier.go).
const cutAt = 16 << 10

// settle completes the prefix when all was read, and says whether the record is
// one around a line rather than a program's own.
func (o *reading) settle() bool {
	if in := &o.prefix; len(o.file.Pod) > 0 && (len(in.Pod) == 0 || bytes.Equal(in.Pod, o.file.Pod)) {
		in.Pod = o.file.Pod
		if len(in.Namespace) == 0 {
			in.Namespace = o.file.Namespace
		}
		if len(in.Container) == 0 {
			in.Container = o.file.Container
		}
	}
	owned := len(o.prefix.Pod)+len(o.prefix.Container)+len(o.prefix.Stream) > 0
	if o.event != nil {
		o.text = o.event
		return true
	}
	if o.part || len(o.prefix.Stream) > 0 && o.strong && len(o.text) >= cutAt && !bytes.HasSuffix(o.text, []byte{'\n'}) {
		o.prefix.Partial = !o.last
	}
	o.text = bytes.TrimSuffix(bytes.TrimSuffix(o.text, []byte{'\n'}), []byte{'\r'})
	return o.rank != 0 && (owned || o.stamped != 0 && (o.strong || !o.leveled))
}

// onto adds what the record says to what stood outside of it.
func (o *reading) onto(p *parse.Prefix) {
	in := &o.prefix
	if o.stamped != 0 {
		timed(p, in)
	}
	p.Partial = in.Partial || p.Partial
	for _, f := range []struct{ to, from *[]byte }{{&p.Stream, &in.Stream}, {&p.Namespace, &in.Namespace}, {&p.Pod, &in.Pod},
		{&p.Container, &in.Container}, {&p.Node, &in.Node}} {
		if len(*f.from) > 0 {
			*f.to = *f.from
		}
	}
}

// timed gives one prefix the time of another.
func timed(to, from *parse.Prefix) {
	to.Stamp, to.HasStamp, to.Local, to.HasLocal, to.Grain = from.Stamp, from.HasStamp, from.Local, from.HasLocal, from.Grain
}
