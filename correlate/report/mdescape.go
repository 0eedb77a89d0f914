package report

import "strings"

// prose writes a sentence so that Markdown shows it as it is. Words that
// GitHub or Jira would make more of than text (mentions, links, references to
// issues, tags, formulas) become code, where nothing is looked for; in all
// others, what formats is escaped.
func prose(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		words[i] = word(w)
	}
	out := strings.Join(words, " ")
	if out != "" && strings.IndexByte("-+>=~", out[0]) >= 0 {
		out = `\` + out // no list, quote or rule at the beginning of a line
	}
	return out
}

// word writes one word. Punctuation around it stays outside of code.
func word(w string) string {
	const open, shut = "([{\"", ")]}\",.;:!?"
	from, to := 0, len(w)
	for from < to && strings.IndexByte(open, w[from]) >= 0 {
		from++
	}
	for to > from && strings.IndexByte(shut, w[to-1]) >= 0 {
		to--
	}
	if core := w[from:to]; acts(core) {
		return escaped(w[:from]) + code(core) + escaped(w[to:])
	}
	return escaped(w)
}

// acts says whether a word holds what a tracker acts upon.
func acts(w string) bool {
	return strings.ContainsAny(w, "@#`<>&$^~|\\") || strings.Contains(w, "://") || strings.Contains(w, "__") ||
		strings.Contains(strings.ToLower(w), "www.") || strings.Contains(strings.ToLower(w), "mailto:") ||
		strings.Contains(w, "](") || hexWord(w) || jiraKey(w)
}

// hexWord says whether a word may be taken for the hash of a commit.
func hexWord(w string) bool {
	if len(w) < 7 || len(w) > 64 {
		return false
	}
	digits := 0
	for i := range len(w) {
		switch c := w[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c < 'a' || c > 'f':
			return false
		}
	}
	return digits < len(w)
}

// jiraKey says whether a word is shaped like the key of an issue, "OPS-12".
func jiraKey(w string) bool {
	i := strings.IndexByte(w, '-')
	if i < 2 || i+1 >= len(w) {
		return false
	}
	return strings.Trim(w[:i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.Trim(w[i+1:], "0123456789") == ""
}

// escaped puts a backslash before everything that formats.
func escaped(w string) string {
	var b strings.Builder
	for i := range len(w) {
		if strings.IndexByte("\\`*_{}[]<>#|~!$&^@", w[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(w[i])
	}
	return b.String()
}

// code writes text as code on one line, in more backticks than it holds.
func code(s string) string {
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.Trim(s, " ") == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// block writes lines as a block of code, in a longer fence than they hold.
func block(s string) string {
	fence := strings.Repeat("`", max(3, longestRun(s)+1))
	return fence + "text\n" + s + fence
}

// cell escapes the pipes that are not escaped yet: a table's cell ends at one,
// even within code, where every other backslash is text.
func cell(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '|' && (i == 0 || s[i-1] != '\\') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// longestRun is the longest run of backticks.
func longestRun(s string) (most int) {
	run := 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}
