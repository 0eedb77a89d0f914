package wrap

import (
	"bytes"
	"slices"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Journal is journald's and syslog's text: "Jan 19 13:57:32 host unit[pid]: ",
// with a fraction by `-o short-precise`, "2024-01-19T13:57:32+0100 host
// unit[pid]: " by `-o short-iso`, "Fri 2024-01-19 13:57:32 UTC host unit[pid]: "
// by `-o short-full`, and "1705669052.303924 host unit[pid]: " by `-o short-unix`
// (systemd src/shared/logs-show.c, output_short). Before it a relay leaves the
// priority, <30> (RFC 3164 section 4.1). The first has neither year nor zone, so
// it gives no stamp. The kernel has no pid, nor have others where rsyslog's
// traditional template cuts it off. What a program sends to the socket of its own
// machine, or HAProxy to any, has no host.
var Journal = &parse.Wrapper{
	Name: "journald",
	Doc:  "journalctl, short, short-iso, short-full and short-unix; syslog",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		bare := line[counted(line):]
		ranked := priority(bare)
		bare = bare[ranked:]
		w, n, ok := journalTime(bare)
		if !ok && ranked > 0 && len(bare) > 0 && bare[0] != ' ' && !bytes.HasPrefix(bare, []byte("1 ")) {
			return bare, true // a priority alone, as systemd takes it from what a service prints
		}
		if !ok || n >= len(bare) || bare[n] != ' ' {
			return line, false
		}
		host, unit, rest := tagged(bare[n+1:], ranked > 0)
		if rest == nil {
			return line, false
		}
		switch {
		case w.zoned:
			w.set(p)
		case !p.HasStamp:
			since, _ := lex.SinceYear(w.at)
			p.Since, p.HasSince, p.Grain = parse.Time(since+w.width/2), true, parse.GrainOf(w.width)
		}
		p.Node = host
		p.Unit, _, _ = bytes.Cut(unit, []byte{'['})
		p.Severity = max(p.Severity, ranks(line[counted(line):], ranked))
		return bytes.TrimPrefix(rest, []byte{' '}), true
	},
}

// tagged cuts the host and the program from the beginning of b, what stands behind the time;
// rest is nil where they are not there. A relay that leaves the priority leaves messages
// of an address without a program as well (RFC 3164 section 5.4), and some put facility and level before
// it ("user.warn kernel: ").
func tagged(b []byte, ranked bool) (host, unit, rest []byte) {
	host, rest, ok := bytes.Cut(b, []byte{' '})
	if name, named := bytes.CutSuffix(host, []byte{':'}); ok && named && (isUnit(name) || ranked && isProgram(name)) {
		return nil, name, rest // HAProxy names no host, nor does whoever logs to its own machine
	}
	if !ok || !isHost(host) {
		return nil, nil, nil
	}
	if facility, after, ok := bytes.Cut(rest, []byte{' '}); ok && isSelector(facility) {
		rest = after
	}
	if unit, text := tag(rest, ranked, named(host)); text != nil {
		return host, unit, text
	}
	if ranked && len(rest) > 0 && bytes.Count(host, []byte{'.'}) == 3 && strings.Trim(string(host), ".0123456789") == "" {
		return host, nil, rest
	}
	return nil, nil, nil
}

// named says whether a word is the name of a machine for sure: it has a digit, a dash or a
// dot, which levels, threads and sentences have not.
func named(host []byte) bool { return bytes.ContainsAny(host, "0123456789-.") }

// tag cuts a program from the beginning of b, with a colon behind it or, where it has the
// number of its process, without one; text is nil where none is there. The program comes
// without a number where a priority stands before the line, or the host is one for sure.
func tag(b []byte, ranked, named bool) (unit, text []byte) {
	if name, text, ok := bytes.Cut(b, []byte{':'}); ok && (len(text) == 0 || text[0] == ' ') {
		if isUnit(name) || (ranked || named) && isProgram(name) {
			return name, b[len(name)+1:]
		}
		if program, pid, ok := bytes.Cut(name, []byte(" [")); ok && isProgram(program) && numbered(pid) { // sogod [26818]:
			return program, b[len(name)+1:]
		}
	}
	if name, text, ok := bytes.Cut(b, []byte{' '}); ok && bytes.IndexByte(name, '[') > 0 && isUnit(name) {
		return name, text
	}
	return nil, nil
}

