package kubelet

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/wrap"
)

// TestOldTables: kubectl 1.13 and before, from public guides and tickets.
func TestOldTables(t *testing.T) {
	for _, x := range []struct {
		row, target, from, fact, message string
		kind                             parse.Kind
		count                            uint32
		last, lasted                     time.Duration
		grain                            parse.Grain
	}{
		{`0s         0s          1         dapi-test-pod   Pod                                         Warning   InvalidEnvironmentVariableNames   kubelet, 127.0.0.1      Keys [1badkey, 2alsobad] from the EnvFrom secret default/mysecret were skipped`,
			"/dapi-test-pod", "kubelet, 127.0.0.1", "InvalidEnvironmentVariableNames", "Keys [1badkey, 2alsobad] from the EnvFrom secret default/mysecret were skipped", parse.K8sEvent, 1, 0, 0, parse.GrainTwoSeconds},
		{`1m         5m          17        uperf-sender   ReplicationController               Warning   FailedCreate   replication-controller   Error creating: pods "" is forbidden`,
			"/replicationcontroller/uperf-sender", "replication-controller", "FailedCreate", `Error creating: pods "" is forbidden`, parse.K8sEvent, 17, -89500 * time.Millisecond, 4 * time.Minute, parse.GrainMinute},
		{`6m         6m          1         ruby-ex-1-build   Pod       spec.containers{sti-build}   Normal    Started      {kubelet 10.3.0.56}    Started container with docker id 7e63b0bae93e`,
			"/ruby-ex-1-build", "kubelet, 10.3.0.56", "sti-build", "Started container with docker id 7e63b0bae93e", parse.ContainerStarted, 1, -389500 * time.Millisecond, 0, parse.GrainMinute},
		{`6m         6m          1         ruby-ex-1-build   Pod                                    Normal    Scheduled    {default-scheduler }   Successfully assigned ruby-ex-1-build to 10.3.0.56`,
			"/ruby-ex-1-build", "default-scheduler", "Scheduled", "Successfully assigned ruby-ex-1-build to 10.3.0.56", parse.K8sEvent, 1, -389500 * time.Millisecond, 0, parse.GrainMinute},
		{`shop          28m         1h           262       kubernetes-dashboard-5bd6f767c7-tfz6k.1526c8d9549de21b   Pod       spec.containers{kubernetes-dashboard}   Warning    Unhealthy   kubelet, docker-for-desktop   Liveness probe failed: Get https://10.1.0.2:8443/: dial tcp 10.1.0.2:8443: getsockopt: connection refused`,
			"shop/kubernetes-dashboard-5bd6f767c7-tfz6k", "kubelet, docker-for-desktop", "Get https://10.1.0.2:8443/: dial tcp 10.1.0.2:8443: getsockopt: connection refused", "Liveness probe failed: Get https://10.1.0.2:8443/: dial tcp 10.1.0.2:8443: getsockopt: connection refused", parse.KubeletProbeFailed, 262, -1709500 * time.Millisecond, 3690 * time.Second, parse.GrainMinute},
		{`7m 7m 1 pink-carbon.157be1efb7ad1a77 Deployment Normal ScalingReplicaSet deployment-controller Scaled up replica set pink-carbon-5c96bc649 to 1`,
			"/deployment/pink-carbon", "deployment-controller", "ScalingReplicaSet", "Scaled up replica set pink-carbon-5c96bc649 to 1", parse.K8sEvent, 1, -449500 * time.Millisecond, 0, parse.GrainMinute},
		{`4m          4m           8         minion1.1518b1533db01819   Node                  Normal    NodeHasSufficientDisk     kubelet, minion1   Node minion1 status is now: NodeHasSufficientDisk`,
			"/node/minion1", "kubelet, minion1", "NodeHasSufficientDisk", "Node minion1 status is now: NodeHasSufficientDisk", parse.K8sEvent, 8, -269500 * time.Millisecond, 0, parse.GrainMinute},
	} {
		e := one(t, x.row)
		if e.Kind != x.kind || e.target != x.target || e.detail["from"] != x.from || !factIs(e.Kind, e.fact, x.fact) || e.message != x.message || e.Count != x.count {
			t.Errorf("%.60s\n%v of %q from %q: %q %q ×%d", x.row, e.Kind, e.target, e.detail["from"], e.fact, e.message, e.Count)
		}
		if last := time.Duration(e.Time); x.last != 0 && last != x.last || e.Lasted != x.lasted || e.Grain != x.grain {
			t.Errorf("%.60s\n%v lasted %v grain %d", x.row, last, e.Lasted, e.Grain)
		}
	}
	for _, head := range []string{"LASTSEEN   FIRSTSEEN   COUNT     NAME           KIND                    SUBOBJECT   TYPE      REASON         SOURCE                   MESSAGE",
		"LASTSEEN   FIRSTSEEN   COUNT     NAME            KIND      SUBOBJECT                         TYPE      REASON",
		"LAST SEEN   FIRST SEEN   COUNT     NAME   KIND   SUBOBJECT   TYPE      REASON   SOURCE   MESSAGE"} {
		if !heading([]byte(head)) {
			t.Errorf("%q is no heading", head)
		}
	}
	for _, line := range []string{"3m 3m", "3m 3m 1", "3m 3m x a Pod Normal Foo kubelet text", "3m 3m 1 a Pod Fine Foo kubelet text", "3m 4x 1 a Pod Normal Foo kubelet text",
		"3m 3m 1 a Pod Normal Foo", "3m 3 files were read", "3m 3m 99999999999999999999 a Pod Normal Foo kubelet text"} {
		b := parse.NewBatch(false, false)
		if v := Events.Line(&parse.Line{Text: []byte(line), No: 1}, b); v != parse.NotMine {
			t.Errorf("%q: verdict %d", line, v)
		}
	}
}

