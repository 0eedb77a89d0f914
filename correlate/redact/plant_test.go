package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"faultline/correlate/redact"
)

// sentences that are planted with names, as the programs that log beside a mesh
// write them. Each upper-case word is a token that must go.
var plantedSentences = []string{
	// linkerd
	`[  400.1s]  INFO ThreadId(01) outbound:proxy{addr=10.4.3.2:80}:service{ns=NAMESPACE name=SERVICE port=80}: linkerd_stack::failfast: Service entering failfast after 3s`,
	`logical service SERVICE.NAMESPACE.svc.cluster.local:80: route HTTPRoute.NAMESPACE.ROUTE: backend Service.NAMESPACE.SERVICE:80: service in fail-fast`,
	`inbound:accept{client.addr=10.1.2.3:4 server.addr=10.1.2.4:80}:server{port=80}:http{client.id="SERVICE.NAMESPACE.serviceaccount.identity.linkerd.cluster.local"}: unauthorized request on route`,
	`client spiffe://trust.DOMAIN.com/ns/NAMESPACE/sa/SERVICE: connection denied`,
	`Adding endpoint addr=10.1.2.3:80 service=SERVICE.NAMESPACE`,
	`balance{addr=SERVICE.NAMESPACE.svc.CLUSTER.local:80}:endpoint{addr=10.2.3.4:8080}: Failed to connect error=connect timed out after 1s`,
	// Kubernetes
	`pods "PODNAME" is forbidden: User "system:serviceaccount:NAMESPACE:SERVICE" cannot get resource "pods" in API group "" in the namespace "NAMESPACE"`,
	`The "PODNAME" pod in "NAMESPACE" is not running`, `secrets "OBJECT" not found`, `configmaps "OBJECT" is forbidden`, `deployments.apps "WORKLOAD" not found`, `endpointslices.discovery.k8s.io "OBJECT" already exists`,
	`error killing container CONTAINER in pod PODNAME_NAMESPACE(7d3a52b7-3470-426d-93a8-e7e178eabc30)`,
	`"Error syncing pod, skipping" err="failed to \"StartContainer\" for \"CONTAINER\"" pod="NAMESPACE/PODNAME" podUID="7d3a52b7-3470-426d-93a8-e7e178eabc30" containerName="CONTAINER"`,
	`Successfully assigned NAMESPACE/PODNAME to NODE`,
	`Created pod: PODNAME`, `Scaled up replica set WORKLOAD-7d9c5b8f6d from 1 to 2`, `Deleted pod: PODNAME`,
	`Started container CONTAINER`, `Created container: CONTAINER`, `Stopping container CONTAINER`, `Container CONTAINER failed liveness probe, will be restarted`,
	`MountVolume.SetUp failed for volume "OBJECT" : secret "OBJECT" not found`,
	`Node NODE status is now: NodeNotReady`, `Deleting node NODE because it does not exist`,
	`Exec lifecycle hook for Container "CONTAINER" in Pod "PODNAME_NAMESPACE(7d3a52b7-3470-426d-93a8-e7e178eabc30)" failed`,
	`deployment/WORKLOAD`, `namespace/NAMESPACE`, `-n NAMESPACE`, `--namespace=NAMESPACE`, `--namespace NAMESPACE`,
	`Pulling image "registry.DOMAIN.com/TEAM/WORKLOAD:v1.2.3"`,
	`Back-off restarting failed container CONTAINER in pod PODNAME_NAMESPACE(7d3a52b7-3470-426d-93a8-e7e178eabc30)`,
	`Labels: app.kubernetes.io/name=WORKLOAD`, `Labels:  app=WORKLOAD`, `Node:   NODE/10.3.4.5`, `Controlled By:  ReplicaSet/WORKLOAD-7d9c5b8f6d`, `Service Account:  SERVICE`,
	`Updated LoadBalancer with new IPs for NAMESPACE/SERVICE`,
	`http://SERVICE.NAMESPACE:8080/x`, `http://SERVICE.NAMESPACE.svc:8080/x`,
	`lookup SERVICE.NAMESPACE.svc.cluster.local on 10.96.0.10:53: no such host`,
	`dial tcp: lookup DOMAIN.com: no such host`,
	// access logs
	`10.9.8.7 - USERNAME [02/Feb/2024:13:20:01 +0000] "GET / HTTP/1.1" 504 160 "-" "c" 305 3.003 [UPSTREAM-80] [] 10.9.8.1:80 0 3.000 504 abc`,
	`2024/02/02 13:20:01 [error] 31#31: *5 upstream timed out while reading response header from upstream, client: 10.1.2.3, server: www.DOMAIN.com, request: "GET / HTTP/1.1", upstream: "http://10.2.3.4:80/", host: "www.DOMAIN.com"`,
	`[2024-02-02T13:20:01.123Z] "GET / HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0 - "10.1.2.3" "curl" "9f3b" "SERVICE.NAMESPACE.svc.cluster.local" "-" outbound|80||SERVICE.NAMESPACE.svc.cluster.local - 10.4.5.6:80 10.7.8.9:1 - default`,
	// keys
	`customer="FIRST LAST"`, `user=USERNAME`, `tenant: TEAM`, `"team":"TEAM"`, `{"customer_name": "FIRST LAST"}`, `label_team="TEAM"`, `exported_namespace="NAMESPACE"`,
	`dst_serviceaccount="SERVICE"`, `kubernetes_pod_name="PODNAME"`, `k8s.namespace.name=NAMESPACE`, `{"kubernetes":{"namespace_name":"NAMESPACE","pod_name":"PODNAME","container_name":"CONTAINER","host":"NODE"}}`,
	`job="NAMESPACE/SERVICE"`, `exported_instance="NODE"`, `involvedObject.name=PODNAME`, `"claimName":"OBJECT"`,
	`from=FIRST.LAST@DOMAIN.com`, `host=api.DOMAIN.xyz`, `https://api.DOMAIN.app/v1`, `sni=api.DOMAIN.zone:443`,
}

