package kubelet

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// pod is what is read of a Pod (k8s.io/api core/v1 types.go).
type pod struct {
	Metadata struct{ Name, Namespace, CreationTimestamp string }
	Spec     struct {
		NodeName                                        string
		Containers, InitContainers, EphemeralContainers []container
	}
	Status struct {
		PodIP, StartTime, Phase                                              string
		Conditions                                                           []json.RawMessage
		ContainerStatuses, InitContainerStatuses, EphemeralContainerStatuses []json.RawMessage
	}
}

type container struct {
	Name, Image string
	Resources   struct{ Limits map[string]json.RawMessage }
}

// status is a ContainerStatus.
type status struct {
	Name, Image      string
	RestartCount     int64
	Ready            json.RawMessage
	State, LastState state
}

type state struct {
	Waiting    *struct{ Reason, Message string }
	Running    *struct{ StartedAt string }
	Terminated *terminated
}

type terminated struct {
	ExitCode              int64
	Reason                string
	StartedAt, FinishedAt string
}

// pod reads one pod: what its containers are made of, and when they started
// and ended.
func (d *dump) pod(o object) {
	var p pod
	if err := json.Unmarshal(o.raw, &p); err != nil {
		d.b.Problem(o.line, "a pod is not understood: %v", err)
		return
	}
	l := o.at(0, len(o.raw))
	if p.Spec.NodeName != "" {
		d.b.Fact(&l, d.subject(&p, ""), parse.FactNode, p.Spec.NodeName, 0, 0)
	}
	if m, ok := readMoment(p.Metadata.CreationTimestamp); ok {
		d.b.Fact(&l, d.subject(&p, ""), parse.FactCreated, p.Metadata.CreationTimestamp, m.at, m.grain.Width()/2)
	}
	if p.Status.PodIP != "" {
		d.b.Fact(&l, d.subject(&p, ""), parse.FactAddress, p.Status.PodIP, 0, 0)
	}
	for _, list := range [][]container{p.Spec.InitContainers, p.Spec.Containers, p.Spec.EphemeralContainers} {
		for _, c := range list {
			subject := d.subject(&p, c.Name)
			if c.Image != "" {
				d.b.Fact(&l, subject, parse.FactImage, c.Image, 0, 0)
			}
			if cpu, ok := c.Resources.Limits["cpu"]; ok {
				d.b.Fact(&l, subject, parse.FactCPULimit, text(cpu), 0, 0)
			}
		}
	}
	var statuses []status
	for i, list := range [][]json.RawMessage{p.Status.InitContainerStatuses, p.Status.ContainerStatuses, p.Status.EphemeralContainerStatuses} {
		from := 0
		for j, raw := range list {
			if j == maxContainers {
				d.b.Problem(o.line, "the pod has %d containers: only %d are read", len(list), maxContainers)
				break
			}
			if at := bytes.Index(o.raw[from:], raw); at >= 0 {
				from += at
				if s := d.status(o, &p, from, from+len(raw), i == 0); s != nil && i == 1 {
					statuses = append(statuses, *s)
				}
				from += len(raw)
			}
		}
	}
	d.unready(o, &p, statuses)
}

// maxContainers is how many of one pod are read; Kubernetes runs far fewer.
const maxContainers = 250

func (d *dump) subject(p *pod, container string) parse.Name {
	return d.b.Names.AddString(parse.Subject(p.Metadata.Namespace, p.Metadata.Name, container))
}

