package proxy

import (
	"bytes"

	"faultline/parse/lex"
)

// failing says whether a message is a failed request's.
func failing(m []byte) bool {
	switch {
	case has(m, "HTTP/"), has(m, "gRPC "):
		return bytes.Contains(m[:min(len(m), 48)], []byte(" request failed"))
	case has(m, "Request failed"), has(m, "Failed to proxy request"), has(m, remote):
		return true
	}
	return eraOf(m) == before27
}

const remote = "Remote proxy error"

// failure reads the chain. Each layer adds "layer name: " before the error
// that it passes on (linkerd2-proxy linkerd/app/core/src/errors/respond.rs).
func (r *record) failure() (f failure) {
	m := r.message
	rest := m
	era := eraOf(m)
	f.isGRPC = has(m, "gRPC ")
	switch {
	case era == before27:
		f.chain = bytes.TrimPrefix(m, []byte("unexpected error: "))
	case era == before211 && has(m, "Failed to proxy request: "):
		f.chain = cutField(m[len("Failed to proxy request: "):])
	default:
		f.chain, rest = fieldAnd(m, "error")
	}
	f.layers()
	f.innermost(rest)
	f.cause = causeOf(f.leaf)
	f.http, f.grpc = era.answer(f.leaf, f.cause)
	if f.isGRPC && has(f.leaf, configured) {
		f.grpc = 9 // failed precondition, whatever the HTTP status
	}
	return f
}

// layers peels the chain from the outside.
func (f *failure) layers() {
	for rest := f.chain; ; {
		var to *[]byte
		word := ""
		switch {
		case has(rest, "logical service "):
			to, word = &f.logical, "logical service "
		case has(rest, "route "):
			to, word = &f.route, "route "
		case has(rest, "backend "):
			to, word = &f.backend, "backend "
		case has(rest, "client "):
			to, word = &f.client, "client "
		case has(rest, "server: "):
			to, word = &f.server, "server: "
		case has(rest, "server "):
			to, word = &f.server, "server "
		case has(rest, "endpoint "):
			to, word = &f.endpoint, "endpoint "
		case has(rest, "service "): // inbound, behind its server
			to, word = &f.logical, "service "
		case has(rest, "concrete service "):
			to, word = new([]byte), "concrete service "
		case has(rest, "controller "):
			to, word = new([]byte), "controller "
		case has(rest, "Service."): // the balancer, whose name is the backend's
			to = new([]byte)
		}
		name, next, ok := layer(rest, word)
		if to == nil || !ok {
			f.leaf = leaf(rest)
			return
		}
		*to, rest = name, next
	}
}

// layer reads "word name: " and gives the name and what follows. The last
// colon of a name's address is not followed by a space, and no name holds one.
func layer(b []byte, word string) (name, rest []byte, ok bool) {
	name, rest, ok = bytes.Cut(b[len(word):], []byte(": "))
	return name, rest, ok && bytes.IndexByte(name, ' ') < 0
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
	if last = leaf(last); len(last) > 0 {
		f.leaf = last
	}
}

// stated is the number that an error holds behind its prefix.
func stated(leaf []byte, prefix string) int {
	code, _, _ := lex.Digits(leaf[len(prefix):])
	return int(code)
}
