package lex

// Date reads a time with its date as loggers, commands and people print it, in the ways that
// have no reader of their own: with the month as a number between slashes, dots or dashes
// (java.text, .NET, spreadsheets), with its name (date(1), ctime(3), java.util.logging,
// Redis), and all digits ("20260327 11:34:21.908", glog since 0.5). A clock of twelve hours
// may have AM or PM behind it. Where day and month could be either, it is not read, for a
// guess may be wrong by months: ok is false, and n is its length all the same.
func Date(b []byte) (s Stamp, n int, ok bool) {
	if len(b) < len("1 Jan 2006 1:04:05") {
		return s, 0, false
	}
	if b[0] >= 'A' && b[0] <= 'Z' {
		if s, n, ok = weekdayed(b); !ok {
			s, n, ok = monthFirst(b)
		}
		return s, n, ok
	}
	first, w, ok := Digits(b)
	switch {
	case !ok:
		return s, 0, false
	case w == 8 && b[8] == ' ':
		y, mo, d := int(first)/10000, int(first)/100%100, int(first)%100
		s, n, ok = dayClock(b[9:], y, mo, d)
		return s, n + 9, ok && n > len("15:04:05") // a number and a time of day, else
	case w > 4:
		return s, 0, false
	case b[w] == ' ' && w <= 2:
		return dayFirst(b, int(first), w+1)
	case b[w] == '/' || b[w] == '.' || b[w] == '-':
		return numeric(b, int(first), w)
	}
	return s, 0, false
}

// numeric reads "05/13/2024 10:05:01 PM", "13.05.2024 10:05:01" and "2024.05.13 10:05:01",
// whose first number has w digits. A dot is put by those who write the day first, and AM or
// PM by those who write the month first.
func numeric(b []byte, first, w int) (s Stamp, n int, ok bool) {
	sep := b[w]
	second, w2, ok2 := Digits(b[w+1:])
	n = w + 1 + w2
	if !ok2 || w2 > 2 || n >= len(b) || b[n] != sep {
		return s, 0, false
	}
	third, w3, ok3 := Digits(b[n+1:])
	n += 1 + w3
	if !ok3 || max(w, w3) != 4 || min(w, w3) > 2 {
		return s, 0, false
	}
	gap := gapAt(b[n:])
	n += gap
	at, c, ok := halfDay(b[n:])
	if gap == 0 || !ok {
		return s, 0, false
	}
	mo, d := first, int(second)
	switch {
	case w == 4:
		return c.on(at, n, first, int(second), int(third))
	case sep == '.' || mo > 12:
		mo, d = d, mo
	case d <= 12 && d != mo && !c.named:
		return s, n + c.n, false
	}
	return c.on(at, n, int(third), mo, d)
}

// gapAt is what stands between a date and a time of the day.
func gapAt(b []byte) (n int) {
	for n < len(b) && n < 3 && (b[n] == ' ' || b[n] == ',' || b[n] == '-') {
		n++
	}
	return n
}

// dayFirst reads "18 Jul 2025 19:08:05.257", whose month begins at n.
func dayFirst(b []byte, day, n int) (s Stamp, end int, ok bool) {
	if len(b) < n+len("Jul 2025 1:08:05") || b[n+3] != ' ' || b[n+8] != ' ' {
		return s, 0, false
	}
	c, ok1 := two(b, n+4)
	y, ok2 := two(b, n+6)
	s, end, ok = dayClock(b[n+9:], c*100+y, month(b[n:n+3]), day)
	return s, n + 9 + end, ok && ok1 && ok2
}

// monthFirst reads "Dec 30, 2020 11:30:40 AM" and "Dec 30 2020 23:30:40".
func monthFirst(b []byte) (s Stamp, n int, ok bool) {
	mo := month(b[:3])
	if mo == 0 || b[3] != ' ' {
		return s, 0, false
	}
	day, n, ok := dayOf(b, 4)
	if !ok {
		return s, 0, false
	}
	if b[n] == ',' {
		n++
	}
	if n+6 >= len(b) || b[n] != ' ' {
		return s, 0, false
	}
	c, ok1 := two(b, n+1)
	y, ok2 := two(b, n+3)
	if n += 5; b[n] == ',' {
		n++
	}
	if !ok1 || !ok2 || n >= len(b) || b[n] != ' ' {
		return s, 0, false
	}
	s, w, ok := dayClock(b[n+1:], c*100+y, mo, day)
	return s, n + 1 + w, ok
}

