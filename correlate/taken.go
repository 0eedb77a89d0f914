package correlate

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"faultline/parse"
)

// taken is when a bundle was taken: no line of it is later, and what it prints
// as an age counts from then.
type taken struct {
	from, to parse.Time // ns since 1970
	// stated is the moment that the file or the name says.
	stated parse.Time
	// zoned: the zone is known; otherwise it is read as UTC.
	zoned bool
	proof []parse.Ref
	why   string
}

// gathering is how long it takes to gather a bundle once its folder was named.
const gathering = parse.Time(5 * time.Minute)

// dirs are what is known of the folders of a dump: when they were taken, as a
// file within says, and the latest line with a stamp of its own that a program
// wrote below them.
type dirs struct {
	taken  map[string]taken
	latest map[string]parse.Time
}

// dirsOf gathers it. A folder's latest line is that of all folders within too.
func dirsOf(c *parse.Capture, tables ages) dirs {
	d := dirs{map[string]taken{}, map[string]parse.Time{}}
	for _, f := range c.Facts {
		if c.Name(f.Key) != parse.FactTaken {
			continue
		}
		src := &c.Sources[f.Ref.Source]
		dir := path.Dir(src.Path)
		t, had := d.taken[dir]
		if !had {
			t = taken{from: f.Time, to: f.Time, stated: f.Time, zoned: f.Within < time.Hour, why: path.Base(src.Path) + " of the bundle says when it was taken"}
		}
		t.from, t.to, t.proof = min(t.from, f.Time), max(t.to, f.Time), append(t.proof, f.Ref)
		d.taken[dir] = t
	}
	for dir, t := range d.taken {
		if t.from == t.to { // one moment of the gathering, nobody says which
			t.from, t.to = t.from-gathering, t.to+gathering
			d.taken[dir] = t
		}
	}
	d.byTables(c, tables)
	for s := range c.Streams {
		st := &c.Streams[s]
		if about(st) { // what it tells of may have been long before
			continue
		}
		var zero parse.Time
		if st.Clock == parse.ClockUptime {
			a, ok := stamped(st.Ties)
			if !ok {
				continue
			}
			zero = a.Zero
		} else if st.Clock != parse.ClockWall {
			continue
		}
		for _, span := range st.Coverage {
			for dir := path.Dir(c.Sources[st.Source].Path); ; dir = path.Dir(dir) {
				if at := span.To + zero; at > d.latest[dir] {
					d.latest[dir] = at
				}
				if dir == "." || dir == "/" {
					break
				}
			}
		}
	}
	return d
}

// byTables dates the folder of a table, and the bundle that it is in, where
// neither a file nor a name does: it was all gathered within minutes of it.
func (d *dirs) byTables(c *parse.Capture, tables ages) {
	for i := range c.Sources {
		src := &c.Sources[i]
		t, ok := tables.printed[uint32(i)]
		if !ok {
			continue
		}
		t.from, t.to = t.from-gathering, t.to+gathering
		for _, dir := range []string{path.Dir(src.Path), src.Root} {
			if at, named := takenIn(path.Base(dir)); dir != "" && d.taken[dir].why == "" && !(named && at.zoned) {
				d.taken[dir] = t
			}
		}
	}
}

// of is when the bundle that a source is in was taken: as a file beside or
// above it says, else as the name of a folder or an archive does.
func (d *dirs) of(source string) (t taken, ok bool) {
	for dir := path.Dir(source); ; dir = path.Dir(dir) {
		if t, ok := d.taken[dir]; ok {
			return d.placed(t, dir), true
		}
		if t, ok := takenIn(path.Base(dir)); ok {
			return d.placed(t, dir), true
		}
		if dir == "." || dir == "/" {
			return t, false
		}
	}
}

// ofTable is when a page of ages was printed: as its own name says, else as its
// bundle does.
func (d *dirs) ofTable(source string) (t taken, ok bool) {
	if t, ok := takenIn(path.Base(source)); ok {
		return d.placed(t, path.Dir(source)), true
	}
	return d.of(source)
}

// TakenAt is when the bundle that a source is in says it was taken, ns since 1970.
func (ix *Index) TakenAt(source string) (parse.Time, bool) {
	t, ok := ix.dirs.of(source)
	return t.stated, ok
}

// quiet is for how long the logs of a bundle may have been silent when it was
// taken: longer, and any zone would do.
const quiet = parse.Time(10 * time.Minute)

// oddZones are the offsets in use that are no whole hours, in quarters of an
// hour (IANA tz database).
var oddZones = []parse.Time{-38, -14, 14, 18, 22, 23, 26, 35, 38, 42, 51}

// zones are the offsets from UTC that are in use, ascending.
func zones() (out []parse.Time) {
	for hour := parse.Time(-12); hour <= 14; hour++ {
		out = append(out, 4*hour*zoneStep)
	}
	for _, quarters := range oddZones {
		out = append(out, quarters*zoneStep)
	}
	slices.Sort(out)
	return out
}

// placed finds the zone of a time that names none: the one in use in which the
// latest stamped line of the bundle's logs was written when it was taken.
func (d *dirs) placed(t taken, dir string) taken {
	latest := d.latest[dir]
	if t.zoned || latest == 0 || t.to-t.from > gathering {
		return t
	}
	for _, ahead := range slices.Backward(zones()) { // the latest line is the least older
		if gap := t.from - ahead - latest; gap >= -gathering && gap <= quiet {
			t.from, t.to, t.stated, t.zoned = min(t.from-ahead, latest), max(t.to-ahead, latest), t.stated-ahead, true
			t.why += ", in the zone of the latest lines"
			break
		}
	}
	return t
}

// within is how far the moment may lie from the middle of its interval.
func (t *taken) within() time.Duration {
	half := time.Duration(t.to-t.from) / 2
	if !t.zoned {
		half += 14 * time.Hour
	}
	return half
}

func (t *taken) middle() parse.Time { return t.from + (t.to-t.from)/2 }

// Times in the names of folders, archives and tables: 2025-03-04T09_20_00,
// 2025-03-04_0920-UTC, 20250304-092000, 20250304T092000Z, 202503040920, and a
// bare 2025-03-04.
var (
	nameTime = regexp.MustCompile(`(?:^|[^0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?:[T_. -]?([0-2][0-9])[-_:]?([0-5][0-9])(?:[-_:]?([0-5][0-9]))?(Z|[-_. ]?UTC|[-_. ]?GMT)?)?(?:[^0-9]|$)`)
)

// takenIn reads the time that a name holds.
func takenIn(name string) (t taken, ok bool) {
	m := nameTime.FindStringSubmatch(name)
	if m == nil {
		return t, false
	}
	number := func(s string) (n int) {
		for _, c := range s {
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := number(m[1]), number(m[2]), number(m[3])
	at := time.Date(year, time.Month(month), day, number(m[4]), number(m[5]), number(m[6]), 0, time.UTC)
	if month < 1 || month > 12 || at.Day() != day || number(m[4]) > 23 {
		return t, false
	}
	t = taken{from: parse.Time(at.UnixNano()), zoned: m[7] != "", why: "the name " + strings.ToValidUTF8(name, "�") + " says when the bundle was taken"}
	t.to, t.stated = t.from+gathering, t.from
	if m[4] == "" { // a day
		t.to = t.from + parse.Time(24*time.Hour)
	}
	return t, true
}
