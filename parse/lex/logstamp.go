package lex

import "time"

// CLF reads "02/Jan/2006:15:04:05 -0700", the time of the common log format
// (httpd mod_log_config %t). HAProxy prints it with a fraction and without a
// zone ("02/Jan/2006:15:04:05.000", its configuration manual, 8.2.3).
func CLF(b []byte) (s Stamp, n int, ok bool) {
	base, ok := dayMonthYear(b, '/', ':')
	if !ok {
		return s, 0, false
	}
	return zoned(b, 20, base)
}

// Slashed reads "2006/01/02 15:04:05" with an optional fraction, as nginx's
// error log (ngx_log.c) and the log package of Go print it.
func Slashed(b []byte) (s Stamp, n int, ok bool) {
	if len(b) < 19 || b[4] != '/' || b[7] != '/' || b[10] != ' ' {
		return s, 0, false
	}
	c, ok1 := two(b, 0)
	y, ok2 := two(b, 2)
	mo, ok3 := two(b, 5)
	d, ok4 := two(b, 8)
	base, ok5 := clock(b[11:19], c*100+y, mo, d)
	if !(ok1 && ok2 && ok3 && ok4 && ok5) {
		return s, 0, false
	}
	return zoned(b, 19, base)
}

// ANSIC reads "Mon Jan _2 15:04:05 2006", the date as ctime(3) prints it, in a zone that
// it does not name.
func ANSIC(b []byte) (s Stamp, n int, ok bool) {
	if n = len(time.ANSIC); len(b) < n || b[3] != ' ' {
		return s, 0, false
	}
	at, err := time.Parse(time.ANSIC, string(b[:n]))
	return Stamp{Unix: at.UnixNano(), Width: Second}, n, err == nil
}

// zoned reads the fraction and the zone behind a time in whole seconds, which
// ends at n; a space may stand before the zone.
func zoned(b []byte, n int, base int64) (Stamp, int, bool) {
	frac, width, w := fraction(b[n:])
	s := Stamp{Unix: base + frac, Width: width}
	n += w
	rest := b[n:]
	if len(rest) > 1 && rest[0] == ' ' {
		rest = rest[1:]
	}
	if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
		if off, z := zone(rest); z > 0 {
			s.Zoned, s.Offset = true, off
			s.Unix -= off
			n = len(b) - len(rest) + z
		}
	}
	return s, n, true
}
