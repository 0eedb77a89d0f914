package wrap

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// when is a time that an export prints before a line.
type when struct {
	at    int64 // ns since 1970; UTC when zoned, else somebody's wall clock
	width int64 // of its last printed digit
	zoned bool
}

// set puts the time in a prefix: as the line's stamp only when its zone is
// known. A console prints the zone of who looks, which is wrong by hours.
func (w when) set(p *parse.Prefix) {
	p.Grain = parse.GrainOf(w.width)
	if middle := parse.Time(w.at + w.width/2); w.zoned {
		p.Stamp, p.HasStamp = middle, true
	} else {
		p.Local, p.HasLocal = middle, true
	}
}

// precise is the width of a stamp that may be Go's time.RFC3339Nano, which
// leaves out the zeros at the end: one or two digits of a fraction are
// nanoseconds. Nobody prints tenths; others print three digits or six.
func precise(s lex.Stamp) int64 {
	switch s.Width {
	case lex.Second, 1e6, 1e3:
		return s.Width
	}
	return 1
}

// Time reads a time of any kind that a console or an export prints, all of b, and
// sets it in a prefix.
func Time(b []byte, p *parse.Prefix) bool {
	w, ok := dated(b)
	if ok {
		w.set(p)
	}
	return ok
}

// Leading reads a time in ISO 8601 at the beginning of b into a prefix, and gives
// its length.
func Leading(b []byte, p *parse.Prefix) (n int, ok bool) {
	w, n, ok := iso(b)
	if ok {
		w.set(p)
	}
	return n, ok
}

// dated reads a time of any kind that a console or an export prints, all of b.
func dated(b []byte) (when, bool) {
	b = bytes.Trim(b, " ")
	for _, read := range []func([]byte) (when, int, bool){iso, epoch, kibana, slashed} {
		if w, n, ok := read(b); ok && n == len(b) {
			return w, true
		}
	}
	return when{}, false
}

// iso reads "2006-01-02T15:04:05.000Z" or "2006-01-02 15:04:05.000", with a
// zone as a number, by its letters after a space, or none.
func iso(b []byte) (when, int, bool) {
	s, n, ok := lex.RFC3339(b)
	if !ok {
		return when{}, 0, false
	}
	if s.Zoned {
		return when{s.Unix, precise(s), true}, n, true
	}
	if n+6 <= len(b) && b[n] == ' ' && (b[n+1] == '+' || b[n+1] == '-') {
		hours, w, ok := lex.Digits(b[n+2 : n+6])
		if end := n + 6; ok && w == 4 && (end == len(b) || b[end]-'0' > 9 && b[end] != '-') {
			off := (hours/100*60 + hours%100) * 60 * lex.Second
			if b[n+1] == '-' {
				off = -off
			}
			return when{s.Unix - off, precise(s), true}, end, true
		}
	}
	if n < len(b) && b[n] == ' ' {
		if off, w, ok := lex.ZoneName(b[n+1:]); ok {
			return when{s.Unix - off, precise(s), true}, n + 1 + w, true
		}
	}
	return when{s.Unix, precise(s), false}, n, true
}

