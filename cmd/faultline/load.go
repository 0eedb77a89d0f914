package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// loaded is a judged case with the text behind it.
type loaded struct {
	*correlate.Case
	text lines
	// given are the options as flags say them, without the facts files'.
	given correlate.Options
	// inputs are what was read, to show lines that are in no event; nil of a
	// case.
	inputs []parse.Input
	// file is the case that it was opened from, nil for raw files.
	file *casefile.File
}

// lines gives the text behind events.
type lines interface {
	report.Text
	Close()
}

// load reads paths and judges what is in them.
func (a *app) load(paths []string) (*loaded, error) {
	if len(paths) == 0 {
		return nil, a.nothing()
	}
	if slices.ContainsFunc(paths, casefile.Is) {
		if _, err := a.apart(paths, nil); err != nil {
			return nil, err
		}
		return a.reopen(paths)
	}
	if len(paths) == 1 && paths[0] == "-" {
		in := bufio.NewReader(a.stdin)
		if f, ok, err := casefile.OpenStream(in, "-"); err != nil {
			return nil, err
		} else if ok {
			return a.reopened(f, "-")
		}
		a.stdin = in
	}
	in, failed, err := a.inputs(paths)
	if err != nil {
		return nil, err
	}
	return a.judge(in, failed)
}

// inputs finds what is behind paths, and the file of --facts. It complains of
// the paths that failed and counts them.
func (a *app) inputs(paths []string) (in []parse.Input, failed int, err error) {
	in, problems := bundle.Inputs(paths, a.stdin)
	for _, err := range problems {
		a.warn("%s", err)
		if errors.Is(err, fs.ErrNotExist) && len(in) == 0 {
			return nil, 0, a.noPath(paths)
		}
	}
	if in, err = a.apart(paths, in); err != nil {
		return nil, 0, err
	}
	given := len(in)
	in = slices.DeleteFunc(in, func(i parse.Input) bool { return a.passedOver(i.Path, i.Own) })
	if len(in) == 0 && given > 0 {
		return nil, 0, &hinted{errors.New("nothing could be read: all that was given was written by faultline"), "give the dump that it was made of, or a case alone"}
	}
	if len(in) == 0 {
		return nil, 0, errors.New("nothing could be read")
	}
	facts, err := a.factsInput()
	return append(in, facts...), len(problems), err
}

// noPath is the error of paths of which none is there.
func (a *app) noPath(paths []string) error {
	err := errors.New("nothing could be read")
	for _, p := range paths {
		if _, missing := os.Stat(p); missing == nil {
			continue
		}
		if near := beside(p); near != "" {
			right := slices.Clone(a.args)
			if at := slices.Index(right, p); at >= 0 {
				right[at] = near
			}
			return &hinted{err, a.name + " " + strings.Join(right, " ")}
		}
	}
	return &hinted{err, a.name + " demo     shows a bundled incident; " + a.name + " --help     lists the verbs"}
}

// passedOver says that an input is faultline's own, if it is.
func (a *app) passedOver(path, what string) bool {
	if what != "" {
		a.warn("%s: %s that faultline wrote, not read", path, what)
	}
	return what != ""
}

// judge reads inputs and judges them; failed inputs were complained of before.
func (a *app) judge(in []parse.Input, failed int) (*loaded, error) {
	o, err := a.flags.options()
	if err != nil {
		return nil, err
	}
	k, err := a.known(in)
	if err != nil {
		return nil, err
	}
	in = overridden(in, k.overrides)
	text := bundle.NewText()
	began := time.Now()
	bar := a.progress(in)
	how := parse.Options{Keeper: text, Others: a.flags.all, Room: a.budget.room}
	if a.watch != nil {
		how.Record = a.watch.batch
	}
	c, err := parse.Read(a.ctx, in, parse.WithMatches(formats.All(), k.matches), formats.Wrappers(), how, bar.tell)
	bar.done()
	if err != nil {
		return nil, err
	}
	c.Matches = k.matches
	a.sayCut(c.Sources)
	a.log.WithField("took", time.Since(began).Round(time.Millisecond)).Infof("read %d sources", len(c.Sources))
	l, err := a.conclude(c, text, o, failed)
	if l != nil {
		l.inputs = in
	}
	return l, err
}

// tally is how many sources were read, of them not recognised and not needed, and how
// many could not be read, or not to their end.
type tally struct{ read, unknown, idle, failed int }

