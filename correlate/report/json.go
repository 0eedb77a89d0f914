package report

import (
	"encoding/json"
	"io"
	"math"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/parse"
	"faultline/parse/formats"
)

// Schema names the JSON that [WriteJSON] writes.
const Schema = "faultline.report/v1"

// Report is a case as other programs read it (docs/report.md). Numbers that
// could not be computed are null.
type Report struct {
	Schema      string      `json:"schema"`
	Version     string      `json:"version"`
	Verdict     Verdict     `json:"verdict"`
	Environment []Component `json:"environment"`
	Sources     []Source    `json:"sources"`
	// Holes are what counts as not captured although logs go on behind it.
	Holes        []Hole        `json:"holes"`
	Events       Counts        `json:"events"`
	Incidents    []Incident    `json:"incidents"`
	Periods      []Period      `json:"periods"`
	Associations []Association `json:"associations"`
	Signs        Signs         `json:"signs"`
	When         When          `json:"when"`
	Findings     []Finding     `json:"findings"`
	// ByStatus counts the failed requests that were read, whether they count as
	// failures or not; "unknown": without a status.
	ByStatus map[string]int `json:"failures_by_status"`
	// Steady are targets and processes that fail at a steady rate beside the
	// incidents, which they do not form.
	Steady []Steady `json:"steady"`
	// Unexplained are lines of level error and fatal that are in no event,
	// Harmless those of them of which it is known that they do no harm.
	Unexplained []Unexplained `json:"unexplained"`
	Harmless    []Harmless    `json:"harmless"`
	Leads       []string      `json:"leads"`
	Missing     []string      `json:"missing"`
	Limits      []string      `json:"limits"`
}

// Verdict is the answer.
type Verdict struct {
	// Headline and Sentences are the first screen, as every form of the report
	// has it; Sentence is the statement with its figures.
	Headline  string   `json:"headline"`
	Sentences []string `json:"sentences"`
	Code      string   `json:"code"`
	Sentence  string   `json:"sentence"`
	Next      string   `json:"next"`
	Reason    *string  `json:"reason"`
	Diagnosis *string  `json:"diagnosis"`
}

// Steady is what fails at a steady rate.
type Steady struct {
	Name     string `json:"name"`
	Of       string `json:"of"`
	Failures int    `json:"failures"`
	First    string `json:"first"`
	Last     string `json:"last"`
}

// Component is a program whose version or replicas the dump tells.
type Component struct {
	Component string         `json:"component"`
	Version   *string        `json:"version"`
	LogLevel  *string        `json:"log_level"`
	Replicas  *int           `json:"replicas"`
	CPULimit  *string        `json:"cpu_limit"`
	Objects   map[string]int `json:"objects"`
	Evidence  []Evidence     `json:"evidence"`
}

// Counts counts the events by kind.
type Counts struct {
	Total  int            `json:"total"`
	ByKind map[string]int `json:"by_kind"`
}

// Incident is a burst of failures.
type Incident struct {
	ID          string         `json:"id"`
	Start       *string        `json:"start"`
	End         *string        `json:"end"`
	Uncertainty *float64       `json:"uncertainty_s"`
	Uptime      *float64       `json:"uptime_s"`
	Clock       string         `json:"clock"`
	Failures    int            `json:"failures"`
	By          map[string]int `json:"failures_by"`
	Targets     []string       `json:"targets"`
	Signature   string         `json:"signature"`
	Stalls      int            `json:"stalls"`
	Probes      int            `json:"probes"`
	Lag         *float64       `json:"lag_s"`
	Process     *string        `json:"process"`
	Period      *string        `json:"period"`
	Cycle       *int           `json:"cycle"`
	Phase       *float64       `json:"phase_s"`
	Where       *string        `json:"where"`
	Diagnosis   *string        `json:"diagnosis"`
	Evidence    []Evidence     `json:"evidence"`
}

// Period is whether something has a period.
type Period struct {
	ID         string      `json:"id"`
	Of         string      `json:"of"`
	Scope      string      `json:"scope"`
	Verdict    string      `json:"verdict"`
	Tested     float64     `json:"tested_s"`
	Period     *float64    `json:"period_s"`
	CI         *[2]float64 `json:"ci_s"`
	P          *float64    `json:"p"`
	Statistic  *string     `json:"statistic"`
	Value      *float64    `json:"value"`
	Onsets     int         `json:"onsets"`
	Ticks      *int        `json:"ticks"`
	Hits       *int        `json:"hits"`
	Phase      *string     `json:"phase"`
	Phases     string      `json:"phases"`
	AnchoredTo string      `json:"anchored_to"`
	Mechanisms []Mechanism `json:"mechanisms"`
	Need       *string     `json:"need"`
	// ByProcess are the processes whose stalls keep it, PhaseP the chance that
	// unrelated phases would fit their starts as well.
	ByProcess []ProcessPeriod `json:"by_process"`
	PhaseP    *float64        `json:"phase_p"`
}

