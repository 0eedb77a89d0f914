package ingress

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// layouts are formats as people have them in their configuration, a line of
// each, and what it tells.
var layouts = []struct{ name, config, line, tells string }{
	{"nginx", `log_format upstream '$remote_addr [$time_iso8601] "$request" '
  '$status $request_time '
  'up=$upstream_addr ust=$upstream_status "$http_user_agent"';`,
		`198.51.100.9 [2024-02-02T13:22:31+00:00] "GET /a b HTTP/1.1" 504 60.001 up=10.1.2.3:80, 10.1.2.4:80 ust=504, 504 "an \x22agent\x22 up=x"`,
		`nginx ingress.response 504 after 1m0.001s: unknown, upstream=10.1.2.4:80 status=504 tries=2 client=198.51.100.9 at 2024-02-02T13:22:31Z`},
	{"nginx, JSON", `log_format json escape=json '{"t":"$time_iso8601","s":$status,"rt":$request_time,"ua":"$http_user_agent","u":"$upstream_addr","q":"$request","v":"$host"}';`,
		`{"t":"2024-02-02T13:22:31+00:00","s":502,"rt":0.002,"ua":"a \"b\" c","u":"10.1.2.3:80","q":"GET / HTTP/1.1","v":"shop.example"}`,
		`nginx ingress.response 502 after 2ms: unknown, upstream=10.1.2.3:80 tries=1 at 2024-02-02T13:22:31Z for shop.example`},
	{"ingress-nginx", `log-format-upstream: '$remote_addr|$time_local|$request|$status|$request_time|$proxy_upstream_name|$upstream_addr|$upstream_status|$req_id'`,
		`10.0.0.7|02/Feb/2024:13:22:29 +0000|GET / HTTP/1.1|503|0.000|shop-web-80|-|-|5d1b`,
		`nginx ingress.response 503 after 0s: no_endpoints, upstream=- status=- client=10.0.0.7 at 2024-02-02T13:22:29Z for shop-web-80`},
	{"Apache", `LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D %{BALANCER_WORKER_NAME}e" proxied`,
		`10.0.0.7 - - [02/Feb/2024:13:22:29 +0000] "GET /x HTTP/1.1" 502 400 "-" "curl \"8\"" 60000123 http://10.1.2.3:80`,
		`nginx ingress.response 502 after 1m0.000123s: unknown, upstream=10.1.2.3:80 tries=1 client=10.0.0.7 at 2024-02-02T13:23:29.000123Z`},
	{"Apache, parts of a time", `LogFormat "{ \"time\":\"%{%Y-%m-%d}tT%{%T}t.%{msec_frac}tZ\", \"process\":\"%D\", \"client\":\"%a\", \"request\":\"%U\", \"method\":\"%m\", \"status\":\"%>s\" }" json`,
		`{ "time":"2024-02-02T13:22:31.250Z", "process":"30015123", "client":"198.51.100.7", "request":"/cart", "method":"GET", "status":"502" }`,
		`nginx ingress.response 502 after 30.015123s: unknown, client=198.51.100.7 at 2024-02-02T13:23:01.265123Z`},
	{"Envoy, without flags", `accessLogFormat: '%START_TIME(%s.%3f)% %REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %DURATION% %UPSTREAM_CLUSTER%'`,
		`1706880151.250 GET /cart 503 no_healthy_upstream 0 shop_web`,
		`envoy ingress.response 503 after 0s: no_endpoints, details=no_healthy_upstream at 2024-02-02T13:22:31.25Z for shop_web`},
	{"Envoy, text", `accessLogFormat: '%START_TIME% "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% t=%DURATION% "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER%'`,
		`2024-02-02T13:22:31.500Z "GET / HTTP/2" 503 UF t=10001 "shop.example" "10.1.2.3:80" outbound|80||web.shop.svc.cluster.local`,
		`envoy ingress.response 503 after 10.001s: connect_timeout, state=UF upstream=10.1.2.3:80 tries=1 at 2024-02-02T13:22:41.501Z for outbound|80||web.shop.svc.cluster.local`},
	{"Envoy, JSON", `{"s":"%START_TIME%","m":"%REQ(:METHOD)%","c":"%RESPONSE_CODE%","f":"%RESPONSE_FLAGS%","d":"%DURATION%","u":"%UPSTREAM_CLUSTER%","h":"%UPSTREAM_HOST%","x":"%REQ(X-REQUEST-ID)%"}`,
		`{"c":504,"d":15001,"f":"UT","h":"10.1.2.3:80","m":"GET","s":"2024-02-02T13:22:31.500Z","u":"web","x":"2ab6ffcd-7221-4630-9d6a-4c38d94ed3c8"}`,
		`envoy ingress.response 504 after 15.001s: timeout, state=UT upstream=10.1.2.3:80 tries=1 at 2024-02-02T13:22:46.501Z for web`},
	{"HAProxy", `log-format "%ci:%cp [%trg] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %ts %{+Q}r %[ssl_fc_sni]"`,
		`198.51.100.9:41000 [02/Feb/2024:13:22:31 +0000] fe web/pod1 0/0/1/-1/50001 504 sH "GET / HTTP/1.1" shop.example`,
		`haproxy ingress.response 504 after 50.001s: timeout, state=sH upstream=pod1 connect=0.001 tries=1 client=198.51.100.9 at 2024-02-02T13:23:21.001Z for web`},
	{"HAProxy, JSON", `log-format '{"time":"%tr","status":%ST,"be":"%b","srv":"%s","state":"%tsc","ta":%Ta,"req":"%HM %HP"}'`,
		`{"time":"02/Feb/2024:13:22:31.250","status":503,"be":"web","srv":"<NOSRV>","state":"SC--","ta":0,"req":"GET /x"}`,
		`haproxy ingress.response 503 after 0s: no_endpoints, state=SC-- upstream=<NOSRV> tries=1 at 2024-02-02T13:22:31.25Z for web`},
	{"Caddy", `{request>remote_ip} - {ts} "{request>method} {request>uri}" {status} {duration} {request>host}`,
		`10.9.52.4 - 1740660002.125 "GET /cart" 504 30.000812 shop.example`,
		`caddy ingress.response 504 after 30.000812s: unknown, client=10.9.52.4 at 2025-02-27T12:40:02.125Z for shop.example`},
}

