package parse

import (
	"regexp"
	"strconv"

	"faultline/parse/lex"
)

// accessZone is the zone in the time of an access line: 02/Jan/2006:15:04:05 -0700
// (Apache's %t, nginx' $time_local).
var accessZone = regexp.MustCompile(`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d ([+-])(\d\d)(\d\d)\b`)

// headZone is how far the access lines in a head are ahead of UTC, ns; 0 where
// there are none, and where they do not agree: lines of several hosts.
func headZone(head []byte) (ahead int64) {
	for i, m := range accessZone.FindAllSubmatch(head, headLines) {
		hours, _ := strconv.ParseInt(string(m[2]), 10, 64)
		minutes, _ := strconv.ParseInt(string(m[3]), 10, 64)
		of := (hours*60 + minutes) * 60 * lex.Second
		if m[1][0] == '-' {
			of = -of
		}
		if i > 0 && of != ahead {
			return 0
		}
		ahead = of
	}
	return ahead
}
