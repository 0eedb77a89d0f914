package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// use is one request of a log: seconds after noon, and how it went.
type use struct {
	after int
	how   string
}

// wellUsed are requests that were answered, one each step seconds.
func wellUsed(from, to, step int) (out []use) {
	for i := from; i <= to; i += step {
		out = append(out, use{i, "well"})
	}
	return out
}

// quietThen is a log of an ingress whose upstream is asked for three minutes, and
// then not for some seconds, after which the next request ends so.
func quietThen(quiet []int, how string) (out []use) {
	at := 0
	for _, q := range quiet {
		out = append(out, wellUsed(at, at+180, 20)...)
		at += 180 + q
		out = append(out, use{at, how})
		at++
	}
	return append(out, wellUsed(at, at+60, 20)...)
}

// nginxUses writes requests as ingress-nginx does: its access and error log.
func nginxUses(list []use) dump {
	d := dump{}
	for _, u := range list {
		switch u.how {
		case "well":
			d["a.log"] += nginxAccess(u.after, "200", "0.012", "10.1.0.9:80", "20", "200")
		case "closed":
			d["a.log"] += nginxAccess(u.after, "502", "0.004", "10.1.0.9:80", "0", "502")
			d["e.log"] += nginxError(u.after, "recv() failed (104: Connection reset by peer) while reading response header from upstream")
		case "late":
			d["a.log"] += nginxAccess(u.after, "504", "60.000", "10.1.0.9:80", "0", "504")
			d["e.log"] += nginxError(u.after, "upstream timed out (110: Operation timed out) while reading response header from upstream")
		}
	}
	return d
}

// envoyUses writes them as Envoy does, a line by the beginning of its request.
func envoyUses(list []use) dump {
	d := dump{}
	for _, u := range list {
		if u.how == "well" {
			d["a.log"] += envoyAccess(u.after, "200", "-", "via_upstream", "12", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")
		} else {
			d["a.log"] += envoyAccess(u.after, "503", "UC", "upstream_reset_before_response_started{connection_termination}", "4", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")
		}
	}
	return d
}

// haproxyUses writes them as HAProxy does.
func haproxyUses(list []use) dump {
	d := dump{}
	for _, u := range list {
		if u.how == "well" {
			d["a.log"] += haproxyAccess(u.after, "app1", "0/0/0/12/12", "200", "----")
		} else {
			d["a.log"] += haproxyAccess(u.after, "app1", "0/0/0/-1/4", "502", "SH--")
		}
	}
	return d
}

// albUses writes them as an ALB does.
func albUses(list []use) dump {
	d := dump{}
	for _, u := range list {
		end := noon.Add(time.Duration(u.after) * time.Second)
		times, status, target := "0.001 0.012 0.000", "200", "200"
		if u.how != "well" {
			times, status, target = "0.001 -1 -1", "502", "-"
		}
		d["a.log"] += fmt.Sprintf("https %s app/k8s-web-shop/0123456789abcdef 198.51.100.9:2210 10.9.8.249:31130 %s %s %s 420 202 \"GET https://shop.test:443/a HTTP/1.1\" \"curl/8\" ECDHE TLSv1.2 arn:aws:x \"Root=1-%08x-0123456789abcdef01234567\" \"shop.test\" \"arn:c\" 0 %s \"forward\" \"-\" \"-\" \"10.9.8.249:31130\" \"-\" \"-\" \"-\"\n",
			end.Format("2006-01-02T15:04:05.000000Z"), times, status, target, u.after, end.Add(-5*time.Millisecond).Format("2006-01-02T15:04:05.000000Z"))
	}
	return d
}

var (
	longer  = []int{352, 401, 355, 700, 380}
	shorter = []int{120, 200, 90, 230, 310}
)

// survived are such quiet times, and one of them that did no harm.
func survived(quiet []int, well int, how string) []use {
	return append([]use{{-well, "well"}}, quietThen(quiet, how)...)
}

// own is a dump of a code that takes a history, and whether it is said of it.
type own struct {
	name string
	dump dump
	said bool
	sure correlate.Confidence
	says string
}

// ownCases are the dumps of each such code.
func ownCases() map[string][]own {
	return map[string][]own{"idle_cut": idleCuts(), "subscribe_storm": subscribeStorms(), "resync_stall": resyncStalls(), "discovery_no_answer": noAnswers()}
}

// ownDumps are those of all codes, by name.
func ownDumps() map[string]dump {
	out := map[string]dump{}
	for code, list := range ownCases() {
		for _, x := range list {
			out[code+", "+x.name] = x.dump
		}
	}
	return out
}

// Each code that takes a history is said of its dumps with its confidence and words,
// and of none that only look like them.
func TestOwnDumps(t *testing.T) {
	for code, list := range ownCases() {
		for _, x := range list {
			t.Run(code+", "+x.name, func(t *testing.T) {
				t.Parallel()
				c := judged(t, x.dump.inputs()...)
				i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == code })
				switch {
				case x.said != (i >= 0):
					t.Errorf("said: %t; %s%s", i >= 0, c.Verdict.Sentence, titles(c))
				case x.said && c.Findings[i].Confidence != x.sure:
					t.Errorf("%s: %s", c.Findings[i].Confidence, c.Findings[i].Title)
				case x.said && i > 0 && x.sure > correlate.Low:
					t.Errorf("does not lead;%s", titles(c))
				case x.said && !strings.Contains(c.Findings[i].Title, x.says):
					t.Errorf("says %s", c.Findings[i].Title)
				}
			})
		}
	}
}