// isSelector says whether b is a facility and a level, as syslog.conf names them.
func isSelector(b []byte) bool {
	facility, level, ok := bytes.Cut(b, []byte{'.'})
	if !ok || len(facility) < 3 || len(facility) > len("authpriv") {
		return false
	}
	switch string(level) {
	case "emerg", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug":
		return strings.Trim(string(facility), "abcdefghijklmnopqrstuvwxyz01234567") == ""
	}
	return false
}

// numbered says whether b is the number of a process and the bracket behind it.
func numbered(b []byte) bool {
	_, n, ok := lex.Digits(b)
	return ok && n+1 == len(b) && b[n] == ']'
}

// ranks is the level in the priority that stands in the first n bytes of b (RFC 5424,
// 6.2.1): the last three bits of the number.
func ranks(b []byte, n int) parse.Severity {
	if n == 0 {
		return parse.SeverityNone
	}
	v, _, _ := lex.Digits(b[1:])
	switch v % 8 {
	case 0, 1, 2:
		return parse.Fatal
	case 3:
		return parse.Error
	case 4:
		return parse.Warn
	case 7:
		return parse.Debug
	}
	return parse.Info
}

// NodeLogs is what `oc adm node-logs` puts before the lines of several nodes,
// the name of each: "node-1.example.net Mar 04 09:15:21.334455 …" (openshift/oc
// pkg/cli/admin/node/logs.go). Any text begins with a word, so what follows must
// begin as a journal, a line of klog or an audit log does.
var NodeLogs = &parse.Wrapper{
	Name: "node-logs",
	Doc:  "oc adm node-logs: the name of the node",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		node, rest, ok := bytes.Cut(line, []byte{' '})
		if !ok || len(rest) < 16 || strings.Trim(string(node), labelBytes+".") != "" || !bytes.ContainsAny(node, "-.0123456789") ||
			node[0] < 'a' {
			return line, false
		}
		if _, n, timed := journalTime(rest); timed && n < len(rest) && rest[n] == ' ' || bytes.HasPrefix(rest, []byte(`{"kind":"Event"`)) || klogHead(rest) {
			p.Node = node
			return rest, true
		}
		return line, false
	},
}

// klogHead says whether b begins as a line of klog: "I0514 10:10:02".
func klogHead(b []byte) bool {
	if bytes.IndexByte([]byte("IWEF"), b[0]) < 0 || b[5] != ' ' || b[8] != ':' || b[11] != ':' {
		return false
	}
	_, n, ok := lex.Digits(b[1:5])
	return ok && n == 4
}

// journalTime reads what journald and syslog begin a line with; what gives no
// stamp is a time without its zone.
func journalTime(b []byte) (w when, n int, ok bool) {
	if len(b) > 4 && b[3] == ' ' && bytes.Contains([]byte("SunMonTueWedThuFriSat"), b[:3]) {
		w, n, ok = iso(b[4:])
		return w, n + 4, ok && w.zoned
	}
	if w, n, ok = iso(b); ok && w.zoned {
		return w, n, true
	}
	if w, n, ok = epoch(b); ok && w.width < lex.Second {
		return w, n, true
	}
	return yearless(b)
}

// priority is the length of "<30>" at the beginning of b, 0 when there is none.
func priority(b []byte) int {
	if len(b) < 4 || b[0] != '<' {
		return 0
	}
	v, n, ok := lex.Digits(b[1:])
	if !ok || n > 3 || v > 191 || 1+n >= len(b) || b[1+n] != '>' {
		return 0
	}
	return n + 2
}

// counted is the length of "215 " before a priority: the octets of a message
// that came over TCP (RFC 6587 section 3.4.1).
func counted(b []byte) int {
	_, n, ok := lex.Digits(b[:min(len(b), 7)])
	if !ok || n+1 >= len(b) || b[n] != ' ' || priority(b[n+1:]) == 0 {
		return 0
	}
	return n + 1
}

// Syslog is the protocol of RFC 5424: "<30>1 2024-01-19T13:57:32.303924Z host
// app pid msgid [data] text", as relays keep it.
var Syslog = &parse.Wrapper{
	Name: "syslog",
	Doc:  "syslog, RFC 5424",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		bare := line[counted(line):]
		ranked := priority(bare)
		rest, ok := bytes.CutPrefix(bare[ranked:], []byte("1 "))
		if ranked == 0 || !ok {
			return line, false
		}
		w, n, ok := iso(rest)
		if !ok || !w.zoned || n >= len(rest) || rest[n] != ' ' {
			return line, false
		}
		rest = rest[n+1:]
		var field [4][]byte // host, app, pid, message id
		for i := range field {
			if field[i], rest, ok = bytes.Cut(rest, []byte{' '}); !ok || len(field[i]) == 0 {
				return line, false
			}
		}
		if rest = structuredData(rest); rest == nil || !isHost(field[0]) {
			return line, false
		}
		w.set(p)
		p.Node, p.Severity = field[0], ranks(bare, ranked)
		return bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte{' '}), []byte("\ufeff")), true
	},
}

