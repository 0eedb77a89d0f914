package correlate

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"

	"faultline/parse"
)

// Point is one event picked out of the capture.
type Point struct{ Stream, Event uint32 }

// Index is what one pass over all events picks out for the judgement. It
// depends on the capture alone, not on anchors or options.
type Index struct {
	*parse.Capture
	// Stage, when not nil, is told what [Judge] turns to: clocks, periods, links.
	Stage func(doing string)
	// Who is the process of each stream, CopyOf the stream it repeats or -1.
	Who []Identity
	// Owners says whose each source is.
	Owners []Identity
	// Bundles says which tool's bundle each source is in, "" where none is known.
	Bundles []string
	CopyOf  []int
	// Total counts the events that are no repeats, ByKind by their kind.
	Total  int
	ByKind map[parse.Kind]int
	// Duplicate counts the repeats of each source.
	Duplicate []uint64

	copies *copies
	lives  lives
	nodes  map[string]string // by "namespace/pod"
	dirs   dirs
	ages   ages
	probes map[probe][]Point
	twins  map[fact]Point // what dates a dump of ages
	picked [256][]Point   // by kind, in the order of the streams
	// ownClients are failfasts of the proxies' own clients, at which no request waits.
	ownClients []Point
	gates      []gate // of balancers, as metrics tell of them
	later      map[lineage][]int
	// launches are what launchers of proxies said, by source; machines the node of
	// each source.
	launches map[uint32][]parse.Fact
	machines []machine
	// attributed says of which logs it was found whose they are.
	attributed []string

	releases sync.Once // guards release
	release  []string

	names  sync.Once // guards byName
	byName map[string][]int

	metrics  sync.Once // guards byMetric
	byMetric map[string][]parse.Series
}

// wanted are the kinds of events that a stage or a rule asks for.
var wanted = func() (of [256]bool) {
	for _, k := range []parse.Kind{
		parse.ProxyRequestFailed, parse.IngressResponse, parse.ProxyFailfastEnter, parse.ProxyNoEndpoints, parse.ProxyConnectFailed,
		parse.ControllerPopStall, parse.KubeletProbeFailed, parse.ScrapeFailed, parse.ControllerCacheSyncWait, parse.ControllerCacheSynced,
		parse.ControllerStarted, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated, parse.KubeletReadiness,
		parse.ControllerQueueOverflow, parse.ControllerStreamAborted, parse.ControllerHandlerStall, parse.ControllerLookupFailed,
		parse.ControllerListFailed, parse.ControllerWatchFailed, parse.ControllerCacheSyncFailed, parse.ControllerCrashed, parse.ControllerTrace,
		parse.ProxyDiscoveryFailed, parse.ProxyPolicyWatchFailed, parse.ProxyDenied, parse.ProxyStarted, parse.ProxyStopping, parse.ProxyCrashed,
		parse.ProxyTCPFailed, parse.ProxyIdentityFailed, parse.ProxyBreaker, parse.ProxyEndpointAdded, parse.ProxyEndpointRemoved,
		parse.ProxyOverloaded, parse.ContainerCrashLoop, parse.IngressReload, parse.APIServerResponse, parse.WebhookFailed, parse.CheckFailed,
		parse.K8sAudit, parse.ProxyUndetected, parse.AppCallFailed, parse.AppWorkerKilled, parse.AppOverloaded, parse.AppCrashed} {
		of[k] = true
	}
	return of
}()

// NewIndex makes the index of a capture.
func NewIndex(c *parse.Capture) *Index {
	ix := &Index{Capture: c, ByKind: map[parse.Kind]int{}, Duplicate: make([]uint64, len(c.Sources))}
	var ties []string
	ix.Who, ix.Owners, ties = identify(c)
	ix.Bundles = bundlesOf(c)
	ix.attributed = append(ties, attribute(c, ix.Who)...)
	ix.lives = livesOf(c, ix.Who, ix.Owners)
	ix.ages = agesOf(c)
	ix.nodes, ix.dirs, ix.probes, ix.gates = nodesOf(c), dirsOf(c, ix.ages), probesOf(c), gatesOf(c)
	for s := range ix.Who {
		if who := &ix.Who[s]; who.Node == "" && who.Pod != "" {
			who.Node = ix.nodes[who.Namespace+"/"+who.Pod]
		}
	}
	for i := range ix.Owners {
		if of := &ix.Owners[i]; of.Node == "" && of.Pod != "" {
			of.Node = ix.nodes[of.Namespace+"/"+of.Pod]
		}
	}
	ix.completeNodes()
	ix.findLives()
	ix.findLaunches()
	ix.findMachines()
	ix.copies = findCopies(c, ix.Who)
	ix.CopyOf = ix.copies.of
	ix.twins = ix.findTwins()
	ix.reserve()
	for s := range c.Streams {
		st := &c.Streams[s]
		for i := range st.Events {
			e := &st.Events[i]
			if e.Kind == parse.LogOther { // kept for who asks for it: no event
				continue
			}
			if ix.Repeats(s, i) {
				ix.Duplicate[st.Source]++
				continue
			}
			ix.Total++
			ix.ByKind[e.Kind]++
			switch p := (Point{uint32(s), uint32(i)}); {
			case e.Kind == parse.ProxyFailfastEnter && e.Class != 0:
				ix.ownClients = append(ix.ownClients, p)
			case wanted[e.Kind]:
				ix.picked[e.Kind] = append(ix.picked[e.Kind], p)
			}
		}
	}
	return ix
}

