package app

import (
	"bytes"
	"strconv"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Server is what the servers say in which applications run: that a worker did not
// answer within its limit and was ended, which a proxy sees as a connection that was
// closed, and that no worker was free.
var Server = &parse.Format{
	Name: "app-server",
	Doc: `what servers of applications say of their workers: one that did not answer in time and was ended, and a full queue or pool; requests that uWSGI answered with 5xx; and what the runtime of any program prints at its end: no memory, a segmentation fault.
[2024-03-01 13:00:30 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:12)
Fri Mar  1 13:00:31 2024 - *** uWSGI listen queue of socket "127.0.0.1:3031" (fd: 3) full !!! (101/100) ***`,
	Origin: "gunicorn (gunicorn/arbiter.py), uWSGI (core/master_checks.c, core/master_utils.c, core/logging.c), PHP-FPM (sapi/fpm/fpm/fpm_process_ctl.c, fpm_request.c), Puma (lib/puma/cluster.rb), Unicorn (lib/unicorn/http_server.rb), Uvicorn (uvicorn/logging.py); the runtimes of Java, Node.js, C++, Python, Ruby, .NET and Erlang, and bash",
	Role:   parse.RoleProcess, Lane: parse.LaneOther, Component: parse.ComponentApplication,
	Needles: serverWords(),
	Line:    serverLine,
	Detail:  serverDetail,
}

// worded is one thing that a server says of a worker or of its queue. All of its words
// stand in the line, in their order.
type worded struct {
	words []string
	kind  parse.Kind
	// pid stands before the worker's number, by which the lines of one end are known.
	pid string
	// part orders those lines, that which says most last.
	part uint8
	// what was asked stands behind it, and in it how long it took.
	asked, took string
}

// saids, those that say most first (gunicorn 19 to 23, uWSGI 1.4 to 2.0.28, PHP 5.3
// to 8.4, Puma 3 to 6, Unicorn 4 to 6).
var saids = []worded{
	{words: []string{"WORKER TIMEOUT (pid:"}, kind: parse.AppWorkerKilled, pid: "(pid:", part: 2},
	{words: []string{"Worker (pid:", ") was sent SIGKILL!"}, kind: parse.AppWorkerKilled, pid: "(pid:", part: 1},
	{words: []string{"Worker (pid:", ") was sent SIGSEGV!"}, kind: parse.AppWorkerKilled, pid: "(pid:", part: 1},
	{words: []string{"*** HARAKIRI ON WORKER ", "(pid: "}, kind: parse.AppWorkerKilled, pid: "(pid: ", part: 2},
	{words: []string{"DAMN ! worker ", " died, killed by signal 11"}, kind: parse.AppWorkerKilled, pid: "(pid: ", part: 1},
	{words: []string{"HARAKIRI: --- uWSGI worker ", "WAS managing request "}, kind: parse.AppWorkerKilled, pid: "(pid: ", part: 3, asked: "managing request "},
	{words: []string{"uWSGI listen queue of socket ", "full !!! ("}, kind: parse.AppOverloaded},
	{words: []string{"[pool ", "] server reached ", "max_children setting ("}, kind: parse.AppOverloaded},
	{words: []string{"] child ", "execution timed out (", "terminating"}, kind: parse.AppWorkerKilled, pid: "] child ", part: 2, asked: `(request: "`, took: "timed out ("},
	{words: []string{"] child ", " exited on signal 11 (SIGSEGV"}, kind: parse.AppWorkerKilled, pid: "] child ", part: 1},
	{words: []string{"! Terminating timed out worker"}, kind: parse.AppWorkerKilled},
	{words: []string{"worker=", " PID:", " timeout (", "killing"}, kind: parse.AppWorkerKilled, pid: "PID:", part: 2, took: "timeout ("},
}

// serverWords are the longest words of each.
func serverWords() (out []string) {
	for _, s := range saids {
		longest := s.words[0]
		for _, w := range s.words {
			if len(w) > len(longest) {
				longest = w
			}
		}
		out = append(out, longest)
	}
	return append(append(out, generated, protocol+"50"), deathWords()...)
}

var anyServer = parse.NewPhrases(serverWords())

// sameEnd is how far the lines are apart that tell of one worker's end: gunicorn asks
// it to stop before it kills it.
const sameEnd = 40 * time.Second

// serverLine reads a line of a server, which begins as those do.
func serverLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	named := anyServer.In(l.Text)
	if named || l.Text[0] == 'I' {
		if served, ok := uvicornRequest(l.Text); ok {
			return served.line(l, b)
		}
	}
	if !named {
		return parse.NotMine
	}
	if served, ok := uwsgiRequest(l.Text); ok {
		return served.line(l, b)
	}
	s := saidIn(l.Text)
	if s == nil {
		if l.Text[0] != '{' { // where a trace goes on, the time is that of the lines before it
			return parse.NotMine
		}
		return deathLine(l, b)
	}
	rest, ok := serverHead(l)
	if !ok || bytes.Index(rest, []byte(s.words[0])) > longestHead {
		return parse.NotMine
	}
	l.Severity = parse.Error
	e := parse.Event{Kind: s.kind, Severity: parse.Error, Fact: b.Names.Add(parse.CallText(rest)), Target: b.Names.Add(s.target(rest))}
	if _, took, found := bytes.Cut(rest, []byte(s.took)); found && s.took != "" {
		seconds, _, _ := bytes.Cut(took, []byte{' '})
		if f, err := strconv.ParseFloat(string(bytes.TrimRight(seconds, "s")), 64); err == nil && f > 0 && f < 1e6 {
			e.Lasted = time.Duration(f * 1e9)
		}
	}
	b.Add(e)
	if pid := s.number(rest); pid != nil {
		b.Pair(uint64(lex.Fingerprint([]byte("worker"), l.Prefix.Pod, l.Prefix.Container, pid)), s.part, sameEnd)
	}
	return parse.Took
}

