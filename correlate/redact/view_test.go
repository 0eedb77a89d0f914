package redact

import (
	"math/rand/v2"
	"testing"
)

// someEdits are edits of a text of n bytes, in order and apart.
func someEdits(random *rand.Rand, n int) (out []edit) {
	for at := random.IntN(4); at < n; at += 1 + random.IntN(4) {
		to := min(n, at+random.IntN(4))
		put := make([]byte, random.IntN(4))
		for i := range put {
			put[i] = byte('A' + random.IntN(26))
		}
		out = append(out, edit{at, to, put})
		at = to
	}
	return out
}

// Edits of what came of other edits are edits of the text itself.
func TestCompose(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 200_000 {
		in := []byte("abcdefghijklmnopqrstuvwxyz")[:random.IntN(26)]
		first := someEdits(random, len(in))
		text := apply(in, first)
		then := someEdits(random, len(text))
		list := compose(text, first, then)
		if got, want := string(apply(in, list)), string(apply(text, then)); got != want {
			t.Fatalf("%s with %v, then %v: %s, not %s", in, first, then, got, want)
		}
	}
}
