package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate/words"
	"faultline/parse"
)

// emptyFilters says of each filter of the options that nothing which was read
// passes it, and what is nearest: silence would look like an answer.
func (c *Placed) emptyFilters() (out []string) {
	o := &c.Options
	if o.Namespace != "" || o.Pod != "" {
		spaces, pods := c.namesRead()
		out = append(out, noSuchName("-n", o.Namespace, "namespace", spaces), noSuchName("--pod", o.Pod, "pod", pods))
	}
	first, last, ok := c.placedSpan()
	text := func(t parse.Time) string { return time.Unix(0, int64(t)).UTC().Format(time.RFC3339) }
	if ok && o.Since > last {
		out = append(out, fmt.Sprintf("--since %s: nothing that was read is so late; the last line with a time is of %s", text(o.Since), text(last)))
	}
	if ok && o.Until != 0 && o.Until < first {
		out = append(out, fmt.Sprintf("--until %s: nothing that was read is so early; the first line with a time is of %s", text(o.Until), text(first)))
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// namesRead are the namespaces, and the pods with their containers, of which
// anything that was read is.
func (c *Placed) namesRead() (spaces, pods []string) {
	seen := map[Identity]bool{}
	note := func(who Identity) {
		if !seen[who] {
			seen[who] = true
			spaces, pods = append(spaces, who.Namespace), append(pods, who.Pod)
		}
	}
	for s := range c.Streams {
		note(c.Who[s])
		for i := range c.Streams[s].Events { // those of the API name others than who wrote them
			note(c.Whose(Point{uint32(s), uint32(i)}))
		}
	}
	return spaces, pods
}

// placedSpan is from the first to the last line whose time is known.
func (c *Placed) placedSpan() (first, last parse.Time, ok bool) {
	for s := range c.Streams {
		st, a := &c.Streams[s], &c.Anchors[s]
		if !a.Placed() || len(st.Coverage) == 0 {
			continue
		}
		from, to := st.Coverage[0].From+a.Zero, st.Coverage[len(st.Coverage)-1].To+a.Zero
		if !ok || from < first {
			first = from
		}
		if !ok || to > last {
			last = to
		}
		ok = true
	}
	return first, last, ok
}

// mostNames is how many names are listed where none is near.
const mostNames = 5

// noSuchName says that a glob matches none of some names, and which are there; ""
// if it matches one.
func noSuchName(flag, glob, what string, names []string) string {
	if slices.ContainsFunc(names, func(n string) bool { return Glob(glob, n) }) {
		return ""
	}
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
	slices.Sort(names)
	names = slices.Compact(names)
	said := fmt.Sprintf("%s %s: no %s has that name", flag, glob, what)
	switch near := words.Nearest(glob, names); {
	case near != "":
		return said + "; the nearest is " + near
	case len(names) == 0:
		return said + ", and nothing that was read names any"
	case len(names) > mostNames:
		return fmt.Sprintf("%s; those read are %s and %d more", said, strings.Join(names[:mostNames], ", "), len(names)-mostNames)
	}
	return said + "; those read are " + strings.Join(names, ", ")
}
