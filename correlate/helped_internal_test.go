package correlate

import (
	"strings"
	"testing"

	"faultline/correlate/stat"
)

// The incidents answer first; stalls answer where both log them.
func TestAnswer(t *testing.T) {
	for _, of := range []struct {
		incidents, stalls Change
		logged            [2]int
		want              Answer
		says              string
	}{
		{Fewer, Fewer, [2]int{9, 9}, Better, "Yes, B is better"},
		{Fewer, CannotTell, [2]int{9, 9}, Better, "Yes, B is better"},
		{More, NoChange, [2]int{9, 9}, Worse, "No, B is worse"},
		{Fewer, More, [2]int{9, 9}, InPart, "In part: B has fewer incidents"},
		{More, Fewer, [2]int{9, 9}, InPart, "In part: B has more incidents"},
		{CannotTell, Fewer, [2]int{9, 9}, Better, "of incidents that cannot be said"},
		{NoChange, More, [2]int{9, 9}, Worse, "of incidents no change is shown"},
		{NoChange, NoChange, [2]int{9, 9}, Same, "none by half or double fits"},
		{CannotTell, CannotTell, [2]int{9, 9}, NotAnswered, "This cannot tell"},
		// Stalls that one side does not log show nothing.
		{CannotTell, Fewer, [2]int{9, 0}, NotAnswered, "only one of the two logs stalls"},
		{CannotTell, More, [2]int{0, 9}, NotAnswered, "only one of the two logs stalls"},
		{Fewer, More, [2]int{0, 9}, Better, "Yes, B is better"},
	} {
		ratio := &stat.RateRatio{Ratio: 0.5, CI: [2]float64{0.25, 0.75}, Bounded: true}
		rate := func(what string, v Change) RateChange {
			return RateChange{Of: what, N: [2]int{9, 9}, Hours: [2]float64{1, 1}, Ratio: ratio, Verdict: v}
		}
		c := &Comparison{Names: [2]string{"A", "B"}, Stalls: [2]StallFigures{{N: of.logged[0]}, {N: of.logged[1]}},
			Rates: []RateChange{rate("incidents", of.incidents), rate("stall bursts", CannotTell), rate("seconds stalled", of.stalls)}}
		c.answer()
		if c.Answer != of.want || !strings.Contains(c.Sentence, of.says) || !strings.Contains(c.Sentence, "[95 % interval 0.25 to 0.75]") {
			t.Errorf("incidents %s, stalls %s of %v: %s, %q", of.incidents, of.stalls, of.logged, c.Answer, c.Sentence)
		}
	}
}

// The control of a cure that was captured: 541 s of stalls, the longest 113 s, and
// 24 s after it, the longest 0.6 s, in six minutes of three replicas each.
func TestCureIsSaidInOneSentence(t *testing.T) {
	stretches := func(of ...float64) amounts { return amounts{of: of, hours: 0.33} }
	a := stretches(0, 61, 20, 95, 12, 118, 44, 9, 71, 38, 52, 21)
	b := stretches(1.1, 3.2, 0.8, 2.7, 1.6, 2.1, 3.4, 0.9, 2.2, 1.8, 2.4, 1.8)
	c := &Comparison{Names: [2]string{"A", "B"}, Stalls: [2]StallFigures{
		{N: 349, Seconds: 541, Longest: 113, Hours: 0.33}, {N: 121, Seconds: 24, Longest: 0.6, Hours: 0.33}},
		Rates: []RateChange{rateChange("incidents", amounts{}, amounts{}), rateChange("stall bursts", stretches(6), stretches(2)), rateChange("seconds stalled", a, b)}}
	c.answer()
	const want = "Did it help? Yes for the stalls, which are less in B; of incidents that cannot be said: incidents could be captured in neither; " +
		"replicas stall for 0.044 times as long [95 % interval 0.023 to 0.084] (541 s, then 24 s; the longest 113 s, then 0.6 s)."
	if c.Answer != Better || c.Sentence != want {
		t.Errorf("%s: %q", c.Answer, c.Sentence)
	}
}

// An excerpt that was cut around an incident is no sample of time: it answers nothing.
func TestExcerptsHaveNoRate(t *testing.T) {
	hour := func(hours float64, of ...float64) amounts { return amounts{of: of, hours: hours} }
	for hours, want := range map[float64]Change{2. / 3600: CannotTell, 0.1: CannotTell, 2: Fewer} {
		r := rateChange("incidents", hour(hours, 2, 3, 1, 2, 3, 2, 1, 2, 3, 2), hour(40, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0))
		if r.Verdict != want || r.Excerpt() != (want == CannotTell) {
			t.Errorf("%v h: %s", hours, r.Verdict)
		}
	}
	if r := rateChange("seconds stalled", hour(0.1, 61, 20, 95, 12, 118, 44), hour(0.1, 1, 3, 1, 2, 1, 2)); r.Verdict != Fewer {
		t.Errorf("stalls of six minutes: %s", r.Verdict)
	}
}
