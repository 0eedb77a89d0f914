package kubelet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"faultline/parse/lex"
)

// field is a member of an object, and where its value goes: a string, a number or the
// members of an object. Of one without a place only null is read.
type field struct {
	key    string
	text   *string
	number *int64
	inside []field
}

// quickEvent reads an event of the API out of valid JSON: what [event] has, as
// encoding/json reads it, in one pass over its members. ok is false for what is no
// event, and for one with anything unusual in what is asked for, such as an escape:
// that is for encoding/json. A page of events is most of many bundles.
func quickEvent(raw []byte) (v event, ok bool) {
	kind, about := "", false
	fields := []field{
		{key: "kind", text: &kind}, {key: "type", text: &v.Type}, {key: "reason", text: &v.Reason},
		{key: "message", text: &v.Message}, {key: "note", text: &v.Note},
		{key: "reportingComponent", text: &v.ReportingComponent}, {key: "reportingController", text: &v.ReportingController},
		{key: "reportingInstance", text: &v.ReportingInstance},
		{key: "count", number: &v.Count}, {key: "deprecatedCount", number: &v.DeprecatedCount},
		{key: "metadata", inside: []field{{key: "name", text: &v.Metadata.Name}, {key: "namespace", text: &v.Metadata.Namespace}}},
		{key: "involvedObject", inside: v.InvolvedObject.fields()}, {key: "regarding", inside: v.Regarding.fields()},
		{key: "source", inside: v.Source.fields()}, {key: "deprecatedSource", inside: v.DeprecatedSource.fields()},
		{key: "eventTime", text: &v.EventTime}, {key: "firstTimestamp", text: &v.FirstTimestamp}, {key: "lastTimestamp", text: &v.LastTimestamp},
		{key: "deprecatedFirstTimestamp", text: &v.DeprecatedFirstTimestamp}, {key: "deprecatedLastTimestamp", text: &v.DeprecatedLastTimestamp},
		{key: "series"}, {key: "spec"},
	}
	ok = members(raw, func(key, value []byte) bool {
		about = about || string(key) == "involvedObject" || string(key) == "regarding"
		return take(fields, key, value)
	})
	return v, ok && kind == "Event" && about
}

func (r *reference) fields() []field {
	return []field{{key: "kind", text: &r.Kind}, {key: "namespace", text: &r.Namespace}, {key: "name", text: &r.Name}, {key: "fieldPath", text: &r.FieldPath}}
}

func (s *source) fields() []field {
	return []field{{key: "component", text: &s.Component}, {key: "host", text: &s.Host}}
}

// take puts the value of a member where it goes; of one that is not asked for nothing.
// It is false where that is not plain, also for a key that is one of them but to
// encoding/json, which takes letters of another size as well.
func take(fields []field, key, value []byte) bool {
	for i := range fields {
		switch f := &fields[i]; {
		case len(f.key) != len(key) || !strings.EqualFold(f.key, string(key)):
		case f.key != string(key):
			return false
		case f.text != nil:
			return plain(value, f.text)
		case f.number != nil:
			return whole(value, f.number)
		case f.inside != nil:
			return members(value, func(key, value []byte) bool { return take(f.inside, key, value) })
		default:
			return string(value) == "null"
		}
	}
	return !bytes.ContainsFunc(key, func(r rune) bool { return r >= utf8.RuneSelf || r == '\\' })
}

// members calls each for the members of an object until that says false, and says
// whether it never did and all of b is the object. null has none.
func members(b []byte, each func(key, value []byte) bool) bool {
	if string(b) == "null" {
		return true
	}
	if len(b) == 0 || b[0] != '{' {
		return false
	}
	for b = b[1:]; ; {
		key, value, n, ok := lex.Member(b)
		if !ok {
			return string(bytes.TrimSpace(b)) == "}"
		}
		if !each(key, value) {
			return false
		}
		b = b[n:]
	}
}

// plain takes a string without escapes; null leaves what is there.
func plain(value []byte, to *string) bool {
	switch {
	case string(value) == "null":
		return true
	case value[0] != '"' || bytes.IndexByte(value, '\\') >= 0 || !utf8.Valid(value):
		return false
	}
	*to = string(value[1 : len(value)-1])
	return true
}

// whole takes a whole number; null leaves what is there.
func whole(value []byte, to *int64) bool {
	const digits = 18
	if string(value) == "null" {
		return true
	}
	n, w, ok := lex.Digits(value)
	if !ok || w != len(value) || w > digits {
		return false
	}
	*to = n
	return true
}
