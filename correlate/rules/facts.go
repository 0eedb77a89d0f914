package rules

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"faultline/correlate/known"
	"faultline/parse"
	"faultline/parse/given"
)

// source of a release, the weakest first.
type basis uint8

const (
	mentioned basis = iota // in a sentence of a ticket
	image                  // in a pod's status
	stated                 // in a facts file
	logged                 // by the process itself
)

// release is one release of the control plane that the dump tells of.
type release struct {
	known.Release
	text  string
	ref   parse.Ref
	basis basis
	// from is the release that it replaced, as the same line says.
	from known.Release
	at   parse.Time
}

var releaseWords = regexp.MustCompile(`(?:stable-|edge-)?\d{1,2}\.\d{1,2}\.\d{1,3}`)

// read gives the releases that a text names, in its order.
func read(text string) (out []known.Release) {
	for _, w := range releaseWords.FindAllString(text, -1) {
		if r, ok := known.ParseRelease(w); ok {
			out = append(out, r)
		}
	}
	return out
}

// findReleases lists the releases of the control plane, in the order of the
// dump.
func (p *Pass) findReleases() (out []release) {
	for _, f := range p.Facts {
		subject, value := p.Name(f.Subject), p.Name(f.Value)
		one := release{text: value, ref: f.Ref, at: f.Time}
		switch p.Name(f.Key) {
		case parse.FactVersion:
			if strings.HasPrefix(value, "proxy ") {
				continue
			}
			one.basis = logged
		case parse.FactImage:
			if !strings.Contains(value, "linkerd") || !strings.Contains(value, "/controller") {
				continue
			}
			value, one.basis = value[strings.LastIndexByte(value, '/'):], image // a registry may be named by a version too
		case given.Version:
			if subject != "destination" && subject != "linkerd" && subject != "control-plane" && subject != "controller" {
				continue
			}
			one.basis = stated
		case given.Change:
			if subject != "upgrade" && subject != "downgrade" {
				continue
			}
			one.basis = stated
		case parse.FactMentioned:
			if subject != "upgrade" && subject != "version" {
				continue
			}
		default:
			continue
		}
		named := read(value)
		if len(named) == 0 {
			continue
		}
		one.Release = named[len(named)-1]
		if len(named) > 1 {
			one.from = named[0]
		}
		if !slices.ContainsFunc(out, func(r release) bool { return r.Release == one.Release && r.basis == one.basis && r.from == one.from }) {
			out = append(out, one)
		}
	}
	return out
}

// current is the release that the control plane ran at last, by the strongest
// source there is; ok is false when none is known.
func (p *Pass) current() (best release, ok bool) {
	for _, r := range p.releases {
		if !ok || r.basis > best.basis || r.basis == best.basis && (r.at >= best.at) {
			best, ok = r, true
		}
	}
	return best, ok
}

// upgrades are the pairs of releases that replaced one another: as one line
// says, or as the dump says in its order.
func (p *Pass) upgrades() (out []release) {
	for i, r := range p.releases {
		if r.from == (known.Release{}) && i > 0 && r.basis == p.releases[i-1].basis && r.basis != image {
			r.from = p.releases[i-1].Release
		}
		if r.from != (known.Release{}) && r.from != r.Release {
			out = append(out, r)
		}
	}
	return out
}

// fact finds the facts of a key, in the order of the dump.
func (p *Pass) fact(key string) []parse.Fact {
	if p.facts == nil { // once: a dump of a cluster has some of each pod
		p.facts = map[parse.Name][]parse.Fact{}
		for _, f := range p.Facts {
			p.facts[f.Key] = append(p.facts[f.Key], f)
		}
	}
	name, _ := p.Names.Find(key)
	return slices.Clip(p.facts[name])
}

// factsOf are those with a key by their subject.
func (p *Pass) factsOf(key string) map[string][]parse.Fact {
	out := p.factsBy[key]
	if out == nil {
		out = map[string][]parse.Fact{}
		for _, f := range p.fact(key) {
			subject := p.Name(f.Subject)
			out[subject] = append(out[subject], f)
		}
		p.factsBy[key] = out
	}
	return out
}

// mention finds what a ticket's sentences say of a subject.
func (p *Pass) mention(subject string) (out []parse.Fact) {
	for _, f := range p.fact(parse.FactMentioned) {
		if p.Name(f.Subject) == subject {
			out = append(out, f)
		}
	}
	return out
}

// logLevel is the controllers' log level, "" when nothing says it.
func (p *Pass) logLevel() (level string, ref parse.Ref) {
	for _, f := range p.fact(parse.FactLogLevel) {
		subject := p.Name(f.Subject)
		if strings.HasSuffix(subject, "/linkerd-proxy") || strings.HasPrefix(p.Name(f.Value), "v=") {
			continue
		}
		if strings.Contains(subject, "linkerd") {
			return p.Name(f.Value), f.Ref
		}
	}
	return "", ref
}

// clockText shows a wall time.
func clockText(t parse.Time) string {
	return time.Unix(0, int64(t)).UTC().Format("2006-01-02 15:04:05.000 MST")
}
