package parse

import (
	"bytes"

	"faultline/parse/lex"
)

// headZone is how far the access lines in a head are ahead of UTC, ns; 0 where
// there are none, and where they do not agree: lines of several hosts.
func headZone(head []byte) (ahead int64) {
	found := 0
	for at := 0; found < headLines; {
		n := bytes.IndexByte(head[at:], '/')
		if n < 0 {
			break
		}
		at += n + 1
		of, ok := accessZone(head, at-len("02/"))
		if !ok {
			continue
		}
		if found > 0 && of != ahead {
			return 0
		}
		ahead = of
		found++
	}
	return ahead
}

// accessZone is the zone in the time of an access line, if one stands there, in
// ns: 02/Jan/2006:15:04:05 -0700 (Apache's %t, nginx' $time_local).
func accessZone(text []byte, at int) (ahead int64, ok bool) {
	const form = "00/Aaa/0000:00:00:00 ~0000"
	if at < 0 || len(text)-at < len(form) {
		return 0, false
	}
	stamp := text[at : at+len(form)]
	for i, c := range stamp {
		switch form[i] {
		case '0':
			ok = c-'0' <= 9
		case 'A':
			ok = c >= 'A' && c <= 'Z'
		case 'a':
			ok = c >= 'a' && c <= 'z'
		case '~':
			ok = c == '+' || c == '-'
		default:
			ok = c == form[i]
		}
		if !ok {
			return 0, false
		}
	}
	if end := at + len(form); end < len(text) && (isAlnum(text[end]) || text[end] == '_') {
		return 0, false
	}
	zone := stamp[len(form)-len("0000"):]
	two := func(b []byte) int64 { return int64(b[0]-'0')*10 + int64(b[1]-'0') }
	if ahead = (two(zone)*60 + two(zone[2:])) * 60 * lex.Second; stamp[len(form)-len("~0000")] == '-' {
		ahead = -ahead
	}
	return ahead, true
}
