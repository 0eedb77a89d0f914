package wrap

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// stripped is what a wrapper takes off a line, in words, and what it leaves.
func stripped(w *parse.Wrapper, line string) string {
	var p parse.Prefix
	rest, ok := w.Strip([]byte(line), &p)
	if !ok {
		return ""
	}
	clock := func(at parse.Time) string {
		return time.Unix(0, int64(at)-p.Grain.Width().Nanoseconds()/2).UTC().Format("2006-01-02 15:04:05.999")
	}
	out := ""
	switch {
	case p.HasStamp:
		out = clock(p.Stamp) + " UTC"
	case p.HasLocal:
		out = clock(p.Local)
	}
	owner := strings.Trim(fmt.Sprintf("%s/%s/%s", p.Namespace, p.Pod, p.Container), "/")
	return strings.Trim(out+" "+owner, " ") + ": " + string(rest)
}

// Consoles and exports print a time as people write it, each in its own way.
func TestTables(t *testing.T) {
	for _, f := range []struct {
		w          *parse.Wrapper
		line, want string
	}{
		{Kibana, "Oct 12, 2022 @ 04:16:35.751\ttext", "2022-10-12 04:16:35.751: text"},
		{Kibana, "Dec 31, 9999 @ 04:16:35.751 text", ""},
		{Kibana, "Xyz 12, 2022 @ 04:16:35.751\ttext", ""},
		{Kibana, "Oct 12, 222 @ 04:16:35.751\ttext", ""},
		{Portal, "2/13/2024, 1:22:28.553 PM\ttext", "2024-02-13 13:22:28.553: text"},
		{Portal, "2/13/2024, 12:22:28 AM\ttext", "2024-02-13 00:22:28: text"},
		{Portal, "12/31/2024 01:22:28 AM\ttext", "2024-12-31 01:22:28: text"},
		{Portal, "12/12/2024 12:22:28 PM\ttext", "2024-12-12 12:22:28: text"},
		{Portal, "11-1-2022 09:12:16.086\ttext", "2022-01-11 09:12:16.086: text"},
		{Portal, "11/1/2022 09:12:16.086\ttext", "2022-11-01 09:12:16.086: text"},
		{Portal, "13.05.2024 09:12:16\ttext", "2024-05-13 09:12:16: text"},
		{Portal, "113/1/2022 09:12:16\ttext", ""},
		{Portal, "1/1/22 09:12:16\ttext", ""},
		{Portal, "1/1/20222 09:12:16\ttext", ""},
		{Portal, "1/1/2022", ""},
		{Portal, "1 1 2022 09:12:16\ttext", ""},
		{Tabbed, "2025-06-15 13:49:18.994\t \ttext", "2025-06-15 13:49:18.994: text"},
		{Tabbed, "| 2025-06-15 13:49:18 | text |", "2025-06-15 13:49:18: text"},
		{Tabbed, "1718459358994\ttext", "2024-06-15 13:49:18.994 UTC: text"},
		{Tabbed, "2025-06-15 13:49:18 text", ""},
		{CloudWatch, "1718459358994\t2024-06-15T13:49:18.994Z\ttext", "2024-06-15 13:49:18.994 UTC: text"},
		{CloudWatch, "1718459358994\t2024-06-15T13:49:18.994Z\ta=\"\"b\"\"", `2024-06-15 13:49:18.994 UTC: a="b"`},
		{CloudWatch, "1718459358994 text", ""},
		{CloudWatch, "17184593589941\t2024-06-15T13:49:18.994Z\ttext", ""},
		{CloudWatch, "0718459358994\t2024-06-15T13:49:18.994Z\ttext", ""},
		{CloudWatch, "1718459358994\t2024-06-15T13:49:18.994Z\ta=\"\" b", `2024-06-15 13:49:18.994 UTC: a="" b`},
		{CloudWatch, "1718459358994\t2024-06-15T13:49:18.994Z\ta=\"\"", `2024-06-15 13:49:18.994 UTC: a=""`},
		{CloudWatch, "1718459358994\t2024-06-15T13:49:18.994Z\ta=\"\"z\"\"", `2024-06-15 13:49:18.994 UTC: a="z"`},
		{CloudWatch, "1718459358994\t2024-06-15T13:49:18.994Z\t\"\"b\"\"", `2024-06-15 13:49:18.994 UTC: ""b""`},
		{GKE, "INFO 2024-02-02T13:22:28.553Z [resource.labels.podName: web-1] text", "2024-02-02 13:22:28.553 UTC web-1: text"},
		{GKE, "2021-01-26 22:52:13.245 EET text", "2021-01-26 20:52:13.245 UTC: text"},
		{GKE, "2021-01-26 22:52:13.245 -0130 text", "2021-01-27 00:22:13.245 UTC: text"},
		{GKE, "2021-01-26T22:52:13.245 EET text", ""},
		{GKE, "LOUD 2024-02-02T13:22:28.553Z text", ""},
		{Logcli, `2024-02-02T13:22:28Z {namespace="shop", pod="web-1", container="c"} text`, "2024-02-02 13:22:28 UTC shop/web-1/c: text"},
		{Logcli, `2024-02-02T13:22:28Z {} text`, "2024-02-02 13:22:28 UTC: text"},
		{Logcli, `2024-02-02T13:22:28Z {pod="web-1"`, ""},
		{Logcli, `2024-02-02T13:22:28Z {pod=web-1} text`, ""},
		{Logcli, `2024-02-02T13:22:28 {pod="web-1"} text`, ""},
	} {
		if got := stripped(f.w, f.line); got != f.want {
			t.Errorf("%s %q: %q, want %q", f.w.Name, f.line, got, f.want)
		}
	}
}

