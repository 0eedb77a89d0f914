package parse_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"faultline/parse"
)

// strangers are logs of programs that nobody knows, as they look.
var strangers = map[string]func(r *rand.Rand, i int) string{
	"json": func(r *rand.Rand, i int) string {
		return fmt.Sprintf(`{"time":"2024-05-01T10:%02d:%02dZ","lvl":"info","note":"cart %d updated","took":%d}`, i/60%60, i%60, r.IntN(1e6), r.IntN(900))
	},
	"java": func(r *rand.Rand, i int) string {
		return fmt.Sprintf("2024-05-01 10:%02d:%02d.123  INFO 1 --- [   worker-%d] c.shop.CartService     : cart %d stored", i/60%60, i%60, r.IntN(9), r.IntN(1e6))
	},
	"text": func(r *rand.Rand, i int) string { return fmt.Sprintf("cart %d: %d lines stored", i, r.IntN(90)) },
	"colour": func(r *rand.Rand, i int) string {
		return fmt.Sprintf("\x1b[32mINFO\x1b[0m cart %d: %d lines stored", i, r.IntN(90))
	},
	"cri": func(r *rand.Rand, i int) string {
		return fmt.Sprintf("2024-05-01T10:%02d:%02d.123456789Z stdout F cart %d (%d)", i/60%60, i%60, i, r.IntN(90))
	},
}

// What is known is found wherever it stands among lines of which nothing is.
func TestUnknownLines(t *testing.T) {
	const most = 3000
	known := []string{
		"[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=}: linkerd_stack::failfast: Service entering failfast after 3s",
		"  Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 500",
		`{"log":"I0507 11:59:37.133005    3782 prober.go:107] \"Probe failed\" probeType=\"Readiness\" pod=\"shop/web-0\" probeResult=\"failure\" output=\"x\"\n"}`,
		"NAME    READY   STATUS    RESTARTS   AGE",
		"web-0   1/1     Running   2          5d",
		"Error from server (NotFound): pods \"web-0\" not found",
		`10.0.0.1 - - [07/May/2024:10:31:12 +0000] "GET /cart HTTP/1.1" 504 562 "-" "curl/8.5.0"`,
		"linkerd-destination-7d4b9c6f5-x2k7p",
		"NAMESPACE   IP            PORT   POD                    SERVICE",
		"shop        10.244.0.12   8080   web-6cfbccc48-5g8px    web.shop",
		"outbound|80||web.shop::10.0.0.1:80::health_flags::/failed_eds_health",
		"2024-05-01 10:31:12 ERROR cart: dial tcp 10.244.0.12:8080: connect: connection refused",
		`{"time":"2024-05-01T10:31:12Z","lvl":"error","note":"cart: read: \"connection reset by peer\""}`,
	}
	r := rand.New(rand.NewPCG(3, 3))
	for name, line := range strangers {
		var text strings.Builder
		for i := range most {
			fmt.Fprintln(&text, line(r, i))
			if n := i - most/2; n >= 0 && n%100 == 0 && n/100 < len(known) {
				fmt.Fprintln(&text, known[n/100])
			}
		}
		data := []byte(text.String())
		got, want := read(t, parse.Options{}, input(name, data, 0)), read(t, parse.Options{Every: true}, input(name, data, 0))
		same(t, name, "passed over", got, want)
		if n := got.Sources[0].Counts.Unparsed; n < most {
			t.Errorf("%s: %d lines are not understood, want %d at least", name, n, most)
		}
		for _, size := range []int{100, 4096, 50_000} {
			same(t, name, size, read(t, parse.Options{Piece: size, Workers: 2}, input(name, data, 0)), got)
		}
	}
}

// A search that looks at every byte costs as much as all the rest.
func TestNeedlesAreLongEnough(t *testing.T) {
	const least = 4
	for _, f := range formats() {
		for _, n := range slices.Concat(f.Needles, f.Hints) {
			if f.Line != nil && len(n) < least {
				t.Errorf("%s: %q is shorter than %d bytes", f.Name, n, least)
			}
		}
	}
}

// A needle is found wherever it stands, also within JSON.
func TestNeedles(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, f := range formats() {
		for _, needle := range f.Needles {
			for _, form := range []string{needle, strconv.Quote(needle), strconv.Quote(strconv.Quote(needle))} {
				text := strings.Repeat("~", r.IntN(9)) + form + strings.Repeat("~", r.IntN(9))
				if !parse.HoldsNeedle(formats(), []byte(text)) {
					t.Errorf("%q is not found in %q", needle, text)
				}
			}
		}
	}
	if parse.HoldsNeedle(formats(), []byte("a line in which there is nothing of interest to anybody")) {
		t.Error("a needle is found where none is")
	}
}
