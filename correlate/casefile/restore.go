package casefile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"faultline/parse"
	"faultline/parse/formats"
)

// restorer puts a capture together from a case's tables. It believes nothing:
// a number that refers to something is checked.
type restorer struct {
	*Contents
	c     *parse.Capture
	files map[string]*parquet.File
	kinds map[string]parse.Kind
}

var errRefers = errors.New("refers to what is not there")

// restore makes the capture that a case was made of.
func (r *restorer) restore(m *Manifest) error {
	for _, s := range m.Matches {
		match, err := parse.ParseMatch(s)
		if err != nil {
			return err
		}
		r.c.Matches = append(r.c.Matches, match)
	}
	for k := range 256 {
		if name := r.c.KindName(parse.Kind(k)); name != "" {
			r.kinds[name] = parse.Kind(k)
		}
	}
	for _, step := range []func() error{
		func() error { return each(r, "sources", r.source) },
		func() error { return each(r, "problems", r.problem) },
		func() error { return each(r, "streams", r.stream) },
		func() error { return each(r, "spans", r.span) },
		func() error { return each(r, "volume", r.minute) },
		func() error { return each(r, "ties", r.tie) },
		func() error { return each(r, "facts", r.fact) },
		r.events,
		func() error { return each(r, "series", r.series) },
		r.samples,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// table opens a table; nil when the case has none of that name.
func (r *restorer) table(name string) (*parquet.File, error) {
	if f := r.files[name]; f != nil {
		return f, nil
	}
	e, ok := r.find(name + ".parquet")
	if !ok {
		return nil, nil
	}
	f, err := openTable(e)
	r.files[name] = f
	return f, err
}

// each gives the rows of a small table one by one.
func each[T any](r *restorer, name string, on func(*T) error) error {
	f, err := r.table(name)
	if err != nil || f == nil {
		return err
	}
	return guarded(name, func() error {
		g := parquet.NewGenericReader[T](f)
		defer g.Close()
		in := &rowReader[T]{r: g, batch: make([]T, batchRows)}
		for n := int64(0); ; n++ {
			row, err := in.next()
			if err != nil {
				return err
			}
			if row == nil {
				if n != f.NumRows() {
					return io.ErrUnexpectedEOF
				}
				return nil
			}
			if err := on(row); err != nil {
				return fmt.Errorf("row %d: %w", n, err)
			}
		}
	})
}

func (r *restorer) name(s string) parse.Name { return r.c.Names.AddString(decode(s)) }

func (r *restorer) source(row *sourceRow) error {
	if row.SourceID != int32(len(r.c.Sources)) {
		return errRefers
	}
	s := parse.Source{Path: decode(row.Path), Owner: parse.Owner{Namespace: decode(row.Namespace), Pod: decode(row.Pod),
		Container: decode(row.ContainerName),
		Node:      decode(row.Node), Instance: parse.InstanceOf(row.Instance), Run: int(row.Run), Bundle: row.Bundle},
		Format: row.Format, Layout: decode(row.Layout), Bytes: row.Bytes, Pasted: row.Pasted, Broken: decode(row.Broken),
		Counts: parse.Counts{Lines: uint64(row.Lines), Events: uint64(row.LinesEvents), Other: uint64(row.LinesOther),
			Unparsed: uint64(row.LinesUnparsed), Prose: uint64(row.LinesProse)}}
	sum, err := hex.DecodeString(row.SHA256)
	if err != nil || len(sum) != len(s.SHA256) {
		return errors.New("sha256 is none")
	}
	copy(s.SHA256[:], sum)
	if row.Container != "" {
		if s.ContainerSHA256, err = hex.DecodeString(row.Container); err != nil {
			return err
		}
	}
	if s.Zones, err = zonesSeen(row.PrintedZone); err != nil {
		return err
	}
	if row.ModifiedNS != 0 {
		s.Modified = time.Unix(0, row.ModifiedNS).UTC()
	}
	if row.Zone != "" {
		if s.Zone, err = time.LoadLocation(row.Zone); err != nil {
			return err
		}
	}
	for _, name := range strings.FieldsFunc(row.Wrappers, func(c rune) bool { return c == ',' }) {
		w := wrapper(name)
		if w == nil {
			return fmt.Errorf("prefix %q is not known to this version", name)
		}
		if w.Again != nil {
			if w = w.As(decode(row.Columns)); w == nil {
				return fmt.Errorf("%q are not the columns of a %s", row.Columns, name)
			}
		}
		s.Wrappers = append(s.Wrappers, w)
	}
	r.c.Sources = append(r.c.Sources, s)
	return nil
}

func wrapper(name string) *parse.Wrapper {
	for _, w := range formats.Wrappers() {
		if w.Name == name {
			return w
		}
	}
	return nil
}

func (r *restorer) problem(row *problemRow) error {
	if uint(row.SourceID) >= uint(len(r.c.Sources)) {
		return errRefers
	}
	s := &r.c.Sources[row.SourceID]
	s.Problems = append(s.Problems, parse.Problem{Line: uint32(row.LineNo), Text: decode(row.Text)})
	return nil
}

func (r *restorer) stream(row *streamRow) error {
	clock, ok := clockOf(row.Clock)
	if row.StreamID != int32(len(r.c.Streams)) || uint(row.SourceID) >= uint(len(r.c.Sources)) || !ok || row.Events < 0 {
		return errRefers
	}
	r.c.Streams = append(r.c.Streams, parse.Stream{Source: uint32(row.SourceID), Format: row.Format, Clock: clock,
		Namespace: r.name(row.Namespace), Pod: r.name(row.Pod), Container: r.name(row.Container), Node: r.name(row.Node),
		Instance: parse.InstanceOf(row.Instance),
		Life:     int(row.Life), ZoneBy: parse.ZoneByOf(row.ZoneBy), Interleaved: row.Interleaved, FirstLine: uint32(row.FirstLine),
		LastLine: uint32(row.LastLine), Lines: uint64(row.Lines)})
	return nil
}

func clockOf(name string) (parse.Clock, bool) {
	for c := parse.ClockNone; c <= parse.ClockYearless; c++ {
		if c.String() == name {
			return c, true
		}
	}
	return 0, false
}

// of is the stream of a number.
func (r *restorer) of(id int32) (*parse.Stream, error) {
	if uint(id) >= uint(len(r.c.Streams)) {
		return nil, errRefers
	}
	return &r.c.Streams[id], nil
}

func (r *restorer) span(row *spanRow) error {
	s, err := r.of(row.StreamID)
	if err != nil {
		return err
	}
	p := parse.Span{From: parse.Time(row.From), To: parse.Time(row.To)}
	switch row.Kind {
	case coverage:
		s.Coverage = append(s.Coverage, p)
	case silence:
		s.Silences = append(s.Silences, p)
	}
	return nil
}

func (r *restorer) minute(row *volumeRow) error {
	s, err := r.of(row.StreamID)
	if err != nil {
		return err
	}
	if row.Minute != int64(int32(row.Minute)) {
		return errors.New("no such minute")
	}
	s.Volume = append(s.Volume, parse.Minute{At: int32(row.Minute), Lines: uint32(row.Lines)})
	return nil
}

func (r *restorer) tie(row *tieRow) error {
	s, err := r.of(row.StreamID)
	if err != nil {
		return err
	}
	ref, err := r.ref(row.SourceID, row.LineNo, row.Off, row.Len)
	s.Ties = append(s.Ties, parse.Tie{Own: parse.Time(row.Own), Wall: parse.Time(row.Wall), Within: time.Duration(row.Within), Ref: ref})
	return err
}

func (r *restorer) ref(source int32, line, off, length int64) (parse.Ref, error) {
	if uint(source) >= uint(len(r.c.Sources)) || line != int64(uint32(line)) || length != int64(uint32(length)) {
		return parse.Ref{}, errRefers
	}
	return parse.Ref{Source: uint32(source), Line: uint32(line), Off: off, Len: uint32(length)}, nil
}

func (r *restorer) fact(row *factRow) error {
	ref, err := r.ref(row.SourceID, row.LineNo, row.Off, row.Len)
	r.c.Facts = append(r.c.Facts, parse.Fact{Ref: ref, Time: parse.Time(row.TSNS), Within: time.Duration(row.Within),
		Subject: r.name(row.Subject), Key: r.name(row.Key), Value: r.name(row.Value)})
	return err
}

func (r *restorer) series(row *seriesRow) error {
	ref, err := r.ref(row.SourceID, row.LineNo, row.Off, row.Len)
	if err != nil || row.SeriesID != int64(len(r.c.Series)) || row.Samples < 0 {
		return errRefers
	}
	s := parse.Series{Ref: ref, Metric: r.name(row.Metric)}
	if s.Labels, err = r.labels(row.LabelsJSON); err != nil {
		return err
	}
	r.c.Series = append(r.c.Series, s)
	return nil
}

// labels reads an object in its order.
func (r *restorer) labels(text string) (out []parse.Label, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	var key parse.Name
	for i := 0; ; i++ {
		t, err := dec.Token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		s, ok := t.(string)
		switch {
		case !ok && t != json.Delim('{') && t != json.Delim('}'):
			return nil, errors.New("labels are texts")
		case !ok:
		case i%2 == 1:
			key = r.name(s)
		default:
			out = append(out, parse.Label{Key: key, Value: r.name(s)})
		}
	}
}

func (r *restorer) samples() error {
	f, err := r.table("samples")
	if err != nil || f == nil {
		return err
	}
	return guarded("samples", func() error {
		var ids, times []int64
		var values []float64
		for _, g := range groupsOf(f) {
			ids, times, values = grown(ids, g.rows), grown(times, g.rows), grown(values, g.rows)
			if err := errors.Join(g.int64s("series_id", ids), g.int64s("ts_ns", times), g.doubles("value", values)); err != nil {
				return err
			}
			for i := range g.rows {
				if uint64(ids[i]) >= uint64(len(r.c.Series)) {
					return errRefers
				}
				s := &r.c.Series[ids[i]]
				s.Times, s.Values = append(s.Times, times[i]), append(s.Values, values[i])
			}
		}
		return nil
	})
}

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// names interns the distinct texts of a column.
func (r *restorer) interned(text []byte) parse.Name {
	if !bytes.Contains(text, []byte("\xf4\x8f")) {
		return r.c.Names.Add(text)
	}
	return r.name(string(text))
}

var grains = func() map[int64]parse.Grain {
	out := map[int64]parse.Grain{}
	for g := parse.Grain(0); g < math.MaxUint8 && g.Width() > 0; g++ {
		out[int64(g.Width())] = g
	}
	return out
}()

var severities = func() map[string]parse.Severity {
	out := map[string]parse.Severity{}
	for s := parse.SeverityNone; s <= parse.Fatal; s++ {
		out[s.String()] = s
	}
	return out
}()

// zonesSeen is what a row says of the zone that a source's lines print.
func zonesSeen(printed string) (z parse.ZoneSeen, err error) {
	switch printed {
	case "":
	case severalZones:
		z.Lines, z.Split = 1, true
	default:
		var at time.Time
		if at, err = time.Parse(parse.ZoneForm, printed); err == nil {
			_, ahead := at.Zone()
			z.Lines, z.Ahead = 1, int64(ahead)*int64(time.Second)
		}
	}
	return z, err
}
