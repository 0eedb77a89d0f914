package prom

import "strconv"

// seconds reads a time in seconds exactly, to the nanosecond: an integer, a
// decimal fraction, or either with an exponent. A float64 would be off by a
// tenth of a microsecond.
func seconds(b []byte) (ns int64, ok bool) {
	i, negative := 0, false
	if i < len(b) && b[i] == '-' {
		negative = true
		i++
	}
	const full = int64(4e17) // one digit more still fits
	scale, seen := 0, false
	for point := false; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c-'0' > 9:
			var e int
			if e, ok = exponent(b[i:]); !ok || !seen {
				return 0, false
			}
			scale, i = scale+e, len(b)
			continue
		}
		seen = true
		switch {
		case ns >= full && !point:
			scale++
			continue
		case ns >= full:
			continue
		case point:
			scale--
		}
		ns = ns*10 + int64(c-'0')
	}
	if !seen {
		return 0, false
	}
	ns, ok = shift(ns, scale+9)
	if negative {
		ns = -ns
	}
	return ns, ok
}

// exponent reads "e9", "E+09" or "e-3".
func exponent(b []byte) (e int, ok bool) {
	if len(b) < 2 || b[0]|0x20 != 'e' {
		return 0, false
	}
	e, err := strconv.Atoi(string(b[1:]))
	return e, err == nil && e > -1000 && e < 1000
}

// shift multiplies by a power of ten; what lies below a nanosecond is cut off.
func shift(n int64, by int) (int64, bool) {
	const most = int64(4e18) // the year 2096; the difference of two fits as well
	for ; by > 0 && n != 0; by-- {
		if n > most/10 {
			return 0, false
		}
		n *= 10
	}
	for ; by < 0 && n != 0; by++ {
		n /= 10
	}
	return n, n <= most
}

// value reads a sample's value: a decimal number, NaN or ±Inf.
func value(b []byte) (float64, bool) {
	if n := len(b); n > 0 && n <= 15 {
		v, i := int64(0), 0
		for i < n && b[i]-'0' <= 9 {
			v = v*10 + int64(b[i]-'0')
			i++
		}
		if i == n {
			return float64(v), true
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil
}

// millis reads a time in whole milliseconds.
func millis(b []byte) (ns int64, ok bool) {
	digits := b
	if len(b) > 0 && b[0] == '-' {
		digits = b[1:]
	}
	if len(digits) == 0 || len(digits) > 15 {
		return 0, false
	}
	for _, c := range digits {
		if c-'0' > 9 {
			return 0, false
		}
		ns = ns*10 + int64(c-'0')
	}
	if ns, ok = shift(ns, 6); len(digits) < len(b) {
		ns = -ns
	}
	return ns, ok
}
