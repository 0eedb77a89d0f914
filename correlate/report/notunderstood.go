package report

import (
	"fmt"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

// NotUnderstood says for each source of which something was not read or not
// understood what that is, in the order of the sources: a row that is not there
// says nothing of itself.
func NotUnderstood(c *correlate.Case) (said []string) {
	for i := range c.Sources {
		switch s := &c.Sources[i]; {
		case s.Format == "" && s.Counts.Lines > 0:
			what := "not recognised"
			if len(s.Problems) > 0 && strings.HasPrefix(s.Problems[0].Text, parse.Looks) {
				what += ", " + s.Problems[0].Text
			}
			said = append(said, s.Path+": "+what)
		case s.Counts.Unparsed > 0:
			said = append(said, fmt.Sprintf("%s: %s not understood", s.Path, words.Count(int(s.Counts.Unparsed), "line", "lines")))
		}
	}
	return said
}

// UnreadCount says how much was not read and not understood, "" when all was.
func UnreadCount(c *correlate.Case) string {
	files, lines, _ := c.Unread()
	var said []string
	if files > 0 {
		said = append(said, words.Count(files, "file", "files")+" not read")
	}
	if lines > 0 {
		said = append(said, words.Count(int(lines), "line", "lines")+" not understood")
	}
	return strings.Join(said, ", ")
}
