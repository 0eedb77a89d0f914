package ingress

import (
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
		var name [3]string // of status, method and path
		for _, a := range d.Attrs[before:] {
			switch a.Key {
			case "status", "method", "path":
				name[shownAs(a.Key)] = a.Key
			}
		}
		for _, a := range d.Attrs[before:] {
			switch k := shownMeaning(a.Key); k.sense {
			case senseLasted:
				v.take(k, []byte(a.Value))
			case senseStatus:
				once(d, &name, "status", []byte(a.Value))
			case senseMethod:
				once(d, &name, "method", []byte(a.Value))
			case sensePath:
				once(d, &name, "path", []byte(a.Value))
			case senseRequest:
				if method, path, protocol := request([]byte(a.Value)); len(path) > 0 && (len(protocol) > 0 || path[0] == '/') {
					once(d, &name, "method", method)
					once(d, &name, "path", path)
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

// once shows a value under a name, unless the name is there already.
func once(d *parse.Detail, seen *[3]string, name string, value []byte) {
	if at := &seen[shownAs(name)]; *at == "" && len(given(value)) > 0 {
		*at = name
		d.Set(name, string(value))
	}
}

// shownAs is the place of a name among those that every log shows.
func shownAs(name string) int {
	switch name {
	case "status":
		return 0
	case "method":
		return 1
	}
	return 2
}

// shownMeaning is what a name means, in an object around it or not: "httpRequest.status".
func shownMeaning(name string) keyed {
	k := meaning(name)
	if i := strings.IndexByte(name, '.'); k.sense == senseless && i > 0 && name[:i] != "upstream" && within([]byte(strings.ToLower(name[:i]))) {
		k = meaning(name[i+1:])
	}
	return k
}