// idleCuts are requests that failed only after a quiet time, in every log that has the
// good ones too; then those of an upstream that was in use, or had survived a quiet
// time as long, and of a time that no box has as its limit.
func idleCuts() []own {
	return []own{
		{"nginx", nginxUses(quietThen(longer, "closed")), true, correlate.High, "quiet for 351 s or more, and not after up to 20 s, as with the limit of Azure's load balancer and NAT (240 s), AWS' NLB and NAT gateway (350 s)"},
		{"envoy", envoyUses(quietThen(longer, "closed")), true, correlate.High, "quiet for 351 s"},
		{"haproxy", haproxyUses(quietThen(longer, "closed")), true, correlate.High, "quiet for 351 s"},
		{"ALB", albUses(quietThen(longer, "closed")), true, correlate.High, "quiet for 351 s"},
		{"three times", nginxUses(quietThen(longer[:3], "closed")), true, correlate.Medium, "3 requests"},
		{"once", nginxUses(quietThen(longer[:1], "closed")), true, correlate.Low, "1 request"},
		{"late", nginxUses(quietThen([]int{411, 461, 415, 760, 440}, "late")), true, correlate.Medium, "5 requests"},
		{"two at once", nginxUses(append(quietThen(longer[:3], "closed"), quietTwice(1700, 1)...)), true, correlate.Medium, "5 requests"},
		{"two 10 s apart", nginxUses(append(quietThen(longer[:3], "closed"), quietTwice(1700, 10)...)), true, correlate.Medium, "5 requests"},
		{"two 11 s apart", nginxUses(append(quietThen(longer[:3], "closed"), quietTwice(1700, 11)...)), false, 0, ""},
		{"Azure's", nginxUses(survived(longer, 230, "closed")), true, correlate.High, "not after up to 230 s, as with the limit of Azure's load balancer and NAT (240 s)"},
		{"AWS' alone", nginxUses(survived(longer, 300, "closed")), true, correlate.High, "not after up to 300 s, as with the limit of AWS' NLB and NAT gateway (350 s)."},
		{"shorter than any", nginxUses(quietThen([]int{120, 200, 90, 230, 210}, "closed")), false, 0, ""},
		{"some shorter", nginxUses(quietThen(shorter, "closed")), false, 0, ""},
		{"survived", nginxUses(survived(longer, 900, "closed")), false, 0, ""},
		{"in use", nginxUses(append(quietThen(longer, "closed"), use{3300, "well"}, use{3320, "closed"})), false, 0, ""},
		{"after a failure", nginxUses([]use{{0, "well"}, {5, "closed"}, {405, "closed"}, {805, "closed"}, {1205, "closed"}, {1605, "closed"}}), false, 0, ""},
		{"never used", nginxUses([]use{{5, "closed"}, {406, "closed"}, {806, "closed"}, {1206, "closed"}}), false, 0, ""},
	}
}

