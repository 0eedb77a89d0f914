package rules

import (
	"fmt"
	"regexp"
	"strings"

	"faultline/correlate/words"
)

// Find is the rule of a name or of a diagnosis' code, nil for none.
func Find(name string) *Rule {
	for _, r := range All() {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// Explain is what a person reads when a report names the rule: for a
// diagnosis what it is, what speaks for it and against it, and what to do.
func (r *Rule) Explain() string {
	var b strings.Builder
	d := r.Diagnosis
	if d == nil {
		fmt.Fprintf(&b, "%s\n", r.Doc)
		return b.String()
	}
	fmt.Fprintf(&b, "%s.\n\n%s\n", words.Upper(d.What), plain(d.Says))
	for _, part := range []struct{ label, text string }{
		{"Where it arises", string(d.Where)}, {"Evidence", d.Evidence}, {"Checked against it", d.Against}, {"How sure", d.Sure},
		{"Looks like it", strings.Join(d.Rivals, ", ")}, {"What must not be read into it", d.Never}, {"Source", d.Source},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n%s: %s\n", part.label, strings.TrimSuffix(part.text, ".")+".")
		}
	}
	b.WriteString("\nWhat to do:\n")
	for _, n := range d.Next {
		fmt.Fprintf(&b, "- %s\n", plain(n))
	}
	return b.String()
}

// byRank is what a report calls a finding or an incident of its own.
var byRank = regexp.MustCompile(`^[FI][1-9][0-9]*$`)

// Meaning is what a name means: a diagnosis, a rule, or a term of the glossary;
// that of both is the rule's, with the term's sentence first. ok is false for a
// name of none.
func Meaning(name string) (said string, ok bool) {
	t, isTerm := words.Find(name)
	r := Find(strings.ToLower(strings.ReplaceAll(name, " ", "_"))) // as a headline writes it
	switch {
	case byRank.MatchString(name):
		return fmt.Sprintf("%s: %s. With -v the report names the code of each finding, and that is what explain takes.\n",
			name, map[byte]string{'F': "A finding of one report, by its rank", 'I': "An incident of one report, by its rank"}[name[0]]), true
	case r != nil && isTerm:
		return fmt.Sprintf("%s: %s\n\n%s", r.Name, t.Means, r.Explain()), true
	case r != nil:
		return fmt.Sprintf("%s\n\n%s", r.Name, r.Explain()), true
	case isTerm:
		return fmt.Sprintf("%s: %s\n", t.Name, t.Means), true
	}
	return "", false
}

// DiagnosesPage is docs/diagnoses.md behind its head: a section a code.
func DiagnosesPage() string {
	var b strings.Builder
	for _, r := range Diagnoses() {
		fmt.Fprintf(&b, "## %s\n\n%s\n", r.Name, markdown(r.Explain()))
	}
	return b.String()
}

// markdown sets the labels of an explanation apart and keeps what stands in
// angle brackets.
func markdown(text string) string {
	text = strings.NewReplacer("<", "\\<").Replace(text)
	var b strings.Builder
	for line := range strings.Lines(text) {
		label, rest, ok := strings.Cut(line, ": ")
		if ok && !strings.HasPrefix(line, "- ") && len(label) < 32 && !strings.ContainsAny(label, "`.,") {
			line = "**" + label + "**: " + rest
		}
		b.WriteString(line)
	}
	return b.String()
}