// TestShortAges: what the ages of a table say about which kubectl printed it.
func TestShortAges(t *testing.T) {
	const row = "  Warning  Unhealthy  %s  kubelet  Readiness probe failed: %d\n"
	for _, x := range []struct {
		ages string
		want []int // middles in half seconds
	}{
		{"7m 6m 5m", []int{900, 780, 660}},            // three rows without seconds
		{"7m 6m", []int{841, 721}},                    // two may be chance
		{"7m 6m30s 5m 4m", []int{841, 781, 601, 481}}, // seconds are printed
		{"7m 90s 5m 4m 3m", []int{841, 181, 601, 481, 361}},
		{"7m 1m", []int{900, 180}}, // today that is 60s
		{"7m 2h", []int{900, 18000}},
		{"7m 119m 5m 4m", []int{841, 2*7140 + 60, 601, 481}},
	} {
		var text strings.Builder
		for i, age := range strings.Fields(x.ages) {
			fmt.Fprintf(&text, row, age, i)
		}
		var got []int
		in := []byte(text.String())
		for _, e := range events(t, read(t, in), in) {
			got = append(got, int((parse.Time(500*time.Millisecond)-e.Time)/parse.Time(500*time.Millisecond)))
		}
		slices.Sort(got)
		slices.Sort(x.want)
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.ages, got, x.want)
		}
	}
}

