package correlate

import (
	"sort"
	"strings"

	"faultline/parse"
)

// voices finds what a process said last about a target. In a storm a window of
// seconds holds thousands of lines, and each failure asks.
type voices struct {
	said []Moment        // ascending
	by   map[voice][]int // places in said, ascending
}

// voice is a process and a target of which it spoke: one target, or with a sort
// in place of a name all of that sort.
type voice struct {
	stream uint32
	about  string // as [shortService] writes it
	sort   targetSort
}

// targetSort is how a target is named. An address and a name cannot be told to
// be different services.
type targetSort uint8

const (
	byText targetSort = iota // voice.about says which
	unnamed
	byAddress
	byName
)

func sortOf(target string) targetSort {
	switch {
	case target == "":
		return unnamed
	case target[0] == '[' || target[0] >= '0' && target[0] <= '9':
		return byAddress
	}
	return byName
}

// hear lists moments by who said them about what.
func (c *Case) hear(said []Moment) voices {
	v := voices{said, map[voice][]int{}}
	for i, m := range said {
		about := c.about(m)
		one, all := voice{m.Stream, about, byText}, voice{m.Stream, "", sortOf(about)}
		v.by[one], v.by[all] = append(v.by[one], i), append(v.by[all], i)
	}
	return v
}

// latest is the last of the moments that the process of m said within wait
// before m about what may be the same target, nil without one.
func (v *voices) latest(c *Case, m Moment, wait parse.Time) *Point {
	about := c.about(m)
	same := []voice{{m.Stream, about, byText}, {m.Stream, "", unnamed}}
	if sort := sortOf(about); sort != byName {
		same = append(same, voice{m.Stream, "", byName})
	}
	if sort := sortOf(about); sort != byAddress {
		same = append(same, voice{m.Stream, "", byAddress})
	}
	last := -1
	for _, one := range same {
		at := v.by[one]
		n := sort.Search(len(at), func(i int) bool { return v.said[at[i]].At > m.At })
		if n > 0 && v.said[at[n-1]].At >= m.At-wait {
			last = max(last, at[n-1])
		}
	}
	if last < 0 {
		return nil
	}
	return &v.said[last].Point
}

// about is the target of a moment, for comparison.
func (c *Case) about(m Moment) string { return shortService(c.Name(c.At(m.Point).Target)) }

// shortService writes the several names of one service alike:
// "name.ns.svc.cluster.local:80" as "name.ns:80".
func shortService(name string) string {
	host, rest, ok := strings.Cut(name, ".svc.")
	if !ok {
		return name
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		return host + rest[i:]
	}
	return host
}