// tally counts the sources that were read, and of them those that no format knows and
// those that are not needed; what could not be read, or not to its end, is said.
func (a *app) tally(c *parse.Capture) (n tally, err error) {
	for i := range c.Sources {
		s := &c.Sources[i]
		if path := casefile.Within(s.Path); path != "" {
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return n, misuse(a.name+" verify FOLDER", "%s %s", path, casefile.Repacked)
			}
			return n, misuse(a.name+" analyze case.zip", "%s is a case, inside of what was given: take it out, and open it alone", path)
		}
		switch {
		case s.Counts.Lines == 0 && a.budget.ended(s):
			continue // said once for all
		case s.Counts.Lines == 0 && len(s.Problems) > 0:
			a.warn("%s", named(s.Path, s.Problems[0].Text))
			n.failed++
			continue
		case s.Broken != "" && !a.budget.ended(s):
			a.warn("%s", named(s.Path, s.Broken))
			n.failed++
		case s.Counts.Lines > 0 && s.Format == "":
			n.unknown++
			a.log.Infof("%s: not recognised", s.Path)
		}
		if n.read++; s.Format != "" && formats.Of(s.Format).Unneeded {
			n.idle++
		}
	}
	return n, nil
}

// conclude judges what was read.
func (a *app) conclude(c *parse.Capture, text *bundle.Text, o correlate.Options, failed int) (*loaded, error) {
	for _, o := range c.Own {
		a.passedOver(o.Path, o.What)
	}
	n, err := a.tally(c)
	if err != nil {
		return nil, err
	}
	n.failed += failed
	if n.read == 0 {
		return nil, errors.New("nothing could be read")
	}
	if a.flags.strict && n.idle == n.read {
		return nil, errors.New("--strict: nothing of what was read is needed")
	}
	if a.flags.strict && n.failed+n.unknown > 0 {
		return nil, fmt.Errorf("--strict: %d inputs were not read and %d not recognised", n.failed, n.unknown)
	}
	a.stage("judging")
	ix := correlate.NewIndex(c)
	if unclear := ix.Unclear(&o); len(unclear) > 0 {
		return nil, misuse("--anchor 'ingress-*.log:7=2024-02-02T13:22:32Z'", "%s", unclear[0])
	}
	a.unmatched(ix, &o)
	if err := a.flags.cut(ix, &o); err != nil {
		return nil, err
	}
	return &loaded{Case: a.decide(ix, o), text: text, given: o}, nil
}

// named puts a path before a message that does not begin with it.
func named(path, text string) string {
	if strings.HasPrefix(text, path) {
		return text
	}
	return path + ": " + text
}

func (a *app) warn(format string, args ...any) {
	if !a.flags.quiet {
		a.status.clear()
		fmt.Fprintf(a.stderr, "faultline: %s\n", report.Clean(fmt.Sprintf(format, args...)))
	}
}

// bar shows progress on a terminal, after a second.
type bar struct {
	a     *app
	total int64
	files int
	plain bool // what is read is as much as the files are long
	began time.Time
	shown time.Time
}

func (a *app) progress(in []parse.Input) *bar {
	b := &bar{a: a, began: time.Now(), files: len(in), plain: true}
	for _, i := range in {
		b.total += max(i.Size, 0)
		b.plain = b.plain && i.Rereadable && i.Size >= 0
	}
	return b
}

func (b *bar) tell(p parse.Progress) {
	now := time.Now()
	if b.a.watch != nil {
		b.a.watch.read(p, b.total)
		return
	}
	if b.a.flags.quiet || !terminal(b.a.stderr) || now.Sub(b.began) < time.Second || now.Sub(b.shown) < 100*time.Millisecond {
		return
	}
	b.shown = now
	fmt.Fprintf(b.a.stderr, "\r%s\x1b[K", b.says(p, now.Sub(b.began)))
}

// says is how far the reading is after a while. How much is left is known where no
// file is compressed or holds others.
func (b *bar) says(p parse.Progress, after time.Duration) string {
	const mega = 1e6
	rate := float64(p.Bytes) / after.Seconds()
	if !b.plain || rate <= 0 {
		return fmt.Sprintf("reading: %d files, %.0f MB, %.0f MB/s", p.Sources, float64(p.Bytes)/mega, rate/mega)
	}
	left := math.Ceil(float64(max(b.total-p.Bytes, 0)) / rate)
	return fmt.Sprintf("reading: %d of %d files, %.0f of %.0f MB, %.0f MB/s, %.0f s left", p.Sources, b.files,
		float64(p.Bytes)/mega, float64(b.total)/mega, rate/mega, left)
}

// stage says what is done now: on the screen, if it is up, else on a terminal.
func (a *app) stage(doing string) {
	if a.watch != nil {
		a.watch.stage(doing)
	} else if !a.flags.quiet && terminal(a.stderr) {
		a.status.say(a.stderr, doing)
	}
}

func (b *bar) done() {
	if !b.shown.IsZero() {
		fmt.Fprint(b.a.stderr, "\r\x1b[K")
	}
}
