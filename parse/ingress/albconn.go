package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// joining is a line of an Application Load Balancer's log of connections, which clients make to
// it, written where its handshake ends (docs.aws.amazon.com, "Connection logs for your
// Application Load Balancer", since 2023):
//
//	timestamp client_ip client_port listener_port tls_protocol tls_cipher tls_handshake_latency
//	"leaf_client_cert_subject" leaf_client_cert_validity leaf_client_cert_serial_number tls_verify_status conn_trace_id
type joining struct {
	time, client, port, listener []byte
	version, cipher, took        []byte // "-" where there was no TLS; seconds
	subject, validity, serial    []byte // of the client's certificate
	verified, trace              []byte // "Success", "Failed:ClientCertExpired", "-"
	stamp                        lex.Stamp
}

func (a *joining) read(b []byte) bool {
	var n int
	var ok bool
	a.time, b = word(b)
	if a.stamp, n, ok = lex.RFC3339(a.time); !ok || !a.stamp.Zoned || n != len(a.time) {
		return false
	}
	for _, to := range []*[]byte{&a.client, &a.port, &a.listener, &a.version, &a.cipher, &a.took} {
		*to, b = word(b)
	}
	if !address(a.client) || !numeric(a.port) || !numeric(a.listener) || !has(a.version, "TLSv") && string(a.version) != "-" || len(b) == 0 {
		return false
	}
	a.subject, b = quoted(b)
	a.validity, b = word(b)
	a.serial, b = word(b)
	a.verified, b = word(b)
	a.trace, _ = word(b)
	return has(a.trace, "TID_")
}

// failed is why the balancer closed the connection; nil where it did not.
func (a *joining) failed() []byte {
	why, ok := bytes.CutPrefix(a.verified, []byte("Failed:"))
	if !ok {
		return nil
	}
	return why
}

// joiningLine reads such a line. What the balancer refused, for the client's certificate, is a
// connection that failed.
func joiningLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var a joining
	if !a.read(l.Text) {
		return parse.NotMine
	}
	ended(l, a.stamp, 0)
	why := a.failed()
	if why == nil {
		return parse.Other
	}
	r := response{tcp: true, target: append([]byte(":"), a.listener...), cause: parse.CauseTLS, id: a.trace}
	r.hop = hop{details: why, client: a.client}
	return r.verdict(b)
}

// joiningDetail shows such a line; false for any other.
func joiningDetail(line []byte, d *parse.Detail) bool {
	var a joining
	if !a.read(line) {
		return false
	}
	d.Message, d.RawTime = "connection from "+string(a.client), string(a.time)
	for _, v := range []struct {
		key   string
		value []byte
	}{{"client_ip", a.client}, {"client_port", a.port}, {"listener_port", a.listener}, {"tls_protocol", a.version}, {"tls_cipher", a.cipher},
		{"tls_handshake_latency", a.took}, {"leaf_client_cert_subject", a.subject}, {"leaf_client_cert_validity", a.validity},
		{"leaf_client_cert_serial_number", a.serial}, {"tls_verify_status", a.verified}, {"conn_trace_id", a.trace}} {
		set(d, v.key, v.value)
	}
	if a.failed() != nil {
		d.Set("cause_class", parse.CauseTLS.String())
	}
	return true
}
