package proxy

import (
	"bytes"
	"strconv"

	"faultline/parse"
	"faultline/parse/lex"
)

// field is the value of " key=…" in a message. A value printed with Debug is
// quoted; one printed with Display may hold spaces, and ends where the next
// " key=" begins.
func field(m []byte, key string) []byte {
	v, _ := fieldAnd(m, key)
	return v
}

// fieldAnd also gives what follows the value.
func fieldAnd(m []byte, key string) (value, rest []byte) {
	for from := 0; ; {
		n := bytes.IndexByte(m[from:], '=')
		if n < 0 {
			return nil, m
		}
		sign := from + n
		from = sign + 1
		i := sign - len(key)
		if i < 0 || string(m[i:sign]) != key || i > 0 && m[i-1] != ' ' {
			continue
		}
		v := m[sign+1:]
		if text, n, ok := lex.Quoted(v); ok {
			return text, v[n:]
		}
		value = cutField(v)
		return value, v[len(value):]
	}
}

// cutField ends an unquoted value before the next " key=": it looks for the
// sign, which is rare, and from there back for the space.
func cutField(v []byte) []byte {
	for from := 0; ; {
		n := bytes.IndexByte(v[from:], '=')
		if n < 0 {
			return v
		}
		at := from + n
		key := at
		for key > from && inKey(v[key-1]) {
			key--
		}
		if key > from && v[key-1] == ' ' && keyAt(v[key:at+1]) > 0 {
			return v[:key-1]
		}
		from = at + 1
	}
}

func inKey(c byte) bool {
	return c >= 'a' && c <= 'z' || c == '.' || c == '_' || c >= '0' && c <= '9'
}

// keyAt is the length of "key=" at the beginning of b, 0 if there is none.
func keyAt(b []byte) int {
	for i, c := range b {
		switch {
		case c == '=' && i > 0:
			return i + 1
		case inKey(c) && (i > 0 || c > '9' || c < '0'):
		default:
			return 0
		}
	}
	return 0
}

// detail takes a proxy's line apart to be shown.
func detail(text []byte, d *parse.Detail) {
	var r record
	if !r.show(text, d) {
		return
	}
	m := r.said()
	if m == nil {
		return
	}
	endpoint := r.endpoint()
	switch m.kind {
	case parse.ProxyRequestFailed, parse.ProxyTCPFailed:
		f := r.failure(d.Release)
		if m.kind == parse.ProxyTCPFailed {
			f.http = 0
		}
		if len(f.endpoint) == 0 {
			f.endpoint = endpoint
		}
		endpoint = nil
		f.detail(d)
	case parse.ProxyConnectFailed:
		m := meant(field(r.message, "error"))
		d.Set("cause", string(m.leaf))
		d.Set("cause_class", m.cause.String())
	case parse.ProxyBreaker:
		d.Set("state", m.state)
	}
	if len(endpoint) > 0 {
		d.Set("endpoint", string(endpoint))
	}
	if i := bytes.Index(r.message, []byte(" entering failfast after ")); i > 0 {
		d.Set("scope", string(r.message[:i])) // to 2.12; since then it is always Service
	}
}

// endpoint is the address that a record's spans name as the one that was
// chosen; "forward" is one that the application named itself.
func (r *record) endpoint() []byte {
	for _, span := range []string{"endpoint{addr=", "endpoint{peer.addr=", "forward{addr="} {
		if _, after, ok := bytes.Cut(r.spans, []byte(span)); ok {
			addr, _, _ := bytes.Cut(after, []byte{'}'})
			addr, _, _ = bytes.Cut(addr, []byte{' '})
			return addr
		}
	}
	return nil
}

// show takes a line apart into what every record has; false if it is none.
func (r *record) show(text []byte, d *parse.Detail) bool {
	if c, ok := parse.ReadCrash(text); ok {
		c.Detail(text, d)
		return false
	}
	if !r.whole(text) {
		d.Message = string(text)
		return false
	}
	d.RawTime = string(r.time)
	d.Set("module", string(r.target))
	if len(r.thread) > 0 {
		d.Set("thread", string(r.thread))
	}
	if len(r.spans) > 0 {
		d.Set("spans", string(r.spans))
	}
	d.Message = string(r.message)
	fields(r.message, d)
	return true
}

// fields lists every key=value of a message and cuts the message before the
// first.
func fields(m []byte, d *parse.Detail) {
	first := true
	for i := 0; i < len(m); i++ {
		n := 0
		if i == 0 || m[i-1] == ' ' {
			n = keyAt(m[i:])
		}
		if n == 0 {
			continue
		}
		if first {
			d.Message = string(bytes.TrimRight(m[:i], " "))
			first = false
		}
		key := string(m[i : i+n-1])
		v := m[i+n:]
		if text, w, ok := lex.Quoted(v); ok {
			d.Set(key, string(text))
			i += n + w - 1
			continue
		}
		v = cutField(v)
		d.Set(key, string(v))
		i += n + len(v) - 1
	}
	if d.Message == "" {
		d.Message = string(m)
	}
}

func (f failure) detail(d *parse.Detail) {
	set := func(key string, v []byte) {
		if len(v) > 0 {
			d.Set(key, string(v))
		}
	}
	set("cause", f.leaf)
	d.Set("cause_class", f.cause.String())
	set("logical", f.logical)
	set("route", f.route)
	set("backend", f.backend)
	set("endpoint", f.endpoint)
	set("client", f.client)
	set("server", f.server)
	if f.http != 0 {
		http := f.http
		if f.isGRPC && f.grpc != 0 {
			http = 200 // gRPC carries its status in a trailer
		}
		d.Set("http_status", strconv.Itoa(http))
		if f.grpc != 0 {
			d.Set("grpc_status", strconv.Itoa(f.grpc))
		}
	}
}
