package lex

import "encoding/binary"

// Stamp is a point in time as it was printed.
type Stamp struct {
	// Unix is nanoseconds since 1970-01-01; UTC when Zoned, otherwise the
	// wall clock of whoever printed it, read as if it were UTC.
	Unix int64
	// Offset is the printed zone's offset east of UTC in nanoseconds.
	Offset int64
	// Width is the place value of the last printed digit, in nanoseconds:
	// the time lies in [Unix, Unix+Width).
	Width int64
	Zoned bool
}

// RFC3339 reads "2006-01-02T15:04:05", an optional fraction of any length and
// an optional zone ("Z", "+01:00"). A space instead of the T is accepted.
func RFC3339(b []byte) (s Stamp, n int, ok bool) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || (b[10] != 'T' && b[10] != ' ') || b[13] != ':' || b[16] != ':' {
		return s, 0, false
	}
	c, ok0 := two(b, 0)
	y, ok1 := two(b, 2)
	mo, ok2 := two(b, 5)
	d, ok3 := two(b, 8)
	base, ok4 := clock(b[11:19], c*100+y, mo, d)
	if !(ok0 && ok1 && ok2 && ok3 && ok4) {
		return s, 0, false
	}
	frac, width, w := fraction(b[19:])
	s = Stamp{Unix: base + frac, Width: width}
	n = 19 + w
	if off, z := zone(b[n:]); z > 0 {
		s.Zoned, s.Offset = true, off
		s.Unix -= off
		n += z
	}
	return s, n, true
}

// DayTime reads all of b as "15:04", or "15:04:05" with a fraction or without, and a
// Z behind it or none: a time of the day as people type it, in ns since
// midnight, and how wide its last digit is.
func DayTime(b []byte) (since, width int64, ok bool) {
	if n := len(b); n > 0 && b[n-1] == 'Z' {
		b = b[:n-1]
	}
	h, ok1 := two(b, 0)
	m, ok2 := two(b, 3)
	if !ok1 || !ok2 || b[2] != ':' || h > 23 || m > 59 {
		return 0, 0, false
	}
	since = int64(h*60+m) * 60 * Second
	if len(b) == len("15:04") {
		return since, 60 * Second, true
	}
	s, ok := two(b, 6)
	if !ok || b[5] != ':' || s > 59 {
		return 0, 0, false
	}
	part, width, n := fraction(b[8:])
	return since + int64(s)*Second + part, width, len(b) == len("15:04:05")+n
}

// clock reads "15:04:05" on the given day.
func clock(b []byte, y, mo, d int) (int64, bool) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return 0, false
	}
	h, ok1 := two(b, 0)
	mi, ok2 := two(b, 3)
	s, ok3 := two(b, 6)
	u, ok4 := unix(y, mo, d, h, mi, s)
	return u, ok1 && ok2 && ok3 && ok4
}

// zone reads "Z", "+01:00" or "-0700" and gives the offset in nanoseconds and
// the bytes taken, 0 when there is none.
func zone(b []byte) (offset int64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	if b[0] == 'Z' || b[0] == 'z' {
		return 0, 1
	}
	if b[0] != '+' && b[0] != '-' {
		return 0, 0
	}
	h, ok := two(b, 1)
	if !ok {
		return 0, 0
	}
	n = 3
	if n < len(b) && b[n] == ':' {
		n++
	}
	m, ok := two(b, n)
	if !ok {
		return 0, 0
	}
	offset = (int64(h)*60 + int64(m)) * 60 * Second
	if b[0] == '-' {
		offset = -offset
	}
	return offset, n + 2
}

// TraceStamp reads "02-Jan-2006 15:04:05.000", the start of a utiltrace in the
// process's own zone (k8s.io/utils/trace/trace.go).
func TraceStamp(b []byte) (s Stamp, n int, ok bool) {
	base, ok := dayMonthYear(b, '-', ' ')
	if !ok {
		return s, 0, false
	}
	frac, width, w := fraction(b[20:])
	return Stamp{Unix: base + frac, Width: width}, 20 + w, true
}

// dayMonthYear reads the 20 bytes of "02-Jan-2006 15:04:05", in which sep
// stands around the month and gap before the time of day; base is ns since 1970
// as if the zone were UTC.
func dayMonthYear(b []byte, sep, gap byte) (base int64, ok bool) {
	if len(b) < 20 || b[2] != sep || b[6] != sep || b[11] != gap {
		return 0, false
	}
	d, ok1 := two(b, 0)
	mo := month(b[3:6])
	c, ok2 := two(b, 7)
	y, ok3 := two(b, 9)
	base, ok4 := clock(b[12:20], c*100+y, mo, d)
	return base, ok1 && ok2 && ok3 && ok4
}

