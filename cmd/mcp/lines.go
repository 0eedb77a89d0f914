package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"faultline/correlate/casefile"
	"faultline/parse"
)

// LinesIn is what lines takes.
type LinesIn struct {
	At     string `json:"at" jsonschema:"FILE:LINE, as the ids of evidence have it"`
	Before *int   `json:"before,omitempty" jsonschema:"lines before it, 0 to 200; 3 unless given"`
	After  *int   `json:"after,omitempty" jsonschema:"lines after it, 0 to 200; 3 unless given"`
	From   int    `json:"from_byte,omitempty" jsonschema:"where in a long line to begin"`
	Size
}

// RawLine is a line as it stands in its source, with what acts on a reader
// written out.
type RawLine struct {
	Line  uint32 `json:"line"`
	Text  string `json:"line_text"`
	Bytes int64  `json:"bytes" jsonschema:"how long the line is in its source"`
	Asked bool   `json:"asked"`
	// Missing: it is not in the case.
	Missing bool `json:"missing" jsonschema:"its text is not at hand: it was left out, or cannot be read again"`
}

// Lines are a line and those around it.
type Lines struct {
	Path   string    `json:"path"`
	Format string    `json:"format"`
	Lines  []RawLine `json:"lines"`
	Cited  []string  `json:"cited" jsonschema:"the text of what begins on the line that was asked for, where it is not the line itself: an object of several lines, or one of many in a long line"`
	// Kept: only the lines that a case keeps can be shown.
	Kept bool `json:"kept_only" jsonschema:"only the lines behind events and evidence are at hand, so that those around are the nearest of these"`
	Caveats
}

// How many lines are shown around one, and how much of each.
const (
	usualAround = 3
	mostAround  = 200
	lineShown   = 1800
)

var linesTool = ask("lines", "The lines behind an id",
	"A line of a source and those around it, as they stand there. Takes the ids of evidence, events and incidents.", "lines",
	func(ctx context.Context, d *Dump, in *LinesIn) (*Lines, error) {
		path, no, err := place(in.At)
		if err != nil {
			return nil, err
		}
		i, err := sourceOf(d.Case, path)
		if err != nil {
			return nil, err
		}
		before, after := around(in.Before), around(in.After)
		src := &d.Capture.Sources[i]
		out := &Lines{Path: src.Path, Format: src.Format, Lines: []RawLine{}, Cited: []string{}, Kept: d.Lines == nil}
		refs, err := refsOf(ctx, d, uint32(i))
		if err != nil {
			return nil, err
		}
		if d.Lines == nil {
			out.kept(d, refs, no, before, after, in.From)
		} else {
			err = out.whole(ctx, d, no, before, after, in.From)
		}
		out.cite(d, refs, no)
		if err == nil && len(out.Lines) == 0 && no <= int(src.Counts.Lines) {
			out.Lines = append(out.Lines, RawLine{Line: uint32(no), Asked: true, Missing: true})
		}
		if err == nil && !slices.ContainsFunc(out.Lines, func(l RawLine) bool { return l.Asked }) {
			err = fmt.Errorf("at: that source has no line %d at hand; it has %d lines", no, src.Counts.Lines)
		}
		return out, err
	})

func around(n *int) int {
	if n == nil {
		return usualAround
	}
	return min(max(*n, 0), mostAround)
}

// whole reads the lines in their source again.
func (out *Lines) whole(ctx context.Context, d *Dump, no, before, after, from int) error {
	err := d.Lines(ctx, func(p string) bool { return p == out.Path }, func(l Line) bool {
		if int(l.No) >= no-before {
			out.add(l.No, l.Text, l.Size, no, from)
		}
		return int(l.No) < no+after
	})
	return err
}

// add shows a part of a line.
func (out *Lines) add(no uint32, text []byte, size int64, asked, from int) {
	l := RawLine{Line: no, Bytes: size, Asked: int(no) == asked}
	if !l.Asked {
		from = 0
	}
	text = text[min(max(from, 0), len(text)):]
	l.Text = string(text[:min(len(text), lineShown)])
	out.Lines = append(out.Lines, l)
	if shown := int64(max(from, 0) + len(l.Text)); shown < size {
		l := &out.Lines[len(out.Lines)-1]
		l.Text += fmt.Sprintf(" … [bytes %d to %d of %d]", max(from, 0), shown, size)
	}
}

// kept shows the lines of a source that are at hand without reading it again.
func (out *Lines) kept(d *Dump, refs []parse.Ref, no, before, after, from int) {
	refs = slices.CompactFunc(slices.Clone(refs), func(a, b parse.Ref) bool { return a.Line == b.Line })
	at, ok := slices.BinarySearchFunc(refs, uint32(no), func(r parse.Ref, line uint32) int { return cmp.Compare(r.Line, line) })
	if !ok {
		return
	}
	for _, r := range refs[max(0, at-before):min(len(refs), at+after+1)] {
		text, err := d.Text.Line(d.Capture, r)
		if err != nil {
			out.Lines = append(out.Lines, RawLine{Line: r.Line, Asked: int(r.Line) == no, Missing: true})
			continue
		}
		out.add(r.Line, text, int64(len(text)), no, from)
	}
}

// mostCited is how many texts on one line are cited.
const mostCited = 5

// cite adds the texts that begin on a line, unless they are the line.
func (out *Lines) cite(d *Dump, refs []parse.Ref, no int) {
	asked := ""
	for _, l := range out.Lines {
		if l.Asked {
			asked = l.Text
		}
	}
	for _, r := range refs {
		if int(r.Line) != no || len(out.Cited) == mostCited {
			continue
		}
		text, err := d.Text.Line(d.Capture, r)
		if err == nil && !strings.HasPrefix(asked, string(text[:min(len(text), lineShown)])) {
			out.Cited = append(out.Cited, string(text[:min(len(text), lineShown)]))
		}
	}
}

