package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/report"
	"faultline/parse/formats"
)

// version is set by the linker in releases.
var version = "dev"

// output splits -o into a format and, if it is a path, the file to write.
func (a *app) output(o string, known ...string) (form string, w io.Writer, done func() error, err error) {
	done = func() error { return nil }
	if slices.Contains(known, o) {
		return o, a.stdout, done, nil
	}
	ext := strings.TrimPrefix(filepath.Ext(o), ".")
	if ext == "txt" {
		ext = "text"
	}
	if !slices.Contains(known, ext) {
		return "", nil, done, misuse("-o "+strings.Join(known, "|"), "-o %s: not a format, nor a path that ends in one", o)
	}
	f, err := os.Create(o)
	if err != nil {
		return "", nil, done, err
	}
	return ext, f, f.Close, nil
}

// show reads paths and writes what write makes of them in one of the known
// formats, to where -o says.
func (a *app) show(paths []string, out string, known []string, write func(w io.Writer, c *loaded, form string) error) error {
	form, w, done, err := a.output(out, known...)
	if err != nil {
		return err
	}
	c, err := a.load(paths)
	if err != nil {
		return err
	}
	defer c.text.Close()
	if err := write(w, c, form); err != nil {
		return err
	}
	if err := done(); err != nil {
		return err
	}
	return a.failOn(c.Case)
}

func (a *app) eventsCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "events PATH…", Short: "the merged timeline, one event a row",
		RunE: func(_ *cobra.Command, args []string) error { return a.events(args, out) }}
	c.Flags().StringVarP(&out, "output", "o", "table", "`format`: table, jsonl, csv or timesketch, or a path that ends in one")
	c.Flags().BoolVar(&a.flags.all, "all", false, "lines that are known and of no interest too, as log.other")
	c.Flags().StringVar(&a.flags.kind, "kind", "", "only kinds that match this `glob` (proxy.*)")
	return c
}

func (a *app) events(args []string, out string) error {
	return a.show(args, out, []string{"table", "jsonl", "csv", "timesketch"}, func(w io.Writer, c *loaded, form string) error {
		f := report.Filter{Kind: a.flags.kind, Sources: a.flags.filters(), Namespace: a.flags.namespace, Pod: a.flags.pod,
			Since: c.Options.Since, Until: c.Options.Until}
		buffered := newBuffer(w)
		if form == "timesketch" {
			left, err := report.WriteTimesketch(buffered, c.Case, c.text, f)
			if err != nil {
				return err
			}
			if left > 0 {
				a.warn("%d events left out: they have no wall time, which Timesketch asks for", left)
			}
		} else if err := report.Events(buffered, c.Case, c.text, f, form); err != nil {
			return err
		}
		return buffered.Flush()
	})
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

func (a *app) formatsCmd() *cobra.Command {
	return &cobra.Command{Use: "formats", Short: "what can be read", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			for _, f := range formats.All() {
				if _, err := fmt.Fprintf(a.stdout, "%s\n    %s\n", f.Name, strings.ReplaceAll(f.Doc, "\n", "\n    ")); err != nil {
					return err
				}
			}
			fmt.Fprintln(a.stdout, "\nbefore each line, in any nesting:")
			for _, w := range formats.Wrappers() {
				fmt.Fprintf(a.stdout, "    %-12s %s\n", w.Name, w.Doc)
			}
			return nil
		}}
}

func (a *app) versionCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "version", Short: "the version of this program", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			v := struct {
				Version string `json:"version"`
				Commit  string `json:"commit"`
				Go      string `json:"go"`
				Schema  string `json:"schema"`
			}{version, "", runtime.Version(), report.Schema}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v.Commit = s.Value
					}
				}
			}
			if out == "json" {
				return json.NewEncoder(a.stdout).Encode(v)
			}
			_, err := fmt.Fprintf(a.stdout, "faultline %s (%s, %s)\n", v.Version, v.Go, v.Schema)
			return err
		}}
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: text or json")
	return c
}