// ProcessPeriod is one process's share in a period. Phase is how long after a whole
// number of periods since its start the ticks lie; null without a start.
type ProcessPeriod struct {
	Process string   `json:"process"`
	Phase   *float64 `json:"phase_s"`
	Period  *float64 `json:"period_s"`
	Hits    int      `json:"hits"`
	Ticks   int      `json:"ticks"`
	Agrees  bool     `json:"agrees"`
}

// Mechanism is something that has the period.
type Mechanism struct {
	Name       string   `json:"name"`
	Period     float64  `json:"period_s"`
	Compatible bool     `json:"compatible"`
	Distance   *float64 `json:"phase_distance_s"`
	Why        string   `json:"why"`
}

// Association is how often one thing follows another.
type Association struct {
	Of        string     `json:"of"`
	With      string     `json:"with"`
	Within    [2]float64 `json:"within_s"`
	Observed  int        `json:"observed"`
	Expected  *float64   `json:"expected"`
	N         int        `json:"n"`
	P         *float64   `json:"p"`
	PAdjusted *float64   `json:"p_adjusted"`
	MedianLag *float64   `json:"median_lag_s"`
	Verdict   string     `json:"verdict"`
	Sentence  string     `json:"sentence"`
	Table     *[2][2]int `json:"cycles"`
	// LagCI bounds the median lag at 95 %; Reverse is how many of With begin
	// within the window after one of Of, with what chance expects and p.
	LagCI           *[2]float64 `json:"lag_ci_s"`
	Reverse         int         `json:"reverse"`
	ReverseExpected *float64    `json:"reverse_expected"`
	ReverseP        *float64    `json:"reverse_p"`
	// ByLoad are the cycles by thirds of a measure of load.
	ByLoad *loadStrata `json:"by_load"`
}

type loadStrata struct {
	By     string       `json:"by"`
	Thirds [3][2][2]int `json:"thirds"`
	P      *float64     `json:"p"`
}

// WriteJSON writes the whole case.
func WriteJSON(w io.Writer, c *correlate.Case, text Text, version string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(Of(c, text, version))
}

// Of gives the whole case as other programs read it.
func Of(c *correlate.Case, text Text, version string) Report {
	r := Report{Schema: Schema, Version: version,
		Verdict:     verdictOf(c),
		Environment: environment(c), Sources: Sources(c), Holes: holesOf(c), Findings: findings(c),
		Incidents: []Incident{}, Periods: []Period{}, Associations: []Association{},
		ByStatus: c.Seen.ByStatus, Leads: list(c.Leads), Missing: list(c.Missing), Limits: list(c.Limits)}
	r.Events = Counts{c.Total, map[string]int{}}
	for k, n := range c.ByKind {
		r.Events.ByKind[c.KindName(k)] = n
	}
	for i := range c.Incidents {
		r.Incidents = append(r.Incidents, incidentOf(c, &c.Incidents[i]))
	}
	for i := range c.Periods {
		r.Periods = append(r.Periods, periodOf(&c.Periods[i]))
	}
	for i := range c.Associations {
		r.Associations = append(r.Associations, associationOf(&c.Associations[i]))
	}
	r.Steady = []Steady{}
	for _, one := range c.Steady {
		of := "target"
		if one.OfProcess {
			of = "process"
		}
		r.Steady = append(r.Steady, Steady{one.Name, of, one.Failures, Stamp(one.First, 0), Stamp(one.Last, 0)})
	}
	r.Unexplained, r.Harmless = unexplained(c, text)
	r.Signs, r.When = signsOf(c), whenOf(c)
	return r
}

func verdictOf(c *correlate.Case) Verdict {
	a := Say(c, nil)
	return Verdict{Headline: a.Headline, Sentences: a.Sentences(), Code: string(c.Verdict.Code), Sentence: c.Verdict.Sentence,
		Next: c.Verdict.Next, Reason: optional(string(c.Verdict.Reason)), Diagnosis: optional(c.Verdict.Diagnosis)}
}

func list(s []string) []string { return append([]string{}, s...) }

// finite is a number that JSON can hold.
func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}

func secondsOf(d time.Duration) *float64 { return finite(d.Seconds()) }

func incidentOf(c *correlate.Case, in *correlate.Incident) Incident {
	out := Incident{ID: in.ID, Failures: in.Failures, By: map[string]int{}, Targets: []string{}, Signature: in.Signature.String(),
		Stalls: in.Stalls, Probes: in.Probes, Clock: "wall", Where: optional(string(in.Where)), Diagnosis: optional(in.Diagnosis),
		Evidence: []Evidence{}}
	if !in.Clock.OnWall() {
		out.Clock = c.SourceName(int(in.Clock))
		out.Uptime = finite(float64(in.Start) / 1e9)
	} else {
		s, e := Stamp(in.Start, in.Within), Stamp(in.End, in.Within)
		out.Start, out.End, out.Uncertainty = &s, &e, secondsOf(in.Within)
	}
	for k, n := range in.By {
		out.By[c.KindName(k)] = n
	}
	for _, t := range in.Targets {
		out.Targets = append(out.Targets, t.Name)
	}
	if in.Lag != nil {
		out.Lag = secondsOf(*in.Lag)
	}
	out.Process = optional(in.Process)
	if in.Period != "" {
		out.Period, out.Cycle, out.Phase = &in.Period, &in.Cycle, secondsOf(in.Phase)
	}
	for _, p := range in.Proof {
		out.Evidence = append(out.Evidence, evidence(c, []parse.Ref{c.Ref(p)})...)
	}
	return out
}

