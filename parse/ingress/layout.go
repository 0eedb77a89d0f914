package ingress

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"faultline/parse"
)

// Layout is an access log's format as it stands in a program's configuration,
// compiled: nginx's log_format, Apache's LogFormat, Envoy's text and JSON,
// HAProxy's log-format, Caddy's transform.
type Layout struct {
	// Text is the format as it was given.
	Text    string
	product product
	format  *parse.Format
	unit    time.Duration // of a duration whose name tells none
	begins  bool          // the time is when the request began
	parts   []part        // of a line of text
	keys    map[string]keyed
	columns *columns // of a log whose columns are named
}

// part is a literal and the value that stands behind it.
type part struct {
	before []byte
	name   string // as the configuration has it; "" at the end
	keyed
	quoted bool // the value is in quotes and may hold what ends others
	list   bool // words joined by ", " and " : "
}

// dialect reads the variables of one program's configuration.
type dialect struct {
	product product
	format  *parse.Format
	unit    time.Duration
	begins  bool
	// mine says whether a text is in this dialect.
	mine func(text string) bool
	// next reads the variable that text begins with, and gives what it means;
	// n is 0 when text does not begin with one.
	next func(text string) (name string, k keyed, n int)
	// expand replaces what stands for a whole format; nil if nothing does.
	expand func(text string) string
}

// dialects in the order in which they are asked: the first whose mark a text
// has reads it.
var dialects = []dialect{dialectEnvoy, dialectCaddy, dialectNginx, dialectHAProxy, dialectApache}

// Compile reads an access log's format as people have it in their
// configuration: the text alone, or with the directive before it. It is an error
// if no dialect knows it, or if a line would tell neither when nor with which
// status.
func Compile(text string) (*Layout, error) {
	if strings.Contains(text, fieldsMark) {
		c, err := named(text)
		return &Layout{Text: text, format: W3C, columns: c}, err
	}
	bare := definition(strings.TrimSpace(text))
	for i := range dialects {
		d := &dialects[i]
		if !d.mine(bare) {
			continue
		}
		if d.expand != nil {
			bare = d.expand(bare)
		}
		l := &Layout{Text: strings.ReplaceAll(text, "\n\n", "\n"), product: d.product, format: d.format, unit: d.unit, begins: d.begins}
		if d.product == productEnvoy && strings.HasPrefix(bare, "{") {
			l.keys = d.members(bare)
		} else {
			l.parts = d.parts(bare)
		}
		return l, l.sound()
	}
	return nil, errors.New("neither nginx's log_format, nor Apache's, Envoy's, HAProxy's or Caddy's: it has none of their variables")
}

// sound says whether a line of the layout can be an event.
func (l *Layout) sound() error {
	var has [senses]bool
	for _, p := range l.parts {
		has[p.sense] = true
	}
	for _, k := range l.keys {
		has[k.sense] = true
	}
	switch {
	case !has[senseStatus] && !(l.product == productEnvoy && has[senseState]):
		return errors.New("the format has no status")
	case !has[senseTime] && !has[senseBegin]:
		return errors.New("the format has no time")
	}
	return nil
}

// parts cuts a text into literals and variables.
func (d *dialect) parts(text string) (out []part) {
	var before []byte
	for len(text) > 0 {
		name, k, n := d.next(text)
		if n == 0 {
			before, text = append(before, text[0]), text[1:]
			continue
		}
		out = append(out, part{before: before, name: name, keyed: k})
		before, text = nil, text[n:]
	}
	out = append(out, part{before: before})
	for i := range out[:len(out)-1] {
		p, next := &out[i], out[i+1].before
		p.quoted = bytes.HasSuffix(p.before, []byte{'"'}) && bytes.HasPrefix(next, []byte{'"'})
		p.list = p.sense == senseUpstream || p.sense == senseOrigin || p.sense == senseLength || p.sense == senseConnect ||
			p.sense == senseAnswered
	}
	return out
}

// members reads a format of JSON: each key means what its variable means.
func (d *dialect) members(text string) map[string]keyed {
	out := map[string]keyed{}
	m := members{rest: []byte(strings.Join(strings.Fields(text), " "))}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		if _, k, n := d.next(string(bare(value))); n > 0 {
			out[string(key)] = k
		}
	}
	return out
}

// read takes a line apart. Every literal must be there, and nothing behind it.
// each, if set, is told every value.
func (l *Layout) read(line []byte, v *values, each func(name string, value []byte)) bool {
	if l.keys != nil {
		return l.object(line, v, each)
	}
	rest := line
	for i := range l.parts {
		p := &l.parts[i]
		if !bytes.HasPrefix(rest, p.before) {
			return false
		}
		rest = rest[len(p.before):]
		if p.name == "" {
			s, _ := v.stamp()
			return len(rest) == 0 && s.Width > 0
		}
		n := p.length(rest, l.parts[i+1].before)
		if n < 0 {
			return false
		}
		value := rest[:n]
		rest = rest[n:]
		if p.word() && bytes.IndexByte(value, ' ') >= 0 && !bytes.Contains(value, []byte(", ")) {
			return false // a stamp before the line, which a wrapper takes off
		}
		switch p.sense {
		case senseless:
		case senseStatus:
			if _, ok := status(bytes.TrimPrefix(value, []byte{'-'})); !ok && string(value) != "-1" {
				return false
			}
			v.take(p.keyed, value)
		case senseLasted:
			if len(bytes.Trim(value, "0123456789.,+- ")) > 0 {
				return false
			}
			fallthrough
		default:
			if l.product == productHAProxy && p.sense == senseState && !isState(value) {
				return false
			}
			if len(value) > 0 {
				v.take(p.keyed, value)
			}
		}
		if each != nil {
			each(p.name, value)
		}
	}
	return true
}