// epoch reads a time in seconds, milliseconds, microseconds or nanoseconds
// since 1970, told apart by their digits, between 2001 and 2286.
func epoch(b []byte) (when, int, bool) {
	n := 0
	var v int64
	for n < len(b) && n < 19 && b[n]-'0' <= 9 {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	var u int64
	switch n {
	case 10:
		u = lex.Second
	case 13:
		u = 1e6
	case 16:
		u = 1e3
	case 19:
		u = 1
	default:
		return when{}, 0, false
	}
	if v*u/u != v || v*u < 1e18 || n < len(b) && b[n]-'0' <= 9 {
		return when{}, 0, false
	}
	at := v * u
	if n+1 < len(b) && b[n] == '.' && b[n+1]-'0' <= 9 { // a fraction of the unit
		for n++; n < len(b) && b[n]-'0' <= 9; n++ {
			u /= 10
			at += int64(b[n]-'0') * u
		}
	}
	return when{at, max(u, 1), true}, n, true
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// month gives 1 … 12 for an English three-letter month at the beginning of b.
func month(b []byte) int64 {
	for i := 0; len(b) >= 3 && i < len(months); i += 3 {
		if string(b[:3]) == months[i:i+3] {
			return int64(i/3 + 1)
		}
	}
	return 0
}

// composed makes a time of its parts; rest begins with "15:04:05" and may go
// on with a fraction. n is what of rest was used.
func composed(year, month, day int64, rest []byte) (at, width int64, n int, ok bool) {
	if len(rest) < 8 || year > 9999 || month > 12 || day > 31 {
		return 0, 0, 0, false
	}
	var buf [40]byte
	pad := func(b []byte, v, width int64) []byte {
		for ; width > 0; width /= 10 {
			b = append(b, byte('0'+v/width%10))
		}
		return b
	}
	b := append(pad(buf[:0], year, 1000), '-')
	b = append(pad(b, month, 10), '-')
	b = append(pad(b, day, 10), 'T')
	date := len(b)
	b = append(b, rest[:min(len(rest), cap(b)-date)]...)
	s, n, ok := lex.RFC3339(b)
	return s.Unix + s.Offset, precise(s), n - date, ok
}

// kibana reads "Oct 12, 2022 @ 04:16:35.751", in the zone of the browser.
func kibana(b []byte) (when, int, bool) {
	m := month(b)
	if m == 0 || len(b) < 5 || b[3] != ' ' {
		return when{}, 0, false
	}
	day, n, ok := lex.Digits(b[4:])
	n += 4
	if !ok || !bytes.HasPrefix(b[n:], []byte(", ")) {
		return when{}, 0, false
	}
	year, w, ok := lex.Digits(b[n+2:])
	n += 2 + w
	if !ok || w != 4 || !bytes.HasPrefix(b[n:], []byte(" @ ")) {
		return when{}, 0, false
	}
	at, width, w, ok := composed(year, m, day, b[n+3:])
	return when{at, width, false}, n + 3 + w, ok
}

// slashed reads "2/13/2024, 1:22:28.553 PM", "11-1-2022 09:12:16.086" and the
// like, as spreadsheets and portals print them. With slashes the month comes
// first, where that can be; it only matters for the order across months.
func slashed(b []byte) (when, int, bool) {
	var part [3]int64
	n := 0
	for i := range part {
		v, w, ok := lex.Digits(b[n:])
		if !ok || w > 4 || n+w >= len(b) || i < 2 && (w > 2 || b[n+w] != '/' && b[n+w] != '-' && b[n+w] != '.') || i == 2 && w != 4 {
			return when{}, 0, false
		}
		part[i], n = v, n+w
		if i < 2 {
			n++
		}
	}
	rest := bytes.TrimLeft(b[n:], ", ")
	if n = len(b) - len(rest); len(rest) < 7 {
		return when{}, 0, false
	}
	month, day := part[0], part[1]
	if month > 12 || bytes.IndexByte(b[:3], '/') < 0 && day <= 12 {
		month, day = day, month
	}
	short := rest[1] == ':'
	if short { // one digit of the hour
		rest = append([]byte{'0'}, rest...)
	}
	at, width, w, ok := composed(part[2], month, day, rest)
	if !ok {
		return when{}, 0, false
	}
	if after := rest[w:]; len(after) >= 3 && after[0] == ' ' && after[2] == 'M' && (after[1] == 'A' || after[1] == 'P') {
		at, w = at+noon(rest, after[1] == 'P'), w+3
	}
	if short {
		w--
	}
	return when{at, width, false}, n + w, true
}

// noon is what a clock of twelve hours lacks.
func noon(clock []byte, pm bool) int64 {
	twelve := clock[0] == '1' && clock[1] == '2'
	switch {
	case pm && !twelve:
		return 12 * 3600 * lex.Second
	case !pm && twelve:
		return -12 * 3600 * lex.Second
	}
	return 0
}
