package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/query"
	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// outputs are the forms that each verb writes, as -o takes them; a path that
// ends in one is completed by the shell.
var outputs = map[string][]string{
	"faultline": reportForms, "analyze": reportForms, "demo": reportForms,
	"events":  eventForms,
	"sources": {"table", "json"}, "compare": {"text", "json", "md", "html"}, "query": {"table", "chart", "json", "csv"}, "alerts": {"table", "json", "junit", "html"},
	"formats": {"text", "json"}, "rules": {"text", "json"}, "version": {"text", "json"},
	"merge": append(slices.Clone(reportForms), eventForms...),
}

// complete tells the shell which values flags and arguments can have.
func (a *app) complete(root *cobra.Command) {
	values := map[string]func() []string{
		"fail-on": failOnWords,
		"color":   func() []string { return []string{"auto", "always", "never"} },
		"tz":      zoneNames,
		"kind":    kindGlobs,
		"template": func() []string {
			return slices.DeleteFunc(slices.Clone(report.Templates), func(s string) bool { return s == "" })
		},
		"scenario": func() (out []string) {
			for _, s := range synth.Scenarios() {
				out = append(out, cobra.CompletionWithDesc(s.Name, s.Doc))
			}
			return out
		},
	}
	for _, c := range append([]*cobra.Command{root}, everyVerb(root)...) {
		for name, list := range values {
			if c.Flags().Lookup(name) != nil || c.PersistentFlags().Lookup(name) != nil {
				mustComplete(c, name, func(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
					return list(), cobra.ShellCompDirectiveNoFileComp
				})
			}
		}
		if forms, ok := outputs[c.Name()]; ok {
			mustComplete(c, "output", func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
				if strings.ContainsAny(typed, "./") {
					return nil, cobra.ShellCompDirectiveDefault
				}
				return forms, cobra.ShellCompDirectiveDefault
			})
		}
		switch c.Name() {
		case "demo":
			c.ValidArgsFunction = demoNames
		case "query":
			c.ValidArgsFunction = packNames
		}
	}
	mustComplete(root, "source", a.sourceNames)
	mustComplete(root, "pod", a.podNames)
}

// mustComplete registers a completion of a flag; it fails only for one that is
// not there.
func mustComplete(c *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err)
	}
}

// everyVerb are all verbs below one, and theirs.
func everyVerb(c *cobra.Command) (out []*cobra.Command) {
	for _, sub := range c.Commands() {
		out = append(append(out, sub), everyVerb(sub)...)
	}
	return out
}

func demoNames(_ *cobra.Command, args []string, _ string) (out []string, _ cobra.ShellCompDirective) {
	if len(args) == 0 {
		for _, i := range fixtures.Incidents() {
			out = append(out, cobra.CompletionWithDesc(i.Name, i.Doc))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// packNames are the queries of the pack, where the expression stands; files
// follow.
func packNames(_ *cobra.Command, args []string, _ string) (out []string, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	for _, q := range query.Pack() {
		out = append(out, cobra.CompletionWithDesc("@"+q.Name, q.Doc))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// sourceNames are the sources of what the command line names so far, with what
// may be said of one after the sign =.
func (a *app) sourceNames(_ *cobra.Command, args []string, typed string) (out []string, _ cobra.ShellCompDirective) {
	if glob, said, ok := strings.Cut(typed, "="); ok {
		return overrideValues(glob+"=", said), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	for _, p := range args {
		if casefile.Is(p) {
			f, err := casefile.Open(p)
			if err != nil {
				continue
			}
			for i := range f.Capture.Sources {
				out = append(out, f.Capture.Sources[i].Path)
			}
			f.Close()
			continue
		}
		in, _ := bundle.Inputs([]string{p}, nil)
		for _, i := range in {
			out = append(out, i.Path)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// overrideValues are the keys of --source, and the formats and zones.
func overrideValues(before, said string) (out []string) {
	at := strings.LastIndexByte(said, ',') + 1
	before += said[:at]
	switch key, _, _ := strings.Cut(said[at:], ":"); key {
	case "format":
		for _, f := range formats.All() {
			out = append(out, before+"format:"+f.Name)
		}
	case "zone":
		for _, z := range zoneNames() {
			out = append(out, before+"zone:"+z)
		}
	default:
		for _, key := range []string{"format", "namespace", "pod", "container", "zone", "log_format"} {
			out = append(out, before+key+":")
		}
	}
	return out
}

// podNames are the pods of a case that the command line names: raw dumps would
// have to be read first.
func (a *app) podNames(_ *cobra.Command, args []string, _ string) (out []string, _ cobra.ShellCompDirective) {
	for _, p := range args {
		if !casefile.Is(p) {
			continue
		}
		f, err := casefile.Open(p)
		if err != nil {
			continue
		}
		for _, who := range correlate.NewIndex(f.Capture).Who {
			out = append(out, who.Pod)
		}
		f.Close()
	}
	slices.Sort(out)
	out = slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == "" })
	return out, cobra.ShellCompDirectiveNoFileComp
}

// kindGlobs are the kinds of events, and a glob for each family of them.
func kindGlobs() (out []string) {
	for _, k := range parse.Kinds() {
		family, _, _ := strings.Cut(k.String(), ".")
		if glob := family + ".*"; !slices.Contains(out, glob) {
			out = append(out, glob)
		}
		out = append(out, k.String())
	}
	return out
}

// zoneNames are the time zones that the system knows; the program knows them
// all.
func zoneNames() (out []string) {
	out = []string{"UTC", "Local"}
	for _, root := range []string{"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"} {
		areas, err := os.ReadDir(root)
		if err != nil {
			continue
		}
		for _, area := range areas {
			if n := area.Name(); !area.IsDir() || n == "posix" || n == "right" {
				continue
			}
			names, _ := filepath.Glob(filepath.Join(root, area.Name(), "*"))
			for _, n := range names {
				if info, err := os.Stat(n); err == nil && !info.IsDir() {
					out = append(out, area.Name()+"/"+filepath.Base(n))
				}
			}
		}
		break
	}
	return out
}
