package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/shard"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

func (a *app) shardCmd() *cobra.Command {
	c := &cobra.Command{Use: "shard", Short: "the same work split over many processes or machines",
		Example: `faultline shard plan -o plan.json --shards 8 dump/
for i in 0 1 2 3 4 5 6 7; do faultline shard parse --plan plan.json --index $i -d work/; done
faultline shard merge --plan plan.json -d work/ -o text`}
	c.AddCommand(a.shardPlanCmd(), a.shardParseCmd(), a.shardMergeCmd())
	return c
}

func (a *app) shardPlanCmd() *cobra.Command {
	var out string
	var shards int
	var piece int64
	c := &cobra.Command{Use: "plan PATH…", Short: "say who reads what, and where large files are cut",
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.mayPlan(c); err != nil {
				return err
			}
			to := &sink{a: a, path: out}
			if out == "-" {
				to.path = ""
			} else if err := a.mayWrite("-o", out, a.reads(args)); err != nil {
				return err
			}
			in, k, err := a.planned(args)
			if err != nil {
				return err
			}
			p, err := shard.New(in, shards, piece, parse.WithMatches(formats.All(), k.matches), formats.Wrappers())
			if err != nil {
				return err
			}
			p.Others = a.flags.all
			for _, m := range k.matches {
				p.Match = append(p.Match, m.Name+"="+m.Re.String())
			}
			for _, o := range k.overrides {
				p.Source = append(p.Source, o.String())
			}
			return to.write(p.Write)
		}}
	c.Flags().StringVarP(&out, "output", "o", "-", "`file` for the plan")
	c.Flags().IntVar(&shards, "shards", 2, "how many processes share the work")
	c.Flags().BoolVar(&a.flags.all, "all", false, "lines that are known and of no interest are events too, log.other: for SQL and for merge -o jsonl")
	c.Flags().Int64Var(&piece, "piece", 256<<20, "cut files of plain lines into pieces of about this many `bytes`")
	return c
}

// planned finds the inputs of a plan and what is known about them.
func (a *app) planned(paths []string) (in []parse.Input, k knowledge, err error) {
	if len(paths) == 0 {
		return nil, k, misuse(a.name+" shard plan -o plan.json dump/", "nothing to read: give a file or a folder")
	}
	in, failed, err := a.inputs(paths)
	if err != nil {
		return nil, k, err
	}
	if a.flags.strict && failed > 0 {
		return nil, k, fmt.Errorf("--strict: %d inputs were not read", failed)
	}
	if k, err = a.known(in); err != nil {
		return nil, k, err
	}
	return overridden(in, k.overrides), k, nil
}

func (a *app) shardParseCmd() *cobra.Command {
	var plan, dir string
	var index int
	c := &cobra.Command{Use: "parse --plan P --index I -d DIR", Short: "read one share; safe to kill and run again", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := mayParse(c); err != nil {
				return err
			}
			p, err := shard.Load(plan)
			if err != nil {
				return err
			}
			if index < 0 && os.Getenv("JOB_COMPLETION_INDEX") != "" { // of a Kubernetes Indexed Job
				if _, err := fmt.Sscan(os.Getenv("JOB_COMPLETION_INDEX"), &index); err != nil {
					return misuse("--index 0", "JOB_COMPLETION_INDEX: %w", err)
				}
			}
			r, err := a.reading(p)
			if err != nil {
				return err
			}
			return shard.Parse(a.ctx, p, index, dir, r, func(i shard.Item) { a.log.Infof("%s: item %d", i.Path, i.ID) })
		}}
	c.Flags().StringVar(&plan, "plan", "plan.json", "the `file` that shard plan wrote")
	c.Flags().IntVar(&index, "index", -1, "which share, from 0; of an Indexed Job it is known")
	c.Flags().StringVarP(&dir, "dir", "d", "work", "`folder` that all shards write to")
	return c
}

// reading is how the plan says that its inputs are read.
func (a *app) reading(p *shard.Plan) (shard.Reading, error) {
	var overrides []override
	for _, s := range p.Source {
		o, err := parseOverride(s)
		if err != nil {
			return shard.Reading{}, err
		}
		overrides = append(overrides, o)
	}
	matches, err := planMatches(p)
	open := func(path string) (parse.Input, error) {
		in, problems := bundle.Inputs([]string{path}, nil)
		if len(problems) > 0 {
			return parse.Input{}, problems[0]
		}
		if len(in) != 1 {
			return parse.Input{}, fmt.Errorf("%s: was a file when it was planned", path)
		}
		return overridden(in, overrides)[0], nil
	}
	return shard.Reading{Open: open, Others: p.Others, Formats: parse.WithMatches(formats.All(), matches), Wrappers: formats.Wrappers()}, err
}

func planMatches(p *shard.Plan) (out []parse.Match, err error) {
	for _, s := range p.Match {
		m, err := parse.ParseMatch(s)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func (a *app) shardMergeCmd() *cobra.Command {
	var plan, dir, out string
	known := append(reportForms[:len(reportForms):len(reportForms)], eventForms...)
	c := &cobra.Command{Use: "merge --plan P -d DIR", Short: "join the shares, judge them, and report", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.mayMerge(c); err != nil {
				return err
			}
			to, err := a.output(out, a.reads([]string{dir}, plan), known...)
			if err != nil {
				return err
			}
			l, err := a.merge(plan, dir, slices.Contains(eventForms, to.form))
			if err != nil {
				return err
			}
			defer l.text.Close()
			write := a.write
			if slices.Contains(eventForms, to.form) {
				write = a.writeEvents
			}
			if err := to.write(func(w io.Writer) error { return write(w, l, to.form) }); err != nil {
				return err
			}
			return a.failOn(l.Case)
		}}
	c.Flags().StringVar(&plan, "plan", "plan.json", "the `file` that shard plan wrote")
	c.Flags().StringVarP(&dir, "dir", "d", "work", "`folder` that all shards wrote to")
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: that of analyze or of events ("+strings.Join(known, ", ")+"), or a path that ends in one")
	return c
}

// merge judges what shards wrote; timeline asks for the lines of no interest too,
// where the plan has them.
func (a *app) merge(plan, dir string, timeline bool) (*loaded, error) {
	p, err := shard.Load(plan)
	if err != nil {
		return nil, err
	}
	o, err := a.flags.options()
	if err != nil {
		return nil, err
	}
	a.flags.all = p.Others
	text := bundle.NewText()
	c, err := shard.Merge(p, dir, formats.Wrappers(), text, timeline && p.Others)
	if err != nil {
		return nil, err
	}
	if c.Matches, err = planMatches(p); err != nil {
		return nil, err
	}
	return a.conclude(c, text, o, 0)
}
