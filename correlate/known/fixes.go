package known

// Fix is one change in linkerd2 that bears on a stalled destination
// controller, with the first releases that have it.
type Fix struct {
	// Change is the pull request in linkerd/linkerd2.
	Change string
	What   string
	// Stable is the zero Release when no patch of an older minor version has
	// it: then the minor versions cut from Edge or later do.
	Stable, Edge Release
	// Servers says that it cuts the work that each Server resource costs at
	// every resync: what the reproduction of the public report rests on.
	Servers bool
}

// In says whether a release has the fix.
func (f *Fix) In(r Release) bool { return r.AtLeast(f.Stable, f.Edge) }

// Fixes are the changes, the oldest first (commit texts and release notes of
// linkerd2; the trigger they name is the informer resync).
var Fixes = []Fix{
	{"#11491", "a queue of 100 updates a stream: one stalled client no longer blocks the informers' callbacks", stable(14, 2), edge(23, 10, 3), false},
	{"#11546", "the same queue for profiles", stable(14, 4), edge(23, 11, 2), false},
	{"#11815", "lookups of a pod's address no longer hang on an unread update", stable(14, 8), edge(23, 12, 4), false},
	{"#11907", "Server updates are pushed only when opaqueness changed: more than 100 Servers could overflow the queue at a resync", stable(14, 9), edge(24, 1, 1), true},
	{"#12017", "only workloads that a Server selects are computed again: the old way was \"very CPU intensive, especially during resyncs\"", stable(14, 10), edge(24, 2, 1), true},
	{"#12022", "a data race and a panic in the same path", stable(14, 10), edge(24, 2, 2), false},
	{"#12040", "Server updates stay in their namespace", Release{}, edge(24, 2, 2), true},
	{"#12013", "no profile update for an endpoint whose opaqueness is unchanged", Release{}, edge(24, 3, 4), true},
	{"#12598", "no limit on concurrent streams of the gRPC server", Release{}, edge(24, 5, 3), false},
}

// IdentityQPS is the change that raised a client's QPS and burst from 5/10 to
// 100/200 (linkerd2 cmd/identity/main.go): the identity controller's alone. The
// destination's client keeps 5/s to this day, and has no flag.
var IdentityQPS = Fix{"#11644", "the identity controller's QPS and burst from 5/10 to 100/200", stable(14, 6), edge(23, 12, 1), false}

// WatchesServers says whether a release's destination controller watches Server
// resources (linkerd2 #7184, #7388, in patch 2.11.2; of the edges those that
// 2.12 was cut from and later).
func WatchesServers(r Release) bool { return r.AtLeast(stable(11, 2), cuts[12]) }

// Storms says whether a release starts a goroutine for each subscribed address
// of each Server at every resync: it came in 2.14.2 (#11334, 65ddba4e5) and went
// in 2.14.10 (#12017). Older ones filter by selector and port and start none.
func Storms(r Release) bool {
	return r.AtLeast(stable(14, 2), edge(23, 9, 4)) && !r.AtLeast(stable(14, 10), edge(24, 2, 1))
}

// Calm is the first stable release that a reproduction of the public report
// found calm on the load that stalled 2.14.8 and 2.14.9.
var Calm = stable(14, 10)

// IsCalm says whether a release has what calmed it, #12017.
func IsCalm(r Release) bool { return r.AtLeast(Calm, edge(24, 2, 1)) }

func stable(minor, patch int) Release { return Release{A: 2, B: minor, C: patch} }

func edge(year, month, n int) Release { return Release{Edge: true, A: year, B: month, C: n} }
