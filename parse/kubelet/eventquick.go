package kubelet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"faultline/parse/lex"
)

// quickKeys are the members of [event] and its parts, and those that tell what is no
// event: encoding/json takes each in letters of another size as well.
var quickKeys = []string{"kind", "type", "reason", "message", "note", "reportingComponent", "reportingController", "reportingInstance",
	"count", "deprecatedCount", "metadata", "name", "namespace", "uid", "involvedObject", "regarding", "fieldPath", "source", "deprecatedSource",
	"component", "host", "eventTime", "firstTimestamp", "lastTimestamp", "deprecatedFirstTimestamp", "deprecatedLastTimestamp", "series", "lastObservedTime", "spec"}

// quickEvent reads an event of the API out of valid JSON: what [event] has, as
// encoding/json reads it, in one pass over its members. ok is false for what is no
// event, and for one with anything unusual in what is asked for: that is for
// encoding/json. A page of events is most of many bundles.
func quickEvent(raw []byte) (v event, ok bool) {
	kind, about := "", false
	ok = members(raw, func(key, value []byte) bool {
		switch string(key) {
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
		case "involvedObject":
			about = true
			return v.InvolvedObject.take(value)
		case "regarding":
			about = true
			return v.Regarding.take(value)
		case "source":
			return v.Source.take(value)
		case "deprecatedSource":
			return v.DeprecatedSource.take(value)
		case "metadata":
			return v.named(value)
		case "count":
			return whole(value, &v.Count)
		case "deprecatedCount":
			return whole(value, &v.DeprecatedCount)
		case "series":
			return v.repeated(value)
		case "spec":
			return string(value) == "null"
		}
		return v.time(key, value)
	})
	return v, ok && kind == "Event" && about
}

// time takes a member that is a time, and passes over what is not asked for.
func (v *event) time(key, value []byte) bool {
	switch string(key) {
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
	}
	return foreign(key)
}

// repeated takes how often an event came again.
func (v *event) repeated(object []byte) bool {
	if string(object) == "null" {
		v.Series = nil
		return true
	}
	if v.Series == nil {
		v.Series = &series{}
	}
	return members(object, func(key, value []byte) bool {
		switch string(key) {
		case "count":
			return whole(value, &v.Series.Count)
		case "lastObservedTime":
			return plain(value, &v.Series.LastObservedTime)
		}
		return foreign(key)
	})
}

// named takes what an event's metadata says of which one it is.
func (v *event) named(object []byte) bool {
	return members(object, func(key, value []byte) bool {
		switch string(key) {
		case "name":
			return plain(value, &v.Metadata.Name)
		case "namespace":
			return plain(value, &v.Metadata.Namespace)
		case "uid":
			return plain(value, &v.Metadata.UID)
		}
		return foreign(key)
	})
}

func (r *reference) take(object []byte) bool {
	return members(object, func(key, value []byte) bool {
		switch string(key) {
		case "kind":
			return plain(value, &r.Kind)
		case "namespace":
			return plain(value, &r.Namespace)
		case "name":
			return plain(value, &r.Name)
		case "fieldPath":
			return plain(value, &r.FieldPath)
		}
		return foreign(key)
	})
}

func (s *source) take(object []byte) bool {
	return members(object, func(key, value []byte) bool {
		switch string(key) {
		case "component":
			return plain(value, &s.Component)
		case "host":
			return plain(value, &s.Host)
		}
		return foreign(key)
	})
}

// foreign says whether a key that is not asked for is none that encoding/json would
// take for one that is: in letters of another size, or behind an escape.
func foreign(key []byte) bool {
	switch string(key) {
	case "apiVersion", "uid", "resourceVersion", "creationTimestamp", "managedFields":
		return true
	}
	for _, c := range key {
		if c >= utf8.RuneSelf || c == '\\' {
			return false
		}
	}
	for _, k := range quickKeys {
		if len(k) == len(key) && k != string(key) && strings.EqualFold(k, string(key)) {
			return false
		}
	}
	return true
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

// plain takes a string; null leaves what is there.
func plain(value []byte, to *string) bool {
	switch {
	case string(value) == "null":
		return true
	case value[0] != '"' || !utf8.Valid(value):
		return false
	}
	*to = string(lex.Unquote(value))
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
