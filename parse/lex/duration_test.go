package lex

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What Go prints is read back, and what Go does not read is not read.
func TestDuration(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		want := time.Duration(r.Int64N(1 << (1 + r.IntN(56))))
		if got, ok := Duration([]byte(want.String())); got != want || !ok {
			t.Fatalf("%v: %v %v", want, got, ok)
		}
	}
	alphabet := "0019.5mhsnuµ -"
	for range 200_000 {
		text := make([]byte, 1+r.IntN(9))
		for i := range text {
			text[i] = alphabet[r.IntN(len(alphabet))]
		}
		want, err := time.ParseDuration(string(text))
		got, ok := Duration(text)
		if ok != (err == nil && text[0] != '-') || ok && got != want {
			t.Fatalf("%q: %v %v, want %v %v", text, got, ok, want, err)
		}
	}
	for _, bad := range []string{"", "9999999999999999h"} {
		if _, ok := Duration([]byte(bad)); ok {
			t.Errorf("%q was read", bad)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Duration([]byte("1m2.144017s")) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
