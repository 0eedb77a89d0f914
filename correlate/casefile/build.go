package casefile

import (
	"encoding/hex"
	"encoding/json"
	"path"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// Text fetches the line behind a reference, with its wrappers. What is stored
// of a line that it gives an error for is the error.
type Text interface {
	Line(c *parse.Capture, r parse.Ref) ([]byte, error)
}

// builder makes the rows of a case.
type builder struct {
	c    *correlate.Case
	text Text
	// left says which lines are left out to make the file small; nil: none.
	left *leftOut

	version string   // of the program
	who     []origin // by stream
	kinds   [256]string
	failed  []bits // events that count as failures, by stream
}

// origin is what the events of one stream share.
type origin struct {
	source                    int32
	zero                      parse.Time
	within                    time.Duration
	placed                    bool
	namespace, pod, container string
}

func newBuilder(c *correlate.Case, text Text) *builder {
	b := &builder{c: c, text: text, who: make([]origin, len(c.Streams)), failed: make([]bits, len(c.Streams))}
	for _, g := range c.ByClock() {
		for _, m := range g.Failures {
			of := &b.failed[m.Point.Stream]
			if *of == nil {
				*of = make(bits, len(c.Streams[m.Point.Stream].Events)/64+1)
			}
			of.set(m.Point.Event)
		}
	}
	for s := range b.who {
		a, who := &c.Anchors[s], c.Who[s]
		b.who[s] = origin{int32(c.Streams[s].Source), a.Zero, a.Within, a.Placed(), encode(who.Namespace), encode(who.Pod), encode(who.Container)}
	}
	for k := range b.kinds {
		b.kinds[k] = c.KindName(parse.Kind(k))
	}
	return b
}

func (b *builder) name(n parse.Name) string { return encode(b.c.Name(n)) }

// bits are a set of small numbers.
type bits []uint64

func (b bits) set(i uint32) { b[i/64] |= 1 << (i % 64) }

func (b bits) has(i uint32) bool { return b != nil && b[i/64]>>(i%64)&1 == 1 }

func (b *builder) sources(emit func(*sourceRow) error) error {
	for i := range b.c.Capture.Sources {
		s := &b.c.Capture.Sources[i]
		row := sourceRow{SourceID: int32(i), Path: encode(s.Path), LogFileName: encode(path.Base(s.Path)),
			SHA256:    hex.EncodeToString(s.SHA256[:]),
			Container: hex.EncodeToString(s.ContainerSHA256), Bytes: s.Bytes, Format: s.Format, Pasted: s.Pasted, Broken: encode(s.Broken),
			Namespace: encode(s.Namespace), Pod: encode(s.Pod), ContainerName: encode(s.Container),
			Node: encode(s.Node), Instance: s.Instance.String(), Run: int32(s.Run), Bundle: b.c.Bundles[i], Layout: encode(s.Layout),
			Lines: int64(s.Counts.Lines), LinesEvents: int64(s.Counts.Events), LinesOther: int64(s.Counts.Other),
			LinesUnparsed: int64(s.Counts.Unparsed), LinesProse: int64(s.Counts.Prose)}
		if s.Zone != nil {
			row.Zone = s.Zone.String()
		}
		row.PrintedZone = printedZone(&s.Zones)
		if !s.Modified.IsZero() {
			row.ModifiedNS = s.Modified.UnixNano()
		}
		var names []string
		for _, w := range s.Wrappers {
			names = append(names, w.Name)
			row.Columns += encode(w.Made) // one of them at most: tables do not nest
		}
		row.Wrappers = strings.Join(names, ",")
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) problems(emit func(*problemRow) error) error {
	for i := range b.c.Capture.Sources {
		for _, p := range b.c.Capture.Sources[i].Problems {
			if err := emit(&problemRow{int32(i), int64(p.Line), encode(p.Text)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) streams(emit func(*streamRow) error) error {
	for i := range b.c.Streams {
		s, a := &b.c.Streams[i], &b.c.Anchors[i]
		row := streamRow{StreamID: int32(i), SourceID: int32(s.Source), Format: s.Format, Clock: s.Clock.String(),
			Namespace: b.name(s.Namespace), Pod: b.name(s.Pod), Container: b.name(s.Container), Node: b.name(s.Node), Instance: s.Instance.String(),
			Life: int32(s.Life), ZoneBy: s.ZoneBy.String(), Interleaved: s.Interleaved, FirstLine: int64(s.FirstLine), LastLine: int64(s.LastLine),
			Lines: int64(s.Lines), Events: int64(len(s.Events)),
			WhoNS: b.who[i].namespace, WhoPod: b.who[i].pod, WhoCont: b.who[i].container, WhoNode: encode(b.c.Who[i].Node),
			AnchorBasis: a.Basis.String(), AnchorWhy: encode(a.Why)}
		if of := b.c.CopyOf[i]; of >= 0 {
			row.CopyOf = ptr(int32(of))
		}
		if a.Placed() {
			row.AnchorNS, row.AnchorErr = ptr(int64(a.Zero)), ptr(int64(a.Within))
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

const (
	coverage = "coverage"
	silence  = "silence"
)

func (b *builder) spans(emit func(*spanRow) error) error {
	for i := range b.c.Streams {
		for _, p := range b.c.Streams[i].Coverage {
			if err := emit(&spanRow{int32(i), coverage, int64(p.From), int64(p.To)}); err != nil {
				return err
			}
		}
		for _, p := range b.c.Streams[i].Silences {
			if err := emit(&spanRow{int32(i), silence, int64(p.From), int64(p.To)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) ties(emit func(*tieRow) error) error {
	for i := range b.c.Streams {
		for _, t := range b.c.Streams[i].Ties {
			r := t.Ref
			if err := emit(&tieRow{int32(i), int64(t.Own), int64(t.Wall), int32(r.Source), int64(r.Line), r.Off, int64(r.Len),
				int64(t.Within)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) facts(emit func(*factRow) error) error {
	for i := range b.c.Facts {
		f := &b.c.Facts[i]
		of := b.c.OfFact(f)
		if err := emit(&factRow{int32(f.Ref.Source), int64(f.Ref.Line), f.Ref.Off, int64(f.Ref.Len), micros(f.Time), int64(f.Time),
			int64(f.Within), b.name(f.Subject), b.name(f.Key), b.name(f.Value), encode(of.Namespace), encode(of.Pod),
			encode(of.Container)}); err != nil {
			return err
		}
	}
	return nil
}

// micros rounds a time down to microseconds.
func micros(t parse.Time) int64 {
	us := int64(t) / 1000
	if int64(t)%1000 < 0 {
		us--
	}
	return us
}

func (b *builder) series(emit func(*seriesRow) error) error {
	for i := range b.c.Series {
		s := &b.c.Series[i]
		row := seriesRow{SeriesID: int64(i), Metric: b.name(s.Metric), LabelsJSON: b.labels(s.Labels),
			SourceID: int32(s.Ref.Source), LineNo: int64(s.Ref.Line), Off: s.Ref.Off, Len: int64(s.Ref.Len), Samples: int64(len(s.Times))}
		for _, l := range s.Labels {
			switch b.name(l.Key) {
			case "namespace":
				row.Namespace = b.name(l.Value)
			case "pod":
				row.Pod = b.name(l.Value)
			}
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

// labels writes labels as an object, in their order.
func (b *builder) labels(list []parse.Label) string {
	var out strings.Builder
	out.WriteByte('{')
	for i, l := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(quote(b.name(l.Key)))
		out.WriteByte(':')
		out.WriteString(quote(b.name(l.Value)))
	}
	out.WriteByte('}')
	return out.String()
}

// quote is a string as JSON has it; it is valid UTF-8.
func quote(s string) string {
	q, _ := json.Marshal(s)
	return string(q)
}

func (b *builder) samples(emit func(*sampleRow) error) error {
	for i := range b.c.Series {
		s := &b.c.Series[i]
		for j, t := range s.Times {
			v := s.Values[j]
			if err := emit(&sampleRow{int64(i), micros(parse.Time(t)), t, v, isStale(v)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) volume(emit func(*volumeRow) error) error {
	for i := range b.c.Streams {
		for _, m := range b.c.Streams[i].Volume {
			if err := emit(&volumeRow{int32(i), int64(m.At), int64(m.Lines)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) notes(emit func(*noteRow) error) error {
	for _, m := range b.c.Marks() {
		row := noteRow{Kind: "note", About: encode(m.Source), SourceID: -1, Text: encode(m.Signed())}
		if m.Ref != nil {
			row.SourceID, row.LineNo = int32(m.Ref.Source), int64(m.Ref.Line)
		}
		switch {
		case m.Own:
			row.Kind, row.UptimeNS = "mark", int64(m.At)
		case m.At != 0:
			row.Kind, row.TS, row.TSNS = "mark", micros(m.At), int64(m.At)
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

// severalZones stands for zones that do not agree.
const severalZones = "several"

// printedZone is what a source's lines say of its zone; nothing where none does.
func printedZone(z *parse.ZoneSeen) string {
	switch {
	case z.Lines == 0:
		return ""
	case z.Split:
		return severalZones
	}
	return z.Printed()
}
