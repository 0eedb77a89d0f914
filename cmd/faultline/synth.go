package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"faultline/correlate/aside"
	"faultline/correlate/words"
	"faultline/fixtures"
	"faultline/fixtures/synth"
	"faultline/parse"
)

func newBuffer(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 64<<10) }

func (a *app) demoCmd() *cobra.Command {
	var out string
	var doc strings.Builder
	for _, i := range fixtures.Incidents() {
		fmt.Fprintf(&doc, "  %-8s %s\n", i.Name, i.Doc)
	}
	c := &cobra.Command{Use: "demo [NAME]", Short: "opens a bundled incident: " + strings.Join(bundled(), ", "), Long: "Opens a bundled incident:\n\n" + doc.String(),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := fixtures.Incidents()[0].Name
			if len(args) > 0 {
				name = args[0]
			}
			if !cmd.Flags().Changed("output") && a.screened() {
				return a.demoScreen(name)
			}
			return a.demo(name, out)
		}}
	c.Flags().StringVarP(&out, "output", "o", "text", reportFormsDoc)
	return c
}

// bundled are the names of the bundled incidents.
func bundled() (out []string) {
	for _, i := range fixtures.Incidents() {
		out = append(out, i.Name)
	}
	return out
}

// bundledInputs are the files of a bundled incident, and that of --facts.
func (a *app) bundledInputs(name string) ([]parse.Input, error) {
	in, ok, err := fixtures.Inputs(name)
	if err != nil {
		return nil, err
	}
	if !ok {
		near := cmp.Or(words.Nearest(name, bundled()), fixtures.Incidents()[0].Name)
		return nil, misuse(a.name+" demo "+near, "there is no bundled incident %q: there are %s", name, strings.Join(bundled(), ", "))
	}
	facts, err := a.factsInput()
	return append(in, facts...), err
}

func (a *app) demo(name, out string) error {
	to, err := a.output(out, nil, reportForms...)
	if err != nil {
		return err
	}
	in, err := a.bundledInputs(name)
	if err != nil {
		return err
	}
	c, err := a.judge(in, 0)
	if err != nil {
		return err
	}
	defer c.text.Close()
	return to.write(func(w io.Writer) error { return a.write(w, c, to.form) })
}

func (a *app) synthCmd() *cobra.Command {
	var dir, begin string
	set := synth.Default("resync")
	var doc strings.Builder
	for _, s := range synth.Scenarios() {
		fmt.Fprintf(&doc, "  %-9s %s\n", s.Name, s.Doc)
	}
	c := &cobra.Command{Use: "synth -o DIR", Short: "a labelled synthetic case, ground truth in DIR.truth.json", Args: cobra.NoArgs,
		Long: "Writes a synthetic case, and what was planted in it to DIR.truth.json.\n\nScenarios:\n" + doc.String(),
		RunE: func(_ *cobra.Command, _ []string) error { return a.synth(dir, begin, set) }}
	f := c.Flags()
	f.StringVarP(&dir, "output", "o", "", "`folder` to write, which must be empty or new")
	f.StringVar(&set.Scenario, "scenario", set.Scenario, "what is planted")
	f.Uint64Var(&set.Seed, "seed", set.Seed, "same seed, same bytes")
	f.StringVar(&begin, "start", set.Start.Format(time.RFC3339), "`time` at which the capture begins")
	f.Float64Var(&set.Hours, "hours", set.Hours, "how long it lasts")
	f.IntVar(&set.Replicas, "replicas", set.Replicas, "destination replicas")
	f.IntVar(&set.Proxies, "proxies", set.Proxies, "ingress proxies")
	f.DurationVar(&set.Period, "resync", set.Period, "`period` of the resync")
	f.BoolVar(&set.Timestamps, "timestamps", set.Timestamps, "as kubectl logs --timestamps")
	f.BoolVar(&set.Prefix, "prefix", set.Prefix, "as kubectl logs --prefix, one file for all pods")
	f.BoolVar(&set.Anchors, "anchors", set.Anchors, "with pod status and process_start_time_seconds")
	f.BoolVar(&set.Restarts, "restarts", set.Restarts, "with a restart of a proxy and of a replica")
	f.BoolVar(&set.Gaps, "gaps", set.Gaps, "with holes in the capture")
	f.BoolVar(&set.JSON, "json", set.JSON, "destination logs as JSON")
	f.IntVar(&set.Noise, "noise", set.Noise, "uninteresting lines a second and proxy")
	return c
}

func (a *app) synth(dir, begin string, set synth.Config) error {
	if dir == "" {
		return misuse(a.name+" synth -o case", "synth needs a folder to write to")
	}
	at, err := time.Parse(time.RFC3339, begin)
	if err != nil {
		return misuse("--start 2024-02-02T06:00:00Z", "--start %s: not a time in RFC 3339", begin)
	}
	set.Start = at.UTC()
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return misuse("give a new folder", "-o %s: no folder; a case is never put in the place of a file", dir)
	}
	if had, err := os.ReadDir(dir); err == nil && len(had) > 0 {
		return misuse("give a new folder: a case is not mixed with other files", "%s is not empty", dir)
	}
	to := &sink{a: a, path: filepath.Clean(dir) + ".truth.json"}
	if err := a.mayWrite("the truth of -o", to.path, nil); err != nil {
		return err
	}
	truth, err := a.synthesize(dir, set)
	if err != nil {
		return err
	}
	if err := to.write(func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(truth)
	}); err != nil {
		return errors.Join(err, os.RemoveAll(dir)) // it was empty, or not there
	}
	fmt.Fprintf(a.stdout, "%s: %d files, %d incidents, %d stalls; what was planted is in %s\n",
		dir, len(truth.Files), len(truth.Incidents), len(truth.Stalls), to.path)
	return nil
}

// synthesize writes the files of a case into a folder beside dir, which then
// gets the name.
func (a *app) synthesize(dir string, set synth.Config) (*synth.Truth, error) {
	dir = filepath.Clean(dir)
	if to, err := filepath.EvalSymlinks(dir); err == nil {
		dir = to
	}
	fresh, err := aside.Mkdir(dir)
	if err != nil {
		return nil, err
	}
	defer aside.RemoveAll(fresh)
	truth, err := synth.Generate(set, synth.Dir(fresh))
	if err == nil && a.ctx.Err() != nil {
		err = context.Cause(a.ctx)
	}
	if err == nil {
		err = aside.Folder(fresh, dir)
	}
	return truth, err
}
