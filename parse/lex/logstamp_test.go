package lex_test

import (
	"testing"
	"time"

	"faultline/parse/lex"
)

func TestLogStamps(t *testing.T) {
	type reader = func([]byte) (lex.Stamp, int, bool)
	f := func(read reader, text, want string, n int, zoned bool) {
		t.Helper()
		s, got, ok := read([]byte(text))
		if !ok || got != n || s.Zoned != zoned || time.Unix(0, s.Unix).UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v %v %d %v", text, ok, s.Zoned, got, time.Unix(0, s.Unix).UTC())
		}
	}
	f(lex.CLF, "07/Mar/2023:13:22:28 +0200] x", "2023-03-07T11:22:28Z", 26, true)
	f(lex.CLF, "07/Mar/2023:13:22:28.125] x", "2023-03-07T13:22:28.125Z", 24, false)
	f(lex.Slashed, "2023/03/07 13:22:28 [error] 7#7", "2023-03-07T13:22:28Z", 19, false)
	f(lex.Slashed, "2023/03/07 13:22:28.5 -0100 x", "2023-03-07T14:22:28.5Z", 27, true)
	f(lex.ANSIC, "Tue Mar  7 13:22:28 2023 - x", "2023-03-07T13:22:28Z", 24, false)
	f(lex.ANSIC, "Fri Mar 17 13:22:28 2023", "2023-03-17T13:22:28Z", 24, false)
	for _, bad := range []string{"", "07/Mar/2023", "07/Mxr/2023:13:22:28", "99/Mar/2023:13:22:28", "2023/03/07", "2023/13/07 13:22:28", "2023/03/07 25:22:28",
		"Tue Mar  7 13:22:28 ", "Tue Mar  7 25:22:28 2023", "Xue Mar  7 13:22:28 2023", "Tue Mar 07 13:22:28.5 2023"} {
		for _, read := range []reader{lex.CLF, lex.Slashed, lex.ANSIC} {
			if s, _, ok := read([]byte(bad)); ok {
				t.Errorf("%q: %v", bad, s)
			}
		}
	}
}