// Names of pods and containers are told from other words by their form.
func TestNamesBeforeLines(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, f := range []struct {
		w          *parse.Wrapper
		line, want string
	}{
		{Prefix, "[web-7d4b9c6f5-x2k7p] text", "web-7d4b9c6f5-x2k7p: text"},
		{Prefix, "[web-7d4b9c6f5-x2k7p app] text", "web-7d4b9c6f5-x2k7p/app: text"},
		{Prefix, "[web-7d4b9c6f5-x2k7p App] text", ""},
		{Prefix, "xweb-7d4b9c6f5-x2k7p] text", ""},
		{Prefix, "[web-7d4b9c6f5-x2k7p text", ""},
		{Stern, "db-1234 app text", "db-1234/app: text"},
		{Stern, "db-12345 app text", ""},
		{Stern, "web-7d4b9c6f5-x2k7p app text", "web-7d4b9c6f5-x2k7p/app: text"},
		{Stern, "web-7d4b9c6f5-x2k7p " + long + " text", "web-7d4b9c6f5-x2k7p/" + long + ": text"},
		{Stern, "web-7d4b9c6f5-x2k7p " + long + "a text", ""},
		{Stern, "web-7d4b9c6f5-x2k7p -app text", ""},
		{Stern, "web-7d4b9c6f5-x2k7p app- text", ""},
		{Stern, "web-7d4b9c6f5-x2k7p App text", ""},
		{Stern, "Web-7d4b9c6f5-x2k7p app text", ""},
		{Stern, "-x2k7p app text", ""},
		{Stern, "db-0 app text", "db-0/app: text"},
		{Stern, "two-words and text", ""},
		{Stern, "two-words and [text]", "two-words/and: [text]"},
		{Stern, "shop web-7d4b9c6f5-x2k7p app text", "shop/web-7d4b9c6f5-x2k7p/app: text"},
		{Stern, "db-0 node-1 app [text]", "db-0/app: [text]"},
		{Stern, strings.Repeat("a", 251) + "-0 app text", strings.Repeat("a", 251) + "-0/app: text"},
		{Stern, strings.Repeat("a", 252) + "-0 app text", ""},
		{Compose, "web-1  | text", "web-1: text"},
		{Compose, "1web  | text", ""},
		{Compose, "two words | text", ""},
		{Numbered, "12. text", ": text"},
		{Numbered, "12) text", ": text"},
		{Numbered, "12\ttext", ": text"},
		{Numbered, "  12 text", ": text"},
		{Numbered, "12 text", ""},
		{Numbered, "12345678. text", ""},
	} {
		if got := stripped(f.w, f.line); got != f.want {
			t.Errorf("%s %q: %q, want %q", f.w.Name, f.line, got, f.want)
		}
	}
}

