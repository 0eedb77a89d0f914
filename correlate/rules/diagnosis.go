package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

// Diagnosis is what a rule says of why something failed, as docs/diagnoses.md
// has it.
type Diagnosis struct {
	// Code is its name in the contract.
	Code string
	// Where it arises, and What it is in one line.
	Where correlate.Where
	What  string
	// Title and Says are the finding's sentences, with {what} and the like
	// filled in; Mild ones are context by themselves.
	Title, Says string
	Mild        bool
	// Evidence is what speaks for it, Against what is checked against it, Sure
	// by what it gets its confidence.
	Evidence, Against, Sure string
	// Next are the steps, most useful first; {target} and {addr} are filled in.
	Next []string
	// Never is what must not be read into it, Source where the facts are from.
	Never, Source string
	// Rivals are the codes that look alike.
	Rivals []string
}

// finding begins a finding of a diagnosis that no group of sights speaks for.
func (d *Diagnosis) finding(s correlate.Severity, c correlate.Confidence) correlate.Finding {
	return correlate.Finding{Diagnosis: d.Code, Where: d.Where, Rivals: d.Rivals, Severity: s, Confidence: c,
		Detail: plain(d.Says), Next: plainly(d.Next), Facets: map[string]string{}}
}

// group is what speaks for one diagnosis in one case.
type group struct {
	p     *Pass
	code  string
	list  []sight
	n     int // events
	asked int // of them failed requests
	// targets and addrs are whom it happened to and what was dialled, most
	// first.
	targets, addrs, words []named
	sure                  correlate.Confidence
}

type named struct {
	name string
	n    int
}

// group sums up some sights.
func (p *Pass) group(code string, list []sight) *group {
	g := &group{p: p, code: code, list: list}
	targets, addrs, words := map[string]int{}, map[string]int{}, map[string]int{}
	for _, s := range list {
		r := p.as(s)
		g.n += int(s.n)
		if r.request {
			g.asked += int(s.n)
		}
		g.sure = max(g.sure, r.sure)
		if t := strings.TrimPrefix(p.targetOf(s), "/"); t != "" { // a pod whose namespace is not told
			targets[t] += int(s.n)
		}
		if a := p.addrOf(s); a != "" {
			addrs[a] += int(s.n)
		}
		if r.text != "" {
			words[r.text] += int(s.n)
		}
	}
	g.targets, g.addrs, g.words = ranked(targets), ranked(addrs), ranked(words)
	return g
}

func ranked(m map[string]int) (out []named) {
	for k, n := range m {
		out = append(out, named{k, n})
	}
	slices.SortFunc(out, func(a, b named) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name)) })
	return out
}

// top is the first of some names, "" for none.
func top(list []named) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].name
}

// some names the first few of a list: "a, b and 3 more".
func some(list []named, most int) string {
	var out []string
	for i, x := range list {
		if i == most {
			return strings.Join(out, ", ") + fmt.Sprintf(" and %d more", len(list)-i)
		}
		out = append(out, x.name)
	}
	return strings.Join(out, ", ")
}

// what counts in words: "3 requests", or "3 attempts" where no request was seen.
func (g *group) what() string {
	if g.asked > 0 {
		return words.Count(g.asked, "request", "requests")
	}
	return words.Count(g.n, "attempt", "attempts")
}

// to names the targets behind a word: " to a, b and 3 more"; "" without one.
func (g *group) to(word string) string {
	names := g.targets
	if len(names) == 0 {
		names = g.addrs
	}
	if len(names) == 0 {
		return ""
	}
	return " " + word + " " + some(names, 2)
}

// took says how long they took: alike, or spread.
func (g *group) took() (median time.Duration, alike bool) {
	var all []float64
	for _, s := range g.list {
		d := g.p.as(s).took
		if d == 0 {
			d = g.p.At(s.Point).Lasted
		}
		if d > 0 {
			all = append(all, float64(d))
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	mid := all[len(all)/2]
	return time.Duration(mid), all[0] >= mid*0.9-6e7 && all[len(all)-1] <= mid*1.1+6e7
}

// every says whether all of the group means what is asked for.
func (g *group) every(is func(*reading) bool) bool {
	return !slices.ContainsFunc(g.list, func(s sight) bool { return !is(g.p.as(s)) })
}

// tellers is how many logs hold what passes, and for how long they tell of it.
func (g *group) tellers(want func(*reading) bool) (logs int, lasted parse.Time) {
	in := map[uint32]bool{}
	var first parse.Time
	for _, s := range g.list {
		if !want(g.p.as(s)) {
			continue
		}
		if len(in) == 0 {
			first = s.at
		}
		in[s.Stream], lasted = true, s.at-first
	}
	return len(in), lasted
}

// finding begins a finding of the group; title and detail are to be filled in.
func (g *group) finding(d *Diagnosis) correlate.Finding {
	f := correlate.Finding{Diagnosis: g.code, Where: d.Where, Severity: correlate.Warning, Confidence: g.sure,
		Count: g.n, Rivals: d.Rivals, Facets: map[string]string{}, Evidence: g.proof(), Title: g.fill(d.Title), Detail: g.fill(d.Says)}
	if d.Mild {
		f.Severity = correlate.Info
	}
	for _, s := range g.list {
		if !s.placed {
			continue
		}
		if f.First == 0 {
			f.First = s.at
		}
		f.First, f.Last = min(f.First, s.at), max(f.Last, s.at)
	}
	if t := top(g.targets); t != "" {
		f.Facets["target"] = t
	}
	if a := top(g.addrs); a != "" {
		f.Facets["addr"] = a
	}
	for _, n := range d.Next {
		f.Next = append(f.Next, g.fill(n))
	}
	return f
}

// proof cites the first lines, one of each wording, and the last.
func (g *group) proof() []correlate.Evidence {
	var list []parse.Ref
	worded := map[int32]bool{}
	for _, s := range g.list {
		if len(list) < maxEvidence-1 && !worded[s.as] {
			worded[s.as] = true
			list = append(list, g.p.Ref(s.Point))
		}
	}
	for _, s := range g.list {
		if len(list) >= maxEvidence-1 {
			break
		}
		list = append(list, g.p.Ref(s.Point))
	}
	if n := len(g.list); n > 0 {
		list = append(list, g.p.Ref(g.list[n-1].Point))
	}
	return refs(list...)
}

// tells makes a rule of a diagnosis: what its sights came to. more, if set,
// changes the finding, and empties its title to take it back.
func tells(d Diagnosis, more func(p *Pass, g *group, f *correlate.Finding)) *Rule {
	r := &Rule{Name: d.Code, Doc: words.Upper(d.What) + ".\n" + plain(d.Says), Diagnosis: &d, Needs: needsAt[d.Where]}
	r.Apply = func(p *Pass) []correlate.Finding {
		list := p.sights[d.Code]
		if len(list) == 0 {
			if f, ok := p.counted(r); ok {
				return []correlate.Finding{f}
			}
			return nil
		}
		g := p.group(d.Code, list)
		f := g.finding(&d)
		if more != nil {
			more(p, g, &f)
		}
		if f.Title == "" {
			return nil
		}
		if f.Confidence == correlate.Low {
			f.Severity = correlate.Info
		}
		return []correlate.Finding{f}
	}
	return r
}
