package node

import (
	"bytes"
	"slices"

	"faultline/parse"
	"faultline/parse/lex"
)

// message is one thing that a kernel says. All of its words stand in the line,
// in their order; reason is what the event is called.
type message struct {
	words    []string
	reason   string
	severity parse.Severity
	// part orders the lines that one kill prints; 0 for what stands alone.
	part uint8
	// bare lines are known without anything that says they are the kernel's.
	bare bool
}

// The reasons of kills: of a process in a group that reached its limit, and of
// one because the node had no memory left, as the kubelet calls it.
const (
	ofGroup = "OOMKilling"
	ofNode  = "SystemOOM"
)

// messages, the most telling words first. The texts are Linux's: mm/oom_kill.c
// (oom-kill: since 5.0, "Kill process … or sacrifice child" to 5.2),
// net/netfilter/nf_conntrack_core.c, net/core/neighbour.c, net/ipv4/tcp_input.c,
// kernel/watchdog.c, kernel/hung_task.c, kernel/rcu/tree_stall.h, kernel/panic.c.
// The reasons are those of the node problem detector where it has one
// (config/kernel-monitor.json).
var messages = []message{
	{words: []string{"Out of memory: Killed process "}, reason: ofNode, severity: parse.Error, part: 3, bare: true},
	{words: []string{"emory cgroup out of memory: Killed process "}, reason: ofGroup, severity: parse.Error, part: 3, bare: true},
	{words: []string{"Killed process ", "total-vm:"}, reason: ofGroup, severity: parse.Error, part: 3, bare: true},
	{words: []string{"Out of memory: Kill process ", " score "}, reason: ofNode, severity: parse.Error, part: 2, bare: true},
	{words: []string{"emory cgroup out of memory: Kill process ", " score "}, reason: ofGroup, severity: parse.Error, part: 2, bare: true},
	{words: []string{"oom-kill:constraint=CONSTRAINT_MEMCG"}, reason: ofGroup, severity: parse.Error, part: 1, bare: true},
	{words: []string{"oom-kill:constraint="}, reason: ofNode, severity: parse.Error, part: 1, bare: true},
	{words: []string{"_conntrack: table full, dropping packet"}, reason: "ConntrackFull", severity: parse.Error, bare: true},
	{words: []string{"PLEG is not healthy: pleg was last seen active "}, reason: "PLEGNotHealthy", severity: parse.Warn, bare: true}, // the kubelet's (pkg/kubelet/pleg)
	{words: []string{"neighbor table overflow"}, reason: "NeighbourTableFull", severity: parse.Error},
	{words: []string{"Neighbour table overflow"}, reason: "NeighbourTableFull", severity: parse.Error},
	{words: []string{"TCP: ", "ossible SYN flooding on port "}, reason: "SYNFlooding", severity: parse.Warn},
	{words: []string{"soft lockup - CPU#"}, reason: "SoftLockup", severity: parse.Error, bare: true},
	{words: []string{"atchdog detected hard LOCKUP on cpu"}, reason: "HardLockup", severity: parse.Error},
	{words: []string{"self-detected stall on CPU"}, reason: "RCUStall", severity: parse.Error},
	{words: []string{"detected stalls on CPUs/tasks"}, reason: "RCUStall", severity: parse.Error},
	{words: []string{"INFO: task ", " blocked for more than ", " seconds"}, reason: "TaskHung", severity: parse.Warn, bare: true},
	{words: []string{"unregister_netdevice: waiting for ", " to become free"}, reason: "UnregisterNetDevice", severity: parse.Warn},
	{words: []string{"Kernel panic - not syncing"}, reason: "KernelPanic", severity: parse.Fatal},
}

// holds says whether all the words stand in a text, and where the first does.
func (m *message) holds(text []byte) (at int, ok bool) {
	for i, w := range m.words {
		n := bytes.Index(text, []byte(w))
		if n < 0 {
			return 0, false
		}
		if i == 0 {
			at = n
		}
		text = text[n+len(w):]
	}
	return at, true
}

// known finds what a line of the kernel says, nil where that is of no interest.
func known(text []byte) (m *message, at int) {
	for i := range messages {
		if at, ok := messages[i].holds(text); ok {
			return &messages[i], at
		}
	}
	return nil, 0
}

// begins says whether what stands before the words of a message is no more than
// the kernel itself puts there: "watchdog: BUG: ", "nf_conntrack: nf", "M".
func begins(before []byte) bool {
	words := bytes.Fields(before)
	for i, w := range words {
		last := i == len(words)-1 && before[len(before)-1] != ' '
		switch s := string(w); {
		case last && (s == "M" || s == "nf" || s == "ip"), !last && (s == "NMI" || w[len(w)-1] == ':'):
		default:
			return false
		}
	}
	return true
}

// together is how far the lines of one kill are apart: stamps are cut to
// seconds.
const together = 2 * lex.Second

// idOf is one number for the kills of a node.
func idOf(node []byte) uint64 { return uint64(lex.Fingerprint([]byte("oom"), node)) }

// needles are the words of all messages.
func needles() (out []string) {
	for _, m := range messages {
		out = append(out, slices.MaxFunc(m.words, func(a, b string) int { return len(a) - len(b) }))
	}
	return out
}
