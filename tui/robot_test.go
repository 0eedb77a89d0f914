package tui

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// bundled are the fixtures, read and judged once.
var bundled = struct {
	sync.Mutex
	cases map[string]*correlate.Case
	texts map[string]*bundle.Text
}{cases: map[string]*correlate.Case{}, texts: map[string]*bundle.Text{}}

func open(t testing.TB, name string) (*correlate.Case, *bundle.Text) {
	t.Helper()
	bundled.Lock()
	defer bundled.Unlock()
	if c := bundled.cases[name]; c != nil {
		return c, bundled.texts[name]
	}
	in := inputs(t, name)
	text := bundle.NewText()
	captured, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := correlate.Judge(correlate.NewIndex(captured), correlate.Options{})
	// Findings of its own, so that a new rule does not change these tests.
	c.Findings = []correlate.Finding{
		{ID: "F1", Rule: "beat", Severity: correlate.Critical, Title: "A finding that rests on a line.", Detail: "What it means, and what would change it.",
			Confidence: correlate.High, Query: "up == 0", Next: []string{"Look at the line."}},
		{ID: "F2", Rule: "other", Severity: correlate.Warning, Title: "A finding that rests on no event.", Confidence: correlate.Low},
	}
	if len(c.Incidents) > 0 {
		in := &c.Incidents[0]
		c.Findings[0].Evidence = []correlate.Evidence{{Ref: c.Ref(in.Proof[0])}, {Ref: c.Ref(in.Proof[len(in.Proof)-1])}}
		if len(c.Series) > 0 {
			c.Findings[0].Against = []correlate.Evidence{{Series: 1, From: in.Start, To: in.Start + 600e9}}
		}
	}
	bundled.cases[name], bundled.texts[name] = c, text
	return c, text
}

// inputs are the files of a bundled incident, or of a cluster that is made up:
// "office 7" is its scenario and its seed.
func inputs(t testing.TB, name string) (in []parse.Input) {
	t.Helper()
	scenario, last, _ := strings.Cut(name, " ")
	seed, err := strconv.ParseUint(last, 10, 64)
	if err != nil {
		in, _, err := fixtures.Inputs(name)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	k, files := synth.Default(scenario), synth.Memory{}
	k.Hours, k.Seed = 1, seed
	if _, err := synth.Generate(k, files); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		in = append(in, bundle.Memory(path, files[path]))
	}
	return in
}

// robot presses keys and waits for what they start.
type robot struct {
	t      testing.TB
	m      Model
	copied string
	wrote  []string
	quit   bool
}

func newRobot(t testing.TB, name string, w, h int, display Display) *robot {
	t.Helper()
	c, text := open(t, name)
	r := &robot{t: t}
	ports := Ports{
		Judge: func(o correlate.Options) *correlate.Case { return correlate.Judge(c.Index, o) },
		Detail: func(c *correlate.Case, p correlate.Point) (parse.Detail, string, error) {
			return report.Detail(c, text, p)
		},
		Open: func(path string) (*correlate.Case, error) {
			if path == "nothing" {
				return nil, errors.New("nothing could be read")
			}
			c, _ := open(t, path)
			return c, nil
		},
		Alerts: func(c *correlate.Case, rules string) (out []Alert, err error) {
			if rules == "bad.yaml" {
				return nil, errors.New("bad.yaml: no rules")
			}
			for i := range c.Incidents {
				in := &c.Incidents[i]
				out = append(out, Alert{Name: "Failing", Summary: in.ID, Pending: in.Start, Firing: in.Start + 60e9, Until: in.Start + 600e9},
					Alert{Name: "OnlyPending", Pending: in.Start, Until: in.Start + 300e9})
			}
			return append(out, Alert{Name: "NeverOver", Pending: 1, Firing: 2}), nil
		},
		Query: func(_ *correlate.Case, expr string, from, to, step parse.Time) ([]Curve, error) {
			if strings.Contains(expr, "(") {
				return nil, errors.New("1:1: parse error: unclosed left parenthesis")
			}
			return stored(c, expr)
		},
		Board:    []Query{{"targets up", "up"}, {"no such metric", "nothing"}, {"cache", "pod_cache_size"}},
		Complete: func(_ *correlate.Case, prefix string) []string { return beginning(metricNames(c), prefix) },
		Explain: func(_ *correlate.Case, from, to parse.Time) ([]string, error) {
			return []string{fmt.Sprintf("%s of it", time.Duration(to-from))}, nil
		},
		Raw: func(_ *correlate.Case, p correlate.Point, from, to int) (out []string, err error) {
			for i := from; i <= to; i++ {
				out = append(out, fmt.Sprintf("raw line %d", i))
			}
			return out, nil
		},
		Export: func(_ *correlate.Case, path string, f Facts, _ func(correlate.Point) bool) (string, error) {
			r.wrote = append(r.wrote, path)
			return fmt.Sprintf("wrote %s with %d marks", path, len(f.Marks)), nil
		},
		Exports:   []string{"case.zip", "report.md"},
		Copy:      func(s string) (string, error) { r.copied = s; return "copied", nil },
		SaveFacts: func(path string, f Facts) (string, error) { r.wrote = append(r.wrote, path); return "saved", nil },
		Shot:      func(path string, svg []byte) error { r.wrote = append(r.wrote, path); return nil },
	}
	r.m = New(c, ports, display)
	r.send(tea.WindowSizeMsg{Width: w, Height: h})
	return r
}

// send gives the model a message, and then everything that comes of it.
func (r *robot) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			if cmd != nil {
				r.send(cmd())
			}
		}
		return
	case tea.QuitMsg:
		r.quit = true
		return
	}
	next, cmd := r.m.Update(msg)
	r.m = next.(Model)
	if cmd != nil {
		r.send(cmd())
	}
}

// named are bubbletea's keys by their names.
var named = func() map[string]tea.KeyType {
	out := map[string]tea.KeyType{}
	for k := tea.KeyType(-120); k < 128; k++ {
		if s := (tea.KeyMsg{Type: k}).String(); s != "" {
			out[s] = k
		}
	}
	delete(out, " ")
	return out
}()

// press gives keys by their names; "]i" is two keys, and what begins with a
// quotation mark is typed letter by letter.
func (r *robot) press(names ...string) *robot {
	for _, name := range names {
		if text, ok := strings.CutPrefix(name, `"`); ok {
			for _, c := range text {
				r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}})
			}
			continue
		}
		if letter, ok := strings.CutPrefix(name, "alt+"); ok {
			r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(letter), Alt: true})
			continue
		}
		if name == "space" {
			r.send(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}})
			continue
		}
		if k, ok := named[name]; ok {
			r.send(tea.KeyMsg{Type: k})
			continue
		}
		for _, c := range name {
			r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}})
		}
	}
	return r
}

func (r *robot) text() string { return r.m.frame().String() }

// expect fails when the screen does not hold a text.
func (r *robot) expect(want ...string) *robot {
	r.t.Helper()
	for _, s := range want {
		if got := r.text(); !strings.Contains(got, s) {
			r.t.Fatalf("the screen does not show %q:\n%s", s, got)
		}
	}
	return r
}

// golden compares text with a file of testdata; UPDATE=1 rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s: the screen has changed (UPDATE=1 rewrites it)\n--- want\n%s\n--- got\n%s", name, want, got)
	}
}
