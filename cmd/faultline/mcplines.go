package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"encoding/json"

	"faultline/cmd/mcp"
	"faultline/parse"
	"faultline/parse/bundle"
)

// rereading walks the lines of paths once more, for the tools that show and
// search them.
func (a *app) rereading(paths []string) func(ctx context.Context, want func(string) bool, yield func(mcp.Line) bool) error {
	return func(ctx context.Context, want func(string) bool, yield func(mcp.Line) bool) error {
		in, _ := bundle.Inputs(paths, nil) // what failed was said when it was read
		facts, err := a.factsInput()
		if err != nil {
			return err
		}
		return walk(ctx, append(in, facts...), want, yield)
	}
}

// walk goes over the lines of the sources that are wanted, those of archives
// too, until yield says no.
func walk(ctx context.Context, in []parse.Input, want func(string) bool, yield func(mcp.Line) bool) error {
	w := &walking{ctx: ctx, want: want, yield: yield}
	for _, one := range in {
		if one.Expand != nil {
			one.Expand(w.source)
		} else {
			w.source(one)
		}
		if w.full || ctx.Err() != nil {
			break
		}
	}
	return context.Cause(ctx)
}

// walking is one walk over the lines of sources.
type walking struct {
	ctx   context.Context
	want  func(string) bool
	yield func(mcp.Line) bool
	full  bool // whoever asked has enough
}

// source walks one source; it says no when there shall be no more.
func (w *walking) source(in parse.Input) bool {
	if in.Own != "" || !w.want(in.Path) {
		return w.ctx.Err() == nil
	}
	r, err := in.Open()
	if err != nil {
		return w.ctx.Err() == nil // as when it was read: it has no lines
	}
	defer r.Close()
	lines := bufio.NewReaderSize(r, 256<<10)
	for no := uint32(1); !w.full && w.ctx.Err() == nil; no++ {
		text, size, err := oneLine(lines)
		if size > 0 || err == nil {
			w.full = !w.yield(mcp.Line{Path: in.Path, No: no, Text: text, Size: size})
		}
		if err != nil {
			break
		}
	}
	return !w.full && w.ctx.Err() == nil
}

// oneLine reads a line, of which at most [parse.MaxLine] bytes are kept.
func oneLine(r *bufio.Reader) (text []byte, size int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		text = append(text, part[:min(len(part), parse.MaxLine-len(text))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil {
			size--
			text = text[:min(int64(len(text)), size)]
		}
		return text, size, err
	}
}

// configured is how a client starts the server.
type configured struct {
	Type    string   `json:"type,omitempty"`
	Command string   `json:"command"`
	Args    []string `json:"args"`
}

// printConfig prints what clients want in their configuration, with the
// arguments of this call and every path in full.
func (a *app) printConfig(paths []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := slices.DeleteFunc(slices.Clone(a.args), func(s string) bool { return s == "--print-config" })
	for i, arg := range args {
		flag, value, has := strings.Cut(arg, "=")
		if !has || !strings.HasPrefix(flag, "-") {
			flag, value = "", arg
		}
		if _, err := os.Stat(value); i == 0 || err != nil {
			continue
		}
		full, err := filepath.Abs(value)
		if err != nil {
			return err
		}
		args[i] = full
		if flag != "" {
			args[i] = flag + "=" + full
		}
	}
	if len(paths) == 0 {
		args = append(args, "/path/to/dump")
	}
	return writeConfig(a.stdout, self, args)
}

// writeConfig prints the three forms in use.
func writeConfig(w io.Writer, self string, args []string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	fmt.Fprintln(w, "# clients whose configuration has mcpServers")
	if err := enc.Encode(map[string]any{"mcpServers": map[string]any{"faultline": configured{Command: self, Args: args}}}); err != nil {
		return err
	}
	fmt.Fprintln(w, "\n# .vscode/mcp.json")
	if err := enc.Encode(map[string]any{"servers": map[string]any{"faultline": configured{Type: "stdio", Command: self, Args: args}}}); err != nil {
		return err
	}
	command, _ := json.Marshal(self) // a string of JSON is one of TOML
	list, _ := json.Marshal(args)
	_, err := fmt.Fprintf(w, "\n# clients with a config.toml\n[mcp_servers.faultline]\ncommand = %s\nargs = %s\n", command, list)
	return err
}