// quietTwice is a quiet time after which two connections of a pool fail, some seconds apart.
func quietTwice(from, apart int) []use {
	return append(append(wellUsed(from, from+60, 20), use{from + 460, "closed"}, use{from + 460 + apart, "closed"}), wellUsed(from+480, from+500, 20)...)
}

// lookups is the counter of new lookups of a replica: two in ten seconds, and a
// wave of some at an hour.
func lookups(wave int) string { return lookupsOf(720, 360, 2, wave) }

// goroutines are those of a replica, which climb at an hour.
func goroutines(top int) string {
	return matrix("go_goroutines", replica, "", 10*time.Second, 720, func(i int, _ time.Time) string {
		if i > 360 && i < 368 {
			return fmt.Sprint(top)
		}
		return "940"
	})
}

// subscribeStorms are a wave of lookups with one witness more, and with two; then the
// wave alone, one of a usual size, and the start of a replica.
func subscribeStorms() []own {
	servers := func(n string) string { return matrix("server_cache_size", replica, "", time.Minute, 120, constant(n)) }
	const says = "902 new lookups came at once at " + replica + " (451 times as many as usual)"
	return []own{
		{"all three", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("141")}, true, correlate.High, says},
		{"few servers", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("99")}, true, correlate.Medium, says},
		{"no goroutines", dump{"l.json": lookups(900), "g.json": goroutines(1000), "s.json": servers("100")}, true, correlate.Medium, says},
		{"another's goroutines", dump{"l.json": lookups(900), "g.json": strings.ReplaceAll(goroutines(5000), "mv9qd", "zt4wl"), "s.json": servers("141")}, true, correlate.Medium, says},
		{"the wave alone", dump{"l.json": lookups(900), "g.json": goroutines(1000), "s.json": servers("12")}, false, 0, ""},
		{"goroutines alone", dump{"l.json": lookups(0), "g.json": goroutines(5000), "s.json": servers("141")}, false, 0, ""},
		{"hardly a wave", dump{"l.json": lookups(97), "g.json": goroutines(5000), "s.json": servers("141")}, false, 0, ""},
		{"just a wave", dump{"l.json": lookups(98), "g.json": goroutines(5000), "s.json": servers("141")}, true, correlate.High, "100 new lookups"},
		{"eight samples", dump{"l.json": lookupsOf(8, 5, 2, 900), "s.json": servers("141")}, true, correlate.Medium, "902 new lookups"},
		{"seven samples", dump{"l.json": lookupsOf(7, 5, 2, 900), "s.json": servers("141")}, false, 0, ""},
		{"ten times as many", dump{"l.json": lookupsOf(720, 5, 20, 180), "s.json": servers("141")}, true, correlate.Medium, "200 new lookups"},
		{"less than ten times", dump{"l.json": lookupsOf(720, 5, 20, 179), "s.json": servers("141")}, false, 0, ""},
		{"a start two minutes before", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("141"), log: stalls(noon.Add(58*time.Minute), uneven, []int{40})}, false, 0, ""},
		{"a start longer before", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("141"), log: stalls(noon.Add(58*time.Minute-time.Millisecond), uneven, []int{40})}, true, correlate.High, says},
		{"a start two minutes behind", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("141"), log: stalls(noon.Add(62*time.Minute), uneven, []int{40})}, false, 0, ""},
		{"a start longer behind", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("141"), log: stalls(noon.Add(62*time.Minute+time.Millisecond), uneven, []int{40})}, true, correlate.High, says},
		{"goroutines with it", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 360, 1000, 5000), "s.json": servers("141")}, true, correlate.High, says},
		{"goroutines before it", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 359, 1000, 5000), "s.json": servers("141")}, true, correlate.Medium, says},
		{"goroutines two minutes behind", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 373, 1000, 5000), "s.json": servers("141")}, true, correlate.High, says},
		{"goroutines longer behind", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 374, 1000, 5000), "s.json": servers("141")}, true, correlate.Medium, says},
		{"half as many goroutines again", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 361, 1000, 1500), "s.json": servers("141")}, true, correlate.High, says},
		{"hardly as many again", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 361, 1000, 1499), "s.json": servers("141")}, true, correlate.Medium, says},
		{"a hundred goroutines more", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 361, 100, 200), "s.json": servers("141")}, true, correlate.High, says},
		{"99 goroutines more", dump{"l.json": lookups(900), "g.json": goroutinesAt(720, 361, 100, 199), "s.json": servers("141")}, true, correlate.Medium, says},
		{"five samples of goroutines elsewhere", dump{"l.json": lookupsOf(8, 5, 2, 900), "g.json": goroutinesAt(15, 7, 1000, 5000), "s.json": servers("141")}, true, correlate.High, "902 new lookups"},
		{"a start", dump{"l.json": lookups(900), "g.json": goroutines(5000), "s.json": servers("141"), log: stalls(noon.Add(time.Hour-time.Minute), uneven, []int{40})}, false, 0, ""},
	}
}

