package alert

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// lane is one row of the timeline in text: the incidents, or the alerts of a rule.
type lane struct {
	name  string
	fired int
	cells []byte
}

const (
	laneWidth = 60 // columns of time
	mostLanes = 12 // rules with a lane, those that fired most often
	nameWidth = 24
)

// writeLanes draws when incidents were, and each alert beside them: '#' where it
// fires, '.' where it is pending.
func (r *Result) writeLanes(b *bufio.Writer, zone *time.Location, clean func(string) string) {
	from, to := r.drawn()
	if !to.After(from) {
		return
	}
	column := func(t time.Time) int {
		return min(max(int(float64(t.Sub(from))/float64(to.Sub(from))*laneWidth), 0), laneWidth-1)
	}
	draw := func(l *lane, from, to time.Time, with byte) {
		for k := column(from); k <= column(to); k++ {
			if l.cells[k] != '#' {
				l.cells[k] = with
			}
		}
	}
	blank := func(name string) *lane { return &lane{name: name, cells: []byte(strings.Repeat(" ", laneWidth))} }
	incidents := blank("incidents")
	for _, in := range r.incidents {
		draw(incidents, wall(in.Start), wall(in.End), '#')
	}
	var lanes []*lane
	by := map[*Rule]*lane{}
	for _, s := range r.Stretches {
		l := by[s.Rule]
		if l == nil {
			l = blank(clean(s.Rule.Alert))
			by[s.Rule] = l
			lanes = append(lanes, l)
		}
		until := r.Until(s)
		if s.Firing.IsZero() {
			draw(l, s.Pending, until, '.')
			continue
		}
		l.fired++
		draw(l, s.Pending, s.Firing, '.')
		draw(l, s.Firing, until, '#')
	}
	slices.SortStableFunc(lanes, func(a, b *lane) int { return cmp.Compare(b.fired, a.fired) })
	more := max(0, len(lanes)-mostLanes)
	const layout = "2006-01-02T15:04"
	fmt.Fprintf(b, "\n%*s  %s%s%s   # fires, . is pending\n", nameWidth, "", from.In(zone).Format(layout), strings.Repeat(" ", laneWidth-2*len(layout)), to.In(zone).Format(layout))
	for _, l := range append([]*lane{incidents}, lanes[:len(lanes)-more]...) {
		name := l.name
		if runes := []rune(name); len(runes) > nameWidth {
			name = string(runes[:nameWidth-1]) + "…"
		}
		fmt.Fprintf(b, "%*s |%s|\n", nameWidth, name, l.cells)
	}
	if more > 0 {
		fmt.Fprintf(b, "%*s  and %d more\n", nameWidth, "", more)
	}
}

// drawn is from the first incident or alert to the last: before and after there is
// nothing to see. Without any alert nothing is drawn.
func (r *Result) drawn() (from, to time.Time) {
	if len(r.Stretches) == 0 {
		return from, to
	}
	take := func(a, b time.Time) {
		if from.IsZero() || a.Before(from) {
			from = a
		}
		if b.After(to) {
			to = b
		}
	}
	for _, in := range r.incidents {
		take(wall(in.Start), wall(in.End))
	}
	for _, s := range r.Stretches {
		take(s.Pending, r.Until(s))
	}
	return from, to
}
