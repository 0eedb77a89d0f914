package correlate

import (
	"cmp"
	"slices"
	"strings"

	"faultline/parse"
)

// mentions finds what a process said last about a target. In a storm a window of
// seconds holds thousands of lines, and each failfast asks.
type mentions struct {
	said []Moment          // ascending
	by   map[mention][]int // places in said, ascending
}

// mention is a process and a target of which it spoke, or a process and how it
// named its targets.
type mention struct {
	stream uint32
	target string // as [shortService] writes it, "" where naming tells
	naming naming
}

// naming is how a line names its target. An address and a name cannot be told
// to be different services.
type naming uint8

const (
	byText naming = iota // [mention] has the text
	byNothing
	byAddress
	byName
)

func namingOf(target string) naming {
	switch {
	case target == "":
		return byNothing
	case target[0] == '[' || target[0] >= '0' && target[0] <= '9':
		return byAddress
	}
	return byName
}

// mentionsOf lists moments by who said them about what.
func (c *Placed) mentionsOf(said []Moment) mentions {
	v := mentions{said, map[mention][]int{}}
	for i, m := range said {
		target := c.about(m)
		for _, k := range []mention{{m.Stream, target, byText}, {m.Stream, "", namingOf(target)}} {
			v.by[k] = append(v.by[k], i)
		}
	}
	return v
}

// latest is the last of the moments that the process of m said within wait
// before m about what may be the same target, nil without one.
func (v *mentions) latest(c *Placed, m Moment, wait parse.Time) *Point {
	target, last := c.about(m), -1
	look := func(k mention) {
		at := v.by[k]
		n, _ := slices.BinarySearchFunc(at, m.At+1, func(i int, t parse.Time) int { return cmp.Compare(v.said[i].At, t) })
		if n > 0 && v.said[at[n-1]].At >= m.At-wait {
			last = max(last, at[n-1])
		}
	}
	look(mention{m.Stream, target, byText})
	for _, other := range []naming{byNothing, byAddress, byName} {
		if other != namingOf(target) || target == "" {
			look(mention{m.Stream, "", other})
		}
	}
	if last < 0 {
		return nil
	}
	return &v.said[last].Point
}

// about is the target of a moment, for comparison.
func (c *Placed) about(m Moment) string { return shortService(c.Name(c.At(m.Point).Target)) }

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