func periodOf(p *correlate.Period) Period {
	out := Period{ID: p.ID, Of: string(p.Of), Scope: p.Scope, Verdict: string(p.Verdict), Tested: p.Nominal.Seconds(), Onsets: p.Onsets,
		Phases: "one", AnchoredTo: string(p.AnchoredTo), Mechanisms: []Mechanism{}, ByProcess: []ProcessPeriod{}}
	if p.SeveralPhases {
		out.Phases = "several"
	}
	if s, ci, ok := p.Seconds(); ok {
		out.Period = finite(s)
		if ci[1] > 0 {
			out.CI = &ci
		}
		if p.Clock.OnWall() && len(p.Combs()) > 0 {
			at := Stamp(p.Phase, time.Millisecond)
			out.Phase = &at
		}
	}
	if name, v, ok := p.Statistic(); ok {
		out.Statistic, out.Value = &name, finite(v)
	}
	if p.Verdict != stat.Insufficient {
		out.P = finite(p.PHolm)
	}
	if ticks, hits, ok := p.TicksHit(); ok {
		out.Ticks, out.Hits = &ticks, &hits
	}
	if p.Need > 0 {
		need := needs(p.Need)
		out.Need = &need
	}
	if p.PhaseP != nil {
		out.PhaseP = finite(*p.PhaseP)
	}
	for i := range p.By {
		b := &p.By[i]
		one := ProcessPeriod{Process: b.Process, Period: finite(b.Period), Hits: b.Hits, Ticks: b.Ticks, Agrees: b.Agrees}
		if b.Late != nil {
			one.Phase = secondsOf(*b.Late)
		}
		out.ByProcess = append(out.ByProcess, one)
	}
	for _, m := range p.Mechanisms {
		one := Mechanism{Name: m.Name, Period: m.Period.Seconds(), Compatible: m.Compatible, Why: m.Why}
		if m.Note != "" {
			one.Why += "; " + m.Note
		}
		if m.Distance != nil {
			one.Distance = secondsOf(*m.Distance)
		}
		out.Mechanisms = append(out.Mechanisms, one)
	}
	return out
}

func needs(n int) string {
	if n == 1 {
		return "about 1 more cycle"
	}
	return "about " + itoa(n) + " more cycles"
}

func associationOf(a *correlate.Association) Association {
	out := Association{Of: a.Of, With: a.With, Within: [2]float64{a.Within[0].Seconds(), a.Within[1].Seconds()},
		Observed: a.Observed, N: a.N, P: a.P, PAdjusted: a.PAdjusted, Verdict: string(a.Verdict), Sentence: a.Sentence}
	if a.P != nil {
		out.Expected = finite(a.Expected)
	}
	if a.Lag != nil {
		out.MedianLag = finite(a.Lag.Median)
	}
	if a.Table != nil {
		t := [2][2]int(*a.Table)
		out.Table = &t
	}
	if a.Lag != nil && a.Lag.HasCI {
		out.LagCI = &a.Lag.CI
	}
	if b := a.Backward; b != nil {
		out.Reverse, out.ReverseExpected, out.ReverseP = b.K, finite(b.Expected), finite(b.P)
	}
	if l := a.ByLoad; l != nil {
		out.ByLoad = &loadStrata{By: l.By, P: finite(l.P)}
		for i, t := range l.Tables {
			out.ByLoad.Thirds[i] = t
		}
	}
	return out
}

// environment is what the dump tells of the programs it comes from.
func environment(c *correlate.Case) []Component {
	dest := Component{Component: "destination", Objects: map[string]int{}, Evidence: []Evidence{}}
	proxy := Component{Component: "proxy", Objects: map[string]int{}, Evidence: []Evidence{}}
	pods := map[string]bool{}
	for s := range c.Streams {
		if formats.Of(c.Streams[s].Format).Component == parse.ComponentController && c.CopyOf[s] < 0 && c.Who[s].Pod != "" {
			pods[c.Who[s].Pod] = true
		}
	}
	if n := len(pods); n > 0 {
		dest.Replicas = &n
	}
	for _, f := range c.Facts {
		if c.Name(f.Key) != parse.FactVersion {
			continue
		}
		to, v := &dest, c.Name(f.Value)
		if p, ok := strings.CutPrefix(v, "proxy "); ok {
			to, v = &proxy, p
		}
		if to.Version == nil {
			to.Version = &v
			to.Evidence = evidence(c, []parse.Ref{f.Ref})
		}
	}
	out := []Component{}
	for _, k := range []Component{dest, proxy} {
		if k.Version != nil || k.Replicas != nil {
			out = append(out, k)
		}
	}
	return out
}
