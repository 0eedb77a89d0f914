package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
)

// plant is a dump in which each name and each secret stands once, so that
// nothing but its own place can tell what it is.
type plant struct {
	random *rand.Rand
	every  int               // how many texts there are for one that a format holds
	tokens map[string]string // what must go, in small letters, to the line that holds it
	now    []string          // tokens of the line that is being written
	sealed map[string]bool
	first  map[string][]string // tokens by their beginnings
}

// syllables make words that no language, no program and no other token has.
const (
	plantedConsonants = "bdfgklmnprstvz"
	plantedVowels     = "aeiou"
)

// word makes a word of n letters.
func (p *plant) word(n int) string {
	for {
		b := make([]byte, n)
		for i := range b {
			from := plantedConsonants
			if i%2 == 1 {
				from = plantedVowels
			}
			b[i] = from[p.random.IntN(len(from))]
		}
		if w := string(b); !p.sealed[w] {
			p.sealed[w] = true
			return w
		}
	}
}

func (p *plant) hex(n int) string {
	b := []byte("a1")
	for len(b) < n {
		b = append(b, "0123456789abcdef"[p.random.IntN(16)])
	}
	return string(b[:n])
}

func (p *plant) from(letters string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[p.random.IntN(len(letters))]
	}
	return string(b)
}

const (
	safeLetters  = "bcdfghjklmnpqrstvwxz2456789"
	mixedLetters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
)

// draw makes one token: what stands in the line, and what of it must go.
func (p *plant) draw(class string) (text string, gone []string) {
	w := p.word(10)
	switch class {
	case "pod": // of a Deployment
		return w + "-" + p.from(safeLetters, 9) + "7-" + p.from(safeLetters, 5), []string{w}
	case "setpod": // of a StatefulSet
		return w + "-" + strconv.Itoa(p.random.IntN(9)), []string{w}
	case "ip":
		s := fmt.Sprintf("%d.%d.%d.%d", 11+p.random.IntN(100), 101+p.random.IntN(150), 101+p.random.IntN(150), 101+p.random.IntN(150))
		return s, []string{s}
	case "ip6":
		s := fmt.Sprintf("fd%s:%s:%s::%s", p.hex(2)[:2], p.hex(4), p.hex(4), p.hex(4))
		return s, []string{s}
	case "mac":
		s := "a6"
		for range 5 {
			s += ":" + p.hex(2)
		}
		s = s[:len(s)-2] + strconv.Itoa(10+p.random.IntN(90))
		for i := 3; i+1 < len(s)-2; i += 3 {
			s = s[:i] + fmt.Sprintf("%02x", p.random.IntN(256)) + s[i+2:]
		}
		return s, []string{s}
	case "uid":
		s := p.hex(8) + "-" + p.hex(4) + "-4" + p.hex(3) + "-8" + p.hex(3) + "-" + p.hex(12)
		for i := range 8 {
			s = s[:i] + string("0123456789abcdef"[p.random.IntN(16)]) + s[i+1:]
		}
		return s, []string{s}
	case "id":
		s := p.from("0123456789abcdef", 64)
		return s, []string{s}
	case "host":
		v := p.word(8)
		return v + "." + w + "." + []string{"com", "app", "xyz", "zone", "co.uk", "internal", "dev", "engineering"}[p.random.IntN(8)], []string{v, w}
	case "mail":
		v := p.word(8)
		return v + "@" + w + ".com", []string{v, w}
	case "person":
		v := p.word(8)
		return strings.ToUpper(v[:1]) + v[1:] + " " + strings.ToUpper(w[:1]) + w[1:], []string{v, w}
	case "foreign":
		return "Ż" + w + "ä", []string{w}
	case "SECRET":
		s := p.from(mixedLetters, 11) + "7x"
		return s, []string{s}
	case "digits":
		s := strconv.Itoa(10000000 + p.random.IntN(90000000))
		return s, []string{s}
	}
	return w, []string{w}
}

// fill puts tokens in the place of {class}, and remembers them. {a:class} is the
// same token as the next {a:class} in the same text.
func (p *plant) fill(form string) string {
	var out strings.Builder
	same := map[string]string{}
	for {
		before, rest, ok := strings.Cut(form, "«")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		class, after, _ := strings.Cut(rest, "»")
		form = after
		text, ok := same[class]
		if !ok {
			var gone []string
			text, gone = p.draw(class[strings.IndexByte(class, ':')+1:])
			same[class] = text
			p.now = append(p.now, gone...)
		}
		out.WriteString(text)
	}
}

