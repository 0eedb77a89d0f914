package kubelet

import "bytes"

const blanks = " \t"

// next cuts the first word off a line.
func next(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, blanks)
	if i := bytes.IndexAny(b, blanks); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}

// previous cuts the last word off a line.
func previous(b []byte) (rest, word []byte) {
	b = bytes.TrimRight(b, blanks)
	i := bytes.LastIndexAny(b, blanks) + 1
	return b[:i], b[i:]
}

func trim(b []byte) []byte { return bytes.Trim(b, blanks) }

// gap is where two columns part: the first two spaces in a row, or a tab.
func gap(b []byte) int {
	for i := range b {
		if b[i] == '\t' || b[i] == ' ' && i+1 < len(b) && b[i+1] == ' ' {
			return i
		}
	}
	return -1
}

// decoration is what a ticket puts around a line: quotation marks, list items
// and bold print.
const decoration = " \t*>|`│"

// undecorated takes off what a ticket put around a row.
func undecorated(b []byte) []byte {
	bare := bytes.TrimLeft(b, decoration)
	if len(trim(b[:len(b)-len(bare)])) > 0 {
		bare = bytes.TrimRight(bare, decoration)
	}
	return trim(bare)
}

func isType(b []byte) bool { return string(b) == "Normal" || string(b) == "Warning" }

// isWord says whether b can be a reason: a word of letters and digits.
func isWord(b []byte) bool {
	for _, c := range b {
		if !isLetter(c) && c-'0' > 9 && c != '_' && c != '-' && c != '.' && c != '/' {
			return false
		}
	}
	return len(b) > 0
}

// isObject says whether b is a kind and a name, "pod/web-0" or "Pod/web-0".
func isObject(b []byte) bool {
	kind, name, ok := bytes.Cut(b, []byte{'/'})
	for _, c := range kind {
		if !isLetter(c) {
			return false
		}
	}
	return ok && len(kind) > 0 && len(name) > 0
}

// isKind says whether b is the name of a kind: "Pod", "ReplicaSet".
func isKind(b []byte) bool {
	for _, c := range b {
		if !isLetter(c) {
			return false
		}
	}
	return len(b) > 0 && b[0] <= 'Z'
}

// isPart says whether b is the part of an object: "spec.containers{web}".
func isPart(b []byte) bool { return has(b, "spec.") || has(b, "metadata.") || has(b, "status.") }

// isSource says whether b is a component, or a component and its host.
func isSource(b []byte) bool {
	component, host, _ := bytes.Cut(b, []byte(", "))
	return len(component) > 0 && !bytes.ContainsAny(component, blanks) && !bytes.ContainsAny(host, blanks)
}

// label says whether b can be the name of a namespace (RFC 1123).
func label(b []byte) bool {
	for _, c := range b {
		if (c < 'a' || c > 'z') && c-'0' > 9 && c != '-' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 63 && b[0] != '-'
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func has(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
