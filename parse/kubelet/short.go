package kubelet

import (
	"bytes"
	"time"

	"faultline/parse"
)

// kubectl 1.12 and before printed one unit only (duration.ShortHumanDuration):
// there "7m" is [420 s, 480 s), and today [420 s, 421 s).

// unit is that of an age of one unit, 0 for "9m33s".
func (a age) unit() time.Duration {
	if len(a.text) < 2 || bytes.ContainsAny(a.text[:len(a.text)-1], "smhdy") {
		return 0
	}
	switch a.text[len(a.text)-1] {
	case 's':
		return time.Second
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return 24 * time.Hour
	}
	return 0
}

// short is the age as the old kubectl means it.
func (a age) short() age {
	a.hi = max(a.hi, a.lo+a.unit())
	return a
}

// isShort says whether only the old kubectl prints such an age: today two
// minutes begin where "119s" ends, three hours at "179m" and two days at "47h".
func (a age) isShort() bool {
	switch a.unit() {
	case time.Minute:
		return a.lo < 2*time.Minute
	case time.Hour:
		return a.lo < 3*time.Hour
	case 24 * time.Hour:
		return a.lo < 48*time.Hour
	}
	return false
}

// isLong says whether only today's kubectl prints such an age.
func (a age) isLong() bool {
	switch a.unit() {
	case 0:
		return a.lo > 0 && len(a.text) > 0
	case time.Second:
		return a.lo >= time.Minute
	case time.Minute:
		return a.lo >= time.Hour
	case time.Hour:
		return a.lo >= 24*time.Hour
	}
	return false
}

// bare says whether an age is one of whole minutes that today's kubectl
// prints once in sixty times, and the old one always.
func (a age) bare() bool { return a.unit() == time.Minute && a.lo < 10*time.Minute }

// several is how many rows with bare ages are no chance.
const several = 3

// ages is what the rows of a table say about which kubectl printed it. Rows
// that were read before it was known are corrected.
type ages struct {
	last        uint32 // line of the latest row
	long, short bool
	bare        int
	rows        []aged
}

type aged struct {
	event       int
	first, last age
}

// row takes notice of a row, whose event was added last.
func (a *ages) row(r *row, l *parse.Line, b *parse.Batch) {
	if l.No-a.last > rowBreak {
		*a = ages{}
	}
	a.last = l.No
	if a.long {
		return
	}
	a.long = !a.short && (r.last.isLong() || r.first.isLong())
	if r.last.bare() {
		a.bare++
	}
	a.short = !a.long && (a.short || r.older || r.last.isShort() || r.first.isShort() || a.bare >= several)
	if a.long {
		a.rows = nil
		return
	}
	mine := aged{len(b.Events) - 1, r.first, r.last}
	mine.first.text, mine.last.text = bytes.Clone(r.first.text), bytes.Clone(r.last.text)
	a.rows = append(a.rows, mine)
	if !a.short {
		return
	}
	for _, row := range a.rows {
		e, first, last := &b.Events[min(row.event, len(b.Events)-1)], row.first.short(), row.last.short()
		e.Time, e.Grain = last.time(), last.grain()
		e.Lasted = time.Duration(max(0, e.Time-first.time()))
	}
	a.rows = a.rows[:0]
	r.first, r.last = r.first.short(), r.last.short()
	l.Own, l.Grain = r.last.time(), r.last.grain()
}
