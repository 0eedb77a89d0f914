package lex

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

func TestAge(t *testing.T) {
	f := func(in string, lo, hi int, n int) {
		t.Helper()
		gotLo, gotHi, got, ok := Age([]byte(in))
		if !ok || got != n || gotLo != time.Duration(lo)*time.Second || gotHi != time.Duration(hi)*time.Second {
			t.Errorf("%q: [%v, %v) n=%d %v, want [%ds, %ds) n=%d", in, gotLo, gotHi, got, ok, lo, hi, n)
		}
	}
	for _, a := range []struct {
		in     string
		lo, hi int
	}{
		{"45s", 45, 46}, {"119s", 119, 120}, {"2m", 120, 121}, {"9m", 540, 541}, {"9m33s", 573, 574}, {"9m40s", 580, 581},
		{"10m", 600, 660}, {"18m", 1080, 1140}, {"179m", 10740, 10800}, {"3h", 10800, 10860}, {"3h5m", 11100, 11160},
		{"7h59m", 28740, 28800}, {"8h", 28800, 32400}, {"47h", 169200, 172800}, {"2d", 172800, 176400},
		{"2d1h", 176400, 180000}, {"7d23h", 687600, 691200}, {"8d", 691200, 777600},
	} {
		f(a.in, a.lo, a.hi, len(a.in))
	}
	const day, year = 24 * 3600, 365 * 24 * 3600
	f("0s", 0, 1, 2)
	f("<invalid>", -3600, 0, 9)
	f("7m45s       Warning", 465, 466, 5)
	f("18m(x4", 1080, 1140, 3)
	f("2y", 2*year, 2*year+day, 2)
	f("3y123d", 3*year+123*day, 3*year+124*day, 6)
	f("8y", 8*year, 9*year, 2)
	f("5m30", 300, 301, 2)   // a number without a unit is not of it
	f("30s5m", 30, 31, 3)    // units fall
	f("1h1h", 3600, 3660, 2) // and do not repeat
	for _, in := range []string{"", "s", "5", "5x", "x5m", "123456m", "<unknown>", "-5m", " 5m"} {
		if lo, _, n, ok := Age([]byte(in)); ok || n != 0 {
			t.Errorf("%q: %v n=%d", in, lo, n)
		}
	}
}

func TestQuoted(t *testing.T) {
	f := func(in, want string, n int) {
		t.Helper()
		text, got, ok := Quoted([]byte(in))
		if !ok || string(text) != want || got != n {
			t.Errorf("%s: %q n=%d %v, want %q n=%d", in, text, got, ok, want, n)
		}
	}
	f(`""`, "", 2)
	f(`"a b" c"`, "a b", 5)
	f(`"a\"b"`, `a"b`, 6)
	f(`"\\"x`, `\`, 4)
	f(`"a:\nTrace[1] END\n"`, "a:\nTrace[1] END\n", 20)
	f(`"\x1b[0mü\u00fc\U0001F600\xff"`, "\x1b[0müü😀\xff", 31)
	f(`"\'\q\x9"`, `\'\q\x9`, 9) // no escapes of Go: kept
	f("\"a\nb\"", "a\nb", 5)
	for _, in := range []string{"", `"`, `a"b"`, `"abc`, `"abc\"`, `"abc\`, `'a'`} {
		if text, n, ok := Quoted([]byte(in)); ok || n != 0 {
			t.Errorf("%s: %q n=%d", in, text, n)
		}
	}
}

func TestQuotedUndoesQuote(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const alphabet = "ab \"\\\n\t\x00\x1b\x7f\xffü€😀\u2028'n"
	for range 20000 {
		b := make([]byte, r.IntN(12))
		for i := range b {
			if b[i] = byte(r.Uint32()); r.IntN(4) > 0 {
				b[i] = alphabet[r.IntN(len(alphabet))]
			}
		}
		for _, quote := range []func(string) string{strconv.Quote, strconv.QuoteToASCII, strconv.QuoteToGraphic} {
			in := quote(string(b))
			text, n, ok := Quoted([]byte(in + ` level="x"`))
			if !ok || string(text) != string(b) || n != len(in) {
				t.Fatalf("%s: %q n=%d %v", in, text, n, ok)
			}
		}
	}
}

func TestPair(t *testing.T) {
	f := func(in, key, value string, n int) {
		t.Helper()
		k, v, got, ok := Pair([]byte(in))
		if !ok || string(k) != key || string(v) != value || got != n {
			t.Errorf("%q: %q=%q n=%d %v", in, k, v, got, ok)
		}
	}
	f(`level=info msg="x"`, "level", "info", 10)
	f(`  msg="a \"b\"" x=1`, "msg", `a "b"`, 15)
	f(`a=`, "a", "", 2)
	f(`a= b=1`, "a", "", 2)
	f(`url=http://x?a=b c`, "url", "http://x?a=b", 16)
	f(`msg="cut off in`, "msg", `"cut`, 8)
	for _, in := range []string{"", " ", "=", "=x", "word", "word x=1", `"a"=1`, `a"b=1`} {
		if k, v, n, ok := Pair([]byte(in)); ok || n != 0 {
			t.Errorf("%q: %q=%q n=%d", in, k, v, n)
		}
	}
}

func TestTrims(t *testing.T) {
	for in, want := range map[string]string{"": "", "a\r": "a", "a\r\r": "a\r", "\r": "", "a\rb": "a\rb"} {
		if got := string(TrimEOL([]byte(in))); got != want {
			t.Errorf("TrimEOL(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"": "", "\ufeff": "", "\ufeffa\ufeff": "a\ufeff", "\xef\xbb": "\xef\xbb", " \ufeff": " \ufeff"} {
		if got := string(TrimBOM([]byte(in))); got != want {
			t.Errorf("TrimBOM(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"plain":                              "plain",
		"\x1b[2m[ 1.0s]\x1b[0m \x1b[33mWARN": "[ 1.0s] WARN",
		"\x1b[1;38;5;11mx\x1b[m":             "x",
		"\x1b[2Jx":                           "\x1b[2Jx", // not a colour
		"x\x1b":                              "x\x1b",
		"x\x1b[3":                            "x\x1b[3",
	} {
		if got := string(StripANSI([]byte(in))); got != want {
			t.Errorf("StripANSI(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDigits(t *testing.T) {
	f := func(in string, value int64, n int, ok bool) {
		t.Helper()
		if v, got, gotOK := Digits([]byte(in)); v != value || got != n || gotOK != ok {
			t.Errorf("%q: %d n=%d %v", in, v, got, gotOK)
		}
	}
	f("", 0, 0, false)
	f("x1", 0, 0, false)
	f("0", 0, 1, true)
	f("1022,", 1022, 4, true)
	f("9999999999999999999999", 999999999999999999, 18, true)
}

// The print is CRC-32C: its check value is known.
func TestFingerprint(t *testing.T) {
	if p := Fingerprint([]byte("123456789")); p != 0xe3069283 {
		t.Errorf("%x", p)
	}
}