// StreamsOf lists the streams of a source, which stand together.
func (ix *Index) StreamsOf(source uint32) iter.Seq[int] {
	from := sort.Search(len(ix.Streams), func(s int) bool { return ix.Streams[s].Source >= source })
	return func(yield func(int) bool) {
		for s := from; s < len(ix.Streams) && ix.Streams[s].Source == source; s++ {
			if !yield(s) {
				return
			}
		}
	}
}

// completeNodes gives a node the name that its cluster knows it by: the journal of
// a machine prints no more than the first label of it.
func (ix *Index) completeNodes() {
	full := map[string]string{} // by the first label; "" where several machines have it
	see := func(name string) {
		if label, _, more := strings.Cut(name, "."); more {
			if had, ok := full[label]; ok && had != name {
				name = ""
			}
			full[label] = name
		}
	}
	for _, name := range ix.nodes {
		see(name)
	}
	for i := range ix.Owners {
		see(ix.Owners[i].Node)
	}
	for i := range ix.Owners {
		ix.Owners[i].Node = cmp.Or(full[ix.Owners[i].Node], ix.Owners[i].Node)
	}
	for s := range ix.Who {
		ix.Who[s].Node = cmp.Or(full[ix.Who[s].Node], ix.Who[s].Node)
	}
}

// nodesOf lists the nodes of pods, as pod specs tell them.
func nodesOf(c *parse.Capture) map[string]string {
	nodes := map[string]string{}
	for _, f := range c.Facts {
		if c.Name(f.Key) == parse.FactNode {
			if of, ok := subject(c, f); ok {
				nodes[of.Namespace+"/"+of.Pod] = c.Name(f.Value)
			}
		}
	}
	return nodes
}

// reserve makes room for what will be picked.
func (ix *Index) reserve() {
	var of [256]int // by kind
	for s := range ix.Streams {
		for i := range ix.Streams[s].Events {
			of[ix.Streams[s].Events[i].Kind]++
		}
	}
	for k, n := range of {
		if wanted[k] {
			ix.picked[k] = make([]Point, 0, n)
		}
	}
}

// Of lists the events of a kind that the index picked out, in the order of the
// streams. Kinds that neither a stage nor a rule asks for are not picked. The list
// is the index's own: it is not to be changed.
func (ix *Index) Of(k parse.Kind) []Point { return slices.Clip(ix.picked[k]) }

// requests lists the failed requests that proxies and ingresses tell of, in the
// order of the streams; as [Index.Of], it is not to be changed.
func (ix *Index) requests() []Point {
	a, b := ix.picked[parse.ProxyRequestFailed], ix.picked[parse.IngressResponse]
	if len(a) == 0 || len(b) == 0 {
		return append(a[:len(a):len(a)], b...)
	}
	out := make([]Point, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if cmp.Or(cmp.Compare(a[0].Stream, b[0].Stream), cmp.Compare(a[0].Event, b[0].Event)) < 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// OwnClients lists the failfasts of the proxies' own clients, for which no
// request waited: [Index.Of] leaves them out.
func (ix *Index) OwnClients() []Point { return ix.ownClients }

// Release is that of the process that wrote a stream, as its log says when it
// starts; "" if it does not.
func (ix *Index) Release(stream int) string {
	ix.releases.Do(func() {
		ix.release = make([]string, len(ix.Streams))
		for s := range ix.Streams {
			for i := range ix.Streams[s].Events {
				if e := &ix.Streams[s].Events[i]; e.Kind == parse.ProxyStarted || e.Kind == parse.ControllerStarted {
					ix.release[s] = ix.Name(e.Fact)
					break
				}
			}
		}
	})
	return ix.release[stream]
}

// Repeats says whether an event of a stream is told better elsewhere.
func (ix *Index) Repeats(stream, event int) bool {
	return ix.copies.dup.holds(stream, event)
}

// At gives the event of a point.
func (ix *Index) At(p Point) *parse.Event { return &ix.Streams[p.Stream].Events[p.Event] }

// Ref is the place of a point's line.
func (ix *Index) Ref(p Point) parse.Ref { return ix.Streams[p.Stream].Ref(ix.At(p)) }

// Pod names the pod that an event is about: the one that wrote it, or for
// events of the API the one they are of.
func (ix *Index) Pod(p Point) string { return ix.Who[p.Stream].Pod }
