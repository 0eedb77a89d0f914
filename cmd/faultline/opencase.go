package main

import (
	"slices"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/rules"
)

// reopen opens a case that was exported, and judges it as it was judged then,
// with what flags add.
func (a *app) reopen(paths []string) (*loaded, error) {
	if len(paths) > 1 {
		return nil, misuse(a.name+" compare A B     looks at two side by side", "a case is opened alone")
	}
	a.stage("opening")
	f, err := casefile.Open(paths[0])
	if err != nil {
		return nil, err
	}
	return a.reopened(f, paths[0])
}

// reopened judges a case that was opened, which is closed with an error.
func (a *app) reopened(f *casefile.File, path string) (*loaded, error) {
	c, err := a.again(f, path)
	if err != nil {
		f.Close()
	}
	return c, err
}

func (a *app) again(f *casefile.File, path string) (*loaded, error) {
	if len(a.flags.match) > 0 || a.flags.facts != "" || slices.ContainsFunc(a.flags.sources, func(s string) bool { return parsesAgain(s) }) {
		return nil, misuse("export the raw files again", "%s is a case: --match, --facts and --source GLOB=… change how raw files are read", path)
	}
	flags, err := a.flags.options()
	if err != nil {
		return nil, err
	}
	o := added(f.Manifest.Options(), flags)
	a.stage("judging")
	ix := correlate.NewIndex(f.Capture)
	a.unmatched(ix, &o)
	cut := o
	if err := a.flags.cut(ix, &cut); err != nil {
		return nil, err
	}
	if a.flags.since != "" {
		o.Since = cut.Since
	}
	if a.flags.until != "" {
		o.Until = cut.Until
	}
	if left := f.Manifest.Omitted; left != nil {
		a.warn("%s: %s", path, left.Sentence())
	}
	return &loaded{Case: a.decide(ix, o), text: f, given: o, file: f}, nil
}

// parsesAgain says whether a --source is more than a filter.
func parsesAgain(s string) bool {
	_, err := parseOverride(s)
	return err == nil
}

// added are a case's own options and those of flags, which win.
func added(o, flags correlate.Options) correlate.Options {
	o.Anchors = append(flags.Anchors, o.Anchors...)
	o.Captured = append(flags.Captured, o.Captured...)
	o.Periods = append(flags.Periods, o.Periods...)
	if len(flags.Failures) > 0 {
		o.Failures = flags.Failures
	}
	if flags.Namespace != "" {
		o.Namespace = flags.Namespace
	}
	if flags.Pod != "" {
		o.Pod = flags.Pod
	}
	return o
}

// decide judges an index and lets the rules speak.
// decide is [decide], and warns of filters that nothing passes.
func (a *app) decide(ix *correlate.Index, o correlate.Options) *correlate.Case {
	ix.Stage = a.stage
	c := decide(ix, o)
	ix.Stage = nil // what is judged again on the screen has its own sign
	a.status.clear()
	for _, s := range c.Filtered {
		a.warn("%s", s)
	}
	return c
}

func decide(ix *correlate.Index, o correlate.Options) *correlate.Case {
	c := correlate.Judge(ix, o)
	if ix.Stage != nil {
		ix.Stage("causes")
	}
	rules.Conclude(c)
	return c
}
