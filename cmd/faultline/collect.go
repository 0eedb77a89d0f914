package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/rules"
	"faultline/parse"
	"faultline/parse/formats"
)

func (a *app) collectCmd() *cobra.Command {
	var o collectOptions
	c := &cobra.Command{Use: "collect [-n NS]… [--missing PATH…]", Short: "print the commands that gather a good case (never runs them)",
		Long: `collect prints a shell script that gathers what faultline reads, with the flags
that are easily forgotten. Read it, then run it where kubectl works. It changes
nothing in the cluster. With --missing it prints only what a case lacks.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.collect(&o, args) }}
	// The shared flag takes one glob; here namespaces are named, several.
	c.Flags().StringArrayVarP(&o.namespaces, "namespace", "n", nil, "a `namespace` whose requests fail: its proxies, pods and endpoints (repeatable)")
	c.Flags().StringVar(&o.control, "control-plane", "linkerd", "the `namespace` of linkerd's control plane")
	c.Flags().BoolVar(&o.missing, "missing", false, "only what the case at PATH… lacks")
	return c
}

// collectOptions is what a script is made for.
type collectOptions struct {
	namespaces []string
	control    string
	missing    bool
	// elsewhere says that no control plane of linkerd's is in the case's cluster.
	elsewhere bool
	// steps are the names of those that are printed; nil is all.
	steps map[string]bool
	// why says which rules ask for a step.
	why map[string][]string
	// window is the time that metrics are asked for; zero: the last hours.
	from, to time.Time
}

// hoursAsked is how far back metrics are asked for, unless a case says when.
const hoursAsked = 3

func (a *app) collect(o *collectOptions, paths []string) error {
	for _, ns := range append([]string{o.control}, o.namespaces...) {
		if ns == "" || strings.Contains(ns, "/") || report.Clean(ns) != ns { // it stands in a script that is shown
			return misuse("collect -n shop", "-n %q: not the name of a namespace", ns)
		}
	}
	switch {
	case !o.missing && len(paths) > 0:
		return misuse(a.name+" collect --missing "+paths[0], "collect reads a case only with --missing")
	case o.missing:
		c, err := a.load(paths)
		if err != nil {
			return err
		}
		defer c.text.Close()
		o.lacking(c.Case)
		if len(o.steps) == 0 {
			_, err := fmt.Fprintln(a.stdout, "# The case lacks nothing that a rule asks for.")
			return err
		}
	}
	return o.write(a.stdout)
}

// lacking restricts a script to what a case lacks, about the namespaces and
// the time of its incidents.
func (o *collectOptions) lacking(c *correlate.Case) {
	o.steps, o.why, o.elsewhere = map[string]bool{}, map[string][]string{}, !c.Linkerd()
	for _, l := range rules.Missing(c) {
		o.steps[l.Name] = true
		o.why[l.Name] = append(o.why[l.Name], l.Rules...)
	}
	if len(o.namespaces) == 0 {
		o.namespaces = namespacesOf(c)
	}
	for i := range c.Incidents {
		in := &c.Incidents[i]
		if !in.Clock.OnWall() {
			continue
		}
		from, to := time.Unix(0, int64(in.Start)).UTC(), time.Unix(0, int64(in.End)).UTC()
		if o.from.IsZero() || from.Before(o.from) {
			o.from = from
		}
		if to.After(o.to) {
			o.to = to
		}
	}
	if !o.from.IsZero() { // an hour around the incidents, a day at most
		o.from, o.to = o.from.Add(-time.Hour).Truncate(time.Minute), o.to.Add(time.Hour).Truncate(time.Minute)
		if most := 24 * time.Hour; o.to.Sub(o.from) > most {
			o.from = o.to.Add(-most)
		}
	}
}

// maxNamespaces is how many namespaces of a case are asked about.
const maxNamespaces = 8

// namespacesOf are the namespaces of the proxies and the targets that failed.
func namespacesOf(c *correlate.Case) (out []string) {
	add := func(ns string) {
		if ns != "" && !slices.Contains(out, ns) && len(out) < maxNamespaces && !strings.ContainsAny(ns, "/\n\r\x00") {
			out = append(out, ns)
		}
	}
	for s := range c.Streams {
		if formats.Of(c.Streams[s].Format).Component == parse.ComponentProxy {
			add(c.Who[s].Namespace)
		}
	}
	told := namespacesTold(c)
	for i := range c.Incidents {
		for _, t := range c.Incidents[i].Targets {
			if ns, _, ok := rules.Service(t.Name); ok && (told[ns] || strings.Contains(t.Name, "."+ns+".svc")) {
				add(ns)
			}
		}
	}
	return out
}

// namespacesTold are those that logs, tables, events and objects of Kubernetes tell: the
// middle of a public domain is none.
func namespacesTold(c *correlate.Case) map[string]bool {
	told := map[string]bool{}
	add := func(subject string) {
		ns, _, _ := strings.Cut(subject, "/")
		told[ns] = true
	}
	for s := range c.Streams {
		add(c.Who[s].Namespace)
		if formats.Of(c.Streams[s].Format).Lane != parse.LaneKubelet {
			continue
		}
		for i := range c.Streams[s].Events {
			add(c.Name(c.Streams[s].Events[i].Target))
		}
	}
	for i := range c.Facts {
		add(c.Name(c.Facts[i].Subject))
	}
	return told
}

// write prints the script.
func (o *collectOptions) write(w io.Writer) error {
	s := &script{}
	o.begin(s)
	for i := range steps {
		st := &steps[i]
		if o.steps != nil && !o.steps[st.name] && !slices.ContainsFunc(st.also, func(n string) bool { return o.steps[n] }) {
			continue
		}
		s.blank()
		s.comment(fmt.Sprintf("%s. %s", strings.ToUpper(st.what[:1])+st.what[1:], st.size))
		var why []string
		for _, n := range append([]string{st.name}, st.also...) {
			why = append(why, o.why[n]...)
		}
		slices.Sort(why)
		if why = slices.Compact(why); len(why) > 0 {
			s.comment("Asked for by: " + strings.Join(why, ", "))
		}
		st.print(s, o)
	}
	o.end(s)
	_, err := io.WriteString(w, s.b.String())
	return err
}

// stamp prints a time as the script holds it.
func stamp(t time.Time) string { return report.Stamp(parse.Time(t.UnixNano()), time.Second)[:19] + "Z" }
