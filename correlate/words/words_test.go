package words_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate/words"
	"faultline/docs/page"
)

func TestChance(t *testing.T) {
	for p, want := range map[float64]string{
		0: "less than 1 in 10¹⁵", 5.8e-66: "less than 1 in 10¹⁵", 2.3e-15: "about 2 in 10¹⁵", 3.2e-6: "about 3 in a million",
		1e-9: "about 1 in a billion", 0.026: "about 3 in 100", 0.0029: "about 3 in 1000", 9.6e-7: "about 1 in a million", 2e-8: "about 2 in 100 million",
		0.13: "about 1 in 10", 0.5: "about 5 in 10", 0.94: "about 9 in 10", 1: "almost always", 5e-5: "about 5 in 100,000",
	} {
		if got := words.Chance(p); got != want {
			t.Errorf("Chance(%g) = %q, want %q", p, got, want)
		}
	}
	if got := words.P(0); got != "p below 1e-15" {
		t.Errorf("P(0) = %q", got)
	}
}

func TestPhrases(t *testing.T) {
	for got, want := range map[string]string{
		words.Every(10 * time.Minute):           "every ten minutes",
		words.Every(time.Hour):                  "every hour",
		words.Every(30 * time.Minute):           "every 30 minutes",
		words.Every(time.Minute):                "every minute",
		words.Every(90 * time.Second):           "every 90 seconds",
		words.Every(2 * time.Hour):              "every two hours",
		words.Ratio(0.3149):                     "0.31",
		words.Ratio(14):                         "14",
		words.Ratio(114):                        "110",
		words.Ratio(23456):                      "23,000",
		words.Minutes(time.Hour):                "1 h",
		words.Minutes(5 * time.Minute):          "5 min",
		words.Count(1, "crash", "crashes"):      "1 crash",
		words.Count(10088, "crash", "crashes"):  "10,088 crashes",
		words.Number(1204):                      "1204",
		words.Number(1234567):                   "1,234,567",
		words.List([]string{"a", "b", "c"}):     "a, b and c",
		words.Times(2):                          "twice",
		words.Upper("über"):                     "Über",
		words.Upper(""):                         "",
		words.Lasting(26 * time.Minute):         "26 minutes",
		words.Lasting(8*time.Hour + 6*60e9):     "8.1 hours",
		words.Target("a.b.svc.cluster.local:8"): "a.b:8",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The glossary is in order, each term is one sentence, and is found by every
// form of it.
func TestGlossary(t *testing.T) {
	if !slices.IsSortedFunc(words.Glossary, func(a, b words.Term) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	}) {
		t.Error("not in the order of the alphabet")
	}
	seen := map[string]string{}
	for _, term := range words.Glossary {
		if n := len(regexp.MustCompile(`\. [A-Z]`).FindAllString(term.Means, -1)); n > 0 || !strings.HasSuffix(term.Means, ".") {
			t.Errorf("%s: not one sentence: %s", term.Name, term.Means)
		}
		for _, form := range append([]string{term.Name}, term.Also...) {
			if seen[form] != "" {
				t.Errorf("%s is a form of %s and of %s", form, seen[form], term.Name)
			}
			seen[form] = term.Name
			if got, ok := words.Find(form); !ok || got.Name != term.Name {
				t.Errorf("Find(%q) = %s, want %s", form, got.Name, term.Name)
			}
		}
	}
	page.Holds(t, "../../docs/glossary.md", "<!-- terms -->\n", "<!-- end -->", words.GlossaryPage())
}
