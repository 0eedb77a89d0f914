package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// What servers say of their workers is an event each, with the time of its line; what
// several lines say of one end is one.
func TestServers(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"gunicorn": {"[2024-03-01 14:00:30 +0100] [1] [CRITICAL] WORKER TIMEOUT (pid:12)\n[2024-03-01 14:00:30 +0100] [12] [INFO] Worker exiting (pid: 12)\n[2024-03-01 14:00:31 +0100] [1] [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?\n",
			"1 app.worker_killed  13:00:30 0s"},
		"gunicorn, out of memory": {"[2024-03-01 13:00:31 +0000] [1] [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?\n", "1 app.worker_killed  13:00:31 0s"},
		"two workers":             {"[2024-03-01 13:00:30 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:12)\n[2024-03-01 13:00:30 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:13)\n", "1 app.worker_killed  13:00:30 0s, 2 app.worker_killed  13:00:30 0s"},
		"uwsgi":                   {"Fri Mar  1 13:00:30 2024 - *** HARAKIRI ON WORKER 1 (pid: 12, try: 1) ***\nFri Mar  1 13:00:30 2024 - HARAKIRI: --- uWSGI worker 1 (pid: 12) WAS managing request /slow since Fri Mar  1 13:00:00 2024 ---\n", "2 app.worker_killed /slow 13:00:30 0s"},
		"uwsgi, no time":          {"*** uWSGI listen queue of socket \":3031\" (fd: 3) full !!! (101/100) ***\n", "1 app.overloaded  - 0s"},
		"uwsgi's requests":        {"[pid: 30|app: 0|req: 2/2] 10.42.0.9 () {40 vars in 600 bytes} [Fri Mar  1 13:00:40 2024] GET /b => generated 12 bytes in 3000 msecs (HTTP/1.1 503) 3 headers in 100 bytes (1 switches on core 0)\n[pid: 30|app: 0|req: 3/3] 10.42.0.9 () {40 vars in 600 bytes} [Fri Mar  1 13:00:50 2024] GET /b => generated 12 bytes in 3 msecs (HTTP/1.1 200) 3 headers in 100 bytes (1 switches on core 0)\n", "1 ingress.response  13:00:43 3s"},
		"uvicorn":                 {"2024-03-01T13:00:30Z INFO:     10.42.0.9:52782 - \"GET /b HTTP/1.1\" 503 Service Unavailable\n2024-03-01T13:00:31Z INFO:     10.42.0.9:52782 - \"GET /b HTTP/1.1\" 200 OK\n", "1 ingress.response  13:00:30 0s"},
		"uvicorn, no time":        {"INFO:     10.42.0.9:52782 - \"GET /b HTTP/1.1\" 500 Internal Server Error\n", "1 ingress.response  - 0s"},
		"no uvicorn":              {"INFO:     shop - \"GET /b HTTP/1.1\" 500 Internal Server Error\nINFO:     10.42.0.9:52782 - \"GET /b HTTP/1.1\" 500 was asked for\n", ""},
		"php-fpm":                 {"[01-Mar-2024 13:00:30] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it\n[01-Mar-2024 13:01:00] WARNING: [pool www] child 12, script '/srv/i.php' (request: \"GET /i.php\") execution timed out (30.5 sec), terminating\n", "1 app.overloaded  13:00:30 0s, 2 app.worker_killed /i.php 13:01:00 30.5s"},
		"puma":                    {"[1] ! Terminating timed out worker (worker failed to check in within 60 seconds): 25\n", "1 app.worker_killed  - 0s"},
		"unicorn":                 {"E, [2024-03-01T13:00:30.123456 #1] ERROR -- : worker=0 PID:12 timeout (61s > 60s), killing\n", "1 app.worker_killed  13:00:30 1m1s"},
		"java":                    {"2024-03-01 13:00:00,100 INFO started\njava.lang.OutOfMemoryError: Java heap space\nDumping heap to java_pid1.hprof ...\nTerminating due to java.lang.OutOfMemoryError: Java heap space\n", "2 app.crashed  13:00:00 0s"},
		"java, as an object":      {`{"@timestamp":"2024-03-01T13:00:30.100Z","level":"ERROR","message":"Exception in thread \"main\" java.lang.OutOfMemoryError: Metaspace"}` + "\n", "1 app.crashed  13:00:30 0s"},
		"node":                    {"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n", "1 app.crashed  - 0s"},
		"a shell's child":         {"/run.sh: line 31:     7 Segmentation fault      (core dumped) /usr/bin/engine\n", "1 app.crashed  - 0s"},
		"python":                  {"2024-03-01T13:00:30Z Fatal Python error: Segmentation fault\n", "1 app.crashed  13:00:30 0s"},
		"what may be done":        {"Set -XX:+ExitOnOutOfMemoryError, so that the program does not go on after it printed java.lang.OutOfMemoryError: Java heap space\n", ""},
		"no core":                 {"2024-03-01T13:00:30Z INFO a Segmentation fault is what we look for\n", ""},
		"uvicorn, by its name":    {"INFO:     lb-1.shop:52782 - \"GET /b HTTP/1.1\" 504 Gateway Timeout\n", "1 ingress.response  - 0s"},
		"an end at level info":    {"2024-03-01T13:00:30Z INFO Fatal Python error: hook is set\n", ""},
		"an end in quotes":        {"2024-03-01T13:00:30Z check \"Segmentation fault (core dumped)\" is shown: ok\n", ""},
		"a question":              {"Why do I get WORKER TIMEOUT (pid:12) from gunicorn?\n", ""},
		"an answer":               {"Raise it when PHP says: [pool www] server reached pm.max_children setting (5)\n", ""},
		"a line of a book":        {"2024-03-01T13:00:30Z INFO docs: searched for what to do when it prints [1] [CRITICAL] WORKER TIMEOUT (pid:12)\n", ""},
		"slow, and not ended":     {"[01-Mar-2024 13:01:01] WARNING: [pool www] child 13, script '/srv/i.php' (request: \"GET /i.php\") executing too slow (5.01 sec), logging\n", ""},
		"stopped":                 {"[01-Mar-2024 13:01:00] NOTICE: [pool www] child 12 exited with code 0 after 60.000 seconds from start\n", ""},
	} {
		for _, piece := range []int{0, 1, 60} {
			all := read(t, c.text, piece)
			var got []string
			for i := range all.Streams {
				for _, e := range all.Streams[i].Events {
					if e.Kind == parse.LogOther {
						continue
					}
					at := "-"
					if e.Time != 0 {
						at = time.Unix(0, int64(e.Time)).UTC().Format("15:04:05")
					}
					got = append(got, fmt.Sprintf("%d %s %s %s %s", e.Line, e.Kind, all.Name(e.Target), at, e.Lasted))
				}
			}
			slices.Sort(got)
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("%s, pieces of %d: %q, want %q", name, piece, text, c.want)
			}
		}
	}
}

func FuzzServer(f *testing.F) {
	parsetest.FuzzLine(f, Server, "[pid: 30|app: 0|req: 2/2] 10.42.0.9 () {40 vars in 600 bytes} [Fri Mar  1 13:00:40 2024] GET /b => generated 12 bytes in 3000 msecs (HTTP/1.1 503) 3")
}
