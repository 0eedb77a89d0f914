package lex_test

import (
	"testing"
	"time"

	"faultline/parse/lex"
)

// A date is read however it is printed, and not where it could be of two days.
func TestDate(t *testing.T) {
	for text, want := range map[string]string{
		"05/06/2024 10:05:01 PM x":           "2024-05-06T22:05:01Z 22",
		"05/06/2024 12:05:01 AM x":           "2024-05-06T00:05:01Z 22",
		"5/6/2024, 1:05:01 PM":               "2024-05-06T13:05:01Z 20",
		"05/13/2024 10:05:01.25 x":           "2024-05-13T10:05:01.25Z 22",
		"13/05/2024 10:05:01 x":              "2024-05-13T10:05:01Z 19",
		"13-05-2024 10:05:01 x":              "2024-05-13T10:05:01Z 19",
		"06/06/2024 10:05:01":                "2024-06-06T10:05:01Z 19",
		"06.05.2024 10:05:01,123 x":          "2024-05-06T10:05:01.123Z 23",
		"2024.05.06 10:05:01 x":              "2024-05-06T10:05:01Z 19",
		"18 Jul 2025 19:08:05.257 x":         "2025-07-18T19:08:05.257Z 24",
		"8 Jul 2025 19:08:05 x":              "2025-07-08T19:08:05Z 19",
		"Dec 30, 2020 11:30:40 AM x":         "2020-12-30T11:30:40Z 24",
		"Dec  3, 2020, 1:30:40 PM":           "2020-12-03T13:30:40Z 24",
		"Dec 30 2020 23:30:40 x":             "2020-12-30T23:30:40Z 20",
		"20260327 11:34:21.908 x":            "2026-03-27T11:34:21.908Z 21",
		"Mon May  6 10:05:01 2024 x":         "2024-05-06T10:05:01Z 24",
		"Mon May  6 10:05:01 PDT 2024 x":     "2024-05-06T17:05:01Z 28 zoned",
		"Mon May  6 10:05:01 CST 2024 x":     "2024-05-06T10:05:01Z 28",
		"Mon May  6 10:05:01 PM UTC 2024":    "2024-05-06T22:05:01Z 31 zoned",
		"Mon May 6 10:05:01 +0200 2024 x":    "2024-05-06T08:05:01Z 29 zoned",
		"Mon May 13 10:05:01.902022 2024] x": "2024-05-13T10:05:01.902022Z 31",
	} {
		s, n, ok := lex.Date([]byte(text))
		got := time.Unix(0, s.Unix).UTC().Format(time.RFC3339Nano) + " " + time.Duration(n).String()
		if got = got[:len(got)-2]; s.Zoned {
			got += " zoned"
		}
		if !ok || got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "05/06/2024 10:05:01 ERROR", "05-06-2024 10:05:01", "05/06/2024 13:05:01 PM", "32.05.2024 10:05:01", "05/06/24 10:05:01",
		"18 Jul 10:08:05.257 of the year", "2025 10:08:05 and more text", "Dec 30, 2020 at 11:30:40 AM", "Mon Mai  6 10:05:01 2024 x",
		"1.2.3.4 10:05:01 and so on", "20260327 11:34:21 42 pages", "Mon May  6 25:05:01 2024 x", "Xon May  6 10:05:01 2024 x"} {
		if s, _, ok := lex.Date([]byte(text)); ok {
			t.Errorf("%q: %v", text, time.Unix(0, s.Unix).UTC())
		}
	}
}

func TestEpoch(t *testing.T) {
	for text, want := range map[string]int64{"1714989901 x": 1714989901e9, "1714989901.5 x": 1714989901.5e9, "1714989901123 x": 1714989901123e6} {
		if s, n, ok := lex.Epoch([]byte(text)); !ok || s.Unix != want || text[n] != ' ' {
			t.Errorf("%q: %d %v", text, s.Unix, ok)
		}
	}
	for _, text := range []string{"", "171498990", "0714989901 x", "17149899011 x", "9714989901123 x"} {
		if _, _, ok := lex.Epoch([]byte(text)); ok {
			t.Errorf("%q is read", text)
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add([]byte("05/06/2024 10:05:01 PM"))
	f.Add([]byte("Mon May  6 10:05:01 PDT 2024"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte) (lex.Stamp, int, bool){lex.Date, lex.Epoch} {
			if _, n, ok := read(b); ok && (n <= 0 || n > len(b)) {
				t.Errorf("%q: %d", b, n)
			}
		}
	})
}