// status reads the state of one container, and its state before the latest
// restart. An init container that ended well is no news.
func (d *dump) status(o object, p *pod, from, to int, init bool) *status {
	var s status
	if err := json.Unmarshal(o.raw[from:to], &s); err != nil {
		d.b.Problem(o.line, "the status of a container is not understood: %v", err)
		return nil
	}
	l := o.at(from, to)
	first := len(d.b.Events)
	e := parse.Event{Target: d.b.Names.AddString(target(p.Metadata.Namespace, "pod", p.Metadata.Name)), Fact: d.b.Names.AddString(s.Name)}
	for i, t := range []*terminated{s.LastState.Terminated, s.State.Terminated} {
		if t != nil && !(init && t.ExitCode == 0) {
			d.started(e, t.StartedAt, s.RestartCount-1+int64(i))
			d.ended(e, t)
			d.startFact(&l, p, s.Name, t.StartedAt)
			run := runOf(i == 0, s.RestartCount)
			d.runFact(&l, p, s.Name, parse.FactRun, run, t.StartedAt)
			d.runFact(&l, p, s.Name, parse.FactRunEnd, strings.TrimSpace(run+" "+strconv.FormatInt(t.ExitCode, 10)+" "+t.Reason), t.FinishedAt)
		}
	}
	if w := s.State.Waiting; w != nil {
		since := p.Status.StartTime
		if t := s.LastState.Terminated; t != nil {
			since = t.FinishedAt
		}
		if m, ok := readMoment(since); ok {
			e := e
			e.Time, e.Grain, e.Print = m.at, m.grain, livesPrint("waiting "+w.Reason, s.Name, since)
			stuck(w.Reason, e, d.b)
		}
	}
	if r := s.State.Running; r != nil {
		d.started(e, r.StartedAt, s.RestartCount)
		d.startFact(&l, p, s.Name, r.StartedAt)
		d.runFact(&l, p, s.Name, parse.FactRun, runOf(false, s.RestartCount), r.StartedAt)
	}
	d.file(o, from, to, first)
	return &s
}

// startFact states when one life of a container started.
func (d *dump) startFact(l *parse.Line, p *pod, container, startedAt string) {
	at, n, ok := lex.RFC3339([]byte(startedAt))
	if ok && n == len(startedAt) && at.Zoned {
		d.b.Fact(l, d.subject(p, container), parse.FactStartedAt, startedAt, parse.Time(at.Unix), time.Duration(at.Width)/2)
	}
}

// runOf names a run of a container: the present one has been restarted as often
// as the status counts, the one before it once less.
func runOf(last bool, restarts int64) string {
	if last {
		return parse.InstancePrevious.String() + " " + strconv.FormatInt(max(restarts-1, 0), 10)
	}
	return parse.InstanceCurrent.String() + " " + strconv.FormatInt(restarts, 10)
}

// runFact states when a run of a container started or ended.
func (d *dump) runFact(l *parse.Line, p *pod, container, key, run, at string) {
	if m, ok := readMoment(at); ok {
		half := m.grain.Width() / 2
		d.b.Fact(l, d.subject(p, container), key, run, m.at-parse.Time(half), half)
	}
}

// started adds the start of a container; its value is how many restarts there
// had been.
func (d *dump) started(e parse.Event, at string, restarts int64) {
	m, ok := readMoment(at)
	if !ok {
		return
	}
	e.Kind, e.Severity = parse.ContainerStarted, parse.Info
	if restarts > 0 {
		e.Severity, e.Value = parse.Warn, float64(restarts)
	}
	e.Time, e.Grain, e.Print = m.at, m.grain, livesPrint("started", d.b.Names.Text(e.Fact), at)
	d.b.Add(e)
}

// ended adds the end of a container; its value is the exit code.
func (d *dump) ended(e parse.Event, t *terminated) {
	m, ok := readMoment(t.FinishedAt)
	if !ok {
		return
	}
	e.Kind, e.Severity, e.Value = parse.ContainerTerminated, parse.Info, float64(t.ExitCode)
	e.Class = uint8(parse.EndReasonOf(t.Reason))
	if t.ExitCode != 0 {
		e.Severity = parse.Warn
	}
	e.Time, e.Grain, e.Print = m.at, m.grain, livesPrint("terminated", d.b.Names.Text(e.Fact), t.FinishedAt)
	d.b.Add(e)
}
