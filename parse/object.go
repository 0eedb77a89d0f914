package parse

import (
	"bytes"

	"faultline/parse/lex"
)

// maxObject bounds the bytes of an object that a paste shows over several lines.
const maxObject = 64 << 10

// objectAt finds the JSON object over several lines that begins at the beginning of data, with a
// line of its brace alone, as jq and consoles show a record. size is the length of its lines, 0
// where there is none; short says that more bytes could make it one.
func objectAt(data []byte) (text []byte, size int, short bool) {
	first := data
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		first = data[:i]
	}
	if string(bytes.TrimSpace(first)) != "{" {
		return nil, 0, false
	}
	text = data[bytes.IndexByte(data, '{'):]
	n, short := lex.JSONValue(text[:min(len(text), maxObject)])
	if n == 0 {
		return nil, 0, short && len(text) < maxObject
	}
	end := len(data) - len(text) + n
	rest := data[end:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	if len(bytes.Trim(rest, " \t\r\n,`")) > 0 || bytes.IndexByte(text[:n], '\n') < 0 {
		return nil, 0, false
	}
	return text[:n], end + len(rest), false
}

// object reads the object at the beginning of data as the line of a log that it was before
// somebody had it shown over several lines, where some format makes an event of it. It gives the
// length of its lines, 0 where nothing was read.
func (p *plan) object(b *Batch, l *Line, data []byte) (size int) {
	text, size, _ := objectAt(data)
	if size == 0 || !p.shows(text) {
		return 0
	}
	raw := bytes.TrimSuffix(data[:size], []byte{'\n'})
	l.Text, l.Len = lex.OneLine(text), uint32(len(raw))
	b.Counts.Lines += uint64(bytes.Count(raw, []byte{'\n'}))
	b.Bytes += int64(size)
	if !p.offer(b, l, raw) {
		p.strange(b, l, raw)
	}
	return size
}

// shows says whether some format makes an event of an object on one line.
func (p *plan) shows(text []byte) bool {
	b := NewBatch(false, true)
	l := Line{No: 1, Text: lex.OneLine(text), seen: &p.seen}
	b.Counts.Lines = 1
	if !p.offer(b, &l, l.Text) {
		p.strange(b, &l, l.Text)
	}
	return len(b.Events) > 0
}

// shown says whether a head holds an object over several lines that some format reads.
func (p *plan) shown(head []byte) bool {
	for len(head) > 0 {
		if text, size, _ := objectAt(head); size > 0 {
			if p.shows(text) {
				return true
			}
		}
		i := bytes.IndexByte(head, '\n')
		if i < 0 {
			break
		}
		head = head[i+1:]
	}
	return false
}

// openObject is where an object begins of which the lines of a paste end in the middle, -1 where
// none does.
func (p *plan) openObject(buf []byte) int {
	at := max(0, len(buf)-maxObject)
	at = bytes.LastIndexByte(buf[:at], '\n') + 1
	for p.pasted && at < len(buf) {
		_, size, short := objectAt(buf[at:])
		switch i := bytes.IndexByte(buf[at:], '\n'); {
		case short:
			return at
		case size > 0:
			at += size
		case i < 0:
			return -1
		default:
			at += i + 1
		}
	}
	return -1
}
