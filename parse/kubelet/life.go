package kubelet

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// life is the state of a container that a page of describe tells of: how it
// is, or how it was before the latest restart.
type life struct {
	last    bool // "Last State"
	running bool
	ended   bool
	exit    int64
	reason  parse.EndReason
}

// told is a start that was told before the number of restarts.
type told struct {
	event int // in the batch
	last  bool
}

func lifeOf(key string, value []byte) life {
	return life{last: key == "Last State", running: string(value) == "Running", ended: string(value) == "Terminated"}
}

// lived takes the lines of a state that follow "State:" or "Last State:".
func (p *page) lived(l *parse.Line, b *parse.Batch, key string, value []byte) parse.Verdict {
	if !p.inList || p.kind != "" {
		return parse.Other
	}
	switch key {
	case "Reason":
		p.life.reason = parse.EndReasonOf(string(value))
		waits := !p.life.last && !p.life.running && !p.life.ended
		if waits && stuck(string(value), parse.Event{Target: b.Names.AddString(p.target()), Fact: b.Names.AddString(p.container)}, b) {
			return parse.Took
		}
		return parse.Other
	case "Exit Code":
		code, n, ok := lex.Digits(value)
		if ok && n == len(value) {
			p.life.exit = code
		}
		return parse.Other
	case "Restart Count":
		n, w, ok := lex.Digits(value)
		if ok && w == len(value) {
			p.restarted(b, n)
		}
		return parse.Other
	}
	at, n, ok := lex.RFC1123Z(value)
	if !ok || n != len(value) || !p.life.ended || p.quiet() {
		return parse.Other
	}
	e := p.event(l, b, at, "terminated")
	e.Kind, e.Severity, e.Value = parse.ContainerTerminated, parse.Info, float64(p.life.exit)
	e.Class = uint8(p.life.reason)
	if p.life.exit != 0 {
		e.Severity = parse.Warn
	}
	b.Add(e)
	p.run(l, b, parse.FactRunEnd, at)
	return parse.Took
}

// run states when a run of the container started or ended. The page tells its
// number only behind that.
func (p *page) run(l *parse.Line, b *parse.Batch, key string, at lex.Stamp) {
	which := parse.InstanceCurrent
	if p.life.last {
		which = parse.InstancePrevious
	}
	b.Fact(l, p.subject(b), key, which.String(), parse.Time(at.Unix), time.Duration(at.Width)/2)
}

// quiet says whether the state is no news: an init container that ended well.
func (p *page) quiet() bool { return p.init && p.life.ended && p.life.exit == 0 }

// began adds the start of a container.
func (p *page) began(l *parse.Line, b *parse.Batch, at lex.Stamp) parse.Verdict {
	if !p.life.running && !p.life.ended || p.quiet() {
		return parse.Other
	}
	e := p.event(l, b, at, "started")
	e.Kind, e.Severity = parse.ContainerStarted, parse.Info
	b.Add(e)
	p.lives = append(p.lives, told{len(b.Events) - 1, p.life.last})
	p.run(l, b, parse.FactRun, at)
	return parse.Took
}

// event is what a start and an end have in common with those of the API's
// JSON, which prints its times in UTC.
func (p *page) event(l *parse.Line, b *parse.Batch, at lex.Stamp, what string) parse.Event {
	e := parse.Event{Time: parse.Time(at.Unix + at.Width/2), Grain: parse.GrainOf(at.Width),
		Target: b.Names.AddString(p.target()), Fact: b.Names.AddString(p.container)}
	l.Own, l.Grain, l.Clock = e.Time, e.Grain, parse.ClockWall
	e.Print = livesPrint(what, p.container, time.Unix(0, at.Unix).UTC().Format(time.RFC3339))
	return e
}

// restarted corrects the starts once the page tells how many restarts there
// were: the one before the latest had one less.
func (p *page) restarted(b *parse.Batch, restarts int64) {
	for _, t := range p.lives {
		n := restarts
		if t.last {
			n--
		}
		if e := &b.Events[min(t.event, len(b.Events)-1)]; n > 0 && e.Kind == parse.ContainerStarted {
			e.Value, e.Severity = float64(n), parse.Warn
		}
	}
	p.lives = nil
}

// livesPrint makes copies of one status alike, and lives of one container not.
func livesPrint(what, container, at string) uint32 {
	return lex.Fingerprint([]byte(what + "\x00" + container + "\x00" + at))
}

// pageKinds are keys that only pages of one kind of object have.
var pageKinds = map[string]string{
	"StrategyType": "deployment", "Update Strategy": "statefulset", "Desired Number of Nodes Scheduled": "daemonset",
	"Parallelism": "job", "Schedule": "cronjob", "Capacity": "node", "Unschedulable": "node", "Session Affinity": "service",
	"Min replicas": "horizontalpodautoscaler", "Subsets": "endpoints", "AddressType": "endpointslice", "Provisioner": "storageclass",
	"CreationTimestamp": anObject, "Selector": anObject, "Replicas": anObject, "Pod Template": anObject, "Endpoints": anObject,
}

// anObject is the kind of what is no pod, and as yet nothing else.
const anObject = "object"

// kindOf finds out of what kind the page's object is.
func (p *page) kindOf(key string, value []byte) {
	kind := pageKinds[key]
	if key == "Replicas" && bytes.Contains(value, []byte(" current / ")) {
		kind = "replicaset"
	}
	if kind != "" {
		p.is(kind)
	}
}

// is says of what kind the page's object is, if that was not known.
func (p *page) is(kind string) {
	if p.kind == "" || p.kind == anObject {
		p.kind = kind
	}
}
