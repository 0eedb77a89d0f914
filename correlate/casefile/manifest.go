package casefile

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// The schema's version. A column or a table that is added raises Minor: who
// reads an older case finds it missing, and takes what that means (null, none).
// Anything else raises Major, and comes with code that still opens what was
// written before. A case of a later Major is refused; a later Minor is read
// without what it adds. docs/case.md has the policy for those who write cases.
const (
	Major = 1
	Minor = 2
)

const schemaName = "faultline.case"

// Schema is the version in words, as manifests have it.
func Schema() string { return fmt.Sprintf("%s/%d.%d", schemaName, Major, Minor) }

// Manifest is the list of what a case holds, and how it came to be.
type Manifest struct {
	Schema string `json:"schema"`
	Tool   Tool   `json:"tool"`
	// Arguments are those of the first export, whoever exported it again.
	Arguments []string `json:"arguments"`
	// JudgedWith are the options that the case was judged with; whoever opens it
	// judges the same.
	JudgedWith judgedWith `json:"options"`
	// Matches are the kinds of events that the user defined, NAME=REGEX.
	Matches []string `json:"matches"`
	// Inputs is the SHA-256 over those of the sources.
	Inputs string `json:"inputs_sha256"`
	// Redaction is "none", or what was done.
	Redaction string  `json:"redaction"`
	Verdict   Verdict `json:"verdict"`
	// Omitted says what was left out to make the case small; nil: nothing.
	Omitted *Omitted `json:"omitted"`
	Entries []Entry  `json:"entries"`
}

// toolName is who writes cases.
const toolName = "faultline"

// encode writes the manifest as a case has it.
func (m *Manifest) encode(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(m)
}

// Options are what the case was judged with.
func (m *Manifest) Options() correlate.Options { return m.JudgedWith.options() }

// Tool is the program that wrote a case.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Verdict is the case's answer.
type Verdict struct {
	Code     string `json:"code"`
	Sentence string `json:"sentence"`
	Next     string `json:"next"`
}

// Omitted counts what is not in a case because of its size. Events are never
// left out: what is said about them must follow from them.
type Omitted struct {
	// MaxBytes is the size that was asked for.
	MaxBytes int64 `json:"max_bytes"`
	// Lines are event lines whose text is missing, Of is how many there were.
	Lines int64 `json:"lines"`
	Of    int64 `json:"of_lines"`
	// Beyond is the least distance from an incident, in seconds, at which a
	// line is missing; what has no time counts as farthest.
	Beyond *float64 `json:"beyond_s"`
}

// Sentence says what is missing.
func (o *Omitted) Sentence() string {
	s := fmt.Sprintf("To stay within %d bytes, the text of %d of %d event lines is left out; the events themselves are all here", o.MaxBytes, o.Lines, o.Of)
	if o.Beyond != nil {
		s += fmt.Sprintf(". What is missing is %s s or more from every incident", strconv.FormatFloat(*o.Beyond, 'f', 1, 64))
	}
	return s + "."
}

// Entry is one file of a case.
type Entry struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Rows of a table, nil for a document.
	Rows *int64 `json:"rows"`
}

// compatible says whether a case of a schema can be read.
func compatible(schema string) error {
	name, version, _ := strings.Cut(schema, "/")
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	switch {
	case name != schemaName || err != nil || n < 1:
		return fmt.Errorf("%q is not the schema of a case", schema)
	case n > Major:
		return fmt.Errorf("a case of schema %s; this program reads up to %d: get a newer one", schema, Major)
	}
	return nil
}

// metadata is what each table says of itself, so that it can stand alone.
func (m *Manifest) metadata(t table) [][2]string {
	arguments, _ := json.Marshal(m.Arguments)
	return [][2]string{
		{"faultline.schema.name", t.name()},
		{"faultline.schema.version", fmt.Sprintf("%d.%d", Major, Minor)},
		{"faultline.version", m.Tool.Version},
		{"faultline.args", string(arguments)},
		{"faultline.inputs_sha256", m.Inputs},
		{"faultline.redaction", m.Redaction},
	}
}

// matchesOf writes the user's kinds down.
func matchesOf(list []parse.Match) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, m.Name+"="+m.Re.String())
	}
	return out
}
