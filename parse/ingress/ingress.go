// Package ingress reads the access logs of what stands between the clients and
// the mesh: nginx and ingress-nginx (and nginx's error log), Envoy and what is
// made of it (Istio, Contour, Emissary, Envoy Gateway), Traefik, and the access
// log of linkerd-proxy. They show the 504 as the client saw it.
//
//	10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "GET /a HTTP/1.1" 504 160 "-" "curl/8.5.0" 87 5.001 [shop-web-80] [] 10.1.0.9:80 0 5.000 504 a7c98d98
//	[2022-08-28T01:25:55.204Z] "POST /orders HTTP/1.1" 504 UT upstream_response_timeout - "-" 232 24 1004 - "-" "-" "b02ea4a2" "orders" "10.10.10.229:80" outbound|80||orders.sock-shop.svc.cluster.local 10.10.10.155:49808 172.20.11.100:80 10.10.10.155:55974 - -
//
// A response of 500 or more is an event; all other responses are known and
// passed over, without an allocation, but their times count: they are when the
// log was captured. The time of a line is when the client had its answer. nginx
// prints that; Envoy, Traefik and linkerd-proxy print when the request began,
// and the duration that they print is added.
//
// What a line is, is told by its shape alone, and the shapes exclude each
// other: no line is taken by two of these formats.
package ingress

import (
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Formats are the formats of this package. Traefik's JSON is also what logrus
// writes, so they have to be asked before a format that takes any logrus line.
func Formats() []*parse.Format {
	return []*parse.Format{Nginx, Envoy, Traefik, Access, HAProxy, AWS, Google, Azure, Cloudflare, Caddy, W3C, Ztunnel, Squid}
}

// ended sets the line's time to the end of the response: the stamp, in the zone
// beside it if it prints none, plus what had passed since. A stamp that kubectl or the runtime put before the line was
// taken when the line was written, and is used in place of one in whole seconds
// as long as the two agree.
func ended(l *parse.Line, s lex.Stamp, since time.Duration) {
	end := s.Unix + int64(since)
	if !s.Zoned {
		end -= l.AheadBeside(end)
	}
	l.Own, l.Grain, l.Clock = parse.Time(end+s.Width/2), parse.GrainOf(s.Width), parse.ClockWall
	if s.Width >= lex.Second && l.Finer(end, s.Width) {
		l.AtStamp()
	}
}

// maxLasted is the longest duration that is believed, in nanoseconds.
const maxLasted = int64(365 * 24 * time.Hour)

// refusedWithin is how long it takes at most to learn that a connection is
// refused; what takes longer waited for an answer.
const refusedWithin = time.Second

// duration reads a decimal number of units. "-" and what is no number is 0.
func duration(b []byte, unit time.Duration) time.Duration {
	whole, n, ok := lex.Digits(b)
	if !ok || whole > maxLasted/int64(unit) {
		return 0
	}
	ns := whole * int64(unit)
	if n < len(b) && b[n] == '.' {
		for place := int64(unit) / 10; place > 0 && n+1 < len(b) && digit(b[n+1]); place /= 10 {
			n++
			ns += int64(b[n]-'0') * place
		}
	}
	return time.Duration(ns)
}

// number reads all of b as a whole number.
func number(b []byte) (int, bool) {
	v, n, ok := lex.Digits(b)
	return int(v), ok && n == len(b)
}

// status reads a status code. 0 is a client that was gone, or no answer.
func status(b []byte) (int, bool) {
	if string(b) == "-" {
		return 0, true
	}
	v, ok := number(b)
	return v, ok && (len(b) == 3 || v == 0)
}

// word cuts b before the first space, and the space.
func word(b []byte) (first, rest []byte) {
	for i, c := range b {
		if c == ' ' {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// given is b, unless it is how these logs print that there is nothing.
func given(b []byte) []byte {
	if len(b) == 1 && b[0] == '-' {
		return nil
	}
	return b
}

// first is the first of some values that says something.
func first(values ...[]byte) []byte {
	for _, v := range values {
		if v = given(v); len(v) > 0 {
			return v
		}
	}
	return nil
}

func digit(c byte) bool { return c-'0' <= 9 }

func has(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