func TestReplicas(t *testing.T) {
	for message, want := range map[string]float64{
		"Scaled up replica set my-nginx-86b474f5bb from 0 to 1": 1, "Scaled down replica set gpe-core-7fc44679dc to 0": 0,
		"Scaled up replica set web-deploy-6bc4dfc596 to 10": 10, "Scaled up replica set a to 3 from 1": 3, "Scaled up replica set a to 3 replicas": 3, "": 0, "to to": 0,
	} {
		e := said{reason: []byte("ScalingReplicaSet"), message: []byte(message)}.event(new(parse.Batch))
		if e.Kind != parse.K8sEvent || e.Value != want {
			t.Errorf("%q: %v %v", message, e.Kind, e.Value)
		}
	}
	e := one(t, "71s     Normal    SuccessfulRescale              horizontalpodautoscaler/llm-proxy-exp4   New size: 2; reason: cpu resource utilization")
	if e.Value != 2 || e.target != "/horizontalpodautoscaler/llm-proxy-exp4" || e.fact != "SuccessfulRescale" {
		t.Errorf("%+v", e)
	}
	if e := one(t, "5m1s Normal Scheduled pod/web-0 Successfully assigned shop/web-0 to 5"); e.Value != 0 || e.target != "/web-0" {
		t.Errorf("%+v", e)
	}
}

func TestPods(t *testing.T) {
	const text = `NAMESPACE   NAME                                  READY   STATUS             RESTARTS        AGE     IP           NODE   NOMINATED NODE   READINESS GATES
linkerd     linkerd-destination-7d4b9c6f5-mv9qd   4/4     Running            0               6m44s   10.42.0.9    n1     <none>           <none>
linkerd     linkerd-destination-7d4b9c6f5-x2k7p   3/4     Running            2 (3m1s ago)    6d4h    10.42.0.10   n2     <none>           <none>
shop        web-0                                 0/1     CrashLoopBackOff   17              <invalid>   <none>   n2     <none>           <none>

NAME       READY     STATUS    RESTARTS   AGE
dns-test   0/1       Init:0/1   0          1m
old.pod    1/1       Running   4          2h
`
	c := read(t, []byte(text))
	counted(t, c, 0)
	if s := c.Sources[0]; s.Format != "pods" || s.Counts.Lines != 8 || s.Counts.Events != 3 {
		t.Errorf("%+v", s)
	}
	got := facts(c, FactRestarts)
	for subject, want := range map[string]string{"linkerd/linkerd-destination-7d4b9c6f5-x2k7p/": "2 (3m1s ago)", "shop/web-0/": "17", "/old.pod/": "4"} {
		if c.Name(got[subject].Value) != want {
			t.Errorf("%s: %q", subject, c.Name(got[subject].Value))
		}
	}
	for _, line := range []string{"NAME READY", "deploy/web 1/1 1 1 5m", "web   3/3     3            3           5m", "a 1/1 Running x 5m", "a 1/1 Running 1 soon", "a 1/1 Running 2 (often) 5m", "see 1/2 Of 3 5",
		"A 1/1 Running 0 5m", "a b/c Running 0 5m", "a 1/1 running 0 5m", "x a 1/1 Running 0", "Normal  Pulled  5m kubelet  1/1", "\x00 1/1 Running 0 5m", "a 1/1"} {
		if v := Pods.Line(&parse.Line{Text: []byte(line), No: 1}, parse.NewBatch(false, false)); v != parse.NotMine {
			t.Errorf("%q: verdict %d", line, v)
		}
	}
}

