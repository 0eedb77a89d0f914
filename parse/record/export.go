package record

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/wrap"
)

// Export is what `journalctl -o export` prints: the fields of a record, a line
// each, and a blank line behind (systemd, "Journal Export Formats"). Fields that
// are no text, which come with their length, are passed over.
var Export = &parse.Wrapper{
	Name:   "export",
	Doc:    "journalctl -o export: a field a line, a blank line between records",
	Record: true,
	Strip:  exported,
	Open: func(text, next []byte) bool {
		return bytes.HasPrefix(text, cursor) && len(bytes.TrimSpace(next)) > 0 && !bytes.HasPrefix(next, cursor)
	},
}

// cursor begins each record.
var cursor = []byte("__CURSOR=")

func exported(record []byte, p *parse.Prefix) ([]byte, bool) {
	if !bytes.HasPrefix(record, cursor) {
		return record, false
	}
	var text []byte
	var at parse.Prefix
	for field := range bytes.Lines(record) {
		name, value, ok := bytes.Cut(bytes.TrimRight(field, "\r\n"), []byte{'='})
		if !ok {
			continue
		}
		switch string(name) {
		case "MESSAGE":
			text = value
		case "__REALTIME_TIMESTAMP":
			wrap.Time(value, &at)
		case "_HOSTNAME":
			at.Node = value
		case "SYSLOG_IDENTIFIER":
			at.Unit = value
		}
	}
	if text == nil || !at.HasStamp {
		return record, false
	}
	timed(p, &at)
	p.Node, p.Unit = at.Node, at.Unit
	return text, true
}
