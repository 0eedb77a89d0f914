// Package node reads what a node says of itself: the lines of its kernel, in
// journald's and syslog's files, in `dmesg` and pasted alone, and, beside them,
// those of the programs that run a node and make no requests fail.
//
//	Mar 08 07:55:47 wk-2 kernel: Memory cgroup out of memory: Killed process 12539 (python3.7) total-vm:412344kB, anon-rss:118212kB
//	[5049013.118212] nf_conntrack: nf_conntrack: table full, dropping packet
//
// The journal's own prefix is package wrap's.
package node

import (
	"bytes"
	"slices"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Format is a node's kernel log and system journal.
var Format = &parse.Format{
	Name: "node-log",
	Doc: `kernel log and system journal of a node: processes killed for memory, full tables, lockups and hung tasks.
[5049013.118212] Memory cgroup out of memory: Killed process 12539 (python3.7) total-vm:412344kB, anon-rss:118212kB, file-rss:7120kB, shmem-rss:0kB`,
	Origin: "Linux, by dmesg, journalctl -k, /var/log/messages and kern.log (mm/oom_kill.c, net/netfilter/nf_conntrack_core.c, kernel/watchdog.c)",
	Role:   parse.RoleAbout, Lane: parse.LaneKubelet,
	Needles: needles(),
	Line:    line,
	Detail:  detail,
}

// quiet are programs of a node whose lines tell nothing here. What writes a log
// of its own form is left to the format that reads it.
var quiet = []string{"systemd", "sshd", "sshd-session", "CRON", "cron", "crond", "anacron", "sudo", "su", "NetworkManager", "dhclient", "chronyd", "ntpd",
	"rsyslogd", "auditd", "audit", "dbus-daemon", "dbus", "polkitd", "irqbalance", "snapd", "cloud-init", "agetty", "login", "multipathd", "udisksd", "smartd",
	"rngd", "postfix", "logrotate", "dracut", "networkd-dispatcher", "ModemManager", "accounts-daemon", "avahi-daemon", "rtkit-daemon", "tuned", "firewalld", "amazon-ssm-agent"}

// head is what stood before the kernel's words.
type head struct {
	text   []byte
	kernel bool // it says that the line is the kernel's
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	unit := string(l.Prefix.Unit)
	h := head{l.Text, unit == "kernel"}
	switch {
	case h.kernel:
		l.AtPrefix()
		h.uptime(nil)
	case unit != "":
		if !slices.Contains(quiet, unit) && !bytes.HasPrefix(l.Prefix.Unit, []byte("systemd-")) {
			return parse.NotMine
		}
		l.AtPrefix()
		return parse.Other
	default:
		l.AtPrefix()
		h.named()
		if !h.uptime(l) {
			h.date(l)
		}
	}
	m, at := known(h.text)
	switch {
	case m == nil && h.kernel:
		return parse.Other
	case m == nil || !h.kernel && (!m.bare || !begins(h.text[:at])):
		return parse.NotMine
	}
	e := parse.Event{Kind: parse.K8sEvent, Severity: m.severity, Fact: b.Names.AddString(m.reason)}
	if len(l.Prefix.Node) > 0 {
		e.Target = b.Names.AddString("/node/" + string(l.Prefix.Node))
	}
	b.Add(e)
	if m.part > 0 {
		b.Pair(idOf(l.Prefix.Node), m.part, time.Duration(together))
	}
	return parse.Took
}

// named takes off "kernel: ", and what a paste left before it of a host's name.
func (h *head) named() {
	const clipped = 80
	name := []byte("kernel: ")
	host, rest, found := bytes.Cut(h.text[:min(len(h.text), clipped)], name)
	if n := len(host) - 1; found && n > 0 && bytes.IndexByte(host, ' ') == n && len(rest) > 0 && rest[0] == '[' {
		h.text = h.text[len(host):]
	}
	if rest, ok := bytes.CutPrefix(h.text, name); ok {
		h.text, h.kernel = rest, true
	}
}

// uptime takes the kernel's "[5049013.118212] " off: seconds since it started, in
// six digits (kernel/printk/printk.c). They are the line's time if it is to have
// one of them, l, and has none.
func (h *head) uptime(l *parse.Line) bool {
	if len(h.text) == 0 || h.text[0] != '[' {
		return false
	}
	bare := bytes.TrimLeft(h.text[1:], " ")
	seconds, n, ok := lex.Digits(bare)
	if !ok || seconds > mostUptime || n >= len(bare) || bare[n] != '.' {
		return false
	}
	micros, w, ok := lex.Digits(bare[n+1:])
	rest := bare[n+1+w:]
	if !ok || w != 6 || len(rest) < 2 || rest[0] != ']' {
		return false
	}
	rest = rest[1:]
	if caller, after, ok := bytes.Cut(rest, []byte{']'}); ok && isCaller(caller) {
		rest = after
	}
	if len(rest) == 0 || rest[0] != ' ' {
		return false
	}
	h.text, h.kernel = bytes.TrimLeft(rest, " "), true
	if l != nil && l.Clock == parse.ClockNone {
		l.Own, l.Grain, l.Clock = parse.Time(seconds*lex.Second+micros*1000), parse.GrainMicro, parse.ClockUptime
	}
	return true
}

// mostUptime bounds what is believed of a kernel's uptime: thirty years, s.
const mostUptime = 30 * 365 * 24 * 3600

// isCaller says whether b is what CONFIG_PRINTK_CALLER adds: "[    T1" or
// "[   C3" (kernel/printk/printk.c, print_caller).
func isCaller(b []byte) bool {
	b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte{'['}), " ")
	if len(b) < 2 || b[0] != 'T' && b[0] != 'C' {
		return false
	}
	_, n, ok := lex.Digits(b[1:])
	return ok && n == len(b)-1
}

// date takes off the date that `dmesg -T` prints in place of the uptime, "[Mon
// Mar  8 07:55:47 2021] ", in the zone of the node (util-linux
// sys-utils/dmesg.c). A web server's error log begins so too: the words decide.
func (h *head) date(l *parse.Line) {
	if len(h.text) == 0 || h.text[0] != '[' {
		return
	}
	at, n, ok := lex.ANSIC(h.text[1:])
	rest, closed := bytes.CutPrefix(h.text[1+n:], []byte("] "))
	if !ok || !closed {
		return
	}
	if h.text = rest; l.Clock == parse.ClockNone {
		l.AtPrinted(at)
	}
}

// detail shows a line of the kernel.
func detail(text []byte, d *parse.Detail) {
	h := head{text: text}
	h.named()
	if !h.uptime(nil) {
		h.date(&parse.Line{})
	}
	d.Message = string(h.text)
	if len(h.text) < len(text) {
		d.RawTime = string(bytes.Trim(text[:len(text)-len(h.text)], " "))
	}
	m, _ := known(h.text)
	if m == nil {
		return
	}
	d.Set("reason", m.reason)
	for _, key := range []string{"task_memcg", "oom_memcg", "task", "pid"} {
		if _, rest, ok := bytes.Cut(h.text, []byte(key+"=")); ok && m.part == 1 {
			value, _, _ := bytes.Cut(rest, []byte{','})
			d.Set(key, string(value))
		}
	}
}
