package proxy

import (
	"bytes"

	"faultline/parse/lex"
)

// How the messages begin that tell the proxy's era, or decide on the status.
const (
	remote     = "Remote proxy error"
	unexpected = "Unexpected error" // what no rescue knew: the answer is 500
	failed210  = "Failed to proxy request: "
	// incomplete is hyper's word for a connection that ended before a whole
	// message was there. It is no error of input or output to the rescues.
	incomplete = "connection closed before message completed"
)

// failure reads the chain. Each layer adds "layer name: " before the error
// that it passes on (linkerd2-proxy linkerd/app/core/src/errors/respond.rs).
//
// release is the proxy's, as its log printed it; "" is not known.
func (r *record) failure(release string) (f failure) {
	m := r.message
	rest := m
	era := eraOf(m, release)
	f.isGRPC = has(m, "gRPC ")
	switch {
	case era == before27:
		f.chain = bytes.TrimPrefix(m, []byte("unexpected error: "))
	case era == before211 && has(m, failed210):
		f.chain = cutField(m[len(failed210):])
	default:
		f.chain, rest = fieldAnd(m, "error")
	}
	f.layers()
	f.innermost(rest)
	f.http, f.grpc = era.answered(&f)
	if has(m, unexpected) {
		f.http, f.grpc = 500, 13
	}
	if f.isGRPC && has(f.leaf, configured) {
		f.grpc = 9 // failed precondition, whatever the HTTP status
	}
	return f
}

// layers peels the chain from the outside.
func (f *failure) layers() {
	for rest := f.chain; ; {
		to, word := f.outer(rest)
		name, next, ok := layer(rest, word)
		if to == nil || !ok {
			f.means(meant(rest))
			return
		}
		*to, rest = name, next
	}
}

// outer is where the name of a chain's outermost layer belongs, and the word before it;
// nil where there is none.
func (f *failure) outer(rest []byte) (to *[]byte, word string) {
	if len(rest) == 0 {
		return nil, ""
	}
	switch rest[0] {
	case 'l':
		to, word = &f.logical, "logical service "
	case 'r':
		to, word = &f.route, "route "
	case 'b':
		to, word = &f.backend, "backend "
	case 'e':
		to, word = &f.endpoint, "endpoint "
	case 'c':
		switch to, word = &f.client, "client "; {
		case has(rest, "concrete"):
			to, word = &f.other, "concrete service "
		case has(rest, "controller"):
			to, word = &f.other, "controller "
		}
	case 's':
		switch to, word = &f.server, "server "; {
		case has(rest, "server:"):
			word = "server: "
		case has(rest, "service "): // inbound, behind its server
			to, word = &f.logical, "service "
		}
	case 'S': // the balancer, whose name is the backend's
		if has(rest, "Service.") {
			return &f.other, ""
		}
	}
	if to == nil || !has(rest, word) {
		return nil, ""
	}
	return to, word
}

// layer reads "word name: " and gives the name and what follows. The last
// colon of a name's address is not followed by a space, and no name holds one.
func layer(b []byte, word string) (name, rest []byte, ok bool) {
	b = b[len(word):]
	i := bytes.IndexByte(b, ' ')
	if i < 1 || b[i-1] != ':' {
		return nil, nil, false
	}
	return b[:i-1], b[i+1:], true
}

// innermost looks into error.sources (2.12 on), which follow the error, for one
// deeper than the chain: some errors do not print what caused them ("client error (Connect)").
// Mostly the sources repeat the end of the chain.
func (f *failure) innermost(rest []byte) {
	_, sources, ok := bytes.Cut(rest, []byte(" error.sources=["))
	if !ok {
		return
	}
	sources = cutField(sources) // v2.366 prints the path behind them
	end := bytes.LastIndexByte(sources, ']')
	if end < 0 || bytes.HasSuffix(sources[:end], f.leaf) {
		return
	}
	last := sources[:end]
	if i := bytes.LastIndex(last, []byte(", ")); i >= 0 {
		last = last[i+2:]
	}
	if bytes.HasSuffix(f.chain, last) {
		return // an inner part of what the chain ends with
	}
	if m := meant(last); len(m.leaf) > 0 {
		f.means(m)
	}
}

// stated is the number that an error holds behind its prefix.
func stated(leaf []byte, prefix string) int {
	code, _, _ := lex.Digits(leaf[len(prefix):])
	return int(code)
}
