package redact_test

import (
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"faultline/correlate/redact"
)

func learned(key string, lines ...string) *redact.Redactor {
	r := redact.New([]byte(key), nil)
	for _, l := range lines {
		r.Learn([]byte(l))
	}
	return r
}

// A report's own numbers are not proved absent: F3 is its third finding.
func TestNumbersOfTheReport(t *testing.T) {
	r := learned("k", "namespace=f3 pod=i12", "namespace=f3x")
	if got := r.Originals(); !slices.Equal(got, []string{"f3x"}) {
		t.Errorf("%q", got)
	}
	if got := string(r.Line([]byte("namespace=f3"))); strings.Contains(got, "f3") {
		t.Error(got)
	}
}

// First addresses of networks stay first ones while there are enough, and no
// other address becomes one.
func TestFirstAddresses(t *testing.T) {
	r := learned("k")
	seen := map[string]bool{}
	for i := range 256 {
		for _, tail := range []string{".0.1", ".7.9"} {
			in := "10." + strconv.Itoa(i) + tail
			got := string(r.Line([]byte(in)))
			if seen[got] || strings.HasSuffix(got, ".0.1") != (tail == ".0.1") {
				t.Errorf("%s: %s", in, got)
			}
			seen[got] = true
		}
	}
}

// Everything becomes something of its own shape, and what says nothing stays.
func TestShapes(t *testing.T) {
	const word = `[bcdfghjklmnpqrstvwxz2456789]`
	for in, want := range map[string]string{
		"billing.shop.svc.cluster.local:80":                  `svc-W{8}\.ns-W{8}\.svc\.cluster\.local:80`,
		"web-0.web.shop.svc":                                 `host-W{8}\.svc-W{8}\.ns-W{8}\.svc`,
		"shopper.shop.serviceaccount.identity.linkerd.local": `svc-W{8}\.ns-W{8}\.serviceaccount\.identity\.linkerd\.local`,
		"pod/billing-7d4b9c6f58-mv9qd":                       `pod/app-W{8}-W{10}-W{5}`,
		"pod/linkerd-destination-7d4b9c6f58-mv9qd":           `pod/linkerd-destination-W{10}-W{5}`,
		"pod=store-12":                                       `pod=app-W{8}-12`,
		"pod=scraper-x2k7p":                                  `pod=app-W{8}-W{5}`,
		"10.244.3.165:9996":                                  `2(4\d|5[0-5])\.\d+\.\d+\.\d+:9996`,
		"https://10.43.0.1:443/api":                          `https://2(4\d|5[0-5])\.\d+\.0\.1:443/api`,
		"pod/traefik-secure-6f9c7d5b8d-q2w4z":                `pod/traefik-W{8}-W{10}-W{5}`,
		"addr=127.0.0.1:4140 0.0.0.0":                        `addr=127\.0\.0\.1:4140 0\.0\.0\.0`,
		"fd12:3456:789a::1.":                                 `2001:db8:[0-9a-f:]+\.`,
		"addr=2a02:26f0:1:2::10.1.2.3 [fe80::1%eth0]:80":     `addr=2001:db8:[0-9a-f:]+ \[2001:db8:[0-9a-f:]+%eth0\]:80`,
		"64:ff9b::192.0.2.33 0:0:0:0:0:ffff:10.1.2.3":        `64:ff9b::2\d\d\.\d+\.\d+\.\d+ 0:0:0:0:0:ffff:2\d\d\.\d+\.\d+\.\d+`,
		"0242.ac11.0002":                                     `02[0-9a-f]{2}\.[0-9a-f]{4}\.[0-9a-f]{4}`,
		"mailto:jane%40corp.example jane@10.0.0.3":           `mailto:user-W{8}@example\.invalid user-W{8}@example\.invalid`,
		`{customer="ACME",user="jdoe"}`:                      `\{customer="obj-W{8}",user="obj-W{8}"\}`,
		`sum(rate(http{namespace="shop",pod="web-0"}[5m]))`:  `sum\(rate\(http\{namespace="ns-W{8}",pod="app-W{8}-0"\}\[5m\]\)\)`,
		"url=http%3A%2F%2Fmq.acme.io%2Fx":                    `url=http%3A%2F%2Fhost-W{8}\.host-W{8}\.io%2Fx`,
		"10.1.0.0/16":                                        `2\d\d\.\d+\.\d+\.\d+/16`,
		"[fd00:10::a4]:8080":                                 `\[2001:db8:[0-9a-f:]+\]:8080`,
		"dial [::1]:80 ::ffff:10.0.0.9":                      `dial \[::1\]:80 ::ffff:2\d\d\.\d+\.\d+\.\d+`,
		"ip-10-1-0-17.eu-west-1.compute.internal":            `ip-2\d\d-\d+-\d+-\d+\.host-W{8}\.compute\.internal`,
		"165.3.244.10.in-addr.arpa":                          `\d+\.\d+\.\d+\.2\d\d\.in-addr\.arpa`,
		"02:42:ac:11:00:02":                                  `02(:[0-9a-f]{2}){5}`,
		"jane.doe@corp.example":                              `user-W{8}@example\.invalid`,
		"7d3a52b7-3470-426d-93a8-e7e178eabc30":               `[0-9a-f]{8}-0000-8000-8000-[0-9a-f]{12}`,
		"containerd://a8c84ab9c819e2eb429b131fd3081ae23a2d64ea489ed27c31f6e41ec3e2ca9b": `containerd://[0-9a-f]{64}`,
		"https://shop.acme.io/v1":                                     `https://host-W{8}\.host-W{8}\.io/v1`,
		"image: registry.acme.io:5000/team-a/cart:1.2.3":              `image: host-W{8}\.host-W{8}\.io:5000/obj-W{8}/obj-W{8}:1\.2\.3`,
		"image: cr.l5d.io/linkerd/controller:stable-2.14.8":           `image: cr\.l5d\.io/linkerd/controller:stable-2\.14\.8`,
		"namespace=kube-system version stable-2.14.8 port=8086 took":  `namespace=kube-system version stable-2\.14\.8 port=8086 took`,
		"at 2024-02-02T13:22:28.553Z and 13:22:28, 102.144017ms":      `at 2024-02-02T13:22:28\.553Z and 13:22:28, 102\.144017ms`,
		"linkerd_stack::failfast: Service entering failfast after 3s": `linkerd_stack::failfast: Service entering failfast after 3s`,
		`{"namespace":"shop"} in shop, SHOP_PORT and \nshop%2Fcart`:   `\{"namespace":"(ns-W{8})"\} in ns-W{8}, ns-W{8}_PORT and \\nns-W{8}%2Fcart`,
	} {
		r := learned("k", in)
		got := string(r.Line([]byte(in)))
		if !regexp.MustCompile(`^` + strings.ReplaceAll(want, "W", word) + `$`).MatchString(got) {
			t.Errorf("%s\n gives %s\n wants %s", in, got, want)
		}
		if again := string(r.Line([]byte(got))); again != got {
			t.Errorf("%s gives, redacted again, %s", got, again)
		}
		if again := string(learned("k", in).Line([]byte(in))); again != got {
			t.Errorf("%s gives %s, then %s", in, got, again)
		}
		if other := string(learned("another key", in).Line([]byte(in))); other == got && got != in {
			t.Errorf("%s is the same with another key", got)
		}
		for _, h := range redact.Search(maps.All(map[string]string{"line": got}), r.Originals()) {
			t.Errorf("%s is left in %s", h.Original, got)
		}
	}
}

