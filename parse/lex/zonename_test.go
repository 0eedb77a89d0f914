package lex

import "testing"

// Abbreviations of one zone give its offset; those of several, words and names none.
func TestZoneName(t *testing.T) {
	for text, hours := range map[string]int64{"UTC": 0, "CET [1]": 1, "CEST": 2, "EST x": -5, "EDT": -4,
		"CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT]": -7} {
		if ahead, n, ok := ZoneName([]byte(text)); !ok || ahead != hours*3600*Second || n < 3 || n > 4 {
			t.Errorf("%q: %d, %d, %v", text, ahead, n, ok)
		}
	}
	for _, text := range []string{"", "CST", "IST", "BST", "ERROR", "ESTABLISHED", "EST_x", "ESTx", "MST3", "est"} {
		if ahead, _, ok := ZoneName([]byte(text)); ok {
			t.Errorf("%q is %d ns ahead", text, ahead)
		}
	}
}
