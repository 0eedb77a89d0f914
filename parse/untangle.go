package parse

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// group is the segments of one stream, in order.
type group struct {
	segments []int
	life     int
	mixed    bool
}

// add puts a segment at the end.
func (g *group) add(i int) { g.segments = append(g.segments, i) }

// groups decides which segments make a stream: of a pasted source those of one
// run of lines, of an uptime clock those of one life, of a wall clock those of
// one process, of a clock without a year those of one year, otherwise all of one key.
func (s *Stitcher) groups() (groups []group) {
	type lane struct {
		key
		run uint32
	}
	lanes, order := map[lane][]int{}, []lane(nil)
	for i := range s.segments {
		l := lane{key: s.segments[i].key}
		if s.pasted {
			l.run = s.segments[i].proseFirst
		}
		if lanes[l] == nil {
			order = append(order, l)
		}
		lanes[l] = append(lanes[l], i)
	}
	for _, l := range order {
		switch l.Clock {
		case ClockUptime:
			groups = append(groups, s.untangle(lanes[l])...)
		case ClockWall:
			groups = append(groups, s.laidEnd(lanes[l])...)
		case ClockYearless:
			groups = append(groups, s.byYear(lanes[l])...)
		default:
			groups = append(groups, group{segments: lanes[l]})
		}
	}
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.segments[0], b.segments[0]) })
	return groups
}

// byYear parts what lies half a year apart: where a log goes from December to
// January, the two have zeros a year apart.
func (s *Stitcher) byYear(lane []int) (groups []group) {
	for _, i := range lane {
		g := slices.IndexFunc(groups, func(g group) bool {
			o := &s.segments[g.segments[0]]
			return !o.Stamped || !s.segments[i].Stamped || max(s.segments[i].First-o.First, o.First-s.segments[i].First) < halfYear
		})
		if g < 0 {
			g, groups = len(groups), append(groups, group{})
		}
		groups[g].add(i)
	}
	return groups
}

// untangle sorts segments by the life of the process that wrote them: by their
// offsets, and those without by where they stand or by their uptimes alone.
func (s *Stitcher) untangle(lane []int) (groups []group) {
	var told, mute []int
	for _, i := range lane {
		if s.segments[i].FirstOffset.Of != OffsetNone {
			told = append(told, i)
		} else {
			mute = append(mute, i)
		}
	}
	if len(told) == 0 {
		return s.byUptime(lane)
	}
	groups = s.byOffset(told)
	if mute = s.between(groups, mute); len(mute) > 0 {
		groups = append(groups, s.byUptime(mute)...)
	}
	return groups
}

// byUptime sorts segments of which only the uptime is known. Where that falls,
// the process restarted; but where it goes to and fro between values that each
// go on where they left off, several processes were dumped together without a
// prefix, and none of them restarted.
func (s *Stitcher) byUptime(lane []int) (groups []group) {
	if s.segments[lane[0]].Pod == 0 {
		if of, n, mixed := s.tracks(lane); mixed {
			groups = make([]group, n)
			for j, i := range lane {
				groups[of[j]].add(i)
				groups[of[j]].mixed = true
			}
			return groups
		}
	}
	for j, i := range lane {
		if j == 0 || s.segments[i].First < s.segments[lane[j-1]].Last-fallBack {
			groups = append(groups, group{life: len(groups)})
		}
		groups[len(groups)-1].add(i)
	}
	return groups
}

const (
	// freshStart is how young a process is when its log begins: a fall of
	// the uptime to less is no sign of a mixture.
	freshStart = Time(5 * time.Second)
	// resumeWithin and resumeAtMost bound the pause after which a process is
	// recognised by its uptime; so none is ever mistaken by more.
	resumeWithin = Time(time.Minute)
	resumeAtMost = Time(10 * time.Minute)
	forever      = Time(math.MaxInt64 / 4)
)

// patience is the longest pause to expect between two lines: several times the
// usual one of one process, which is how far a line is ahead of the nearest of
// those shortly before it.
func (s *Stitcher) patience(lane []int) Time {
	const before = 32
	var pauses []Time
	for j := range lane {
		pause := forever
		for k := max(j-before, 0); k < j; k++ {
			if d := s.segments[lane[j]].First - s.segments[lane[k]].Last; d >= 0 {
				pause = min(pause, d)
			}
		}
		if pause < forever {
			pauses = append(pauses, pause)
		}
	}
	if len(pauses) == 0 {
		return resumeWithin
	}
	slices.Sort(pauses)
	return patient(pauses[len(pauses)/2])
}

// patient is how long a process is waited for whose lines are usually so far apart.
func patient(usual Time) Time { return min(max(5*usual, resumeWithin), resumeAtMost) }

// track is one process of several that were dumped together.
type track struct {
	last Time // uptime of its latest line
	// lo and hi bound how much younger it is than the first process: lines
	// stand in the order in which they were written.
	lo, hi Time
}

// tracks supposes that several processes are mixed and gives each segment to
// the one that it goes on soonest. The supposition holds when processes were
// left and resumed again and again, and at least once by a fall: a restart
// falls too, but to the beginning.
func (s *Stitcher) tracks(lane []int) (of []int, n int, mixed bool) {
	var all []track
	now := s.segments[lane[0]].First // at least, on the clock of the first process
	pause := s.patience(lane)
	returns, falls, cur := 0, 0, -1
	for _, i := range lane {
		g := &s.segments[i]
		fell := cur >= 0 && g.First < all[cur].last-fallBack
		n := nearest(all, now, g.First, pause)
		switch {
		case n < 0:
			n = len(all)
			all = append(all, track{lo: now - g.First, hi: forever})
			if n == 0 {
				all[0].hi = 0
			}
		case n != cur:
			returns++
			if fell && g.First >= freshStart {
				falls++
			}
		}
		t := &all[n]
		t.lo = max(t.lo, now-g.First)
		if cur >= 0 && n != cur && t.hi < forever {
			all[cur].hi = min(all[cur].hi, t.hi+g.First-all[cur].last)
		}
		now = max(now, t.lo+g.Last)
		t.last, cur = g.Last, n
		of = append(of, n)
	}
	return of, len(all), returns >= 2 && falls >= 1
}

// nearest is the track that a line of the given uptime goes on after the
// shortest pause, -1 when it can be on none after a pause of at most longest.
func nearest(all []track, now, uptime, longest Time) int {
	best, pause, since := -1, Time(0), Time(0)
	for i, t := range all {
		if uptime < t.last-fallBack || t.hi+uptime < now-fallBack {
			continue
		}
		p, d := max(t.lo+uptime-now, 0), uptime-t.last
		if p <= longest && (best < 0 || p < pause || p == pause && d < since) {
			best, pause, since = i, p, d
		}
	}
	return best
}