// words a token is made of, and what stands for it.
var plantedWords = map[string]string{"NAMESPACE": "korumpiq", "SERVICE": "zufolax", "ROUTE": "rugetobik", "PODNAME": "velidap-6d9f7c5b8-x2k4q", "OBJECT": "masoluteq", "WORKLOAD": "dunalogix",
	"CONTAINER": "vobelud", "NODE": "tazukimor", "TEAM": "lodunavex", "DOMAIN": "kimorasel", "CLUSTER": "batirono", "USERNAME": "ebonakul", "FIRST": "Rilutamek", "LAST": "Sebulotak", "UPSTREAM": "hanorevi-mulapint"}

// encodings in which a whole line may stand.
var plantedEncodings = map[string]func(string) string{
	"plain": func(s string) string { return s },
	"json":  func(s string) string { b, _ := json.Marshal(map[string]string{"log": s + "\n"}); return string(b) },
	"twice": func(s string) string {
		b, _ := json.Marshal(map[string]string{"log": s})
		c, _ := json.Marshal(map[string]string{"m": string(b)})
		return string(c)
	},
	"percent": func(s string) string { return "GET /?q=" + url.QueryEscape(s) },
	"entity":  func(s string) string { return "<td>" + html.EscapeString(s) + "</td>" },
	"base64":  func(s string) string { return "data: " + base64.StdEncoding.EncodeToString([]byte(s)) + " end" },
	"url64":   func(s string) string { return "state=" + base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"cri":     func(s string) string { return "2024-02-02T13:20:01.123456789Z stderr F " + s },
}

// colours a token as stern and tracing do.
func coloured(s string) string { return "\x1b[32m" + s + "\x1b[0m" }

// No name that a standard sentence or a key tells is left, however the line is
// encoded, and the search finds none either.
func TestNoPlantedNameStays(t *testing.T) {
	for _, sentence := range plantedSentences {
		plain, colour := sentence, sentence
		var tokens []string
		for word, token := range plantedWords {
			if strings.Contains(sentence, word) {
				tokens = append(tokens, token)
				plain, colour = strings.ReplaceAll(plain, word, token), strings.ReplaceAll(colour, word, coloured(token))
			}
		}
		for name, encode := range plantedEncodings {
			check(t, name, encode(plain), tokens)
		}
		check(t, "colour", colour, tokens)
		check(t, "colour in json", plantedEncodings["json"](colour), tokens)
	}
}

func check(t *testing.T, encoding, line string, tokens []string) {
	t.Helper()
	r := learned("k", line)
	got := string(r.Line([]byte(line)))
	text := strings.ToLower(got + " " + unwrap(got))
	for _, token := range tokens {
		if strings.Contains(text, strings.ToLower(token)) {
			t.Errorf("%s: %s is left in\n %s", encoding, token, got)
		}
	}
	for _, h := range redact.Search(func(yield func(string, string) bool) { yield("line", got) }, r.Originals()) {
		t.Errorf("%s: the search finds %s (%s) in\n %s", encoding, h.Original, h.Form, got)
	}
}

// unwrap takes every stretch of base64 apart.
func unwrap(s string) string {
	var out strings.Builder
	for _, f := range strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(" =\"", c) }) {
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if b, err := e.DecodeString(f); err == nil {
				fmt.Fprintf(&out, " %s", b)
			}
		}
	}
	return out.String()
}

// secrets of the promised classes; SECRET must go.
var plantedSecrets = []string{
	`password=SECRET`, `"password": "SECRET"`, `{\"password\":\"SECRET\"}`, `passwd: SECRET`, `pass=SECRET`, `passphrase: SECRET`, `DB_PASSWORD=SECRET`, `--password SECRET`, `--db-password=SECRET`,
	`["--password","SECRET"]`, `"--token=SECRET"`, `{"name":"API_TOKEN","value":"SECRET"}`, `api_key=SECRET`, `apiKey: "SECRET"`, `x-api-key: SECRET`, `access_token=SECRET&x=1`, `?sig=SECRET`,
	`Authorization: Bearer SECRET`, `authorization: Basic SECRET`, `Cookie: lang=de; sid=SECRET; theme=x`, `set-cookie: session=SECRET; Path=/; HttpOnly`, `PHPSESSID=SECRET`, `JSESSIONID=SECRET`,
	`postgres://app:SECRET@db:5432/x`, `root:SECRET@tcp(db:3306)/x`, `amqp://u:SECRET@mq/vh`, `redis://:SECRET@cache:6379`, `auth=SECRET`, `sid=SECRET`, `otp=583920`, `client_secret=SECRET`,
	`csrf_token=SECRET`, `session_id=SECRET`, `private_key: SECRET`, `signature=SECRET`, `jwt=SECRET`, `"credentials": "SECRET"`, `secret: 'SECRET'`, `token%3DSECRET`, `REDIS_PASS=SECRET`, `MYSQL_PWD=SECRET`,
}

// No secret of a promised class is left, in any encoding.
func TestNoPlantedSecretStays(t *testing.T) {
	for _, form := range plantedSecrets {
		for _, secret := range []string{"hSdddxH5jMTF7", "a6aosrWlQGOTvZ89", "Qw8kPs3xLm"} {
			line := strings.ReplaceAll(form, "SECRET", secret)
			if !strings.Contains(form, "SECRET") {
				secret = "583920"
			}
			for name, encode := range plantedEncodings {
				check(t, name, encode("request to x failed "+line+" after 3s"), []string{secret})
			}
		}
	}
}
