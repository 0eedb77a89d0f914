package record

import (
	"bytes"
	"strings"

	"faultline/parse"
)

// What a table is made of is written as a head or a row would have it: a word
// for which of the two, and behind each separator the name of a column.
const (
	byHead  = "head"
	byShape = "row"
	utcMark = "[UTC]"
)

// eventColumns are the names by which the fields of an Event are read out of a
// table, besides those that are known in every one: of Azure's KubeEvents
// (Azure Monitor table reference) and of the Kubernetes API (core/v1 and
// events.k8s.io/v1 Event).
var eventColumns = map[string]bool{
	"reason": true, "Reason": true, "message": true, "Message": true, "note": true, "type": true, "count": true, "Count": true,
	"Name": true, "Namespace": true, "ObjectKind": true, "KubeEventType": true, "KubeEventType_s": true, "SourceComponent": true, "Computer": true,
	"FirstSeen": true, "LastSeen": true, "TimeGenerated": true, "involvedObject": true, "regarding": true, "metadata": true, "source": true,
	"firstTimestamp": true, "lastTimestamp": true, "eventTime": true, "series": true, "reportingComponent": true, "reportingInstance": true,
	"reportingController": true, "deprecatedCount": true, "deprecatedSource": true, "deprecatedFirstTimestamp": true,
	"deprecatedLastTimestamp": true, "involvedObject.kind": true, "k8s.object.kind": true, "kind": true, "apiVersion": true,
}

// made tells a table to [again]. The columns that say nothing to a reader have
// no name there: a user's own may be a customer's.
func (t *table) made() string {
	if t.head == nil {
		out := byShape
		for i := range t.keys {
			out += string(t.sep)
			switch i {
			case t.when:
				out += "time"
			case t.text:
				out += "text"
			}
		}
		return out
	}
	out := byHead
	for i, name := range columns(t.head, t.sep) {
		out += string(t.sep) + t.told(name, t.keys[i])
	}
	return out
}

// told is the name of a column as it is kept: as it stands where it is nothing
// but what is known of it, else folded.
func (t *table) told(name []byte, k key) string {
	bare, zone := name, ""
	if bytes.HasSuffix(name, []byte(utcMark)) {
		bare, zone = bytes.TrimRight(bytes.TrimSuffix(name, []byte(utcMark)), " "), " "+utcMark
	}
	switch {
	case t.event && eventColumns[string(bare)]:
		return string(bare) + zone
	case k.is == nothing:
		return strings.TrimLeft(zone, " ")
	}
	for _, c := range bare {
		if c == t.sep || !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("@._-", c) >= 0) {
			var room [40]byte
			return string(fold(name, &room)) + zone
		}
	}
	return string(bare) + zone
}

// again makes the wrapper of a source of what [table.made] told of it; nil when
// nothing told so.
func again(made string) *parse.Wrapper {
	var t *table
	if line, ok := strings.CutPrefix(made, byHead); ok && line != "" {
		t = named([]byte(line[1:]), line[0])
	} else if row, ok := strings.CutPrefix(made, byShape); ok && row != "" {
		t = &table{sep: row[0], text: -1, when: -1}
		for i, name := range strings.Split(row[1:], row[:1]) {
			t.keys = append(t.keys, key{})
			switch name {
			case "time":
				t.when, t.keys[i] = i, key{when, 0}
			case "text":
				t.text, t.keys[i] = i, key{text, 0}
			}
		}
	}
	if t == nil || t.made() != made {
		return nil
	}
	return t.wrapper()
}