// weekdayed reads "Mon May  6 10:05:01 2024", with a fraction or without, and with a zone by
// its letters before the year or without (date(1), httpd's error log).
func weekdayed(b []byte) (s Stamp, n int, ok bool) {
	if b[3] != ' ' || len(b) < len("Mon May 6 10:05:01 2024") || !weekday(b) || b[7] != ' ' {
		return s, 0, false
	}
	mo := month(b[4:7])
	day, n, ok := dayOf(b, 8)
	if mo == 0 || !ok || n >= len(b) || b[n] != ' ' {
		return s, 0, false
	}
	n++
	at, c, ok := halfDay(b[n:])
	if !ok {
		return s, 0, false
	}
	end := n + c.n
	ahead, zoned := int64(0), false
	if end < len(b) && b[end] == ' ' {
		if off, w, named := ZoneName(b[end+1:]); named {
			ahead, zoned, end = off, true, end+1+w
		} else if off, w := zone(b[end+1:]); w > 1 {
			ahead, zoned, end = off, true, end+1+w
		} else if w := capitals(b[end+1:]); w >= 3 { // of several places, such as CST
			end += 1 + w
		}
	}
	if end+5 > len(b) || b[end] != ' ' {
		return s, 0, false
	}
	hundred, ok1 := two(b, end+1)
	y, ok2 := two(b, end+3)
	base, ok3 := unix(hundred*100+y, mo, day, 0, 0, 0)
	s = Stamp{Unix: base + at - ahead, Offset: ahead, Width: c.width, Zoned: zoned}
	return s, end + 5, ok1 && ok2 && ok3
}

// capitals is the number of capital letters that b begins with.
func capitals(b []byte) (n int) {
	for n < len(b) && b[n] >= 'A' && b[n] <= 'Z' {
		n++
	}
	return n
}

func weekday(b []byte) bool {
	switch string(b[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

// dayOf reads a day of one digit or two at b[n:], behind one space more or none.
func dayOf(b []byte, n int) (day, end int, ok bool) {
	if n < len(b) && b[n] == ' ' {
		n++
	}
	v, w, ok := Digits(b[n:])
	return int(v), n + w, ok && w <= 2 && n+w < len(b)
}

// clockOf is how a time of the day was printed.
type clockOf struct {
	n     int   // its length
	width int64 // of its last digit
	named bool  // with AM or PM
}

// halfDay reads "15:04:05" or "3:04:05 PM", with a fraction or without, in ns since midnight.
func halfDay(b []byte) (at int64, c clockOf, ok bool) {
	hour, w, ok := Digits(b)
	if !ok || w > 2 || len(b) < w+len(":04:05") || b[w] != ':' || b[w+3] != ':' {
		return 0, c, false
	}
	minute, ok1 := two(b, w+1)
	second, ok2 := two(b, w+4)
	frac, width, f := fraction(b[w+6:])
	c.n, c.width = w+6+f, width
	if rest := b[c.n:]; len(rest) >= 3 && rest[0] == ' ' && rest[2]|0x20 == 'm' && (len(rest) == 3 || rest[3]|0x20-'a' > 'z'-'a') {
		if half := rest[1] | 0x20; half == 'a' || half == 'p' {
			if hour < 1 || hour > 12 {
				return 0, c, false
			}
			if hour %= 12; half == 'p' {
				hour += 12
			}
			c.named, c.n = true, c.n+3
		}
	}
	at = ((hour*60+int64(minute))*60+int64(second))*Second + frac
	return at, c, ok1 && ok2 && hour < 24 && minute < 60 && second <= 60
}

// dayClock reads a time of the day as that of a date.
func dayClock(b []byte, y, mo, d int) (s Stamp, n int, ok bool) {
	at, c, ok := halfDay(b)
	if !ok {
		return s, 0, false
	}
	return c.on(at, 0, y, mo, d)
}

// on makes a stamp of a time of the day, printed from n on, and its date.
func (c clockOf) on(at int64, n, y, mo, d int) (Stamp, int, bool) {
	base, ok := unix(y, mo, d, 0, 0, 0)
	return Stamp{Unix: base + at, Width: c.width}, n + c.n, ok
}

// Epoch reads seconds, with a fraction or without, or milliseconds since 1970, of the years
// 2001 to 2100, told apart by their digits.
func Epoch(b []byte) (s Stamp, n int, ok bool) {
	v, w, ok := Digits(b)
	switch {
	case ok && w == 10:
		frac, width, f := fraction(b[w:])
		s, n = Stamp{Unix: v*Second + frac, Width: width, Zoned: true}, w+f
	case ok && w == 13:
		s, n = Stamp{Unix: v * 1e6, Width: 1e6, Zoned: true}, w
	default:
		return s, 0, false
	}
	return s, n, s.Unix >= 1e9*Second && s.Unix < 4102444800*Second
}
