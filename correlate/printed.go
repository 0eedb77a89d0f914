package correlate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
)

// ages are what tables of pods print of how long ago something was.
type ages struct {
	// ended are the facts about the latest end of a container, by pod.
	ended map[string][]parse.Fact
	// printed is when the tables of a source were printed, where another file
	// tells the times of what the ages count from.
	printed map[uint32]taken
}

// mostAges bounds how many ages of one source are compared with each other.
const mostAges = 400

// since is where the moment lies at which a table was printed, by one age of it.
type since struct {
	from, to parse.Time
	proof    [2]parse.Ref
}

// toldTimes are what files tell with its time: what happened to whom, "created
// shop/web-0", "started shop/web-0/web".
type toldTimes struct {
	at map[string][]parse.Fact
	// named is the pod of that name, "" where several namespaces have one.
	named map[string]string
}

// started is what happened when a container started.
const started = "started"

func toldTimesOf(c *parse.Capture) toldTimes {
	m := toldTimes{map[string][]parse.Fact{}, map[string]string{}}
	for _, f := range c.Facts {
		what := timeOf(c, f)
		if what == "" {
			continue
		}
		of, _ := subject(c, f)
		pod := of.Namespace + "/" + of.Pod
		whom := pod
		if what == started {
			whom = of.String()
		}
		m.at[what+" "+whom] = append(m.at[what+" "+whom], f)
		if had, ok := m.named[of.Pod]; ok && had != pod {
			pod = ""
		}
		m.named[of.Pod] = pod
	}
	return m
}

// timeOf is what happened at the time that a fact tells, "" where no table prints
// how long ago that was.
func timeOf(c *parse.Capture, f parse.Fact) string {
	switch c.Name(f.Key) {
	case parse.FactCreated:
		return parse.AgeCreated
	case parse.FactRunEnd:
		if strings.HasPrefix(c.Name(f.Value), parse.InstancePrevious.String()) {
			return parse.AgeEnded
		}
	case parse.FactStartedAt:
		return started
	}
	return ""
}

// whole completes "namespace/pod" where a table names no namespace.
func (m *toldTimes) whole(pod string) string {
	if bare, ok := strings.CutPrefix(pod, "/"); ok && m.named[bare] != "" {
		return m.named[bare]
	}
	return pod
}

// agesOf finds when tables of pods and of events were printed: a pod that
// another file says was created at a moment, and that a table says is so old.
func agesOf(c *parse.Capture) ages {
	out := ages{map[string][]parse.Fact{}, map[uint32]taken{}}
	m := toldTimesOf(c)
	found := map[uint32][]since{}
	add := func(what string, age parse.Time, within time.Duration, ref parse.Ref) {
		for _, k := range m.at[what] {
			if at := k.Time - age; k.Ref.Source != ref.Source && len(found[ref.Source]) < mostAges {
				half := parse.Time(within + k.Within)
				found[ref.Source] = append(found[ref.Source], since{at - half, at + half, [2]parse.Ref{ref, k.Ref}})
			}
		}
	}
	for _, f := range c.Facts {
		if c.Name(f.Key) != parse.FactAge {
			continue
		}
		of, _ := subject(c, f)
		pod := m.whole(of.Namespace + "/" + of.Pod)
		what, _, _ := strings.Cut(c.Name(f.Value), " ")
		if what == parse.AgeEnded {
			out.ended[pod] = append(out.ended[pod], f)
		}
		add(what+" "+pod, f.Time, f.Within, f.Ref)
	}
	for s := range c.Streams {
		st := &c.Streams[s]
		if st.Clock != parse.ClockAge {
			continue
		}
		for i := range st.Events {
			if e := &st.Events[i]; e.Kind == parse.ContainerStarted && e.Fact != 0 {
				add(started+" "+m.whole(c.Name(e.Target))+"/"+c.Name(e.Fact), e.Time, e.Grain.Width()/2, st.Ref(e))
			}
		}
	}
	for source, list := range found {
		out.printed[source] = agreed(list)
	}
	return out
}

// agreed is the moment on which most ages agree, within the narrowest of them:
// a pod that restarted between two files misleads.
func agreed(list []since) taken {
	slices.SortStableFunc(list, func(a, b since) int { return cmp.Compare(a.to-a.from, b.to-b.from) })
	var best since
	most := 0
	for _, s := range list {
		n := 0
		from, to := s.from, s.to
		for _, o := range list {
			if lo, hi := max(from, o.from), min(to, o.to); lo <= hi {
				from, to = lo, hi
				n++
			}
		}
		if n > most || n == most && from > best.from { // of several runs an event tells of the latest
			most, best = n, since{from, to, s.proof}
		}
	}
	return taken{from: best.from, to: best.to, stated: best.from + (best.to-best.from)/2, zoned: true,
		proof: best.proof[:], why: "an age in it, and when another file says that this was"}
}

// restarted anchors a process by the table that says how long ago the run
// before it ended, if that table's own time is known and the pod has but one
// container: RESTARTS 2 (59m ago). It started at once after its first end, and
// after each later one within the back-off of the kubelet, which doubles from
// ten seconds to five minutes (kubernetes pkg/kubelet/kubelet.go, MaxContainerBackOff).
func (ix *Index) restarted(s int, o *Options) (best Anchor, ok bool) {
	who := &ix.Who[s]
	if who.Pod == "" || ix.otherRun(s) {
		return best, false
	}
	said := ix.ages.ended[who.Namespace+"/"+who.Pod]
	if who.Namespace != "" {
		said = slices.Concat(said, ix.ages.ended["/"+who.Pod])
	}
	for _, f := range said {
		_, count, _ := strings.Cut(ix.Name(f.Value), " ")
		restarts, containers, _ := strings.Cut(count, "/")
		n, err := strconv.Atoi(restarts)
		at, dated := ix.tableTaken(f.Ref.Source, o)
		if containers != "1" || err != nil || n < 1 || !dated {
			continue
		}
		const first, most, starting = 10 * time.Second, 5 * time.Minute, 5 * time.Second
		wait := starting
		if n > 1 {
			wait += min(most, first<<min(n-2, 10))
		}
		half := f.Within + at.within() + wait/2
		if ok && best.Within <= half {
			continue
		}
		best, ok = Anchor{Zero: at.middle() + f.Time + parse.Time(wait/2), Within: half, Basis: Bounded,
			Proof: append([]parse.Ref{f.Ref}, at.proof...), Why: "a table of pods says how long ago the run before it ended"}, true
	}
	return best, ok
}

// tableTaken is when a table without a stream of its own was printed: as the
// user says, as its own ages do, or as its bundle does.
func (ix *Index) tableTaken(source uint32, o *Options) (t taken, ok bool) {
	if r, ok := ix.CapturedAs(source, o); ok {
		half := parse.Time(max(r.Within, time.Second))
		return taken{from: r.Time - half, to: r.Time + half, zoned: true, proof: r.Proof}, !r.Rejected
	}
	if t, ok := ix.ages.printed[source]; ok {
		return t, true
	}
	t, ok = ix.dirs.ofTable(ix.Sources[source].Path)
	return t, ok && t.zoned
}
