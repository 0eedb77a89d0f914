package correlate

import (
	"math/rand"
	"testing"

	"faultline/parse"
)

// What may repeat another log is never less than what does.
func TestMayRepeatIsNeverLessThanWhatDoes(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 300 {
		logs := [2]parse.Stream{{Clock: parse.ClockWall}, {Clock: parse.ClockWall}}
		for i := range logs {
			for at := range 1 + rnd.Intn(400) {
				logs[i].Events = append(logs[i].Events, parse.Event{Time: parse.Time(at) * 1e9, Print: uint32(rnd.Intn(600))})
			}
		}
		k := &copies{dup: make(marked, 2)}
		left, does := k.linesOf(&logs[0], 0), 0
		for i := range logs[1].Events {
			if e := &logs[1].Events[i]; left.take(logs[0].Events, sameLine(e), e.Time, false) {
				does++
			}
		}
		within, most := mayRepeat(&logs[0], &logs[1])
		if most < does {
			t.Fatalf("%d lines are repeated, and at most %d may be", does, most)
		}
		if want := min(len(logs[1].Events), len(logs[0].Events)+10); within != want {
			t.Fatalf("%d events are within, want %d", within, want)
		}
	}
	apart := [2]parse.Stream{{Events: make([]parse.Event, 4096)}, {Events: make([]parse.Event, 4096)}}
	for i := range 4096 {
		apart[0].Events[i].Print, apart[1].Events[i].Print = rnd.Uint32()|1, rnd.Uint32()&^1
	}
	if _, most := mayRepeat(&apart[0], &apart[1]); most > 4096/4 {
		t.Errorf("of logs that share no line %d of 4096 may be repeated", most)
	}
}
