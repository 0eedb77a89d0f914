package ingress

import (
	"bytes"
	"strconv"
)

// pairs writes a line of names and values as an object, which is then read by the
// same names as JSON: `name=value name="a value"`, with a time in brackets before them or without, and LTSV, `name:value` between
// tabs (ltsv.org). It is nil for a line that holds anything else.
func pairs(line []byte) []byte {
	line = bytes.TrimRight(line, " \t")
	if bytes.IndexByte(line, '\t') > 0 {
		if out := tabbed(line); out != nil {
			return out
		}
	}
	out := append(make([]byte, 0, 2*len(line)), '{')
	if when, rest, ok := headed(line); ok {
		out, line = member(out, []byte("time"), when, false), rest
	}
	for len(line) > 0 {
		n := bytes.IndexByte(line, '=')
		if n <= 0 || !isKey(line[:n]) {
			return nil
		}
		name := line[:n]
		value, rest := quoted(line[n+1:])
		if n+1 < len(line) && line[n+1] == '"' {
			out = member(out, name, line[n+2:n+2+len(value)], true)
		} else {
			out = member(out, name, value, false)
		}
		line = bytes.TrimLeft(rest, " ,")
	}
	if len(out) == 1 {
		return nil
	}
	out[len(out)-1] = '}'
	return out
}

// headed takes the time off that stands in brackets before the pairs; where the seconds
// since 1970 stand behind it too, these, which no order of day and month can mislead.
func headed(line []byte) (when, rest []byte, ok bool) {
	if len(line) == 0 || line[0] != '[' {
		return nil, line, false
	}
	when, rest, ok = bytes.Cut(line[1:], []byte("] "))
	if i := bytes.LastIndexByte(when, ' '); ok && i > 0 && len(when)-i-1 >= len("1700000000") && numeric(when[i+1:]) {
		when = when[i+1:]
	}
	return when, rest, ok
}

// tabbed writes LTSV as an object; nil for what is none.
func tabbed(line []byte) []byte {
	out := append(make([]byte, 0, 2*len(line)), '{')
	for _, field := range bytes.Split(line, []byte{'\t'}) {
		name, value, ok := bytes.Cut(field, []byte{':'})
		if !ok || !isKey(name) {
			return nil
		}
		if string(name) == "host" { // LTSV's word for who asked
			name = []byte("remote_addr")
		}
		out = member(out, name, value, false)
	}
	out[len(out)-1] = '}'
	return out
}

// member adds a member to an object. What stood in quotes keeps its escapes, which
// are JSON's for those that matter.
func member(to, name, value []byte, escaped bool) []byte {
	to = append(append(append(to, '"'), name...), `":`...)
	if escaped && bytes.IndexByte(value, '"') < 0 {
		to = append(append(append(to, '"'), value...), '"')
	} else {
		to = strconv.AppendQuote(to, string(value))
	}
	return append(to, ',')
}

// longestKey is the longest name that a format gives a value.
const longestKey = 48

// isKey says whether b can be the name of a value.
func isKey(b []byte) bool {
	for _, c := range b {
		if c != '_' && c != '-' && c != '.' && !digit(c) && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return len(b) > 0 && len(b) <= longestKey
}

// paired are names of which one stands in each such line of a product.
var paired = [products][][]byte{
	productEnvoy: {[]byte("response_flags="), []byte("response_code="), []byte("responseFlags="), []byte("response_flag=")},
	productNginx: {[]byte("request_time="), []byte("upstream_addr="), []byte("upstream_status="), []byte("\tstatus:"), []byte("\treqtime:")},
}

// ofPairs is the object that a line of a product's names and values makes, nil
// where it is no such line. Programs that log their own requests so name a level
// or a message.
func (p product) ofPairs(line []byte) []byte {
	for _, name := range paired[p] {
		if !bytes.Contains(line, name) {
			continue
		}
		object := pairs(line)
		if object == nil || !p.of(object) {
			return nil
		}
		var v values
		v.object(object, 0)
		if len(v.of[senseLogger]) > 0 || len(v.of[senseMessage]) > 0 {
			return nil
		}
		return object
	}
	return nil
}