// RFC1123Z reads "Mon, 02 Jan 2006 15:04:05 -0700", as `kubectl describe`
// prints the start of a container.
func RFC1123Z(b []byte) (s Stamp, n int, ok bool) {
	if len(b) < 31 || b[3] != ',' || b[7] != ' ' || b[11] != ' ' || b[16] != ' ' || b[25] != ' ' {
		return s, 0, false
	}
	d, ok1 := two(b, 5)
	mo := month(b[8:11])
	c, ok2 := two(b, 12)
	y, ok3 := two(b, 14)
	base, ok4 := clock(b[17:25], c*100+y, mo, d)
	off, z := zone(b[26:])
	if !(ok1 && ok2 && ok3 && ok4) || z == 0 {
		return s, 0, false
	}
	return Stamp{Unix: base - off, Offset: off, Width: Second, Zoned: true}, 26 + z, true
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// month gives 1 … 12 for an English three-letter month, 0 otherwise.
func month(b []byte) int {
	for i := 0; i < len(months); i += 3 {
		if string(b[:3]) == months[i:i+3] {
			return i/3 + 1
		}
	}
	return 0
}

// Uptime reads the proxy's "[   366.299401s]": seconds since its logger
// started, of any width, with six digits today and nine before 2.9
// (linkerd2-proxy linkerd/tracing/src/uptime.rs). The padding may be gone, as
// it is in text that was pasted.
func Uptime(b []byte) (ns, width int64, n int, ok bool) {
	if len(b) < 5 || b[0] != '[' {
		return 0, 0, 0, false
	}
	if len(b) >= len("[   366.299401s]") && b[7] == '.' && b[14] == 's' && b[15] == ']' {
		sec, ok1 := six(binary.LittleEndian.Uint64(b)>>8, true)
		micro, ok2 := six(binary.LittleEndian.Uint64(b[7:])>>8, false)
		if ok1 && ok2 {
			return sec*Second + micro*1000, 1000, 16, true
		}
	}
	i := 1
	for i < len(b) && b[i] == ' ' {
		i++
	}
	sec, w, ok := Digits(b[i:])
	if !ok || w > 9 {
		return 0, 0, 0, false
	}
	i += w
	frac, width, f := fraction(b[i:])
	i += f
	if i+1 >= len(b) || b[i] != 's' || b[i+1] != ']' {
		return 0, 0, 0, false
	}
	return sec*Second + frac, width, i + 2, true
}

// six reads the six digits in the lower bytes of v, the first one lowest, all
// at once. Those in front may be spaces.
func six(v uint64, padded bool) (value int64, ok bool) {
	const each = 0x010101010101
	v &= 0xff * each
	if padded {
		spaces := ^v >> 4 & each // '0' … '9' have this bit
		if spaces&^(spaces<<8|1) != 0 || spaces == each {
			return 0, false // a space behind a digit, or nothing else
		}
		v |= spaces << 4
	}
	v ^= '0' * each
	if (v|(v+6*each))&(0xf0*each) != 0 {
		return 0, false
	}
	v = (v*10 + v>>8) & 0x00ff00ff00ff // pairs, in every second byte
	return int64(v&0xff*10000 + v>>16&0xff*100 + v>>32&0xff), true
}

// Klog is the header of a klog line: "I1123 08:50:05.060456   28718 trace.go:219] ".
type Klog struct {
	Severity byte // I W E F
	// Since is nanoseconds since the beginning of a year that the header
	// does not name, counted as if in a leap year so that Feb 29 exists.
	Since  int64
	Caller []byte // "trace.go:219"
}

// leapYear anchors the day count of headers that name no year.
const leapYear = 2000

// KlogHeader reads a klog header and the space after its bracket.
func KlogHeader(b []byte) (k Klog, n int, ok bool) {
	if len(b) < 30 || (b[0] != 'I' && b[0] != 'W' && b[0] != 'E' && b[0] != 'F') || b[5] != ' ' {
		return k, 0, false
	}
	mo, ok1 := two(b, 1)
	d, ok2 := two(b, 3)
	base, ok3 := clock(b[6:14], leapYear, mo, d)
	if !(ok1 && ok2 && ok3) {
		return k, 0, false
	}
	frac, _, f := fraction(b[14:])
	if f == 0 {
		return k, 0, false
	}
	i := 14 + f
	for i < len(b) && b[i] == ' ' {
		i++
	}
	_, w, ok := Digits(b[i:])
	if !ok || i+w >= len(b) || b[i+w] != ' ' {
		return k, 0, false
	}
	i += w + 1
	for j := i; j < len(b) && j < i+128; j++ {
		if b[j] == ']' {
			k = Klog{Severity: b[0], Since: base + frac - YearStart(leapYear), Caller: b[i:j]}
			n = j + 1
			if n < len(b) && b[n] == ' ' {
				n++
			}
			return k, n, true
		}
		if b[j] == ' ' {
			break
		}
	}
	return k, 0, false
}

// YearStart is the first nanosecond of a year in UTC.
func YearStart(year int) int64 { return daysBefore(year, 1, 1) * 24 * 3600 * Second }

// InYear turns a [Klog.Since] into nanoseconds since 1970 in the given year.
func InYear(since int64, year int) int64 {
	day := 24 * 3600 * Second
	t := YearStart(year) + since
	leap := daysBefore(year, 3, 1)-daysBefore(year, 1, 1) == 60
	if !leap && since >= 60*day {
		t -= day
	}
	return t
}

// SinceYear is the inverse of [InYear]: how a klog header would count the
// given moment, and the year it lies in.
func SinceYear(unix int64) (since int64, year int) {
	year = 1970 + int(unix/(365*24*3600*Second))
	for YearStart(year) > unix {
		year--
	}
	since = unix - YearStart(year)
	day := 24 * 3600 * Second
	if leap := daysBefore(year, 3, 1)-daysBefore(year, 1, 1) == 60; !leap && since >= 59*day {
		since += day
	}
	return since, year
}
