package node

import (
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
	"faultline/parse/wrap"
)

func read(t *testing.T, text string, piece int) *parse.Capture {
	t.Helper()
	return parsetest.Read(t, parsetest.Text("x", text), []*parse.Format{Format}, wrap.All(), parse.Options{Piece: piece})
}

// said lists the events: line, reason, whose, clock.
func said(c *parse.Capture) (out []string) {
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			out = append(out, fmt.Sprint(e.Line, " ", c.Name(e.Fact), " ", c.Name(e.Target), " ", c.Streams[i].Clock))
		}
	}
	return out
}

// One kill prints up to four lines and is one event, in the words of any
// release, whatever the cut.
func TestKills(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"before 5.0": {`Mar 08 07:55:47 wk-2 kernel: python3.7 invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null), order=0, oom_score_adj=996
Mar 08 07:55:47 wk-2 kernel: memory: usage 131072kB, limit 131072kB, failcnt 2814
Mar 08 07:55:47 wk-2 kernel: Memory cgroup out of memory: Kill process 29449 (python3.7) score 1974 or sacrifice child
Mar 08 07:55:47 wk-2 kernel: Killed process 12539 (python3.7) total-vm:412344kB, anon-rss:118212kB, file-rss:7120kB, shmem-rss:0kB
Mar 08 08:00:03 wk-2 kernel: Memory cgroup out of memory: Kill process 12427 (python3.7) score 1974 or sacrifice child
Mar 08 08:00:03 wk-2 kernel: Killed process 23460 (python3.7) total-vm:412344kB, anon-rss:118212kB, file-rss:7120kB, shmem-rss:0kB
Mar 08 08:00:04 wk-2 systemd[1]: Started Session 612 of user root.
`, "4 OOMKilling /node/wk-2 yearless, 6 OOMKilling /node/wk-2 yearless"},
		"since": {`Mar  8 07:55:47 wk-2 kernel: [ 7042.118212] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=a,mems_allowed=0,oom_memcg=/kubepods/pod1,task_memcg=/kubepods/pod1/b,task=java,pid=71,uid=0
Mar  8 07:55:47 wk-2 kernel: [ 7042.118300] Memory cgroup out of memory: Killed process 71 (java) total-vm:412344kB, anon-rss:118212kB, file-rss:7120kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:1
Mar  8 07:59:47 wk-2 kernel: [ 7282.118300] Out of memory: Killed process 72 (java) total-vm:412344kB, anon-rss:1kB, file-rss:7120kB, shmem-rss:0kB
`, "2 OOMKilling /node/wk-2 yearless, 3 SystemOOM /node/wk-2 yearless"},
		"dmesg": {"[ 7042.118212] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=a,mems_allowed=0,global_oom,task_memcg=/a,task=java,pid=71,uid=0\n" +
			"[ 7042.118300] Out of memory: Killed process 71 (java) total-vm:412344kB, anon-rss:118212kB\n[ 7043.000000] veth1: link is not ready\n", "2 SystemOOM  uptime"},
		"dmesg -T": {"[Mon Mar  8 07:55:47 2021] nf_conntrack: nf_conntrack: table full, dropping packet\n", "1 ConntrackFull  wall"},
		"stamped":  {"2021-03-08T07:55:47+0000 wk-2 kernel: watchdog: BUG: soft lockup - CPU#7 stuck for 22s! [java:712]\n", "1 SoftLockup /node/wk-2 wall"},
		"relayed":  {"<6>Mar  8 07:55:47 wk-2 kernel: INFO: task java:712 blocked for more than 120 seconds.\n", "1 TaskHung /node/wk-2 yearless"},
		"callers":  {"[ 7042.118212][  T712] neighbour: arp_cache: neighbor table overflow!\n", "1 NeighbourTableFull  uptime"},
		"bare":     {"Memory cgroup out of memory: Killed process 71 (java) total-vm:412344kB\n", "1 OOMKilling  "},
	} {
		for _, piece := range []int{0, 150} {
			c2 := read(t, c.text, piece)
			if got := strings.Join(said(c2), ", "); got != c.want || c2.Sources[0].Counts.Unparsed > 0 {
				t.Errorf("%s, %d: %q, want %q %v", name, piece, got, c.want, c2.Sources[0].Problems)
			}
		}
	}
}

// What only looks like it is no event: other programs' lines, talk, and what a
// kernel says on a good day.
func TestSilent(t *testing.T) {
	for _, text := range []string{
		"Mar  8 07:55:47 wk-2 kernel: docker0: port 3(vethf4edf9a) entered forwarding state",
		"Mar  8 07:55:47 wk-2 kernel: nf_conntrack version 0.5.0 (65536 buckets, 262144 max)",
		"Mar  8 07:55:47 wk-2 systemd[1]: Stopped Killed process 7 (x) total-vm:1kB",
		"Mar  8 07:55:47 wk-2 sshd[71]: task a blocked for more than 120 seconds",
		"we saw Out of memory: Killed process 71 (java) in the log",
		"Killed process 71 by hand", "neighbor table overflow", "the task java:7 was blocked for more than 120 seconds today",
		"[12.3] Killed process 71 (java) total-vm:1kB", "[99999999999.118212] Killed process 71 (java) total-vm:1kB",
		"[Mon Mar  8 07:55:47 2021] [error] Kernel panic - not syncing",
	} {
		if got := said(read(t, text+"\n", 0)); len(got) > 0 {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// A line of another program's log within the journal is left to its format.
func TestLeaves(t *testing.T) {
	for unit, want := range map[string]parse.Verdict{"kernel": parse.Other, "systemd-logind": parse.Other, "CRON": parse.Other, "kubelet": parse.NotMine, "dockerd": parse.NotMine, "nginx": parse.NotMine} {
		l := parse.Line{Text: []byte(`time="2021-03-08T07:55:47Z" level=info msg=x`), No: 1}
		l.Prefix.Unit = []byte(unit)
		if got := line(&l, parse.NewBatch(false, false)); got != want {
			t.Errorf("%s: %d, want %d", unit, got, want)
		}
	}
}

func TestDetail(t *testing.T) {
	var d parse.Detail
	detail([]byte("[ 7042.118212] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/a,task_memcg=/a/b,task=java,pid=71,uid=0"), &d)
	if got := fmt.Sprint(d.Attrs, d.RawTime); got != "[{reason OOMKilling} {task_memcg /a/b} {oom_memcg /a} {task java} {pid 71}][ 7042.118212]" {
		t.Error(got)
	}
}

func FuzzLine(f *testing.F) {
	parsetest.Cuts(f, Format, "[ 7042.118212] Out of memory: Killed process 71 (java) total-vm:1kB", "[Mon Mar  8 07:55:47 2021] oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=/a/b,task=java,pid=71,uid=0")
	f.Add("[ 7042.118212] Out of memory: Killed process 71 (java) total-vm:1kB", "wk", "kernel")
	f.Add("[Mon Mar  8 07:55:47 2021] x", "", "")
	f.Fuzz(func(t *testing.T, text, host, unit string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		l := parse.Line{Text: []byte(text), No: 1}
		l.Prefix.Node, l.Prefix.Unit = []byte(host), []byte(unit)
		line(&l, parse.NewBatch(false, false))
		var d parse.Detail
		detail([]byte(text), &d)
	})
}
