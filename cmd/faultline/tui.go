package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui"
)

func (a *app) tuiCmd() *cobra.Command {
	c := &cobra.Command{Use: "tui PATH…", Short: "the screen: look at a case instead of reading it",
		RunE: func(_ *cobra.Command, args []string) error {
			if !terminal(a.stdout) {
				return misuse(a.name+" analyze "+strings.Join(args, " "), "stdout is no terminal to draw on")
			}
			return a.screen(func(a *app) (*loaded, error) { return a.load(args) })
		}}
	c.Flags().BoolVar(&a.look.ascii, "ascii", false, "draw with ASCII only")
	c.Flags().StringVar(&a.look.alerts, "alerts", "", "a `file` of Prometheus rules: what would have rung, on the timeline; @pack are those that come along")
	c.Flags().BoolVar(&a.look.mouse, "mouse", false, "move with the mouse wheel; the terminal then selects text only with shift")
	return c
}

// look are the flags of the screen, and the case that it begins to compare with.
type look struct {
	ascii, mouse    bool
	alerts, compare string
}

// commands are what the flags come to on the screen.
func (l *look) commands() (out []string) {
	if l.alerts != "" {
		out = append(out, "alerts "+l.alerts)
	}
	if l.compare != "" {
		out = append(out, "compare "+l.compare)
	}
	return out
}

// screened says whether the screen is what is wanted where nobody said.
func (a *app) screened() bool {
	return terminal(a.stdout) && terminal(a.stdin) && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != ""
}

// open shows the screen on a terminal, and writes the report elsewhere, or in
// the form that was asked for.
func (a *app) open(args []string, out string) error {
	if out != "" || !a.screened() {
		return a.analyze(args, cmp.Or(out, "text"))
	}
	return a.screen(func(a *app) (*loaded, error) { return a.load(args) })
}

// demoScreen shows a bundled incident on the screen.
func (a *app) demoScreen(name string) error {
	in, err := a.bundledInputs(name)
	if err != nil {
		return err
	}
	return a.screen(func(a *app) (*loaded, error) { return a.judge(in, 0) })
}

// screen reads and judges what load gives, shows how far it has come and then
// the case. What is said to stderr meanwhile is said afterwards.
func (a *app) screen(load func(*app) (*loaded, error)) error {
	style, err := a.style()
	if err != nil {
		return err
	}
	dumb := os.Getenv("TERM") == "dumb"
	lk := tui.Display{Colour: style.Color, ASCII: a.look.ascii || dumb || !utf8Locale(), Plain: dumb, Zone: style.Zone,
		Mouse: a.look.mouse, User: userName()}
	defer a.scratch.remove()
	stderr := a.stderr
	var late bytes.Buffer
	keys := a.stdin
	if !terminal(keys) {
		keys = nil // it is what is read; the terminal has the keys
	}
	ctx, stop := context.WithCancel(a.ctx)
	defer stop()
	within := *a // the reading may outlast the screen: it has its own
	within.ctx, within.stderr = ctx, &late
	a.log.SetOutput(&late)
	defer a.log.SetOutput(stderr)
	opened := make(chan *loaded, 1)
	err = tui.Run(a.ctx, keys, a.stdout, lk, func(tell func(tui.Progress)) (*correlate.Case, tui.Ports, error) {
		defer close(opened)
		within.watch = newWatcher(tell)
		c, err := load(&within)
		if err != nil {
			return nil, tui.Ports{}, err
		}
		opened <- c
		return c.Case, within.ports(c), nil
	})
	stop()
	select {
	case c := <-opened:
		io.Copy(stderr, &late)
		if c != nil {
			c.text.Close()
		}
	case <-time.After(time.Second): // it is in the middle of judging
	}
	return err
}

// utf8Locale says whether the terminal is one that shows more than ASCII. A
// locale that is not set is taken to.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// watcher tells the screen of the reading, ten times a second, and at once of
// the first batch: the first picture is drawn of it.
type watcher struct {
	mu     sync.Mutex
	tell   func(tui.Progress)
	sketch *tui.Sketch
	began  time.Time
	told   time.Time
	drawn  bool
	at     tui.Progress
}

func newWatcher(tell func(tui.Progress)) *watcher {
	return &watcher{tell: tell, sketch: &tui.Sketch{}, began: time.Now()}
}

// read takes how far the reading has come.
func (w *watcher) read(p parse.Progress, total int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.at = tui.Progress{Sources: p.Sources, Bytes: p.Bytes, Total: total,
		MBPerSecond: float64(p.Bytes) / 1e6 / now.Sub(w.began).Seconds(), Sketch: w.sketch}
	if now.Sub(w.told) >= 100*time.Millisecond {
		w.told = now
		w.tell(w.at)
	}
}

// batch takes what was read.
func (w *watcher) batch(source uint32, b *parse.Batch) {
	w.sketch.Add(source, b)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.drawn && len(b.Events) > 0 {
		w.drawn = true
		w.at.Sketch = w.sketch
		w.tell(w.at)
	}
}

