package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every verb has an example, and each runs as it stands in the folder in which
// synth wrote what they read.
func TestExamplesRun(t *testing.T) {
	root, all := tree()
	t.Chdir(t.TempDir())
	must(t, "synth", "--hours", "0.5", "-o", "dump")
	for _, other := range []string{"before", "after"} {
		if err := os.Symlink("dump", other); err != nil {
			t.Skip("needs symbolic links: ", err)
		}
	}
	must(t, "export", "dump", "-o", "case.zip")
	for _, c := range all {
		switch {
		case c.HasSubCommands() && c.HasParent(), !c.IsAvailableCommand(), strings.Contains(c.CommandPath(), "completion"):
			continue
		case c.Example == "" && c.Name() != "version":
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			runExample(t, c, root, strings.TrimSpace(line))
		}
	}
}

// runExample runs one, but for what needs a cluster, a screen, man or somebody who
// asks, for what has just been done, and for shares, which TestShards… runs in order.
func runExample(t *testing.T, c, root *cobra.Command, line string) {
	command, _, _ := strings.Cut(line, " > ")
	args := strings.Fields(strings.ReplaceAll(command, "'", ""))
	if c != root && !strings.HasPrefix(line, c.CommandPath()+" ") && line != c.CommandPath() {
		t.Errorf("%s: %s", c.CommandPath(), line)
	}
	switch {
	case strings.Contains(line, "|"), slices.Contains([]string{"mcp", "man", "tui", "synth"}, c.Name()), c.Parent() != nil && c.Parent().Name() == "shard":
		return
	}
	if _, code := call(t, context.Background(), args[1:]...); code != exitDone {
		t.Errorf("%s: exit code %d", line, code)
	}
}