// longestHead is how far into a line its words begin at most, behind its time: a
// sentence that quotes them is none.
const longestHead = 40

// saidIn finds what a line says, nil where it is nothing of these.
func saidIn(text []byte) *worded {
	for i := range saids {
		if saids[i].in(text) {
			return &saids[i]
		}
	}
	return nil
}

func (s *worded) in(text []byte) bool {
	for _, w := range s.words {
		_, rest, ok := bytes.Cut(text, []byte(w))
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// number is the worker's, nil where none is printed.
func (s *worded) number(text []byte) []byte {
	_, rest, ok := bytes.Cut(text, []byte(s.pid))
	if _, n, digits := lex.Digits(rest); ok && digits && s.pid != "" {
		return rest[:n]
	}
	return nil
}

// target is what the worker was asked for.
func (s *worded) target(text []byte) []byte {
	_, rest, ok := bytes.Cut(text, []byte(s.asked))
	if !ok || s.asked == "" {
		return nil
	}
	if end := bytes.IndexByte(rest, '"'); end >= 0 {
		rest = rest[:end]
	}
	for word := range bytes.FieldsSeq(rest) {
		if word[0] == '/' {
			return word
		}
	}
	return nil
}

// serverHead takes the head of a server's line off, and gives the line its time: that
// of any log, Puma's number of its process, or none where uWSGI prints none.
func serverHead(l *parse.Line) (rest []byte, ok bool) {
	text := l.Text
	if h, headed := headOf(text); headed {
		h.place(l)
		return h.rest, true
	}
	l.AtPrefix()
	if number, after, found := bytes.Cut(text, []byte("] ")); found && len(number) > 1 && number[0] == '[' {
		if _, n, digits := lex.Digits(number[1:]); digits && n == len(number)-1 {
			return after, true
		}
	}
	for _, begin := range []string{"*** ", "DAMN ! ", "HARAKIRI: "} {
		if bytes.HasPrefix(text, []byte(begin)) {
			return text, true
		}
	}
	return text, l.Prefix.HasStamp
}

// serverDetail takes a line apart to be shown.
func serverDetail(text []byte, d *parse.Detail) {
	if r, ok := uwsgiRequest(text); ok {
		shown(d, r.request, strconv.Itoa(r.status))
		d.RawTime, d.Lasted = string(r.time), r.lasted
		return
	}
	if r, ok := uvicornRequest(text); ok {
		shown(d, r.request, strconv.Itoa(r.status))
		d.Set("client", string(r.client))
		return
	}
	l := &parse.Line{Text: text}
	rest, _ := serverHead(l)
	d.Message = string(bytes.TrimSpace(rest))
	if s := saidIn(text); s != nil {
		if pid := s.number(rest); pid != nil {
			d.Set("pid", string(pid))
		}
		if asked := s.target(rest); asked != nil {
			d.Set("target", string(asked))
		}
	}
}
