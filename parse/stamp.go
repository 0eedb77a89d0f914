package parse

import (
	"time"

	"faultline/parse/lex"
)

// AtStamp makes the wrapper's stamp, or the time without a zone that stands in
// its place, the line's own time. What wrote the stamp took a moment, so it is
// no finer than a millisecond.
func (l *Line) AtStamp() {
	l.Own, l.Grain, l.Clock = l.Prefix.Stamp, max(l.Prefix.Grain, GrainMilli), ClockWall
	if !l.Prefix.HasStamp {
		local := int64(l.Prefix.Local)
		l.Own = Time(local - l.AheadUnknown(local))
	}
}

// AtPrefix makes what stands before the line its own time: a stamp, or as much
// of one as was printed.
func (l *Line) AtPrefix() {
	switch p := &l.Prefix; {
	case p.HasStamp || p.HasLocal:
		l.AtStamp()
	case p.HasSince:
		l.Own, l.Grain, l.Clock = p.Since, max(p.Grain, GrainMicro), ClockYearless
	}
}

// AtPrinted makes a time that the line prints its own. One without a zone is that of a
// program or a browser: see [Line.AheadUnknown].
func (l *Line) AtPrinted(s lex.Stamp) {
	if !s.Zoned {
		s.Unix -= l.AheadUnknown(s.Unix)
	}
	l.at(s)
}

// at makes the middle of a time in UTC the line's own.
func (l *Line) at(s lex.Stamp) {
	l.Own, l.Grain, l.Clock = Time(s.Unix+s.Width/2), GrainOf(s.Width), ClockWall
}

// beforeIt gives a line that tells no time, as that of a crash, the one that a tool
// put before it: the line before may be hours older. A time without a zone is left,
// which may be hours from what the others of its log print.
func (l *Line) beforeIt() {
	if l.Prefix.HasStamp || l.Prefix.HasSince {
		l.AtPrefix()
	}
}

// Finer says whether the wrapper's stamp is finer than a time of the given
// width, ns, that the line itself prints, and lies at most lateMost behind it.
// at is when the line's time begins.
func (l *Line) Finer(at, width int64) bool {
	if !l.Prefix.HasStamp || l.Prefix.Grain >= GrainOf(width) {
		return false
	}
	lag := int64(l.Prefix.Stamp) - at
	return lag >= -lex.Second && lag < lateMost
}

const (
	// lateMost is how long a line may wait before it is stamped, ns.
	lateMost = 10 * lex.Second
	// zoneStep and zoneMost are what the offsets of zones are multiples of, and
	// how far they go, ns (IANA tz database: -12:00 to +14:00).
	zoneStep = int64(15 * time.Minute)
	zoneMost = int64(14 * time.Hour)
)

// AtYearless gives a line whose header names neither year nor zone both from
// the stamp before it, and keeps the header's finer time. since is ns since the
// beginning of the year, as [lex.Klog] has it, and grain how fine that is.
// Where the two do not agree, the stamp is the line's time.
func (l *Line) AtYearless(since int64, grain Grain) {
	stamp := int64(l.Prefix.Stamp)
	_, year := lex.SinceYear(stamp)
	for y := year - 1; y <= year+1; y++ {
		local := lex.InYear(since, y)
		lag, zone := behind(stamp - local)
		if zone < -zoneMost || zone > zoneMost || lag > lateMost+int64(l.Prefix.Grain.Width()) {
			continue
		}
		l.Own, l.Grain, l.Clock = Time(local+zone), grain, ClockWall
		return
	}
	l.AtStamp()
}

// behind takes apart by how much a stamp in UTC is behind a local time: the
// delay, at least minus a second, and the zone, both ns.
func behind(gap int64) (lag, zone int64) {
	lag = (gap + lex.Second) % zoneStep
	if lag < 0 {
		lag += zoneStep
	}
	lag -= lex.Second
	return lag, gap - lag
}
