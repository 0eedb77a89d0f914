package lex

import "testing"

func TestBeginnings(t *testing.T) {
	b := NewBeginnings("curl: (", "curl", "wget: ", "é")
	for text, want := range map[string]bool{"curl: (7) x": true, "curl": true, "wget: x": true, "été": true, "wget": false, " curl": false, "cur": false, "": false, "\x00": false} {
		if got := b.Before([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
