package kubelet

import (
	"bytes"
	"slices"

	"faultline/parse/lex"
)

// sniff says whether a source begins as objects of the API do. kubectl sorts
// the keys of an object, the API server and exporters have orders of their own,
// so any key may be the first.
func sniff(head []byte) bool {
	if isYAML(head) {
		return true
	}
	head = bytes.TrimLeft(head, "\ufeff \t\r\n")
	if isNothing(head) {
		return true
	}
	if len(head) > 0 && head[0] == '[' {
		head = bytes.TrimLeft(head[1:], " \t\r\n")
	}
	if len(head) == 0 || head[0] != '{' || bytes.Contains(head, []byte(auditGroup)) {
		return false
	}
	keys := topKeys(head)
	has := func(key string) bool { return slices.Contains(keys, key) }
	switch {
	case has("apiVersion"), has("involvedObject"), has("regarding"):
		return true
	case len(keys) == 0 || !has("kind") && !has("items") && !has("metadata") && !slices.Contains(eventKeys, keys[0]):
		return false
	}
	for _, s := range []string{`"apiVersion"`, `"involvedObject"`, `"regarding"`} {
		if bytes.Contains(head, []byte(s)) {
			return true
		}
	}
	return false
}

// eventKeys are keys that an event can begin with, which exporters write in an
// order of their own; what comes behind may be cut off in the head.
var eventKeys = []string{"count", "action", "eventTime", "firstTimestamp", "lastTimestamp", "message", "reason", "note", "type"}

// isNothing says whether a source holds nothing but JSON's word for it, as
// troubleshoot writes for a kind of which nothing could be said.
func isNothing(head []byte) bool {
	switch string(bytes.TrimRight(head, " \t\r\n")) {
	case "null", "[]", "{}", `""`:
		return true
	}
	return false
}

// topKeys lists the keys of a JSON object, as far as its beginning shows them.
func topKeys(head []byte) (keys []string) {
	depth := 0
	for i := 0; i < len(head); {
		switch c := head[i]; c {
		case '{', '[':
			depth++
			i++
		case '}', ']':
			if depth--; depth == 0 {
				return keys
			}
			i++
		case '"':
			text, n, ok := lex.Quoted(head[i:])
			if !ok {
				return keys
			}
			i += n
			if rest := bytes.TrimLeft(head[i:], " \t\r\n"); depth == 1 && len(rest) > 0 && rest[0] == ':' {
				keys = append(keys, string(text))
			}
		default:
			i++
		}
	}
	return keys
}

// listKeys are what items of a list of the API begin with, where the list's own
// kind comes behind them.
var listKeys = []string{"- apiVersion: ", "- metadata:", "- kind: ", "- action: ", "- addressType: ", "- count: ", "- involvedObject:"}

// isYAML says whether a source begins as the YAML of the API does: keys at the
// margin with an apiVersion among them, or a list of objects.
func isYAML(head []byte) bool {
	first, listed := true, false
	for line := range bytes.Lines(lex.TrimBOM(head)) {
		line = bytes.TrimRight(line, "\r\n")
		if first && (len(bytes.TrimSpace(line)) == 0 || line[0] == '#' || line[0] == '%' || isBreak(line)) {
			continue
		}
		bare := bytes.TrimLeft(line, " ")
		if first {
			key, _, ok := bytes.Cut(line, []byte{':'})
			if listed = string(line) == "items:" || has(line, "- "); !listed && (!ok || !isYAMLKey(key)) {
				return false
			}
			first = false
		}
		if has(line, "apiVersion: ") || has(bare, "- apiVersion: ") {
			return true
		}
		if listed && slices.ContainsFunc(listKeys, func(key string) bool { return has(bare, key) }) && !has(line, "- kind: ") {
			return bytes.Contains(head, []byte("metadata:"))
		}
		if len(bare) == len(line) && len(line) > 0 && line[0] != '-' && line[0] != '#' {
			if key, _, ok := bytes.Cut(line, []byte{':'}); !ok || !isYAMLKey(key) {
				return false
			}
		}
	}
	return false
}

// isYAMLKey says whether b can be a key of an object of the API.
func isYAMLKey(b []byte) bool {
	for _, c := range b {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return len(b) > 0
}
