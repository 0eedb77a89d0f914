package casefile

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/parse"
)

func (b *builder) incidents(emit func(*incidentRow) error) error {
	for i := range b.c.Incidents {
		in := &b.c.Incidents[i]
		row := incidentRow{IncidentID: in.ID, ErrNS: int64(in.Within), OwnStart: int64(in.Start), OwnEnd: int64(in.End),
			Failures: int64(in.Failures), Signature: in.Signature.String(), Stalls: int64(in.Stalls), Probes: int64(in.Probes),
			Continuous: in.Continuous, Where: string(in.Where), Diagnosis: in.Diagnosis, PeriodID: in.Period, Cycle: int64(in.Cycle),
			PhaseNS: int64(in.Phase)}
		if in.Clock.OnWall() {
			row.StartTS, row.EndTS, row.StartNS, row.EndNS = micros(in.Start), micros(in.End), int64(in.Start), int64(in.End)
		} else {
			row.StreamID = ptr(int32(in.Clock))
		}
		by := map[string]int{}
		for k, n := range in.By {
			by[b.kinds[k]] = n
		}
		row.FailuresBy = asJSON(by)
		targets := [][2]any{}
		for _, t := range in.Targets {
			targets = append(targets, [2]any{encode(t.Name), t.Failures})
		}
		row.Targets = asJSON(targets)
		if len(in.Targets) > 0 {
			row.Target = encode(in.Targets[0].Name)
		}
		if in.Lag != nil {
			row.LagNS = ptr(int64(*in.Lag))
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

// asJSON writes what has no number that JSON lacks. Keys are sorted.
func asJSON(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and whole numbers only
	}
	return string(out)
}

func (b *builder) periods(emit func(*periodRow) error) error {
	for i := range b.c.Periods {
		p := &b.c.Periods[i]
		row := periodRow{PeriodID: p.ID, Of: string(p.Of), Scope: encode(p.Scope), Verdict: string(p.Verdict), TestedNS: int64(p.Nominal),
			Onsets: int64(p.Onsets), AnchoredTo: string(p.AnchoredTo), Need: int64(p.Need)}
		if s, ci, ok := p.Seconds(); ok {
			row.PeriodNS = nanos(s)
			if ci[1] > 0 {
				row.CILowNS, row.CIHighNS = nanos(ci[0]), nanos(ci[1])
			}
			if p.Confirm != nil && p.Clock.OnWall() && !p.SeveralPhases {
				row.PhaseNS = ptr(int64(p.Phase))
			}
		}
		if ticks, hits, ok := p.TicksHit(); ok {
			row.Cycles, row.Hits = ptr(int64(ticks)), ptr(int64(hits))
		}
		if p.Verdict != stat.Insufficient {
			row.P = finite(p.PHolm)
		}
		if name, v, ok := p.Statistic(); ok {
			row.Statistic, row.Value = name, finite(v)
		}
		var fits []string
		for _, m := range p.Fitting() {
			fits = append(fits, m.Name)
		}
		row.Fits = encode(strings.Join(fits, "; "))
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

func nanos(s float64) *int64 { return ptr(int64(math.Round(s * float64(time.Second)))) }

func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}

func (b *builder) associations(emit func(*associationRow) error) error {
	for i := range b.c.Associations {
		a := &b.c.Associations[i]
		row := associationRow{Of: a.Of, With: a.With, FromNS: int64(a.Within[0]), ToNS: int64(a.Within[1]), Observed: int64(a.Observed),
			N: int64(a.N), Reverse: int64(a.Reverse), Verdict: string(a.Verdict), Sentence: encode(a.Sentence)}
		if a.P != nil {
			row.P, row.Expected = finite(*a.P), finite(a.Expected)
		}
		if a.Lag != nil && finite(a.Lag.Median) != nil {
			row.LagNS = nanos(a.Lag.Median)
		}
		if err := emit(&row); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) findings(emit func(*findingRow) error) error {
	for i := range b.c.Findings {
		f := &b.c.Findings[i]
		next := []string{}
		for _, s := range f.Next {
			next = append(next, encode(s))
		}
		facets := map[string]string{}
		for k, v := range f.Facets {
			facets[k] = encode(v)
		}
		if err := emit(&findingRow{f.ID, f.Rule, f.Severity.String(), f.Confidence.String(), encode(f.Title), encode(f.Detail),
			encode(f.Query), asJSON(next), f.Diagnosis, string(f.Where), asJSON(facets), int64(f.Count), int64(f.First), int64(f.Last),
			asJSON(append([]string{}, f.Rivals...))}); err != nil {
			return err
		}
	}
	return nil
}

// evidence links what was judged to the events, lines and samples behind it.
func (b *builder) evidence(emit func(*evidenceRow) error) error {
	rows := b.citations()
	at := map[spot]*int64{}
	for i := range rows {
		at[spot{uint32(rows[i].SourceID), rows[i].Off}] = nil
	}
	for id, p := range ordered(b.c) {
		r := b.c.Ref(p)
		if had, wanted := at[spot{r.Source, r.Off}]; wanted && had == nil {
			at[spot{r.Source, r.Off}] = ptr(id)
		}
	}
	for i := range rows {
		if rows[i].SeriesID == nil {
			rows[i].EventID = at[spot{uint32(rows[i].SourceID), rows[i].Off}]
		}
		if err := emit(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) citations() (rows []evidenceRow) {
	cite := func(table, id, role string, e correlate.Evidence) {
		row := evidenceRow{OfTable: table, OfID: id, Role: role, SourceID: int32(e.Ref.Source), LineNo: int64(e.Ref.Line), Off: e.Ref.Off}
		if e.Series > 0 {
			row.SeriesID = ptr(int64(e.Series - 1))
			row.FromNS, row.ToNS = int64(e.From), int64(e.To)
		}
		rows = append(rows, row)
	}
	for i := range b.c.Incidents {
		for _, p := range b.c.Incidents[i].Proof {
			cite("incidents", b.c.Incidents[i].ID, "proof", correlate.Evidence{Ref: b.c.Ref(p)})
		}
	}
	for s := range b.c.Anchors {
		for _, r := range b.c.Anchors[s].Proof {
			cite("streams", strconv.Itoa(s), "proof", correlate.Evidence{Ref: r})
		}
	}
	for i := range b.c.Findings {
		f := &b.c.Findings[i]
		for _, e := range f.Evidence {
			cite("findings", f.ID, "proof", e)
		}
		for _, e := range f.Against {
			cite("findings", f.ID, "against", e)
		}
	}
	return rows
}

// sortedRefs are references in the order of the sources and lines.
func sortedRefs(m map[spot]parse.Ref) []parse.Ref {
	out := make([]parse.Ref, 0, len(m))
	for _, r := range m {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b parse.Ref) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Off, b.Off))
	})
	return out
}
