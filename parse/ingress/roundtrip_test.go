package ingress

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// escaped is a text as nginx prints a variable (ngx_http_log_escape).
func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\x%02X`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// made is a request of which the writers below print what they know.
type made struct {
	at            time.Time // when it began
	lasted        time.Duration
	status        int
	path, agent   string
	id, service   string
	upstream      string
	offset        *time.Location
	body, request int
}

func (m *made) end() time.Time { return m.at.Add(m.lasted) }

// writers print a request in the formats that the programs document.
var writers = map[string]func(m *made) string{
	"nginx": func(m *made) string { // combined, and ingress-nginx's upstreaminfo
		return fmt.Sprintf(`10.0.0.7 - - [%s] "GET %s HTTP/1.1" %d %d "-" "%s" %d %.3f [%s] [] %s %d %.3f %d %s`, m.end().In(m.offset).Format("02/Jan/2006:15:04:05 -0700"),
			escaped(m.path), m.status, m.body, escaped(m.agent), m.request, m.lasted.Seconds(), m.service, m.upstream, m.body, m.lasted.Seconds(), m.status, m.id)
	},
	"envoy": func(m *made) string { // Istio's: Envoy's default with the details and the addresses
		return fmt.Sprintf(`[%s] "GET %s HTTP/2" %d UT upstream_response_timeout - "-" %d %d %d - "10.0.0.7" "%s" "%s" "shop.example.com" "%s" %s 10.1.0.1:5000 10.0.0.9:80 10.0.0.7:6000 - default`,
			m.at.UTC().Format("2006-01-02T15:04:05.000Z"), m.path, m.status, m.request, m.body, m.lasted.Milliseconds(), m.agent, m.id, m.upstream, m.service)
	},
	"traefik": func(m *made) string {
		return fmt.Sprintf(`10.0.0.7 - - [%s] "GET %s HTTP/1.1" %d %d "-" "%s" %d "%s" "http://%s" %dms`, m.at.In(m.offset).Format("02/Jan/2006:15:04:05 -0700"),
			m.path, m.status, m.body, m.agent, m.request, m.service, m.upstream, m.lasted.Milliseconds())
	},
	"proxy-access": func(m *made) string {
		return fmt.Sprintf(`{"client.addr":"10.0.0.7:6000","client.id":"-","host":"%s","method":"GET","processing_ns":"1","request_bytes":"%d","response_bytes":"%d","status":%d,"timestamp":"%s","total_ns":"%d","trace_id":"","uri":"http://%s%s","user_agent":%q,"version":"HTTP/2.0"}`,
			m.service, m.request, m.body, m.status, m.at.UTC().Format(time.RFC3339Nano), m.lasted.Nanoseconds(), m.service, m.path, m.agent)
	},
}

// What each of them writes comes back: the status, the end, the duration and
// the service, whatever was asked for and by whom.
func TestReadsWhatTheyWrite(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	pick := func(n int, letters string) string {
		out := []rune(letters)
		var b strings.Builder
		for range n {
			b.WriteRune(out[r.IntN(len(out))])
		}
		return b.String()
	}
	for range 3000 {
		m := &made{at: time.UnixMilli(1.7e12 + r.Int64N(1e11)), lasted: time.Duration(r.IntN(70000)) * time.Millisecond, status: 500 + r.IntN(5),
			path: "/" + pick(r.IntN(30), `ab/?=&%{}[]:,;-_~😀`), agent: "x" + pick(r.IntN(40), `ab 1/;:()[]{},-`), id: pick(32, "0123456789abcdef"),
			service: pick(1+r.IntN(20), "abc-") + "z", upstream: fmt.Sprintf("10.1.0.%d:%d", r.IntN(255), 1+r.IntN(65535)),
			offset: time.FixedZone("", (r.IntN(105)-48)*900), body: r.IntN(1e6), request: 1 + r.IntN(1e4)}
		for name, write := range writers {
			line := write(m)
			f, v, l, b := verdicts(t, line, parse.Prefix{})
			if f == nil || f.Name != name || v != parse.Took {
				t.Fatalf("%s: %s\ntaken by %v with verdict %d", name, line, f, v)
			}
			e, grain := b.Events[0], l.Grain.Width()
			off := time.Duration(int64(l.Own) - m.end().UnixNano())
			if e.Value != float64(m.status) || e.Lasted != m.lasted || b.Names.Text(e.Target) != m.service || off.Abs() > grain {
				t.Fatalf("%s: %s\n%+v of %q, %v from its end", name, line, e, b.Names.Text(e.Target), off)
			}
		}
	}
}

// Two layers that hand on a request's id print the same of it; an id that is
// too short to be one tells nothing.
func TestLayersShareARequest(t *testing.T) {
	m := &made{at: time.UnixMilli(1.7e12), lasted: 5 * time.Second, status: 504, path: "/", agent: "x", id: "a7c98d98ac870f64981a997cd2f373a1",
		service: "shop-web-80", upstream: "10.1.0.9:80", offset: time.UTC}
	print := func(name string) uint32 {
		_, _, _, b := verdicts(t, writers[name](m), parse.Prefix{})
		return b.Events[0].Print
	}
	if want := lex.Fingerprint([]byte(m.id)); print("nginx") != want || print("envoy") != want {
		t.Errorf("%x and %x, want %x", print("nginx"), print("envoy"), want)
	}
	if m.id = "7"; print("nginx") != 0 || print("envoy") != 0 { // the reader takes the line's
		t.Errorf("%x and %x", print("nginx"), print("envoy"))
	}
}
