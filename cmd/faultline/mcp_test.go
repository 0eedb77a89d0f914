package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// talk is a conversation with the server, message by message.
type talk struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Scanner
	done chan int
	said *bytes.Buffer // stderr
}

// serve starts the program on a pair of pipes and shakes hands.
func serve(t *testing.T, ctx context.Context, args ...string) *talk {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	k := &talk{t: t, in: inW, out: bufio.NewScanner(outR), done: make(chan int, 1), said: &bytes.Buffer{}}
	k.out.Buffer(nil, 64<<20)
	go func() {
		code := run(ctx, append([]string{"faultline", "mcp"}, args...), inR, outW, k.said)
		outW.Close()
		inR.Close()
		k.done <- code
	}()
	k.send(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`)
	if got := k.read(); !strings.Contains(got, `"serverInfo"`) {
		t.Fatalf("initialize: %s", got)
	}
	k.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	return k
}

func (k *talk) send(line string) {
	k.t.Helper()
	if _, err := io.WriteString(k.in, line+"\n"); err != nil {
		k.t.Fatal(err)
	}
}

func (k *talk) read() string {
	k.t.Helper()
	if !k.out.Scan() {
		k.t.Fatalf("the output ended: %v, stderr %s", k.out.Err(), k.said)
	}
	return k.out.Text()
}

// ask calls a tool and gives the answer's text.
func (k *talk) ask(id int, tool, args string) string {
	k.t.Helper()
	k.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, id, tool, args))
	return k.read()
}

// end closes the input and gives the exit code.
func (k *talk) end() int {
	k.t.Helper()
	k.in.Close()
	for k.out.Scan() {
	}
	select {
	case code := <-k.done:
		return code
	case <-time.After(time.Minute):
		k.t.Fatal("it did not end with its input")
	}
	return -1
}

// day makes a synthetic dump.
func day(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "day")
	if code := run(t.Context(), []string{"faultline", "synth", "-q", "-o", dir, "--hours", "4"}, nil, io.Discard, io.Discard); code != 0 {
		t.Fatalf("synth: exit %d", code)
	}
	return dir
}

// What is no message is answered with an error, and the next message is read.
func TestMCPGoesOn(t *testing.T) {
	k := serve(t, t.Context(), day(t))
	for _, c := range []struct{ line, want string }{
		{"{", `"id":null,"error":{"code":-32700`},
		{"\x00\xff garbage", `"id":null,"error":{"code":-32700`},
		{"[]", `"id":null,"error":{"code":-32600`},
		{`{"jsonrpc":"1.0","id":5,"method":"ping"}`, `"id":5,"error":{"code":-32600`},
		{`{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}`, `"id":null,"error":{"code":-32600`},
		{strings.Repeat("x", 5<<20), `"id":null,"error":{"code":-32700`},
		{`{"jsonrpc":"2.0","id":6,"method":"no/such"}`, `"id":6,"error":{"code":-32601`},
		{`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"no_such","arguments":{}}}`, `"id":7,"error":{"code":-32602`},
		{`{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"lines","arguments":{"at":7}}}`, `"isError":true`},
		{`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"overview","arguments":{"nonsense":1}}}`, `"isError":true`},
		{"", ""},
		{`{"jsonrpc":"2.0","id":10,"method":"ping"}`, `"id":10,"result":{}`},
	} {
		k.send(c.line)
		if c.want == "" {
			continue
		}
		if got := k.read(); !strings.Contains(got, c.want) {
			t.Errorf("%.60q: %.200s, want %s", c.line, got, c.want)
		}
	}
	if code := k.end(); code != exitDone {
		t.Errorf("exit %d at the end of the input", code)
	}
}

// Calls that were made before the input ended are answered.
func TestMCPAnswersBeforeItEnds(t *testing.T) {
	k := serve(t, t.Context(), day(t))
	k.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"overview"}}`)
	k.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"sources"}}`)
	k.in.Close()
	got := k.read() + k.read()
	if !strings.Contains(got, `"id":1,"result"`) || !strings.Contains(got, `"id":2,"result"`) {
		t.Errorf("%.300s", got)
	}
	if code := k.end(); code != exitDone {
		t.Errorf("exit %d", code)
	}
}

// ^C ends it, whatever it does.
func TestMCPInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	k := serve(t, ctx, day(t))
	k.ask(1, "overview", "{}")
	stop()
	select {
	case code := <-k.done:
		if code != exitInterrupted {
			t.Errorf("exit %d", code)
		}
	case <-time.After(time.Minute):
		t.Fatal("^C does not end it")
	}
}

// A call that is cancelled stops, and the next is answered.
func TestMCPCancel(t *testing.T) {
	k := serve(t, t.Context(), day(t))
	k.ask(1, "overview", "{}")
	k.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"query","arguments":{"expr":"sum(quantile_over_time(0.9, faultline_events_total[2h:10s]))","step":"10s"}}}`)
	k.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}`)
	k.send(`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"sources","arguments":{}}}`)
	for {
		got := k.read()
		if strings.Contains(got, `"id":3,"result"`) {
			break
		}
		if strings.Contains(got, `"structuredContent"`) {
			t.Errorf("a cancelled call was answered: %.300s", got)
		}
	}
	if code := k.end(); code != exitDone {
		t.Errorf("exit %d", code)
	}
}

// Two calls at once give the same bytes as one after the other.
func TestMCPAtOnce(t *testing.T) {
	k := serve(t, t.Context(), day(t))
	calls := []string{`"overview"`, `"findings"`, `"search","arguments":{"text":"failfast"}`, `"events","arguments":{"kind":"proxy.*"}`,
		`"query","arguments":{"expr":"count(faultline_events_total)","time":"last"}`, `"timeline"`}
	one := func(id int, call string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%s}}`, id, call)
	}
	result := func(line string) (id int, answer string) {
		var m struct {
			ID     int             `json:"id"`
			Result json.RawMessage `json:"result"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		return m.ID, string(m.Result)
	}
	alone := map[int]string{}
	for i, c := range calls {
		k.send(one(100+i, c))
		_, alone[i] = result(k.read())
	}
	for i, c := range calls {
		k.send(one(200+i, c))
	}
	for range calls {
		id, got := result(k.read())
		if got != alone[id-200] || got == "" {
			t.Errorf("%s differs at once", calls[id-200])
		}
	}
	k.end()
}

// Evidence leads to its line, whose text is the file's own, whether it is in a
// folder, in an archive or in a case.
func TestMCPLinesOfEverySource(t *testing.T) {
	dir := day(t)
	archive := filepath.Join(t.TempDir(), "day.tgz")
	if out, err := shell(filepath.Dir(dir), "tar -czf "+archive+" day").CombinedOutput(); err != nil {
		t.Skipf("no tar here: %s", out)
	}
	kept := filepath.Join(t.TempDir(), "case.zip")
	if code := run(t.Context(), []string{"faultline", "export", "-q", dir, "-o", kept}, nil, io.Discard, io.Discard); code != 0 {
		t.Fatalf("export: exit %d", code)
	}
	for _, path := range []string{dir, archive, kept} {
		k := serve(t, t.Context(), path)
		var m struct {
			Result struct {
				Structured struct {
					Findings []struct {
						Evidence []struct {
							ID     string
							Line   int
							Source string
						}
					}
				} `json:"structuredContent"`
			}
		}
		if err := json.Unmarshal([]byte(k.ask(1, "findings", `{"max_bytes":65536}`)), &m); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range m.Result.Structured.Findings {
			for _, e := range f.Evidence {
				arg, _ := json.Marshal(map[string]any{"at": e.ID, "before": 0, "after": 0})
				got := k.ask(2, "lines", string(arg))
				want := lineOf(t, filepath.Join(filepath.Dir(dir), e.Source[strings.LastIndex(e.Source, "day/"):]), e.Line)
				if filepath.Ext(e.Source) != ".log" {
					want = "" // of an object of several lines a case holds an excerpt
				}
				quoted, _ := json.Marshal(want[:min(len(want), 60)])
				if n++; strings.Contains(got, `"isError"`) || !strings.Contains(got, strings.Trim(string(quoted), `"`)) {
					t.Errorf("%s: %s: %.300s\nwant %.100s", path, e.ID, got, want)
				}
			}
		}
		if n < 5 {
			t.Errorf("%s: %d lines of evidence", path, n)
		}
		k.end()
	}
}