// TestBelieved: what several replicas answered, in one file.
func TestBelieved(t *testing.T) {
	const table = `NAMESPACE   IP            PORT   POD                     SERVICE
emojivoto   10.244.0.12   8080   web-6cfbccc48-5g8px     web-svc.emojivoto
emojivoto   fd00::1       8080                           web-svc.emojivoto

NAMESPACE   IP            PORT   POD                     SERVICE
shop        10.244.0.13   80     web-0                   web.shop
`
	text := "$ linkerd diagnostics endpoints --destination-pod linkerd-destination-abc web:80\n" + table + "\nlinkerd-destination-xyz:\n" + table + table +
		"# linkerd-destination-last\nNo endpoints found.\n"
	c := read(t, []byte(text))
	var got []string
	for _, f := range c.Facts {
		if c.Name(f.Key) == FactBelieved {
			got = append(got, c.Name(f.Subject)+" "+c.Name(f.Value))
		}
	}
	var want []string
	for _, answer := range []string{" answer=1 replica=linkerd-destination-abc", " answer=2 replica=linkerd-destination-xyz", " answer=3"} {
		want = append(want, "emojivoto/web-svc 10.244.0.12:8080 web-6cfbccc48-5g8px"+answer, "emojivoto/web-svc fd00::1:8080"+answer, "shop/web 10.244.0.13:80 web-0"+answer)
	}
	want = append(want, " none answer=4 replica=linkerd-destination-last")
	if !slices.Equal(got, want) || c.Sources[0].Format != "endpoints" {
		t.Errorf("%s:\n%s\nwant\n%s", c.Sources[0].Format, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	const asJSON = `[
  {"namespace": "emojivoto", "ip": "10.244.0.12", "port": 8080, "pod": "web-0", "service": "web-svc.emojivoto"}
]
[{"namespace": "emojivoto", "ip": "10.244.0.13", "port": 8080, "pod": "web-1", "service": "web-svc.emojivoto", "weight": 5}, {"port":"x"}]
`
	c = read(t, []byte(asJSON))
	if len(c.Facts) != 2 || c.Name(c.Facts[1].Value) != "10.244.0.13:8080 web-1 answer=2" || c.Facts[1].Ref.Line != 4 || len(c.Sources[0].Problems) != 1 || c.Sources[0].Format != "endpoints" {
		t.Errorf("%+v %v", c.Facts, c.Sources[0].Problems)
	}
	for _, line := range []string{"emojivoto 10.244.0.12 8080 web web-svc.other", "emojivoto 10.244.0 8080 web web.emojivoto", "a 1.2.3.4 99999 b c.a", "a 1.2.3.4 x b c.a", "a 1.2.3.4", "No endpoints found. Really?"} {
		if v := Endpoints.Line(&parse.Line{Text: []byte(line), No: 1}, parse.NewBatch(false, false)); v != parse.NotMine {
			t.Errorf("%q: verdict %d", line, v)
		}
	}
}

// Rows that lost a column, or never had it: kubectl 1.13 printed an object's
// kind only, the oldest had FIRSTSEEN first, and their describe a table of its
// own.
func TestRowsWithOtherColumns(t *testing.T) {
	for _, x := range []struct {
		text, target, from, message string
		kind                        parse.Kind
		count                       uint32
		last, lasted                time.Duration
	}{
		{"LAST SEEN   TYPE      REASON             KIND         MESSAGE\n113m        Warning   Unhealthy          Pod          Readiness probe failed: HTTP probe failed with statuscode: 502\n",
			"", "", "Readiness probe failed: HTTP probe failed with statuscode: 502", parse.KubeletProbeFailed, 1, -6809500 * time.Millisecond, 0},
		{"FIRSTSEEN   LASTSEEN   COUNT     NAME      KIND      SUBOBJECT                  TYPE      REASON      SOURCE              MESSAGE\n" +
			"5m          10s        20        web-0     Pod       spec.containers{web}       Warning   Unhealthy   kubelet, node1      Readiness probe failed: HTTP probe failed with statuscode: 500\n",
			"/web-0", "kubelet, node1", "Readiness probe failed: HTTP probe failed with statuscode: 500", parse.KubeletProbeFailed, 20, -10 * time.Second, 319500 * time.Millisecond},
		{"  FirstSeen\tLastSeen\tCount\tFrom\tSubObjectPath\tType\tReason\tMessage\n  ---------\t--------\t-----\t----\t-------------\t--------\t------\t-------\n" +
			"  5m\t\t10s\t\t20\tkubelet, node1\tspec.containers{web}\tWarning\t\tUnhealthy\tReadiness probe failed: HTTP probe failed with statuscode: 500\n",
			"", "kubelet, node1", "Readiness probe failed: HTTP probe failed with statuscode: 500", parse.KubeletProbeFailed, 20, -10 * time.Second, 319500 * time.Millisecond},
		{"  5m\t10s\t20\t{kubelet 10.3.0.56}\tspec.containers{web}\tWarning\tUnhealthy\tLiveness probe failed: HTTP probe failed with statuscode: 500\n",
			"", "kubelet, 10.3.0.56", "Liveness probe failed: HTTP probe failed with statuscode: 500", parse.KubeletProbeFailed, 20, -10 * time.Second, 319500 * time.Millisecond},
		{"  5m\t10s\t20\tdefault-scheduler \t\t\tNormal\tScheduled\tSuccessfully assigned web-0 to node1\n",
			"", "default-scheduler", "Successfully assigned web-0 to node1", parse.K8sEvent, 20, -10 * time.Second, 319500 * time.Millisecond},
	} {
		e := one(t, x.text)
		if e.Kind != x.kind || e.target != x.target || e.detail["from"] != x.from || e.message != x.message || e.Count != x.count ||
			time.Duration(e.Time) != x.last || e.Lasted != x.lasted {
			t.Errorf("%s\n%v of %q from %q: %q ×%d at %v lasted %v", x.text, e.Kind, e.target, e.detail["from"], e.message, e.Count, time.Duration(e.Time), e.Lasted)
		}
	}
}

// A dashboard's column of messages, each behind its time (linkerd/linkerd2#9602).
func TestMessagesAlone(t *testing.T) {
	const text = "Oct 12, 2022 @ 04:16:35.751\tReadiness probe failed: Get \"http://172.16.36.138:9990/ready\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)\n" +
		"Oct 12, 2022 @ 04:02:25.753\tReadiness probe failed: Get \"http://172.16.36.138:9990/ready\": dial tcp 172.16.36.138:9990: i/o timeout (Client.Timeout exceeded while awaiting headers)\n" +
		"Oct 12, 2022 @ 04:02:25.744\tLiveness probe failed: HTTP probe failed with statuscode: 500\n"
	in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	c, err := parse.Read(t.Context(), []parse.Input{in}, Formats(), wrap.All(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			probe, failure := parse.ProbeOf(e.Class)
			got = append(got, fmt.Sprint(time.Unix(0, int64(e.Time)).UTC().Format(time.RFC3339Nano), " ", probe, " ", failure, " ", e.Value, " ", e.Severity, " ", c.Streams[i].Clock))
		}
	}
	slices.Sort(got)
	want := []string{"2022-10-12T04:02:25.7445Z liveness http_status 500 warn wall", "2022-10-12T04:02:25.7535Z readiness timeout 0 warn wall", "2022-10-12T04:16:35.7515Z readiness timeout 0 warn wall"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	counted(t, c, 0)
	// Without a time before it, it is an event whose time nobody knows; what any
	// sentence may say is prose.
	for text, want := range map[string]parse.Verdict{
		"Readiness probe failed: HTTP probe failed with statuscode: 500":                                 parse.Took,
		"Unhealthy  pod/web-0  Liveness probe failed: dial tcp 10.0.0.1:80: connect: connection refused": parse.Took,
		"Warning  Unhealthy  Pod web-0  Readiness probe failed: ":                                        parse.Took,
		`Liveness probe failed: command "/check" timed out`:                                              parse.Took,
		"Readiness probe failed: what does that mean?":                                                   parse.NotMine,
		"Readiness probe failed": parse.NotMine,
		"Unhealthy  pods are restarted, says the Readiness probe failed: page": parse.NotMine,
	} {
		b := parse.NewBatch(false, false)
		if v := Events.Line(&parse.Line{Text: []byte(text), No: 1}, b); v != want || want == parse.Took && (len(b.Events) != 1 || b.Events[0].Time != 0) {
			t.Errorf("%s: %v %+v", text, v, b.Events)
		}
	}
}
