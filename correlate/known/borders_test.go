package known

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// What stands just at a border, and just beyond it.
func TestBorders(t *testing.T) {
	for text, want := range map[string]string{
		"edge-18.1.1": "edge-18.1.1", "edge-17.12.1": "", "edge-24.0.1": "", "edge-24.1.1": "edge-24.1.1", "edge-24.12.9": "edge-24.12.9", "edge-24.13.1": "",
		"18.2.3": "edge-18.2.3", "17.2.3": "", "2.14.8": "2.14.8", "3.1.1": "", "1.9.9": "", "stable-2.9.0": "2.9.0", "stable-18.1.1": "",
	} {
		r, ok := ParseRelease(text)
		if got := r.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%s is %s, %t", text, got, ok)
		}
	}
	for code, want := range map[int]string{128: "an error of its own", 129: "signal 1", 131: "signal 3", 191: "signal 63", 192: "an error of its own", 255: "an error of its own"} {
		if got := ExitText(code); got != want {
			t.Errorf("exit code %d is %s, want %s", code, got, want)
		}
	}
	for _, x := range []struct {
		d       time.Duration
		seconds float64
		want    bool
	}{{60 * time.Millisecond, 0, true}, {61 * time.Millisecond, 0, false}, {50 * time.Second, 49.1, true}, {50 * time.Second, 51.1, false}, {1950 * time.Millisecond, 2, true}, {1930 * time.Millisecond, 2, false}} {
		if Approx(x.d, x.seconds) != x.want {
			t.Errorf("%s and %g s are alike: %t", x.d, x.seconds, !x.want)
		}
	}
}

// A fix is in the release that has it, in later ones of its minor version and in later
// minor versions, and where a line got no backport in what was cut after its edge.
func TestAtLeast(t *testing.T) {
	stable, edge := Release{A: 2, B: 14, C: 9}, Release{Edge: true, A: 24, B: 1, C: 1}
	for text, want := range map[string]bool{
		"2.14.8": false, "2.14.9": true, "2.14.10": true, "2.15.0": true, "2.13.7": false, "2.9.9": false, "2.21.0": true,
		"edge-24.1.1": true, "edge-23.12.4": false, "edge-24.1.2": true, "edge-24.2.1": true,
	} {
		r, _ := ParseRelease(text)
		if r.AtLeast(stable, edge) != want {
			t.Errorf("%s has it: %t", text, !want)
		}
		if (r.Edge || r.B != 14) && r.AtLeast(Release{}, edge) != want {
			t.Errorf("%s has what no stable release got by a backport: %t", text, !want)
		}
	}
	if cut := (Release{Edge: true, A: 24, B: 2, C: 4}); !(Release{A: 2, B: 15}).AtLeast(Release{}, cut) || !(Release{A: 2, B: 15}).AtLeast(Release{A: 2, B: 15}, cut) {
		t.Error("2.15.0 has not what was in the edge that it was cut from")
	}
	for minor, want := range map[int]bool{14: false, 15: true, 16: true} {
		if r := (Release{A: 2, B: 14, C: 10}); r.Before(minor) != want {
			t.Errorf("2.14.10 is before 2.%d: %t", minor, !want)
		}
		if r := (Release{Edge: true, A: 24, B: 2, C: 3}); r.Before(minor) != want {
			t.Errorf("edge-24.2.3 is before 2.%d: %t", minor, !want)
		}
	}
}