func lineOf(t *testing.T, path string, no int) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")[no-1]
}

// Nothing that the program has open while it serves is a socket.
func TestMCPHasNoSocket(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a process has open is listed by Linux")
	}
	before := sockets(t)
	k := serve(t, t.Context(), day(t))
	k.ask(1, "overview", "{}")
	k.ask(2, "query", `{"expr":"up","time":"last"}`)
	if now := sockets(t); now != before {
		t.Errorf("%d sockets are open, %d were before", now, before)
	}
	k.end()
}

func sockets(t *testing.T) (n int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	for _, e := range list {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// planted is a dump with made-up names and secrets in it, in the forms that
// logs have them.
var planted = map[string]string{
	"proxy.log": "\x1b[2m[   400.000001s]\x1b[0m \x1b[32m INFO\x1b[0m ThreadId(01) outbound:service{ns=vobelud name=korumpiq port=80}:rescue{client.addr=10.77.3.9:4321}: " +
		"linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service korumpiq.vobelud.svc.cluster.local:80: Service.vobelud.korumpiq: service in fail-fast\n" +
		"[   401.000001s]  INFO ThreadId(01) outbound:server{orig_dst=10.77.3.8:80}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=spiffe://zufolax.example/ns/vobelud/sa/korumpiq\n",
	"nginx.log": `10.77.3.9 - tazukimor [02/Feb/2024:13:00:19 +0000] "GET /x?api_key=fQAdzEv7g5iFqh HTTP/1.1" 504 160 "https://shop.zufolax.example/" "Mozilla" 300 3.001 [vobelud-korumpiq-80] [] 10.77.3.7:80 0 3.000 504 abc` + "\n",
	"events.json": `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Event","metadata":{"name":"korumpiq-6d4b9c7f5-x2v9k.1","namespace":"vobelud","uid":"5b0f3c1e-8a53-4be0-9c39-0a6f2f9d7b11"},"type":"Warning","reason":"Unhealthy",` +
		`"message":"Readiness probe failed: Get \"http://10.77.3.7:8080/ready?token=hSdddxH5jMTF7\": dial tcp","count":3,"firstTimestamp":"2024-02-02T13:00:00Z","lastTimestamp":"2024-02-02T13:05:00Z",` +
		`"involvedObject":{"kind":"Pod","namespace":"vobelud","name":"korumpiq-6d4b9c7f5-x2v9k"},"source":{"component":"kubelet","host":"ip-10-77-1-1.zufolax.example"}}]}` + "\n",
	"up.json": `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","pod":"korumpiq-6d4b9c7f5-x2v9k","namespace":"vobelud","instance":"10.77.3.7:4191"},"values":[[1706878800,"1"],[1706878830,"0"],[1706878860,"1"]]}]}}` + "\n",
}

// Under --redact no answer, no error and no resource holds an original, and the
// map of them is for its owner alone.
func TestMCPRedacted(t *testing.T) {
	dir := t.TempDir()
	dump, out := filepath.Join(dir, "dump"), filepath.Join(dir, "out")
	for _, d := range []string{dump, out} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range planted {
		if err := os.WriteFile(filepath.Join(dump, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	originals := filepath.Join(dir, "originals.json")
	k := serve(t, t.Context(), "--redact", "--redact-map", originals, "--allow-export", out, "--compare", dump, dump)
	var all strings.Builder
	id := 0
	for _, c := range []string{
		`"tools/call","params":{"name":"overview"}`, `"tools/call","params":{"name":"findings"}`, `"tools/call","params":{"name":"incidents"}`,
		`"tools/call","params":{"name":"events","arguments":{"all":true,"max_bytes":65536}}`, `"tools/call","params":{"name":"search","arguments":{"regex":"."}}`,
		`"tools/call","params":{"name":"timeline","arguments":{"by":"target"}}`, `"tools/call","params":{"name":"sources","arguments":{"max_bytes":65536}}`,
		`"tools/call","params":{"name":"query","arguments":{"expr":"up","time":"last"}}`, `"tools/call","params":{"name":"query","arguments":{"expr":"faultline_events_total","time":"last"}}`,
		`"tools/call","params":{"name":"missing"}`, `"tools/call","params":{"name":"compare"}`, `"tools/call","params":{"name":"explain","arguments":{"name":"F1"}}`,
		`"tools/call","params":{"name":"lines","arguments":{"at":"proxy.log:1"}}`, `"tools/call","params":{"name":"raster","arguments":{"image":true}}`,
		`"tools/call","params":{"name":"export","arguments":{"name":"report.md"}}`, `"tools/call","params":{"name":"export","arguments":{"name":"case.zip"}}`,
		`"resources/read","params":{"uri":"faultline://report.md"}`, `"resources/read","params":{"uri":"faultline://tables/findings.json"}`,
		`"resources/read","params":{"uri":"faultline://tables/sources.json"}`, `"resources/read","params":{"uri":"faultline://tables/events.json"}`,
	} {
		id++
		k.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%s}`, id, c))
		got := k.read()
		if strings.Contains(got, "withheld") {
			t.Errorf("%s: %.300s", c, got)
		}
		all.WriteString(strings.ToLower(got))
	}
	if code := k.end(); code != exitDone {
		t.Errorf("exit %d: %s", code, k.said)
	}
	for _, token := range []string{"korumpiq", "vobelud", "zufolax", "tazukimor", "fQAdzEv7g5iFqh", "hSdddxH5jMTF7", "10.77.3.", "10-77-1-1", "x2v9k", "5b0f3c1e"} {
		if strings.Contains(all.String(), strings.ToLower(token)) {
			t.Errorf("%s is in an answer", token)
		}
	}
	if !strings.Contains(all.String(), "request failed") {
		t.Error("nothing of the dump is in the answers")
	}
	info, err := os.Stat(originals)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the map: %v %v", info, err)
	}
	names, err := os.ReadDir(out)
	if err != nil || len(names) != 1 || names[0].Name() != "case.zip" {
		t.Errorf("exported %v, %v", names, err)
	}
	must(t, "verify", filepath.Join(out, "case.zip"))
}

// What would hold an original does not leave.
func TestMCPWithholds(t *testing.T) {
	for _, m := range []struct {
		message string
		leaks   bool
	}{
		{`{"a":"korumpiq"}`, true}, {`{"a":["x",{"KORUMPIQ":1}]}`, true}, {`{"a":"\u006borumpiq"}`, true},
		{`{"a":"a b\nkorumpiq-1"}`, true}, {`{"a":"nothing"}`, false},
	} {
		if err := noneOf([]byte(m.message), []string{"korumpiq"}); (err != nil) != m.leaks {
			t.Errorf("%s: %v", m.message, err)
		}
	}
}
