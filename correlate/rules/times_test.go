package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A title counts what it says: a kill or a rollout, not each event that tells of it.
func TestTitlesCountWhatTheySay(t *testing.T) {
	const pod = "web-5d4f8-x2x9z"
	at := func(after time.Duration) time.Time { return noon.Add(after) }
	kernel := func(after ...time.Duration) (lines string) {
		for _, a := range after {
			lines += at(a).Format("2006-01-02T15:04:05.000000+00:00") + " wk-1 kernel: Memory cgroup out of memory: Killed process 71 (java) total-vm:412344kB, anon-rss:1kB\n"
		}
		return lines
	}
	ended := func(namespace, name, container string, code int, reason string) string {
		return podJSON(namespace, name, container, fmt.Sprintf(`"restartCount":1,"lastState":{"terminated":{"exitCode":%d,"reason":%q,"startedAt":"2024-02-02T11:00:00Z","finishedAt":"2024-02-02T12:10:00Z"}}`, code, reason))
	}
	state := ended("shop", pod, "web", 137, "OOMKilled")
	backOff := event("shop", pod, "BackOff", "Back-off restarting failed container web in pod "+pod, at(11*time.Minute), 4)
	rolled := func(after time.Duration, name string) dump {
		const destination = "linkerd-destination"
		return dump{
			name + "1.json": event("linkerd", destination+"-"+name, "ScalingReplicaSet", "Scaled up replica set "+destination+"-7d4b9c6f5 to 1", at(after), 1),
			name + "2.json": event("linkerd", destination+"-"+name, "ScalingReplicaSet", "Scaled down replica set "+destination+"-6c5d8f7b9 to 0", at(after+20*time.Second), 1),
			name + "3.json": event("linkerd", destination+"-6c5d8f7b9-mv9q"+name, "Killing", "Stopping container destination", at(after+21*time.Second), 1),
			name + "4.json": event("linkerd", destination+"-6c5d8f7b9-mv9q"+name, "Killing", "Stopping container policy", at(after+21*time.Second), 1)}
	}
	both := func(a, b dump) dump {
		for name, text := range b {
			a[name] = text
		}
		return a
	}
	for name, c := range map[string]struct {
		files dump
		want  string
	}{
		"a state":                               {dump{"pod.json": state}, "The kernel killed shop/" + pod + " for its memory."},
		"a state and its back-off":              {dump{"pod.json": state, "e.json": backOff}, "The kernel killed shop/" + pod + " for its memory."},
		"a state in two files":                  {dump{"pod.json": state, "again.json": strings.Replace(state, `"phase"`, ` "phase"`, 1)}, "The kernel killed shop/" + pod + " for its memory."},
		"another one, whose reason is not":      {dump{"pod.json": state, "b.json": ended("shop", "cart-5d4f8-x2x9z", "cart", 137, "Error")}, "The kernel killed shop/" + pod + " for its memory."},
		"the kernel twice":                      {dump{"messages": kernel(0, time.Hour)}, "for its memory (2 times)."},
		"an event of three":                     {dump{"e.json": event("", "n1", "OOMKilling", "Memory cgroup out of memory: Killed process 7 (web)", noon, 3)}, "for its memory (3 times)."},
		"the kernel's log of a node":            {dump{"x.log": "2024-02-02T12:00:00.000000+00:00 wk-1 kernel: Memory cgroup out of memory: Killed process 71 (java) total-vm:412344kB, anon-rss:1kB\n"}, "killed a process on wk-1 for its memory."},
		"a state, and the kernel 9 s later":     {dump{"pod.json": state, "messages": kernel(10*time.Minute + 9*time.Second)}, "for its memory."},
		"a state, and the kernel later":         {dump{"pod.json": state, "messages": kernel(10*time.Minute + 11*time.Second)}, "for its memory (2 times)."},
		"one state of two containers, together": {dump{"pod.json": state, "b.json": ended("shop", "cart-5d4f8-x2x9z", "cart", 137, "OOMKilled")}, "for its memory (2 times)."},
		"a rollout of ten minutes":              {both(rolled(0, "a"), rolled(10*time.Minute+21*time.Second, "b")), "The control plane was rolled out, and"},
		"rollouts longer apart":                 {both(rolled(0, "a"), rolled(10*time.Minute+22*time.Second, "b")), "The control plane was rolled out (2 times), and"},
		"one rollout":                           {rolled(0, "a"), "The control plane was rolled out, and"},
		"two rollouts":                          {both(rolled(0, "a"), rolled(time.Hour, "b")), "The control plane was rolled out (2 times), and"},
		"a rollout of a quarter of an hour": {both(rolled(0, "a"), both(rolled(8*time.Minute, "b"), rolled(15*time.Minute, "c"))),
			"The control plane was rolled out, and"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := titles(judged(t, c.files.inputs()...)); !strings.Contains(got, c.want) {
				t.Errorf("%q is not in%s", c.want, got)
			}
		})
	}
}