// word says whether a value is one word, or a list of forwarders.
func (p *part) word() bool {
	switch p.sense {
	case senseClient, senseMethod, senseHost, senseService, senseRoute, senseID, senseTries, senseSent:
		return !p.quoted
	}
	return false
}

// isState says whether a value is a termination state of HAProxy's.
func isState(b []byte) bool {
	for _, c := range b {
		if c != '-' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return len(b) == 2 || len(b) == 4
}

// length is how long the value is that b begins with, when next stands behind
// it; -1 when that does not come.
func (p *part) length(b, next []byte) int {
	switch {
	case len(next) == 0:
		return len(b)
	case p.quoted:
		return quoteEnd(b, next)
	case p.list && next[0] == ' ':
		text, _ := list(b)
		if bytes.HasPrefix(b[len(text):], next) {
			return len(text)
		}
	case p.sense == senseTime || p.sense == senseBegin:
		if _, n, ok := stampHAProxy(b); ok && bytes.HasPrefix(b[n:], next) {
			return n
		}
	}
	return bytes.Index(b, next)
}

// quoteEnd is where a value in quotes ends: at a quote that is not escaped and
// has behind it what the layout has.
func quoteEnd(b, next []byte) int {
	for i := 0; ; {
		n := bytes.Index(b[i:], next)
		if n < 0 {
			return -1
		}
		i += n
		back := 0
		for back < i && b[i-1-back] == '\\' {
			back++
		}
		if back%2 == 0 && (len(next) > 1 || i+1 == len(b)) {
			return i
		}
		i++
	}
}

// object reads a line of JSON by the layout's keys.
func (l *Layout) object(line []byte, v *values, each func(name string, value []byte)) bool {
	found := 0
	m := members{rest: line}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		if k, known := l.keys[string(key)]; known {
			found++
			v.take(k, value)
		}
		if each != nil {
			each(string(key), text(value))
		}
	}
	return m.whole && 2*found > len(l.keys)
}

// line makes of a line what its product's lines tell.
func (l *Layout) line(in *parse.Line, b *parse.Batch) parse.Verdict {
	if l.columns != nil {
		return l.columns.line(in, b)
	}
	var v values
	if !l.read(in.Text, &v, nil) {
		return parse.NotMine
	}
	var r response
	var coded bool
	if r.status, coded = v.status(); !coded {
		return parse.NotMine
	}
	v.line(in, &r, l.unit, l.begins)
	if in.Clock == parse.ClockNone {
		return parse.NotMine
	}
	if !l.product.may(&v, r.status) {
		answered(b, authority(bytes.TrimSpace(v.text(senseUpstream))), r.lasted)
		return parse.Other
	}
	l.product.tell(&v, &r)
	if l.format.Name == "nginx" {
		r.ask = requestKey(v.of[senseClient], v.of[senseRequest])
	}
	return r.verdict(b)
}

// detail shows a line under the names of the configuration; ok is false when it
// is not one of the layout.
func (l *Layout) detail(line []byte, d *parse.Detail) bool {
	if l.columns != nil {
		return l.columns.detail(line, d)
	}
	var v values
	var shown parse.Detail
	if !l.read(line, &v, func(name string, value []byte) { set(&shown, name, value) }) {
		return false
	}
	*d = shown
	if method, path, protocol := request(v.text(senseRequest)); len(protocol) > 0 {
		set(d, "method", method)
		set(d, "path", path)
	}
	d.RawTime = string(first(v.bare(senseBegin), v.bare(senseTime)))
	what := v.text(senseRequest)
	if len(what) == 0 {
		what = bytes.TrimSpace(append(append(append([]byte{}, v.text(senseMethod)...), ' '), v.text(sensePath)...))
	}
	if d.Message = asked(what, v.text(senseStatus)); d.Message == "" {
		asText(line, d)
	}
	r := response{}
	r.status, _ = v.status()
	r.lasted = v.lasted(l.unit)
	d.Zero = d.Zero || r.lasted == 0 && len(v.of[senseLasted]) > 0
	if l.product.may(&v, r.status) {
		if l.product.tell(&v, &r); r.cause != parse.CauseUnknown {
			d.Set("cause_class", r.cause.String())
		}
	}
	return true
}

// Laid gives the formats of the programs whose layouts are given, such that
// they read lines of these as well, and first.
func Laid(layouts []*Layout) (out []*parse.Format) {
	for _, f := range Formats() {
		var own []*Layout
		var texts []string
		for _, l := range layouts {
			if l.format.Name == f.Name {
				own, texts = append(own, l), append(texts, l.Text)
			}
		}
		if own == nil {
			continue
		}
		laid := *f
		laid.Layout = strings.Join(texts, "\n\n")
		laid.Line = func(in *parse.Line, b *parse.Batch) parse.Verdict {
			for _, l := range own {
				if v := l.line(in, b); v != parse.NotMine {
					return v
				}
			}
			return f.Line(in, b)
		}
		laid.Detail = alike(in(own[0].unit), func(line []byte, d *parse.Detail) {
			for _, l := range own {
				if l.detail(line, d) {
					return
				}
			}
			f.Detail(line, d)
		})
		out = append(out, &laid)
	}
	return out
}
