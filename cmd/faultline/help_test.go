package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"faultline/correlate/words"
)

// tree is the program's verbs, as help and the manual see them.
func tree() (root *cobra.Command, all []*cobra.Command) {
	a := &app{ctx: context.Background(), name: "faultline", stdout: io.Discard, stderr: io.Discard}
	root = a.root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root, append([]*cobra.Command{root}, everyVerb(root)...)
}

// Help fits a terminal of 80 columns, and wrapping loses no word.
func TestHelpFits(t *testing.T) {
	_, all := tree()
	for _, c := range all {
		var b bytes.Buffer
		c.SetOut(&b)
		help(c, nil)
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > helpWidth && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(c.CommandPath(), "completion") {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), n, line)
			}
		}
		words := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range strings.Fields(c.Long + " " + c.UsageString()) {
			if !strings.Contains(words, want) {
				t.Errorf("%s: help has not %q", c.CommandPath(), want)
			}
		}
	}
}

func TestWrapped(t *testing.T) {
	for in, want := range map[string]string{
		"short\n":                          "short\n",
		strings.Repeat("word ", 20):        strings.TrimRight(strings.Repeat("word ", 16), " ") + "\n" + strings.Repeat("word ", 4),
		strings.Repeat("x", 100) + "\n":    strings.Repeat("x", 100) + "\n",
		"  a  " + strings.Repeat("é ", 50): "  a  " + strings.TrimRight(strings.Repeat("é ", 38), " ") + "\n     " + strings.Repeat("é ", 12),
	} {
		if got := wrapped(in); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", in, got, want)
		}
	}
}

// The manual names every verb, every exit code, and breaks at no backslash or
// leading dot of what it quotes.
func TestManual(t *testing.T) {
	root, all := tree()
	text, err := manual(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".SH VERBS", ".SH EXIT STATUS", ".SH FILES", ".SH ENVIRONMENT", ".SH EXAMPLES", `\fB130\fP`, "faultline.yaml", ".SH SEE ALSO"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the manual has no %s", want)
		}
	}
	for _, c := range all {
		if c.Parent() == root && c.IsAvailableCommand() && !strings.Contains(string(text), `\fB`+groff(c.Name())+`\fP`) {
			t.Errorf("the manual does not name %s", c.Name())
		}
	}
	if got := groff(`.a\b-c`); got != `\&.a\eb\-c` {
		t.Errorf("groff: %s", got)
	}
}

// A word that people type for a verb leads to one that is there.
func TestSynonymsLeadSomewhere(t *testing.T) {
	root, _ := tree()
	for word, verb := range synonyms {
		name, _, _ := strings.Cut(verb, " ")
		c, _, err := root.Find([]string{name})
		if err != nil || c == root {
			t.Errorf("%s leads to %s, which is no verb", word, verb)
		}
		if c, _, err := root.Find([]string{word}); err == nil && c != root {
			t.Errorf("%s is a verb itself", word)
		}
	}
}

// A verb that writes forms says in -o which, and completes them.
func TestOutputsAreKnown(t *testing.T) {
	_, all := tree()
	for _, c := range all {
		for _, form := range outputs[c.Name()] {
			if f := c.Flags().Lookup("output"); f == nil || !strings.Contains(f.Usage, form) && !strings.Contains(f.Usage, "analyze") {
				t.Errorf("%s: -o does not name %s", c.CommandPath(), form)
			}
		}
	}
}

func TestSpan(t *testing.T) {
	const day = 24 * time.Hour
	for in, want := range map[string]time.Duration{
		"2h": 2 * time.Hour, "2d": 2 * day, "1w": 7 * day, "1d12h": 36 * time.Hour, "1w2d3h": 9*day + 3*time.Hour, "1.5d": 36 * time.Hour, "0s": 0,
	} {
		if got, ok := span(in); !ok || got != want {
			t.Errorf("%s: %s %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "yesterday", "d", "w", "-2d", "2d-1h", "1d2w", "2x", "99999d", "NaNd", "1e3w9"} {
		if got, ok := span(in); ok {
			t.Errorf("%q was read as %s", in, got)
		}
	}
}

// The nearest name is one that a slip of the fingers, or a glob, could have
// meant; a word that is like none names none.
func TestNearest(t *testing.T) {
	names := []string{"linkerd-proxy", "destination", "ingress-a.log", "ingress-b.log", "shop"}
	for word, want := range map[string]string{
		"shpo": "shop", "Shop": "shop", "destinatoin": "destination", "ingres-*.log": "ingress-a.log", "ingress-?.lgo": "ingress-a.log",
		"linkerd-porxy": "linkerd-proxy", "web": "", "zzzzzzzz": "", "": "",
	} {
		if got := words.Nearest(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