// Relations stay: one name is one pseudonym wherever and however it stands.
func TestRelationsStay(t *testing.T) {
	in := "pod/billing-7d4b9c6f58-mv9qd pod/billing-7d4b9c6f58-x2k7p pod/billing-5f6c8d9b7d-zt4wl deployment/billing replicaset/billing-7d4b9c6f58 pod-template-hash=7d4b9c6f58"
	f := strings.Fields(string(learned("k", in).Line([]byte(in))))
	a, b, c := strings.TrimPrefix(f[0], "pod/"), strings.TrimPrefix(f[1], "pod/"), strings.TrimPrefix(f[2], "pod/")
	owner := strings.TrimPrefix(f[3], "deployment/")
	set := strings.TrimPrefix(f[4], "replicaset/")
	if !strings.HasPrefix(a, set+"-") || !strings.HasPrefix(b, set+"-") || a == b || strings.HasPrefix(c, set) || !strings.HasPrefix(c, owner+"-") {
		t.Error(f)
	}
	if hash := strings.TrimPrefix(f[5], "pod-template-hash="); set != owner+"-"+hash {
		t.Errorf("%s is not of %s", set, hash)
	}
	in = "10.244.3.165 ip-10-244-3-165 165.3.244.10.in-addr.arpa"
	f = strings.Fields(string(learned("k", in).Line([]byte(in))))
	parts := strings.Split(f[0], ".")
	if f[1] != "ip-"+strings.Join(parts, "-") {
		t.Error(f)
	}
	if slices.Reverse(parts); f[2] != strings.Join(parts, ".")+".in-addr.arpa" {
		t.Error(f)
	}
}

