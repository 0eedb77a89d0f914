package redact_test

import (
	"strings"
	"testing"
)

// Names that only the form of a text tells, and the words beside them that stay: of
// programs, vendors and formats. What must go is in capitals.
func TestFormsOfNames(t *testing.T) {
	names := strings.NewReplacer("ZORO", "zorumipek", "KALU", "kalubiven", "Zoro", "Zorumipek", "Kalu", "Kalubiven", "FIGURES", "516139984")
	for _, x := range []struct{ line, stays string }{
		{"at com.ZORO.KALU.PaymentClient.charge(PaymentClient.java:42)", "com. .PaymentClient.charge"},
		{"c.ZORO.OrderClient : I/O error", "OrderClient"},
		{"context type 'Zoro.Data.AppDbContext'", "Data.AppDbContext"},
		{"java.lang.IllegalStateException org.apache.http.Foo io.grpc.StatusRuntimeException ZORO.kalubiven.svc", "java.lang.IllegalStateException org.apache.http.Foo io.grpc.StatusRuntimeException"},
		{"rollout restarted by ZORO on deployment/KALU", "rollout restarted by deployment/"},
		{"rejected by peer, closed by server, started by kubelet, opened by helm; approved by ZORO", "by peer by server by kubelet by helm"},
		{`query up{job='KALU',pod=~'ZORO-.*'} deployment!="KALU"`, "up{job= pod=~"},
		{`up{deployment=~"ZORO|KALU"}`, "deployment=~"},
		{`kubeconfig context "ZORO" cluster "KALU"`, "kubeconfig context cluster"},
		{"helm upgrade ZORO ./chart -n KALU --install", "helm upgrade ./chart --install"},
		{"HelmRelease/ZORO.KALU reconcile failed", "HelmRelease/ reconcile"},
		{"Traefik router KALU-ZORO-652441c2@kubernetescrd: 502", "Traefik router @kubernetescrd: 502"},
		{"Unable to retrieve some image pull secrets (ZORO, KALU)", "image pull secrets"},
		{"account_number=FIGURES currency=EUR", "account_number= currency=EUR"},
		{"CN=ZORO,O=KALU,SERIALNUMBER=FIGURES expired", "SERIALNUMBER= expired"},
		{"queue https://sqs.eu-west-1.amazonaws.com/FIGURES/ZORO", "sqs. .amazonaws.com"},
		{"Post https://hooks.slack.com/x and https://ZORO.slack.com/archives", "hooks.slack.com slack.com"},
		{"publish projects/ZORO/topics/KALU", "projects/ /topics/"},
		{`From: Zoro Kalu <ZORO@KALU.com>`, "From:"},
		{"cardholder: Zoro Kalu failed", "cardholder: failed"},
		{"untolerated taint {dedicated: ZORO}", "taint {dedicated:"},
		{`\\ZORO\KALU\file.txt missing`, `missing`},
		{"<sid>ZORO12</sid><phone>FIGURES</phone>", "<sid> </sid><phone> </phone>"},
		{`{"listenerName":"ZORO","k8s.deployment.name":"KALU","methodName":"charge"}`, `"methodName":"charge"`},
		{"1706989.5 60012 10.1.2.3 TCP_MISS/504 40 GET http://a.example/x ZORO HIER_DIRECT/10.1.2.4 text/html", "TCP_MISS/504 GET HIER_DIRECT text/html"},
		{"failed to \"KillContainer\" for \"ZORO\" with KillContainerError", "KillContainer"},
		{"registry redirect?next=a%252Fb%2540ZORO.KALU.com", "redirect?next="},
		{"token \x1b[31mghp_ZORO0123456789ABCDEFabcdef\x1b[0m ends", "token ends"},
		{"[KALU-ZORO-8080] upstream 504", "-8080] upstream 504"},
	} {
		line := names.Replace(x.line)
		r := learned("a key of sixteen bytes", line)
		got := string(r.Line([]byte(line)))
		for _, gone := range []string{"zorumipek", "kalubiven", "516139984"} {
			if strings.Contains(strings.ToLower(got), gone) {
				t.Errorf("%s is left:\n%s\n%s", gone, line, got)
			}
		}
		for stays := range strings.FieldsSeq(x.stays) {
			if !strings.Contains(got, stays) {
				t.Errorf("%s is lost:\n%s\n%s", stays, line, got)
			}
		}
	}
}

// What was found in a line is found in one that differs in its figures alone, wherever they
// stand, and an expression that asks for some figures is asked again.
func TestFiguresAreAlike(t *testing.T) {
	r := learned("a key of sixteen bytes")
	for _, n := range []string{"1", "2", "7", "9"} {
		line := "Service.zoro" + n + ".kalu" + n + ":80 lookup mipe" + n + ".rona" + n + " key AKIAABCDEFGHIJKLMNO" + n +
			" /ns/piko" + n + "/sa/tulo" + n + " [buro" + n + "-vima-" + n + "080] upstream"
		r.Learn([]byte(line))
		got := string(r.Line([]byte(line)))
		for _, gone := range []string{"zoro", "kalu", "mipe", "rona", "AKIA", "piko", "tulo"} {
			if strings.Contains(got, gone) {
				t.Errorf("%s%s is left: %s", gone, n, got)
			}
		}
	}
}
