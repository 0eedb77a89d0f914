package kubelet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"faultline/parse/lex"
)

// quickEvent reads an event of the API out of valid JSON: what [event] has, as
// encoding/json reads it, in one pass over its members. ok is false for what is no
// event, and for one with anything unusual in what is asked for, such as an escape:
// that is for encoding/json. A page of events is most of many bundles.
func quickEvent(raw []byte) (v event, ok bool) {
	kind, about := "", false
	ok = members(raw, func(key string, value []byte) bool {
		switch key {
		case "kind":
			return plain(value, &kind)
		case "type":
			return plain(value, &v.Type)
		case "reason":
			return plain(value, &v.Reason)
		case "message":
			return plain(value, &v.Message)
		case "note":
			return plain(value, &v.Note)
		case "reportingComponent":
			return plain(value, &v.ReportingComponent)
		case "reportingController":
			return plain(value, &v.ReportingController)
		case "reportingInstance":
			return plain(value, &v.ReportingInstance)
		case "count":
			return whole(value, &v.Count)
		case "deprecatedCount":
			return whole(value, &v.DeprecatedCount)
		case "involvedObject":
			about = true
			return v.InvolvedObject.quickly(value)
		case "regarding":
			about = true
			return v.Regarding.quickly(value)
		case "source":
			return v.Source.quickly(value)
		case "deprecatedSource":
			return v.DeprecatedSource.quickly(value)
		case "metadata":
			return members(value, func(key string, value []byte) bool {
				switch key {
				case "name":
					return plain(value, &v.Metadata.Name)
				case "namespace":
					return plain(value, &v.Metadata.Namespace)
				}
				return other(key, "name", "namespace")
			})
		}
		return v.time(key, value)
	})
	return v, ok && kind == "Event" && about
}

// time takes one of the times; of a series nothing, and of what is not asked for all
// but what encoding/json would take for something that is.
func (v *event) time(key string, value []byte) bool {
	switch key {
	case "eventTime":
		return plain(value, &v.EventTime)
	case "firstTimestamp":
		return plain(value, &v.FirstTimestamp)
	case "lastTimestamp":
		return plain(value, &v.LastTimestamp)
	case "deprecatedFirstTimestamp":
		return plain(value, &v.DeprecatedFirstTimestamp)
	case "deprecatedLastTimestamp":
		return plain(value, &v.DeprecatedLastTimestamp)
	case "series":
		return string(value) == "null"
	}
	return other(key, "kind", "type", "reason", "message", "note", "reportingComponent", "reportingController", "reportingInstance", "count",
		"deprecatedCount", "involvedObject", "regarding", "source", "deprecatedSource", "metadata", "eventTime", "firstTimestamp",
		"lastTimestamp", "deprecatedFirstTimestamp", "deprecatedLastTimestamp", "series", "spec")
}

func (r *reference) quickly(value []byte) bool {
	return members(value, func(key string, value []byte) bool {
		switch key {
		case "kind":
			return plain(value, &r.Kind)
		case "namespace":
			return plain(value, &r.Namespace)
		case "name":
			return plain(value, &r.Name)
		case "fieldPath":
			return plain(value, &r.FieldPath)
		}
		return other(key, "kind", "namespace", "name", "fieldPath")
	})
}

func (s *source) quickly(value []byte) bool {
	return members(value, func(key string, value []byte) bool {
		switch key {
		case "component":
			return plain(value, &s.Component)
		case "host":
			return plain(value, &s.Host)
		}
		return other(key, "component", "host")
	})
}

// members calls each for the members of an object until that says false, and says
// whether it never did and all of b is the object. null has none.
func members(b []byte, each func(key string, value []byte) bool) bool {
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
		if !each(string(key), value) {
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

// other says whether a key is none of the names to encoding/json, which takes letters
// of another size as well.
func other(key string, names ...string) bool {
	for _, n := range names {
		if len(n) == len(key) && strings.EqualFold(n, key) {
			return false
		}
	}
	for i := range len(key) {
		if key[i] >= utf8.RuneSelf || key[i] == '\\' {
			return false
		}
	}
	return true
}