// lookupsOf is the counter of new lookups of a replica: so many in ten seconds, and more
// once behind one of them.
func lookupsOf(n, behind, usual, wave int) string {
	return matrix("grpc_server_started_total", replica, `,"grpc_method":"GetProfile"`, 10*time.Second, n, func(i int, _ time.Time) string {
		if i > behind {
			return fmt.Sprint(usual*i + wave)
		}
		return fmt.Sprint(usual * i)
	})
}

// goroutinesAt are those of a replica, of which one sample is higher.
func goroutinesAt(n, at, usual, top int) string {
	return matrix("go_goroutines", replica, "", 10*time.Second, n, func(i int, _ time.Time) string {
		if i == at {
			return fmt.Sprint(top)
		}
		return fmt.Sprint(usual)
	})
}

// born is when the replica of these dumps started: at no round time, which a CronJob
// would keep to.
var born = noon.Add(3*time.Minute + 17*time.Second)

// ticks are the moments of a replica's resync, from its start on, moved by some time.
func ticks(n int, moved func(i int) time.Duration) (out []time.Time) {
	for i, at := range each(born.Add(10*time.Minute), 10*time.Minute, n) {
		out = append(out, at.Add(moved(i)))
	}
	return out
}

// resynced is a proxy whose requests fail soon after stalls of a replica.
func resynced(stalled, failed []time.Time) dump {
	return dump{"pods.json": strings.ReplaceAll(podsJSON(replica), noon.Format(time.RFC3339), born.Format(time.RFC3339)),
		log: stalls(born, ms(2900), []int{140}, stalled...), "p.log": proxyLog("web", "", failed...)}
}

// late is some time behind the tick, and up to a third of a second more: no timer is
// exact.
func late(by time.Duration) func(int) time.Duration {
	return func(i int) time.Duration { return by + time.Duration(i*7%11)*30*time.Millisecond }
}

// anyTime is a place within ten minutes that has nothing to do with the one before.
func anyTime(i int) time.Duration { return time.Duration((i*i*173+i*311)%600) * time.Second }

// resyncStalls are failures with the period of a resync, its phase and the stalls with
// it; then too few, and those that lack one of these.
func resyncStalls() []own {
	const says = "consistent with linkerd's informer resync"
	return []own{
		{"at each resync", resynced(ticks(23, late(0)), ticks(23, late(2950*time.Millisecond))), true, correlate.High, says},
		{"twelve cycles", resynced(ticks(12, late(0)), ticks(12, late(2950*time.Millisecond))), true, correlate.High, says},
		{"five cycles", resynced(ticks(5, late(0)), ticks(5, late(2950*time.Millisecond))), true, correlate.Medium, says},
		{"three cycles", resynced(ticks(3, late(0)), ticks(3, late(2950*time.Millisecond))), true, correlate.Low, "3 stalls in which lookups waited"},
		{"at any time", resynced(ticks(23, anyTime), ticks(23, anyTime)), false, 0, ""},
		{"at another phase", resynced(ticks(23, late(0)), ticks(23, late(4*time.Minute))), false, 0, ""},
	}
}