// stage says what is done now.
func (w *watcher) stage(doing string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at.Doing, w.at.MBPerSecond = doing, 0
	w.tell(w.at)
}

// ports are what the screen may ask for.
func (a *app) ports(c *loaded) tui.Ports {
	return tui.Ports{
		Judge: func(said correlate.Options) *correlate.Case { return decide(c.Index, c.with(said)) },
		Unexplained: func(now *correlate.Case) ([]report.Unexplained, int) {
			return report.UnexplainedLines(now, c.text)
		},
		Detail: func(now *correlate.Case, p correlate.Point) (parse.Detail, string, error) {
			return report.Detail(now, c.text, p)
		},
		Raw: func(now *correlate.Case, p correlate.Point, from, to int) ([]string, error) {
			return a.rawLines(c.inputs, now.SourceName(int(p.Stream)), from, to)
		},
		Open: func(path string) (*correlate.Case, error) {
			other, err := a.quietly().load([]string{path})
			if err != nil {
				return nil, err
			}
			other.text.Close() // its lines are not shown
			return other.Case, nil
		},
		Alerts:   a.screenAlerts,
		Commands: a.look.commands(),
		Query:    a.screenQuery,
		Board:    board(),
		Complete: completeNames,
		Explain:  explained,
		Export: func(now *correlate.Case, path string, facts tui.Facts, pass func(correlate.Point) bool) (string, error) {
			told := *c
			told.given = c.with(correlate.Options{Anchors: facts.Anchors, Captured: facts.Captured})
			told.given.Marks = facts.Marks
			marked := *now
			marked.Options.Marks = facts.Marks
			told.Case = &marked
			return a.exportTo(&told, path, pass)
		},
		Exports:   []string{"case.zip", redactFlag + "case.zip", "report.md", "report.html", "report.json", "report.txt", "events.csv", "events.jsonl"},
		Copy:      a.copyText,
		SaveFacts: a.saveFacts,
		Shot:      a.writeNew,
	}
}

// quietly is the app for what runs beside the screen: it says nothing.
func (a *app) quietly() *app {
	within := *a
	within.watch, within.stderr, within.stdin = newWatcher(func(tui.Progress) {}), io.Discard, strings.NewReader("")
	return &within
}

// exportTo writes the case in the form that a path's extension names.
func (a *app) exportTo(c *loaded, path string, pass func(correlate.Point) bool) (string, error) {
	redacted, path := strings.HasPrefix(path, redactFlag), strings.TrimSpace(strings.TrimPrefix(path, redactFlag))
	switch form := strings.TrimPrefix(filepath.Ext(path), "."); {
	case redacted && form != "zip":
		return "", fmt.Errorf("%s is for a case: :export %scase.zip", strings.TrimSpace(redactFlag), redactFlag)
	case form == "zip":
		return a.exportCase(c, path, redacted)
	default:
		return a.exportForm(c, path, form, pass)
	}
}

// redactFlag before a path exports the case with pseudonyms.
const redactFlag = "--redact "

// exportForm writes a report or the events.
func (a *app) exportForm(c *loaded, path, form string, pass func(correlate.Point) bool) (string, error) {
	var b bytes.Buffer
	var err error
	switch form {
	case "md", "html", "json":
		err = a.write(report.Escaping(&b, form), c, form)
	case "txt":
		err = report.WriteText(&b, c.Case, c.text, report.Style{Verbose: true, Command: a.name})
	case "csv", "jsonl":
		err = report.Events(report.Escaping(&b, form), c.Case, c.text, report.Filter{Since: c.Options.Since, Until: c.Options.Until,
			Pass: pass}, form)
	default:
		return "", fmt.Errorf("%s: the extension names no form; tab lists them", path)
	}
	if err == nil {
		err = a.writeNew(path, b.Bytes())
	}
	said := "wrote " + path
	if pass != nil && (strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".jsonl")) {
		said += ", without what the filters hide"
	} else if pass != nil {
		said += "; it holds what the filters hide too"
	}
	return said, err
}

// copyMost is how much text terminals take by OSC 52.
const copyMost = 74_000

// scratch are files that live as long as the screen.
type scratch struct {
	mu    sync.Mutex
	paths []string
}

func (s *scratch) add(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths = append(s.paths, path)
}

func (s *scratch) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range s.paths {
		os.Remove(path)
	}
}

// copyText puts text on the clipboard of the terminal, by OSC 52, and into a
// file, for terminals that have none; the file goes when the screen does.
func (a *app) copyText(text string) (string, error) {
	f, err := os.CreateTemp("", "faultline-copy-*.txt")
	if err != nil {
		return "", err
	}
	defer f.Close()
	a.scratch.add(f.Name())
	if _, err := io.WriteString(f, text+"\n"); err != nil {
		return "", err
	}
	if len(text) > copyMost {
		return "too long for the clipboard; it is in " + f.Name(), nil
	}
	fmt.Fprintf(a.stdout, "\x1b]52;c;%s\x07", base64.StdEncoding.EncodeToString([]byte(text)))
	return "copied by OSC 52; until you quit also in " + f.Name(), nil
}