// Every dialect compiles to a reader of its lines, from the text alone as from
// the configuration around it.
func TestLayouts(t *testing.T) {
	for _, c := range layouts {
		for _, text := range []string{c.config, strings.TrimSpace("# a comment\n" + c.config)} {
			found := []string{c.config}
			if text != c.config {
				if found = Definitions(text); len(found) == 0 {
					if c.name == "Envoy, JSON" || c.name == "Caddy" {
						continue // nothing before it tells what it is
					}
					t.Errorf("%s: not found in\n%s", c.name, text)
					continue
				}
			}
			l, err := Compile(found[0])
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := told(l, c.line); got != c.tells {
				t.Errorf("%s\n got %s\nwant %s", c.name, got, c.tells)
			}
		}
	}
}

// All that is read of a line of each layout, up to the byte, and what its configuration
// compiles to where it is cut off.
func TestLayoutsWhole(t *testing.T) {
	var out strings.Builder
	for _, c := range layouts {
		l, err := Compile(c.config)
		if err != nil {
			t.Fatal(c.name, err)
		}
		fmt.Fprintf(&out, "# %s\n%s\n", c.name, c.line)
		parsetest.Told(&out, Laid([]*Layout{l})[0], c.line)
		grown(&out, c.config)
	}
	for _, name := range slices.Sorted(maps.Keys(configs)) {
		fmt.Fprintf(&out, "# %s\n", name)
		grown(&out, configs[name].text)
	}
	parsetest.Golden(t, "testdata/layouts.golden", out.String())
}

// grown tells what layouts are found in a configuration as it is cut off later and later.
func grown(out *strings.Builder, text string) {
	was := ""
	for n := range len(text) + 1 {
		is := ""
		for i, found := range append(Definitions(text[:n]), text[:n]) {
			l, err := Compile(found)
			if err != nil {
				is += fmt.Sprintf(" %d: %v;", i, err)
				continue
			}
			is += fmt.Sprintf(" %d: %s", i, l.format.Name)
			for _, p := range l.parts {
				is += fmt.Sprintf(" %s=%d/%s%v%v", p.name, p.sense, p.unit, p.quoted, p.list)
			}
			for _, key := range slices.Sorted(maps.Keys(l.keys)) {
				is += fmt.Sprintf(" %s=%d/%s", key, l.keys[key].sense, l.keys[key].unit)
			}
			is += ";"
		}
		if is != was {
			fmt.Fprintf(out, "%d:%s\n", n, is)
		}
		was = is
	}
}

