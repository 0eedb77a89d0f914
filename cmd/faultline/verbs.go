package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// version is set by the linker in releases.
var version = "dev"

// show reads paths and writes what write makes of them in one of the known
// formats, to where -o says.
func (a *app) show(paths []string, out string, known []string, write func(w io.Writer, c *loaded, form string) error) error {
	to, err := a.output(out, a.reads(paths), known...)
	if err != nil {
		return err
	}
	c, err := a.load(paths)
	if err != nil {
		return err
	}
	defer c.text.Close()
	a.notUnderstood(c.Case)
	if err := to.write(func(w io.Writer) error { return write(w, c, to.form) }); err != nil {
		return err
	}
	return a.failOn(c.Case)
}

// namedUnread is how many sources are named of which something was not
// understood.
const namedUnread = 5

// notUnderstood says what of the sources was not: a row that is not there says
// nothing of itself.
func (a *app) notUnderstood(c *correlate.Case) {
	said := report.NotUnderstood(c)
	for _, s := range said[:min(len(said), namedUnread)] {
		a.warn("%s", s)
	}
	if more := len(said) - namedUnread; more > 0 {
		a.warn("and %d more sources that are not understood, or not all of them: %s sources PATH lists them", more, a.name)
	}
}

// reads are all paths that a verb reads from, beside those it was given: none
// of them is ever written to.
func (a *app) reads(paths []string, more ...string) []string {
	out := append(slices.Clone(paths), a.flags.facts)
	return slices.DeleteFunc(append(out, more...), func(p string) bool { return p == "" || p == bundle.Stdin })
}

func (a *app) eventsCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "events PATH…", Short: "the merged timeline, one event a row",
		RunE: func(_ *cobra.Command, args []string) error { return a.events(args, out) }}
	c.Flags().StringVarP(&out, "output", "o", "table", "`format`: table, text, jsonl, csv, timesketch, otlp or perfetto, or a path that ends in one")
	c.Flags().BoolVar(&a.flags.all, "all", false, "lines that are known and of no interest too, as log.other")
	c.Flags().StringVar(&a.flags.near, "near", "", "only what is within a minute of a mark that holds this `text`")
	c.Flags().StringVar(&a.flags.kind, "kind", "", "only kinds that match this `glob` (proxy.*)")
	return c
}

func (a *app) events(args []string, out string) error {
	return a.show(args, out, append([]string{"text"}, eventForms...), a.writeEvents)
}

// eventForms are what the timeline can be written as; as text too, which of a
// merge of shards is the report.
var eventForms = []string{"table", "jsonl", "csv", "timesketch", "otlp", "perfetto"}

// writeEvents writes the timeline, as far as flags ask for it.
func (a *app) writeEvents(w io.Writer, c *loaded, form string) error {
	f := report.Filter{Kind: a.flags.kind, Sources: a.flags.filters(), Namespace: a.flags.namespace, Pod: a.flags.pod,
		Since: c.Options.Since, Until: c.Options.Until, Others: a.flags.all}
	if a.flags.near != "" {
		if f.Near = report.Near(c.Case, a.flags.near); f.Near == nil {
			return misuse("marks: [{at: TIME, text: …}] in a faultline.yaml, or m on the screen, sets one", "--near %s: no mark with a time holds that", a.flags.near)
		}
	}
	a.noEvents(c.Case, &f)
	buffered := newBuffer(w)
	left, who := 0, ""
	var err error
	switch form {
	case "timesketch":
		who = "Timesketch"
		left, err = report.WriteTimesketch(buffered, c.Case, c.text, f)
	case "perfetto":
		who = "Perfetto"
		left, err = report.WritePerfetto(buffered, c.Case, c.text, f)
	case "otlp":
		err = report.WriteOTLP(buffered, c.Case, c.text, f)
	default:
		err = report.Events(buffered, c.Case, c.text, f, form)
	}
	if err != nil {
		return err
	}
	if left > 0 {
		a.warn("%s", parse.Agree(fmt.Sprintf("%d events have no wall time, which %s asks for, and are left out", left, who)))
	}
	return buffered.Flush()
}

// noEvents says that a timeline is empty, and of how many events: no row at all
// looks like an answer, and may be a filter's doing.
func (a *app) noEvents(c *correlate.Case, f *report.Filter) {
	for p := range c.Timeline() {
		if f.Wants(c, p) {
			return
		}
	}
	read := words.Count(c.Total, "event was", "events were") + " read from " + words.Count(len(c.Sources), "source", "sources")
	if c.Total > 0 {
		read += ", and none passes the filters"
	}
	a.warn("no event to show: %s", read)
}

func (a *app) sourcesCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "sources PATH…", Short: "what was read, as which format, on which clock and why",
		RunE: func(_ *cobra.Command, args []string) error {
			return a.show(args, out, []string{"table", "json"}, func(w io.Writer, c *loaded, form string) error {
				return report.WriteSources(w, c.Case, form)
			})
		}}
	c.Flags().StringVarP(&out, "output", "o", "table", "`format`: table or json, or a path that ends in one")
	return c
}

// described is a format or a prefix, as formats -o json has it.
type described struct {
	Name string `json:"name"`
	// Prefix: it stands before lines of other formats.
	Prefix bool   `json:"prefix"`
	Doc    string `json:"doc"`
}

func (a *app) formatsCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "formats", Short: "what can be read", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			var list []described
			for _, f := range formats.All() {
				list = append(list, described{f.Name, false, f.Doc})
			}
			for _, w := range formats.Wrappers() {
				list = append(list, described{w.Name, true, w.Doc})
			}
			return a.listed(out, list, func(w io.Writer) {
				prefixes := false
				for _, d := range list {
					if !d.Prefix {
						fmt.Fprintf(w, "%s\n    %s\n", d.Name, strings.ReplaceAll(d.Doc, "\n", "\n    "))
						continue
					}
					if !prefixes {
						prefixes = true
						fmt.Fprintln(w, "\nbefore each line, in any nesting:")
					}
					fmt.Fprintf(w, "    %-12s %s\n", d.Name, d.Doc)
				}
			})
		}}
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: text or json")
	return c
}

// listed writes what the program says of itself, as text or as JSON.
func (a *app) listed(form string, value any, text func(w io.Writer)) error {
	w := newBuffer(a.stdout)
	switch form {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(value); err != nil {
			return err
		}
	case "text":
		text(w)
	default:
		return misuse("-o text|json", "-o %s: not a format", form)
	}
	return w.Flush()
}

// build is what version -o json says.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	Schema  string `json:"schema"`
}

// versionLine is what version and --version say.
func versionLine() string {
	return fmt.Sprintf("faultline %s (%s, %s)\n", version, runtime.Version(), report.Schema)
}

func (a *app) versionCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "version", Short: "the version of this program", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			v := build{version, "", runtime.Version(), report.Schema}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v.Commit = s.Value
					}
				}
			}
			return a.listed(out, v, func(w io.Writer) {
				fmt.Fprint(w, versionLine())
			})
		}}
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: text or json")
	return c
}