// What a time is read from ends with its zone or its fraction.
func TestWholeTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2024-06-15 13:49:18 +0200":  "2024-06-15T11:49:18Z",
		"2024-06-15 13:49:18 -0230":  "2024-06-15T16:19:18Z",
		"2024-06-15 13:49:18 +02000": "",
		"2024-06-15 13:49:18 +0299":  "2024-06-15T10:10:18Z",
		"2024-06-15 13:49:18":        "2024-06-15T13:49:18Z",
		"1718459358":                 "2024-06-15T13:49:18Z",
		"1718459358.25":              "2024-06-15T13:49:18.25Z",
		"1718459358.":                "",
		"1718459358994123":           "2024-06-15T13:49:18.994123Z",
		"1718459358994123456":        "2024-06-15T13:49:18.994123456Z",
		"17184593589941234567":       "",
		"1000000000":                 "2001-09-09T01:46:40Z",
		"0999999999":                 "",
		"9999999999":                 "",
		"12/12/2024, 1:49:18 PM":     "2024-12-12T13:49:18Z",
		"12-12-2024 1:49:18":         "2024-12-12T01:49:18Z",
		"12-13-2024 13:49:18":        "2024-12-13T13:49:18Z",
	} {
		w, ok := dated([]byte(text))
		got := ""
		if ok {
			got = time.Unix(0, w.at).UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// The forms of syslog and of the journal end where their standards end them.
func TestBordersOfSyslog(t *testing.T) {
	const head = "<30>1 2024-01-19T13:57:32Z host7 app 1 - "
	name := strings.Repeat("a", 32)
	for _, f := range []struct {
		w          *parse.Wrapper
		line, want string
	}{
		{Syslog, head + `[a b="x\]y"] text`, "text"},
		{Syslog, head + `[a b="x\]y\]z"][c] text`, "text"},
		{Syslog, head + `[a b="x\] text`, "-"},
		{Syslog, head + "[a text", "-"},
		{Syslog, head + "text", "-"},
		{Syslog, head, "-"},
		{Journal, "<191>text", "text"},
		{Journal, "<192>text", "-"},
		{Journal, "<1>", "-"},
		{Journal, "<1", "-"},
		{Journal, "5 <30>text", "text"},
		{Journal, "Fri 2024-01-19 13:57:32 UTC host7 app[1]: text", "text"},
		{Journal, "Fri 2024-01-19 13:57:32 host7 app[1]: text", "-"},
		{Journal, "1705669052.303924 host7 app[1]: text", "text"},
		{Journal, "Jan 19 13:57:32 host7 app[1]:", ""},
		{Journal, "Jan 19 13:57:32 host7 app[1]:text", "-"},
		{Journal, "Jan 19 13:57:32 host7 [1] text", "-"},
		{Journal, "Jan 19 13:57:32 host7 lpr.info app[1]: text", "text"},
		{Journal, "Jan 19 13:57:32 host7 authpriv.info app[1]: text", "text"},
		{Journal, "Jan 19 13:57:32 host7 " + name + ": text", "text"},
		{Journal, "Jan 19 13:57:32 host7 " + name + "a: text", "-"},
		{Journal, "Jan 19 13:57:32 host7 zed: text", "text"},
		{Journal, "Jan 19 13:57:32 host7 z: text", "-"},
	} {
		var p parse.Prefix
		got := "-"
		if rest, ok := f.w.Strip([]byte(f.line), &p); ok {
			got = string(rest)
		}
		if got != f.want {
			t.Errorf("%s %q: %q, want %q", f.w.Name, f.line, got, f.want)
		}
	}
}