// structuredData cuts "-" or "[id name=\"value\"]" from the beginning of b; nil
// when neither is there.
func structuredData(b []byte) []byte {
	if len(b) > 0 && b[0] == '-' {
		return b[1:]
	}
	start := len(b)
	for len(b) > 0 && b[0] == '[' {
		end := bytes.Index(b, []byte("]"))
		for end > 0 && b[end-1] == '\\' {
			next := bytes.IndexByte(b[end+1:], ']')
			if next < 0 {
				return nil
			}
			end += next + 1
		}
		if end < 0 {
			return nil
		}
		b = b[end+1:]
	}
	if len(b) == start {
		return nil
	}
	return b
}

// Compose is `docker compose logs`: "web-1  | text".
var Compose = &parse.Wrapper{
	Name: "compose",
	Doc:  "docker compose logs: container, bar",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		bare := lex.StripANSI(line)
		i := bytes.Index(bare[:min(len(bare), 80)], []byte(" |"))
		if i <= 0 || i+2 < len(bare) && bare[i+2] != ' ' {
			return line, false
		}
		name := bytes.TrimRight(bare[:i], " ")
		if len(name) == 0 || strings.Trim(string(name), labelBytes+"_.@ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || name[0]-'0' <= 9 { // docker service logs add "@node"
			return line, false
		}
		p.Container = name
		return bytes.TrimPrefix(bare[i+2:], []byte{' '}), true
	},
}

// Numbered is a number before each line: of a list, of an editor, of `cat -n`.
var Numbered = &parse.Wrapper{
	Name: "numbered",
	Doc:  "the number of a line or of an item of a list",
	Strip: func(line []byte, _ *parse.Prefix) ([]byte, bool) {
		bare := bytes.TrimLeft(line, " ")
		_, n, ok := lex.Digits(bare)
		if !ok || n > 7 || n >= len(bare) {
			return line, false
		}
		switch rest := bare[n:]; {
		case len(rest) > 1 && (rest[0] == '.' || rest[0] == ')' || rest[0] == ':') && rest[1] == ' ':
			return rest[2:], true
		case rest[0] == '\t':
			return rest[1:], true
		case len(bare) < len(line) && rest[0] == ' ':
			return bytes.TrimLeft(rest, " "), true
		}
		return line, false
	},
}

// yearless reads "Jan 19 13:57:32.303924" as if it were of the year 2000, and
// gives its length.
func yearless(b []byte) (w when, n int, ok bool) {
	m := month(b)
	if m == 0 || len(b) < 15 || b[3] != ' ' || b[6] != ' ' {
		return w, 0, false
	}
	day, _, ok := lex.Digits(bytes.TrimLeft(b[4:6], " "))
	if !ok {
		return w, 0, false
	}
	w.at, w.width, n, ok = composed(2000, m, day, b[7:])
	return w, 7 + n, ok
}

func isHost(b []byte) bool {
	return len(b) > 0 && strings.Trim(string(b), labelBytes+"ABCDEFGHIJKLMNOPQRSTUVWXYZ._") == ""
}

// pidless are programs whose lines come without the number of the process.
var pidless = []string{"kernel", "systemd", "kubelet", "containerd", "dockerd", "crio", "k3s", "rke2"}

// isUnit says whether b is a program with its process: "kubelet[224]".
func isUnit(b []byte) bool {
	if slices.Contains(pidless, string(b)) {
		return true
	}
	name, pid, ok := bytes.Cut(bytes.TrimSuffix(b, []byte{']'}), []byte{'['})
	if !ok || len(name) == 0 || bytes.ContainsAny(name, ` "=(){}`) {
		return false
	}
	_, n, ok := lex.Digits(pid)
	return ok && n == len(pid) && b[len(b)-1] == ']'
}

// isProgram says whether b is a program without its process, as RFC 3164
// allows it.
func isProgram(b []byte) bool {
	return len(b) > 1 && len(b) <= 32 && strings.Trim(string(b), labelBytes+"ABCDEFGHIJKLMNOPQRSTUVWXYZ._/") == "" && b[0]|0x20 >= 'a' && b[0]|0x20 <= 'z'
}
