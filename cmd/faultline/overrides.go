package main

import (
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
	"faultline/parse/given"
)

// override is what the user knows better about the sources that a glob names.
type override struct {
	glob                              string
	format, namespace, pod, container string
	zone                              *time.Location
	layout                            string // of an access log, as in a configuration
}

// parseOverride reads "GLOB=key:value,…".
func parseOverride(s string) (o override, err error) {
	glob, list, ok := strings.Cut(s, "=")
	if _, bad := path.Match(glob, ""); !ok || glob == "" || bad != nil {
		return o, misuse("--source 'ingress-*.log=pod:ingress-0,format:proxy'", "--source %s: not GLOB=key:value,…", s)
	}
	o.glob = glob
	if text, ok := strings.CutPrefix(list, logFormat); ok { // which may hold commas
		if _, err := formats.Laid(text); err != nil {
			return o, misuse(`--source 'access*.log=log_format:$remote_addr [$time_iso8601] "$request" $status $request_time'`, "--source %s=log_format:…: %v", glob, err)
		}
		o.layout = text
		return o, nil
	}
	for _, pair := range strings.Split(list, ",") {
		key, value, _ := strings.Cut(pair, ":")
		switch key {
		case "format":
			if formats.ByName(value) == nil {
				return o, misuse("faultline formats     lists them", "--source %s: there is no format %q", s, value)
			}
			o.format = value
		case "namespace":
			o.namespace = value
		case "pod":
			o.pod = value
		case "container":
			o.container = value
		case "zone":
			if o.zone, err = time.LoadLocation(value); err != nil {
				return o, misuse("--source '*.log=zone:Europe/Berlin'", "--source %s: unknown zone %q", s, value)
			}
		default:
			return o, misuse("the keys are format, namespace, pod, container, zone, log_format", "--source %s: unknown key %q", s, key)
		}
	}
	return o, nil
}

// names says whether the override is for an input.
func (o *override) names(in *parse.Input) bool {
	whole, _ := path.Match(o.glob, in.Path)
	base, _ := path.Match(o.glob, path.Base(in.Path))
	return whole || base || o.glob == "*"
}

// apply sets what the override says on an input that it names.
func (o *override) apply(in *parse.Input) {
	if !o.names(in) {
		return
	}
	set := func(to *string, value string) {
		if value != "" {
			*to = value
		}
	}
	set(&in.Format, o.format)
	set(&in.Namespace, o.namespace)
	set(&in.Pod, o.pod)
	set(&in.Container, o.container)
	if o.zone != nil {
		in.Zone = o.zone
	}
}

// overridden applies overrides to inputs, and to what archives turn out to
// hold. Later ones win.
func overridden(in []parse.Input, list []override) []parse.Input {
	if len(list) == 0 {
		return in
	}
	in = slices.Clone(in)
	for i := range in {
		for _, o := range list {
			o.apply(&in[i])
		}
		in[i].Laid = laid(&in[i], list)
		if expand := in[i].Expand; expand != nil {
			in[i].Expand = func(yield func(parse.Input) bool) {
				expand(func(member parse.Input) bool {
					return yield(overridden([]parse.Input{member}, list)[0])
				})
			}
		}
	}
	return in
}

// knowledge is what facts files and flags say about how to read.
type knowledge struct {
	overrides []override
	matches   []parse.Match
}

// known gathers what changes the reading: from the facts files among the
// inputs first, then from flags, which win.
func (a *app) known(in []parse.Input) (k knowledge, err error) {
	k.overrides = []override{{glob: given.Name, format: given.Format.Name}}
	for _, i := range overridden(in, k.overrides) {
		if i.Expand != nil || i.Format != given.Format.Name {
			continue
		}
		if err := k.file(i); err != nil {
			a.warn("%s: %s", i.Path, err)
		}
	}
	for _, s := range a.flags.sources {
		if !strings.Contains(s, "=") {
			continue // a filter
		}
		o, err := parseOverride(s)
		if err != nil {
			return k, err
		}
		k.overrides = append(k.overrides, o)
	}
	k.overrides = append(discovered(in), k.overrides...)
	matches, err := a.flags.matches()
	k.matches = append(k.matches, matches...)
	return k, err
}

// file takes from a facts file what changes how others are read. What it
// cannot read is told when the file is read as a source.
func (k *knowledge) file(in parse.Input) error {
	r, err := in.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return err
	}
	entries, _ := given.Parse(data)
	for _, e := range entries {
		switch e.Key {
		case given.Zone:
			e.Value = "zone:" + e.Value
			fallthrough
		case given.Source:
			o, err := parseOverride(e.Subject + "=" + e.Value)
			if err != nil {
				return err
			}
			k.overrides = append(k.overrides, o)
		case given.Match:
			m, err := parse.ParseMatch(e.Subject + "=" + e.Value)
			if err != nil {
				return err
			}
			k.matches = append(k.matches, m)
		}
	}
	return nil
}

// filters are the globs of --source that only choose what is shown.
func (f *shared) filters() (out []string) {
	for _, s := range f.sources {
		if !strings.Contains(s, "=") {
			out = append(out, s)
		}
	}
	return out
}

// factsInput is the file of --facts, as one more source.
func (a *app) factsInput() ([]parse.Input, error) {
	if a.flags.facts == "" {
		return nil, nil
	}
	facts, problems := bundle.Inputs([]string{a.flags.facts}, nil)
	if len(problems) > 0 || len(facts) != 1 || facts[0].Expand != nil {
		return nil, misuse("--facts faultline.yaml", "--facts %s: not a file that can be read", a.flags.facts)
	}
	facts[0].Format = given.Format.Name
	return facts, nil
}