// told is what the layout's format makes of a line.
func told(l *Layout, line string) string {
	f := Laid([]*Layout{l})[0]
	in := parse.Line{Text: []byte(line), No: 1}
	b := parse.NewBatch(false, false)
	if v := f.Line(&in, b); v != parse.Took {
		return fmt.Sprint("verdict ", v)
	}
	e := b.Events[0]
	end := time.Unix(0, int64(in.Own)-int64(in.Grain.Width())/2).UTC().Format(time.RFC3339Nano)
	out := fmt.Sprintf("%s %s %v after %v: %v, %s at %s", f.Name, e.Kind, e.Value, e.Lasted, parse.CauseOf(e.Class), b.Names.Text(e.Fact), end)
	if e.Target != 0 {
		out += " for " + b.Names.Text(e.Target)
	}
	var d parse.Detail
	if f.Detail([]byte(line), &d); d.Message == "" || d.Message == line || !strings.Contains(line, d.RawTime) || d.RawTime == "" {
		out += fmt.Sprintf(" shown as %q at %q", d.Message, d.RawTime)
	}
	return out
}

// What is no layout says so, and what a line of another layout is, is left to
// others.
func TestNoLayout(t *testing.T) {
	for _, text := range []string{"", "x", "$", "%", "{", "log_format", "log_format main", "log_format main 'x", "$remote_addr $request", "%h %u", "%START_TIME%",
		"%REQ(", "%{x", "${status", "%[x", "{request>", "%ci %ST", "$status", "LogFormat", `log-format "%ci`} {
		if l, err := Compile(text); err == nil {
			t.Errorf("%q compiles to %+v", text, l)
		}
	}
	for i := range layouts {
		l, err := Compile(layouts[i].config)
		if err != nil {
			t.Fatal(err)
		}
		for j := range layouts {
			var v values
			if read := l.read([]byte(layouts[j].line), &v, nil); read != (i == j) {
				t.Errorf("%s reads %s: %v", layouts[i].name, layouts[j].line, read)
			}
		}
	}
}

// A line that has the literals of a layout, and other values between, is not one
// of it: HAProxy's default beside a format of one's own.
func TestLayoutHoldsValues(t *testing.T) {
	l, err := Compile(`log-format "%ci:%cp [%tr] %ft %b/%s %Ta %ST %tsc %{+Q}r"`)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{
		`127.0.0.1:49020 [30/Nov/2026:03:13:27.708] fe ok/s1 1009 504 sH-- "GET / HTTP/1.1"`:                                      true,
		`127.0.0.1:49020 [30/Nov/2026:03:13:27.708] fe ok/s1 0/0/0/0/0 200 51 - - ---- 1/1/0/0/0 0/0 "GET /ok/x HTTP/1.1"`:        false,
		`127.0.0.1:49020 [30/Nov/2026:03:13:27.708] fe ok/s1 0/0/2/-1/1003 504 198 - - sH-- 1/1/0/0/0 0/0 "GET /slow/x HTTP/1.1"`: false,
		`127.0.0.1:49020 [30/Nov/2026:03:13:27.708] fe ok/s1 1009 504 sH-- GET`:                                                   false,
		`127.0.0.1:49020 [30/Xov/2026:03:13:27.708] fe ok/s1 1009 504 sH-- "GET / HTTP/1.1"`:                                      false,
		`127.0.0.1:49020 [30/Nov/2026:03:13:27.708] fe ok/s1 1009 fine sH-- "GET / HTTP/1.1"`:                                     false,
		`127.0.0.1:49020 [30/Nov/2026:03:13:27.708] fe ok/s1 1009 504 stopped "GET / HTTP/1.1"`:                                   false,
	} {
		var v values
		if got := l.read([]byte(line), &v, nil); got != want {
			t.Errorf("%v of %s", got, line)
		}
	}
}