// wrote says in which line the tokens stand that were drawn since.
func (p *plant) wrote(where, line string) string {
	for _, t := range p.now {
		p.tokens[strings.ToLower(t)] = where + ": " + line
	}
	p.now = p.now[:0]
	return line
}

// plantedTexts are what stands where a program says something of its own.
var plantedTexts = []string{
	// linkerd, SPIFFE, Istio
	`logical service «svc».«ns».svc.cluster.local:80: route HTTPRoute.«ns».«route»: backend Service.«b:ns».«b:svc»:80: service in fail-fast`,
	`endpoint «ip»:8080: connect timed out after 1s`, `endpoint [«ip6»]:8080: Connection refused (os error 111)`,
	`client spiffe://«host»/ns/«ns»/sa/«svc»: unauthorized request on route`, `client «svc».«ns».serviceaccount.identity.linkerd.cluster.local: unauthorized`,
	`outbound|80|v1|«svc».«ns».svc.cluster.local: no healthy upstream`, `cluster outbound_.80_._.«svc».«ns».svc.cluster.local`, `inbound|8080|http|«svc».«ns».svc.cluster.local`,
	`cluster kubernetes/«ns»/«svc»/80`, `httproute/«ns»/«route»/rule/0`, `backend «ns»/«svc» has no endpoints`, `AuthorizationPolicy «ns»/«obj» denied`,
	`envoy cluster name «ns»_«svc»_80 is down`,
	// Kubernetes
	`pods "«pod»" is forbidden: User "system:serviceaccount:«ns»:«svc»" cannot get resource "pods" in API group "" in the namespace "«c:ns»"`, `User "system:node:«node»" cannot list`,
	`secrets "«obj»" not found`, `secret "«obj»" not found`, `configmap "«obj»" not found`, `pods "«pod»" not found`, `deployments.apps "«app»" not found`, `services "«svc»" not found`, `endpoints "«svc»" not found`, `nodes "«node»" not found`,
	`serviceaccounts "«svc»" not found`, `namespaces "«ns»" not found`, `persistentvolumeclaim "«obj»" not found`, `Operation cannot be fulfilled on leases.coordination.k8s.io "«obj»": the object has been modified`,
	`error killing container «ctr» in pod «a:setpod»_«ns»(«uid»)`, `failed to "StartContainer" for "«ctr»" with CrashLoopBackOff: "back-off 5m0s restarting failed container=«ctr» pod=«setpod»_«ns»(«uid»)"`,
	`couldn't find key password in Secret «ns»/«obj»`, `couldn't find key url in ConfigMap «ns»/«obj»`, `references non-existent secret key: «obj»`, `spec.containers{«ctr»}: Started`, `spec.initContainers{«ctr»}`,
	`Successfully assigned «ns»/«setpod» to «node»`, `Created pod: «setpod»`, `Scaled up replica set «app»-7d9c5b8f6d from 1 to 2`, `Scaled down replica set «app»-5c6d8 to 0`, `create Pod «setpod» in StatefulSet «app» successful`,
	`Started container «ctr»`, `Created container «ctr»`, `Stopping container «ctr»`, `Container «ctr» failed liveness probe, will be restarted`, `Container image "«host»/«obj»/«app»:v1.2.3" already present on machine`,
	`MountVolume.SetUp failed for volume "«obj»" : secret "«o:obj»" not found`, `Node «node» status is now: NodeNotReady`, `Deleting node «node» because it does not exist in the cloud provider`, `Failed to pull image "«host»/«app»@sha256:«id»"`,
	`Unable to attach or mount volumes: unmounted volumes=[«obj»], unattached volumes=[«o:obj» kube-api-access-x2k4q]: timed out waiting for the condition`, `pod/«setpod»`, `deployment/«app»`, `deployment.apps/«app»`, `namespace/«ns»`, `svc/«svc»`, `configmap/«obj»`, `node/«node»`,
	`kubectl -n «ns» get pods`, `--namespace=«ns»`, `in namespace «ns»`, `namespace «ns» not found`, `Taint manager: deleting pod «ns»/«setpod»`, `0/3 nodes are available: preemption victims «ns»/«setpod»`, `evicting pod «ns»/«setpod»`,
	`containerd://«id»`, `sandbox "«id»"`, `kubepods-burstable-pod«uid».slice`, `/kubepods/burstable/pod«uid»/«id»`, `/var/lib/kubelet/pods/«uid»/volumes`, `/var/log/pods/«ns»_«setpod»_«uid»/«ctr»/0.log`, `/var/log/containers/«setpod»_«ns»_«ctr»-«id».log`,
	`error adding pod «ns»_«setpod» to CNI network "«obj»"`, `plugin type="calico" failed: pod «setpod»`, `Readiness probe failed: Get "http://«ip»:8080/healthz": dial tcp «ip»:8080: connect: connection refused`, `lease «ns»/«obj»`, `lock is held by «setpod»_«uid» and has not yet expired`,
	`«setpod» stopped leading`, `ingress «ns»/«obj» has no active endpoint`, `Error obtaining Endpoints for Service "«ns»/«svc»"`, `certificate «ns»/«obj» expired`, `secret «ns»/«obj» does not exist`, `issuer=CN=«obj»`, `subject=CN=«svc».«ns».svc,O=«team»`, `x509: certificate is valid for «host», not «h:host»`,
	// addresses and hosts
	`dial tcp «ip»:443: i/o timeout`, `read tcp «ip»:1234->«j:ip»:443: read: connection reset by peer`, `lookup «host» on «ip»:53: no such host`, `lookup «svc».«ns».svc.cluster.local on 10.96.0.10:53: no such host`, `http://«svc».«ns»:8080/x`, `http://«svc»:8080/x`, `https://«host»/v1`, `host=«host»`, `from «mail»`, `peer «mac»`,
	`addr=«ip6»`, `[«ip6»]:443`, `hostname «node»`, `not on node «node»`, `host «h:host» not reachable`, `x-forwarded-for: «ip», «j:ip»`, `ip-10-221-133-147.«host»`, `upstream «svc».«ns».svc.cluster.local:80`, `tcp://«svc»:5432`, `grpc://«svc».«ns»:9000`, `jdbc:postgresql://«svc».«ns»:5432/«obj»`, `kafka broker «setpod».«svc».«ns».svc:9092`,
	// keys
	`customer="«person»"`, `user=«user»`, `user="«person»"`, `tenant: «team»`, `{"team":"«team»"}`, `{"customer_name": "«person»"}`, `label_team="«team»"`, `exported_namespace="«ns»"`, `customer_id=«team»`, `account=«team»`, `user=«foreign»`, `customer="«foreign»"`, `username: «user»`, `login=«user»`, `org=«team»`, `project=«team»`, `userId=«user»`, `email=«mail»`, `owner=«user»`,
	`uid=«uid»`, `requestID=«uid»`, `podIP=«ip»`, `{"namespace":"«ns»","pod":"«pod»","container":"«ctr»","node":"«node»"}`, `ns=«ns» svc=«svc»`, `service=«svc»`, `app=«app»`, `pod=«setpod»`, `deployment=«app»`, `job=«ns»/«svc»`, `instance=«node»`, `cluster=«obj»`, `release=«app»`, `hostname=«node»`, `nodeName: «node»`, `dst_service="«svc»"`, `claimName=«obj»`, `secretName=«obj»`, `configMap=«obj»`, `serviceAccount=«svc»`,
	`logged in as «user»: user=«user»`, `User "«mail»" cannot get resource`, `user «user» logged in`, `by user "«user»"`,
	// secrets
	`password=«SECRET»`, `"password": "«SECRET»"`, `{\"password\":\"«SECRET»\"}`, `passwd: «SECRET»`, `pass=«SECRET»`, `passphrase: «SECRET»`, `DB_PASSWORD=«SECRET»`, `--password «SECRET»`, `--db-password=«SECRET»`, `["--password","«SECRET»"]`, `--token=«SECRET»`, `{"name":"API_TOKEN","value":"«SECRET»"}`, `api_key=«SECRET»`, `apiKey: "«SECRET»"`, `x-api-key: «SECRET»`,
	`access_token=«SECRET»&x=1`, `?sig=«SECRET»`, `Authorization: Bearer «SECRET»`, `authorization: Basic «SECRET»`, `authorization="Bearer «SECRET»"`, `{"Authorization":["Bearer «SECRET»"]}`, `Cookie: lang=de; sid=«SECRET»; theme=x`, `set-cookie: session=«SECRET»; Path=/; HttpOnly`, `cookie="a=«SECRET»; b=«t:SECRET»"`, `PHPSESSID=«SECRET»`, `JSESSIONID=«SECRET»`, `postgres://app:«SECRET»@db:5432/x`, `root:«SECRET»@tcp(db:3306)/x`,
	`amqp://u:«SECRET»@mq/vh`, `redis://:«SECRET»@cache:6379`, `mongodb+srv://u:«SECRET»@«host»/x`, `auth=«SECRET»`, `sid=«SECRET»`, `otp=«digits»`, `otp: «digits»`, `pin=«digits»`, `one-time code otp «digits»`, `client_secret=«SECRET»`, `csrf_token=«SECRET»`, `session_id=«SECRET»`, `private_key: «SECRET»`, `signature=«SECRET»`, `jwt=«SECRET»`, `secret: '«SECRET»'`, `token%3D«SECRET»`, `REDIS_PASS=«SECRET»`, `MYSQL_PWD=«SECRET»`,
	`DSN="host=db user=app password=«SECRET» dbname=x"`, `Server=db;User Id=app;Password=«SECRET»;`, `AccountKey=«SECRET»==`, `SharedAccessSignature=sv=2020&sig=«SECRET»`, `aws_secret_access_key = «SECRET»`, `X-Amz-Signature=«SECRET»`, `X-Amz-Security-Token=«SECRET»`, `refresh_token":"«SECRET»"`, `id_token=«SECRET»`, `code=«SECRET»&state=«t:SECRET»`, `bearer «SECRET»`, `Token «SECRET»`, `ApiKey «SECRET»`, `Digest username="«user»", response="«SECRET»"`, `curl -u app:«SECRET» https://x`, `sshpass -p «SECRET»`, `mysql -p«SECRET»`, `basic auth app:«SECRET»`, `webhook https://hooks.slack.com/services/T0/B0/«SECRET»`, `vault token hvs.«SECRET»abcdefghijkl`, `glpat-«SECRET»`, `ghp_«SECRET»«t:SECRET»abc`, `sk_live_«SECRET»`,
}

