package lex

// zoneNames are the abbreviations of zones, in hours east, that the tz database prints
// for one offset only, or nearly so.
var zoneNames = map[string]int64{"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
	"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PDT": -7, "PST": -8, "JST": 9, "KST": 9, "NZST": 12, "NZDT": 13}

// ZoneName reads the abbreviation of a zone at the beginning of b, and gives how far it
// is ahead of UTC, in ns. CST, IST and BST are of several zones, and not known.
func ZoneName(b []byte) (ahead int64, n int, ok bool) {
	n = capitals(b)
	if n < len(b) && (b[n] == '_' || b[n] >= 'a' && b[n] <= 'z' || b[n] >= '0' && b[n] <= '9') {
		return 0, 0, false
	}
	hours, ok := zoneNames[string(b[:n])]
	return hours * 3600 * Second, n, ok
}
