package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// What was done to a line is done again only where it is right: each of many lines that
// differ in numbers comes out as if no other had been met.
func TestSimilarLinesAreRedactedAlike(t *testing.T) {
	forms := []string{
		`[  N.Ns] INFO outbound:proxy{addr=10.N.N.N:N}: took Nms for cart-N.shop:N`, `time="2024-02-02TNN:NN:NNZ" msg="Trace[N]: (total time: Nms) ID:shop/cart-N,Depth:N"`,
		`ip=N user_id=N otp=N pin: N code N phone: N`, `connect to db:N, then (N) and [N] at NN:NN`, `user N of shop, password is aN, token N`, `dial tcp 010.N.N.N:N [fd00::N]:N 00:NN:NN:NN:NN:NN`,
		`{"customer_id":N,"uid":"N","name":"shop N"}`, `http://N/ 10-N-N-N 10_N_N_N N.N.N.10.in-addr.arpa`,
	}
	random := rand.New(rand.NewPCG(8, 1))
	for _, form := range forms {
		alike(t, random, form) // and nothing else that keeps the redactor from remembering
	}
	alike(t, random, forms...)
}

func alike(t *testing.T, random *rand.Rand, forms ...string) {
	t.Helper()
	var lines []string
	for range 1000 {
		line := forms[random.IntN(len(forms))]
		for strings.Contains(line, "N") {
			line = strings.Replace(line, "N", fmt.Sprint(random.IntN([]int{9, 99, 256, 99999, 4_294_967_296}[random.IntN(5)])), 1)
		}
		lines = append(lines, line)
	}
	r := New([]byte("k"), nil)
	for _, line := range lines {
		r.Learn([]byte(line))
	}
	s := r.Searcher()
	for _, line := range lines {
		got := string(r.Line([]byte(line)))
		if want := string(r.line([]byte(line), nil)); got != want {
			t.Fatalf("%s\n gives %s\n wants %s", line, got, want)
		}
		s.Text("line", []byte(got))
	}
	for _, h := range s.Hits {
		t.Errorf("%s (%s) is left", h.Original, r.Class(h.Original))
	}
}
