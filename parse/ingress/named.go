package ingress

import (
	"slices"
	"strings"
	"time"

	"faultline/parse"
)

// alike makes of what shows a line one that shows status, method and path under these names
// too, whatever a product calls them: who asks for the 504s of a path asks so of any log.
// How long the request took is shown of one that did not fail as well; unit is that of a
// duration whose name and value tell none.
func alike(unit func(line []byte) time.Duration, show func(line []byte, d *parse.Detail)) func(line []byte, d *parse.Detail) {
	return func(line []byte, d *parse.Detail) {
		before := len(d.Attrs)
		show(line, d)
		var v values
		for _, a := range d.Attrs[before:] {
			switch k := shownMeaning(a.Key); k.sense {
			case senseLasted:
				v.take(k, []byte(a.Value))
			case senseStatus:
				once(d, before, "status", []byte(a.Value))
			case senseMethod:
				once(d, before, "method", []byte(a.Value))
			case sensePath:
				once(d, before, "path", []byte(a.Value))
			case senseRequest:
				if method, path, protocol := request([]byte(a.Value)); len(path) > 0 && (len(protocol) > 0 || path[0] == '/') {
					once(d, before, "method", method)
					once(d, before, "path", path)
				}
			}
		}
		if d.Lasted == 0 {
			d.Lasted = v.lasted(unit(line))
		}
	}
}

// in is a unit that all lines of a format have.
func in(unit time.Duration) func([]byte) time.Duration {
	return func([]byte) time.Duration { return unit }
}

// once shows a value under a name, unless the name is there already among those from a place on.
func once(d *parse.Detail, from int, name string, value []byte) {
	if len(given(value)) > 0 && !slices.ContainsFunc(d.Attrs[from:], func(a parse.Attr) bool { return a.Key == name }) {
		d.Set(name, string(value))
	}
}

// shownMeaning is what a name means, in an object around it or not: "httpRequest.status".
func shownMeaning(name string) keyed {
	k := meaning(name)
	if i := strings.IndexByte(name, '.'); k.sense == senseless && i > 0 && name[:i] != "upstream" && within([]byte(strings.ToLower(name[:i]))) {
		k = meaning(name[i+1:])
	}
	return k
}
