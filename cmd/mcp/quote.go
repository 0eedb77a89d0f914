package mcp

import (
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// quoted knows what the dump says, so that words of its in a sentence of ours
// are put between quotation marks: who reads must be able to tell them apart.
type quoted struct {
	runs  map[[3]string]bool // three words in a row of a line
	names map[string]bool    // names of several words
	most  int                // words of the longest of these
}

// How much of a dump is looked at for its words.
const (
	quotedEvents = 4000
	quotedBytes  = 4096
)

// quoting learns the words of a dump: those of the lines that are cited, of the
// first events, and names that hold a space.
func (d *Dump) quoting() *quoted {
	d.learning.Do(func() {
		q := &quoted{runs: map[[3]string]bool{}, names: map[string]bool{}}
		d.quotes = q
		read := func(r parse.Ref) {
			if line, err := d.Text.Line(d.Capture, r); err == nil {
				q.learn(string(line[:min(len(line), quotedBytes)]))
			}
		}
		for i := range d.Findings {
			for _, e := range slices.Concat(d.Findings[i].Evidence, d.Findings[i].Against) {
				read(e.Ref)
			}
		}
		n := 0
		for p := range d.Timeline() {
			if k := d.At(p).Kind; k == parse.LogOther || k == parse.ControllerPopStall {
				continue
			}
			if n++; n > quotedEvents {
				break
			}
			q.learnEvent(d, p)
		}
		for i := range d.Names.Len() {
			q.name(d.Name(parse.Name(i)))
		}
		for i := range d.Capture.Sources {
			q.name(d.Capture.Sources[i].Path)
		}
	})
	return d.quotes
}

// learnEvent learns an event's line, and what is read of it.
func (q *quoted) learnEvent(d *Dump, p correlate.Point) {
	detail, raw, err := report.Detail(d.Case, d.Text, p)
	if err != nil {
		return
	}
	q.learn(raw[:min(len(raw), quotedBytes)])
	q.learn(detail.Message[:min(len(detail.Message), quotedBytes)])
	for _, a := range detail.Attrs {
		q.name(a.Value)
	}
}

// learn takes the words of a line.
func (q *quoted) learn(line string) {
	words := bareWords(line)
	for i := 2; i < len(words); i++ {
		if run := [3]string(words[i-2 : i+1]); run[0] != "" && run[1] != "" && run[2] != "" {
			q.runs[run] = true
		}
	}
}

// name takes a name of several words, and those of its parts.
func (q *quoted) name(s string) {
	if len(s) > quotedBytes || !strings.ContainsAny(s, " \t\n") {
		return
	}
	words := bareWords(s)
	if len(words) < 2 {
		return
	}
	q.names[strings.Join(words, " ")] = true
	q.most = max(q.most, min(len(words), 40))
	q.learn(s)
}

// bareWords are the words of a text without what stands around them.
func bareWords(s string) []string {
	words := strings.Fields(report.Clean(strings.NewReplacer("{", "(", "}", ")", "\n", " ").Replace(s)))
	for i := range words {
		words[i] = strip(words[i])
	}
	return words
}

// edges are what stands around a word: of a sentence, or of the JSON of a line.
const edges = `.,:;!?()[]<>"'` + "`“”…"

func strip(word string) string {
	if i := strings.LastIndexByte(word, '/'); i >= 0 && i+1 < len(word) {
		word = word[i+1:] // namespace/name
	}
	return strings.Trim(word, edges)
}

// mark puts quotation marks around what a sentence has from the dump.
func (q *quoted) mark(sentence string) string {
	if q == nil || !strings.Contains(sentence, " ") {
		return sentence
	}
	words := strings.Split(sentence, " ")
	plain := make([]string, len(words))
	for i := range words {
		plain[i] = strip(words[i])
	}
	var out []string
	inside := false
	for i := 0; i < len(words); {
		n := q.run(plain[i:])
		if inside || n == 0 {
			if strings.Count(words[i], `"`)%2 == 1 {
				inside = !inside
			}
			out = append(out, words[i])
			i++
			continue
		}
		out = append(out, enclosed(strings.Join(words[i:i+n], " ")))
		i += n
	}
	return strings.Join(out, " ")
}

// run is how many words from here on are the dump's.
func (q *quoted) run(words []string) (n int) {
	for n+3 <= len(words) && q.runs[[3]string(words[n:n+3])] {
		n++
	}
	if n > 0 {
		n += 2
	}
	for m := min(q.most, len(words)); m > max(n, 1); m-- {
		if q.names[strings.Join(words[:m], " ")] {
			return m
		}
	}
	return n
}

// enclosed quotes words, and leaves what ends a sentence outside.
func enclosed(s string) string {
	text := strings.TrimRight(s, ".,:;")
	if strings.Contains(text, `"`) {
		text = strings.ReplaceAll(text, `"`, `'`)
	}
	return `"` + text + `"` + s[len(text):]
}
