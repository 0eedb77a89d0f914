package casefile

import (
	"errors"
	"math"

	"faultline/correlate"
	"faultline/parse"
)

// staleNaN is Prometheus' mark of a series that ended (model/value/value.go).
const staleNaN = 0x7ff0000000000002

func isStale(v float64) bool { return math.Float64bits(v) == staleNaN }

func (b *builder) events(emit func(*eventRow) error) error {
	var row eventRow
	var within int64
	for id, p := range ordered(b.c) {
		b.event(&row, id, p)
		if o := &b.who[p.Stream]; o.placed {
			e := b.c.At(p)
			at := e.Time + o.zero
			within = int64(o.within + e.Grain.Width()/2)
			row.TS, row.TSNS, row.TSErr = micros(at), int64(at), ptr(within)
		} else {
			row.TS, row.TSNS, row.TSErr = 0, 0, nil
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

// event fills everything but the wall time.
func (b *builder) event(row *eventRow, id int64, p correlate.Point) {
	e, o := b.c.At(p), &b.who[p.Stream]
	row.EventID, row.Own, row.Grain = id, int64(e.Time), int64(e.Grain.Width())
	row.Kind, row.SeverityText = b.kinds[e.Kind], e.Severity.String()
	row.SeverityNo = correlate.SeverityNumber(e.Severity)
	row.Target, row.Fact, row.Class, row.ErrorType = b.name(e.Target), b.name(e.Fact), int32(e.Class), correlate.ErrorType(e)
	row.Value, row.Status = e.Value, correlate.HTTPStatus(e)
	row.DurationNS, row.Count = int64(e.Lasted), int64(e.Count)
	row.Repeats = b.c.Repeats(int(p.Stream), int(p.Event))
	row.Failure = b.failed[p.Stream].has(p.Event)
	row.StreamID, row.SourceID = int32(p.Stream), o.source
	row.LineNo, row.Off, row.Len, row.Print = int64(e.Line), e.Off, int64(e.Len), int64(e.Print)
	row.Namespace, row.Pod, row.Container = o.namespace, o.pod, o.container
	if about(e.Kind) {
		who := b.c.Whose(p)
		row.Namespace, row.Pod, row.Container = encode(who.Namespace), encode(who.Pod), encode(who.Container)
	}
}

// about says whether an event of a kind is about a process that it names.
func about(k parse.Kind) bool {
	switch k {
	case parse.KubeletProbeFailed, parse.KubeletReadiness, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated:
		return true
	}
	return false
}

// spot is where a line begins.
type spot struct {
	source uint32
	off    int64
}

// lines gives each event's line, in the order of the events, then the lines
// that facts and clocks rest on, or that are cited, and on which no event stands.
func (b *builder) lines(emit func(*lineRow) error) error {
	wanted := map[spot]parse.Ref{}
	for r := range beside(b.c) {
		wanted[spot{r.Source, r.Off}] = r
	}
	for id, p := range ordered(b.c) {
		r := b.c.Ref(p)
		if len(wanted) > 0 {
			delete(wanted, spot{r.Source, r.Off})
		}
		if b.left.drops(b, p) {
			continue
		}
		row := lineRow{EventID: ptr(id), SourceID: int32(r.Source), LineNo: int64(r.Line), Off: r.Off, Len: int64(r.Len)}
		text, err := b.text.Line(b.c.Capture, r)
		if errors.Is(err, ErrLeftOut) {
			continue
		}
		if err != nil {
			row.Unread = encode(err.Error())
		} else {
			row.Body = encode(string(text))
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	for _, r := range sortedRefs(wanted) {
		text, err := b.text.Line(b.c.Capture, r)
		if err != nil {
			continue // what is no event was not kept
		}
		row := lineRow{SourceID: int32(r.Source), LineNo: int64(r.Line), Off: r.Off, Len: int64(r.Len), Body: encode(string(text))}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}
