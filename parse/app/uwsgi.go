package app

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// generated stands in each line of uWSGI's own log of requests (core/logging.c):
//
//	[pid: 12|app: 0|req: 1/1] 10.42.0.9 () {40 vars in 600 bytes} [Fri Mar  1 13:00:00 2024] GET /a => generated 12 bytes in 3 msecs (HTTP/1.1 200) 3 headers …
const generated = " => generated "

// uwsgiAnswer is such a line taken apart.
type uwsgiAnswer struct {
	request, time []byte
	at            int64 // as if it were UTC, of the begin
	lasted        time.Duration
	status        int
}

// uwsgiRequest reads a line of uWSGI's log of requests.
func uwsgiRequest(text []byte) (r uwsgiAnswer, ok bool) {
	head, tail, found := bytes.Cut(text, []byte(generated))
	if !found || !bytes.HasPrefix(text, []byte("[pid: ")) {
		return r, false
	}
	_, head, found = bytes.Cut(head, []byte("} ["))
	at, n, dated := lex.ANSIC(head)
	if !found || !dated || len(head) < n+2 || head[n] != ']' {
		return r, false
	}
	r.at, r.time, r.request = at.Unix, head[:n], bytes.TrimSpace(head[n+1:])
	_, tail, found = bytes.Cut(tail, []byte(" bytes in "))
	took, w, digits := lex.Digits(tail)
	if !found || !digits || took > int64(24*time.Hour/time.Millisecond) || !bytes.HasPrefix(tail[w:], []byte(" msecs (HTTP/")) {
		return r, false
	}
	r.lasted = time.Duration(took) * time.Millisecond
	_, tail, found = bytes.Cut(tail[w+len(" msecs (HTTP/"):], []byte{' '})
	status, w, digits := lex.Digits(tail)
	r.status = int(status)
	return r, found && digits && w == 3 && len(tail) > w && tail[w] == ')'
}

// line gives the line its time, the end of the request, and makes an event of one
// that was answered with 5xx.
func (r *uwsgiAnswer) line(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.AtPrefix(); l.Clock == parse.ClockNone {
		end := r.at - l.Ahead(r.at) + int64(r.lasted)
		l.Own, l.Grain, l.Clock = parse.Time(end+lex.Second/2), parse.GrainSecond, parse.ClockWall
	}
	if r.status < 500 {
		return parse.Other
	}
	e := parse.Event{Kind: parse.IngressResponse, Severity: parse.Warn, Value: float64(r.status), Lasted: r.lasted}
	e.Class = uint8(parse.CauseUpstream) // the application itself answered
	b.Add(e)
	return parse.Took
}
