package correlate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
)

// lives are what the dump states about the runs of each container, by
// "pod/container" and by namespace: facts of one key in the order of time, each
// time once. Pods of several namespaces may have one name.
type lives map[string]map[string]runs

// runs are the facts about one container, by their key.
type runs map[string][]parse.Fact

// livesOf gathers them.
func livesOf(c *parse.Capture, who, owners []Identity) lives {
	l := lives{}
	pages := pagesOf(c, who, owners)
	for _, f := range c.Facts {
		key := c.Name(f.Key)
		switch key {
		case parse.FactProcess, parse.FactStartedAt, parse.FactRun, parse.FactRunEnd:
		default:
			continue
		}
		of, ok := subject(c, f)
		if ok && of.Pod == "" {
			of = pages[f.Ref.Source]
		}
		if !ok || of.Pod == "" {
			continue
		}
		name := of.Pod + "/" + of.Container
		if l[name] == nil {
			l[name] = map[string]runs{}
		}
		if l[name][of.Namespace] == nil {
			l[name][of.Namespace] = runs{}
		}
		l[name][of.Namespace][key] = append(l[name][of.Namespace][key], f)
	}
	for _, namespaces := range l {
		share(namespaces)
		for _, of := range namespaces {
			for key, list := range of {
				slices.SortStableFunc(list, func(a, b parse.Fact) int {
					return cmp.Or(cmp.Compare(a.Time, b.Time), -cmp.Compare(runName(c, a), runName(c, b)))
				})
				of[key] = slices.CompactFunc(list, func(a, b parse.Fact) bool { return a.Time == b.Time })
			}
		}
	}
	return l
}

// runName is the name of a run, for those that start together: a status that
// was taken later calls previous what an earlier one called current.
func runName(c *parse.Capture, f parse.Fact) string {
	if c.Name(f.Key) != parse.FactRun {
		return ""
	}
	return c.Name(f.Value)
}

// share adds the facts about a container that name no namespace to those of the
// only namespace that has it.
func share(of map[string]runs) {
	bare := of[""]
	if bare == nil || len(of) != 2 {
		return
	}
	delete(of, "")
	for _, known := range of {
		for key, list := range bare {
			known[key] = append(known[key], list...)
		}
	}
}

// pagesOf says whose process a page of metrics is of that names nobody, by its
// source: the pod is that of the file, the container the one that a log of the
// pod is of, or the proxy if the page holds a proxy's metrics.
func pagesOf(c *parse.Capture, who, owners []Identity) map[uint32]Identity {
	pages, starts := map[uint32]Identity{}, map[uint32]int{}
	for _, f := range c.Facts {
		if of, ok := subject(c, f); ok && of == (Identity{}) && c.Name(f.Key) == parse.FactProcess {
			starts[f.Ref.Source]++
		}
	}
	for source, n := range starts {
		of := owners[source]
		id := Identity{Namespace: of.Namespace, Pod: of.Pod, Container: of.Container}
		if id.Pod == "" {
			_, id.Pod, _ = parse.OwnerOfName(c.Sources[source].Path)
		}
		if n > 1 || id.Pod == "" { // an export of many processes
			continue
		}
		if id.Container == "" {
			id.Container = ofPage(c, who, source, id.Pod)
		}
		pages[source] = id
	}
	return pages
}

// ofPage is the container that a page of metrics of a pod is of.
func ofPage(c *parse.Capture, who []Identity, source uint32, pod string) string {
	for i := range c.Series {
		if s := &c.Series[i]; s.Ref.Source == source {
			if name := c.Name(s.Metric); strings.HasPrefix(name, "proxy_build_info") || strings.HasPrefix(name, "outbound_") || strings.HasPrefix(name, "inbound_") {
				return proxyContainer
			}
		}
	}
	only := ""
	for _, id := range who {
		if id.Pod != pod || id.Container == "" || id.Container == only {
			continue
		}
		if only != "" {
			return ""
		}
		only = id.Container
	}
	return only
}

// of are the facts of a key about an identity's container.
func (l lives) of(who Identity, key string) []parse.Fact {
	if who.Pod == "" {
		return nil
	}
	namespaces := l[who.Pod+"/"+who.Container]
	if found, ok := namespaces[who.Namespace]; ok {
		return found[key]
	}
	if who.Namespace == "" && len(namespaces) > 1 { // of which of them it is, nobody says
		return nil
	}
	for namespace, found := range namespaces {
		if len(namespaces) == 1 && (who.Namespace == "" || namespace == "") {
			return found[key]
		}
	}
	return nil
}

