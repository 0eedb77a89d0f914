package proxy

import (
	"strings"
	"testing"

	"faultline/docs/page"
	"faultline/parse"
)

// Each row of the table, said by its module, makes an event of its kind, in
// plain and in JSON; [one] checks that no quick look passes over it.
func TestEachMessageIsRead(t *testing.T) {
	for i := range messages {
		m := &messages[i]
		words := strings.ReplaceAll(m.words, "…", "1.1")
		if m.kind == parse.ProxyUndetected {
			words = strings.TrimSuffix(words, " ") + " timeout=10s"
		}
		module := strings.ReplaceAll(m.module, "…", "")
		switch {
		case m.module == "":
			module = "linkerd_any"
		case strings.HasPrefix(m.module, "…"):
			module = "linkerd_stack" + module
		}
		const span = "outbound:proxy{addr=10.0.0.1:80}"
		for _, text := range []string{
			"[     1.000001s]  WARN ThreadId(01) " + span + ": " + module + ": " + words + " error=x: service in fail-fast",
			`{"timestamp":"[     1.000001s]","level":"WARN","fields":{"message":"` + words + `","error":"x: service in fail-fast"},"target":"` + module + `","spans":[{"name":"outbound"},{"addr":"10.0.0.1:80","name":"proxy"}],"threadId":"ThreadId(1)"}`,
		} {
			v, b, _ := one(text)
			if v != parse.Took || m.kind != parse.KindNone && (len(b.Events) != 1 || b.Events[0].Kind != m.kind) {
				t.Errorf("%q: verdict %d, %d events, want %s", text, v, len(b.Events), m.kind)
			}
		}
		if m.releases == "" {
			t.Errorf("%q does not say which releases print it", m.words)
		}
	}
}

// What a search of a few bytes in each line looks for may not be short.
func TestPhrasesAreLong(t *testing.T) {
	for _, p := range skim.Words {
		if len(p) < 10 {
			t.Errorf("%q is too short", p)
		}
	}
}

// Messages that are known and make no event stay so.
func TestPassedMessages(t *testing.T) {
	for _, p := range passed {
		if v, b, _ := one("[     1.000001s]  INFO ThreadId(01) outbound: linkerd_any: " + p.words + " x"); v != parse.Other || len(b.Events) != 0 {
			t.Errorf("%q: verdict %d, %d events", p.words, v, len(b.Events))
		}
	}
}

// docs/formats.md has the table of messages: UPDATE=1 writes it.
func TestPageHasEachMessage(t *testing.T) {
	const path, from, to = "../../docs/formats.md", "<!-- messages of the proxy: written by UPDATE=1 go test ./parse/proxy -->\n", "<!-- messages of the proxy end -->\n"
	var want strings.Builder
	want.WriteString("| message | module | releases | kind |\n| --- | --- | --- | --- |\n")
	for i := range messages {
		m := &messages[i]
		kind := "a fact: the log level"
		if m.kind != parse.KindNone {
			kind = "`" + m.kind.String() + "`"
		}
		want.WriteString("| `" + m.words + "` | " + m.module + " | " + m.releases + " | " + kind + " |\n")
	}
	want.WriteString("\nKnown, and no event:\n\n| message | why |\n| --- | --- |\n")
	for _, p := range passed {
		want.WriteString("| `" + p.words + "` | " + p.why + " |\n")
	}
	page.Holds(t, path, from, to, want.String())
}
