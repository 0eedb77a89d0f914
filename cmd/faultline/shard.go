package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/shard"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
	"faultline/parse/given"
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
		RunE: func(_ *cobra.Command, args []string) error {
			in, k, err := a.planned(args)
			if err != nil {
				return err
			}
			p, err := shard.New(in, shards, piece, parse.WithMatches(formats.All(), k.matches), formats.Wrappers())
			if err != nil {
				return err
			}
			for _, m := range k.matches {
				p.Match = append(p.Match, m.Name+"="+m.Re.String())
			}
			for _, o := range k.overrides {
				p.Source = append(p.Source, o.String())
			}
			if out == "-" {
				return p.Write(a.stdout)
			}
			f, err := os.Create(out)
			if err != nil {
				return err
			}
			defer f.Close()
			if err := p.Write(f); err != nil {
				return err
			}
			return f.Close()
		}}
	c.Flags().StringVarP(&out, "output", "o", "-", "`file` for the plan")
	c.Flags().IntVar(&shards, "shards", 2, "how many processes share the work")
	c.Flags().Int64Var(&piece, "piece", 256<<20, "cut files of plain lines into pieces of about this many `bytes`")
	return c
}

// planned finds the inputs of a plan and what is known about them.
func (a *app) planned(paths []string) (in []parse.Input, k knowledge, err error) {
	if len(paths) == 0 {
		return nil, k, misuse(a.name+" shard plan -o plan.json dump/", "nothing to read: give a file or a folder")
	}
	if in, _, err = a.inputs(paths); err != nil {
		return nil, k, err
	}
	if k, err = a.known(in); err != nil {
		return nil, k, err
	}
	for _, i := range in {
		if i.Format != "" { // the file of --facts, whatever it is called
			k.overrides = append(k.overrides, override{glob: i.Path, format: i.Format})
		}
	}
	return overridden(in, k.overrides), k, nil
}

func (a *app) shardParseCmd() *cobra.Command {
	var plan, dir string
	var index int
	c := &cobra.Command{Use: "parse --plan P --index I -d DIR", Short: "read one share; safe to kill and run again", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
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
	return shard.Reading{Open: open, Formats: parse.WithMatches(formats.All(), matches), Wrappers: formats.Wrappers()}, err
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
	c := &cobra.Command{Use: "merge --plan P -d DIR", Short: "join the shares, judge them, and report", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			form, w, done, err := a.output(out, reportForms...)
			if err != nil {
				return err
			}
			c, err := a.merge(plan, dir)
			if err != nil {
				return err
			}
			defer c.text.Close()
			if err := a.write(w, c, form); err != nil {
				return err
			}
			if err := done(); err != nil {
				return err
			}
			return a.failOn(c.Case)
		}}
	c.Flags().StringVar(&plan, "plan", "plan.json", "the `file` that shard plan wrote")
	c.Flags().StringVarP(&dir, "dir", "d", "work", "`folder` that all shards wrote to")
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: "+strings.Join(reportForms, ", ")+", or a path that ends in one")
	return c
}

func (a *app) merge(plan, dir string) (*loaded, error) {
	p, err := shard.Load(plan)
	if err != nil {
		return nil, err
	}
	o, err := a.flags.options()
	if err != nil {
		return nil, err
	}
	text := bundle.NewText()
	c, err := shard.Merge(p, dir, formats.Wrappers(), text)
	if err != nil {
		return nil, err
	}
	if c.Matches, err = planMatches(p); err != nil {
		return nil, err
	}
	return a.conclude(c, text, o, 0)
}

// String writes an override as parseOverride reads it.
func (o *override) String() string {
	var list []string
	add := func(key, value string) {
		if value != "" {
			list = append(list, key+":"+value)
		}
	}
	add("format", o.format)
	add("namespace", o.namespace)
	add("pod", o.pod)
	add("container", o.container)
	if o.zone != nil {
		add("zone", o.zone.String())
	}
	return o.glob + "=" + strings.Join(list, ",")
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