// started finds the fact that says when a stream's process started. A log of
// an earlier run is never held against the start of the present one: previous
// binds to what pod status calls lastState, a numbered log to the run of its
// number. Several starts of one container otherwise belong to its lives in the
// source, the last to the last.
func (ix *Index) started(s int, key string) (parse.Fact, bool) {
	who := ix.Who[s]
	found := ix.lives.of(who, key)
	if key == parse.FactStartedAt {
		runs := ix.lives.of(who, parse.FactRun)
		switch {
		case who.Run > 0 && ix.numbered(runs):
			return ix.runOf(s, runs, func(_ parse.Instance, run int) bool { return run == who.Run-1 })
		case who.Instance == parse.InstancePrevious && len(runs) > 0:
			return ix.runOf(s, runs, func(i parse.Instance, _ int) bool { return i == parse.InstancePrevious })
		}
	}
	if len(found) == 0 {
		return parse.Fact{}, false
	}
	n := len(found) - 1 - ix.livesAfter(s)
	switch who.Instance {
	case parse.InstancePrevious:
		n-- // the latest start is the present run's
	case parse.InstanceRotated:
		return parse.Fact{}, false
	}
	if n < 0 || !ix.endsBefore(s, found[n]) {
		return parse.Fact{}, false
	}
	return found[n], true
}

// numbered says whether one of the runs has its number.
func (ix *Index) numbered(runs []parse.Fact) bool {
	return slices.ContainsFunc(runs, func(f parse.Fact) bool { _, n := ix.readRun(f); return n >= 0 })
}

// readRun takes a run's name apart; its number is -1 where it is not known.
func (ix *Index) readRun(f parse.Fact) (which parse.Instance, number int) {
	word, rest, _ := strings.Cut(ix.Name(f.Value), " ")
	digits, _, _ := strings.Cut(rest, " ")
	number, err := strconv.Atoi(digits)
	if err != nil {
		number = -1
	}
	return parse.InstanceOf(word), number
}

// runOf is the latest of the runs that is meant, if the stream can be of it.
func (ix *Index) runOf(s int, runs []parse.Fact, meant func(parse.Instance, int) bool) (parse.Fact, bool) {
	for _, f := range slices.Backward(runs) {
		if meant(ix.readRun(f)) {
			return f, ix.endsBefore(s, f)
		}
	}
	return parse.Fact{}, false
}

// endSlack is how far a line may lie behind the end of its process: both are
// in whole seconds, and the last lines are written while the process ends.
const endSlack = parse.Time(3 * time.Second)

// endsBefore says whether a stream whose process started as a fact says had its
// last line before that process ended. The pod may have restarted between the
// moment when its status was taken and the moment when its log was.
func (ix *Index) endsBefore(s int, start parse.Fact) bool {
	st := &ix.Streams[s]
	if len(st.Coverage) == 0 || st.Clock != parse.ClockUptime {
		return true
	}
	for _, f := range ix.lives.of(ix.Who[s], parse.FactRunEnd) {
		if f.Time >= start.Time {
			return start.Time+st.Coverage[len(st.Coverage)-1].To <= f.Time+endSlack
		}
	}
	return true
}

// lineage is what the lives of one process in a source have in common.
type lineage struct {
	source uint32
	format string
	clock  parse.Clock
	who    Identity
}

func (ix *Index) lineageOf(s int) lineage {
	st := &ix.Streams[s]
	return lineage{st.Source, st.Format, st.Clock, ix.Who[s]}
}

// findLives lists the lives of each process in a source, in their order.
func (ix *Index) findLives() {
	ix.later = map[lineage][]int{}
	for s := range ix.Streams {
		p := ix.lineageOf(s)
		ix.later[p] = append(ix.later[p], ix.Streams[s].Life)
	}
	for _, lives := range ix.later {
		slices.Sort(lives)
	}
}

// livesAfter counts the later lives of a stream's process in its source.
func (ix *Index) livesAfter(s int) (n int) {
	lives := ix.later[ix.lineageOf(s)]
	upTo, _ := slices.BinarySearch(lives, ix.Streams[s].Life+1)
	return len(lives) - upTo
}
