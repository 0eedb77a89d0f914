package kubelet

import (
	"bufio"
	"bytes"
	"io"

	"faultline/parse/lex"
)

// maxYAML is the largest object that is read as YAML: etcd stores none of more
// than 1.5 MB, and what YAML costs to read grows with it.
const maxYAML = 8 << 20

// isBreak says whether a line parts two documents.
func isBreak(line []byte) bool {
	return has(line, "---") && (len(line) == 3 || line[3] == ' ') || string(line) == "..."
}

// walkYAML reads documents that follow one another and hands out their
// objects as [walk] does. The items of a list are told apart by how far they
// are indented, before YAML is read: so one that is broken, or too large, or
// hostile, costs the others nothing.
func walkYAML(r io.Reader, each func(o object), listed func(kind string), problem func(line uint32, format string, args ...any)) error {
	w := &yamlWalk{each: each, told: listed, problem: problem, whole: true}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := in.ReadSlice('\n')
		long := err == bufio.ErrBufferFull
		if len(line) > 0 {
			if w.whole {
				w.line(line)
			} else {
				w.add(line)
			}
		}
		w.whole = !long
		w.next.off += int64(len(line))
		if !long && len(line) > 0 {
			w.next.line++
		}
		if err != nil && !long {
			w.flush()
			w.ends()
			if err == io.EOF {
				err = nil
			}
			return err
		}
	}
}

// place is where something begins.
type place struct {
	line uint32 // how many lines are before it
	off  int64
}

type yamlWalk struct {
	each    func(o object)
	told    func(kind string) // the kind of a list, at its end
	kind    string            // of the list being read
	problem func(line uint32, format string, args ...any)
	next    place // the line being read
	whole   bool  // the latest line was read to its end
	text    []byte
	start   place
	dropped bool // the text is larger than maxYAML
	listed  bool // the document has items, so that the rest of it is no object
	inItems bool
	indent  int // of an item's hyphen; -1 before the first
	// unread is the indent of the key whose value nobody needs, plus one; 0 outside of one.
	unread int
	blank  bool // the line being read is of its value
}

// unneededKeys are keys of objects whose values are long and never needed: who last
// wrote which field, and what a pod mounts and tolerates. Where nothing stands on the
// line behind one, its value is shown to YAML as blanks, which cost little to read.
var unneededKeys = map[string]bool{"managedFields:": true, "volumes:": true, "volumeMounts:": true, "env:": true, "envFrom:": true,
	"tolerations:": true, "affinity:": true, "securityContext:": true, "livenessProbe:": true, "readinessProbe:": true, "startupProbe:": true}

// skips says whether a line is of a value that is not needed.
func (w *yamlWalk) skips(bare []byte, indent int, hyphen bool) bool {
	key := w.unread - 1
	if w.unread > 0 && (len(bare) == 0 || indent > key || indent == key && hyphen) {
		return true
	}
	w.unread = 0
	if hyphen {
		inner := bytes.TrimLeft(bare[1:], " ")
		indent, bare = indent+len(bare)-len(inner), inner
	}
	if len(bare) > 0 && bare[len(bare)-1] == ':' && unneededKeys[string(bare)] {
		w.unread = indent + 1
	}
	return false
}

// line takes the beginning of a line.
func (w *yamlWalk) line(raw []byte) {
	line := bytes.TrimRight(raw, " \r\n")
	if w.next.off == 0 {
		line = lex.TrimBOM(line)
	}
	bare := bytes.TrimLeft(line, " ")
	indent := len(line) - len(bare)
	hyphen := len(bare) > 0 && bare[0] == '-' && (len(bare) == 1 || bare[1] == ' ')
	if w.blank = w.skips(bare, indent, hyphen); w.blank {
		w.add(raw)
		return
	}
	switch {
	case len(bare) == 0 || bare[0] == '\t' || bare[0] == '#' && indent == 0:
	case isBreak(line):
		w.flush()
		w.ends()
		w.listed, w.inItems = false, false
		return
	case w.inItems && hyphen && (w.indent < 0 || indent == w.indent):
		w.flush()
		w.indent = indent
	case w.inItems && (w.indent < 0 && indent == 0 || indent <= w.indent):
		w.flush()
		w.inItems = false
	}
	if !w.inItems && indent == 0 && string(bare) == "items:" {
		w.listed = true // what came before it is the list's own
		w.flush()
		w.inItems, w.indent = true, -1
		return
	}
	w.named(line)
	w.add(raw)
}

// named takes the kind of the list being read.
func (w *yamlWalk) named(line []byte) {
	if kind, ok := bytes.CutPrefix(line, []byte("kind: ")); ok && !w.inItems {
		w.kind = string(bytes.Trim(kind, `"' `))
	}
}

// ends ends a document, and with it a list.
func (w *yamlWalk) ends() {
	if w.listed {
		w.told(w.kind)
	}
	w.kind = ""
}

// add takes a line, or a part of one, as the object's.
func (w *yamlWalk) add(raw []byte) {
	if len(w.text) == 0 && !w.dropped {
		if len(bytes.TrimSpace(raw)) == 0 {
			return
		}
		w.start = w.next
	}
	if len(w.text)+len(raw) > maxYAML {
		w.dropped, w.text = true, nil
	}
	if w.dropped {
		return
	}
	from := len(w.text)
	w.text = append(w.text, raw...)
	if w.blank {
		for i, b := range w.text[from:] {
			if b != '\n' && b != '\r' {
				w.text[from+i] = ' '
			}
		}
	}
}

// flush hands out the object that ended.
func (w *yamlWalk) flush() {
	text, item := w.text, w.inItems && w.indent >= 0
	dropped := w.dropped
	w.text, w.dropped, w.unread = nil, false, 0
	switch {
	case dropped:
		w.problem(w.start.line+1, "an object of more than %d MiB of YAML was passed over", maxYAML>>20)
	case len(text) == 0 || !item && w.listed:
	default:
		t := &yamlText{text: text, start: w.start}
		if t.start.off == 0 {
			t.text = lex.TrimBOM(text)
			t.start.off = int64(len(text) - len(t.text))
		}
		objects, err := t.objects()
		if err != nil {
			w.problem(w.start.line+1, "YAML: %v", err)
		}
		for _, o := range objects {
			if item {
				o.list = w.kind
			}
			w.each(o)
		}
	}
}
