// Package lex reads the small pieces that every dump is made of: stamps,
// uptimes, ages, quoted strings, key=value pairs and klog headers.
//
// Every function takes the bytes at hand and answers with what it read, how
// many bytes that took, and whether it was there at all. Nothing here
// allocates for the common case, nothing panics, and nothing knows a format.
package lex

import (
	"hash/crc32"
	"time"
)

// Second is one second in nanoseconds, the unit of every stamp in this package.
const Second = int64(time.Second)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Fingerprint is a 32-bit fingerprint of a line, or of its parts (CRC-32C), the same on every
// machine and in every run. Equal lines have equal prints; unequal lines
// share one with probability 2⁻³², so a print only ever proposes a match.
func Fingerprint(parts ...[]byte) (sum uint32) {
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli, p)
	}
	return sum
}

// Digits reads an unsigned decimal number of at most 18 digits.
func Digits(b []byte) (value int64, n int, ok bool) {
	for n < len(b) && n < 18 && b[n]-'0' <= 9 {
		value = value*10 + int64(b[n]-'0')
		n++
	}
	return value, n, n > 0
}

// two reads exactly two digits at b[i:].
func two(b []byte, i int) (int, bool) {
	if i+1 >= len(b) || b[i]-'0' > 9 || b[i+1]-'0' > 9 {
		return 0, false
	}
	return int(b[i]-'0')*10 + int(b[i+1]-'0'), true
}

// fraction reads ".ddd…" and gives nanoseconds and the width of the last
// digit in nanoseconds. Without a fraction the width is one second.
func fraction(b []byte) (ns, width int64, n int) {
	if len(b) < 2 || (b[0] != '.' && b[0] != ',') || b[1]-'0' > 9 {
		return 0, Second, 0
	}
	width = Second
	n = 1
	for n < len(b) && b[n]-'0' <= 9 {
		if width > 1 {
			width /= 10
			ns += int64(b[n]-'0') * width
		}
		n++
	}
	return ns, width, n
}

// daysBefore counts the days between 1970-01-01 and the given date in the
// proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date
// Algorithms", days_from_civil).
func daysBefore(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146097 + int64(doe) - 719468
}

// unix composes a wall time in nanoseconds since 1970-01-01 UTC and says
// whether every field is in range.
func unix(y, mo, d, h, mi, s int) (int64, bool) {
	if y < 1970 || y > 2261 || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60 {
		return 0, false
	}
	return ((daysBefore(y, mo, d)*24+int64(h))*60+int64(mi))*60*Second + int64(s)*Second, true
}
