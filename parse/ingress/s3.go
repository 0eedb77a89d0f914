package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// stored is a line of Amazon S3's server access log taken apart (docs.aws.amazon.com,
// "Amazon S3 server access log format"): its time is when the request came.
type stored struct {
	bucket, time, client, id    []byte
	request, code, error, total []byte
	stamp                       lex.Stamp
	status                      int
}

// ownerLength is the length of the canonical id of a bucket's owner.
const ownerLength = 64

// read takes a line apart.
func (a *stored) read(b []byte) shape {
	if len(b) < ownerLength+1 || b[ownerLength] != ' ' || !hexadecimal(b[:ownerLength]) {
		return other
	}
	var n int
	var ok bool
	a.bucket, b = word(b[ownerLength+1:])
	if len(b) < stampWidth+3 || b[0] != '[' || b[stampWidth+1] != ']' {
		return other
	}
	a.time = b[1 : 1+stampWidth]
	if a.stamp, n, ok = stampCLF(a.time); !ok || n != stampWidth {
		return other
	}
	a.client, b = word(b[stampWidth+3:])
	_, b = word(b) // the requester
	a.id, b = word(b)
	_, b = word(b) // the operation
	_, b = word(b) // the object
	if !has(b, `"`) && !has(b, "- ") {
		return other
	}
	a.request, b = quoted(b)
	a.code, b = word(b)
	a.error, b = word(b)
	_, b = word(b)
	_, b = word(b)
	a.total, b = word(b)
	if a.status, ok = status(a.code); !ok || len(b) == 0 {
		return cut
	}
	return whole
}

func hexadecimal(b []byte) bool {
	for _, c := range b {
		if !digit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (a *stored) lasted() time.Duration { return duration(a.total, time.Millisecond) }

// cause is what S3's error code tells (docs.aws.amazon.com, "Error responses").
func (a *stored) cause() parse.Cause {
	switch string(a.error) {
	case "SlowDown", "ServiceUnavailable", "Busy":
		return parse.CauseLoadshed
	case "RequestTimeout":
		return parse.CauseSlowClient
	}
	if a.status >= firstError {
		return parse.CauseUpstream
	}
	return parse.CauseUnknown
}

// s3Line reads a line of S3's log.
func s3Line(l *parse.Line, b *parse.Batch) parse.Verdict {
	var a stored
	if s := a.read(l.Text); s != whole {
		return s.verdict()
	}
	ended(l, a.stamp, a.lasted())
	if a.status < firstError {
		return parse.Other
	}
	r := response{status: a.status, lasted: a.lasted(), target: a.bucket, cause: a.cause(), id: a.id}
	r.hop = hop{state: a.error, client: a.client}
	return r.verdict(b)
}

// s3Detail shows such a line; false for any other.
func s3Detail(line []byte, d *parse.Detail) bool {
	var a stored
	if a.read(line) != whole {
		return false
	}
	d.Message, d.RawTime, d.Lasted = asked(a.request, a.code), string(a.time), a.lasted()
	set(d, "bucket", a.bucket)
	set(d, "request", a.request)
	set(d, "status", a.code)
	set(d, "client", a.client)
	set(d, "error_code", a.error)
	set(d, "total_time_ms", a.total)
	if cause := a.cause(); cause != parse.CauseUnknown {
		d.Set("cause_class", cause.String())
	}
	return true
}

// passed is a line of a Network Load Balancer's log of TLS connections, which it
// writes at the end of each, in UTC (docs.aws.amazon.com, "Access logs for your
// Network Load Balancer").
type passed struct {
	time, name, client, target []byte
	took, handshake, alert     []byte // in ms; "-" where the handshake failed
	domain                     []byte
	stamp                      lex.Stamp
}

func (a *passed) read(b []byte) shape {
	rest, ok := bytes.CutPrefix(b, []byte("tls "))
	version, rest := word(rest)
	if !ok || len(version) != 3 || version[1] != '.' {
		return other
	}
	a.time, rest = word(rest)
	var n int
	if a.stamp, n, ok = lex.RFC3339(a.time); !ok || n != len(a.time) {
		return other
	}
	a.stamp.Zoned = true
	a.name, rest = word(rest)
	_, rest = word(rest) // the listener
	var received, sent []byte
	for _, to := range []*[]byte{&a.client, &a.target, &a.took, &a.handshake, &received, &sent, &a.alert} {
		*to, rest = word(rest)
	}
	if !has(a.name, "net/") || !numeric(a.took) || len(given(a.handshake)) > 0 && !numeric(a.handshake) || !numeric(sent) {
		return cut
	}
	for range 5 { // certificates, cipher, version of TLS, group
		_, rest = word(rest)
	}
	a.domain, _ = word(rest)
	return whole
}

// nlbLine reads such a line. A connection whose client ended the handshake with an
// alert is one that failed.
func nlbLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var a passed
	if s := a.read(l.Text); s != whole {
		return s.verdict()
	}
	ended(l, a.stamp, 0)
	if len(given(a.handshake)) > 0 || len(given(a.alert)) == 0 { // without a word the client left, as probes do
		return parse.Other
	}
	r := response{tcp: true, lasted: duration(a.took, time.Millisecond), target: first(a.target, a.domain, a.name), cause: parse.CauseTLS}
	r.hop = hop{details: append([]byte("tls handshake failed, alert "), a.alert...), client: a.client}
	return r.verdict(b)
}

// nlbDetail shows such a line; false for any other.
func nlbDetail(line []byte, d *parse.Detail) bool {
	var a passed
	if a.read(line) != whole {
		return false
	}
	d.Message, d.RawTime = "TLS connection", string(a.time)
	set(d, "elb", a.name)
	set(d, "client", a.client)
	set(d, "target", a.target)
	set(d, "connection_time_ms", a.took)
	set(d, "tls_handshake_time_ms", a.handshake)
	set(d, "incoming_tls_alert", a.alert)
	set(d, "domain_name", a.domain)
	return true
}
