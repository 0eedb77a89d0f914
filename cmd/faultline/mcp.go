package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"faultline/cmd/mcp"
	"faultline/correlate/casefile"
	"faultline/correlate/redact"
	"faultline/docs"
	"faultline/parse/bundle"
	"faultline/tui"
)

// serving are the flags of mcp.
type serving struct {
	compare, allow string
	config         bool
	exporting
}

func (a *app) mcpCmd() *cobra.Command {
	var s serving
	c := &cobra.Command{Use: "mcp PATH…", Short: "answer an assistant's questions about a dump, over stdin and stdout",
		Long: `mcp reads the dump once and answers questions about it over the Model Context
Protocol, on stdin and stdout: what happened, with which proof, what the lines
say, what to collect next. It listens to nothing and connects to nothing, and
it writes nothing unless --allow-export names a folder.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.mcp(args, &s) }}
	f := c.Flags()
	f.StringVar(&s.compare, "compare", "", "a second `path`, for the tool compare: what was opened is its a, this its b")
	f.StringVar(&s.allow, "allow-export", "", "the `folder` that the tool export may write new files into; without it there is no such tool")
	f.BoolVar(&s.config, "print-config", false, "print what common clients want in their configuration, and end")
	f.BoolVar(&s.redact, "redact", false, "answer with pseudonyms in place of names and addresses, and withhold an answer that would hold an original")
	f.StringVar(&s.key, "redact-key", "", "a `file` of random bytes: the same key gives the same pseudonyms another time")
	f.StringVar(&s.keep, "redact-map", "", "a `file` for the originals of the pseudonyms; whoever asks never sees it")
	return c
}

func (a *app) mcp(paths []string, s *serving) error {
	if s.config {
		return a.printConfig(paths)
	}
	if err := a.mayServe(paths, s); err != nil {
		return err
	}
	return mcp.Serve(a.ctx, a.stdin, a.stdout, mcp.Options{
		Version: version, Pages: docs.Pages(), Writes: s.allow != "",
		Open: func(ctx context.Context, tell func(mcp.Progress)) (*mcp.Dump, error) {
			within := *a
			within.ctx = ctx
			within.watch = newWatcher(func(p tui.Progress) {
				tell(mcp.Progress{Doing: p.Doing, Done: float64(p.Bytes), Total: float64(p.Total)})
			})
			return within.dump(paths, s)
		},
	})
}

// mayServe refuses, before anything is answered, what cannot work.
func (a *app) mayServe(paths []string, s *serving) error {
	if len(paths) == 0 {
		return misuse(a.name+" mcp dump/", "nothing to read: give a file or a folder")
	}
	for _, p := range append(a.reads(append(paths, s.compare)), paths...) {
		if p == bundle.Stdin {
			return misuse("save it to a file first", "standard input is whoever asks: the dump cannot come from it")
		}
		if _, err := os.Stat(p); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: no such file or folder", p)
		}
	}
	if (s.key != "" || s.keep != "") && !s.redact {
		return misuse("--redact --redact-key key", "--redact-key and --redact-map are for --redact")
	}
	reads := a.reads(append(paths, s.compare), s.key)
	if s.keep != "" {
		if err := a.mayWrite("--redact-map", s.keep, reads); err != nil {
			return err
		}
	}
	if s.allow == "" {
		return nil
	}
	if info, err := os.Stat(s.allow); err != nil || !info.IsDir() {
		return misuse("mkdir "+s.allow, "--allow-export %s: not a folder", s.allow)
	}
	for _, read := range reads {
		if within(s.allow, read) {
			return misuse("give another folder: nothing that is read is ever written to", "--allow-export %s: it is part of what is read (%s)", s.allow, read)
		}
	}
	return nil
}

// dump reads what is asked about.
func (a *app) dump(paths []string, s *serving) (*mcp.Dump, error) {
	c, err := a.load(paths)
	if err != nil {
		return nil, err
	}
	d := &mcp.Dump{Case: c.Case, Text: c.text, Version: version}
	if c.file == nil {
		d.Lines = a.rereading(paths)
	}
	var other *loaded
	if s.compare != "" {
		if other, err = a.load([]string{s.compare}); err != nil {
			return nil, err
		}
		d.Other = other.Case
	}
	if s.redact {
		if err := a.hide(d, c, other, s); err != nil {
			return nil, err
		}
	}
	d.Script = func() string {
		o := collectOptions{control: "linkerd"}
		o.lacking(d.Case)
		var b bytes.Buffer
		_ = o.write(&b) // a buffer takes everything
		return b.String()
	}
	if s.allow != "" {
		d.Export = func(ctx context.Context, name string) (string, error) { return a.exportInto(ctx, c, s, name) }
	}
	return d, nil
}

// hide puts pseudonyms in the place of names, and refuses what holds an
// original all the same.
func (a *app) hide(d *mcp.Dump, c, other *loaded, s *serving) error {
	a.stage("redacting")
	hiding, err := a.redacted(c, &s.exporting, &casefile.Options{})
	if err != nil {
		return err
	}
	originals := hiding.names.Originals()
	replaced := hiding.names.Map()
	d.Case, d.Text, d.Lines = hiding.Case, hiding.text, nil
	if other != nil {
		second, err := a.redacted(other, &s.exporting, &casefile.Options{})
		if err != nil {
			return err
		}
		d.Other = second.Case
		originals = append(originals, second.names.Originals()...)
		for o, p := range second.names.Map() {
			replaced[o] = p
		}
	}
	d.Check = func(text []byte) error { return noneOf(text, originals) }
	if s.keep == "" {
		return nil
	}
	_, err = a.keepMap(&s.exporting, replaced)
	return err
}

// noneOf refuses a message that holds an original, as it stands or in the
// texts of its JSON. It does not say which: that would give it away.
func noneOf(message []byte, originals []string) error {
	search := redact.NewSearcher(originals)
	search.Text("answer", message)
	var value any
	if json.Unmarshal(message, &value) == nil {
		eachText(value, func(text string) { search.Text("answer", []byte(text)) })
	}
	if len(search.Hits) > 0 {
		return errors.New("the answer would hold a name that --redact replaces")
	}
	return nil
}

// eachText visits the texts of a JSON value, the names of its members too.
func eachText(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case []any:
		for _, one := range v {
			eachText(one, visit)
		}
	case map[string]any:
		for key, one := range v {
			visit(key)
			eachText(one, visit)
		}
	}
}

// exportInto writes a new file into the folder that was allowed.
func (a *app) exportInto(ctx context.Context, c *loaded, s *serving, name string) (string, error) {
	path := filepath.Join(s.allow, name)
	if _, err := os.Lstat(path); err == nil {
		return "", errors.New("name: a file of that name is there already; take another")
	}
	within := *a
	within.ctx = ctx
	if !s.redact {
		wrote, err := within.exportTo(c, path, nil)
		return strings.ReplaceAll(wrote, path, name), err
	}
	if filepath.Ext(name) != ".zip" {
		return "", errors.New("name: with --redact only a whole case (.zip) is written, whose text is searched for originals first; the report is in it")
	}
	o := casefile.Options{Version: version, Arguments: []string{"mcp"}, Judged: c.given}
	if c.file != nil {
		o.Origin = c.file.Manifest
	}
	e := s.exporting
	e.keep = "" // the map was written when the dump was read
	hiding, err := within.redacted(c, &e, &o)
	if err != nil {
		return "", err
	}
	if _, err := casefile.Write(ctx, path, hiding.Case, hiding.text, o); err != nil {
		return "", err
	}
	return "wrote " + name, nil
}