// refsOf are the texts of a source that are at hand, by line.
func refsOf(ctx context.Context, d *Dump, source uint32) (refs []parse.Ref, err error) {
	n := 0
	for r := range casefile.Refs(d.Case) {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if r.Source == source {
			refs = append(refs, r)
		}
	}
	slices.SortFunc(refs, func(a, b parse.Ref) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Off, b.Off)) })
	return slices.Compact(refs), nil
}

// SearchIn is what search takes.
type SearchIn struct {
	Text   string `json:"text,omitempty" jsonschema:"the text to look for; upper and lower case are one"`
	Regex  string `json:"regex,omitempty" jsonschema:"or a regular expression (RE2), in which they are not"`
	Source string `json:"source,omitempty" jsonschema:"only sources whose path or base name matches this glob"`
	Page
}

// Match is a line that was found.
type Match struct {
	Source string `json:"source"`
	Line   uint32 `json:"line"`
	Text   string `json:"line_text"`
}

// Matches is a page of lines.
type Matches struct {
	Matches []Match `json:"matches"`
	Sources int     `json:"sources_searched"`
	Kept    bool    `json:"kept_only" jsonschema:"only the lines behind events and evidence were searched: a text that is not found may still be in the dump"`
	More
}

// matchShown is how much of a line is shown around what was found.
const matchShown = 400

var searchTool = ask("search", "Lines that hold a text",
	"Lines of all sources that hold a text or match a regular expression, each with the id that lines takes.", "matches",
	func(ctx context.Context, d *Dump, in *SearchIn) (*Matches, error) {
		if (in.Text == "") == (in.Regex == "") {
			return nil, errors.New("either text or regex")
		}
		expr := in.Regex
		if expr == "" {
			expr = "(?i)" + regexp.QuoteMeta(in.Text)
		}
		re, err := regexp.Compile(expr)
		if err != nil {
			return nil, errors.New("regex: not one of RE2, which has no look-around and no back-references")
		}
		s := &searching{d: d, in: in, re: re, room: newRoom(&in.Size), out: &Matches{Matches: []Match{}, Kept: d.Lines == nil}}
		if err := s.from(); err != nil {
			return nil, err
		}
		return s.out, s.run(ctx)
	})

// searching is one search, from where its page begins.
type searching struct {
	d      *Dump
	in     *SearchIn
	re     *regexp.Regexp
	room   *room
	out    *Matches
	source int
	line   uint32 // looked at already
}

// from reads the cursor: the source, and the last line of it that was seen.
func (s *searching) from() error {
	if s.in.Cursor == "" {
		return nil
	}
	source, line, ok := strings.Cut(s.in.Cursor, ":")
	i, err1 := strconv.Atoi(source)
	l, err2 := strconv.ParseUint(line, 10, 32)
	if !ok || err1 != nil || err2 != nil || i < 0 {
		return errCursor
	}
	s.source, s.line = i, uint32(l)
	return nil
}

func (s *searching) run(ctx context.Context) error {
	var list []int
	index := map[string]int{}
	f := Filter{Source: s.in.Source}
	for i := range s.d.Capture.Sources {
		path := s.d.Capture.Sources[i].Path
		if _, twice := index[path]; !twice && i >= s.source && f.named(path) {
			index[path] = i
			list = append(list, i)
		}
	}
	if len(list) == 0 && s.in.Cursor == "" {
		return errors.New("source: no source has that path or name; sources lists them")
	}
	s.out.Sources = len(list)
	if s.d.Lines == nil {
		return s.kept(ctx, list)
	}
	n := 0
	err := s.d.Lines(ctx, func(p string) bool { _, ok := index[p]; return ok }, func(l Line) bool {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return false
		}
		return s.look(index[l.Path], l.Path, l.No, l.Text)
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (s *searching) kept(ctx context.Context, list []int) error {
	for _, i := range list {
		refs, err := refsOf(ctx, s.d, uint32(i))
		if err != nil {
			return err
		}
		for _, r := range refs {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			text, err := s.d.Text.Line(s.d.Capture, r)
			if err == nil && !s.look(i, s.d.Capture.Sources[i].Path, r.Line, text) {
				return nil
			}
		}
	}
	return nil
}

// look takes a line that matches; it says no when the page is full.
func (s *searching) look(source int, path string, no uint32, text []byte) bool {
	if source == s.source && no <= s.line {
		return true
	}
	at := s.re.FindIndex(text)
	if at == nil {
		return true
	}
	from := max(0, at[0]-matchShown/2)
	m := Match{path, no, string(text[from:min(len(text), from+matchShown)])}
	if from > 0 {
		m.Text = "…" + m.Text
	}
	if from+matchShown < len(text) {
		m.Text += "…"
	}
	if !s.room.has(m) {
		last := s.out.Matches[len(s.out.Matches)-1]
		s.out.at(fmt.Sprintf("%d:%d", s.last(last.Source), last.Line))
		return false
	}
	s.out.Matches = append(s.out.Matches, m)
	return true
}

// last is the number of the source of the last match.
func (s *searching) last(path string) int {
	for i := range s.d.Capture.Sources {
		if s.d.Capture.Sources[i].Path == path {
			return i
		}
	}
	return s.source
}

// named says whether a source is chosen.
func (f *Filter) named(source string) bool {
	return globs(f.Source, source) || globs(f.Source, source[strings.LastIndexByte(source, '/')+1:])
}
