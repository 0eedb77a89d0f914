package lex

import (
	"math"
	"time"
)

// Duration reads all of b as time.ParseDuration does ("1m2.5s", "102.144017ms"),
// without a sign and without a string.
func Duration(b []byte) (d time.Duration, ok bool) {
	if string(b) == "0" {
		return 0, true
	}
	for ok = len(b) > 0; len(b) > 0; {
		whole, n, read := Digits(b)
		b = b[n:]
		var frac, scale int64 = 0, 1
		if len(b) > 0 && b[0] == '.' {
			f, w, more := Digits(b[1:])
			read = read || more
			for i := 0; i < w; i++ {
				scale *= 10
			}
			frac, b = f, b[1+w:]
		}
		unit, n := unitOf(b)
		if !read || n == 0 || whole > (math.MaxInt64-int64(d))/int64(unit)-1 {
			return 0, false
		}
		b = b[n:]
		d += time.Duration(whole)*unit + time.Duration(float64(frac)*(float64(unit)/float64(scale)))
	}
	return d, ok && d >= 0
}

// unitOf reads a unit of time and the bytes that it takes.
func unitOf(b []byte) (time.Duration, int) {
	n := 0
	for n < len(b) && b[n] != '.' && b[n]-'0' > 9 {
		n++
	}
	switch string(b[:n]) {
	case "ns":
		return time.Nanosecond, n
	case "us", "µs", "μs":
		return time.Microsecond, n
	case "ms":
		return time.Millisecond, n
	case "s":
		return time.Second, n
	case "m":
		return time.Minute, n
	case "h":
		return time.Hour, n
	}
	return 0, 0
}