// Each default tells itself by itself and by each number of tries, for its product and
// code alone.
func TestEachKnob(t *testing.T) {
	for _, k := range Knobs {
		for n := 1; n <= k.Tries; n++ {
			d := time.Duration(float64(n) * k.Seconds * 1e9)
			knobs, tries := KnobsOf(k.Product, k.Code, d)
			found := false
			for i := range knobs {
				found = found || knobs[i] == k && float64(tries[i])*k.Seconds == d.Seconds()
				if knobs[i].Product != k.Product || knobs[i].Code != k.Code {
					t.Errorf("%s of %s is told by %s of %s", k.Name, k.Product, knobs[i].Name, knobs[i].Product)
				}
			}
			if first, ok := KnobOf(k.Product, d); !found || !ok || first.Product != k.Product {
				t.Errorf("%s of %s, %d times: %t, %t %v", k.Name, k.Product, n, found, ok, first)
			}
		}
		if d := time.Duration(float64(k.Tries+1) * k.Seconds * 1e9); k.Tries > 1 {
			if knobs, _ := KnobsOf(k.Product, "", d); len(knobs) > 0 && knobs[0] == k {
				t.Errorf("%s of %s is met %d times", k.Name, k.Product, k.Tries+1)
			}
		}
	}
	if k, ok := KnobOf("nginx", 7*time.Second); ok {
		t.Errorf("7 s is %s", k.Name)
	}
	if k, ok := KnobOf("no product", 5*time.Second); ok {
		t.Errorf("another's 5 s is %s", k.Name)
	}
}

// A word that goes with another does not tell without it, nor beside what denies it.
func TestWordsTogether(t *testing.T) {
	for _, w := range Words {
		if w.And != "" && !strings.Contains(w.Text, strings.ReplaceAll(w.And, "_", " ")) {
			if got, ok := WordOf(w.Text); ok && got == w {
				t.Errorf("%q tells without %q", w.Text, w.And)
			}
		}
		if _, ok := WordOf(w.Text + " " + w.And); !ok {
			t.Errorf("%q and %q tell nothing", w.Text, w.And)
		}
		if got, ok := WordOf(w.Text + " " + w.And + " " + w.Not); w.Not != "" && ok && got == w {
			t.Errorf("%q tells beside %q", w.Text, w.Not)
		}
	}
}

// Whether a release can show a stall, by its log level.
func TestEachLevel(t *testing.T) {
	for _, x := range []struct {
		release, level string
		want           Visibility
	}{
		{"2.11.5", "debug", Silent}, {"2.14.5", "", Debug}, {"2.14.5", "debug", Visible}, {"2.14.5", "trace", Visible}, {"2.14.6", "", Visible}, {"2.14.6", "warn", Silent},
		{"2.14.6", "warning", Silent}, {"2.14.6", "error", Silent}, {"2.14.6", "fatal", Silent}, {"2.14.6", "panic", Silent}, {"2.14.6", "info", Visible}, {"edge-23.11.4", "info", Debug},
	} {
		r, _ := ParseRelease(x.release)
		if got, why := PopStalls(r, x.level); got != x.want || why == "" {
			t.Errorf("%s at %q: %v (%s), want %v", x.release, x.level, got, why, x.want)
		}
	}
	if got, _ := PopStalls(Release{}, "info"); got != Unknown {
		t.Errorf("no release: %v", got)
	}
}

// All words are looked for at once; what is found is what a search for each would find.
func TestWordsAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for range 2000 {
		var text strings.Builder
		for range 1 + r.IntN(3) {
			w := Words[r.IntN(len(Words))]
			for _, part := range []string{w.Text, w.And, w.Not, "of 10.1.2.3"} {
				if part = part[r.IntN(1+len(part)/8):]; r.IntN(3) > 0 {
					text.WriteString(part + " ")
				}
			}
		}
		low := strings.ReplaceAll(text.String(), "_", " ")
		has := func(part string) bool { return strings.Contains(low, strings.ReplaceAll(part, "_", " ")) }
		i := slices.IndexFunc(Words, func(w Word) bool { return has(w.Text) && has(w.And) && (w.Not == "" || !has(w.Not)) })
		if got, ok := WordOf(text.String()); ok != (i >= 0) || ok && got != Words[i] {
			t.Fatalf("%q says %v, the word is %d", text.String(), got, i)
		}
	}
}
