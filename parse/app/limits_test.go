package app

import (
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A line that is cut off anywhere is read as far as it goes.
func TestCuts(t *testing.T) {
	parsetest.Cuts(t, Format, "E, [2025-11-03T09:14:02.331123 #1] ERROR -- : dial tcp 10.0.0.1:80: connect: connection refused", "2025-07-21 10:14:21,123 +0200 ERROR x: connection refused",
		"2025-07-21 10:14:21.123 UTC [21763] FATAL:  connection refused", "[01/Mar/2021:12:00:19 +0100] [proxy:error] [pid 4] x", "05/13/2024 10:05:01 PM ERROR x", "[Nest] 7  - 08/13/2023, 7:32:47 PM    WARN [Auth] x",
		"09:14:02.331 ERROR x", "Caused by: java.net.ConnectException: Connection refused", "INFO  [main] 2025-07-22 08:05:12,118 Start.java:4 - x", "1:M 29 Aug 2023 13:47:38.984 # x", "[stats:error,2025-08-18T09:16:33.764Z,node:a]x")
	parsetest.Cuts(t, Server, "[pid: 30|app: 0|req: 2/2] 10.42.0.9 () {40 vars in 600 bytes} [Fri Mar  1 13:00:40 2024] GET /b => generated 12 bytes in 3000 msecs (HTTP/1.1 503) 3")
}

// An offset that stands apart from its time has two or four digits of hours and minutes, and
// is of a zone that there is.
func TestOffsetBehind(t *testing.T) {
	for text, want := range map[string][2]int64{
		" +0200": {7200, 6}, " -0330": {-12600, 6}, " +02:00": {7200, 7}, " -03:30 x": {-12600, 7}, " +1459": {53940, 6}, " +1400": {50400, 6}, " +0059": {3540, 6},
		" +1500": {}, " +0260": {}, " +020": {}, "+02000": {}, " 02000": {}, " +02:0 ": {}, " +02-00": {}, " +02:000": {}, " +02000": {}, " +2:000": {},
	} {
		ahead, n, ok := offsetBehind([]byte(text))
		if ok != (want[1] != 0) || ok && (ahead != want[0] || int64(n) != want[1]) {
			t.Errorf("%q is %d s ahead, in %d bytes, %t", text, ahead, n, ok)
		}
	}
}

// A time without its date has two digits thrice, and a fraction that is not empty.
func TestTimeOfDay(t *testing.T) {
	for text, want := range map[string]int{
		"09:14:02": 8, "09:14:02 x": 8, "09:14:02.5": 10, "09:14:02,331 x": 12, "09:14:02.": 8, "09:14:02,x": 8, "09:14:02:5": 8, "00:00:00": 8, "99:99:99": 8,
		"09:14:0": 0, "9:14:023": 0, "09-14-02": 0, "09:14.02": 0, "0/:14:02": 0, "0::14:02": 0, "09:14:0:": 0, "a9:14:02": 0, "": 0,
	} {
		if got := timeOfDay([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// A line goes on with a trace where it begins with the name of an exception, or is a frame.
func TestTraces(t *testing.T) {
	for text, want := range map[string]bool{
		"Error: x": true, "IOError(x": true, "IOError (x": true, "IOError : x": true, "a.b.TimeoutException: x": true, "Caused by: IOError: x": true, "---> IOError: x": true, "Suppressed: IOError: x": true,
		"[cause]: IOError: x": true, "Errno::ECONNREFUSED: x": true, "Net::ReadTimeout: x": true, "Net::Reading: x": false, "Net::": false, "Net:: x": false, "ReadTimeout: x": true, "TimedOut: x": true, "a$Exception$1: x": true, "A0_z9Error: x": true, "Z9zError: x": true,
		"Erro: x": false, "Err: x": false, "Error": false, "Error x": false, "Error-x: y": false, "Warning: x": false, "IOError; x": false, "": false, "{Error: x": false, "@Error: x": false, "`Error: x": false, "/Error: x": false,
	} {
		if got := trace([]byte(text)); got != want {
			t.Errorf("%q is of a trace: %t", text, got)
		}
	}
	for text, want := range map[string]bool{
		"\tat a.b(C.java:1)": true, "  at a.b": true, "    at run (file)": true, `  File "a.py", line 3`: true, "\t... 12 more": true, " ... 3 frames omitted": true, "Traceback (most recent call last):": true,
		"at a.b(C.java:1)": false, "  at once": false, "  ... and more to come": false, "Traceback": false, " Traceback (most recent call last):": false, "": false, "\tFile a": false,
	} {
		if got := frame([]byte(text)); got != want {
			t.Errorf("%q is a frame: %t", text, got)
		}
	}
	for c, want := range map[byte]bool{'0': true, '9': true, 'a': true, 'z': true, 'A': true, 'Z': true, '.': true, '_': true, '$': true, '/': false, ':': false, '`': false, '{': false, '@': false, '[': false, ' ': false, '-': false} {
		if isName(c) != want {
			t.Errorf("%q is of a name: %t", c, !want)
		}
	}
}

// Levels are words of loggers, in letters of any size, and no other word.
func TestLevelWords(t *testing.T) {
	for word, want := range map[string]parse.Severity{"information": parse.Info, "INFO": parse.Info, "Warn": parse.Warn, "ERROR": parse.Error, "informations": 0, "": 0, "errors": 0, "dbg": parse.Debug, "trc": parse.Trace} {
		if got := levelOf([]byte(word)); got != want {
			t.Errorf("%q is %s, want %s", word, got, want)
		}
	}
	for text, want := range map[string]int{"abc": 3, "a_z: x": 3, "AZ[": 2, "z{": 1, "a`": 1, "@a": 0, "": 0, "a1": 1} {
		if got := wordEnd([]byte(text)); got != want {
			t.Errorf("%q begins with %d letters, want %d", text, got, want)
		}
	}
	if upper(nil) || !upper([]byte("Z")) || upper([]byte("a")) || upper([]byte("z")) {
		t.Error("letters of the large kind")
	}
}

// A line of uWSGI's log of requests is read to its status, up to a day, and none that is cut.
func TestUWSGIRequests(t *testing.T) {
	const head = "[pid: 12|app: 0|req: 1/1] 10.42.0.9 () {40 vars in 600 bytes} [Fri Mar  1 13:00:00 2024] GET /a => generated 12 bytes in "
	for tail, want := range map[string]struct {
		status int
		took   time.Duration
	}{
		"3 msecs (HTTP/1.1 500) 3 headers": {500, 3 * time.Millisecond}, "86400000 msecs (HTTP/1.1 200)": {200, 24 * time.Hour}, "86400001 msecs (HTTP/1.1 200)": {}, "3 msecs (HTTP/1.1 5000)": {}, "3 msecs (HTTP/1.1 50)": {},
		"3 msecs (HTTP/1.1 500": {}, "3 msecs (HTTP/1.1 500]": {}, "3 secs (HTTP/1.1 500)": {}, "x msecs (HTTP/1.1 500)": {}, "0 msecs (HTTP/2.0 499)": {499, 0},
	} {
		r, ok := uwsgiRequest([]byte(head + tail))
		if ok != (want.status != 0) || ok && (r.status != want.status || r.lasted != want.took || string(r.request) != "GET /a" || string(r.time) != "Fri Mar  1 13:00:00 2024") {
			t.Errorf("%q: %d after %s, %t", tail, r.status, r.lasted, ok)
		}
	}
	for _, cut := range []string{"[pid: 12|app: 0] {40 vars} [Fri Mar  1 13:00:00 2024 => generated 1 bytes in 1 msecs (HTTP/1.1 500)", "[pid: 12|app: 0] {40 vars} [yesterday] GET / => generated 1 bytes in 1 msecs (HTTP/1.1 500)"} {
		if _, ok := uwsgiRequest([]byte(cut)); ok {
			t.Errorf("%q is read", cut)
		}
	}
}
