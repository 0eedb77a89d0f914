package app

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/record"
)

// deaths are what a runtime prints when a program ends by an error of its own, other
// than Go's and Rust's panics: all of the words stand in the line, in their order
// (OpenJDK src/hotspot/share/utilities/{debug,vmError}.cpp; Node.js src/api/environment.cc and
// V8's FatalProcessOutOfMemory; bash jobs.c; libstdc++ vterminate.cc;
// CPython Python/pylifecycle.c; Ruby error.c; .NET's unhandled exceptions; Erlang's
// erts/emulator/beam/erl_alloc.c).
var deaths = [][]string{
	{"java.lang.OutOfMemoryError"},
	{"A fatal error has been detected by the Java Runtime Environment"},
	{"JavaScript heap out of memory"},
	{"Segmentation fault", "(core dumped)"},
	{"Aborted", "(core dumped)"},
	{"Bus error", "(core dumped)"},
	{"Illegal instruction", "(core dumped)"},
	{"terminate called after throwing an instance of "},
	{"terminate called without an active exception"},
	{"Fatal Python error: "},
	{"[BUG] Segmentation fault"},
	{"Unhandled exception. System."},
	{"eheap_alloc: Cannot allocate "},
}

// deathWords are the words that come first in a line.
func deathWords() (out []string) {
	for _, d := range deaths {
		out = append(out, d[0])
	}
	return out
}

var anyDeath = parse.NewPhrases(deathWords())

// deathFar is how far behind a line's head the words begin at most: a thread's name or
// a shell's script stands before them, a sentence that quotes them is longer.
const deathFar = 80

// deathLine reads a line that says that a program ended. Those of one end, a trace with
// its causes, are one event.
func deathLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	said := deathIn(l.Text)
	if said == nil {
		return parse.NotMine
	}
	b.Add(parse.Event{Kind: parse.AppCrashed, Severity: parse.Fatal, Fact: b.Names.Add(parse.CallText(said))})
	part := uint8(1)
	if l.AtPrefix(); l.Text[0] == '{' {
		if r, ok := record.OfProgram(l.Text); ok {
			r.Place(l)
		}
	} else if h, ok := headOf(l.Text); ok {
		h.place(l)
	}
	if l.Clock == parse.ClockNone {
		part = 0 // it goes on with what the lines before it say
	}
	l.Severity = parse.Fatal
	b.Pair(uint64(lex.Fingerprint([]byte("death"), l.Prefix.Pod, l.Prefix.Container)), part, sameEnd)
	return parse.Took
}

// deathIn is what a line, or the text of a record, says of a program's end, nil for
// nothing of the kind.
func deathIn(line []byte) []byte {
	text, severity := line, parse.SeverityNone
	if line[0] == '{' {
		if r, ok := record.OfProgram(line); ok {
			text, severity = r.Text, levelIs(r.Level)
		}
	} else if h, ok := headOf(line); ok {
		text, severity = h.rest, h.severity
	}
	if severity != parse.SeverityNone && severity <= parse.Info { // no logger calls an end so
		return nil
	}
	for _, words := range deaths {
		at := bytes.Index(text, []byte(words[0]))
		if at < 0 || at > deathFar || isQuoted(text, at) {
			continue
		}
		if rest := text[at+len(words[0]):]; len(words) == 1 || bytes.Contains(rest, []byte(words[1])) {
			return bytes.TrimSpace(text[at:])
		}
	}
	return nil
}

// isQuoted says whether what stands at a place in a text begins a quotation that closes
// behind it, with words after that: a sentence speaks of it.
func isQuoted(text []byte, at int) bool {
	if at == 0 || text[at-1] != '"' && text[at-1] != '\'' && text[at-1] != '`' {
		return false
	}
	end := bytes.IndexByte(text[at:], text[at-1])
	return end > 0 && len(bytes.TrimSpace(text[at+end+1:])) > 0
}