// noAnswers are failfasts while the destination stalled for most of the wait, as its own
// log says, could not be scraped, or was the only one and had just started; then such
// as it stalled shortly, earlier or all day long.
func noAnswers() []own {
	stalled := func(took float64, at ...time.Time) dump {
		return dump{"pods.json": podsJSON(replica), log: stalls(noon, ms(took), []int{140}, at...), "p.log": proxyLog("web", "", when)}
	}
	down := func(from, to time.Duration) string {
		return matrix("up", replica, `,"job":"linkerd-controller"`, 10*time.Second, 720, func(_ int, at time.Time) string {
			if d := at.Sub(when); d >= from && d <= to {
				return "0"
			}
			return "1"
		})
	}
	const says = "a new lookup got no answer"
	return []own{
		{"stalled", stalled(2900, when.Add(-2900*time.Millisecond)), true, correlate.Medium, says},
		{"stalled for half of it", stalled(1502, when.Add(-2900*time.Millisecond)), true, correlate.Medium, says},
		{"stalled for less", stalled(1498, when.Add(-2900*time.Millisecond)), false, 0, ""},
		{"stalled before", stalled(2900, when.Add(-6*time.Second)), false, 0, ""},
		{"stalled behind", stalled(2900, when.Add(time.Second)), false, 0, ""},
		{"stalls all day long", stalled(2900, each(noon.Add(time.Minute), 10*time.Second, 1000)...), false, 0, ""},
		{"several at one moment", with(stalled(2900, each(noon.Add(100*time.Second), 100*time.Second, 140)...), "p.log", proxyLog("web", "", noon.Add(1002900*time.Millisecond), noon.Add(1002910*time.Millisecond), noon.Add(1002920*time.Millisecond))), false, 0, ""},
		{"at several moments", with(stalled(2900, each(noon.Add(100*time.Second), 100*time.Second, 140)...), "p.log", proxyLog("web", "", noon.Add(1002900*time.Millisecond), noon.Add(2002910*time.Millisecond), noon.Add(3002920*time.Millisecond))), true, correlate.Medium, says},
		{"down 5 s before its wait", dump{"u.json": down(0, 0), "p.log": proxyLog("web", "", when.Add(7900*time.Millisecond))}, true, correlate.Medium, says},
		{"down longer before", dump{"u.json": down(0, 0), "p.log": proxyLog("web", "", when.Add(18100*time.Millisecond))}, false, 0, ""},
		{"down 5 s behind", dump{"u.json": down(0, 0), "p.log": proxyLog("web", "", when.Add(-4900*time.Millisecond))}, true, correlate.Medium, says},
		{"down longer behind", dump{"u.json": down(0, 0), "p.log": proxyLog("web", "", when.Add(-5100*time.Millisecond))}, false, 0, ""},
		{"down", dump{"u.json": down(-10*time.Second, 10*time.Second), "p.log": proxyLog("web", "", when)}, true, correlate.Medium, says},
		{"down before", dump{"u.json": down(-90*time.Second, -60*time.Second), "p.log": proxyLog("web", "", when)}, false, 0, ""},
		{"one of two down", dump{"u.json": down(-10*time.Second, 10*time.Second), "v.json": strings.ReplaceAll(down(time.Hour, time.Hour), "mv9qd", "zt4wl"), "p.log": proxyLog("web", "", when)}, false, 0, ""},
		{"just started", dump{log: stalls(when.Add(-4999*time.Millisecond), ms(200), []int{140}), "p.log": proxyLog("web", "", when)}, true, correlate.Medium, says},
		{"started with it", dump{log: stalls(when.Add(100*time.Microsecond), ms(200), []int{140}), "p.log": proxyLog("web", "", when)}, true, correlate.Medium, says},
		{"started 5 s before", dump{log: stalls(when.Add(-4999900*time.Microsecond), ms(200), []int{140}), "p.log": proxyLog("web", "", when)}, true, correlate.Medium, says},
		{"down from 5 s behind on", dump{"u.json": down(0, 0), "p.log": proxyLog("web", "", when.Add(-5000100*time.Microsecond))}, true, correlate.Medium, says},
		{"started longer ago", dump{log: stalls(when.Add(-5001*time.Millisecond), ms(200), []int{140}), "p.log": proxyLog("web", "", when)}, false, 0, ""},
		{"started behind", dump{log: stalls(when.Add(2*time.Millisecond), ms(200), []int{140}), "p.log": proxyLog("web", "", when)}, false, 0, ""},
	}
}
