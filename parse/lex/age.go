package lex

import "time"

// Age reads a duration as kubectl prints it ("9m33s", "18m", "3h5m") and gives
// the exact interval [lo, hi) it stands for: kubectl floors, and prints fewer
// units the older the thing is (k8s.io/apimachinery pkg/util/duration,
// HumanDuration). "<invalid>" is a time two seconds or more in the future.
func Age(b []byte) (lo, hi time.Duration, n int, ok bool) {
	if has(b, "<invalid>") {
		return -time.Hour, 0, len("<invalid>"), true
	}
	var last time.Duration
	for n < len(b) {
		v, w, isNum := Digits(b[n:])
		if !isNum || w > 5 || n+w >= len(b) {
			break
		}
		unit := ageUnit(b[n+w])
		if unit == 0 || (last != 0 && unit >= last) {
			break
		}
		lo += time.Duration(v) * unit
		last = unit
		n += w + 1
	}
	if last == 0 {
		return 0, 0, 0, false
	}
	return lo, lo + ageWidth(lo), n, true
}

func ageUnit(c byte) time.Duration {
	switch c {
	case 's':
		return time.Second
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return 24 * time.Hour
	case 'y':
		return 365 * 24 * time.Hour
	}
	return 0
}

// ageWidth is the width of the interval that a printed age of value v stands for.
func ageWidth(v time.Duration) time.Duration {
	const day = 24 * time.Hour
	switch {
	case v < 10*time.Minute:
		return time.Second // "5m" is exactly [300 s, 301 s)
	case v < 8*time.Hour:
		return time.Minute
	case v < 8*day:
		return time.Hour
	case v < 8*365*day:
		return day
	}
	return 365 * day
}

func has(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