// A file that is mostly what a proxy in Go says of itself keeps its requests.
func TestMostlyTheProgramItself(t *testing.T) {
	const (
		started = `{"level":"info","ts":1796008403.8823,"msg":"using provided configuration","config_file":"Caddyfile"}` + "\n"
		failed  = `{"level":"error","ts":1796008413.1968882,"logger":"http.log.error","msg":"dial tcp 10.0.0.9:80: connect: connection refused","request":{"method":"GET","host":"shop.example","uri":"/"},"duration":0.0006,"status":502}` + "\n"
		served  = `{"level":"error","ts":1796008413.1969264,"logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"shop.example","uri":"/"},"duration":0.0006,"size":0,"status":502}` + "\n"
		known   = `time="2024-02-02T13:22:30Z" level=info msg="Configuration loaded from flags."` + "\n"
		traefik = `time="2024-02-02T13:22:31Z" level=debug msg="'504 Gateway Timeout' caused by: dial tcp 10.0.0.9:80: i/o timeout"` + "\n"
		access  = `{"DownstreamStatus":504,"Duration":30000184335,"OriginStatus":504,"RequestHost":"a","RouterName":"r","StartUTC":"2024-02-02T13:22:01Z","level":"info","msg":"","time":"2024-02-02T13:22:31Z"}` + "\n"
	)
	for text, want := range map[string]uint64{
		strings.Repeat(started, 40) + failed + served: 2,
		strings.Repeat(known, 40) + traefik + access:  2,
	} {
		if n := read(t, []byte(text), 0).Sources[0].Counts.Events; n != want {
			t.Errorf("%d events, want %d, of %s", n, want, text[len(text)-len(served):])
		}
	}
}

// configs are configurations with formats in them.
var configs = map[string]struct {
	text string
	n    int
}{
	"nginx.conf": {"http {\n  # log_format old '$status';\n  log_format main '$remote_addr - [$time_local] \"$request\" '\n    '$status $request_time';\n  log_format\tb escape=json\n    '{\"t\":\"$msec\",\"s\":\"$status\"}';\n  access_log /a main;\n}\n", 2},
	"ConfigMap":  {"apiVersion: v1\nkind: ConfigMap\ndata:\n  log-format-upstream: '{\"time\": \"$time_iso8601\", \"status\": $status, \"rt\": $request_time}'\n  other: x\n", 1},
	"block":      {"data:\n  log-format-upstream: |\n    $remote_addr [$time_local]\n    $status $request_time\n  other: x\n", 1},
	"JSON":       {`{"data":{"nginx.conf":"http {\n  log_format main '$remote_addr [$time_local] $status';\n}\n"},"kind":"ConfigMap"}`, 1},
	"Envoy":      {"spec:\n  accessLog:\n    - path: /dev/stdout\n      json_format:\n        t: \"%START_TIME%\"\n        s: \"%RESPONSE_CODE%\"\n        f: \"%RESPONSE_FLAGS%\"\n  x: y\n", 1},
	"Istio":      {"meshConfig:\n  accessLogFormat: \"[%START_TIME%] %RESPONSE_CODE% %RESPONSE_FLAGS%\\n\"\n", 1},
	"haproxy":    {"defaults\n  log-format \"%ci:%cp [%tr] %ft %b/%s %Ta %ST %tsc\"\n", 1},
	"httpd":      {"LogFormat \"%h %t \\\"%r\\\" %>s\" short\nLogFormat \"%h\" useless\n", 1},
	"nothing":    {"log_format is a word\nLogFormat too\naccessLogFormat: none\n", 0},
}

func TestDefinitions(t *testing.T) {
	for name, c := range configs {
		if found := Definitions(c.text); len(found) != c.n {
			t.Errorf("%s: %d found, want %d: %q", name, len(found), c.n, found)
		}
	}
}

// FuzzLayout: whatever is given as a layout, and whatever line, nothing panics,
// and a layout that compiles reads the same each time.
func FuzzLayout(f *testing.F) {
	for _, c := range layouts {
		f.Add(c.config, c.line)
	}
	for _, c := range configs {
		f.Add(c.text, "x")
	}
	f.Fuzz(func(t *testing.T, config, line string) {
		Definitions(config)
		l, err := Compile(config)
		if err != nil || strings.TrimSpace(line) == "" {
			return
		}
		if a, b := told(l, line), told(l, line); a != b {
			t.Errorf("%s, then %s", a, b)
		}
	})
}
