package report

import (
	"time"

	"faultline/correlate"
)

// When is what is known of load, of hours of the day, and of changes.
type When struct {
	Load  []Load  `json:"load"`
	Hours []Hour  `json:"hours"` // of the day, UTC
	Since []Since `json:"since"`
	Scale *Scale  `json:"scale"`
}

// Load says whether incidents come in busier cycles, by one measure.
type Load struct {
	By      string   `json:"by"`
	Verdict string   `json:"verdict"`
	Cycles  int      `json:"cycles"`
	Missing int      `json:"missing"`
	AUC     *float64 `json:"auc"`
	P       *float64 `json:"p"`
	// Active is the AUC among cycles with a stall.
	Active *float64 `json:"auc_with_stall"`
	// Halves count cycles: the busier half and the other, with an incident and without.
	Halves   *[2][2]int `json:"halves"`
	Sentence string     `json:"sentence"`
}

// Hour is one hour of the day over all days captured.
type Hour struct {
	Hour      int     `json:"hour"`
	Captured  float64 `json:"captured_h"`
	Incidents int     `json:"incidents"`
	Failures  int     `json:"failures"`
	Stalls    int     `json:"stalls"`
}

// Since is a time at which a rate changed.
type Since struct {
	Of          string     `json:"of"`
	At          string     `json:"at"`
	Uncertainty *float64   `json:"uncertainty_s"`
	N           [2]int     `json:"n"`
	Hours       [2]float64 `json:"hours"`
	More        bool       `json:"more"`
	P           *float64   `json:"p"`
	WithinADay  bool       `json:"within_a_day"`
	Sentence    string     `json:"sentence"`
}

// Scale is what the stalls did when the number of replicas changed.
type Scale struct {
	At       string     `json:"at"`
	Replicas [2]int     `json:"replicas"`
	Beta     float64    `json:"beta"`
	BetaCI   [2]float64 `json:"beta_ci"`
	Verdict  string     `json:"verdict"`
	Sentence string     `json:"sentence"`
	Evidence []Evidence `json:"evidence"`
}

func whenOf(c *correlate.Case) When {
	w := When{Load: []Load{}, Hours: []Hour{}, Since: []Since{}}
	for _, l := range c.Load {
		one := Load{By: l.By, Verdict: string(l.Verdict), Cycles: l.Cycles, Missing: l.Missing, Sentence: l.Sentence}
		if l.Overall != nil {
			halves := [2][2]int(l.Table)
			one.AUC, one.P, one.Halves = finite(l.Overall.Area), finite(l.P), &halves
		}
		if l.Active != nil {
			one.Active = finite(l.Active.Area)
		}
		w.Load = append(w.Load, one)
	}
	for _, h := range c.Hours {
		w.Hours = append(w.Hours, Hour{h.Hour, h.Captured, h.Incidents, h.Failures, h.Stalls})
	}
	w.Since = sinceOf(c)
	if k := c.Scale; k != nil {
		w.Scale = &Scale{At: Stamp(k.At, time.Second), Replicas: k.Replicas, Beta: k.Beta, BetaCI: k.BetaCI, Verdict: string(k.Verdict),
			Sentence: k.Sentence, Evidence: evidence(c, k.Proof)}
	}
	return w
}

// Signs tell mechanisms of stalls apart.
type Signs struct {
	Bursts    int      `json:"bursts"`
	Falls     int      `json:"depth_falls"`
	Stairs    int      `json:"depth_climbs"`
	Unclear   int      `json:"depth_unclear"`
	Relists   *int     `json:"after_broken_watch"`
	Together  *int     `json:"with_another_replica"`
	Sentences []string `json:"sentences"`
}

func signsOf(c *correlate.Case) Signs {
	s := Signs{Bursts: c.Signs.Bursts, Falls: c.Signs.Falls, Stairs: c.Signs.Stairs, Unclear: c.Signs.Unclear,
		Sentences: list(c.Signs.Sentences)}
	if t := c.Signs.Relists; t != nil {
		s.Relists = &t.K
	}
	if t := c.Signs.Together; t != nil {
		s.Together = &t.K
	}
	return s
}

func sinceOf(c *correlate.Case) []Since {
	out := []Since{}
	for _, s := range c.Since {
		out = append(out, Since{Of: s.Of, At: Stamp(s.At, time.Second), Uncertainty: secondsOf(s.Within), N: s.N, Hours: s.Hours, More: s.More,
			P: finite(s.Ratio.P), WithinADay: s.WithinADay, Sentence: s.Sentence})
	}
	return out
}
