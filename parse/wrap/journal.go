package wrap

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Journal is journald's and syslog's text: "Jan 19 13:57:32 host unit[pid]: ",
// with a fraction by `-o short-precise`, and "2024-01-19T13:57:32+0100 host
// unit[pid]: " by `-o short-iso`. The former has neither year nor zone, so it
// gives no stamp (systemd src/shared/logs-show.c, output_short).
var Journal = &parse.Wrapper{
	Name: "journald",
	Doc:  "journalctl, short and short-iso; syslog",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		w, n, ok := iso(line)
		if !ok || !w.zoned {
			w = when{}
			if n, ok = yearless(line); !ok {
				return line, false
			}
		}
		if n >= len(line) || line[n] != ' ' {
			return line, false
		}
		host, rest, ok := bytes.Cut(line[n+1:], []byte{' '})
		if !ok || !isHost(host) {
			return line, false
		}
		unit, rest, ok := bytes.Cut(rest, []byte{':'})
		if !ok || !isUnit(unit) || len(rest) > 0 && rest[0] != ' ' {
			return line, false
		}
		if w.zoned {
			w.set(p)
		}
		p.Node = host
		return bytes.TrimPrefix(rest, []byte{' '}), true
	},
}

// yearless reads "Jan 19 13:57:32.303924", and gives its length.
func yearless(b []byte) (n int, ok bool) {
	m := month(b)
	if m == 0 || len(b) < 15 || b[3] != ' ' || b[6] != ' ' {
		return 0, false
	}
	day, _, ok := lex.Digits(bytes.TrimLeft(b[4:6], " "))
	if !ok {
		return 0, false
	}
	_, _, n, ok = composed(2000, m, day, b[7:])
	return 7 + n, ok
}

func isHost(b []byte) bool {
	return len(b) > 0 && strings.Trim(string(b), labelBytes+"ABCDEFGHIJKLMNOPQRSTUVWXYZ._") == ""
}

// isUnit says whether b is a program with its process: "kubelet[224]".
func isUnit(b []byte) bool {
	name, pid, ok := bytes.Cut(bytes.TrimSuffix(b, []byte{']'}), []byte{'['})
	if !ok || len(name) == 0 || bytes.ContainsAny(name, ` "=(){}`) {
		return false
	}
	_, n, ok := lex.Digits(pid)
	return ok && n == len(pid) && b[len(b)-1] == ']'
}
