package kubelet

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// age is a printed age: the moment lies in (now-hi, now-lo].
type age struct {
	lo, hi time.Duration
	text   []byte
}

// oldest bounds what is believed to be an age.
const oldest = 150 * 365 * 24 * time.Hour

// readAge reads a word that is an age from its first to its last byte.
func readAge(word []byte) (a age, ok bool) {
	if bytes.IndexByte(word, 'y') > 2 {
		return a, false // a hundred years and more do not fit in nanoseconds
	}
	lo, hi, n, ok := lex.Age(word)
	if !ok || n != len(word) || hi <= lo || hi > oldest || lo < -time.Hour {
		return a, false
	}
	return age{lo, hi, word}, true
}

// stored is the width of the times that ages are computed from: the API keeps
// whole seconds, so what happened at t was stored as t or up to a second less.
const stored = time.Second

// time is the middle of where the moment lies, on a clock that is zero when
// the dump was taken: "9m33s" is (-574 s, -572 s), whose middle is -573 s.
func (a age) time() parse.Time { return parse.Time(stored/2 - (a.lo+a.hi)/2) }

// grain is the width of where the moment lies.
func (a age) grain() parse.Grain {
	switch width := a.hi - a.lo; width {
	case time.Second:
		return parse.GrainTwoSeconds
	case time.Minute:
		return parse.GrainMinute
	default:
		return parse.GrainOf(int64(width)) // a second more or less is nothing to an hour
	}
}

// hexTime reads the time at the end of an event's name, "pod.18d5e537ab89a157":
// the nanoseconds since 1970 of its first occurrence, in hex (client-go
// tools/record/event.go).
func hexTime(name []byte) (at parse.Time, ok bool) {
	hex := name[bytes.LastIndexByte(name, '.')+1:]
	if len(hex) == len(name) || len(hex) < 15 || len(hex) > 16 {
		return 0, false
	}
	for _, c := range hex {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			return 0, false
		}
		at = at<<4 | parse.Time(c)
	}
	const since, until = parse.Time(1e18), parse.Time(7e18) // 2001, 2191
	return at, at > since && at < until
}