// plantedEncodings are ways in which a program writes what it got from another.
var plantedEncodings = []struct {
	name   string
	encode func(string) string
}{
	{"plain", func(s string) string { return s }},
	{"plain", func(s string) string { return "before " + s + " after" }},
	{"brackets", func(s string) string { return "(" + s + ")" }},
	{"json", func(s string) string { return quotedJSON(map[string]string{"log": s + "\n"}) }},
	{"json twice", func(s string) string {
		return quotedJSON(map[string]string{"m": quotedJSON(map[string]string{"log": s})})
	}},
	{"percent", func(s string) string { return "q=" + url.QueryEscape(s) + "&b=1" }},
	{"path", func(s string) string { return "/q/?w=" + url.PathEscape(s) }},
	{"entities", func(s string) string { return "<td>" + html.EscapeString(s) + "</td>" }},
	{"numbers", func(s string) string { return numbered(s, "&#%d;") }},
	{"unicode", func(s string) string { return numbered(s, `\u%04x`) }},
	{"base64", func(s string) string { return "data: " + base64.StdEncoding.EncodeToString([]byte(s)) + " end" }},
	{"url64", func(s string) string { return "state=" + base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"colour", func(s string) string { return "\x1b[32m" + s + "\x1b[0m" }},
	{"colour in json", func(s string) string { return quotedJSON(map[string]string{"log": "\x1b[1;31m" + s + "\x1b[0m"}) }},
}

func quotedJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// numbered writes every third character by its number.
func numbered(s, form string) string {
	var out strings.Builder
	i := 0
	for _, c := range s {
		if i++; i%3 == 0 && c < 0x10000 && c > ' ' {
			fmt.Fprintf(&out, form, c)
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}
