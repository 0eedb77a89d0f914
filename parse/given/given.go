// Package given reads faultline.yaml: what only a human knows about a dump.
// Each entry becomes a fact that is cited by its line, as everything else is.
//
//	captured_at: 2024-02-02T13:40:00Z         # or [before, after], or {GLOB: TIME}
//	anchors: {"ingress-*.log#1": 2024-02-02T13:16:19Z by ann, "b.log": none}
//	zones: {"node-*.log": Europe/Berlin}      # or one zone for all
//	sources: {"a.txt": "pod:web-0,container:linkerd-proxy"}
//	periods: [60s]
//	versions: [{component: destination, version: stable-2.14.8, from: 2024-01-10T09:00:00Z}]
//	changes: [{at: 2024-02-01T08:00:00Z, what: scale, from: 3, to: 10}]
//	failure: proxy.request_failed,status=503
//	match: {oom: 'OOMKilled (?P<target>\S+)'}
//	marks: [{at: 2024-02-02T13:22:28Z, text: first alert, by: ann}, {uptime: 371.2s, source: b.log, text: odd}]
//	notes: [the gateway was drained at noon]
//	rules: [{name: lock, event: user.lock, before: proxy.request_failed, within: 10s, title: "{{n}} waited for the lock of {{target}}"}]
package given

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Name is what the file is called.
const Name = "faultline.yaml"

// maxBytes is the largest file that is read: people write it.
const maxBytes = 1 << 20

// Keys of entries, and of the facts that they become.
const (
	Captured = "given.captured_at" // of Subject's sources; Value is the time as written
	Anchor   = "given.anchor"      // Subject GLOB[#LIFE], At its zero, 0 for none
	Zone     = "given.zone"        // Subject GLOB, Value an IANA zone
	Source   = "given.source"      // Subject GLOB, Value "key:value,…"
	Period   = "given.period"      // Value a duration
	Version  = "given.version"     // Subject a component, Value its version, At since when
	Change   = "given.change"      // Subject what (upgrade, scale), Value "FROM -> TO", At when
	Failure  = "given.failure"     // Value KIND[,status=…]
	Match    = "given.match"       // Subject a name, Value a pattern
	Mark     = "given.mark"        // At when, Value a text
	OwnMark  = "given.mark_uptime" // Value a duration on the own clock of Subject, GLOB[#LIFE], and a text
	Note     = "given.note"        // Value a text
	Rule     = "given.rule"        // Subject a name, Value a [OwnRule] as JSON
)

// None stands in place of a time for a clock that is to stay open: whatever
// else would anchor it is rejected.
const None = "none"

// Within stands between a time and half the width of the interval that it lies
// in, such as 1.5s.
const Within = " within "

// By stands between a time, or none, and the name of who said so.
const By = " by "

// Cut takes "TIME[ within DURATION][ by NAME]" apart, or the same with [None] in
// place of the time and its width; ok is false for a width that is no duration,
// or of none.
func Cut(s string) (when string, within time.Duration, by string, ok bool) {
	s, by, _ = strings.Cut(s, By)
	when, width, has := strings.Cut(s, Within)
	if !has {
		return when, 0, by, true
	}
	within, err := time.ParseDuration(width)
	return when, within, by, err == nil && within >= 0 && when != None
}

// Entry is one thing that the file says.
type Entry struct {
	// Key is one of the keys above; Subject what it is about, "" for all.
	Key, Subject, Value string
	// At is a wall time, ns since 1970, 0 without one; Within its half-width.
	At     parse.Time
	Within time.Duration
	// Line is 1-based; Off and Len its bytes in the file.
	Line uint32
	Off  int64
	Len  uint32
}

// Format reads the file as a source of facts.
var Format = &parse.Format{
	Name: "facts",
	Doc: `What a person knows about a dump, in a file faultline.yaml beside it (or --facts FILE).
captured_at: 2024-02-02T13:40:00Z
anchors: {"ingress-*.log": 2024-02-02T13:16:19Z}`,
	Origin: "whoever has the dump",
	Role:   parse.RoleAbout, Lane: parse.LaneOther,
	SniffDocument: sniff,
	Document:      document,
}

// sniff says whether all keys that the head of a source holds are ours: one
// alone begins many a YAML file.
func sniff(head []byte) bool {
	found := false
	for line := range bytes.Lines(lex.TrimBOM(head)) {
		line = bytes.TrimRight(line, " \t\r\n")
		if len(line) == 0 || line[0] == '#' || line[0] == ' ' || line[0] == '-' {
			continue
		}
		key, rest, ok := bytes.Cut(line, []byte{':'})
		if _, known := readers[string(key)]; !ok || !known || len(rest) > 0 && rest[0] != ' ' {
			return false
		}
		found = true
	}
	return found
}

func document(r io.Reader, b *parse.Batch) error {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return err
	}
	entries, problems := Parse(data)
	for _, p := range problems {
		b.Problem(p.Line, "%s", p.Text)
		b.Counts.Unparsed++
	}
	for _, e := range entries {
		l := &parse.Line{No: e.Line, Off: e.Off, Len: e.Len}
		b.Fact(l, b.Names.AddString(e.Subject), e.Key, e.Value, e.At, e.Within)
	}
	return nil
}

// Parse reads the file's entries in the order of its keys. What cannot be read
// is a problem with its line, and the rest is read all the same.
func Parse(data []byte) (out []Entry, problems []parse.Problem) {
	if len(data) > maxBytes {
		return nil, []parse.Problem{{Text: fmt.Sprintf("larger than %d MiB: not read", maxBytes>>20)}}
	}
	return walk(data)
}
