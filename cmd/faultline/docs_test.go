package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// Every block of the documentation that is marked `console` is run, in a
// folder that prepare fills, and what it prints is compared. A line `…` stands
// for any lines. UPDATE=1 rewrites the lines before and after the first `…`.
func TestDocsCommands(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the documentation's commands are for a shell")
	}
	if testing.Short() {
		t.Skip("runs every command of the documentation")
	}
	home := t.TempDir()
	prepare(t, home)
	blocks := 0
	for _, page := range pages(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		out := console.ReplaceAllStringFunc(text, func(block string) string {
			blocks++
			return checkBlock(t, home, page, block)
		})
		if out != text && os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(page, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if blocks < 5 {
		t.Errorf("found %d blocks: the pattern is broken", blocks)
	}
}

var console = regexp.MustCompile("(?s)```console\n.*?\n```")

// pages are the files that people read.
func pages(t *testing.T) (out []string) {
	out = []string{"../../README.md", "../../CONTRIBUTING.md"}
	err := filepath.WalkDir("../../docs", func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".md") {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// prepare makes the dumps that the documentation speaks of.
func prepare(t *testing.T, home string) {
	report, err := os.ReadFile("../../fixtures/report/incident-report.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "ticket.txt"), report, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(home, "samples"), os.DirFS("../../docs/recipes/samples")); err != nil {
		t.Fatal(err)
	}
	alerts, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rules, _ := strings.Cut(string(alerts), "```yaml\n")
	rules, _, _ = strings.Cut(rules, "```")
	if err := os.WriteFile(filepath.Join(home, "early.yaml"), []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, made, _ := strings.Cut(string(readme), "typed as it stands:\n\n") // as a reader makes them
	made, _, _ = strings.Cut(made, "\n\n")
	if strings.Count(made, "\n") != 2 {
		t.Fatalf("README.md makes the dumps by %q", made)
	}
	for c := range strings.SplitSeq(made, "\n") {
		if out, err := shell(home, c).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c, err, out)
		}
	}
}

func shell(home, command string) *exec.Cmd {
	c := exec.Command("sh", "-c", command)
	c.Dir = home
	c.Env = append(os.Environ(), "NO_COLOR=1", "TZ=UTC", "HOME="+home)
	return c
}

// checkBlock runs the commands of a block one by one.
func checkBlock(t *testing.T, home, page, block string) string {
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(block, "```console\n"), "\n```"), "\n")
	var out []string
	for i := 0; i < len(lines); {
		command, ok := strings.CutPrefix(lines[i], "$ ")
		if !ok {
			t.Errorf("%s: %q stands before a command", page, lines[i])
			return block
		}
		out = append(out, lines[i])
		for i++; strings.HasSuffix(command, `\`) && i < len(lines); i++ {
			command += "\n" + lines[i]
			out = append(out, lines[i])
		}
		first := i
		for i < len(lines) && !strings.HasPrefix(lines[i], "$ ") {
			i++
		}
		want := lines[first:i]
		said, _ := shell(home, command).CombinedOutput() // a failure shows in what it says
		got := strings.Split(strings.TrimRight(string(said), "\n"), "\n")
		if len(got) == 1 && got[0] == "" {
			got = nil
		}
		for i := range got {
			got[i] = strings.TrimRight(got[i], " ")
		}
		if os.Getenv("UPDATE") != "" {
			out = append(out, elide(want, got)...)
		} else if !alike(want, got) {
			t.Errorf("%s: $ %s\ngot:\n%s\nwant:\n%s", page, command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	return "```console\n" + strings.Join(out, "\n") + "\n```"
}

const more = "…"

// alike compares lines; `…` stands for any number of them.
func alike(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == more {
		for i := range len(got) + 1 {
			if alike(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && want[0] == got[0] && alike(want[1:], got[1:])
}

// elide cuts what was printed as the block did before.
func elide(want, got []string) []string {
	for i, line := range want {
		if line == more {
			head, tail := min(i, len(got)), min(len(want)-i-1, max(len(got)-i, 0))
			return append(append(append([]string(nil), got[:head]...), more), got[len(got)-tail:]...)
		}
	}
	return got
}