// Ten thousand names keep apart.
func TestNoCollisions(t *testing.T) {
	r := redact.New([]byte("k"), nil)
	seen := map[string]string{}
	for i := range 10000 {
		in := "namespace=" + strings.Repeat("q", i%7+1) + string(rune('a'+i%26)) + itoa(i) + " 10." + itoa(i/256) + "." + itoa(i%256) + ".7"
		r.Learn([]byte(in))
		for _, p := range strings.Fields(string(r.Line([]byte(in)))) {
			if had, ok := seen[p]; ok {
				t.Fatalf("%s stands for %s and %s", p, had, in)
			}
			seen[p] = in
		}
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

var planted = map[string]string{
	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U": "Set-Cookie %s",
	"mF_9.B5f-4.1JqM":                          "Authorization: Bearer %s",
	"dXNlcjpwYXNzd29yZA==":                     "proxy-authorization: Basic %s",
	"AKIAIOSFODNN7EXAMPLE":                     "key id %s in use",
	"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY": "env %s",
	"ghp_16C7e42F292c6912E7710c838347Ae178B4a": "cloning with %s",
	"hunter2hunter2":                           `{"password":"%s"}`,
	"s3cr3t-value":                             "api_key=%s&x=1",
	"root:toor99":                              "postgres://%s@db.internal:5432/x",
	"bob%3Asecret9":                            "GET /?url=http%3A%2F%2F%s%40mq.acme.io",
	"my secret pass":                           "password: '%s'",
	"two words":                                `{\"token\":\"%s\"}`,
	"abc def ghi":                              `"client_secret": "%s"`,
	"hunter2x":                                 "run --db-password %s -v",
	"123456789012:role/acme":                   "assume arn:aws:iam::%s",
	"hvs.CAESIJ1234567890abc":                  "vault %s",
	"fe5f80f77d5fa3beca038a248ff0":             "X-Amz-Signature=%s",
	"LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt":     "tls.key: %s",
	"MIIEpAIBAAKCAQEA7":                        "-----BEGIN RSA PRIVATE KEY-----\\n%s\\n-----END RSA PRIVATE KEY-----",
}

func TestSecretsGo(t *testing.T) {
	for secret, line := range planted {
		in := strings.Replace(line, "%s", secret, 1)
		r := learned("k", in)
		got := string(r.Line([]byte(in)))
		if strings.Contains(got, secret) || !strings.Contains(got, "REDACTED") {
			t.Errorf("%s\n gives %s", in, got)
		}
		if _, mapped := r.Map()[secret]; mapped {
			t.Errorf("%s is in the map", secret)
		}
	}
}

// The search finds what is left, however it is written.
func TestSearchFinds(t *testing.T) {
	originals := []string{"shop-eu", "10.244.3.165", "jane@corp.example", "preview-0036"}
	for _, text := range []string{
		"in shop-eu now", "SHOP-EU", "SHOP_EU_PORT", "x/shop-eu.svc", `msg\nshop-eu`, "a%2Fshop-eu", "pod-10-244-3-165.x", "165.3.244.10.in-addr.arpa", "jane%40corp.example",
		base64.StdEncoding.EncodeToString([]byte(`{"ns":"shop-eu"}`)), base64.RawURLEncoding.EncodeToString([]byte("?? preview-0036")),
		"blob " + base64.StdEncoding.EncodeToString([]byte("aa:preview-0036:bb")) + " end",
	} {
		if hits := redact.Search(maps.All(map[string]string{"here": text}), originals); len(hits) == 0 || hits[0].Where != "here" {
			t.Errorf("nothing found in %s", text)
		}
	}
	for _, text := range []string{"workshop-european", "110.244.3.165", "10.244.3.16", "shop", "preview-00361"} {
		if hits := redact.Search(maps.All(map[string]string{"here": text}), originals); len(hits) > 0 {
			t.Errorf("%v found in %s", hits, text)
		}
	}
}

func TestPaths(t *testing.T) {
	in := "/home/jdoe/cases/ACME-4711/proxy/billing-7d4b9c6f58-mv9qd.log.gz"
	r := learned("k", "pod/billing-7d4b9c6f58-mv9qd")
	got := r.Path(in)
	if !regexp.MustCompile(`^/[^/]+/f-\w{5}/cases/f-\w{5}-4711/proxy/app-\w{8}-\w{10}-\w{5}\.log\.gz$`).MatchString(got) && strings.Contains(got, "jdoe") || strings.Contains(got, "ACME") {
		t.Error(got)
	}
	if pod := string(r.Line([]byte("billing-7d4b9c6f58-mv9qd"))); !strings.Contains(got, pod) {
		t.Errorf("%s does not hold %s: the log would lose its pod", got, pod)
	}
}

// Whatever a line holds, redacting it ends, and a planted secret is gone.
func FuzzLine(f *testing.F) {
	for _, line := range planted {
		f.Add(line, "")
	}
	f.Add("time=\"2024-02-02T13:22:28Z\" namespace=shop pod=\"shop/web-0\" 10.0.0.1 [fd00::1]:80 ", " ip-10-0-0-1.a.b.svc jane@x.io \\n%2F")
	f.Fuzz(func(t *testing.T, before, after string) {
		const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"
		r := redact.New([]byte("k"), nil)
		line := []byte(before + " Bearer " + token + " " + after)
		r.Learn(line)
		got := r.Line(line)
		if strings.Contains(string(got), token) {
			t.Errorf("%q is left in %q", token, got)
		}
		if again := r.Line(line); string(again) != string(got) {
			t.Errorf("%q, then %q", got, again)
		}
	})
}
