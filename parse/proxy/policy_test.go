package proxy

import (
	"testing"
	"time"

	"faultline/parse"
)

func TestPolicy(t *testing.T) {
	at := parse.Time(time.Date(2022, 10, 11, 23, 21, 6, 32865500, time.UTC).UnixNano())
	f := func(text, want string) {
		t.Helper()
		b := parse.NewBatch(false, false)
		l := &parse.Line{Text: []byte(text), No: 1}
		v := Policy.Line(l, b)
		got := ""
		if len(b.Events) > 0 {
			got = told(b, b.Events[0])
		}
		if (v == parse.Took) != (want != "") || v == parse.NotMine || got != want {
			t.Errorf("%s\nverdict %d\n got %s\nwant %s", text, v, got, want)
		}
		if l.Clock != parse.ClockWall || l.Own != at || l.Grain != parse.GrainMicro {
			t.Errorf("%s\nis at %d on clock %v", text, l.Own, l.Clock)
		}
		if proxy, _, _ := one(text); proxy != parse.NotMine {
			t.Errorf("a proxy's: %s", text)
		}
	}
	const head, info = `2022-10-11T23:21:06.032865Z  INFO `, `{"timestamp":"2022-10-11T23:21:06.032865Z","level":"INFO",`
	// stable-2.12.1, linkerd2#9602
	f(head+`authorizationpolicies: kubert::errors: stream failed error=error returned by apiserver during watch: too old resource version: 120956659 (120959083): Expired`,
		"controller.watch_failed | info | target=authorizationpolicies | fact=too old resource version: 120956659 (120959083): Expired")
	f(info+`"fields":{"message":"stream failed","error":"watch stream failed: Error reading events stream: error reading a body from connection"},"target":"kubert::errors","spans":[{"name":"httproutes.policy.linkerd.io"}]}`,
		"controller.watch_failed | info | target=httproutes.policy.linkerd.io | fact=Error reading events stream: error reading a body from connection")
	f(head+`index{x=a:b}:servers: kubert::errors: stream failed error=x`, "controller.watch_failed | info | target=servers | fact=x")
	// 2.11
	f(head+`servers: linkerd_policy_controller_k8s_api::watch: Failed error=x`, "controller.watch_failed | info | target=servers | fact=x")
	f(head+`servers: linkerd_policy_controller_k8s_api::watch: Restarting`, "")
	f(head+`grpc{port=8090}: linkerd_policy_controller: gRPC server listening addr=0.0.0.0:8090`, "controller.started | info")
	// 2.14
	f(head+`grpc{port=8090}: linkerd_policy_controller: policy gRPC server listening addr=0.0.0.0:8090`, "controller.started | info")
	f(head+`linkerd_policy_controller: Lease already exists, no need to create it`, "")
	f(head+`linkerd_policy_controller: created Lease resource lease=Lease { metadata: x }`, "")
	f(info+`"fields":{"message":"Status controller leadership change","leader":true},"target":"linkerd_policy_controller_k8s_status::index"}`, "")
	f(`2022-10-11T23:21:06.032865Z DEBUG servers: kubert::errors: stream failed error=x`, "")
	// kube-rs
	f(`2022-10-11T23:21:06.032865Z ERROR pods: kube_runtime::watcher: watcher list error with 403: Forbidden`, "controller.list_failed | error | target=pods")

	for _, text := range []string{
		"", "x", "2022-10-11T23:21:06.032865Z  INFO servers: someprogram::errors: stream failed", "2022-10-11T23:21:06.032865Z stream failed",
		"2022-10-11T23:21:06.032865Z  INFO ThreadId(01) outbound: linkerd_app: x", "servers: kubert::errors: stream failed",
		`{"timestamp":"[     1.043697s]","level":"WARN","fields":{"message":"x"},"target":"kubert::errors"}`,
		`{"timestamp":"2022-10-11T23:21:06.032865Z","level":"INFO","fields":{"message":"x"},"target":"kubert::errors","threadId":"ThreadId(1)"}`,
	} {
		l := &parse.Line{Text: []byte(text), No: 1}
		if v := Policy.Line(l, parse.NewBatch(false, false)); v != parse.NotMine || l.Clock != parse.ClockNone {
			t.Errorf("%s: verdict %d", text, v)
		}
	}
	var d parse.Detail
	Policy.Detail([]byte(head+`servers: kubert::errors: stream failed error=a: b`), &d)
	if d.Message != "stream failed" || d.RawTime != "2022-10-11T23:21:06.032865Z" || len(d.Attrs) != 3 || d.Attrs[2] != (parse.Attr{Key: "error", Value: "a: b"}) {
		t.Errorf("%+v", d)
	}
}
